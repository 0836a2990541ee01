//! Operator tokens: named, scoped, expiring; only their SHA-256 is kept.
//!
//! 256 random bits need no slow hash, and a name in the audit trail is worth more than a shared key.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::{AuditEvent, Millis, NewOperatorToken, OperatorToken};
use utoipa::{IntoParams, ToSchema};

use super::description::Conflict;
use super::idempotency::{IdempotencyKey, Repeatable, Told};
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::{self, EVERYTHING, ReadOperators, WriteOperators};
use crate::clock::rfc3339;
use crate::platform::Platform;
use crate::secrets::generated::{self, Kind};
use crate::text::{self, LONGEST_NAME};

/// Seconds a token lives when the request does not say: ninety days.
const USUAL_LIFETIME: u64 = 90 * 24 * 60 * 60;
/// Seconds it lives at most: a year.
const LONGEST_LIFETIME: u64 = 366 * 24 * 60 * 60;

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewOperatorToken, example = json!({ "name": "reporting", "scopes": ["credentials:read"], "expires_in_seconds": 86400 }))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// As the audit trail will call whoever uses it.
    name: String,
    /// What it is good for; everything when left out.
    scopes: Option<Vec<String>>,
    /// How long it lives; ninety days when left out.
    #[schema(minimum = 1, maximum = 31622400)]
    expires_in_seconds: Option<u64>,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What was made; the only answer that holds the token.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedOperatorToken)]
pub struct Created {
    #[serde(flatten)]
    token: TokenView,
    /// The bearer token, this once.
    #[schema(required = false)]
    operator_token: String,
}

/// A token as it is listed.
#[derive(Serialize, ToSchema)]
#[schema(as = OperatorToken)]
pub struct TokenView {
    id: String,
    name: String,
    scopes: Vec<String>,
    state: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// Makes an operator token, of no more than the own scopes.
///
/// The answer is the only one that ever holds it.
#[utoipa::path(
    post, path = "/operators/tokens", operation_id = "createOperatorToken", tag = "operators",
    params(IdempotencyKey),
    request_body = Asked,
    responses((status = 201, description = "What was made", body = Created), Conflict),
    security(("operator" = ["operators:write"])),
)]
pub async fn create(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteOperators>,
    Repeatable { asked, once }: Repeatable<Asked>,
) -> Result<Response, Problem> {
    let made = |platform, operator, id| make(platform, operator, asked, id);
    once.answer(platform, operator, StatusCode::CREATED, made)
        .await
}

impl Told for Created {
    const ONCE: &'static [&'static str] = &["operator_token"];
}

async fn make(
    platform: Arc<Platform>,
    operator: Operator<WriteOperators>,
    asked: Asked,
    id: String,
) -> Result<Created, Problem> {
    text::required("name", &asked.name, LONGEST_NAME)?;
    let lifetime = asked.expires_in_seconds.unwrap_or(USUAL_LIFETIME);
    if !(1..=LONGEST_LIFETIME).contains(&lifetime) {
        return Err(Problem::bad_request(
            "An operator token lives between one second and 366 days.",
        ));
    }
    let granted = grantable(&operator, asked.scopes)?;
    let now = operator.arrival.now;
    // Names stand in the audit trail, so no two live tokens share one.
    let same = |token: &OperatorToken| token.name == asked.name && is_live(token, now);
    if platform
        .store
        .list_operator_tokens()
        .await?
        .iter()
        .any(same)
    {
        return Err(Problem::conflict(
            "A live operator token of this name exists; choose another name or revoke that one.",
        ));
    }
    let text = generated::generate(Kind::OperatorToken)?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.expose_secret().as_bytes()).as_ref());
    let new = NewOperatorToken {
        id,
        name: asked.name,
        scopes: granted,
        hash,
        created_at: now,
        expires_at: now + Millis::try_from(lifetime).unwrap_or(0) * 1000,
    };
    let row = OperatorToken {
        id: new.id.clone(),
        name: new.name.clone(),
        scopes: new.scopes.clone(),
        created_at: now,
        expires_at: new.expires_at,
        revoked_at: None,
    };
    let details = serde_json::json!({ "name": new.name, "scopes": new.scopes, "expires_at": rfc3339(new.expires_at) });
    let audit = AuditEvent {
        subject: Some(new.id.clone()),
        details: details.to_string(),
        ..operator.audit("operator_token.created")
    };
    platform.store.create_operator_token(new, audit).await?;
    Ok(Created {
        token: TokenView::of(row, now),
        operator_token: text.expose_secret().to_owned(),
    })
}

/// Lists operator tokens, oldest first, revoked and expired ones included.
#[utoipa::path(
    get, path = "/operators/tokens", operation_id = "listOperatorTokens", tag = "operators",
    params(Listing),
    responses((status = 200, description = "A page", body = [TokenView])),
    security(("operator" = ["operators:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadOperators>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let tokens = platform.store.list_operator_tokens().await?;
    let rows = tokens.into_iter().map(|token| {
        let key = (token.created_at, token.id.clone());
        (key, TokenView::of(token, operator.arrival.now))
    });
    let cursor = listing.cursor.as_deref();
    paging::part(
        "operators/tokens",
        &[],
        rows.collect(),
        cursor,
        listing.limit,
    )
}

/// Revokes an operator token, by id or by the name of a live one.
#[utoipa::path(
    post, path = "/operators/tokens/{id}/revoke", operation_id = "revokeOperatorToken", tag = "operators",
    params(("id" = String, Path, description = "Id, or the name of a live token")),
    responses((status = 200, description = "As it is now", body = TokenView), Conflict),
    security(("operator" = ["operators:write"])),
)]
pub async fn revoke(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteOperators>,
    Named(id): Named,
) -> Result<Json<TokenView>, Problem> {
    let now = operator.arrival.now;
    let tokens = platform.store.list_operator_tokens().await?;
    let token = named(&tokens, &id, now).cloned().ok_or_else(|| {
        Problem::not_found(
            "There is no operator token with this id, and no live one with this name.",
        )
    })?;
    let details = serde_json::json!({ "name": token.name }).to_string();
    let audit = AuditEvent {
        subject: Some(token.id.clone()),
        details,
        ..operator.audit("operator_token.revoked")
    };
    platform
        .store
        .revoke_operator_token(&token.id, now, audit)
        .await?;
    let revoked_at = token.revoked_at.or(Some(now));
    Ok(Json(TokenView::of(
        OperatorToken {
            revoked_at,
            ..token
        },
        now,
    )))
}

/// The token of an id, or the live one of a name: an expired one may have had the same name before.
fn named<'t>(tokens: &'t [OperatorToken], id: &str, now: Millis) -> Option<&'t OperatorToken> {
    let by_name = |token: &&OperatorToken| token.name == id && is_live(token, now);
    tokens
        .iter()
        .find(|token| token.id == id)
        .or_else(|| tokens.iter().find(by_name))
}

fn is_live(token: &OperatorToken, now: Millis) -> bool {
    token.revoked_at.is_none() && token.expires_at > now
}

/// Nobody gives away what they do not have.
fn grantable<S>(
    operator: &Operator<S>,
    asked: Option<Vec<String>>,
) -> Result<Vec<String>, Problem> {
    let asked = asked.unwrap_or_else(|| vec![EVERYTHING.to_owned()]);
    if asked.is_empty() {
        return Err(Problem::bad_request(
            "A token without scopes is good for nothing; leave them out for all.",
        ));
    }
    for scope in &asked {
        if scope != EVERYTHING && !scopes::ALL.contains(&scope.as_str()) {
            return Err(Problem::bad_request(format!(
                "There is no scope {}; there are {} and *.",
                scope.escape_debug(),
                scopes::ALL.join(", ")
            )));
        }
        if !operator.scopes.include(scope) {
            return Err(Problem::forbidden(format!(
                "Your own token lacks {scope}, so it cannot give it to another."
            )));
        }
    }
    Ok(asked)
}

impl TokenView {
    fn of(token: OperatorToken, now: Millis) -> Self {
        let state = match token.revoked_at {
            Some(_) => "revoked",
            None if token.expires_at <= now => "expired",
            None => "live",
        };
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes,
            state,
            created_at: rfc3339(token.created_at),
            expires_at: rfc3339(token.expires_at),
            revoked_at: token.revoked_at.map(rfc3339),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(
        id: &str,
        name: &str,
        expires_at: Millis,
        revoked_at: Option<Millis>,
    ) -> OperatorToken {
        OperatorToken {
            id: id.to_owned(),
            name: name.to_owned(),
            scopes: Vec::new(),
            created_at: 1,
            expires_at,
            revoked_at,
        }
    }

    #[test]
    fn a_name_means_the_live_token_that_has_it() {
        let tokens = [
            token("1", "ci", 10, None),
            token("2", "ci", 90, Some(5)),
            token("3", "ci", 90, None),
        ];
        let found = |id: &str, now| named(&tokens, id, now).map(|token| token.id.as_str());
        assert_eq!(found("ci", 50), Some("3"));
        assert_eq!(found("1", 50), Some("1"));
        assert_eq!(found("ci", 90), None);
        assert_eq!(found("other", 50), None);
    }
}
