//! A letter: what a page would say, as mail. Plain text and HTML beside each other, in the language of the environment.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Value, context};
use serde::Serialize;

use super::catalogue::Language;
use super::templates;
use crate::config::Environment;
use crate::text::is_control;

/// What a letter is about. Its sentences stand in the catalogue under `KEY-subject`, `KEY-first`, `KEY-advice` and `KEY-last`.
pub struct Letter {
    /// The key.
    pub key: &'static str,
    /// The number in its sentences.
    pub number: i64,
    /// What is told line by line: the label's key, and what somebody chose to call it.
    pub facts: Vec<(&'static str, String)>,
    /// Where the reader goes.
    pub link: String,
}

/// A letter as it is sent.
pub struct WrittenLetter {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

#[derive(Serialize)]
struct Fact {
    label: String,
    value: String,
}

impl Letter {
    /// Writes it.
    pub fn write(self, environment: &Environment) -> WrittenLetter {
        let branding = &environment.branding;
        let language = Language::of_tag(&branding.language).unwrap_or_default();
        let arguments = [
            ("platform".to_owned(), branding.name.clone()),
            ("number".to_owned(), self.number.to_string()),
        ];
        let say =
            |part: &str| plain(&language.sentence(&format!("{}-{part}", self.key), &arguments));
        let facts: Vec<Fact> = self
            .facts
            .iter()
            .map(|(label, value)| Fact {
                label: language.sentence(label, &[]),
                value: plain(value),
            })
            .collect();
        let subject = say("subject");
        let stands = context! {
            lang => language.tag(),
            platform => plain(&branding.name),
            accent => Value::from_safe_string(branding.light_accent.clone()),
            subject => &subject,
            first => say("first"),
            advice => say("advice"),
            last => say("last"),
            facts => Value::from(Serde(&facts)),
            link => self.link,
        };
        let render = |template: &str| {
            let rendered = templates().get_template(template);
            rendered
                .and_then(|template| template.render(&stands))
                .unwrap_or_else(|error| {
                    // A test shows that every letter can be made.
                    tracing::error!(template, error = %error, "a letter could not be made");
                    String::new()
                })
        };
        WrittenLetter {
            text: render("letter.txt"),
            html: render("letter.html"),
            subject,
        }
    }
}

/// A mail's text is escaped by nobody: only what is sent as HTML is.
pub fn escaping(template: &str) -> AutoEscape {
    if template.ends_with(".txt") {
        AutoEscape::None
    } else {
        AutoEscape::Html
    }
}

/// One line of visible text: no line ends, which would make headers, and nothing that turns the order of others around.
fn plain(text: &str) -> String {
    let turns = |character| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|&character| !turns(character))
        .map(|character| {
            if is_control(character) {
                ' '
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s280_a_name_makes_no_header_and_turns_nothing_around() {
        assert_eq!(plain("a\r\nBcc: x@y.z\u{2028}b"), "a  Bcc: x@y.z b");
        assert_eq!(plain("\u{202e}gpj.exe\u{2069}"), "gpj.exe");
    }
}
