//! The same two steps in eight languages: programs that stand by themselves, so that a test can take them off the page and run them.
//!
//! What a program must send, the dialect says; where and as whom, it reads from the environment's variables.

use minijinja::{Environment as Templates, context};
use oauth::dialect::quirks::{GrantTypeIn, RequestBody};
use oauth::presented_credentials::PresentedMethod;

use crate::config::Environment;
use crate::pages::Sample;

/// A language: its name for programs and for people, and two programs with their files' names.
type Language = (
    &'static str,
    &'static str,
    (&'static str, &'static str),
    (&'static str, &'static str),
);

const LANGUAGES: [Language; 8] = [
    (
        "curl",
        "curl",
        ("token.sh", include_str!("programs/token.sh")),
        ("call.sh", include_str!("programs/call.sh")),
    ),
    (
        "javascript",
        "JavaScript",
        ("token.mjs", include_str!("programs/token.mjs")),
        ("call.mjs", include_str!("programs/call.mjs")),
    ),
    (
        "python",
        "Python",
        ("token.py", include_str!("programs/token.py")),
        ("call.py", include_str!("programs/call.py")),
    ),
    (
        "java",
        "Java",
        ("Token.java", include_str!("programs/Token.java")),
        ("Call.java", include_str!("programs/Call.java")),
    ),
    (
        "csharp",
        "C#",
        ("Token.cs", include_str!("programs/Token.cs")),
        ("Call.cs", include_str!("programs/Call.cs")),
    ),
    (
        "php",
        "PHP",
        ("token.php", include_str!("programs/token.php")),
        ("call.php", include_str!("programs/call.php")),
    ),
    (
        "go",
        "Go",
        ("token.go", include_str!("programs/token.go")),
        ("call.go", include_str!("programs/call.go")),
    ),
    (
        "ruby",
        "Ruby",
        ("token.rb", include_str!("programs/token.rb")),
        ("call.rb", include_str!("programs/call.rb")),
    ),
];

/// The programs, as this environment's dialect wants its requests.
pub fn samples(environment: &Environment, call_path: &str) -> Vec<Sample> {
    let shape = shape(environment);
    let templates = Templates::new();
    let fill = |text: &str| {
        let filled = templates.render_str(
            &joined(text),
            context! {
                shape => shape,
                base_url => &environment.url,
                token_path => &environment.paths.token,
                call_path => call_path,
            },
        );
        // A program that does not parse is found by the test that fills them all.
        filled.unwrap_or_default()
    };
    LANGUAGES
        .iter()
        .map(|(language, label, token, call)| Sample {
            language,
            label,
            token: (token.0, fill(token.1)),
            call: (call.0, fill(call.1)),
        })
        .collect()
}

/// A line that holds nothing but a tag is no line of the program.
fn joined(text: &str) -> String {
    text.replace("%}\n", "%}")
}

/// How a token is asked for: where `grant_type` and the credential stand.
fn shape(environment: &Environment) -> &'static str {
    let dialect = &environment.dialect;
    let basic = PresentedMethod::ClientSecretBasic;
    let in_header = dialect.client_authentication_methods().contains(&basic)
        && dialect.defaults.client_authentication.contains(&basic);
    match (dialect.quirks.grant_type_in, dialect.quirks.request_body) {
        (GrantTypeIn::BodyOrQuery, _) if in_header => "query",
        (_, RequestBody::FormOrJson) => "json",
        _ if in_header => "basic",
        _ => "form",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_program_can_be_filled_in_every_shape() {
        for (language, _, token, call) in LANGUAGES {
            for shape in ["query", "json", "basic", "form"] {
                for text in [token.1, call.1] {
                    let templates = Templates::new();
                    let values = context! { shape, base_url => "http://x", token_path => "/t", call_path => "/c" };
                    let filled = templates.render_str(&joined(text), values).unwrap();
                    assert!(
                        filled.contains("http://x") && !filled.contains("{%"),
                        "{language}"
                    );
                    assert!(!filled.contains("\n\n\n"), "{language} {shape}: {filled}");
                }
            }
        }
    }
}
