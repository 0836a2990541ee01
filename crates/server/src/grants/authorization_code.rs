//! `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6): a client comes back with the code a person let it have.
//!
//! The order of the checks is a promise: only whoever proves everything can use a code up. A client
//! that is not the code's, or cannot prove the verifier, neither redeems it nor ends what it gave.

use std::sync::Arc;

use oauth::pkce::CodeChallenge;
use oauth::scope::Scope;
use store::{Actor, AuditEvent, AuthorizationCode, Change};
use subtle::ConstantTimeEq;

use super::{GrantRefusal, owner};
use crate::clients::KnownClient;
use crate::context::Context;
use crate::elsewhere;
use crate::tokens::authorization::{Proof, Subject};
use crate::tokens::opaque::hex;
use crate::tokens::{Authorization, authorization_code, opaque};

/// So many failed proofs and a code is dead: nobody may try verifiers out.
const MOST_FAILURES: i64 = 5;

/// What the token request brings.
#[derive(Clone, Copy)]
pub struct Presented<'r> {
    /// The code.
    pub code: &'r str,
    /// As in the authorization request.
    pub redirect_uri: Option<&'r str>,
    /// RFC 7636 §4.5
    pub code_verifier: Option<&'r str>,
}

/// Decides. `redirect_uri_needed`: whether leaving the redirect URI out is a mistake here.
///
/// # Errors
/// All about the code is `invalid_grant` for the client, whatever the reason's name in the log.
pub async fn authorize(
    context: &Context,
    client: Arc<KnownClient>,
    presented: Presented<'_>,
    redirect_uri_needed: bool,
) -> Result<Authorization, GrantRefusal> {
    // 1. A code of ours, of this environment, of this client.
    let id = authorization_code::id_of(presented.code).ok_or(GrantRefusal::CodeUnknown)?;
    let store = context.platform.store.in_environment(context.issuer.name());
    let code = store.find_authorization_code(id).await?.ok_or_else(|| {
        elsewhere::token(context, presented.code);
        GrantRefusal::CodeUnknown
    })?;
    if !bool::from(code.secret_hash.ct_eq(&opaque::hash(presented.code))) {
        return Err(GrantRefusal::CodeUnknown);
    }
    if code.credential_uuid != client.uuid() {
        return Err(GrantRefusal::CodeOfAnotherClient);
    }
    // 2. The proofs that the one who asks is the one who began. Counted, so that they cannot be guessed.
    if code.failed_attempts >= MOST_FAILURES {
        return Err(GrantRefusal::CodeTriedTooOften);
    }
    if let Err(refusal) = prove(&code, presented, redirect_uri_needed) {
        store.fail_authorization_code(id).await?;
        return Err(refusal);
    }
    // 3. Not used, not over.
    if code.redeemed_at.is_some() {
        replayed(context, &client, &code).await?;
        return Err(GrantRefusal::CodeReplayed);
    }
    if code.expires_at <= context.now {
        return Err(GrantRefusal::CodeExpired);
    }
    // 4. The person may still.
    let person = owner(context, &client, &code.person_id).await?;
    if person.must_change_password {
        return Err(GrantRefusal::PersonGone);
    }
    // 5. No more than was consented to, and no more than the client has today.
    let consented = Scope::parse(&code.scope).unwrap_or_default();
    Ok(Authorization {
        scope: consented.intersection(&client.scope),
        client,
        subject: Subject::Person {
            id: code.person_id,
            by: Proof::AuthorizationCode(id),
        },
        lifetime: context.issuer.environment.access_token_lifetime,
    })
}

fn prove(
    code: &AuthorizationCode,
    presented: Presented<'_>,
    redirect_uri_needed: bool,
) -> Result<(), GrantRefusal> {
    match presented.redirect_uri {
        Some(uri) if uri != code.redirect_uri => return Err(GrantRefusal::CodeRedirectUriDiffers),
        None if redirect_uri_needed => return Err(GrantRefusal::CodeRedirectUriMissing),
        _ => {}
    }
    match (&code.code_challenge, presented.code_verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) => {
            let right =
                CodeChallenge::s256(challenge).is_ok_and(|challenge| challenge.verify(verifier));
            right.then_some(()).ok_or(GrantRefusal::CodeVerifierWrong)
        }
        (Some(_), None) => Err(GrantRefusal::CodeVerifierMissing),
        // Somebody took the challenge out of the authorization request (RFC 9700 §4.8.2).
        (None, Some(_)) => Err(GrantRefusal::CodeVerifierUnasked),
    }
}

/// A code that was redeemed comes again with every proof: whoever has it has all, so what it gave is
/// ended (RFC 6749 §4.1.2).
pub async fn replayed(
    context: &Context,
    client: &KnownClient,
    code: &AuthorizationCode,
) -> Result<(), GrantRefusal> {
    let Some(family) = code.family_id else {
        return Ok(());
    };
    let credential = &client.client.credential;
    let audit = AuditEvent {
        account_id: Some(credential.account_id.clone()),
        subject: Some(hex(&family.0)),
        ..context.audit(
            "authorization_code.replayed",
            Actor::Credential(credential.uuid.clone()),
        )
    };
    context
        .platform
        .store
        .in_environment(context.issuer.name())
        .end_family(family, "code_replayed", context.now, audit)
        .await?;
    context.issuer.forget(&Change::Family(family));
    Ok(())
}
