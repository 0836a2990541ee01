//! Text that people write and other people will read: bounded, on one line, kept as it is.
//!
//! It is escaped where it is shown, not changed where it is stored; only control characters are
//! refused, which no name needs and every log and terminal suffers from.

/// Longest name of a credential, an account or an operator token, in characters.
pub const LONGEST_NAME: usize = 200;
/// Longest description, in characters.
pub const LONGEST_DESCRIPTION: usize = 2000;

/// Why a text will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The sentence of a page's catalogue.
    pub key: &'static str,
    /// The sentence for programs and their people.
    pub sentence: String,
}

/// Takes a text that must say something; `what` names it in the refusal.
pub fn required(what: &str, text: &str, longest: usize) -> Result<(), Unfit> {
    let unfit = |key, says: String| {
        Err(Unfit {
            key,
            sentence: format!("The {what} {says}."),
        })
    };
    if text.trim().is_empty() {
        return unfit("text-empty", "must not be empty".to_owned());
    }
    if text.trim() != text {
        return unfit(
            "text-blank",
            "must not begin or end with a blank".to_owned(),
        );
    }
    if text.chars().count() > longest {
        return unfit(
            "text-too-long",
            format!("is longer than {longest} characters"),
        );
    }
    if text.chars().any(is_control) {
        return unfit(
            "text-control-character",
            "must not have control characters or line ends".to_owned(),
        );
    }
    Ok(())
}

/// Control characters, and the line ends that Unicode counts elsewhere.
pub fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// A clause as a sentence: a capital first, a full stop last.
pub fn sentence(clause: &str) -> String {
    let mut characters = clause.chars();
    let mut sentence: String = characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// An error with its causes, for the log.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push_str(&format!(": {error}"));
        cause = error.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s280_names_are_bounded_and_on_one_line_but_otherwise_free() {
        for good in [
            "Payroll",
            "=cmd|' /C calc'!A0",
            "<script>alert(1)</script>",
            "Lön & mér",
            &"ä".repeat(200),
        ] {
            assert_eq!(required("name", good, LONGEST_NAME), Ok(()), "{good}");
        }
        for bad in [
            "",
            "  ",
            " x",
            "x ",
            "a\nb",
            "a\r",
            "a\0b",
            "\u{1b}[31mred",
            "a\u{2028}b",
            &"a".repeat(201),
        ] {
            assert!(required("name", bad, LONGEST_NAME).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_clause_becomes_a_sentence() {
        assert_eq!(
            sentence("the client id is used twice"),
            "The client id is used twice."
        );
        assert_eq!(sentence("Done."), "Done.");
    }
}
