//! A description's schemas as JSON Schema 2020-12, for what comes in (a request) or what goes out (an answer).
//!
//! OpenAPI 3.1 has JSON Schema's own words; 3.0 has some of its own: `nullable`, and exclusive bounds that are true or
//! false. In both, a property that is `readOnly` is not wanted of a request even where it is required, and one that is
//! `writeOnly` is not in an answer.

use serde_json::{Map, Value, json};

use super::place::{fragment, pointer_of};

/// Which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A request.
    In,
    /// An answer: the tests hold what is answered against the description.
    #[cfg_attr(not(test), expect(dead_code))]
    Out,
}

impl Way {
    /// The word for properties that do not go this way.
    fn without(self) -> &'static str {
        match self {
            Self::In => "readOnly",
            Self::Out => "writeOnly",
        }
    }
}

/// The whole description with every schema as JSON Schema. What is no schema stays where it is, so that pointers lead to
/// the same places.
pub fn converted(description: &Value, way: Way) -> Value {
    let version = description.get("openapi").and_then(Value::as_str);
    let old = version.is_some_and(|version| version.starts_with("3.0"));
    let convert = Convert {
        whole: description,
        way,
        old,
    };
    convert.outside(description, &[])
}

struct Convert<'d> {
    whole: &'d Value,
    way: Way,
    /// OpenAPI 3.0
    old: bool,
}

impl Convert<'_> {
    /// Something that is no schema; `path` are the names that lead there, as far as they matter.
    fn outside(&self, value: &Value, path: &[&str]) -> Value {
        match value {
            Value::Object(members) => {
                let convert = |(name, value): (&String, &Value)| {
                    let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
                    let is_schema = match path.as_slice() {
                        ["components", kind, _] => *kind == "schemas",
                        _ => name == "schema",
                    };
                    let converted = match name.as_str() {
                        _ if is_schema => self.schema(value),
                        "example" | "examples" => value.clone(),
                        "$ref" => reference(value),
                        _ => self.outside(value, &path),
                    };
                    (name.clone(), converted)
                };
                Value::Object(members.iter().map(convert).collect())
            }
            Value::Array(items) => items.iter().map(|item| self.outside(item, path)).collect(),
            other => other.clone(),
        }
    }

    fn schema(&self, schema: &Value) -> Value {
        let Value::Object(members) = schema else {
            return schema.clone();
        };
        if let Some(to) = members.get("$ref").filter(|_| self.old) {
            // Nothing beside a reference counts in 3.0.
            return json!({ "$ref": reference(to) });
        }
        let mut made = Map::new();
        for (keyword, value) in members {
            let converted = match keyword.as_str() {
                "properties" | "patternProperties" | "$defs" | "dependentSchemas" => {
                    self.each(value)
                }
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => self.list(value),
                "items"
                | "additionalProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties" => self.schema(value),
                "required" => self.required(value, members),
                "$ref" => reference(value),
                // What says nothing about a value, and what JSON Schema has no such word for.
                "nullable" | "discriminator" | "xml" | "externalDocs" | "example"
                | "deprecated" => continue,
                _ => value.clone(),
            };
            made.insert(keyword.clone(), converted);
        }
        if self.old {
            bounds(&mut made);
        }
        if self.old && members.get("nullable") == Some(&Value::Bool(true)) {
            return json!({ "anyOf": [Value::Object(made), { "type": "null" }] });
        }
        Value::Object(made)
    }

    fn each(&self, schemas: &Value) -> Value {
        let members = schemas.as_object().into_iter().flatten();
        let converted = members.map(|(name, schema)| (name.clone(), self.schema(schema)));
        Value::Object(converted.collect())
    }

    fn list(&self, schemas: &Value) -> Value {
        let items = schemas.as_array().into_iter().flatten();
        items.map(|schema| self.schema(schema)).collect()
    }

    /// Without the properties that do not go this way.
    fn required(&self, names: &Value, of: &Map<String, Value>) -> Value {
        let stays = |name: &&Value| {
            let property = name
                .as_str()
                .and_then(|name| of.get("properties")?.get(name));
            let property = property.and_then(|property| {
                let to = property.get("$ref").and_then(Value::as_str);
                to.map_or(Some(property), |to| self.whole.pointer(&pointer_of(to)?))
            });
            let marked = property.and_then(|property| property.get(self.way.without()));
            marked != Some(&Value::Bool(true))
        };
        let names = names.as_array().into_iter().flatten();
        names.filter(stays).cloned().collect()
    }
}

/// A reference as a URI: a description may write braces into it as they are.
fn reference(to: &Value) -> Value {
    let pointer = to.as_str().and_then(pointer_of);
    pointer.map_or_else(|| to.clone(), |pointer| fragment(&pointer).into())
}

/// `exclusiveMinimum: true` beside `minimum` means what JSON Schema writes as a number.
fn bounds(schema: &mut Map<String, Value>) {
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if let Some(Value::Bool(is_exclusive)) = schema.remove(exclusive)
            && is_exclusive
            && let Some(limit) = schema.remove(bound)
        {
            schema.insert(exclusive.to_owned(), limit);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_words_of_3_0_become_those_of_json_schema() {
        let description = json!({
            "openapi": "3.0.3",
            "components": { "schemas": { "A": {
                "type": "object",
                "required": ["id", "secret", "name"],
                "properties": {
                    "id": { "type": "string", "readOnly": true },
                    "secret": { "type": "string", "writeOnly": true },
                    "name": { "type": "string", "nullable": true },
                    "schema": { "type": "number", "minimum": 0, "exclusiveMinimum": true, "example": 3 },
                },
            } } },
        });
        let schema = |way| converted(&description, way)["components"]["schemas"]["A"].clone();
        assert_eq!(schema(Way::In)["required"], json!(["secret", "name"]));
        assert_eq!(schema(Way::Out)["required"], json!(["id", "name"]));
        let properties = &schema(Way::In)["properties"];
        assert_eq!(
            properties["schema"],
            json!({ "type": "number", "exclusiveMinimum": 0 })
        );
        assert_eq!(
            properties["name"],
            json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] })
        );
    }
}
