//! The request as it came, and every reason for which it cannot be read.
//!
//! The HTTP layer hands over borrowed parts; nothing is decoded before this crate decodes it, so
//! that there is one place where a byte becomes a parameter.

use std::fmt;

use crate::error_response::ErrorCode;

/// The largest body that is looked at, in bytes. The HTTP layer stops earlier; this is the backstop.
pub const LONGEST_BODY: usize = 64 * 1024;

/// The parts of a POST request that OAuth reads, borrowed from the HTTP layer and still undecoded.
#[derive(Clone, Copy, Default)]
pub struct RequestParts<'a> {
    /// The query of the request target without its `?`, as sent.
    pub query: Option<&'a str>,
    /// Every `Content-Type` header field value.
    pub content_type: &'a [&'a [u8]],
    /// The `Content-Encoding`; several fields are joined with a comma.
    pub content_encoding: Option<&'a [u8]>,
    /// Every `Authorization` header field value.
    pub authorization: &'a [&'a [u8]],
    /// The whole body.
    pub body: &'a [u8],
}

impl fmt::Debug for RequestParts<'_> {
    /// Says how much there is, never what: every part may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestParts")
            .field("query", &self.query.map(str::len))
            .field("authorization", &self.authorization.len())
            .field("body", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Why a request cannot be read. `Display` is the reason's name for the log; the client hears
/// only the error code's fixed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    /// No `Content-Type`, several, one that is not read here, or a charset other than UTF-8.
    UnsupportedMediaType,
    /// The body is compressed; it is never inflated.
    UnsupportedContentEncoding,
    /// The body is longer than [`LONGEST_BODY`].
    BodyTooLarge,
    /// RFC 6749 §3.2: no parameter more than once, also no unknown one.
    DuplicateParameter,
    /// A name or value is not UTF-8.
    InvalidUtf8,
    /// A `%` without two hex digits.
    BrokenPercentEncoding,
    /// U+0000 in a name or value: no parameter has a use for it, and not every database can hold it.
    NulCharacter,
    /// The body is not one JSON object.
    BrokenJson,
    /// A member of the JSON object is neither text nor null.
    JsonMemberNotText,
    /// A parameter is longer than its limit. Holds the name where it is one that is known.
    ParameterTooLong(&'static str),
    /// More than [`crate::parameters::MOST_PARAMETERS`].
    TooManyParameters,
    /// `grant_type` (or `scope`, where the query is read) stands in both the query and the body.
    GrantTypeInQueryAndBody,
    /// A secret stands in the query, where servers, proxies and browsers write it into logs.
    CredentialsInQuery,
}

impl RequestRefusal {
    /// The error code that the client is told.
    pub fn code(self) -> ErrorCode {
        match self {
            // No such client can exist, which is what the client would hear for a shorter wrong one.
            Self::ParameterTooLong("client_id" | "client_secret") => ErrorCode::InvalidClient,
            _ => ErrorCode::InvalidRequest,
        }
    }

    /// The HTTP status, where the refusal has one of its own: 415 and 413. Otherwise the status
    /// follows from the [`code`](Self::code).
    pub fn own_status(self) -> Option<u16> {
        match self {
            Self::UnsupportedMediaType | Self::UnsupportedContentEncoding => Some(415),
            Self::BodyTooLarge => Some(413),
            _ => None,
        }
    }
}

impl fmt::Display for RequestRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for RequestRefusal {}
