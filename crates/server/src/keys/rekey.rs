//! A new master key, while everything goes on.
//!
//! 1. The new key is made and written to the key's file in front of the old one; the running
//!    server takes it at once; every signing key and every second factor is wrapped anew under it.
//! 2. Client secrets and people's passwords are hashed anew as they are used, since only then are
//!    they known.
//! 3. When nothing needs the old key any more, it is retired and leaves the file.
//!
//! Each step can be done again after a crash: the file is written before the database, so the
//! database never needs a key that no file holds.

use std::sync::Arc;

use store::{Actor, AuditEvent, MasterKeyUse, Millis, Store, StoreError};
use tokio::sync::Mutex;

use super::ring::belongs_to;
use crate::people::totp;
use crate::platform::Platform;
use crate::random::NoRandomness;
use crate::secrets::master_key::{MasterKey, MasterKeys};
use crate::secrets::source::{self, Place, SourceError};
use crate::way_back::form;

/// Expired tokens removed along with the secrets that have ended.
const SWEPT: u32 = 1_000;
/// Second factors wrapped anew at once.
const AT_ONCE: u32 = 500;

/// One rekey at a time in this process: two would each write the file.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Why a rekey did not go on.
#[derive(Debug, thiserror::Error)]
pub enum RekeyError {
    /// The rows, or the database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The key's file.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It makes no sense now; a sentence for the operator.
    #[error("{0}")]
    Refused(String),
    /// A wrapped key that its master key does not open.
    #[error("signing key {kid} of {environment} cannot be wrapped anew")]
    Unreadable {
        /// The key.
        kid: String,
        /// Its environment.
        environment: String,
    },
    /// A secret for the way back that its master key does not open.
    #[error(
        "what is kept of a secret of credential {credential} for a way back cannot be wrapped anew; rotate that secret, or leave `way_back` out of the configuration"
    )]
    UnreadableWayBack {
        /// The credential's UUID.
        credential: String,
    },
    /// A wrapped second factor that its master key does not open.
    #[error(
        "the second factor of person {person} cannot be wrapped anew; reset it by `grantor people reset-second-factor`"
    )]
    UnreadableSecondFactor {
        /// The person's id.
        person: String,
    },
}

/// Where a rekey stands.
#[derive(Debug)]
pub struct Standing {
    /// The key that makes new hashes.
    pub current: String,
    /// Older keys that are still read, with what needs each.
    pub retiring: Vec<(String, MasterKeyUse)>,
}

/// Makes a new master key and lets the old one retire.
pub async fn begin(platform: &Platform, audit: AuditEvent) -> Result<Standing, RekeyError> {
    let _one = ONE_AT_A_TIME.lock().await;
    let Place::File(file) = source::place(&platform.config)? else {
        return Err(RekeyError::Refused(
            "The master key comes from GRANTOR_MASTER_KEY, which Grantor cannot change: `grantor keys rekey --print-key` prints a value to set there before a restart.".to_owned(),
        ));
    };
    if !standing(platform).await?.retiring.is_empty() {
        return Err(RekeyError::Refused(
            "A rekey is under way: see `grantor keys rekey --status`, and end it by `grantor keys rekey --finish` first.".to_owned(),
        ));
    }
    let present = platform.master_keys.load_full();
    // A key that an interrupted rekey left in the file is taken up instead of making yet another.
    let left = source::read(&Place::File(file.clone()))?
        .filter(|keys| keys.current().id() != present.current().id());
    let keys = match left {
        Some(keys) if keys.find(present.current().id()).is_some() => keys,
        _ => present.with_new(MasterKey::generate()?),
    };
    source::write(&file, &keys)?;
    let audit = AuditEvent {
        subject: Some(keys.current().id().to_owned()),
        ..audit
    };
    let now = audit.at;
    platform
        .store
        .register_master_key(keys.current().id(), keys.current().check(), now, audit)
        .await?;
    let keys = Arc::new(keys);
    platform.master_keys.store(Arc::clone(&keys));
    wrap_anew(&platform.store, &keys).await?;
    standing(platform).await
}

/// What still needs which old key.
pub async fn standing(platform: &Platform) -> Result<Standing, RekeyError> {
    let keys = platform.master_keys.load_full();
    let rows = platform.store.master_keys().await?;
    let current = rows.iter().find(|row| row.id == keys.current().id());
    let mut retiring = Vec::new();
    for row in rows
        .iter()
        .filter(|row| row.retired_at.is_none() && row.id != keys.current().id())
    {
        // A younger key is not on its way out but on its way in: readable everywhere first, current later.
        if current.is_some_and(|current| row.created_at <= current.created_at) {
            retiring.push((
                row.id.clone(),
                platform.store.master_key_use(&row.id).await?,
            ));
        }
    }
    Ok(Standing {
        current: keys.current().id().to_owned(),
        retiring,
    })
}

/// Retires every old key that nothing needs; refused, with nothing changed, while something does.
pub async fn finish(platform: &Platform, audit: AuditEvent) -> Result<Vec<String>, RekeyError> {
    let _one = ONE_AT_A_TIME.lock().await;
    // Secrets that ended more than a day ago need no key; without a running server nobody has swept them away.
    platform.store.sweep_expired(audit.at, SWEPT).await?;
    // A beginning that was broken off may have left signing keys under the old key, and nothing else moves them.
    wrap_anew(&platform.store, &platform.master_keys.load_full()).await?;
    let standing = standing(platform).await?;
    if standing.retiring.is_empty() {
        return Err(RekeyError::Refused(
            "No old master key is left to retire.".to_owned(),
        ));
    }
    if let Some((id, needs)) = standing.retiring.iter().find(|(_, needs)| {
        needs.signing_keys + needs.secrets + needs.passwords + needs.second_factors > 0
    }) {
        return Err(RekeyError::Refused(format!(
            "Master key {id} is still needed by {} signing keys, {} client secrets, {} passwords of people and {} second factors: `grantor keys rekey --status` names the secrets; use or rotate them first (a secret that has ended counts for one more day). People must sign in once, or be invited anew.",
            needs.signing_keys, needs.secrets, needs.passwords, needs.second_factors
        )));
    }
    let mut retired = Vec::new();
    for (id, _) in standing.retiring {
        let audit = AuditEvent {
            event: "master_key.retired",
            subject: Some(id.clone()),
            ..audit.clone()
        };
        platform
            .store
            .retire_master_key(&id, audit.at, audit)
            .await?;
        retired.push(id);
    }
    let keys = platform.master_keys.load_full().without_old();
    if let Place::File(file) = source::place(&platform.config)? {
        source::write(&file, &keys)?;
    }
    platform.master_keys.store(Arc::new(keys));
    Ok(retired)
}

/// Takes up at start a key that an operator put in front of the list: registers what is new and
/// wraps every signing key under the first. Does nothing when nothing changed.
pub async fn adopt(store: &Store, keys: &MasterKeys, now: Millis) -> Result<(), RekeyError> {
    let known = store.master_keys().await?;
    for key in keys
        .iter()
        .filter(|key| known.iter().all(|row| row.id != key.id()))
    {
        let audit = AuditEvent {
            at: now,
            actor: Actor::System,
            environment: None,
            account_id: None,
            event: "master_key.added",
            subject: Some(key.id().to_owned()),
            remote_address: None,
            request_id: None,
            details: String::new(),
        };
        store
            .register_master_key(key.id(), key.check(), now, audit)
            .await?;
    }
    wrap_anew(store, keys).await
}

/// Wraps everything encrypted under an older key of ours under the current one.
async fn wrap_anew(store: &Store, keys: &MasterKeys) -> Result<(), RekeyError> {
    let current = keys.current();
    for old in keys.iter().skip(1) {
        for (environment, key) in store.signing_keys_under(old.id()).await? {
            let unreadable = || RekeyError::Unreadable {
                kid: key.id.clone(),
                environment: environment.as_str().to_owned(),
            };
            let owner = belongs_to(environment.as_str(), &key.id);
            let pkcs8 = old
                .unwrap(&owner, &key.wrapped_private_key)
                .ok_or_else(unreadable)?;
            let wrapped = current.wrap(&owner, &pkcs8).ok_or_else(unreadable)?;
            // False means that another node was faster, with the same key.
            store
                .rewrap_signing_key(&environment, &key.id, old.id(), &wrapped, current.id())
                .await?;
        }
        wrap_second_factors_anew(store, old, current).await?;
        wrap_ways_back_anew(store, old, current).await?;
    }
    Ok(())
}

async fn wrap_second_factors_anew(
    store: &Store,
    old: &MasterKey,
    current: &MasterKey,
) -> Result<(), RekeyError> {
    loop {
        let kept = store.totp_secrets_under(old.id(), AT_ONCE).await?;
        let was_all = kept.len() < AT_ONCE as usize;
        for (person, wrapped) in kept {
            let owner = totp::belongs_to(&person);
            let anew = old
                .unwrap(&owner, &wrapped)
                .and_then(|secret| current.wrap(&owner, &secret))
                .ok_or_else(|| RekeyError::UnreadableSecondFactor {
                    person: person.clone(),
                })?;
            // False means that it is another one by now, under the current key.
            store
                .rewrap_totp_secret(&person, wrapped, anew, current.id())
                .await?;
        }
        if was_all {
            return Ok(());
        }
    }
}

async fn wrap_ways_back_anew(
    store: &Store,
    old: &MasterKey,
    current: &MasterKey,
) -> Result<(), RekeyError> {
    loop {
        let kept = store.ways_back_under(old.id(), AT_ONCE).await?;
        let was_all = kept.len() < AT_ONCE as usize;
        for way in kept {
            let owner = form::belongs_to(&way.credential_uuid);
            let anew = old
                .unwrap(&owner, &way.sealed)
                .and_then(|text| current.wrap(&owner, &text))
                .ok_or_else(|| RekeyError::UnreadableWayBack {
                    credential: way.credential_uuid.clone(),
                })?;
            // False means that its secret is gone by now.
            store.rewrap_way_back(way, anew, current.id()).await?;
        }
        if was_all {
            return Ok(());
        }
    }
}
