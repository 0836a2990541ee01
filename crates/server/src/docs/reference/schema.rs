//! Schemas as lists of members, for people.

use serde_json::Value;

use super::{list, members, prose, text};
use crate::pages::{Field, Shape};

/// How far inside members are listed.
const DEEPEST: usize = 3;
/// Members that are listed of one body.
const MOST: usize = 200;
/// References that are followed to find what one of them means.
const LONGEST_CHAIN: usize = 16;
/// What a schema may ask for beside its type.
const BOUNDS: [&str; 13] = [
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "readOnly",
    "writeOnly",
];

/// A description, for what refers to it.
pub struct Schemas<'d>(pub &'d Value);

impl<'d> Schemas<'d> {
    /// What a value means: itself, or what its `$ref` leads to.
    pub fn resolved<'v>(&self, value: &'v Value) -> &'v Value
    where
        'd: 'v,
    {
        let mut found = value;
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = found["$ref"].as_str() else {
                return found;
            };
            let pointer = reference.trim_start_matches('#');
            let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
            found = self.0.pointer(&pointer).unwrap_or(&Value::Null);
        }
        &Value::Null
    }

    /// What a body can be: the members of one object, or of each that it is one of.
    pub fn shapes(&self, schema: &Value) -> Vec<Shape> {
        let whole = self.resolved(schema);
        let of: Vec<&Value> = list(&whole["oneOf"]).chain(list(&whole["anyOf"])).collect();
        if of.len() < 2 {
            return vec![self.shape(String::new(), schema)];
        }
        of.into_iter()
            .enumerate()
            .map(|(at, one)| {
                let name = one["$ref"]
                    .as_str()
                    .and_then(|reference| reference.rsplit('/').next());
                let title = name.or_else(|| one["title"].as_str());
                let title = title.map_or_else(|| format!("{}", at + 1), str::to_owned);
                self.shape(title, one)
            })
            .collect()
    }

    fn shape(&self, title: String, schema: &Value) -> Shape {
        let mut fields = Vec::new();
        self.members(schema, 0, &mut fields);
        let schema = self.resolved(schema);
        Shape {
            title,
            description: prose::paragraphs(&text(&schema["description"])),
            fields,
        }
    }

    fn members(&self, schema: &Value, depth: usize, found: &mut Vec<Field>) {
        if depth > DEEPEST {
            return;
        }
        let schema = self.resolved(schema);
        if schema.get("items").is_some() {
            return self.members(&schema["items"], depth, found);
        }
        for part in list(&schema["allOf"]) {
            self.members(part, depth + usize::from(depth == DEEPEST), found);
        }
        let required: Vec<&str> = list(&schema["required"])
            .filter_map(Value::as_str)
            .collect();
        let needed = |name: &str| required.contains(&name);
        let (first, then): (Vec<_>, Vec<_>) =
            members(&schema["properties"]).partition(|(name, _)| needed(name));
        for (name, property) in first.into_iter().chain(then) {
            if found.len() >= MOST {
                return;
            }
            let mut field = self.field(name, property, depth);
            field.required = needed(name);
            found.push(field);
            self.members(property, depth + 1, found);
        }
    }

    /// One member or parameter.
    pub fn field(&self, name: &str, schema: &Value, depth: usize) -> Field {
        // In OpenAPI 3.1 words may stand beside a reference, and are meant for this place.
        let said = schema["description"].as_str();
        let schema = self.resolved(schema);
        let said = said.or_else(|| schema["description"].as_str());
        let values = list(&schema["enum"]).chain(schema.get("const"));
        let bounds = BOUNDS
            .iter()
            .filter_map(|bound| schema.get(*bound).map(|value| (bound, value)))
            .map(|(bound, value)| format!("{bound}: {}", super::example::plain(value)));
        let given = [
            &schema["example"],
            &schema["examples"][0],
            &schema["default"],
        ];
        let given = given.into_iter().find(|given| !given.is_null());
        Field {
            name: name.to_owned(),
            depth,
            place: String::new(),
            kind: self.kind(schema, 0),
            required: false,
            description: prose::paragraphs(said.unwrap_or_default()),
            values: values.map(super::example::plain).collect(),
            bounds: bounds.collect(),
            example: given.map(super::example::plain).unwrap_or_default(),
        }
    }

    fn kind(&self, schema: &Value, depth: usize) -> String {
        let schema = self.resolved(schema);
        if depth > DEEPEST {
            return String::new();
        }
        let mut kind = match &schema["type"] {
            Value::String(kind) if kind == "array" => {
                format!("array of {}", self.kind(&schema["items"], depth + 1))
            }
            Value::String(kind) => kind.clone(),
            Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
            _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => {
                "object".to_owned()
            }
            _ => {
                let of = list(&schema["oneOf"]).chain(list(&schema["anyOf"]));
                of.map(|one| self.kind(one, depth + 1))
                    .collect::<Vec<_>>()
                    .join(" or ")
            }
        };
        if let Some(format) = schema["format"].as_str() {
            kind.push_str(&format!(" ({format})"));
        }
        if schema["nullable"] == true {
            kind.push_str(" or null");
        }
        kind
    }
}
