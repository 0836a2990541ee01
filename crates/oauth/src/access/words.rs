//! What the sender of a refused request hears, in one wording wherever it is refused: an error code and a sentence
//! that says what to do next.
//!
//! About a token that is dead there is one sentence, whatever it died of: nothing that helps to find a live one.

/// The path is not in its one form: 403.
pub const PATH_NOT_CANONICAL: (&str, &str) = (
    "path_not_canonical",
    "The path is not in its canonical form: no empty, dot or parameter segments, no slash at the end, nothing encoded that need not be.",
);
/// Nothing knows the method: 405 with `Allow`.
pub const METHOD_UNKNOWN: (&str, &str) =
    ("method_not_allowed", "No resource here knows this method.");
/// No route leads there: 404.
pub const NO_ROUTE: (&str, &str) = ("not_found", "There is nothing at this path.");
/// Nothing that can be granted opens the method there: 405 with `Allow`.
pub const METHOD_NOT_GRANTABLE: (&str, &str) = (
    "method_not_allowed",
    "No permission opens this method here.",
);
/// A header asks for another method: 403.
pub const METHOD_OVERRIDDEN: (&str, &str) = (
    "method_overridden",
    "A header asks for another method than the request's own; send the request with the method it means.",
);
/// No token was sent: 401 with a bare challenge (RFC 6750 §3.1).
pub const TOKEN_REQUIRED: (&str, &str) = (
    "token_required",
    "Send an access token in the header 'Authorization: Bearer ...'.",
);
/// What was sent is no token, or more than one: 401.
pub const TOKEN_MALFORMED: (&str, &str) = (
    "invalid_token",
    "Send one access token in one header 'Authorization: Bearer ...'.",
);
/// The token is not live: 401.
pub const TOKEN_DEAD: (&str, &str) = (
    "invalid_token",
    "The access token is unknown, expired or revoked; ask for a new one.",
);
/// It cannot be found out whether the token is live: 503 with `Retry-After`.
pub const UNAVAILABLE: (&str, &str) = (
    "temporarily_unavailable",
    "The access token could not be checked at the moment; try again soon.",
);
/// The error code of a live token that does not reach this far: 403 (RFC 6750 §3.1).
pub const INSUFFICIENT_SCOPE: &str = "insufficient_scope";

/// `WWW-Authenticate` for a request without a token: no error is named (RFC 6750 §3.1).
pub fn bare_challenge(realm: &str) -> String {
    format!("Bearer realm=\"{realm}\"")
}

/// `WWW-Authenticate` with the one description that fits every token that is not live (RFC 6750 §3).
pub fn dead_challenge(realm: &str) -> String {
    let (error, description) = TOKEN_DEAD;
    format!("Bearer realm=\"{realm}\", error=\"{error}\", error_description=\"{description}\"")
}

/// `WWW-Authenticate` for a live token that does not reach this far, with the scope that would.
pub fn scope_challenge(realm: &str, needed: Option<&str>) -> String {
    let scope = needed
        .map(|scope| format!(", scope=\"{scope}\""))
        .unwrap_or_default();
    format!("Bearer realm=\"{realm}\", error=\"{INSUFFICIENT_SCOPE}\"{scope}")
}

/// The sentence about a credential that was made for another version of the API.
pub fn version_foreign(
    route: &str,
    route_version: Option<&str>,
    credential: &str,
    credential_version: Option<&str>,
) -> String {
    let made_for = credential_version.map_or("no version".to_owned(), |version| {
        format!("version {version}")
    });
    format!(
        "{route} belongs to version {}; credential {credential} was made for {made_for}. Use a credential of that version.",
        route_version.unwrap_or("none")
    )
}
