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
const SECRET: [&str; 19] = [
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
];

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
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect();
    // A name in another script says nothing that we understand.
    let foreign = plain.is_empty() && !name.is_empty();
    foreign
        || plain == "pin"
        || plain == "cvv"
        || plain == "cvc"
        || SECRET.iter().any(|piece| plain.contains(piece))
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
        assert!(is_a_name("client_secret") && !is_a_name("S3cret") && !is_a_name("hunter2"));
    }
}
