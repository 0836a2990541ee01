//! Forms and queries: `name=value&…`, kept as they were spelled.

use percent_encoding::percent_decode_str;

use super::{Blotter, blotted, names};

/// What may be shown of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The value, without what is known as a secret.
    Show,
    /// Only the name.
    NameOnly,
    /// Only that there was something.
    Nothing,
}

/// Members of one form that are looked at one by one; a record of a longer one shows no text.
const MOST: usize = 256;

/// Tells the blotter of every value that will not be shown.
pub fn know(text: &str, judge: &dyn Fn(&str, &str) -> Verdict, blotter: &mut Blotter) {
    if text.split('&').nth(MOST).is_some() {
        return blotter.give_up();
    }
    for piece in text.split('&') {
        let (name, value) = parts(piece);
        match verdict(piece, judge) {
            Verdict::Show => {}
            Verdict::NameOnly => blotter.know(&value),
            Verdict::Nothing => {
                blotter.know(&name);
                blotter.know(&value);
                blotter.know(piece);
            }
        }
    }
}

/// The form as it may be shown.
pub fn show(text: &str, judge: &dyn Fn(&str, &str) -> Verdict, blotter: &Blotter) -> String {
    if text.split('&').nth(MOST).is_some() {
        return blotted(text);
    }
    let pieces = text.split('&').map(|piece| {
        if piece.is_empty() {
            return String::new();
        }
        let (name, value) = parts(piece);
        let raw_name = piece.split('=').next().unwrap_or_default();
        match verdict(piece, judge) {
            Verdict::Nothing => blotted(piece),
            _ if !blotter.is_clean(&name) => blotted(piece),
            Verdict::NameOnly => format!("{raw_name}={}", blotted(&value)),
            Verdict::Show if blotter.is_clean(&value) => blotter.scrub(piece),
            Verdict::Show => format!("{raw_name}={}", blotter.scrub(&value)),
        }
    });
    pieces.collect::<Vec<_>>().join("&")
}

/// At the token endpoint a value is shown only under a name that is known to be harmless.
pub fn at_token_endpoint(name: &str, value: &str) -> Verdict {
    if names::is_harmless(name) {
        return Verdict::Show;
    }
    // A name without a value may be a secret that was sent without its name.
    match names::is_a_name(name) && !value.is_empty() {
        true => Verdict::NameOnly,
        false => Verdict::Nothing,
    }
}

/// On its way through the gateway a value is shown unless its name speaks of a secret.
pub fn at_gateway(name: &str, value: &str) -> Verdict {
    // `aGVsbG8=` is base64 and no name.
    let is_empty = value.trim_matches('=').is_empty();
    if !names::may_be_a_name(name) || (is_empty && !names::is_a_name(name)) {
        return Verdict::Nothing;
    }
    match names::speaks_of_secrets(name) || names::speak_inside(value) {
        true => Verdict::NameOnly,
        false => Verdict::Show,
    }
}

/// Whether a text that is called a form is something else: then `&` and `=` separate nothing in it.
pub fn is_document(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '<', '"'])
}

/// What stands there without a `=` has no name: it may be a secret, or JSON that was sent as a form.
fn verdict(piece: &str, judge: &dyn Fn(&str, &str) -> Verdict) -> Verdict {
    let (name, value) = parts(piece);
    match piece.contains('=') || piece.is_empty() {
        true => judge(&name, &value),
        false => Verdict::Nothing,
    }
}

fn parts(piece: &str) -> (String, String) {
    let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    (decode(name), decode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s299_only_harmless_members_show_their_value() {
        let shown = |text: &str| {
            let mut blotter = Blotter::default();
            know(text, &at_token_endpoint, &mut blotter);
            show(text, &at_token_endpoint, &blotter)
        };
        assert_eq!(
            shown("grant_type=client_credentials&scope=shifts.read+tags&client_secret=hunter2x"),
            "grant_type=client_credentials&scope=shifts.read+tags&client_secret=[blotted out, 8 characters]"
        );
        assert_eq!(shown("hunter2x"), "[blotted out, 8 characters]");
        assert_eq!(shown("aGVsbG8="), "[blotted out, 8 characters]");
        // The same secret where a harmless value should be.
        assert_eq!(
            shown("scope=a+hunter2x&client_secret=hunter2x"),
            "scope=a [blotted out, 8 characters]&client_secret=[blotted out, 8 characters]"
        );
        assert_eq!(shown(""), "");
        assert_eq!(shown("scope"), "[blotted out, 5 characters]");
    }

    #[test]
    fn s299_at_the_gateway_a_name_is_shown_only_where_there_is_one() {
        let shown = |text: &str| {
            let mut blotter = Blotter::default();
            know(text, &at_gateway, &mut blotter);
            show(text, &at_gateway, &blotter)
        };
        for secret in [
            r#"{"user":"anna","password":"hunter2x"}"#,
            "password%3Dhunter2x",
            "S3cretValue",
            "aGVsbG8gaGVsbG8=",
            "aGVsbG8gaGVsbG8==",
            "hunter%202x=1",
        ] {
            assert_eq!(shown(secret), blotted(secret));
        }
        assert_eq!(
            shown(
                "page=2&filter[a]=S3cretValue&S3cretValue&e=&profile=%7B%22password%22%3A%22x%22%7D"
            ),
            "page=2&filter[a]=[blotted out, 11 characters]&[blotted out, 11 characters]&e=&profile=[blotted out, 16 characters]"
        );
        let long = "password=hunter2x&".repeat(300);
        assert_eq!(shown(&long), blotted(&long));
    }
}
