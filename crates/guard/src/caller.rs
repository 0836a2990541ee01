//! Who calls: what a live token says of itself. It lies in the request's extensions once the guard has let it pass.

/// The caller of a request that the guard let pass.
///
/// The service finds it in the request's extensions (`request.extensions().get::<Caller>()`), with the feature `axum`
/// as an extractor. On a public route there is none: nobody was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// The credential's client id (RFC 6749 §2.2).
    pub client_id: String,
    /// The credential's UUID: what support asks for.
    pub credential: String,
    /// The name of the account that the credential belongs to.
    pub account: String,
    /// The version of the API that the credential was made for; None where the platform has no versions.
    pub version: Option<String>,
    /// What the token is good for: scope values, separated by spaces, perhaps none.
    pub scope: String,
    /// For whom: the id of a person, or the client id where the client calls for itself.
    pub subject: String,
    /// The token's own id, which is no secret: for logs.
    pub token_id: Option<String>,
    /// When the token ends, in seconds since 1970: the first second in which it is dead.
    pub expires_at: i64,
}

impl Caller {
    /// Whether the token is good for a scope value, such as `shifts.read`: for what a service decides beyond its routes.
    pub fn has_scope(&self, value: &str) -> bool {
        self.scope.split(' ').any(|held| held == value)
    }
}

/// A token that opens nothing here. For logs: whoever presents it hears one sentence, whatever it died of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadToken {
    /// Too long, or not of the shape that the issuer's tokens have.
    Malformed,
    /// A header that the issuer does not write: another type, `none`, `crit`, an embedded key or an address of one.
    ForeignHeader,
    /// Signed by a key that the issuer does not publish.
    UnknownKey,
    /// Not signed by the key it names.
    BadSignature,
    /// From another issuer, or for another audience.
    ForeignClaims,
    /// Over.
    Expired,
    /// Not yet.
    FromTheFuture,
    /// The issuer says that it is not live, and not why (RFC 7662 §2.2).
    Inactive,
}

/// Why nothing is known about a token: the request is refused with 503, whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unknowable(pub String);

/// What was found out about a token.
pub type Judged = Result<Result<Caller, DeadToken>, Unknowable>;
