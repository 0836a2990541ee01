//! The sentence beside an error code (RFC 6749 §5.2: optional, for developers).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::quirks::Quirk;
use super::relaxation::Departure;
use crate::error_response::{ErrorCode, is_description_character};

/// What `error_description` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ErrorDescriptions {
    /// One short fixed sentence for each code. In files: `"short"`.
    #[default]
    Short,
    /// No description at all. In files: `"left-out"`.
    LeftOut,
    /// A table of the dialect's own fixed texts; a code without one has the short sentence.
    Own(BTreeMap<ErrorCode, String>),
}

impl ErrorDescriptions {
    /// The description of a code, if it has one.
    pub fn of(&self, code: ErrorCode) -> Option<&str> {
        match self {
            Self::LeftOut => None,
            Self::Short => Some(code.short_description()),
            Self::Own(texts) => Some(
                texts
                    .get(&code)
                    .map_or(code.short_description(), String::as_str),
            ),
        }
    }
}

impl Quirk for ErrorDescriptions {
    /// Descriptions are optional and their wording is free: never a relaxation.
    fn departure(&self) -> Option<Departure> {
        None
    }
}

impl<'de> Deserialize<'de> for ErrorDescriptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Stated)
    }
}

struct Stated;

impl<'de> Visitor<'de> for Stated {
    type Value = ErrorDescriptions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"short\", \"left-out\" or a table of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match text {
            "short" => Ok(ErrorDescriptions::Short),
            "left-out" => Ok(ErrorDescriptions::LeftOut),
            _ => Err(E::unknown_variant(text, &["short", "left-out"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut stated: A) -> Result<Self::Value, A::Error> {
        let mut texts = BTreeMap::new();
        while let Some((code, Text(text))) = stated.next_entry()? {
            texts.insert(code, text);
        }
        Ok(ErrorDescriptions::Own(texts))
    }
}

/// A text that RFC 6749 §5.2 allows. A type of its own, so that a complaint names its line.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Text(String);

impl TryFrom<String> for Text {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if !text.is_empty() && text.chars().all(is_description_character) {
            Ok(Self(text))
        } else {
            Err("a description has printable ASCII without quotes and backslashes")
        }
    }
}
