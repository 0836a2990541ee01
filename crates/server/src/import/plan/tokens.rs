//! Tokens that live: whose they are here, what they are good for, and until when. None lives longer here than it did there.

use std::collections::HashMap;

use store::{
    FamilyId, ImportedMark, ImportedTokens, KnownPerson, Millis, NewFamily, NewRefreshToken,
    TokenId,
};

use super::Plan;
use crate::import::client::Obstacle;
use crate::import::token::{ForeignToken, ForeignTokens, TokensNotComing};
use crate::people::username;
use crate::random::{self, NoRandomness};
use crate::tokens::imported::{self, Kind};

/// A credential that tokens come to.
#[derive(Clone)]
struct Holder {
    uuid: String,
    account_id: String,
    scopes: Vec<String>,
}

impl Plan<'_> {
    /// Plans those that are new; everything else is counted.
    pub(super) fn tokens(&mut self, tokens: Vec<ForeignTokens>) -> Result<(), NoRandomness> {
        let new: HashMap<String, usize> = self
            .import
            .clients
            .iter()
            .enumerate()
            .map(|(at, client)| (client.client_id.clone(), at))
            .collect();
        let mut refused = TokensNotComing::default();
        for tokens in tokens {
            let holder = self.holder(&new, &tokens.client_id);
            self.authorization(tokens, holder, &mut refused)?;
        }
        self.report.tokens_not_coming = refused.count();
        self.report.not_coming.extend(refused.rows());
        Ok(())
    }

    /// A client that comes now, or came before and is here.
    fn holder(&self, new: &HashMap<String, usize>, client_id: &str) -> Option<Holder> {
        if let Some(client) = new
            .get(client_id)
            .and_then(|at| self.import.clients.get(*at))
        {
            return Some(Holder {
                uuid: client.uuid.clone(),
                account_id: client.account_id.clone(),
                scopes: client.scopes.clone(),
            });
        }
        let came = self.known.imported.get(client_id)?;
        let here = self.known.credentials.get(client_id)?;
        (here.uuid == *came).then(|| Holder {
            uuid: here.uuid.clone(),
            account_id: here.account_id.clone(),
            scopes: here.scopes.clone(),
        })
    }

    fn authorization(
        &mut self,
        mut tokens: ForeignTokens,
        holder: Option<Holder>,
        refused: &mut TokensNotComing,
    ) -> Result<(), NoRandomness> {
        let now = self.order.now;
        // Whoever sent the list may not have been our reader.
        let lives = |token: &ForeignToken| {
            token.digest.0.len() == 32 && token.ends_at.is_none_or(|end| end > now)
        };
        tokens.access.retain(lives);
        tokens.refresh = tokens.refresh.filter(lives);
        let mut refuse =
            |count: u64, obstacle| refused.add(&tokens.client_id, &tokens.place, count, obstacle);
        if tokens.person.is_none() && tokens.refresh.take().is_some() {
            let obstacle = Obstacle::new(
                "It is a refresh token of a client for itself (RFC 6749 section 4.4.3).",
                "Nothing: the client asks for a new token with its secret.",
            );
            refuse(1, obstacle);
        }
        let before = self.came_before(&tokens);
        self.report.tokens_unchanged += before;
        let all = tokens.access.len() as u64 + u64::from(tokens.refresh.is_some());
        if all == before {
            return Ok(());
        }
        if before > 0 {
            let obstacle = Obstacle::new(
                "It belongs to an authorization of which other tokens came before.",
                "Nothing: its program refreshes here, or its person signs in anew.",
            );
            refuse(all - before, obstacle);
            return Ok(());
        }
        let Some(holder) = holder else {
            let obstacle = Obstacle::new(
                "Its client did not come.",
                "Look why under the clients, and import once more.",
            );
            refuse(all, obstacle);
            return Ok(());
        };
        let person = match self.person(&tokens, &holder) {
            Ok(person) => person,
            Err(obstacle) => {
                refuse(all, obstacle);
                return Ok(());
            }
        };
        let never = tokens.access.iter().filter(|one| one.ends_at.is_none());
        let never = never.count() as u64;
        if never > 0 && self.order.tokens_until.is_none() {
            let obstacle = Obstacle::new(
                "It never ends there, and tokens end here.",
                "Say by `--tokens-until DATE` when such tokens end here.",
            );
            refuse(never, obstacle);
            tokens.access.retain(|one| one.ends_at.is_some());
        }
        if tokens.is_empty() {
            return Ok(());
        }
        self.take(tokens, holder, person)
    }

    /// How many of them came before, or stand twice in the source.
    fn came_before(&self, tokens: &ForeignTokens) -> u64 {
        let access = tokens.access.iter().map(|token| (Kind::Access, token));
        let refresh = tokens.refresh.iter().map(|token| (Kind::Refresh, token));
        let known = access.chain(refresh).filter(|(kind, token)| {
            let hash = self.kept(*kind, token);
            self.known.tokens.contains(&TokenId::of_imported(&hash))
        });
        known.count() as u64
    }

    /// None for a client's own tokens.
    fn person(
        &self,
        tokens: &ForeignTokens,
        holder: &Holder,
    ) -> Result<Option<KnownPerson>, Obstacle> {
        let Some(name) = &tokens.person else {
            return Ok(None);
        };
        let canonical = username::canonical(name).ok();
        let person = canonical.and_then(|name| self.known.people.get(&name));
        let Some(person) = person else {
            return Err(Obstacle::new(
                "It speaks for a person, and nobody of that name may sign in here.",
                "Make the person here under that name, and import once more.",
            ));
        };
        if person.account_id.as_ref() != Some(&holder.account_id) {
            return Err(Obstacle::new(
                "It speaks for a person of another account than its client's.",
                "Name the account of clients by `--account-by`, so that clients and people meet in it.",
            ));
        }
        Ok(Some(person.clone()))
    }

    fn take(
        &mut self,
        tokens: ForeignTokens,
        holder: Holder,
        person: Option<KnownPerson>,
    ) -> Result<(), NoRandomness> {
        let until = self.order.tokens_until.unwrap_or(self.order.now);
        let mut taken = ImportedTokens {
            scope: self.scope(&tokens, &holder),
            credential_uuid: holder.uuid,
            issued_at: tokens.issued_at.min(self.order.now),
            access: Vec::new(),
            refresh: None,
            family: None,
        };
        for token in &tokens.access {
            taken.access.push(ImportedMark {
                secret_hash: self.kept(Kind::Access, token),
                expires_at: token.ends_at.unwrap_or(until),
                gone_at: token.ends_at,
            });
        }
        taken.refresh = tokens.refresh.as_ref().map(|token| ImportedMark {
            secret_hash: self.kept(Kind::Refresh, token),
            expires_at: self.refreshable_until(token),
            gone_at: token.ends_at,
        });
        if let Some(person) = person {
            taken.family = Some(self.family(&taken, &tokens, person)?);
        }
        for mark in taken.access.iter().chain(&taken.refresh) {
            let id = TokenId::of_imported(&mark.secret_hash);
            self.known.tokens.insert(id);
            self.report.tokens_new += 1;
        }
        self.import.tokens.push(taken);
        Ok(())
    }

    /// What the client may do here of what the token was good for.
    fn scope(&mut self, tokens: &ForeignTokens, holder: &Holder) -> String {
        let Some(scopes) = &tokens.scopes else {
            return holder.scopes.join(" ");
        };
        for scope in scopes.iter().filter(|scope| !holder.scopes.contains(scope)) {
            self.left_out.scope_of_token(scope, &tokens.client_id);
        }
        let mut kept = holder.scopes.clone();
        kept.retain(|scope| scopes.contains(scope));
        kept.join(" ")
    }

    /// As long as one that is issued now, and no longer than there.
    fn refreshable_until(&self, token: &ForeignToken) -> Millis {
        let here = self.later(self.order.environment.refresh_token_lifetime);
        token.ends_at.map_or(here, |there| there.min(here))
    }

    /// What the tokens of a person live and die with. Its first generation is the one that came.
    fn family(
        &self,
        taken: &ImportedTokens,
        tokens: &ForeignTokens,
        person: KnownPerson,
    ) -> Result<NewFamily, NoRandomness> {
        let now = self.order.now;
        let last = taken.access.iter().map(|mark| mark.expires_at).max();
        let (secret_hash, refreshable_until, expires_at) = match &taken.refresh {
            Some(refresh) => (
                refresh.secret_hash,
                refresh.expires_at,
                self.later(self.order.environment.refresh_token_absolute_lifetime),
            ),
            None => {
                let digest = tokens.access.first().map_or([0; 32], digest);
                let name = &self.order.environment.name;
                let last = last.unwrap_or(now);
                (imported::no_refresh_token(name, &digest), last, last)
            }
        };
        Ok(NewFamily {
            id: FamilyId(random::ordered(now)?),
            credential_uuid: taken.credential_uuid.clone(),
            person_id: person.id,
            scope: taken.scope.clone(),
            // So that what ended the client's tokens here since then ends it too.
            created_at: taken.issued_at,
            expires_at,
            refresh: NewRefreshToken {
                secret_hash,
                issued_at: taken.issued_at,
                expires_at: refreshable_until,
            },
            access: None,
        })
    }

    fn kept(&self, kind: Kind, token: &ForeignToken) -> [u8; 32] {
        imported::kept(&self.order.environment.name, kind, &digest(token))
    }

    /// So many seconds from now.
    fn later(&self, seconds: u64) -> Millis {
        let millis = i64::try_from(seconds).unwrap_or(i64::MAX / 2000) * 1000;
        self.order.now.saturating_add(millis)
    }
}

/// Its length was looked at before.
fn digest(token: &ForeignToken) -> [u8; 32] {
    token.digest.0.as_slice().try_into().unwrap_or([0; 32])
}
