//! A request's body, held against the description.

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::Value;

use super::checks::{Check, Fault};
use super::media::MediaType;
use super::operations::Described;
use super::place::Place;
use super::typed::Types;

/// The body of an operation.
pub struct Body {
    required: bool,
    kinds: Vec<(MediaType, Option<Check>)>,
}

/// Why a body is not what the description says.
#[derive(Debug)]
pub enum Unfit {
    /// It is of a kind that is not described; those that are.
    MediaType(String),
    /// It is none of what the schema allows.
    Broken(Vec<Fault>),
}

impl Body {
    /// Reads a `requestBody`.
    pub fn of(place: &Place<'_>) -> Self {
        let content = place.member("content");
        let kinds = content.iter().flat_map(|content| content.members());
        let kinds = kinds.filter_map(|(name, media)| {
            let check = media
                .member("schema")
                .map(|schema| Check::at(schema.pointer));
            Some((MediaType::of(name)?, check))
        });
        Self {
            required: place.is("required"),
            kinds: kinds.collect(),
        }
    }

    /// Holds a body against the description.
    ///
    /// # Errors
    /// [`Unfit`]
    pub fn hold(
        &self,
        described: &Described,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), Unfit> {
        let announced = headers.get(CONTENT_TYPE);
        if body.is_empty() && !self.required {
            return Ok(());
        }
        if body.is_empty() && announced.is_none() {
            return Err(Unfit::Broken(vec![Fault::new("is missing")]));
        }
        let sent = announced.and_then(|value| MediaType::of(value.to_str().ok()?));
        let fitting = sent.as_ref().and_then(|sent| {
            let mut kinds = self.kinds.iter();
            kinds
                .find(|(kind, _)| kind.covers(sent))
                .map(|(_, check)| (sent, check))
        });
        let is_coded = headers
            .get(CONTENT_ENCODING)
            .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
        let Some((sent, check)) = fitting.filter(|_| !is_coded) else {
            return Err(Unfit::MediaType(self.kinds()));
        };
        let Some(check) = check else {
            return Ok(());
        };
        let schema = described.place(check.pointer());
        let schema = schema.map_or(&Value::Null, |place| place.value);
        let Some(value) =
            read(Types(&described.document), schema, sent, body).map_err(Unfit::Broken)?
        else {
            return Ok(());
        };
        let faults = described.checks.faults(check, &value);
        if faults.is_empty() {
            return Ok(());
        }
        Err(Unfit::Broken(faults))
    }

    fn kinds(&self) -> String {
        let kinds = self.kinds.iter().map(|(kind, _)| kind.to_string());
        kinds.collect::<Vec<_>>().join(", ")
    }
}

/// The body as a value; None for a kind that is not looked into.
fn read<'d>(
    types: Types<'d>,
    schema: &'d Value,
    kind: &MediaType,
    body: &[u8],
) -> Result<Option<Value>, Vec<Fault>> {
    let broken = |what: String| vec![Fault::new(what)];
    if kind.is_json() {
        let read = serde_json::from_slice(body);
        // Where it breaks, and never what stands there.
        return read.map(Some).map_err(|error| {
            broken(format!(
                "is no JSON from line {}, column {} on",
                error.line(),
                error.column()
            ))
        });
    }
    if kind.is_form() {
        let pairs = form_urlencoded::parse(body).into_owned();
        let read = types.object(schema, pairs);
        return read
            .map(Some)
            .map_err(|name| broken(format!("has '{name}' more than once")));
    }
    if kind.is_text() {
        let text = std::str::from_utf8(body).map_err(|_| broken("is no UTF-8".to_owned()))?;
        return Ok(Some(text.into()));
    }
    Ok(None)
}
