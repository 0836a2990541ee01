//! The clients of an environment, as the database knew them a moment ago.
//!
//! A success may be decided from memory; a refusal only on a memory that the change mark proves right,
//! or else on a fresh read, so that a secret rotated a moment ago on another node is never refused.

use std::sync::Arc;

use oauth::grant_type::GrantType;
use oauth::scope::Scope;
use store::{Client, InEnvironment, Millis, StoreError};

use crate::memory::standing::{Moment, Place, Standing};
use crate::{memory, said};

/// How many clients are remembered per environment.
const REMEMBERED: usize = 20_000;

/// A client with what requests ask of it worked out once.
#[derive(Debug)]
pub struct KnownClient {
    /// The rows.
    pub client: Client,
    /// All it may ask for.
    pub scope: Scope,
    /// The same as text, shared by every token that has all of it.
    pub scope_text: Arc<str>,
    /// Its UUID, shared by all its tokens.
    pub shared_uuid: Arc<str>,
    /// The grants it was made for.
    pub grants: Vec<GrantType>,
    /// What upstreams are told of it.
    pub said: said::OfClient,
    /// The moment before it was read.
    read_at: Moment,
    /// Where changes to it, and to its account, are written down.
    depends_on: [Place; 2],
}

impl KnownClient {
    fn new(client: Client, read_at: Moment, standing: &Standing) -> Self {
        // A scope that the grammar forbids cannot be stored; if one were, the client would have none of them.
        let scope = Scope::from_tokens(&client.credential.scopes).unwrap_or_default();
        let grants = client
            .credential
            .grant_types
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect();
        Self {
            scope_text: scope.as_str().into(),
            shared_uuid: client.credential.uuid.as_str().into(),
            said: said::OfClient::new(&client.credential),
            depends_on: [
                standing.of(client.credential.uuid.as_bytes()),
                standing.of(client.credential.account_id.as_bytes()),
            ],
            read_at,
            scope,
            grants,
            client,
        }
    }

    /// The UUID.
    pub fn uuid(&self) -> &str {
        &self.client.credential.uuid
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.client.credential.client_id
    }

    /// Neither disabled nor of a suspended account.
    pub fn is_enabled(&self) -> bool {
        self.client.credential.disabled_at.is_none() && self.client.account_suspended_at.is_none()
    }

    /// Whether a token issued at that moment may still live, as far as its client is concerned.
    pub fn honours_tokens_of(&self, issued_at: Millis) -> bool {
        let credential = &self.client.credential;
        // Whoever makes a deleted credential anew under its UUID does not wake its tokens. JWTs know whole seconds.
        let made_at = credential.created_at - credential.created_at.rem_euclid(1000);
        issued_at >= made_at && self.honours_imported_tokens_of(issued_at)
    }

    /// The same for a token that another server gave out, before its client came: that it came with this credential and not with
    /// one of the same UUID before, the database has said.
    pub fn honours_imported_tokens_of(&self, issued_at: Millis) -> bool {
        let revoked_at = self.client.credential.tokens_revoked_at;
        self.is_enabled() && revoked_at.is_none_or(|end| issued_at > end)
    }
}

/// The clients remembered.
pub struct Clients {
    by_client_id: quick_cache::sync::Cache<String, Arc<KnownClient>>,
    by_uuid: quick_cache::sync::Cache<String, Arc<KnownClient>>,
    standing: Arc<Standing>,
}

impl Clients {
    /// Nobody; who is remembered is believed as long as `standing` says so.
    pub fn new(standing: Arc<Standing>) -> Self {
        Self {
            by_client_id: memory::bounded(REMEMBERED),
            by_uuid: memory::bounded(REMEMBERED),
            standing,
        }
    }

    /// What memory holds and still stands.
    pub fn remembered(&self, client_id: &str) -> Option<Arc<KnownClient>> {
        let known = self.by_client_id.get(client_id)?;
        if self.stands(&known) {
            return Some(known);
        }
        self.by_client_id.remove(client_id);
        None
    }

    /// By client id, from the database.
    pub async fn fresh(
        &self,
        store: InEnvironment<'_>,
        client_id: &str,
    ) -> Result<Option<Arc<KnownClient>>, StoreError> {
        let read_at = self.standing.now();
        let found = store.find_client(client_id).await?;
        Ok(found.map(|client| self.remember(client, read_at)))
    }

    /// By UUID, from memory or the database: for judging the tokens that name it.
    pub async fn by_uuid(
        &self,
        store: InEnvironment<'_>,
        uuid: &str,
    ) -> Result<Option<Arc<KnownClient>>, StoreError> {
        if let Some(known) = self.by_uuid.get(uuid) {
            if self.stands(&known) {
                return Ok(Some(known));
            }
            self.by_uuid.remove(uuid);
        }
        let read_at = self.standing.now();
        let found = store.find_client_by_uuid(uuid).await?;
        Ok(found.map(|client| self.remember(client, read_at)))
    }

    /// Gives back the memory of what does not stand any more.
    pub fn clear(&self) {
        self.by_client_id.clear();
        self.by_uuid.clear();
    }

    fn stands(&self, known: &KnownClient) -> bool {
        self.standing.stands(known.read_at, &known.depends_on)
    }

    /// If it was changed while it was read, it does not stand and nobody finds it.
    fn remember(&self, client: Client, read_at: Moment) -> Arc<KnownClient> {
        let known = Arc::new(KnownClient::new(client, read_at, &self.standing));
        self.by_client_id
            .insert(known.client_id().to_owned(), Arc::clone(&known));
        self.by_uuid
            .insert(known.uuid().to_owned(), Arc::clone(&known));
        known
    }
}
