//! Blots out secrets: what a request is known to have carried as one, and what looks like one of ours.
//!
//! Who writes a record decides by name what may be shown at all; this is the second line behind it. Whatever was blotted
//! out by name is looked for everywhere else in the same record, in the spellings that programs give a text on its way.

pub mod form;
pub mod headers;
pub mod json;
pub mod names;
pub mod plain;
pub mod xml;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::tokens::opaque::hex;

/// Shorter texts are looked for nowhere: they stand in everything.
const SHORTEST: usize = 5;
/// Texts that are looked for in one record. Of a record with more secrets no text is shown.
const MOST: usize = 1024;
/// What begins like this is ours: tokens, codes, secrets, keys.
const OURS: [&str; 7] = ["gra_", "grc_", "grr_", "grs_", "gro_", "grm_", "grl_"];

/// What stands in the place of a text.
pub fn blotted(text: &str) -> String {
    format!("[blotted out, {} characters]", text.chars().count())
}

/// What is known about the secrets of one record.
#[derive(Default)]
pub struct Blotter {
    /// The texts, to know one when it comes again.
    texts: BTreeSet<String>,
    /// Every spelling in lower case, by how it begins.
    known: HashMap<[u8; SHORTEST], BTreeSet<Vec<u8>>>,
    /// There were more secrets than are looked for.
    is_full: bool,
    /// Shown although it looks like a token: the record's own name.
    own: String,
}

impl Blotter {
    /// For the record of that name.
    pub fn new(own: String) -> Self {
        Self {
            own,
            ..Self::default()
        }
    }

    /// This text was blotted out somewhere: it is a secret everywhere.
    pub fn know(&mut self, secret: &str) {
        let decoded = percent_decode_str(secret).decode_utf8_lossy().into_owned();
        for text in [secret, &decoded] {
            let text = text.trim();
            if text.len() < SHORTEST || self.is_full || self.texts.contains(text) {
                continue;
            }
            if self.texts.len() >= MOST {
                self.give_up();
                return;
            }
            self.texts.insert(text.to_owned());
            let bytes = text.as_bytes();
            let spellings = [
                text.to_owned(),
                utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
                form_urlencoded::byte_serialize(bytes).collect(),
                STANDARD.encode(bytes),
                STANDARD_NO_PAD.encode(bytes),
                URL_SAFE.encode(bytes),
                URL_SAFE_NO_PAD.encode(bytes),
                hex(bytes),
            ];
            for spelling in spellings {
                let lower = spelling.to_ascii_lowercase().into_bytes();
                if let Some(begin) = lower.first_chunk() {
                    self.known.entry(*begin).or_default().insert(lower);
                }
            }
        }
    }

    /// More secrets than can be looked for: from here on no text is shown.
    pub fn give_up(&mut self) {
        self.is_full = true;
    }

    /// The text without secrets. What it is replaced with is never looked at again: a secret may be one of those words.
    pub fn scrub(&self, text: &str) -> String {
        if text == self.own {
            return text.to_owned();
        }
        if self.is_full && text.len() >= SHORTEST {
            return blotted(text);
        }
        let mut ranges = look_alikes(text);
        ranges.extend(self.found(text));
        ranges.sort_by_key(|range| range.start);
        let mut scrubbed = String::with_capacity(text.len());
        let mut shown_to = 0;
        let mut ranges = ranges.into_iter().peekable();
        while let Some(mut range) = ranges.next() {
            while let Some(next) = ranges.next_if(|next| next.start <= range.end) {
                range.end = range.end.max(next.end);
            }
            scrubbed.push_str(text.get(shown_to..range.start).unwrap_or_default());
            shown_to = range.end;
            scrubbed.push_str(&blotted(text.get(range).unwrap_or_default()));
        }
        scrubbed.push_str(text.get(shown_to..).unwrap_or_default());
        scrubbed
    }

    /// Whether nothing of it is a secret.
    pub fn is_clean(&self, text: &str) -> bool {
        self.scrub(text) == text
    }

    /// Where known secrets stand, in whatever case. Lower case of ASCII letters moves no byte.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        if self.known.is_empty() {
            return Vec::new();
        }
        let lower = text.to_ascii_lowercase().into_bytes();
        let longest_at = |at: usize| {
            let rest = lower.get(at..)?;
            let known = self.known.get(rest.first_chunk::<SHORTEST>()?)?;
            let found = known.iter().filter(|known| rest.starts_with(known));
            Some(at..at + found.map(Vec::len).max()?)
        };
        (0..lower.len()).filter_map(longest_at).collect()
    }
}

/// Every word that looks like a token or a secret of ours, live or not.
fn look_alikes(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(begin) = rest.find(in_a_word) else {
            return found;
        };
        let from = rest.get(begin..).unwrap_or_default();
        let mut length = from.find(|c| !in_a_word(c)).unwrap_or(from.len());
        let word = from.get(..length).unwrap_or_default();
        // The three parts of a JWT are one.
        let is_jwt = word.starts_with("eyJ") && word.len() > 10;
        if is_jwt {
            let ends = |c| !(in_a_word(c) || c == '.');
            length = from.find(ends).unwrap_or(from.len());
        }
        let begin = at + begin;
        at = begin + length;
        if is_jwt || looks_like_ours(word) {
            found.push(begin..at);
        }
    }
}

fn in_a_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn looks_like_ours(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let begins = |prefix: &&str| lower.find(*prefix).is_some_and(|at| word.len() - at >= 12);
    let is_hex = || word.bytes().all(|byte| byte.is_ascii_hexdigit());
    OURS.iter().any(begins) || (matches!(word.len(), 32 | 64) && is_hex()) || word.len() >= 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s299_a_secret_is_found_in_every_spelling() {
        let mut blotter = Blotter::default();
        blotter.know("pa/ss w+ord");
        for spelled in [
            "pa/ss w+ord",
            "pa%2Fss%20w%2Bord",
            "pa%2Fss+w%2Bord",
            "cGEvc3MgdytvcmQ=",
            "cGEvc3MgdytvcmQ",
            "70612f737320772b6f7264",
        ] {
            let text = format!("before {spelled} after");
            let scrubbed = blotter.scrub(&text);
            assert!(!scrubbed.contains(spelled), "{scrubbed}");
            assert!(scrubbed.starts_with("before [blotted out, ") && scrubbed.ends_with("] after"));
        }
        assert_eq!(blotter.scrub("password"), "password");
    }

    #[test]
    fn what_stands_in_a_secrets_place_is_not_looked_through_again() {
        let mut blotter = Blotter::default();
        for word in [
            "characters",
            "blotted",
            "[blotted out",
            "out, 1",
            "racte",
            "haracters]",
        ] {
            blotter.know(word);
        }
        let text = "CHARACTERS blotted out, 1 ".repeat(1000);
        let scrubbed = blotter.scrub(&text);
        assert!(scrubbed.len() < text.len() * 4, "{}", scrubbed.len());
        assert!(scrubbed.starts_with("[blotted out, 10 characters] [blotted out, 7 characters] "));
        // What overlaps is one.
        let mut blotter = Blotter::default();
        blotter.know("abcde");
        blotter.know("defgh");
        assert_eq!(blotter.scrub("-ABCDEFGH-"), "-[blotted out, 8 characters]-");
        assert!(!blotter.is_clean("xAbCdEx"));
    }

    #[test]
    fn of_a_record_with_too_many_secrets_no_text_is_shown() {
        let mut blotter = Blotter::default();
        for number in 0..MOST {
            blotter.know(&format!("secret-{number}"));
            blotter.know(&format!("secret-{number}"));
        }
        assert_eq!(blotter.scrub("harmless"), "harmless");
        blotter.know("one more");
        assert_eq!(blotter.scrub("harmless"), "[blotted out, 8 characters]");
        assert!(!blotter.is_clean("harmless"));
    }

    #[test]
    fn s299_what_looks_like_ours_is_blotted_out_wherever_it_came_from() {
        let hexes = ["a".repeat(32), "0".repeat(64), "Zz-_".repeat(32)];
        let jwt = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl";
        let ours = "grs_0123456789abcdefghijklmnopqrstuvwxyz";
        for text in [
            &hexes[0],
            &hexes[1],
            &hexes[2],
            jwt,
            ours,
            &format!("x{ours}"),
        ] {
            let scrubbed = Blotter::default().scrub(&format!("<{text}>"));
            assert_eq!(scrubbed, format!("<{}>", blotted(text)));
        }
        for kept in [
            "01927c1e-7a3b-7c00-8000-000000000001",
            "shifts.read",
            "grs_",
            "congratulations",
            "",
        ] {
            assert_eq!(Blotter::default().scrub(kept), kept);
        }
        let own = Blotter::new("b".repeat(32));
        assert_eq!(own.scrub(&"b".repeat(32)), "b".repeat(32));
    }
}
