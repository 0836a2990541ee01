//! Who asks: the command line by its sealed token, or an operator token out of the database.

use std::marker::PhantomData;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use store::{Actor, AuditEvent};

use super::arrival::Arrival;
use super::command_line_token;
use super::problem::Problem;
use super::scopes::{Granted, Needs};
use crate::platform::Platform;
use crate::secrets::generated::{self, Kind};

/// Somebody who proved to hold the scope `S`.
pub struct Operator<S> {
    /// As the audit trail names them.
    pub actor: Actor,
    /// Their token's id; the command line has none and shares a name.
    pub token: String,
    /// All they may do.
    pub scopes: Granted,
    /// The request.
    pub arrival: Arrival,
    needs: PhantomData<fn() -> S>,
}

impl<S> Operator<S> {
    /// An audit event of theirs.
    pub fn audit(&self, event: &'static str) -> AuditEvent {
        self.arrival.audit(event, self.actor.clone())
    }
}

impl<S: Needs> FromRequestParts<Arc<Platform>> for Operator<S> {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        platform: &Arc<Platform>,
    ) -> Result<Self, Problem> {
        let arrival = match Arrival::from_request_parts(parts, platform).await {
            Ok(arrival) => arrival,
            Err(never) => match never {},
        };
        let bearer = bearer(&parts.headers)?;
        let (actor, token, scopes) = authenticate(platform, bearer, &arrival).await?;
        if !scopes.include(S::SCOPE) {
            let details = serde_json::json!({ "scope": S::SCOPE }).to_string();
            platform
                .store
                .record(AuditEvent {
                    details,
                    ..arrival.audit("operator.refused", actor)
                })
                .await?;
            return Err(Problem::insufficient_scope(S::SCOPE));
        }
        Ok(Self {
            actor,
            token,
            scopes,
            arrival,
            needs: PhantomData,
        })
    }
}

/// The one bearer token of a request (RFC 6750 §2.1); never from the query or the body.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Problem::unauthorized(
            "Send one Authorization header with an operator token: Bearer gro_… (made by `grantor operators token`).",
        ));
    };
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(Problem::unauthorized(
            "The Authorization header holds no bearer token.",
        ))
    }
}

async fn authenticate(
    platform: &Platform,
    token: &str,
    arrival: &Arrival,
) -> Result<(Actor, String, Granted), Problem> {
    if token.starts_with(command_line_token::PREFIX) {
        return if command_line_token::opens(&platform.master_keys.load(), token, arrival.now) {
            Ok((
                Actor::CommandLine,
                "command line".to_owned(),
                Granted::everything(),
            ))
        } else {
            Err(Problem::unauthorized(
                "The command line's token is of another master key or too old; do the clocks agree?",
            ))
        };
    }
    let unknown = || Problem::unauthorized("There is no such operator token.");
    // The checksum keeps typing mistakes from the database.
    generated::read(Kind::OperatorToken, token).ok_or_else(unknown)?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    let found = platform
        .store
        .find_operator_token(&hash)
        .await?
        .ok_or_else(unknown)?;
    if found.revoked_at.is_some() {
        return Err(Problem::unauthorized("This operator token was revoked."));
    }
    if found.expires_at <= arrival.now {
        return Err(Problem::unauthorized(
            "This operator token has expired; make another by `grantor operators token`.",
        ));
    }
    let actor = Actor::Operator(found.name);
    Ok((actor, found.id, Granted::new(found.scopes)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        bearer(&headers).ok().map(str::to_owned)
    }

    #[test]
    fn one_bearer_token_is_read_and_nothing_else() {
        assert_eq!(read(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(read(&["bearer abc"]).as_deref(), Some("abc"));
        for none in [
            &[][..],
            &["Basic abc"],
            &["Bearer"],
            &["Bearer "],
            &["abc"],
            &["Bearer a", "Bearer b"],
        ] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }
}
