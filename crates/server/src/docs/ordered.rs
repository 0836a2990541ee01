//! A description in the order in which people read one, since a JSON value keeps none.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

/// What stands first, wherever it stands; everything else follows by its name.
const FIRST: [&str; 28] = [
    "openapi",
    "info",
    "title",
    "name",
    "in",
    "version",
    "url",
    "summary",
    "description",
    "externalDocs",
    "servers",
    "tags",
    "security",
    "paths",
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "type",
    "required",
    "properties",
    "schema",
    "value",
];

/// A value to be written in that order.
pub struct Ordered<'v>(pub &'v Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                let place = |name: &str| FIRST.iter().position(|first| *first == name);
                members.sort_by_key(|(name, _)| place(name).unwrap_or(FIRST.len()));
                let mut written = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    written.serialize_entry(name, &Ordered(value))?;
                }
                written.end()
            }
            Value::Array(elements) => {
                let mut written = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    written.serialize_element(&Ordered(element))?;
                }
                written.end()
            }
            plain => plain.serialize(serializer),
        }
    }
}
