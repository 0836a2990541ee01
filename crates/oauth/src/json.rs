//! JSON both ways: reading an object whose members are parameters, and writing answers.
//!
//! A general JSON value would let the last of two equal members win and would nest as deep as the
//! sender likes. This reader sees each member as it comes, refuses the second of a name and
//! anything that is not text before it is descended into, so its depth is one.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::dialect::quirks::DuplicateParameters;
use crate::parameters::Parameters;
use crate::request::RequestRefusal;

/// Writes an answer. Only texts, numbers, booleans and lists of them are written, which cannot fail.
pub(crate) fn written(answer: &impl Serialize) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    if serde_json::to_writer(&mut body, answer).is_err() {
        body.clear();
    }
    body
}

/// Reads one JSON object of texts. A `null` member counts as absent, a repeated one is refused in
/// every dialect: no client sends it by habit.
pub(crate) fn read_parameters(body: &[u8]) -> Result<Parameters<'_>, RequestRefusal> {
    let text = std::str::from_utf8(body).map_err(|_| RequestRefusal::InvalidUtf8)?;
    let refusal = Cell::new(RequestRefusal::BrokenJson);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Members { refusal: &refusal }
        .deserialize(&mut deserializer)
        .and_then(|parameters| deserializer.end().map(|()| parameters))
        .map_err(|_| refusal.get())
}

/// Reads the object; the reason of a refusal leaves through the cell, since serde's errors are text.
struct Members<'c> {
    refusal: &'c Cell<RequestRefusal>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Parameters<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Parameters<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut parameters = Parameters::default();
        while let Some(Text(name)) = members.next_key()? {
            let value = members.next_value_seed(Member {
                refusal: self.refusal,
            })?;
            let value = value.unwrap_or_default();
            // Also `resource`: in JSON the way to say several things is a list.
            let added = if parameters.has(&name) {
                Err(RequestRefusal::DuplicateParameter)
            } else {
                parameters.add(name, value, DuplicateParameters::Refused)
            };
            added.map_err(|refusal| {
                self.refusal.set(refusal);
                A::Error::custom("refused")
            })?;
        }
        Ok(parameters)
    }
}

/// A member's name, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads one member's value: text, or none for null.
struct Member<'c> {
    refusal: &'c Cell<RequestRefusal>,
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // A value that is not JSON at all is told apart from one of the wrong kind by what the
        // visitor saw: every visit that is not text or null sets the reason.
        deserializer.deserialize_any(self)
    }
}

impl Member<'_> {
    fn not_text<T, E: Error>(self) -> Result<T, E> {
        self.refusal.set(RequestRefusal::JsonMemberNotText);
        Err(E::custom("not text"))
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or null")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        self.not_text()
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        self.not_text()
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        self.not_text()
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        self.not_text()
    }
    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        self.not_text()
    }
    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        self.not_text()
    }
}
