//! Text as the type that its schema asks for: in a path, a query, a header and a form everything is text.

use serde_json::{Map, Number, Value};

use super::place::pointer_of;

/// Schemas in schemas.
const DEEPEST: usize = 12;

/// Schemas of one description, and what they ask for.
#[derive(Clone, Copy)]
pub struct Types<'d>(pub &'d Value);

impl<'d> Types<'d> {
    /// The text as a number or a truth value, where the schema wants one and it is one; as text else.
    pub fn typed(self, schema: &'d Value, text: &str) -> Value {
        let wants = |kind: &str| self.wants(schema, kind);
        if wants("string") {
            return text.into();
        }
        if (wants("integer") || wants("number"))
            && let Ok(number) = serde_json::from_str::<Number>(text)
        {
            return Value::Number(number);
        }
        match text {
            "true" if wants("boolean") => true.into(),
            "false" if wants("boolean") => false.into(),
            "" | "null" if wants("null") => Value::Null,
            _ => text.into(),
        }
    }

    /// Whether a value of this type may be what the schema asks for. Nothing is wanted where nothing is said.
    pub fn wants(self, schema: &'d Value, kind: &str) -> bool {
        let asks = |schema: &Value| match schema.get("type") {
            Some(Value::String(said)) => said == kind,
            Some(Value::Array(said)) => said.iter().any(|said| said == kind),
            _ => {
                let listed = schema.get("enum").and_then(Value::as_array);
                let values = listed.into_iter().flatten().chain(schema.get("const"));
                values.into_iter().any(|value| type_of(value) == kind)
                    || (kind == "null" && schema.get("nullable") == Some(&Value::Bool(true)))
            }
        };
        self.any(schema, 0, &mut |schema| asks(schema).then_some(()))
            .is_some()
    }

    /// The schema of a property, wherever in the schema it is described.
    pub fn property(self, schema: &'d Value, name: &str) -> Option<&'d Value> {
        self.any(schema, 0, &mut |schema| schema.get("properties")?.get(name))
    }

    /// The names of all properties that are described.
    pub fn properties(self, schema: &'d Value) -> Vec<&'d str> {
        let mut names = Vec::new();
        self.any(schema, 0, &mut |schema| {
            let properties = schema.get("properties").and_then(Value::as_object);
            names.extend(
                properties
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.as_str()),
            );
            None::<()>
        });
        names
    }

    /// The schema of a list's items.
    pub fn items(self, schema: &'d Value) -> &'d Value {
        let items = self.any(schema, 0, &mut |schema| schema.get("items"));
        items.unwrap_or(&Value::Null)
    }

    /// An object of texts, each as its property's schema asks. A property that is a list may come more than once.
    ///
    /// # Errors
    /// The name of another one that does.
    pub fn object(
        self,
        schema: &'d Value,
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Value, String> {
        let mut made = Map::new();
        for (name, text) in pairs {
            let property = self.property(schema, &name).unwrap_or(&Value::Null);
            if self.wants(property, "array") {
                let item = self.typed(self.items(property), &text);
                let list = made.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                if let Some(list) = list.as_array_mut() {
                    list.push(item);
                }
            } else if made.contains_key(&name) {
                return Err(name);
            } else {
                made.insert(name, self.typed(property, &text));
            }
        }
        Ok(Value::Object(made))
    }

    /// The first answer that a schema, or one that it is put together from, gives.
    fn any<T>(
        self,
        schema: &'d Value,
        depth: usize,
        ask: &mut dyn FnMut(&'d Value) -> Option<T>,
    ) -> Option<T> {
        if depth > DEEPEST {
            return None;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let to = self.0.pointer(&pointer_of(reference)?)?;
            return self.any(to, depth + 1, ask);
        }
        if let Some(answer) = ask(schema) {
            return Some(answer);
        }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let parts = schema.get(keyword).and_then(Value::as_array);
            for part in parts.into_iter().flatten() {
                if let Some(answer) = self.any(part, depth + 1, ask) {
                    return Some(answer);
                }
            }
        }
        None
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_becomes_what_its_schema_asks_for() {
        let description =
            json!({ "components": { "schemas": { "Count": { "type": ["integer", "null"] } } } });
        let types = Types(&description);
        let schema = json!({
            "allOf": [{ "properties": { "count": { "$ref": "#/components/schemas/Count" } } }],
            "oneOf": [{ "properties": { "tags": { "type": "array", "items": { "type": "boolean" } } } }],
            "properties": { "zip": { "type": "string" }, "kind": { "enum": [1, 2] } },
        });
        let pairs = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            types.object(&schema, pairs.collect::<Vec<_>>())
        };
        let sent = [
            ("count", "3"),
            ("tags", "true"),
            ("tags", "false"),
            ("zip", "0123"),
            ("kind", "2"),
            ("more", "4"),
        ];
        assert_eq!(
            pairs(&sent),
            Ok(json!({ "count": 3, "tags": [true, false], "zip": "0123", "kind": 2, "more": "4" }))
        );
        assert_eq!(pairs(&[("count", "many")]), Ok(json!({ "count": "many" })));
        assert_eq!(pairs(&[("zip", "1"), ("zip", "2")]), Err("zip".to_owned()));
        assert_eq!(types.properties(&schema), ["kind", "zip", "count", "tags"]);
    }
}
