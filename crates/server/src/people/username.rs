//! Names to sign in with: all spellings of one name are one person.

use unicode_normalization::UnicodeNormalization;

/// The longest name, in characters.
const LONGEST: usize = 128;

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoUsername {
    /// Nothing in it.
    #[error("a username has at least one character")]
    Empty,
    /// By length.
    #[error("a username has at most {LONGEST} characters")]
    TooLong,
    /// Characters that nobody sees.
    #[error("a username has no control characters and no line breaks")]
    ControlCharacter,
}

/// The form in which all spellings of a name meet: trimmed, NFKC, lower case.
///
/// # Errors
/// The text is no name.
pub fn canonical(username: &str) -> Result<String, NoUsername> {
    if username.chars().count() > LONGEST {
        return Err(NoUsername::TooLong);
    }
    if username.chars().any(char::is_control) {
        return Err(NoUsername::ControlCharacter);
    }
    // Lower case may undo NFKC, so it comes a second time.
    let folded: String = username
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect();
    let name = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        Err(NoUsername::Empty)
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s096_spellings_of_one_name_meet() {
        for spelling in [
            "Anna@Example.com",
            " anna@example.com ",
            "ANNA@EXAMPLE.COM",
            "ａｎｎａ@example.com",
        ] {
            assert_eq!(
                canonical(spelling).unwrap(),
                "anna@example.com",
                "{spelling:?}"
            );
        }
        assert_eq!(
            canonical("e\u{301}va").unwrap(),
            canonical("\u{c9}VA").unwrap()
        );
        assert_eq!(canonical("  "), Err(NoUsername::Empty));
        assert_eq!(canonical("a\0b"), Err(NoUsername::ControlCharacter));
        assert_eq!(canonical(&"a".repeat(129)), Err(NoUsername::TooLong));
    }
}
