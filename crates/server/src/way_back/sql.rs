//! Texts in SQL that PostgreSQL, MySQL and SQLite all read alike.

use super::journey::{Going, Journey};

/// A literal; none where the text holds what they read differently: to MySQL a backslash takes away the meaning of the quote behind it.
pub fn literal(text: &str) -> Option<String> {
    let foreign = |c: char| c == '\\' || c.is_control();
    (!text.contains(foreign)).then(|| format!("'{}'", text.replace('\'', "''")))
}

/// The same of a text for people, in which such characters can be left out.
pub fn name(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c == '\\' || c.is_control() { ' ' } else { c })
        .collect();
    format!("'{}'", plain.replace('\'', "''"))
}

/// One transaction with a statement for each that goes; what cannot stand in one is noted. `head` says what it is for.
pub fn written<'c>(
    journey: &mut Journey<'c>,
    head: &str,
    statement: impl Fn(&Going<'c>) -> Option<String>,
) -> String {
    let mut text = format!("-- {head} It holds hashes of secrets.\nbegin;\n");
    for going in std::mem::take(&mut journey.going) {
        match statement(&going) {
            Some(statement) => {
                text.push_str(&statement);
                journey.going.push(going);
            }
            None => refuse(journey, &going),
        }
    }
    text.push_str("commit;\n");
    text
}

/// Notes a credential that no statement can hold.
fn refuse(journey: &mut Journey<'_>, going: &Going<'_>) {
    journey.refuse(
        "credential",
        &going.credential.client_id,
        "Its client id, a redirect URI or a scope holds a backslash or a control character, which databases read differently.",
        "Make it there by hand.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_never_ends_its_literal() {
        assert_eq!(literal("it's").as_deref(), Some("'it''s'"));
        assert_eq!(literal("\\"), None);
        assert_eq!(literal("a\nb"), None);
        assert_eq!(name("\\'; drop table x; --\0"), "' ''; drop table x; -- '");
    }
}
