//! Names that tell what stands behind them: which parameters are harmless, and which speak of secrets.

/// Parameters of token requests whose value is no secret.
const HARMLESS: [&str; 13] = [
    "grant_type",
    "scope",
    "client_id",
    "response_type",
    "redirect_uri",
    "token_type_hint",
    "code_challenge_method",
    "client_assertion_type",
    "requested_token_type",
    "subject_token_type",
    "audience",
    "resource",
    "ui_locales",
];

/// Members of the token endpoint's answers whose value is no secret.
const HARMLESS_IN_ANSWERS: [&str; 8] = [
    "token_type",
    "expires_in",
    "scope",
    "created_at",
    "error",
    "error_description",
    "error_uri",
    "issued_token_type",
];

/// Pieces of names behind which secrets stand, without anything but letters and digits.
const SECRET: [&str; 28] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "credential",
    "cookie",
    "session",
    "signature",
    "assertion",
    "verifier",
    "bearer",
    "jwt",
    "otp",
    "pincode",
    "wachtwoord",
    "geheim",
    "toegangscode",
    "sleutel",
    "passwort",
    "kennwort",
    "schluessel",
    "schlüssel",
    "schlussel",
];

/// Words that speak of a secret as the whole of a name, or its last.
const LAST: [&str; 9] = [
    "pass", "pw", "pwd", "code", "sig", "pin", "otp", "cvc", "cvv",
];

/// Codes of these are no secrets.
const OF_CODES: [&str; 12] = [
    "country", "postal", "zip", "post", "status", "error", "language", "currency", "product",
    "area", "region", "reason",
];

/// How far before a `:` or a `=`, and after a `{` or a `<`, a name is looked for.
const LONGEST_BEFORE: usize = 64;

/// Whether a parameter of a token request may show its value.
pub fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(&name)
}

/// Whether a member of an answer of the token endpoint may show its value.
pub fn is_harmless_in_answers(name: &str) -> bool {
    HARMLESS_IN_ANSWERS.contains(&name)
}

/// Whether a name speaks of a secret, however it is spelled: `apiKey`, `X-Auth-Token`, `client.secret`.
pub fn speaks_of_secrets(name: &str) -> bool {
    // A name in another script says nothing that we understand.
    let is_foreign = !name.is_empty() && !name.contains(|c: char| c.is_ascii_alphanumeric());
    let is_mixed = name.contains(|c: char| c.is_alphabetic() && c > '\u{24f}');
    is_foreign || is_mixed || has_piece(name) || ends_in_secret(name)
}

/// Whether one of the pieces stands in a text, by its letters: what is foreign in it says nothing.
fn has_piece(text: &str) -> bool {
    let letters = |is_letter: fn(char) -> bool| -> String {
        let letters = text.chars().filter(|character| is_letter(*character));
        letters.flat_map(char::to_lowercase).collect()
    };
    let (all, ascii) = (
        letters(char::is_alphanumeric),
        letters(|character| character.is_ascii_alphanumeric()),
    );
    SECRET
        .iter()
        .any(|piece| all.contains(piece) || ascii.contains(piece))
}

/// Whether the last word of a name is one that says little as a piece of another word: `userPass`, `otp_code`, `PIN2`.
fn ends_in_secret(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let word_begins = |(at, c): (usize, char)| {
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        !c.is_ascii_alphabetic()
            || (c.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase()))
    };
    let begin = name.char_indices().rev().find(|found| word_begins(*found));
    let (before, word) = name.split_at(begin.map_or(0, |(at, _)| at));
    let plain = |text: &str| {
        text.trim_matches(|c: char| !c.is_ascii_alphabetic())
            .to_ascii_lowercase()
    };
    let (before, word) = (plain(before), plain(word));
    let is_of_a_place = word == "code" && OF_CODES.iter().any(|kind| before.ends_with(kind));
    LAST.contains(&word.as_str()) && !is_of_a_place
}

/// Whether a text holds a document, or names and values, of which one speaks of a secret; or an address with a password.
pub fn speak_inside(text: &str) -> bool {
    let around = |(at, sign): (usize, char)| {
        let (before, after) = text.split_at(at);
        match sign {
            ':' | '=' => speaks_at_end(before),
            '{' | '<' => {
                let end = after.floor_char_boundary(after.len().min(LONGEST_BEFORE));
                has_piece(after.get(..end).unwrap_or_default())
            }
            _ => false,
        }
    };
    text.char_indices().any(around) || has_userinfo(text)
}

/// Whether the last words before a sign speak of a secret.
pub fn speaks_at_end(before: &str) -> bool {
    let from = before.len().saturating_sub(LONGEST_BEFORE);
    let name = before
        .get(before.ceil_char_boundary(from)..)
        .unwrap_or_default();
    has_piece(name) || ends_in_secret(name)
}

/// `https://user:password@host/`, wherever in a text.
pub fn has_userinfo(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '<' | '>');
        let authority = rest.split(ends).next().unwrap_or_default();
        authority.contains('@')
    })
}

/// Whether a member of this name says what the value beside it is: `{"name":"password","value":"…"}`.
pub fn is_naming(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    [
        "name",
        "key",
        "field",
        "param",
        "parameter",
        "property",
        "id",
        "label",
        "header",
    ]
    .contains(&plain.as_str())
}

/// Whether a member of this name holds what another one names.
pub fn is_value(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    plain.starts_with("val")
        || ["content", "text", "data", "string", "default"].contains(&plain.as_str())
}

/// Whether a text may be shown as the name of a member that programs of others made up.
pub fn may_be_a_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte);
    !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
}

/// Whether a text reads like the name of a parameter and not like a secret that stands in a name's place.
pub fn is_a_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in [
            "password",
            "PassWord",
            "api_key",
            "apiKey",
            "X-Auth-Token",
            "client.secret",
            "wachtwoord-password",
            "密码",
            "PIN",
        ] {
            assert!(speaks_of_secrets(name), "{name}");
        }
        for name in ["name", "employee_id", "shift", "pinned", "city", ""] {
            assert!(!speaks_of_secrets(name), "{name}");
        }
        for name in [
            "wachtwoord",
            "Geheim",
            "toegangscode",
            "API-Sleutel",
            "Passwort",
            "kennwort",
            "geheimnis",
            "Schluessel",
            "Schlüssel",
            "SCHLÜSSEL",
            "schlu\u{308}ssel",
            "pass",
            "user_pass",
            "userPass",
            "pw",
            "PWD2",
            "code",
            "authCode",
            "verification-code",
            "sig",
            "otp",
            "cvc",
            "cvv",
            "session",
            "cookie",
            "jwt",
            "bearer",
            "assertion",
            "p\u{430}ss",
        ] {
            assert!(speaks_of_secrets(name), "{name}");
        }
        for name in [
            "countryCode",
            "postal_code",
            "code_of_conduct",
            "compass",
            "passenger",
            "iban",
            "Größe",
            "signed",
            "pinned",
        ] {
            assert!(!speaks_of_secrets(name), "{name}");
        }
        assert!(is_a_name("client_secret") && !is_a_name("S3cret") && !is_a_name("hunter2"));
    }

    #[test]
    fn s299_texts_that_hold_names_of_secrets_are_known() {
        for text in [
            r#"{"password":"x"}"#,
            "<Password>x</Password>",
            "user=anna;pwd=x",
            "é password: x",
            "https://anna:x@host/a",
            "redis://:x@host",
            "<a token='x'/>",
            "mijn wachtwoord: x",
        ] {
            assert!(speak_inside(text), "{text}");
        }
        for text in [
            "",
            "https://docs.example/errors/token-expired",
            "10:20",
            "a < b",
            "{}",
            "the key to it",
            "mail me @ https://x/@anna",
        ] {
            assert!(!speak_inside(text), "{text}");
        }
    }
}
