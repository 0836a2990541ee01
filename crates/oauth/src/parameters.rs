//! Step two of a request: the parameters, once each, within their limits.
//!
//! Whatever the body's form was, here it is an ordered list of names and values. A parameter
//! without a value counts as left out (RFC 6749 §3.2).

use std::borrow::Cow;
use std::fmt;

use crate::dialect::quirks::DuplicateParameters;
use crate::form;
use crate::request::RequestRefusal;

/// How many parameters one request may have.
pub const MOST_PARAMETERS: usize = 100;

/// RFC 8707 §2 lets this one name occur more than once.
const REPEATABLE: &str = "resource";

/// The parameters of one request, in the order in which they came.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Parameters<'a> {
    /// Reads a form body or a query.
    ///
    /// # Errors
    /// The reasons of [`RequestRefusal`] that concern encoding, repetition, number and length.
    pub fn from_form(
        encoded: &'a [u8],
        duplicates: DuplicateParameters,
    ) -> Result<Self, RequestRefusal> {
        let mut parameters = Self {
            pairs: Vec::with_capacity(8),
        };
        for (name, value) in form::pairs(encoded) {
            parameters.add(form::decode(name)?, form::decode(value)?, duplicates)?;
        }
        Ok(parameters)
    }

    /// The value, or none where the parameter is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a parameter that may repeat, without the empty ones.
    pub fn all<'s, 'n>(&'s self, name: &'n str) -> impl Iterator<Item = &'s str> + use<'s, 'n, 'a> {
        self.iter()
            .filter(move |(known, value)| *known == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    /// Whether the name occurs, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known == name)
    }

    /// All pairs in order, the empty ones too.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (&**name, &**value))
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Adds one pair under the rules of this module.
    pub(crate) fn add(
        &mut self,
        name: Cow<'a, str>,
        value: Cow<'a, str>,
        duplicates: DuplicateParameters,
    ) -> Result<(), RequestRefusal> {
        if self.pairs.len() == MOST_PARAMETERS {
            return Err(RequestRefusal::TooManyParameters);
        }
        let (known, longest) = limit(&name);
        if value.len() > longest || name.len() > ANY_OTHER.1 {
            return Err(RequestRefusal::ParameterTooLong(known));
        }
        if name.contains('\0') || value.contains('\0') {
            return Err(RequestRefusal::NulCharacter);
        }
        let earlier = self.pairs.iter().position(|(known, _)| *known == name);
        match (earlier, duplicates) {
            (Some(_), _) if name == REPEATABLE => {}
            (Some(_), DuplicateParameters::Refused) => {
                return Err(RequestRefusal::DuplicateParameter);
            }
            (Some(at), DuplicateParameters::LastWins) => {
                self.pairs.remove(at);
            }
            (None, _) => {}
        }
        self.pairs.push((name, value));
        Ok(())
    }

    /// Moves a parameter of the query in, where the dialect reads it there.
    pub(crate) fn take_from(&mut self, query: &mut Self, name: &str) -> Result<(), RequestRefusal> {
        let Some(at) = query.pairs.iter().position(|(known, _)| known == name) else {
            return Ok(());
        };
        if self.has(name) {
            return Err(RequestRefusal::GrantTypeInQueryAndBody);
        }
        self.pairs.push(query.pairs.swap_remove(at));
        Ok(())
    }
}

impl fmt::Debug for Parameters<'_> {
    /// Says how many, never which: a secret may stand in the name as well as in the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({})", self.pairs.len())
    }
}

const ANY_OTHER: (&str, usize) = ("another parameter", 4096);

/// The longest value in bytes, decoded, and a name for the log that is ours and not the sender's.
fn limit(name: &str) -> (&'static str, usize) {
    match name {
        "client_id" => ("client_id", LONGEST_CREDENTIAL),
        "client_secret" => ("client_secret", LONGEST_CREDENTIAL),
        "code" => ("code", 256),
        "refresh_token" => ("refresh_token", 512),
        "scope" => ("scope", 2048),
        "state" => ("state", 2048),
        "redirect_uri" => ("redirect_uri", 2048),
        "assertion" => ("assertion", 8192),
        "client_assertion" => ("client_assertion", 8192),
        _ => ANY_OTHER,
    }
}

/// The longest client id and the longest client secret, in bytes.
pub const LONGEST_CREDENTIAL: usize = 256;
