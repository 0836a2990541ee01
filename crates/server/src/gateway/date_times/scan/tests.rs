//! Documents in, documents out, cut into pieces anywhere.
#![allow(clippy::unwrap_used)]

use serde_json::Value;

use super::*;
use crate::config::date_time_format::DateTimeFormat;
use crate::config::{Route, Upstream};

fn scan() -> Scan {
    let formats = ["dd-MM-yyyy HH:mm:ss", "M/d/yyyy h:mm tt"];
    let mut route = Route {
        access: oauth::access::Route {
            path: "/v2/shifts".to_owned(),
            version: None,
            scope: None,
            permissions: false,
            public: false,
            methods: Vec::new(),
        },
        upstream: Upstream::parse("http://127.0.0.1:9000").unwrap(),
        environment: None,
        date_time_formats: formats
            .map(|format| DateTimeFormat::parse(format).unwrap())
            .into(),
        passage: Default::default(),
    };
    route.passage.time_zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap();
    Scan::new(Arc::new(route))
}

/// What comes out when the pieces are so long, one after the other, and again from the start.
fn passed(document: &[u8], lengths: &[usize]) -> Vec<u8> {
    let (mut scan, mut out, mut rest) = (scan(), Vec::new(), document);
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*length).min(rest.len()));
        out.extend_from_slice(&scan.pass(&Bytes::copy_from_slice(piece)));
        assert!(scan.held.len() <= LONGEST_WRITTEN);
        rest = after;
    }
    out.extend_from_slice(&scan.finish());
    out
}

fn text(document: &str) -> String {
    String::from_utf8(passed(document.as_bytes(), &[usize::MAX])).unwrap()
}

#[test]
fn nx5_values_are_rewritten_and_nothing_else() {
    for (before, after) in [
        (r#""25-11-2026 21:50:01""#, r#""2026-11-25T20:50:01Z""#),
        (
            r#"{"a":"25-11-2026 21:50:01"}"#,
            r#"{"a":"2026-11-25T20:50:01Z"}"#,
        ),
        // A key is no value, and a value beside it is.
        (
            r#"{"25-11-2026 21:50:01" : "2026-01-01T10:00:00.123+01:00", "b":[ "7/1/2026 1:05 PM",1]}"#,
            r#"{"25-11-2026 21:50:01" : "2026-01-01T09:00:00Z", "b":[ "2026-07-01T11:05:00Z",1]}"#,
        ),
        // Escapes, as .NET and PHP write them.
        (
            r#"["2026-01-01T10:00:00\u002B01:00"]"#,
            r#"["2026-01-01T09:00:00Z"]"#,
        ),
        (r#"["7\/1\/2026 1:05 PM"]"#, r#"["2026-07-01T11:05:00Z"]"#),
        (
            r#"["\u00325-11-2026 21:50:01"]"#,
            r#"["2026-11-25T20:50:01Z"]"#,
        ),
        (
            "{\"a\":1}\n{\"a\":\"25-11-2026 21:50:01\"}\n",
            "{\"a\":1}\n{\"a\":\"2026-11-25T20:50:01Z\"}\n",
        ),
        (
            "\u{feff}[\"25-11-2026 21:50:01\"]",
            "\u{feff}[\"2026-11-25T20:50:01Z\"]",
        ),
    ] {
        assert_eq!(text(before), after);
    }
    for same in [
        "",
        r#"{"n":1.0,"m":1E+400,"big":123456789012345678901234567890,"z":-0.0,"t":true,"x":null}"#,
        r#"["2026-01-01","25-11-2026","25-11-2026 21:50:01 ","on 25-11-2026 21:50:01","2026-01-01T10:00:00Z"]"#,
        r#"["2026\u002d01-01T10:00:00Z","\u00e9\ud83d\ude00","\"25-11-2026 21:50:01\""]"#,
        r#"{"25-11-2026 21:50:01":{"25-11-2026 21:50:01":[]}}"#,
        "  [ ]  \r\n\t{ }  ",
    ] {
        assert_eq!(text(same), same);
    }
}

#[test]
fn nx5_from_where_it_is_no_json_everything_passes() {
    let date = r#""25-11-2026 21:50:01""#;
    for broken in [
        format!("<p>{date}</p>"),
        format!("]{date}"),
        format!("[}}{date}]"),
        format!("{{{date}}}"),
        format!("{{,{date}:{date}}}"),
        format!("{{\"a\" {date}}}"),
        format!("[1,]{date}"),
        format!("[\"\\x\",{date}]"),
        format!("[\"a\nb\",{date}]"),
        format!("[\"\\u00g0\",{date}]"),
        format!("{{\"a\":1]{date}"),
        "[\"25-11-2026 21:50:01".to_owned(),
        "[\"25-11-2026 21:50:01\\".to_owned(),
    ] {
        assert_eq!(text(&broken), broken);
    }
    // Bytes that are no UTF-8 pass, in texts and outside of them.
    let mut latin = b"[\"caf\xe9\",\"25-11-2026 21:50:0\xe9\",\"25-11-2026 21:50:01\"]".to_vec();
    assert_eq!(
        passed(&latin, &[3]),
        b"[\"caf\xe9\",\"25-11-2026 21:50:0\xe9\",\"2026-11-25T20:50:01Z\"]"
    );
    latin.insert(0, 0xe9);
    assert_eq!(passed(&latin, &[3]), latin);
    // Too deep to be followed.
    let deep = format!("{}{date}", "[".repeat(DEEPEST + 1));
    assert_eq!(text(&deep), deep);
    let deep = "[".repeat(DEEPEST);
    assert_eq!(
        text(&format!("{deep}{date}")),
        format!("{deep}\"2026-11-25T20:50:01Z\"")
    );
}

#[test]
fn nx5_a_long_text_is_not_kept() {
    let long = format!(
        "[\"{}\",\"25-11-2026 21:50:01\"]",
        "25-11-2026 21:50:01".repeat(100_000)
    );
    let expected = long.replace(",\"25-11-2026 21:50:01\"]", ",\"2026-11-25T20:50:01Z\"]");
    assert_eq!(passed(long.as_bytes(), &[4096]), expected.as_bytes());
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn document(dice: &mut Dice, depth: u64) -> Value {
    const TEXTS: [&str; 12] = [
        "25-11-2026 21:50:01",
        "31-02-2026 21:50:01",
        "2026-01-01T10:00:00.123+01:00",
        "2026-01-01T10:00:00",
        "2026-01-01T10:00:00Z",
        "2026-01-01",
        "7/1/2026 1:05 PM",
        "plain",
        "ü\u{1F600}\"\\/\u{8}\u{c}\n\r\t\u{1}",
        "25-11-2026 21:50:01 and more",
        "",
        "0123456789",
    ];
    let text = TEXTS[dice.throw(12) as usize];
    match dice.throw(5) + depth {
        0..=1 => Value::from(text),
        2 => {
            let list = (0..dice.throw(5))
                .map(|_| document(dice, depth + 1))
                .collect();
            Value::Array(list)
        }
        3..=4 => {
            let mut members = serde_json::Map::new();
            for number in 0..dice.throw(5) {
                let key = format!("{}{number}", TEXTS[dice.throw(12) as usize]);
                members.insert(key, document(dice, depth + 1));
            }
            members.insert("25-11-2026 21:50:01".to_owned(), Value::from(1.5));
            Value::Object(members)
        }
        5 => Value::from(dice.throw(1 << 30) as f64 / 8.0),
        6 => Value::Null,
        _ => Value::from(text),
    }
}

/// The same by parsing the whole of it.
fn by_parsing(route: &Route, value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(utc) = rewritten(
                route,
                serde_json::to_string(text)
                    .unwrap()
                    .trim_matches('"')
                    .as_bytes(),
            ) {
                *text = utc;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|one| by_parsing(route, one)),
        Value::Object(members) => members.values_mut().for_each(|one| by_parsing(route, one)),
        _ => {}
    }
}

/// Every byte but a few of ASCII may be written as an escape: half of them are.
fn with_escapes(document: &str, dice: &mut Dice) -> String {
    let (mut out, mut inside, mut escape) = (String::new(), false, 0);
    for letter in document.chars() {
        let may = inside && escape == 0 && letter.is_ascii_digit();
        match may && dice.throw(4) == 0 {
            true => out.push_str(&format!("\\u{:04x}", letter as u32)),
            false => out.push(letter),
        }
        (inside, escape) = match (letter, escape) {
            ('"', 0) => (!inside, 0),
            ('\\', 0) => (inside, 1),
            ('u', 1) => (inside, 4 + 1),
            (_, 2) => (inside, 0),
            (_, left) if left > 2 => (inside, left - 1),
            _ => (inside, 0),
        };
    }
    out
}

#[test]
fn nx5_generated_documents_say_the_same_however_they_are_cut() {
    let mut dice = Dice(2026);
    let route = scan().route;
    let mut rewrote = 0;
    for round in 0..600 {
        let mut value = document(&mut dice, 0);
        let written = match round % 3 {
            0 => value.to_string(),
            1 => serde_json::to_string_pretty(&value).unwrap(),
            _ => {
                let written = value.to_string();
                with_escapes(&written, &mut dice)
            }
        };
        let whole = passed(written.as_bytes(), &[usize::MAX]);
        by_parsing(&route, &mut value);
        assert_eq!(
            serde_json::from_slice::<Value>(&whole).unwrap(),
            value,
            "{written}"
        );
        rewrote += u32::from(whole != written.as_bytes());
        let lengths: Vec<usize> = (0..7).map(|_| dice.throw(9) as usize + 1).collect();
        for lengths in [&[1][..], &[2], &[3, 1], &lengths] {
            assert_eq!(
                passed(written.as_bytes(), lengths),
                whole,
                "{written} by {lengths:?}"
            );
        }
        // Broken off anywhere, it is the beginning of the same, or passes as it was.
        let cut = dice.throw(written.len() as u64 + 1) as usize;
        let cut = written.as_bytes().get(..cut).unwrap();
        let part = passed(cut, &lengths);
        assert_eq!(
            part,
            passed(cut, &[usize::MAX]),
            "{written} at {}",
            cut.len()
        );
    }
    assert!(rewrote > 100, "{rewrote}");
}

#[test]
fn nx5_any_bytes_at_all_pass_the_same_however_they_are_cut() {
    const ALPHABET: &[u8] = b"{}[]:,\"\\u0012/ -T25tn\xff\n";
    let mut dice = Dice(5);
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..dice.throw(60))
            .map(|_| ALPHABET[dice.throw(ALPHABET.len() as u64) as usize])
            .collect();
        let whole = passed(&bytes, &[usize::MAX]);
        assert_eq!(passed(&bytes, &[1]), whole);
        assert_eq!(whole, bytes, "no date is so short");
    }
}
