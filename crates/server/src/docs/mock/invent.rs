//! A value for a schema that has no example: always the same one, and as small as it is telling.

mod pattern;
mod text;

use serde_json::{Map, Number, Value};

use super::place::pointer_of;

/// Deeper than this only what is required is made.
const DEEP: usize = 6;
/// Deeper than this nothing is.
const DEEPEST: usize = 24;
/// After so many values only what is required is made: schemas that refer to one another in every direction would otherwise
/// make a tree of millions.
const MANY: usize = 400;
/// After so many nothing is.
const MOST: usize = 20_000;

/// A value that goes out and that the schema allows, as far as that can be made: of `not`, `if` and the like nothing is known.
pub fn value(description: &Value, schema: &Value) -> Value {
    let mut inventor = Inventor {
        description,
        under: Vec::new(),
        depth: 0,
        made: 0,
    };
    inventor.of(schema).unwrap_or(Value::Null)
}

struct Inventor<'d> {
    description: &'d Value,
    /// The references that are being followed: a second time ends in None.
    under: Vec<String>,
    depth: usize,
    made: usize,
}

impl Inventor<'_> {
    /// None where it would never end.
    fn of(&mut self, schema: &Value) -> Option<Value> {
        let Some(members) = schema.as_object() else {
            return Some(Value::Object(Map::new()));
        };
        if let Some(said) = said(members) {
            return Some(said);
        }
        self.made += 1;
        if self.depth > DEEPEST || self.made > MOST {
            return None;
        }
        self.depth += 1;
        let made = match members.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.referred(reference),
            None => self.described(members),
        };
        self.depth -= 1;
        made
    }

    fn referred(&mut self, reference: &str) -> Option<Value> {
        let pointer = pointer_of(reference)?;
        if self.under.contains(&pointer) {
            return None;
        }
        let schema = self.description.pointer(&pointer)?;
        self.under.push(pointer);
        let made = self.of(schema);
        self.under.pop();
        made
    }

    fn described(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let own = self.own(schema);
        let mut made = own;
        for part in list(schema, "allOf") {
            made = joined(made, self.of(part));
        }
        for keyword in ["oneOf", "anyOf"] {
            let mut branches = list(schema, keyword).peekable();
            if branches.peek().is_none() {
                continue;
            }
            let chosen = branches
                .filter_map(|branch| Some((branch, self.of(branch)?)))
                .find(|(_, value)| !value.is_null());
            if let Some((branch, value)) = chosen {
                made = discriminated(joined(made, Some(value)), schema, branch);
            }
        }
        made
    }

    /// By the schema's own words, without what it is put together from.
    fn own(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        match kind(schema) {
            "object" => self.object(schema),
            "array" => self.array(schema),
            "string" => Some(text::value(schema).into()),
            "integer" => Some(number(schema, true)),
            "number" => Some(number(schema, false)),
            "boolean" => Some(Value::Bool(true)),
            "null" => Some(Value::Null),
            // Whatever the parts say.
            _ => Some(Value::Object(Map::new())),
        }
    }

    fn object(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let required: Vec<&str> = list(schema, "required").filter_map(Value::as_str).collect();
        let mut made = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            let is_enough = self.depth > DEEP || self.made > MANY;
            if self.stays(property) || (is_enough && !is_required) {
                continue;
            }
            match self.of(property) {
                Some(value) => made.insert(name.clone(), value),
                None if is_required => return None,
                None => continue,
            };
        }
        let others = schema
            .get("additionalProperties")
            .filter(|others| others.is_object());
        for name in &required {
            let is_known = properties.is_some_and(|known| known.contains_key(*name));
            if !is_known {
                let value = others.map_or(Some("string".into()), |others| self.of(others))?;
                made.insert((*name).to_owned(), value);
            }
        }
        let wanted = size(schema, "minProperties").unwrap_or(0);
        let wanted = wanted.max(usize::from(properties.is_none() && others.is_some()));
        let mut count = 1;
        while made.len() < wanted && count <= wanted {
            let value = others.map_or(Some("string".into()), |others| self.of(others))?;
            made.insert(format!("property{count}"), value);
            count += 1;
        }
        Some(Value::Object(made))
    }

    /// Whether a property does not go out.
    fn stays(&self, property: &Value) -> bool {
        let to = property
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(pointer_of);
        let property = to
            .and_then(|to| self.description.pointer(&to))
            .unwrap_or(property);
        property.get("writeOnly") == Some(&Value::Bool(true))
    }

    fn array(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let mut made = Vec::new();
        for item in list(schema, "prefixItems") {
            made.push(self.of(item)?);
        }
        let least = size(schema, "minItems").unwrap_or(0);
        let most = size(schema, "maxItems").unwrap_or(usize::MAX);
        let is_set = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let Some(items) = schema.get("items").filter(|items| !items.is_boolean()) else {
            return Some(Value::Array(made));
        };
        while made.len() < least.max(1).min(most) {
            match self.of(items) {
                Some(item) if is_set && made.contains(&item) => {
                    match another(&item, items, &made) {
                        Some(item) => made.push(item),
                        None => break,
                    }
                }
                Some(item) => made.push(item),
                None if least == 0 => break,
                None => return None,
            }
        }
        Some(Value::Array(made))
    }
}

/// What the schema itself says a value is.
fn said(schema: &Map<String, Value>) -> Option<Value> {
    let first = |keyword| list(schema, keyword).next();
    schema
        .get("example")
        .or_else(|| first("examples"))
        .or_else(|| schema.get("const"))
        .or_else(|| schema.get("default"))
        .or_else(|| first("enum"))
        .cloned()
}

fn list<'s>(schema: &'s Map<String, Value>, keyword: &str) -> impl Iterator<Item = &'s Value> {
    schema
        .get(keyword)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn size(schema: &Map<String, Value>, keyword: &str) -> Option<usize> {
    usize::try_from(schema.get(keyword)?.as_u64()?).ok()
}

/// The type, said or to be guessed from what is said of it; empty where nothing is.
fn kind(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => return kind,
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            return kinds.find(|kind| *kind != "null").unwrap_or("null");
        }
        _ => {}
    }
    let says = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
    if says(&[
        "properties",
        "additionalProperties",
        "required",
        "minProperties",
    ]) {
        "object"
    } else if says(&["items", "prefixItems", "minItems"]) {
        "array"
    } else if says(&["pattern", "format", "minLength", "maxLength"]) {
        "string"
    } else if says(&["minimum", "maximum", "multipleOf", "exclusiveMinimum"]) {
        "number"
    } else {
        ""
    }
}

/// Two parts of one value: objects have the members of both, of anything else the later one counts.
fn joined(one: Option<Value>, other: Option<Value>) -> Option<Value> {
    match (one, other) {
        (Some(Value::Object(mut one)), Some(Value::Object(other))) => {
            one.extend(other);
            Some(Value::Object(one))
        }
        (one, other) => other.or(one),
    }
}

/// A value with the name in it by which its kind is known.
fn discriminated(
    value: Option<Value>,
    schema: &Map<String, Value>,
    branch: &Value,
) -> Option<Value> {
    let mut value = value?;
    let reference = branch.get("$ref").and_then(Value::as_str);
    let said = schema
        .get("discriminator")
        .zip(reference)
        .and_then(|(by, reference)| {
            let name = by.get("propertyName")?.as_str()?;
            let mapping = by.get("mapping").and_then(Value::as_object);
            let mapped = mapping.and_then(|mapping| {
                let found = mapping
                    .iter()
                    .find(|(_, to)| to.as_str() == Some(reference));
                found.map(|(kind, _)| kind.as_str())
            });
            Some((name, mapped.or_else(|| reference.rsplit('/').next())?))
        });
    if let (Some((name, kind)), Some(members)) = (said, value.as_object_mut()) {
        members.insert(name.to_owned(), kind.into());
    }
    Some(value)
}

/// Another value like this one, which is none of those there are.
fn another(value: &Value, schema: &Value, made: &[Value]) -> Option<Value> {
    let listed = schema.get("enum").and_then(Value::as_array);
    if let Some(listed) = listed {
        return listed.iter().find(|value| !made.contains(value)).cloned();
    }
    match value {
        Value::Number(number) => number
            .as_i64()
            .and_then(|number| Some((number + i64::try_from(made.len()).ok()?).into())),
        Value::String(text) => Some(format!("{text}{}", made.len()).into()),
        _ => None,
    }
}

/// The number nearest to nothing that the bounds allow.
fn number(schema: &Map<String, Value>, whole: bool) -> Value {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let is_true = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    let step = bound("multipleOf").filter(|step| *step > 0.0);
    let beside = step.unwrap_or(if whole { 1.0 } else { 0.5 });
    let mut least = bound("minimum");
    if is_true("exclusiveMinimum") {
        least = least.map(|least| least + beside);
    }
    if let Some(limit) = bound("exclusiveMinimum") {
        least = Some(least.unwrap_or(f64::MIN).max(limit + beside));
    }
    let mut most = bound("maximum");
    if is_true("exclusiveMaximum") {
        most = most.map(|most| most - beside);
    }
    if let Some(limit) = bound("exclusiveMaximum") {
        most = Some(most.unwrap_or(f64::MAX).min(limit - beside));
    }
    let round = |value: f64, up: bool| match step.or(whole.then_some(1.0)) {
        Some(step) if up => (value / step).ceil() * step,
        Some(step) => (value / step).floor() * step,
        None => value,
    };
    let chosen = match (least, most) {
        (Some(least), _) if least > 0.0 => round(least, true),
        (_, Some(most)) if most < 0.0 => round(most, false),
        _ => 0.0,
    };
    #[allow(clippy::cast_possible_truncation)] // beyond what an i64 holds the number stays a float
    let integer = chosen as i64;
    #[allow(clippy::cast_precision_loss)]
    if whole || integer as f64 == chosen {
        return integer.into();
    }
    Number::from_f64(chosen).map_or(Value::from(0), Value::Number)
}

#[cfg(test)]
mod tests;
