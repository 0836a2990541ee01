//! Which of the documented answers is given, and what stands in it.

use serde_json::Value;

use super::invent;
use super::media::MediaType;
use super::place::Place;
use super::prefer::Wish;
use super::typed::Types;

/// One of the answers that an operation documents.
#[derive(Clone, Debug)]
pub struct Choice<'d> {
    /// Its status.
    pub status: u16,
    /// Where it is documented.
    pub response: Place<'d>,
    /// The example in it, by name; None: the first one.
    pub example: Option<String>,
}

/// What an answer says, in one of the kinds in which it is documented.
pub struct Shown {
    /// The kind.
    pub kind: MediaType,
    /// What it says.
    pub value: Value,
    /// The schema of it; null where there is none.
    pub schema: Value,
}

/// The documented answer of a status, or of its class, or of every status that is not named (OpenAPI 3.1 §4.8.16).
pub fn of_status<'d>(operation: &Place<'d>, status: u16) -> Option<Choice<'d>> {
    let responses = operation.member("responses")?;
    let class = status / 100;
    let names = [
        status.to_string(),
        format!("{class}XX"),
        format!("{class}xx"),
        "default".to_owned(),
    ];
    let response = names.iter().find_map(|name| responses.member(name))?;
    Some(Choice {
        status,
        response,
        example: None,
    })
}

/// What is answered when nothing is wrong: the first success, else what there is.
pub fn success<'d>(operation: &Place<'d>) -> Option<Choice<'d>> {
    let all = all(operation);
    let is_good = |choice: &&Choice<'_>| (200..300).contains(&choice.status);
    all.iter().find(is_good).or_else(|| all.first()).cloned()
}

/// What is wished for. A preference that cannot be met is passed over.
///
/// # Errors
/// The query wishes for something that is not documented: a sentence about what is.
pub fn wished<'d>(operation: &Place<'d>, wish: &Wish) -> Result<Option<Choice<'d>>, String> {
    if wish.is_none() {
        return Ok(None);
    }
    let usable = |code: &u16| (200..600).contains(code);
    let by_code = wish
        .code
        .filter(usable)
        .and_then(|code| of_status(operation, code));
    let candidates: Vec<Choice<'d>> = match (wish.code, by_code) {
        (Some(_), None) if wish.in_query => return Err(documented(operation)),
        (Some(_), None) => return Ok(None),
        (Some(_), Some(choice)) => vec![choice],
        (None, _) => success(operation)
            .into_iter()
            .chain(all(operation))
            .collect(),
    };
    let Some(name) = &wish.example else {
        return Ok(candidates.into_iter().next());
    };
    let named = candidates
        .iter()
        .find(|choice| names(&choice.response).contains(name));
    match named {
        Some(choice) => Ok(Some(Choice {
            example: Some(name.clone()),
            ..choice.clone()
        })),
        None if wish.in_query => Err(documented(operation)),
        None if wish.code.is_some() => Ok(candidates.into_iter().next()),
        None => Ok(None),
    }
}

/// Everything that is documented, in order of status; a class by its first one, and the default last, as 200.
pub fn all<'d>(operation: &Place<'d>) -> Vec<Choice<'d>> {
    let responses = operation.member("responses");
    let responses = responses.iter().flat_map(|responses| responses.members());
    let mut all: Vec<(bool, Choice<'d>)> = responses
        .filter_map(|(name, response)| {
            let name = name.to_ascii_uppercase();
            let is_default = name == "DEFAULT";
            let status = if is_default {
                200
            } else {
                name.replace("XX", "00").parse().ok()?
            };
            let choice = Choice {
                status,
                response,
                example: None,
            };
            Some((is_default, choice))
        })
        .collect();
    all.sort_by_key(|(is_default, choice)| (*is_default, choice.status));
    all.into_iter().map(|(_, choice)| choice).collect()
}

/// The names of an answer's examples.
pub fn names(response: &Place<'_>) -> Vec<String> {
    let content = response.member("content");
    let media = content.iter().flat_map(|content| content.members());
    let mut names: Vec<String> = Vec::new();
    for examples in media.filter_map(|(_, media)| media.member("examples")) {
        let new = examples.members().map(|(name, _)| name.to_owned());
        names.extend(new.filter(|name| !names.contains(name)).collect::<Vec<_>>());
    }
    names
}

fn documented(operation: &Place<'_>) -> String {
    let mut said = Vec::new();
    for choice in all(operation) {
        let names = names(&choice.response);
        let status = choice.status;
        said.push(match names.as_slice() {
            [] => status.to_string(),
            names => format!("{status} ({})", names.join(", ")),
        });
    }
    format!(
        "Nothing of that name is documented here; there is: {}.",
        said.join(", ")
    )
}

/// What a documented answer says, once for each kind; JSON comes first.
pub fn shown(whole: &Value, choice: &Choice<'_>) -> Vec<Shown> {
    let content = choice.response.member("content");
    let media = content.iter().flat_map(|content| content.members());
    let mut shown: Vec<Shown> = media
        .filter_map(|(name, media)| {
            let mut kind = MediaType::of(name)?;
            if kind.is_range() {
                kind = MediaType::of("application/json").filter(|json| kind.covers(json))?;
            }
            let schema = media
                .member("schema")
                .map_or(Value::Null, |schema| schema.value.clone());
            let value = said(whole, &media, choice.example.as_deref(), &schema)?;
            is_writable(&kind, &value).then_some(Shown {
                kind,
                value,
                schema,
            })
        })
        .collect();
    shown.sort_by_key(|shown| !shown.kind.is_json());
    shown
}

/// The example of that name, else the one there is, else the first of several, else what is made from the schema.
fn said(whole: &Value, media: &Place<'_>, name: Option<&str>, schema: &Value) -> Option<Value> {
    let examples = media.member("examples");
    let value = |example: Place<'_>| example.value.get("value").cloned();
    let named = || value(examples.as_ref()?.member(name?)?);
    let first = || {
        examples
            .as_ref()?
            .members()
            .find_map(|(_, example)| value(example))
    };
    let made = || (!schema.is_null()).then(|| invent::value(whole, schema));
    named()
        .or_else(|| media.value.get("example").cloned())
        .or_else(first)
        .or_else(made)
}

/// Whether a value can be written in a kind: anything as JSON, objects as forms, elsewhere what is text already.
fn is_writable(kind: &MediaType, value: &Value) -> bool {
    kind.is_json() || value.is_string() || (kind.is_form() && value.is_object())
}

impl Shown {
    /// The bytes of it.
    pub fn written(&self) -> Vec<u8> {
        match &self.value {
            Value::String(text) if !self.kind.is_json() => text.clone().into_bytes(),
            // An example may have been written as the text of a document.
            Value::String(text) if self.is_document(text) => text.clone().into_bytes(),
            Value::Object(members) if self.kind.is_form() => {
                let pairs = members.iter().map(|(name, value)| (name, plain(value)));
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(pairs).finish().into_bytes()
            }
            value => value.to_string().into_bytes(),
        }
    }

    fn is_document(&self, text: &str) -> bool {
        let is_structured = ["{", "["]
            .iter()
            .any(|sign| text.trim_start().starts_with(sign));
        is_structured && serde_json::from_str::<Value>(text).is_ok()
    }

    /// Puts a sentence where this answer has one; whether it has.
    pub fn say(&mut self, whole: &Value, sentence: &str) -> bool {
        let schema = self.schema.clone();
        if say(Types(whole), &schema, &mut self.value, sentence) {
            return true;
        }
        // Many wrap what went wrong: {"error": {"message": …}}.
        let types = Types(whole);
        let inner = types.property(&schema, "error").unwrap_or(&Value::Null);
        self.value
            .get_mut("error")
            .is_some_and(|error| say(types, inner, error, sentence))
    }
}

/// Where answers have a sentence for people.
const SENTENCES: [&str; 7] = [
    "error_description",
    "detail",
    "message",
    "description",
    "error_message",
    "errorMessage",
    "reason",
];

fn say<'d>(types: Types<'d>, schema: &'d Value, value: &mut Value, sentence: &str) -> bool {
    let Some(members) = value.as_object_mut() else {
        return false;
    };
    for name in SENTENCES {
        let property = types.property(schema, name);
        let takes_any = property.is_none_or(|property| {
            let bound = ["enum", "const", "pattern", "maxLength", "format"];
            types.wants(property, "string")
                && !bound.iter().any(|keyword| property.get(keyword).is_some())
        });
        let is_there = property.is_some() || members.get(name).is_some_and(Value::is_string);
        if is_there && takes_any {
            members.insert(name.to_owned(), sentence.into());
            return true;
        }
    }
    false
}

/// A value as a header or a form has it.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
