//! Step one of a request: which body is read, and what the query may add.
//!
//! Queries end up in logs and browser histories, so nothing is read from them unless the dialect
//! says so, and then never a secret.

use super::Dialect;
use super::quirks::{GrantTypeIn, RequestBody};
use crate::form;
use crate::json;
use crate::media_type::{self, MediaType};
use crate::parameters::Parameters;
use crate::request::{LONGEST_BODY, RequestParts, RequestRefusal};

/// What a dialect that reads the query takes from it. `scope` goes with `grant_type`: overlooked,
/// it would give the client more than it asked for.
const TAKEN_FROM_QUERY: [&str; 2] = ["grant_type", "scope"];

/// What never stands in a query (RFC 6749 §2.3.1, RFC 9700 §4.3).
const CREDENTIALS: [&str; 9] = [
    "client_secret",
    "client_assertion",
    "assertion",
    "code",
    "code_verifier",
    "refresh_token",
    "password",
    "token",
    "access_token",
];

impl Dialect {
    /// The parameters of a token request.
    ///
    /// # Errors
    /// See [`RequestRefusal`].
    pub fn read_token_parameters<'a>(
        &self,
        parts: &RequestParts<'a>,
    ) -> Result<Parameters<'a>, RequestRefusal> {
        let mut parameters = self.read_form_parameters(parts)?;
        let Some(query) = parts.query.filter(|query| !query.is_empty()) else {
            return Ok(parameters);
        };
        match self.quirks.grant_type_in {
            GrantTypeIn::Body => {
                if parameters.has("grant_type") && names(query, "grant_type") {
                    return Err(RequestRefusal::GrantTypeInQueryAndBody);
                }
            }
            GrantTypeIn::BodyOrQuery => {
                let mut query =
                    Parameters::from_form(query.as_bytes(), self.quirks.duplicate_parameters)?;
                if CREDENTIALS.iter().any(|name| query.has(name)) {
                    return Err(RequestRefusal::CredentialsInQuery);
                }
                for name in TAKEN_FROM_QUERY {
                    parameters.take_from(&mut query, name)?;
                }
            }
        }
        Ok(parameters)
    }

    /// The parameters of an introspection or revocation request: of the body alone.
    ///
    /// # Errors
    /// See [`RequestRefusal`].
    pub fn read_form_parameters<'a>(
        &self,
        parts: &RequestParts<'a>,
    ) -> Result<Parameters<'a>, RequestRefusal> {
        if !is_identity(parts.content_encoding) {
            return Err(RequestRefusal::UnsupportedContentEncoding);
        }
        if parts.body.len() > LONGEST_BODY {
            return Err(RequestRefusal::BodyTooLarge);
        }
        let body = self.quirks.request_body;
        // Nothing is decoded, so it does not matter what the client calls it.
        if parts.body.is_empty() && body == RequestBody::FormOrEmpty {
            return Ok(Parameters::default());
        }
        match media_type::announced(parts.content_type)? {
            None if parts.body.is_empty() => Ok(Parameters::default()),
            Some(MediaType::Form) => {
                Parameters::from_form(parts.body, self.quirks.duplicate_parameters)
            }
            Some(MediaType::Json) if body == RequestBody::FormOrJson => {
                json::read_parameters(parts.body)
            }
            Some(MediaType::Json) | None => Err(RequestRefusal::UnsupportedMediaType),
        }
    }
}

/// RFC 9110 §8.4.1: no coding at all, or the one that means none.
fn is_identity(content_encoding: Option<&[u8]>) -> bool {
    content_encoding.is_none_or(|coding| {
        let coding = coding.trim_ascii();
        coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
    })
}

/// Whether an otherwise unread query holds a parameter of this name.
fn names(query: &str, name: &str) -> bool {
    form::pairs(query.as_bytes())
        .any(|(encoded, _)| form::decode(encoded).is_ok_and(|decoded| decoded == name))
}
