//! What a token says about itself to whoever holds it, where a dialect has such an endpoint.
//!
//! The token comes in the `Authorization` header and nowhere else: in the query, which the old servers read as well, it would stand in
//! logs and histories (RFC 9700 §4.3.2).

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use oauth::access::bearer::{self, NoToken};
use oauth::error_response::ErrorCode;
use oauth::scope::Scope;
use oauth::token_info::TokenInfo;
use store::StoreError;

use super::answer;
use crate::clock::seconds;
use crate::context::Context;
use crate::elsewhere;
use crate::tokens::verify::{DeadToken, LiveToken, verify};

/// Why nothing is told.
enum InfoRefusal {
    NoToken(NoToken),
    Dead(DeadToken),
    Store(StoreError),
}

impl InfoRefusal {
    /// The name in the log and the metrics; for the same reason the gateway's.
    fn name(&self) -> &'static str {
        match self {
            Self::NoToken(NoToken::Missing) => "TokenMissing",
            Self::NoToken(NoToken::Malformed) => "TokenMalformed",
            Self::NoToken(NoToken::Repeated) => "TokenRepeated",
            Self::Dead(DeadToken::Unknown) => "TokenUnknown",
            Self::Dead(DeadToken::Jwt(_)) => "JwtRefused",
            Self::Dead(DeadToken::Expired) => "TokenExpired",
            Self::Dead(DeadToken::Revoked) => "TokenRevoked",
            Self::Dead(DeadToken::ClientGone) => "ClientGone",
            Self::Dead(DeadToken::FamilyEnded) => "FamilyEnded",
            Self::Store(_) => "StoreUnavailable",
        }
    }
}

/// `GET` to the token-info path, where there is one.
pub async fn endpoint(context: Context, request: Request) -> Response {
    let (head, _) = request.into_parts();
    match find(&context, head.headers).await {
        Ok(token) => told(&context, &token),
        Err(refusal) => refused(&context, &refusal),
    }
}

async fn find(context: &Context, headers: HeaderMap) -> Result<LiveToken, InfoRefusal> {
    let lines = headers.get_all(header::AUTHORIZATION).iter();
    let text = bearer::token(lines.map(|line| line.as_bytes())).map_err(InfoRefusal::NoToken)?;
    let judged = verify(&context.platform, &context.issuer, text, context.now)
        .await
        .map_err(InfoRefusal::Store)?;
    judged.map_err(|dead| {
        if dead.is_unknown() {
            elsewhere::token(context, text);
        }
        InfoRefusal::Dead(dead)
    })
}

fn told(context: &Context, token: &LiveToken) -> Response {
    let scope = Scope::parse(&token.scope).unwrap_or_default();
    let info = TokenInfo {
        resource_owner: token.person.as_ref().map(|person| person.id.as_str()),
        scope: &scope,
        expires_in: seconds(token.expires_at) - seconds(context.now),
        client_id: token.client.client_id(),
        created_at: seconds(token.issued_at),
    };
    let dialect = &context.issuer.environment.dialect;
    answer::written(dialect.write_token_info(Some(&info), context.issuer.realm()))
}

fn refused(context: &Context, refusal: &InfoRefusal) -> Response {
    let reason = refusal.name();
    let metrics = &context.platform.metrics;
    metrics.refused(context.issuer.realm(), "token_info", reason);
    if let InfoRefusal::Store(error) = refusal {
        tracing::error!(reason, %error, "a token could not be asked about itself");
        return answer::error(context, ErrorCode::TemporarilyUnavailable);
    }
    tracing::info!(reason, "a token that was asked about itself was refused");
    let dialect = &context.issuer.environment.dialect;
    answer::written(dialect.write_token_info(None, context.issuer.realm()))
}
