//! Passkeys (WebAuthn Level 2) as a second factor. The challenge lies in the database under the session, not in the page:
//! whoever answers it answers it once, at whichever node.

use store::{CeremonyKind, Millis, Passkey, Session, SessionFacts, StoreError};
use webauthn_rs::prelude::{
    Passkey as PublicKey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
};

use super::recovery_codes;
use crate::config::Environment;
use crate::context::Context;

/// How long a browser may take to answer.
const LIFETIME: Millis = 5 * 60 * 1000;
/// Passkeys of one person.
const MOST: usize = 20;
/// Characters of a name.
const LONGEST_NAME: usize = 64;

/// What became of an answer to a challenge.
pub enum Added {
    /// The passkey counts; the recovery codes, where it is the first second factor.
    Yes(Vec<String>),
    /// The answer was not right, too late, or of a passkey that is known already.
    No,
}

/// Whether browsers do this at the environment's address: they want a name, not an IP address, and https but on `localhost`.
pub fn available(environment: &Environment) -> bool {
    relying_party(environment).is_some()
}

/// The options that a browser makes a new passkey by, as JSON; none when there are enough, or passkeys do not work here.
///
/// # Errors
/// The database.
pub async fn begin_registration(
    context: &Context,
    session: &Session,
) -> anyhow::Result<Option<String>> {
    let Some(webauthn) = relying_party(&context.issuer.environment) else {
        return Ok(None);
    };
    let kept = keys_of(context, &session.person.id).await?;
    let Ok(id) = session.person.id.parse() else {
        return Ok(None);
    };
    if kept.len() >= MOST {
        return Ok(None);
    }
    let known = kept.iter().map(|(_, key)| key.cred_id().clone()).collect();
    let name = &session.person.username;
    let (options, state) = webauthn.start_passkey_registration(id, name, name, Some(known))?;
    let state = serde_json::to_string(&state)?;
    begin(context, &session.facts, CeremonyKind::Registration, state).await?;
    Ok(Some(serde_json::to_string(&options)?))
}

/// Keeps the passkey that a browser made.
///
/// # Errors
/// The database.
pub async fn finish_registration(
    context: &Context,
    session: &Session,
    answer: &str,
    name: &str,
) -> anyhow::Result<Added> {
    let state = take(context, &session.facts, CeremonyKind::Registration).await?;
    let (Some(webauthn), Some(state)) = (relying_party(&context.issuer.environment), state) else {
        return Ok(Added::No);
    };
    let state: PasskeyRegistration = serde_json::from_str(&state)?;
    let answer: RegisterPublicKeyCredential = match serde_json::from_str(answer) {
        Ok(answer) => answer,
        Err(error) => {
            tracing::info!(%error, "a browser's answer is not a passkey's");
            return Ok(Added::No);
        }
    };
    let key = match webauthn.finish_passkey_registration(&answer, &state) {
        Ok(key) => key,
        Err(error) => {
            tracing::info!(%error, "a new passkey was not accepted");
            return Ok(Added::No);
        }
    };
    let (shown, hashes) = if session.person.has_second_factor() {
        (Vec::new(), Vec::new())
    } else {
        recovery_codes::generate()?
    };
    let passkey = Passkey {
        credential_id: key.cred_id().to_vec(),
        name: name
            .trim()
            .chars()
            .filter(|character| !crate::text::is_control(*character))
            .take(LONGEST_NAME)
            .collect(),
        passkey: serde_json::to_string(&key)?,
        created_at: context.now,
        last_used_at: None,
    };
    let audit = store::AuditEvent {
        account_id: session.person.account_id.clone(),
        ..context.audit(
            "person.passkey_added",
            store::Actor::Person(session.person.id.clone()),
        )
    };
    let store = context.platform.store.in_environment(context.issuer.name());
    let added = store
        .add_passkey(&session.person.id, passkey, hashes, audit)
        .await?;
    Ok(if added { Added::Yes(shown) } else { Added::No })
}

/// The options that a browser proves a passkey by, as JSON; none when the person has none, or passkeys do not work here.
///
/// # Errors
/// The database.
pub async fn begin_authentication(
    context: &Context,
    session: &Session,
) -> anyhow::Result<Option<String>> {
    let Some(webauthn) = relying_party(&context.issuer.environment) else {
        return Ok(None);
    };
    let keys: Vec<_> = keys_of(context, &session.person.id)
        .await?
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let (options, state) = webauthn.start_passkey_authentication(&keys)?;
    let state = serde_json::to_string(&state)?;
    begin(context, &session.facts, CeremonyKind::Authentication, state).await?;
    Ok(Some(serde_json::to_string(&options)?))
}

/// Whether a browser proved one of the person's passkeys.
///
/// # Errors
/// The database.
pub async fn finish_authentication(
    context: &Context,
    session: &Session,
    answer: &str,
) -> anyhow::Result<bool> {
    let state = take(context, &session.facts, CeremonyKind::Authentication).await?;
    let (Some(webauthn), Some(state)) = (relying_party(&context.issuer.environment), state) else {
        return Ok(false);
    };
    let state: PasskeyAuthentication = serde_json::from_str(&state)?;
    let answer: PublicKeyCredential = match serde_json::from_str(answer) {
        Ok(answer) => answer,
        Err(error) => {
            tracing::info!(%error, "a browser's answer is not a passkey's");
            return Ok(false);
        }
    };
    let proven = match webauthn.finish_passkey_authentication(&answer, &state) {
        Ok(proven) => proven,
        Err(error) => {
            tracing::info!(%error, "a passkey was not proven");
            return Ok(false);
        }
    };
    let kept = keys_of(context, &session.person.id).await?;
    let used = kept
        .into_iter()
        .find(|(_, key)| key.cred_id() == proven.cred_id());
    let Some((kept, mut key)) = used else {
        return Ok(false);
    };
    key.update_credential(&proven);
    let store = context.platform.store.in_environment(context.issuer.name());
    let after = serde_json::to_string(&key)?;
    Ok(store
        .use_passkey(&session.person.id, kept, after, context.now)
        .await?)
}

/// The name that browsers bind passkeys to is the address's host, and none of it is taken from a request.
fn relying_party(environment: &Environment) -> Option<Webauthn> {
    let origin = url::Url::parse(&environment.url).ok()?;
    let host = match origin.host()? {
        url::Host::Domain(host) if origin.scheme() == "https" || host == "localhost" => host,
        _ => return None,
    };
    let builder = WebauthnBuilder::new(host, &origin).ok()?;
    builder.rp_name(&environment.branding.name).build().ok()
}

/// What is kept and what the library makes of it. A row that cannot be read lets nobody in.
async fn keys_of(
    context: &Context,
    person_id: &str,
) -> Result<Vec<(Passkey, PublicKey)>, StoreError> {
    let store = context.platform.store.in_environment(context.issuer.name());
    let kept = store.passkeys_of(person_id).await?;
    let read = |kept: Passkey| {
        let key = serde_json::from_str(&kept.passkey).ok()?;
        Some((kept, key))
    };
    Ok(kept.into_iter().filter_map(read).collect())
}

async fn begin(
    context: &Context,
    session: &SessionFacts,
    kind: CeremonyKind,
    state: String,
) -> Result<(), StoreError> {
    let store = context.platform.store.in_environment(context.issuer.name());
    let expires_at = context.now + LIFETIME;
    store
        .begin_passkey_ceremony(session.id_hash, kind, state, expires_at)
        .await
}

async fn take(
    context: &Context,
    session: &SessionFacts,
    kind: CeremonyKind,
) -> Result<Option<String>, StoreError> {
    let store = context.platform.store.in_environment(context.issuer.name());
    store
        .take_passkey_ceremony(session.id_hash, kind, context.now)
        .await
}
