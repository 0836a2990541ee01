//! `client_secret_basic` and `client_secret_post` (RFC 6749 §2.3.1): a shared secret, in a header or in the body.

use std::sync::Arc;

use oauth::presented_credentials::{Candidate, PresentedCredentials};
use store::{Actor, AuditEvent, Change, Millis, Secret, SecretScheme};

use super::ClientRefusal;
use crate::clients::KnownClient;
use crate::config::SecretKind;
use crate::context::Context;
use crate::elsewhere;
use crate::limits::rate::bucket;
use crate::secrets::hash::{self, Checked};
use crate::secrets::imported;

/// Proves a client by its secret. Of several readings of one header, the first that is right counts.
pub async fn authenticate(
    context: &Context,
    presented: &PresentedCredentials<'_>,
) -> Result<Arc<KnownClient>, ClientRefusal> {
    let mut refusal = ClientRefusal::NothingPresented;
    for candidate in presented.candidates() {
        let slowed = slowing_key(context, candidate);
        if let Some(key) = &slowed {
            let free = context
                .issuer
                .limits
                .failed_authentications
                .check(key, context.steady());
            free.map_err(ClientRefusal::TooManyFailures)?;
        }
        refusal = match prove(context, candidate).await {
            Ok(client) => return Ok(client),
            Err(refusal) if refusal.code() != oauth::error_response::ErrorCode::InvalidClient => {
                return Err(refusal);
            }
            Err(refusal) => refusal,
        };
        // Once more, since memory may know the client only now.
        if let Some(key) = slowed.or_else(|| slowing_key(context, candidate)) {
            // At the limit the next check says so; this attempt is refused in any case.
            let _ = context
                .issuer
                .limits
                .failed_authentications
                .take(&key, context.steady());
        }
    }
    Err(refusal)
}

/// Guessing is slowed where a person chose the secret, or may have on the server it came from; 256 random bits cannot be guessed.
fn slowing_key(context: &Context, candidate: &Candidate<'_>) -> Option<(std::net::IpAddr, String)> {
    let guessable = match context.issuer.environment.secrets {
        SecretKind::Chosen => true,
        SecretKind::Generated => {
            let remembered = context.issuer.clients.remembered(&candidate.client_id);
            remembered.is_some_and(|client| {
                let mut secrets = client.client.secrets.iter();
                secrets.any(|secret| secret.scheme != SecretScheme::HmacSha256)
            })
        }
    };
    guessable.then(|| {
        (
            bucket(context.remote_address),
            candidate.client_id.to_string(),
        )
    })
}

/// A right secret may be accepted from memory. A refusal is decided on what the database holds now: on
/// memory, if the change mark says that it is right, or on a fresh read.
///
/// Every refusal costs one check of a secret, one look at the mark and one search that finds no
/// client, so that none takes longer than another (RFC 6819 §4.4.1).
async fn prove(
    context: &Context,
    candidate: &Candidate<'_>,
) -> Result<Arc<KnownClient>, ClientRefusal> {
    let store = context.platform.store.in_environment(context.issuer.name());
    let mark = context.platform.remembered_up_to();
    if let Some(client) = context.issuer.clients.remembered(&candidate.client_id) {
        let outcome = check(context, &client, candidate).await?;
        let refusal = match judge(&client, &outcome) {
            Ok(secret_id) => return Ok(accept(context, &client, candidate, &outcome, secret_id)),
            Err(refusal) => refusal,
        };
        if context.platform.is_unchanged_since(mark).await? {
            store.find_client(NOBODY).await?;
            return Err(refusal);
        }
        context.platform.catch_up(context.now).await?;
    }
    let Some(client) = context
        .issuer
        .clients
        .fresh(store, &candidate.client_id)
        .await?
    else {
        decoy(context, candidate).await?;
        if !context.platform.is_unchanged_since(mark).await? {
            context.platform.catch_up(context.now).await?;
        }
        elsewhere::client(context, &candidate.client_id);
        return Err(ClientRefusal::UnknownClient);
    };
    let outcome = check(context, &client, candidate).await?;
    let secret_id = judge(&client, &outcome)?;
    Ok(accept(context, &client, candidate, &outcome, secret_id))
}

/// No client has this id: the empty one is refused before it is looked for.
const NOBODY: &str = "";

/// Absent only where no secret was presented at all, and then this is not asked; an empty one is nobody's.
fn secret_of<'c>(candidate: &'c Candidate<'_>) -> &'c str {
    candidate.client_secret.as_deref().unwrap_or_default()
}

async fn check(
    context: &Context,
    client: &KnownClient,
    candidate: &Candidate<'_>,
) -> Result<Checked, ClientRefusal> {
    if client.client.secrets.is_empty() {
        decoy(context, candidate).await?;
        return Ok(Checked::Wrong);
    }
    let platform = &context.platform;
    let masters = platform.master_keys.load();
    Ok(hash::check(
        &masters,
        &platform.chosen_secrets,
        client.uuid(),
        &client.client.secrets,
        secret_of(candidate),
        context.now,
    )
    .await?)
}

async fn decoy(context: &Context, candidate: &Candidate<'_>) -> Result<(), ClientRefusal> {
    let platform = &context.platform;
    platform.metrics.decoys_checked.inc();
    let masters = platform.master_keys.load();
    let kind = context.issuer.environment.secrets;
    Ok(hash::check_decoy(
        &masters,
        &platform.chosen_secrets,
        kind,
        secret_of(candidate),
    )
    .await?)
}

/// The order of these checks is not seen from outside: all end in the same answer.
fn judge<'a>(client: &KnownClient, outcome: &'a Checked) -> Result<&'a str, ClientRefusal> {
    let credential = &client.client.credential;
    if credential.public {
        return Err(ClientRefusal::SecretOfPublicClient);
    }
    let secret_id = match outcome {
        Checked::Right { secret_id, .. } => secret_id,
        Checked::Expired => return Err(ClientRefusal::SecretExpired),
        Checked::Wrong => return Err(ClientRefusal::WrongSecret),
        Checked::MasterKeyMissing => return Err(ClientRefusal::MasterKeyMissing),
    };
    if credential.disabled_at.is_some() {
        return Err(ClientRefusal::ClientDisabled);
    }
    if client.client.account_suspended_at.is_some() {
        return Err(ClientRefusal::AccountSuspended);
    }
    Ok(secret_id)
}

fn accept(
    context: &Context,
    client: &Arc<KnownClient>,
    candidate: &Candidate<'_>,
    outcome: &Checked,
    secret_id: &str,
) -> Arc<KnownClient> {
    context
        .platform
        .secret_uses
        .remember(secret_id, context.now, context.remote_address);
    if matches!(outcome, Checked::Right { stale: true, .. }) {
        tokio::spawn(renew(
            context.clone(),
            Arc::clone(client),
            secret_id.to_owned(),
            secret_of(candidate).into(),
        ));
    }
    Arc::clone(client)
}

/// Gives a secret that came under another server's hash one of ours. Whoever fails leaves that to the next use.
async fn take_over(
    context: &Context,
    client: &KnownClient,
    old: &Secret,
    secret: &secrecy::SecretString,
) {
    let platform = &context.platform;
    let masters = platform.master_keys.load_full();
    let kind = context.issuer.environment.secrets;
    let (chosen, uuid, now) = (&platform.chosen_secrets, client.uuid(), context.now);
    let written = match imported::renewed(&masters, chosen, kind, uuid, secret, now).await {
        Ok(new) => {
            let actor = Actor::Credential(uuid.to_owned());
            let details =
                serde_json::json!({ "client_id": client.client_id(), "secret_id": old.id });
            let audit = AuditEvent {
                account_id: Some(client.client.credential.account_id.clone()),
                subject: Some(uuid.to_owned()),
                details: details.to_string(),
                ..context.audit("credential.secret_taken_over", actor)
            };
            let written = platform
                .store
                .take_over_secret(&old.id, &old.hash, new, audit);
            written.await.map_err(anyhow::Error::from)
        }
        Err(error) => Err(error.into()),
    };
    match written {
        Ok(_) => context.issuer.forget(&Change::Credential(uuid.to_owned())),
        Err(error) => {
            tracing::warn!(%error, credential = uuid, "an imported secret could not be taken over; the next use tries again")
        }
    }
}

/// Makes the hash anew under the current master key, now that the secret is known for a moment.
async fn renew(
    context: Context,
    client: Arc<KnownClient>,
    secret_id: String,
    secret: secrecy::SecretString,
) {
    let Some(old) = client
        .client
        .secrets
        .iter()
        .find(|stored| stored.id == secret_id)
    else {
        return;
    };
    let platform = &context.platform;
    let masters = platform.master_keys.load_full();
    let now: Millis = context.now;
    let made = match old.scheme {
        SecretScheme::Imported => return take_over(&context, &client, old, &secret).await,
        SecretScheme::HmacSha256 => {
            hash::hash_generated(&masters, client.uuid(), &secret, now).map_err(anyhow::Error::from)
        }
        SecretScheme::Argon2id => {
            platform
                .chosen_secrets
                .hash(&masters, client.uuid(), &secret, now)
                .await
        }
    };
    let written = match made {
        Ok(new) => {
            let written = platform.store.rehash_secret(
                &secret_id,
                &old.hash,
                new.scheme,
                &new.hash,
                &new.master_key_id,
            );
            written.await.map_err(anyhow::Error::from)
        }
        Err(error) => Err(error),
    };
    match written {
        Ok(_) => {
            let change = Change::Credential(client.uuid().to_owned());
            context.issuer.forget(&change);
        }
        Err(error) => {
            tracing::warn!(%error, credential = client.uuid(), "a secret could not be hashed under the new master key; the next use tries again")
        }
    }
}
