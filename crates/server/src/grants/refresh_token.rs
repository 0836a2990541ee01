//! `refresh_token` (RFC 6749 §6, RFC 9700 §4.14.2): the next pair of tokens for what a person allowed before.
//!
//! Whether the presented one is still good is decided where it is spent, in one transaction; here
//! stands what can be refused without touching it.

use std::sync::Arc;

use oauth::scope::Scope;
use store::RotationRule;
use subtle::ConstantTimeEq;

use super::{GrantRefusal, owner};
use crate::clients::KnownClient;
use crate::context::Context;
use crate::elsewhere;
use crate::tokens::Authorization;
use crate::tokens::authorization::{self, Proof, Subject};
use crate::tokens::refresh_token::{self, Known};

/// Decides. A narrower `scope` narrows this access token and not the family (RFC 6749 §6).
///
/// # Errors
/// All about the refresh token is `invalid_grant` for the client.
pub async fn authorize(
    context: &Context,
    client: Arc<KnownClient>,
    presented: &str,
    scope: Option<Scope>,
    rule: RotationRule,
) -> Result<Authorization, GrantRefusal> {
    // 1. One of ours, of this environment, of this client.
    let Known {
        family,
        generation,
        hash,
    } = refresh_token::find(context, presented)
        .await?
        .ok_or(GrantRefusal::RefreshTokenUnknown)?;
    let store = context.platform.store.in_environment(context.issuer.name());
    let row = store
        .find_refresh_token(family, generation)
        .await?
        .ok_or_else(|| {
            elsewhere::token(context, presented);
            GrantRefusal::RefreshTokenUnknown
        })?;
    if !bool::from(row.secret_hash.ct_eq(&hash)) {
        return Err(GrantRefusal::RefreshTokenUnknown);
    }
    if row.family.credential_uuid != client.uuid() {
        return Err(GrantRefusal::RefreshTokenOfAnotherClient);
    }
    // 2. Its family lives, and so does its person.
    if row.family.revoked_at.is_some() {
        return Err(GrantRefusal::FamilyEnded);
    }
    if row.family.expires_at <= context.now || row.expires_at <= context.now {
        return Err(GrantRefusal::RefreshTokenExpired);
    }
    owner(context, &client, &row.family.person_id).await?;
    // 3. No more than was granted, and no more than the client has today.
    let granted = Scope::parse(&row.family.scope)
        .unwrap_or_default()
        .intersection(&client.scope);
    let scope = match scope {
        None => granted,
        Some(scope) if scope.is_subset_of(&granted) => scope,
        Some(_) => return Err(GrantRefusal::ScopeNotAllowed),
    };
    Ok(Authorization {
        client,
        subject: Subject::Person {
            id: row.family.person_id,
            by: Proof::RefreshToken(authorization::Presented {
                family,
                generation,
                hash,
                newest_generation: row.family.newest_generation,
                rule,
            }),
        },
        scope,
        lifetime: context.issuer.environment.access_token_lifetime,
    })
}
