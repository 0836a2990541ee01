//! JSON, kept as it was written but for what its names say is secret.
//!
//! Read only after serde has read it: so every step here finds what it looks for, and whatever is not JSON is never shown.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Blotter, blotted, names};

/// What may be shown of a member or of what is nested in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Look into it: texts without what is known as a secret, members by their names.
    Look,
    /// A text or a number, but nothing nested.
    Plain,
    /// Nothing of it.
    Blot,
}

/// What is nested deeper is not read. Serde passes over any depth without a stack, but the walk below needs one.
const DEEPEST: usize = 64;

/// Judges a value by its depth (0 for the outermost), its member's name (empty where it is in none), and, where it is a
/// text or a number, by itself.
pub type Judge<'j> = &'j dyn Fn(usize, &str, Option<&str>) -> Verdict;

/// The text as it may be shown; None when it is no JSON.
pub fn show(text: &str, judge: Judge<'_>, blotter: &Blotter) -> Option<String> {
    walk(text, judge, Some(blotter)).map(|walk| walk.out)
}

/// What will not be shown; empty when the text is no JSON.
pub fn secrets(text: &str, judge: Judge<'_>) -> Vec<String> {
    walk(text, judge, None)
        .map(|walk| walk.hidden)
        .unwrap_or_default()
}

fn walk<'t>(text: &'t str, judge: Judge<'t>, blotter: Option<&'t Blotter>) -> Option<Walk<'t>> {
    if is_deep(text) {
        return None;
    }
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut walk = Walk {
        text,
        at: 0,
        out: String::with_capacity(text.len()),
        hidden: Vec::new(),
        judge,
        blotter,
    };
    walk.blank();
    walk.value(None, 0);
    Some(walk)
}

/// Whether more brackets are open at once than are followed.
fn is_deep(text: &str) -> bool {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

struct Walk<'t> {
    text: &'t str,
    at: usize,
    out: String,
    hidden: Vec<String>,
    judge: Judge<'t>,
    blotter: Option<&'t Blotter>,
}

impl Walk<'_> {
    fn next(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn copy(&mut self, to: usize) {
        self.out
            .push_str(self.text.get(self.at..to).unwrap_or_default());
        self.at = to;
    }

    fn blank(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.copy(self.at + blank);
    }

    /// A value; its member's name is None where it is in none.
    fn value(&mut self, name: Option<&str>, depth: usize) {
        let nested = matches!(self.next(), b'{' | b'[');
        let itself = match self.next() {
            b'{' | b'[' => None,
            b'"' => serde_json::from_str::<String>(self.raw(self.end_of_string())).ok(),
            _ => Some(self.raw(self.end_of_scalar()).to_owned()),
        };
        let verdict = (self.judge)(depth, name.unwrap_or_default(), itself.as_deref());
        match (self.next(), verdict) {
            (_, Verdict::Blot) => self.blot(),
            (_, Verdict::Plain) if nested => self.blot(),
            (b'{', _) => self.inside(b'}', depth),
            (b'[', _) => self.inside(b']', depth),
            (b'"', _) => {
                let end = self.end_of_string();
                let raw = self.text.get(self.at..end).unwrap_or_default();
                self.at = end;
                self.text_of(raw);
            }
            _ => self.copy(self.end_of_scalar()),
        }
    }

    /// The members of an object or an array, and its end.
    fn inside(&mut self, end: u8, depth: usize) {
        let hides_values = end == b'}' && self.names_a_secret();
        self.copy(self.at + 1);
        self.blank();
        while self.next() != end && self.at < self.text.len() {
            let mut name = None;
            let mut is_hidden = false;
            if end == b'}' {
                let name_ends = self.end_of_string();
                let raw = self.text.get(self.at..name_ends).unwrap_or_default();
                name = serde_json::from_str::<String>(raw).ok();
                is_hidden = name
                    .as_deref()
                    .is_none_or(|name| hides_values && names::is_value(name));
                self.at = name_ends;
                self.text_of(raw);
                self.blank();
                // The colon.
                self.copy(self.at + 1);
                self.blank();
            }
            match is_hidden {
                true => self.blot(),
                false => self.value(name.as_deref(), depth + 1),
            }
            self.blank();
            if self.next() == b',' {
                self.copy(self.at + 1);
                self.blank();
            }
        }
        self.copy(self.text.len().min(self.at + 1));
    }

    /// Whether a member of the object that begins here names a secret, which then stands in another one.
    fn names_a_secret(&self) -> bool {
        let raw = self.raw(self.end_of_value());
        serde_json::from_str::<serde_json::Map<String, Value>>(raw).is_ok_and(|members| {
            let mut texts = members
                .iter()
                .filter_map(|(name, value)| Some((name, value.as_str()?)));
            texts.any(|(name, text)| names::is_naming(name) && names::speaks_of_secrets(text))
        })
    }

    fn raw(&self, end: usize) -> &str {
        self.text.get(self.at..end).unwrap_or_default()
    }

    /// A text without secrets, spelled as it was where it had none.
    fn text_of(&mut self, raw: &str) {
        // Half a surrogate pair is no text: what it stands in cannot be looked through.
        let Ok(decoded) = serde_json::from_str::<String>(raw) else {
            self.hidden.push(raw.trim_matches('"').to_owned());
            self.out.push_str(&quoted(&blotted(raw)));
            return;
        };
        let Some(blotter) = self.blotter else { return };
        let scrubbed = blotter.scrub(&decoded);
        match scrubbed == decoded {
            true => self.out.push_str(raw),
            false => self.out.push_str(&quoted(&scrubbed)),
        }
    }

    fn blot(&mut self) {
        let end = self.end_of_value();
        let raw = self.text.get(self.at..end).unwrap_or_default();
        let text = match serde_json::from_str(raw) {
            Ok(Value::String(text)) => text,
            Ok(value) => {
                leaves(&value, &mut self.hidden);
                raw.to_owned()
            }
            Err(_) => raw.trim_matches('"').to_owned(),
        };
        self.out.push_str(&quoted(&blotted(&text)));
        self.hidden.push(text);
        self.at = end;
    }

    fn end_of_string(&self) -> usize {
        let mut at = self.at + 1;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => return at + 1,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.text.len()
    }

    fn end_of_scalar(&self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let ends = |c: char| matches!(c, ',' | '}' | ']') || c.is_ascii_whitespace();
        self.at + rest.find(ends).unwrap_or(rest.len())
    }

    /// Past a value of any kind.
    fn end_of_value(&self) -> usize {
        let mut rest =
            serde_json::Deserializer::from_str(self.text.get(self.at..).unwrap_or_default())
                .into_iter::<IgnoredAny>();
        match rest.next() {
            Some(Ok(_)) => self.at + rest.byte_offset(),
            _ => self.text.len(),
        }
    }
}

/// Every text and number in a value: each of them may stand elsewhere alone.
fn leaves(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Number(number) => into.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, into)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, into)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(_: usize, name: &str, value: Option<&str>) -> Verdict {
        match names::speaks_of_secrets(name) || value.is_some_and(names::speak_inside) {
            true => Verdict::Blot,
            false => Verdict::Look,
        }
    }

    #[test]
    fn members_that_speak_of_secrets_are_blotted_out_and_the_rest_stays_as_it_was() {
        let text = r#" { "a" : [1, 2.50e3, null, {"Pass\u0077ord":"x\"y"}], "apiKey":{"deep":[1]}, "é":"\u00e9", "b":[] , "c":{} } "#;
        let shown = show(text.trim_end(), &judge, &Blotter::default());
        assert_eq!(
            shown.as_deref(),
            Some(
                r#" { "a" : [1, 2.50e3, null, {"Pass\u0077ord":"[blotted out, 3 characters]"}], "apiKey":"[blotted out, 12 characters]", "é":"[blotted out, 1 characters]", "b":[] , "c":{} }"#
            )
        );
        assert_eq!(secrets(text, &judge).len(), 4);
    }

    #[test]
    fn s299_documents_in_texts_and_values_beside_names_are_blotted_out() {
        let text = r#"{"a":"{\"password\":\"hunter2x\"}","b":["user=anna;pwd=hunter2x"],"c":"https://anna:hunter2x@host/",
            "d":[{"value":"hunter2x","name":"Password","type":"text"},{"key":"city","value":"Delft"}],"e":"10:20"}"#;
        let shown = show(text, &judge, &Blotter::default()).unwrap_or_default();
        assert!(!shown.contains("hunter2x"), "{shown}");
        for kept in [r#""value":"Delft""#, r#""e":"10:20""#, r#""type":"text""#] {
            assert!(shown.contains(kept), "{kept} in {shown}");
        }
    }

    #[test]
    fn s299_each_part_of_what_was_blotted_out_is_known() {
        let text =
            r#"{"credentials":{"deep":["hunter2x",{"a":1234567}]},"note":"hunter2x 1234567"}"#;
        let mut blotter = Blotter::default();
        for secret in secrets(text, &judge) {
            blotter.know(&secret);
        }
        let shown = show(text, &judge, &blotter).unwrap_or_default();
        assert!(
            !shown.contains("hunter2x") && !shown.contains("1234567"),
            "{shown}"
        );
    }

    #[test]
    fn what_is_nested_too_deeply_is_not_read() {
        let nested =
            |open: &str, close: &str, depth| open.repeat(depth) + "1" + &close.repeat(depth);
        for text in [
            nested("[", "]", 32 * 1024),
            nested("{\"a\":", "}", 8 * 1024),
            nested("[", "]", DEEPEST + 1),
            format!("[\"\\\"\", {}]", nested("[", "]", DEEPEST)),
        ] {
            assert_eq!(show(&text, &judge, &Blotter::default()), None);
            assert!(secrets(&text, &judge).is_empty());
        }
        for text in [
            nested("[", "]", DEEPEST),
            format!("\"\\\"{}\"", "[".repeat(100)),
        ] {
            assert_eq!(
                show(&text, &judge, &Blotter::default()).as_deref(),
                Some(text.as_str())
            );
        }
    }

    #[test]
    fn s299_half_a_surrogate_pair_hides_no_secret() {
        let mut blotter = Blotter::default();
        blotter.know("hunter2x");
        let text = r#"{"a":"hunter2x \ud83d","hunter2x\ud83d":"shown?","b":["\udead"]}"#;
        let shown = show(text, &judge, &blotter).unwrap_or_default();
        assert!(
            !shown.contains("hunter2x") && !shown.contains("shown?"),
            "{shown}"
        );
        assert!(
            serde_json::from_str::<serde_json::Value>(&shown).is_ok(),
            "{shown}"
        );
        assert_eq!(secrets(text, &judge).len(), 4);
    }

    #[test]
    fn what_is_no_json_is_not_shown_and_what_is_plain_is() {
        for text in ["", "{", "{\"a\":1}x", "{'a':1}", &"[".repeat(1000)] {
            assert_eq!(show(text, &judge, &Blotter::default()), None, "{text}");
        }
        for text in ["1", "\"x\"", "null", "[ ]", "{\"a\":{\"b\":[true,false]}}"] {
            assert_eq!(
                show(text, &judge, &Blotter::default()).as_deref(),
                Some(text)
            );
        }
        let plain = |depth: usize, _: &str, _: Option<&str>| {
            if depth == 0 {
                Verdict::Look
            } else {
                Verdict::Plain
            }
        };
        assert_eq!(
            show(r#"{"scope":["grs"],"b":1}"#, &plain, &Blotter::default()).as_deref(),
            Some(r#"{"scope":"[blotted out, 7 characters]","b":1}"#)
        );
    }
}
