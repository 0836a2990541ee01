//! The strict reader of forms: S001, S002, S004, S006, S014 to S029 as far as they are parsing.

use crate::request::{FORM, empty, form};
use oauth::dialect::DuplicateParameters;
use oauth::parameters::MOST_PARAMETERS;
use oauth::{Dialect, ErrorCode, Parameters, RequestRefusal};

fn read(body: &[u8]) -> Result<Parameters<'_>, RequestRefusal> {
    Parameters::from_form(body, DuplicateParameters::Refused)
}

#[test]
fn decodes_what_a_form_library_encodes() {
    let pairs = [
        ("grant_type", "client_credentials"),
        ("scope", "a b+c"),
        ("key & more", "a=b&c"),
        ("umlaut", "Zürich \u{1f600}"),
        ("empty", ""),
    ];
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let parameters = read(encoded.as_bytes()).unwrap();
    assert_eq!(parameters.iter().collect::<Vec<_>>(), pairs);
}

#[test]
fn reads_what_is_usual() {
    let parameters = read("&a=1&&b=x=y&c&d=Zürich&".as_bytes()).unwrap();
    let pairs: Vec<_> = parameters.iter().collect();
    assert_eq!(
        pairs,
        [("a", "1"), ("b", "x=y"), ("c", ""), ("d", "Zürich")]
    );
    assert_eq!(parameters.len(), 4);
    assert!(!parameters.is_empty());
}

#[test]
fn s006_an_empty_value_counts_as_left_out() {
    let parameters = read(b"grant_type=&scope").unwrap();
    assert_eq!(parameters.get("grant_type"), None);
    assert_eq!(parameters.get("scope"), None);
    assert!(parameters.has("grant_type") && parameters.has("scope"));
}

#[test]
fn s001_s002_s004_no_name_twice() {
    for body in [
        "grant_type=client_credentials&grant_type=client_credentials",
        "grant_type=client_credentials&grant_type=password",
        "foo=1&foo=2",
        "foo&foo",
        "foo=1&f%6Fo=2",
        "scope=&scope=a",
        "=1&=2",
    ] {
        assert_eq!(
            read(body.as_bytes()),
            Err(RequestRefusal::DuplicateParameter),
            "{body}"
        );
    }
    assert!(read(b"foo=1&Foo=2").is_ok(), "names differ by case");
}

#[test]
fn only_resource_may_repeat() {
    let parameters = read(b"resource=https://a&resource=https://b&resource=").unwrap();
    let all: Vec<_> = parameters.all("resource").collect();
    assert_eq!(all, ["https://a", "https://b"]);
}

#[test]
fn the_last_one_wins_where_a_dialect_says_so() {
    let parameters = Parameters::from_form(b"a=1&b=2&a=3", DuplicateParameters::LastWins).unwrap();
    assert_eq!(
        parameters.iter().collect::<Vec<_>>(),
        [("b", "2"), ("a", "3")]
    );
}

#[test]
fn s019_invalid_utf8_is_refused_never_replaced() {
    for body in [
        &b"client_id=%ff%fe"[..],
        b"client_id=%c0%af",
        b"client_id=%ed%a0%80",
        b"client_id=\xff",
        b"%ff=1",
        b"client_id=%e2%82",
    ] {
        assert_eq!(read(body), Err(RequestRefusal::InvalidUtf8));
    }
}

#[test]
fn s020_broken_percent_encoding_is_refused() {
    for body in [
        "a=%", "a=%z1", "a=%1", "a=%1&b=2", "a=%1z", "%=1", "a=%%41", "a=%+1",
    ] {
        assert_eq!(
            read(body.as_bytes()),
            Err(RequestRefusal::BrokenPercentEncoding),
            "{body}"
        );
    }
    assert_eq!(read(b"a=%4a%4A").unwrap().get("a"), Some("JJ"));
}

#[test]
fn s021_names_with_brackets_are_unknown_names() {
    let parameters = read(b"scope[a]=b&scope[]=x&client_id[$ne]=1").unwrap();
    assert_eq!(parameters.get("scope"), None);
    assert_eq!(parameters.get("client_id"), None);
}

#[test]
fn no_text_holds_u0000() {
    for body in ["client_id=a%00", "a%00=1"] {
        assert_eq!(read(body.as_bytes()), Err(RequestRefusal::NulCharacter));
    }
}

#[test]
fn s029_each_parameter_has_its_limit() {
    let limits = [
        ("client_id", 256, ErrorCode::InvalidClient),
        ("client_secret", 256, ErrorCode::InvalidClient),
        ("code", 256, ErrorCode::InvalidRequest),
        ("refresh_token", 512, ErrorCode::InvalidRequest),
        ("scope", 2048, ErrorCode::InvalidRequest),
        ("state", 2048, ErrorCode::InvalidRequest),
        ("redirect_uri", 2048, ErrorCode::InvalidRequest),
        ("assertion", 8192, ErrorCode::InvalidRequest),
        ("client_assertion", 8192, ErrorCode::InvalidRequest),
        ("foo", 4096, ErrorCode::InvalidRequest),
        ("password", 4096, ErrorCode::InvalidRequest),
    ];
    for (name, longest, code) in limits {
        // The limit is of the decoded value, so the encoded one may be three times as long.
        for unit in ["x", "%78"] {
            let just = format!("{name}={}", unit.repeat(longest));
            assert!(read(just.as_bytes()).is_ok(), "{name}");
            let refusal = read(format!("{just}{unit}").as_bytes()).unwrap_err();
            assert!(
                matches!(refusal, RequestRefusal::ParameterTooLong(_)),
                "{name}"
            );
            assert_eq!(refusal.code(), code, "{name}");
        }
    }
    let long_name = format!("{}=1", "n".repeat(4097));
    assert!(matches!(
        read(long_name.as_bytes()),
        Err(RequestRefusal::ParameterTooLong(_))
    ));
}

#[test]
fn at_most_a_hundred_parameters() {
    let body = |count: usize| {
        let pairs: Vec<String> = (0..count).map(|n| format!("p{n}=1")).collect();
        pairs.join("&")
    };
    assert!(read(body(MOST_PARAMETERS).as_bytes()).is_ok());
    assert_eq!(
        read(body(MOST_PARAMETERS + 1).as_bytes()),
        Err(RequestRefusal::TooManyParameters)
    );
}

#[test]
fn s016_s017_content_types() {
    let read = |content_type: &str| {
        empty()
            .content_type(content_type)
            .body(b"a=1")
            .read(|parts| {
                Dialect::default()
                    .read_form_parameters(parts)
                    .map(|p| p.len())
            })
    };
    for accepted in [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "APPLICATION/X-WWW-FORM-URLENCODED;CHARSET=utf-8",
        "application/x-www-form-urlencoded ; charset=\"utf-8\"; x=y",
    ] {
        assert_eq!(read(accepted), Ok(1), "{accepted}");
    }
    for refused in [
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
        "application/x-www-form-urlencoded; charset=utf-8; charset=utf-16",
        "application/x-www-form-urlencoded; charset=",
        "application/x-www-form-urlencodedx",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
        "\u{fc}",
    ] {
        assert_eq!(
            read(refused),
            Err(RequestRefusal::UnsupportedMediaType),
            "{refused}"
        );
    }
    let twice = empty().content_type(FORM).content_type(FORM).body(b"a=1");
    assert_eq!(
        twice.read(|parts| Dialect::default().read_form_parameters(parts).map(|_| ())),
        Err(RequestRefusal::UnsupportedMediaType)
    );
}

#[test]
fn s027_a_compressed_body_is_refused_and_never_inflated() {
    let read = |coding: &str| {
        form("a=1")
            .content_encoding(coding)
            .read(|parts| Dialect::default().read_form_parameters(parts).map(|_| ()))
    };
    for coding in ["gzip", "br", "identity, gzip", "deflate"] {
        assert_eq!(
            read(coding),
            Err(RequestRefusal::UnsupportedContentEncoding),
            "{coding}"
        );
    }
    assert_eq!(read("identity"), Ok(()));
    assert_eq!(read("Identity"), Ok(()));
}

#[test]
fn a_body_beyond_64_kib_is_refused_unread() {
    let request = form(&"a".repeat(64 * 1024 + 1));
    let refusal = request
        .read(|parts| Dialect::default().read_form_parameters(parts).map(|_| ()))
        .unwrap_err();
    assert_eq!(refusal, RequestRefusal::BodyTooLarge);
    assert_eq!(
        Dialect::default()
            .write_request_refusal(refusal, "r")
            .status,
        413
    );
}

#[test]
fn any_bytes_are_read_or_refused_and_what_is_read_is_what_was_meant() {
    // A small generator, so that a failure comes again.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let alphabet = b"ab=&%+0123cfZ\xc3\xa9\x00 /";
    for _ in 0..20_000 {
        let length = next() % 24;
        let body: Vec<u8> = (0..length)
            .map(|_| alphabet[(next() % alphabet.len() as u64) as usize])
            .collect();
        if let Ok(parameters) = read(&body) {
            let ours: Vec<_> = parameters
                .iter()
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .collect();
            let theirs: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
            assert_eq!(ours, theirs, "{body:?}");
        }
    }
}

#[test]
fn s300_debug_shows_nothing_of_a_request() {
    let request = form("client_id=canary&client_secret=canary")
        .query("canary")
        .basic("canary:canary");
    request.read(|parts| {
        let parameters = Dialect::default().read_token_parameters(parts).unwrap();
        let shown = format!("{parts:?} {parameters:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!shown.contains("Y2FuYXJ5"), "{shown}");
    });
}
