//! Tokens of another server that live on here until they end.
//!
//! That server kept a SHA-256 of each token's text, or of the text with the token's kind behind it, or the text itself. What is
//! kept here is one step further: a SHA-256 of that digest, of what the token is for and of its environment. So a text leads to
//! its row, and what stood in the old server's table leads nowhere. There is no key in it, as there is none in the hash of a
//! token of ours: tokens are drawn by a program, and nobody can search for them.
//!
//! Whoever presents a text that is none of ours costs a read only as long as such tokens live here ([`Until`]).

use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::digest::{Context, SHA256};
use store::{AccessToken, EnvironmentName, FamilyId, InEnvironment, Millis, StoreError, TokenId};
use subtle::ConstantTimeEq;

use super::cache::TokenHash;
use super::opaque;

/// What a token is for; the one is never taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It opens the API.
    Access,
    /// It is exchanged.
    Refresh,
}

impl Kind {
    fn step(self) -> &'static [u8] {
        match self {
            Self::Access => b"imported access token",
            Self::Refresh => b"imported refresh token",
        }
    }

    /// What stands behind the text where the old server hashed a token with its kind.
    fn behind(self) -> &'static str {
        match self {
            Self::Access => ":reference_token",
            Self::Refresh => ":refresh_token",
        }
    }
}

/// What is kept of a token, made of the digest that the old server kept.
pub fn kept(environment: &EnvironmentName, kind: Kind, digest: &TokenHash) -> TokenHash {
    further(environment, kind.step(), digest)
}

/// What stands in the place of a refresh token where there is none: nobody has a text of which it is the hash.
pub fn no_refresh_token(environment: &EnvironmentName, digest: &TokenHash) -> TokenHash {
    further(environment, b"no refresh token", digest)
}

/// The parts are told apart by the zero bytes between them, which none of them holds but the last, and that has one length.
fn further(environment: &EnvironmentName, step: &[u8], digest: &TokenHash) -> TokenHash {
    let mut hashing = Context::new(&SHA256);
    for part in [step, environment.as_str().as_bytes()] {
        hashing.update(part);
        hashing.update(&[0]);
    }
    hashing.update(digest);
    let mut hash = [0; 32];
    hash.copy_from_slice(hashing.finish().as_ref());
    hash
}

/// The two hashes under which a presented text may be kept.
fn of_presented(
    environment: &EnvironmentName,
    kind: Kind,
    text: &str,
    hash: &TokenHash,
) -> [TokenHash; 2] {
    let with_kind = opaque::hash(&format!("{text}{}", kind.behind()));
    [hash, &with_kind].map(|digest| kept(environment, kind, digest))
}

/// Looks for an access token by its text, of which `hash` is the SHA-256.
///
/// # Errors
/// The database could not be asked.
pub async fn find_access(
    store: InEnvironment<'_>,
    environment: &EnvironmentName,
    text: &str,
    hash: &TokenHash,
) -> Result<Option<AccessToken>, StoreError> {
    let hashes = of_presented(environment, Kind::Access, text, hash);
    let ids = hashes.map(|hash| TokenId::of_imported(&hash));
    let found = store.find_imported_access_tokens(ids).await?;
    let proven = |row: &AccessToken| is_one_of(&row.secret_hash, &hashes);
    Ok(found.into_iter().find(proven))
}

/// The family of a refresh token, of which it is the first generation, and the hash that proves it.
///
/// # Errors
/// The database could not be asked.
pub async fn find_refresh(
    store: InEnvironment<'_>,
    environment: &EnvironmentName,
    text: &str,
) -> Result<Option<(FamilyId, TokenHash)>, StoreError> {
    let hashes = of_presented(environment, Kind::Refresh, text, &opaque::hash(text));
    let ids = hashes.map(|hash| TokenId::of_imported(&hash));
    let found = store.find_imported_refresh_tokens(ids).await?;
    let proven = found
        .into_iter()
        .find(|row| is_one_of(&row.secret_hash, &hashes));
    Ok(proven.map(|row| (row.family, row.secret_hash)))
}

fn is_one_of(kept: &TokenHash, hashes: &[TokenHash; 2]) -> bool {
    let [one, other] = hashes;
    bool::from(kept.ct_eq(one) | kept.ct_eq(other))
}

/// Until when tokens of another server may live in an environment, as the database knew it a moment ago.
#[derive(Debug)]
pub struct Until(AtomicI64);

impl Default for Until {
    fn default() -> Self {
        Self(AtomicI64::new(Millis::MIN))
    }
}

impl Until {
    /// Whether a text that is none of ours may be one of those.
    pub fn may_live(&self, now: Millis) -> bool {
        now < self.0.load(Ordering::Acquire)
    }

    /// As the database knows it now. It only moves on: of two who read at once the later one may be the first to say.
    pub fn set(&self, until: Option<Millis>) {
        self.0
            .fetch_max(until.unwrap_or(Millis::MIN), Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_tells_kinds_environments_and_digests_apart() {
        let names = ["production", "rc"].map(EnvironmentName::new);
        let mut all = std::collections::HashSet::new();
        for name in &names {
            for digest in [[1; 32], [2; 32]] {
                all.insert(kept(name, Kind::Access, &digest));
                all.insert(kept(name, Kind::Refresh, &digest));
                all.insert(no_refresh_token(name, &digest));
            }
        }
        assert_eq!(all.len(), 12);
        assert!(
            all.iter()
                .all(|hash| TokenId::of_imported(hash).is_imported())
        );
        assert!(!TokenId([0; 16]).is_imported());
    }

    #[test]
    fn a_text_leads_to_what_is_kept_of_it_and_what_was_kept_there_does_not() {
        let name = EnvironmentName::new("production");
        let text = "9XcBbT2u4xXIx3r2e0d1xkW5Vb1nQWwLvF6m7n8o9p0";
        let (plain, typed) = (
            opaque::hash(text),
            opaque::hash(&format!("{text}:reference_token")),
        );
        let found = of_presented(&name, Kind::Access, text, &plain);
        assert_eq!(
            found,
            [
                kept(&name, Kind::Access, &plain),
                kept(&name, Kind::Access, &typed)
            ]
        );
        let stored = opaque::hex(&plain);
        let by_stored = of_presented(&name, Kind::Access, &stored, &opaque::hash(&stored));
        assert!(by_stored.iter().all(|hash| !found.contains(hash)));
    }

    #[test]
    fn nobody_looks_where_none_lives() {
        let until = Until::default();
        assert!(!until.may_live(0));
        until.set(Some(10));
        assert!(until.may_live(9) && !until.may_live(10));
        until.set(None);
        until.set(Some(5));
        assert!(until.may_live(9) && !until.may_live(10));
    }
}
