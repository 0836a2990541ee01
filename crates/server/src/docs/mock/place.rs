//! Places in a description, by JSON pointer, with every `$ref` on the way followed.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// So many references may lead to one another; beyond, they go in a circle.
const LONGEST_CHAIN: usize = 16;
/// What the fragment of a URI cannot hold as it is (RFC 3986 §3.5): paths of operations hold braces.
const NOT_IN_A_FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A place, and what stands there.
#[derive(Clone, Debug)]
pub struct Place<'d> {
    whole: &'d Value,
    /// What stands there; no reference, unless it leads nowhere.
    pub value: &'d Value,
    /// Where: empty for the whole description.
    pub pointer: String,
}

impl<'d> Place<'d> {
    /// The whole description.
    pub fn root(whole: &'d Value) -> Self {
        Self {
            whole,
            value: whole,
            pointer: String::new(),
        }
    }

    /// What a pointer of this description leads to.
    pub fn at(whole: &'d Value, pointer: &str) -> Option<Self> {
        let place = Self {
            whole,
            value: whole.pointer(pointer)?,
            pointer: pointer.to_owned(),
        };
        Some(place.followed())
    }

    /// A member of an object.
    pub fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(name)?;
        Some(self.beneath(name, value))
    }

    /// The members of an object, in order of name.
    pub fn members(&self) -> impl Iterator<Item = (&'d str, Self)> + '_ {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(name, value)| (name.as_str(), self.beneath(name, value)))
    }

    /// The items of a list.
    pub fn items(&self) -> impl Iterator<Item = Self> + '_ {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, value)| self.beneath(&index.to_string(), value))
    }

    /// A member that is text.
    pub fn text(&self, name: &str) -> Option<&'d str> {
        self.value.get(name).and_then(Value::as_str)
    }

    /// A member that is true.
    pub fn is(&self, name: &str) -> bool {
        self.value.get(name) == Some(&Value::Bool(true))
    }

    fn beneath(&self, name: &str, value: &'d Value) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        let place = Self {
            whole: self.whole,
            value,
            pointer: format!("{}/{name}", self.pointer),
        };
        place.followed()
    }

    fn followed(mut self) -> Self {
        for _ in 0..LONGEST_CHAIN {
            let Some(pointer) = self.text("$ref").and_then(pointer_of) else {
                break;
            };
            let Some(value) = self.whole.pointer(&pointer) else {
                break;
            };
            (self.value, self.pointer) = (value, pointer);
        }
        self
    }
}

/// The pointer in a reference to the same file; None for one to another file, which nobody fetches.
pub fn pointer_of(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    let decoded = percent_decode_str(fragment).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// A pointer as the fragment of a URI.
pub fn fragment(pointer: &str) -> String {
    format!("#{}", utf8_percent_encode(pointer, NOT_IN_A_FRAGMENT))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn references_are_followed_and_circles_end() {
        let whole = json!({
            "paths": { "/a/{b}": { "get": { "$ref": "#/x" } } },
            "x": { "$ref": "#/y" }, "y": { "text": "here" },
            "circle": { "$ref": "#/circle" }, "away": { "$ref": "other.yaml#/x" },
        });
        let root = Place::root(&whole);
        let paths = root.member("paths").unwrap();
        let (_, path) = paths.members().next().unwrap();
        assert_eq!(path.pointer, "/paths/~1a~1{b}");
        let operation = path.member("get").unwrap();
        assert_eq!(operation.text("text"), Some("here"));
        assert_eq!(operation.pointer, "/y");
        assert!(root.member("circle").unwrap().text("$ref").is_some());
        assert!(root.member("away").unwrap().text("$ref").is_some());
        assert_eq!(fragment("/paths/~1a~1{b}"), "#/paths/~1a~1%7Bb%7D");
    }
}
