//! Tokens judged live a moment ago, by the SHA-256 of their text.
//!
//! Only what belongs to the token is kept; whether its client is enabled, suspended or has had its
//! tokens revoked is asked of the client each time. Whether the token itself, or what it depends on for its person, was
//! changed since it was read is told by [`Standing`].

use std::sync::{Arc, Once};

use store::{Millis, TokenFamily, TokenId};

use crate::clients::KnownClient;
use crate::memory;
use crate::memory::standing::{Moment, Place, Standing};

/// How many tokens are remembered per environment; with all that the table needs one takes 130 to 150 bytes.
const REMEMBERED: usize = 100_000;

/// SHA-256 of a token's text: equal hashes are equal tokens.
pub type TokenHash = [u8; 32];

/// The person a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceOwner {
    /// Id.
    pub id: String,
    /// Name to sign in with.
    pub username: String,
    /// What such a token ends with: its family, the person, the person's account, the credential that the family was begun by.
    depends_on: [Place; 4],
}

impl ResourceOwner {
    /// Of a family that was begun by that credential.
    pub fn new(family: TokenFamily, credential_uuid: &str, standing: &Standing) -> Self {
        let account = family.account_id.unwrap_or_default();
        Self {
            depends_on: [
                standing.of(&family.id.0),
                standing.of(family.person_id.as_bytes()),
                standing.of(account.as_bytes()),
                standing.of(credential_uuid.as_bytes()),
            ],
            id: family.person_id,
            username: family.username,
        }
    }
}

/// What is remembered of a token.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// Its id (`jti`).
    pub id: TokenId,
    /// The credential it was issued to.
    pub credential_uuid: Arc<str>,
    /// Space separated.
    pub scope: Arc<str>,
    /// For whom, if not for the client itself.
    pub person: Option<Arc<ResourceOwner>>,
    /// When it was issued.
    pub issued_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// The moment before it was read.
    pub read_at: Moment,
}

impl Remembered {
    /// The same, with its texts shared with its client's: most tokens then add nothing but themselves.
    pub fn sharing_with(self, client: &KnownClient) -> Self {
        let scope = if self.scope == client.scope_text {
            Arc::clone(&client.scope_text)
        } else {
            self.scope
        };
        Self {
            credential_uuid: Arc::clone(&client.shared_uuid),
            scope,
            ..self
        }
    }
}

/// The tokens remembered.
pub struct TokenCache {
    tokens: quick_cache::sync::Cache<TokenHash, Remembered>,
    /// Whether room for all of them was asked for.
    room: Once,
    standing: Arc<Standing>,
}

impl TokenCache {
    /// Empty; what is put in stands as long as `standing` says so.
    pub fn new(standing: Arc<Standing>) -> Self {
        Self {
            tokens: memory::bounded(REMEMBERED),
            room: Once::new(),
            standing,
        }
    }

    /// What memory holds and still stands.
    pub fn get(&self, hash: &TokenHash) -> Option<Remembered> {
        let token = self.tokens.get(hash)?;
        if self.stands(&token) {
            return Some(token);
        }
        // Perhaps somebody has put it in anew by now: then it is read once more.
        self.tokens.remove(hash);
        None
    }

    fn stands(&self, token: &Remembered) -> bool {
        let own = [Standing::of_token(token.id)];
        self.standing.stands(token.read_at, &own)
            && (!token.id.is_imported() || self.credential_stands(token))
            && token
                .person
                .as_ref()
                .is_none_or(|person| self.standing.stands(token.read_at, &person.depends_on))
    }

    /// Whether its credential is still the one that it came with is known where the token is read and nowhere else.
    fn credential_stands(&self, token: &Remembered) -> bool {
        let credential = self.standing.of(token.credential_uuid.as_bytes());
        self.standing.stands(token.read_at, &[credential])
    }

    /// Remembers what was read. If something was forgotten meanwhile on which it depends, it does not stand and nobody finds it.
    pub fn insert(&self, hash: TokenHash, token: Remembered) {
        // At once, since what grows by doubling leaves its former halves behind, and everyone waits while it is copied. The
        // system gives a page when something is written there, so an environment with few tokens stays small.
        self.room.call_once(|| self.tokens.reserve(REMEMBERED));
        self.tokens.insert(hash, token);
    }

    /// Gives back the memory of what does not stand any more.
    pub fn clear(&self) {
        self.tokens.clear();
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Change, FamilyId};

    fn family(person: &str, account: &str, number: u8) -> TokenFamily {
        TokenFamily {
            id: FamilyId([number; 16]),
            generation: 1,
            person_id: person.to_owned(),
            username: person.to_owned(),
            account_id: Some(account.to_owned()),
            is_dead: false,
            access_used: true,
        }
    }

    fn token(number: u8, person: Option<ResourceOwner>, standing: &Standing) -> Remembered {
        Remembered {
            id: TokenId([number; 16]),
            credential_uuid: "".into(),
            scope: "".into(),
            person: person.map(Arc::new),
            issued_at: 0,
            expires_at: 1,
            read_at: standing.now(),
        }
    }

    /// Which of the tokens 1, 2 (client's own), 3 and 4 (of Anna and Bert) are still found after a change.
    fn left_after(change: &Change) -> Vec<u8> {
        let standing = Arc::new(Standing::default());
        let cache = TokenCache::new(Arc::clone(&standing));
        let owner = |person, account, number| {
            Some(ResourceOwner::new(
                family(person, account, number),
                "shop",
                &standing,
            ))
        };
        let people = [
            None,
            None,
            owner("anna", "acme", 3),
            owner("bert", "globex", 4),
        ];
        for (number, person) in (1..).zip(people) {
            cache.insert([number; 32], token(number, person, &standing));
        }
        standing.forget(change);
        (1..=4)
            .filter(|number| cache.get(&[*number; 32]).is_some())
            .collect()
    }

    #[test]
    fn p11_a_remembered_token_takes_little() {
        // With its hash; the rest of 150 bytes is what the cache itself needs.
        let bytes = size_of::<TokenHash>() + size_of::<Remembered>();
        assert!(bytes <= 112, "{bytes}");
    }

    #[test]
    fn a_token_is_forgotten_with_what_it_depends_on_and_with_nothing_else() {
        let cases = [
            (Change::Token(TokenId([1; 16])), vec![2, 3, 4]),
            (Change::Token(TokenId([3; 16])), vec![1, 2, 4]),
            (Change::Family(FamilyId([3; 16])), vec![1, 2, 4]),
            (Change::Person("anna".to_owned()), vec![1, 2, 4]),
            (Change::Account("globex".to_owned()), vec![1, 2, 3]),
            // A client's own token asks its client each time.
            (Change::Credential("shop".to_owned()), vec![1, 2]),
            (Change::Credential("other".to_owned()), vec![1, 2, 3, 4]),
            (Change::Person("carl".to_owned()), vec![1, 2, 3, 4]),
            (
                Change::SigningKeys(store::EnvironmentName::new("rc")),
                vec![1, 2, 3, 4],
            ),
            (Change::Everything, vec![]),
        ];
        for (change, left) in cases {
            assert_eq!(left_after(&change), left, "{change:?}");
        }
    }

    #[test]
    fn an_imported_token_is_read_anew_when_its_credential_was_changed() {
        let standing = Arc::new(Standing::default());
        let cache = TokenCache::new(Arc::clone(&standing));
        let imported = Remembered {
            id: TokenId::of_imported(&[7; 32]),
            credential_uuid: "shop".into(),
            ..token(1, None, &standing)
        };
        cache.insert([1; 32], imported.clone());
        standing.forget(&Change::Credential("other".to_owned()));
        assert!(cache.get(&[1; 32]).is_some());
        standing.forget(&Change::Credential("shop".to_owned()));
        assert!(cache.get(&[1; 32]).is_none());
    }

    #[test]
    fn s246_what_was_read_before_a_change_and_put_in_after_it_is_not_found() {
        let standing = Arc::new(Standing::default());
        let cache = TokenCache::new(Arc::clone(&standing));
        let read = token(1, None, &standing);
        let other = token(2, None, &standing);
        standing.forget(&Change::Token(TokenId([1; 16])));
        cache.insert([1; 32], read.clone());
        cache.insert([2; 32], other);
        assert!(cache.get(&[1; 32]).is_none(), "the token that was revoked");
        assert!(cache.get(&[2; 32]).is_some(), "another one");
        // Neither in the place of one that was read after the change.
        cache.insert([1; 32], token(1, None, &standing));
        cache.insert([1; 32], read);
        assert!(cache.get(&[1; 32]).is_none());
        assert_eq!(
            cache.len(),
            1,
            "what does not stand takes no room once it was asked for"
        );
    }
}
