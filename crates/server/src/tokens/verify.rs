//! The judge: is a presented token live here, whose is it, what is it good for?

use std::sync::Arc;

use store::{AccessToken, InEnvironment, Millis, StoreError, TokenFamily, TokenId};
use subtle::ConstantTimeEq;

use super::cache::{Remembered, ResourceOwner, TokenHash};
use super::jwt::{self, JwtRefusal};
use super::{imported, opaque};
use crate::clients::KnownClient;
use crate::memory::standing::Moment;
use crate::platform::{Issuer, Platform};

/// The longest text worth hashing.
const LONGEST: usize = 8 * 1024;

/// A token that is live at this moment.
#[derive(Debug)]
pub struct LiveToken {
    /// Whose it is.
    pub client: Arc<KnownClient>,
    /// Space separated.
    pub scope: Arc<str>,
    /// For whom, if not for the client itself.
    pub person: Option<Arc<ResourceOwner>>,
    /// Id.
    pub id: TokenId,
    /// When it was issued.
    pub issued_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
}

/// Why a token is not live. For logs and tests: whoever presents it hears `invalid_token` or `active: false` and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadToken {
    /// No token of ours looks like that, or nobody was given it in this environment.
    Unknown,
    /// The JWT is not ours or not alive.
    Jwt(JwtRefusal),
    /// Over.
    Expired,
    /// Ended by name.
    Revoked,
    /// Its client was deleted, disabled, its account suspended, or its tokens ended together.
    ClientGone,
    /// What it came from was ended, or its person is disabled, gone or of a suspended account.
    FamilyEnded,
}

/// When a token ended that was once found to be over: it does not come back when the clock is set back.
const OVER: Millis = Millis::MIN;

impl DeadToken {
    /// Whether nobody was given it in this environment, as far as can be told: another one may have given it.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown | Self::Jwt(_))
    }
}

/// Judges a token: `Ok(Err(_))` when it is dead, `Err(_)` when the database could not be asked.
pub async fn verify(
    platform: &Platform,
    issuer: &Issuer,
    text: &str,
    now: Millis,
) -> Result<Result<LiveToken, DeadToken>, StoreError> {
    if text.len() > LONGEST {
        return Ok(Err(DeadToken::Unknown));
    }
    let hash = opaque::hash(text);
    let remembered = issuer.tokens.get(&hash);
    let is_new = remembered.is_none();
    let token = match remembered {
        Some(token) => token,
        None => match read(platform, issuer, text, &hash, now).await? {
            Ok(token) => token,
            Err(dead) => return Ok(Err(dead)),
        },
    };
    if token.expires_at <= now {
        if token.expires_at != OVER {
            let over = Remembered {
                expires_at: OVER,
                ..token
            };
            issuer.tokens.insert(hash, over);
        }
        return Ok(Err(DeadToken::Expired));
    }
    let store = platform.store.in_environment(issuer.name());
    let Some(client) = issuer
        .clients
        .by_uuid(store, &token.credential_uuid)
        .await?
    else {
        return Ok(Err(DeadToken::ClientGone));
    };
    let honoured = match token.id.is_imported() {
        true => client.honours_imported_tokens_of(token.issued_at),
        false => client.honours_tokens_of(token.issued_at),
    };
    if !honoured {
        return Ok(Err(DeadToken::ClientGone));
    }
    let token = if is_new {
        token.sharing_with(&client)
    } else {
        token
    };
    if is_new {
        issuer.tokens.insert(hash, token.clone());
    }
    Ok(Ok(LiveToken {
        client,
        scope: token.scope,
        person: token.person,
        id: token.id,
        issued_at: token.issued_at,
        expires_at: token.expires_at,
    }))
}

/// Reads a token that memory does not hold.
async fn read(
    platform: &Platform,
    issuer: &Issuer,
    text: &str,
    hash: &TokenHash,
    now: Millis,
) -> Result<Result<Remembered, DeadToken>, StoreError> {
    let own = if jwt::looks_like_one(text) {
        read_jwt(platform, issuer, text, now).await?
    } else {
        read_opaque(platform, issuer, text, hash, now).await?
    };
    match own {
        // Whatever it looks like, another server may have given it out.
        Err(dead) if dead.is_unknown() && issuer.imported_until.may_live(now) => {
            // By itself: the future of every other token would else be as large.
            let imported = Box::pin(read_imported(platform, issuer, text, hash, now)).await?;
            Ok(imported.unwrap_or(Err(dead)))
        }
        own => Ok(own),
    }
}

/// None where no such token came.
async fn read_imported(
    platform: &Platform,
    issuer: &Issuer,
    text: &str,
    hash: &TokenHash,
    now: Millis,
) -> Result<Option<Result<Remembered, DeadToken>>, StoreError> {
    let store = platform.store.in_environment(issuer.name());
    let read_at = issuer.standing.now();
    match imported::find_access(store, issuer.name(), text, hash).await? {
        Some(row) => judged(issuer, store, row, read_at, now).await.map(Some),
        None => Ok(None),
    }
}

async fn read_jwt(
    platform: &Platform,
    issuer: &Issuer,
    text: &str,
    now: Millis,
) -> Result<Result<Remembered, DeadToken>, StoreError> {
    let environment = &issuer.environment;
    // Before the keys and the database are asked.
    let read_at = issuer.standing.now();
    let read = match jwt::verify(
        &issuer.keys.load(),
        &environment.issuer,
        &environment.audience,
        text,
        now,
    ) {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(DeadToken::Jwt(refusal))),
    };
    let store = platform.store.in_environment(issuer.name());
    if store.is_jwt_revoked(read.id).await? {
        return Ok(Err(DeadToken::Revoked));
    }
    let person = match read.family {
        None => None,
        Some((family, generation)) => {
            let Some(family) = store.find_family(family, generation).await? else {
                return Ok(Err(DeadToken::FamilyEnded));
            };
            match owner(issuer, store, family, &read.credential_uuid, now).await? {
                Some(person) => Some(person),
                None => return Ok(Err(DeadToken::FamilyEnded)),
            }
        }
    };
    Ok(Ok(Remembered {
        id: read.id,
        credential_uuid: read.credential_uuid.into(),
        scope: read.scope.into(),
        person,
        issued_at: read.issued_at,
        expires_at: read.expires_at,
        read_at,
    }))
}

async fn read_opaque(
    platform: &Platform,
    issuer: &Issuer,
    text: &str,
    hash: &TokenHash,
    now: Millis,
) -> Result<Result<Remembered, DeadToken>, StoreError> {
    let Some(id) = opaque::id_of(text, hash) else {
        return Ok(Err(DeadToken::Unknown));
    };
    let store = platform.store.in_environment(issuer.name());
    let read_at = issuer.standing.now();
    let Some(row) = store.find_access_token(id).await? else {
        return Ok(Err(DeadToken::Unknown));
    };
    if !bool::from(row.secret_hash.ct_eq(hash)) {
        return Ok(Err(DeadToken::Unknown));
    }
    judged(issuer, store, row, read_at, now).await
}

/// What becomes of a token whose row was found and proven.
async fn judged(
    issuer: &Issuer,
    store: InEnvironment<'_>,
    row: AccessToken,
    read_at: Moment,
    now: Millis,
) -> Result<Result<Remembered, DeadToken>, StoreError> {
    if row.revoked_at.is_some() {
        return Ok(Err(DeadToken::Revoked));
    }
    let person = match row.family {
        None => None,
        // A token that is over is no use of its family.
        Some(_) if row.expires_at <= now => return Ok(Err(DeadToken::Expired)),
        Some(family) => match owner(issuer, store, family, &row.credential_uuid, now).await? {
            Some(person) => Some(person),
            None => return Ok(Err(DeadToken::FamilyEnded)),
        },
    };
    Ok(Ok(Remembered {
        id: row.id,
        credential_uuid: row.credential_uuid.into(),
        scope: row.scope.into(),
        person,
        issued_at: row.issued_at,
        expires_at: row.expires_at,
        read_at,
    }))
}

/// The person of a token's family, if the family lives.
///
/// The first use is written down before the token is called live: from then on the refresh token
/// before it is not taken for one whose answer was lost.
async fn owner(
    issuer: &Issuer,
    store: InEnvironment<'_>,
    family: TokenFamily,
    credential_uuid: &str,
    now: Millis,
) -> Result<Option<Arc<ResourceOwner>>, StoreError> {
    if family.is_dead {
        return Ok(None);
    }
    if !family.access_used {
        store
            .mark_access_used(family.id, family.generation, now)
            .await?;
    }
    let owner = ResourceOwner::new(family, credential_uuid, &issuer.standing);
    Ok(Some(Arc::new(owner)))
}
