//! Step three of a request: who the client says it is, and by what it proves it (RFC 6749 §2.3).
//!
//! One method per request. Two at once are refused even where both are right, since a server that
//! authenticates by one and acts on the other can be talked into acting for somebody else.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::client_secret_basic;
use crate::dialect::Dialect;
use crate::dialect::quirks::ClientAuthenticationIn;
use crate::error_response::ErrorCode;
use crate::parameters::Parameters;
use crate::request::RequestParts;

/// How a client authenticates. The names are those of RFC 8414 and RFC 7591 §2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresentedMethod {
    /// No secret: a public client, or none at all.
    None,
    /// HTTP Basic.
    ClientSecretBasic,
    /// In the body; a JSON body counts as this too.
    ClientSecretPost,
}

impl PresentedMethod {
    /// The name in metadata.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
        }
    }
}

/// One reading of what was presented.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate<'p> {
    /// Never empty.
    pub client_id: Cow<'p, str>,
    /// Never empty; absent only with [`PresentedMethod::None`].
    pub client_secret: Option<Cow<'p, str>>,
}

impl fmt::Debug for Candidate<'_> {
    /// Nothing of it: people put secrets into the wrong field.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidate(…)")
    }
}

/// What the request claims about the client.
///
/// HTTP Basic has two readings: RFC 6749 §2.3.1 wants id and secret form-encoded, and half of the
/// clients in use send them raw. Where the two differ both are candidates, the RFC's first; a
/// client is authenticated when one of them is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedCredentials<'p> {
    /// How it was presented.
    pub method: PresentedMethod,
    first: Option<Candidate<'p>>,
    second: Option<Candidate<'p>>,
}

impl<'p> PresentedCredentials<'p> {
    /// The readings in the order in which they are to be tried: none, one or two.
    pub fn candidates(&self) -> impl Iterator<Item = &Candidate<'p>> {
        self.first.iter().chain(&self.second)
    }

    /// The client id of the first reading.
    pub fn client_id(&self) -> Option<&str> {
        self.first.as_ref().map(|candidate| &*candidate.client_id)
    }
}

/// Why the credentials of a request cannot be told. `Display` is the reason's name for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentedRefusal {
    /// Two of: a header, a secret in the body, an assertion.
    TwoMethods,
    /// Several `Authorization` headers, or one that holds several.
    TwoAuthorizationHeaders,
    /// `client_id` in the body is another than in the header.
    ClientIdsDiffer,
    /// `client_assertion` alone; Grantor has no such method yet.
    AssertionNotSupported,
    /// HTTP Basic that is not base64 of `id:secret` in UTF-8, or with an empty id or secret.
    BrokenBasic,
    /// The id or secret in HTTP Basic is longer than any there is.
    BasicTooLong,
    /// A secret in the body and no client id.
    ClientIdMissing,
    /// An `Authorization` scheme that authenticates no client, such as Bearer.
    OtherScheme,
    /// The dialect does not read credentials there.
    MethodNotRead(PresentedMethod),
}

impl PresentedRefusal {
    /// The error code that the client is told.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::TwoMethods | Self::TwoAuthorizationHeaders | Self::ClientIdsDiffer => {
                ErrorCode::InvalidRequest
            }
            Self::AssertionNotSupported
            | Self::BrokenBasic
            | Self::BasicTooLong
            | Self::ClientIdMissing
            | Self::OtherScheme
            | Self::MethodNotRead(_) => ErrorCode::InvalidClient,
        }
    }
}

impl fmt::Display for PresentedRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for PresentedRefusal {}

impl Dialect {
    /// Tells what the request presents. No credentials at all is no refusal:
    /// [`PresentedMethod::None`], with the client id where the body has one.
    ///
    /// # Errors
    /// See [`PresentedRefusal`].
    pub fn read_client_credentials<'p>(
        &self,
        parts: &RequestParts<'_>,
        parameters: &'p Parameters<'_>,
    ) -> Result<PresentedCredentials<'p>, PresentedRefusal> {
        let header = authorization(parts.authorization)?;
        let asserted = parameters.get("client_assertion").is_some()
            || parameters.get("client_assertion_type").is_some();
        let secret = parameters.get("client_secret");
        match (header, asserted, secret) {
            (None, false, None) => Ok(unproven(parameters)),
            (None, false, Some(secret)) => self.in_body(parameters, secret),
            (None, true, None) => Err(PresentedRefusal::AssertionNotSupported),
            (Some(header), false, None) => self.in_header(header, parameters),
            _ => Err(PresentedRefusal::TwoMethods),
        }
    }

    /// The methods that this dialect reads, for the metadata.
    pub fn client_authentication_methods(&self) -> &'static [PresentedMethod] {
        match self.quirks.client_authentication_in {
            ClientAuthenticationIn::HeaderOrBody => &[
                PresentedMethod::ClientSecretBasic,
                PresentedMethod::ClientSecretPost,
            ],
            ClientAuthenticationIn::Header => &[PresentedMethod::ClientSecretBasic],
            ClientAuthenticationIn::Body => &[PresentedMethod::ClientSecretPost],
        }
    }

    fn must_read(&self, method: PresentedMethod) -> Result<(), PresentedRefusal> {
        if self.client_authentication_methods().contains(&method) {
            Ok(())
        } else {
            Err(PresentedRefusal::MethodNotRead(method))
        }
    }

    fn in_body<'p>(
        &self,
        parameters: &'p Parameters<'_>,
        secret: &'p str,
    ) -> Result<PresentedCredentials<'p>, PresentedRefusal> {
        self.must_read(PresentedMethod::ClientSecretPost)?;
        let client_id = parameters
            .get("client_id")
            .ok_or(PresentedRefusal::ClientIdMissing)?;
        Ok(PresentedCredentials {
            method: PresentedMethod::ClientSecretPost,
            first: Some(Candidate {
                client_id: Cow::Borrowed(client_id),
                client_secret: Some(Cow::Borrowed(secret)),
            }),
            second: None,
        })
    }

    fn in_header<'p>(
        &self,
        header: &[u8],
        parameters: &'p Parameters<'_>,
    ) -> Result<PresentedCredentials<'p>, PresentedRefusal> {
        let Some(encoded) = client_secret_basic::of_basic_scheme(header) else {
            return Err(PresentedRefusal::OtherScheme);
        };
        self.must_read(PresentedMethod::ClientSecretBasic)?;
        let (mut first, mut second) =
            client_secret_basic::read(encoded, self.quirks.basic_decoding)?;
        // A body's client_id decides between two readings; it can never add a third.
        if let Some(client_id) = parameters.get("client_id") {
            let same = |candidate: &Candidate<'_>| candidate.client_id == client_id;
            first = first.filter(same);
            second = second.filter(same);
            if first.is_none() && second.is_none() {
                return Err(PresentedRefusal::ClientIdsDiffer);
            }
        }
        if first.is_none() {
            std::mem::swap(&mut first, &mut second);
        }
        Ok(PresentedCredentials {
            method: PresentedMethod::ClientSecretBasic,
            first,
            second,
        })
    }
}

fn unproven<'p>(parameters: &'p Parameters<'_>) -> PresentedCredentials<'p> {
    PresentedCredentials {
        method: PresentedMethod::None,
        first: parameters.get("client_id").map(|client_id| Candidate {
            client_id: Cow::Borrowed(client_id),
            client_secret: None,
        }),
        second: None,
    }
}

/// The one `Authorization` field. A comma joins two of them (RFC 9110 §5.3); neither Basic nor
/// Bearer credentials can hold one.
fn authorization<'a>(fields: &[&'a [u8]]) -> Result<Option<&'a [u8]>, PresentedRefusal> {
    match fields {
        [] => Ok(None),
        [field] if !field.contains(&b',') => Ok(Some(field)),
        _ => Err(PresentedRefusal::TwoAuthorizationHeaders),
    }
}
