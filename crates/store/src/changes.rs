//! A mark that moves with every change a cache must notice (not with token issuing), and what it moved for.

use std::fmt::Write as _;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::database::{Database, Row, Transaction, params, postgres, sqlite};
use crate::statements::statements;
use crate::{EnvironmentName, FamilyId, Store, StoreError, TokenId};

statements! {
    SELECT_MARK = "select c.mark, r.stamp from changes c left join recent_changes r on r.mark = c.mark where c.id = 1";
    /// With the change that the asker saw last, by which it knows that the others follow.
    SELECT_NEWS = "select c.mark, r.mark, r.stamp, r.kind, r.subject from changes c \
        left join recent_changes r on r.mark >= $1 and r.mark <= c.mark where c.id = 1 order by r.mark";
    pub(crate) MOVE_MARK = "update changes set mark = mark + 1 where id = 1";
    /// Takes the row's lock and changes nothing that a cache would notice.
    HOLD_MARK = "update changes set mark = mark where id = 1";
}

/// Where the database's changes stand. Compare for equality only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ChangeMark(i64, i64);

/// What was changed, as far as whoever remembers something has to know. Another change than these moves no mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// One access token was ended by name.
    Token(TokenId),
    /// A family was ended, or one of its generations.
    Family(FamilyId),
    /// A person's rights, state or tokens.
    Person(String),
    /// Anything about a credential, its secrets and its tokens together.
    Credential(String),
    /// An account's state, or the tokens of all its credentials.
    Account(String),
    /// An environment has a signing key more, or keeps one differently; every token is what it was.
    SigningKeys(EnvironmentName),
    /// An environment has more tokens that another server gave out; every token that was known is what it was.
    ImportedTokens(EnvironmentName),
    /// Anything in an environment, its signing keys included.
    Environment(EnvironmentName),
    /// It cannot be said.
    Everything,
}

impl Change {
    /// Its kind and its subject, as they are written down.
    fn written(&self) -> (&'static str, String) {
        match self {
            Self::Token(id) => ("token", hex(id.0)),
            Self::Family(id) => ("family", hex(id.0)),
            Self::Person(id) => ("person", id.clone()),
            Self::Credential(uuid) => ("credential", uuid.clone()),
            Self::Account(id) => ("account", id.clone()),
            Self::SigningKeys(name) => ("signing_keys", name.as_str().to_owned()),
            Self::ImportedTokens(name) => ("imported_tokens", name.as_str().to_owned()),
            Self::Environment(name) => ("environment", name.as_str().to_owned()),
            Self::Everything => ("everything", String::new()),
        }
    }

    /// None where a newer Grantor wrote down what this one does not know.
    fn read(kind: &str, subject: String) -> Option<Self> {
        Some(match kind {
            "token" => Self::Token(TokenId(bytes(&subject)?)),
            "family" => Self::Family(FamilyId(bytes(&subject)?)),
            "person" => Self::Person(subject),
            "credential" => Self::Credential(subject),
            "account" => Self::Account(subject),
            "signing_keys" => Self::SigningKeys(EnvironmentName::new(&subject)),
            "imported_tokens" => Self::ImportedTokens(EnvironmentName::new(&subject)),
            "environment" => Self::Environment(EnvironmentName::new(&subject)),
            "everything" => Self::Everything,
            _ => return None,
        })
    }
}

/// What was changed since a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The mark now.
    pub mark: ChangeMark,
    /// Each change since the asker's mark, in order; None where the database cannot say: it was asked too late or for the first
    /// time, an older or newer Grantor changed something, or the mark is not of this database.
    pub changes: Option<Vec<Change>>,
}

/// Word of changes as they are made, by whichever process. A help and no promise: look at the mark from time to time as well.
pub struct Changes {
    word: Arc<Notify>,
    listening: Option<AbortHandle>,
}

impl Changes {
    /// Waits until something was changed, or may have been without our hearing of it. On SQLite, which sends no word, for ever.
    pub async fn heard(&self) {
        self.word.notified().await;
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

impl Store {
    /// Listens for changes, until what is given back is dropped.
    pub fn changes(&self) -> Changes {
        let word = Arc::new(Notify::new());
        let listening = match &self.database {
            Database::Sqlite(_) => None,
            Database::Postgres(postgres) => Some(postgres.listen(Arc::clone(&word))),
        };
        Changes { word, listening }
    }

    /// The mark now. Verbs on credentials (not making one), secrets (not last use, not rehash), accounts, tokens (revocation), people's rights
    /// and signing keys move it in their own transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn change_mark(&self) -> Result<ChangeMark, StoreError> {
        let rows = self.database.query(SELECT_MARK, &[]).await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(ChangeMark::default());
        };
        Ok(ChangeMark(
            row.integer()?,
            row.optional_integer()?.unwrap_or_default(),
        ))
    }

    /// What was changed since that mark, which was read from this database before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn news(&self, since: Option<ChangeMark>) -> Result<News, StoreError> {
        let Some(since) = since else {
            return self.nothing_to_tell().await;
        };
        let rows = self.database.query(SELECT_NEWS, params![since.0]).await?;
        let mut mark = ChangeMark::default();
        let mut found = Vec::with_capacity(rows.len());
        for mut row in rows {
            mark = ChangeMark(row.integer()?, 0);
            found.extend(Written::read(&mut row)?);
        }
        if let Some(last) = found.last().filter(|last| last.mark.0 == mark.0) {
            mark = last.mark;
        }
        match follow(since, mark, found) {
            Some(changes) => Ok(News {
                mark,
                changes: Some(changes),
            }),
            None => self.nothing_to_tell().await,
        }
    }

    async fn nothing_to_tell(&self) -> Result<News, StoreError> {
        Ok(News {
            mark: self.change_mark().await?,
            changes: None,
        })
    }
}

/// A change as it is written down.
struct Written {
    mark: ChangeMark,
    change: Option<Change>,
}

impl Written {
    /// None where no row was found.
    fn read(row: &mut Row) -> Result<Option<Self>, StoreError> {
        let Some(mark) = row.optional_integer()? else {
            return Ok(None);
        };
        let mark = ChangeMark(mark, row.integer()?);
        let (kind, subject) = (row.text()?, row.text()?);
        let change = Change::read(&kind, subject);
        Ok(Some(Self { mark, change }))
    }
}

/// The changes between two marks, if none of them is missing: the first that was found is the one that `since` stands for, and every mark
/// from there to `now` has its row.
fn follow(since: ChangeMark, now: ChangeMark, found: Vec<Written>) -> Option<Vec<Change>> {
    if since == now {
        return Some(Vec::new());
    }
    let mut found = found.into_iter();
    found.next().filter(|first| first.mark == since)?;
    let missed = usize::try_from(now.0.checked_sub(since.0)?).ok()?;
    let changes: Option<Vec<Change>> = found.map(|written| written.change).collect();
    changes.filter(|changes| changes.len() == missed)
}

impl Transaction<'_> {
    /// Moves the mark and writes down what for. A verb that decides by what it reads does this first: until its transaction ends, no
    /// other change is made, so that what it read stays true (SQLite's writer gives the same to every verb).
    pub(crate) async fn change(&self, change: &Change) -> Result<(), StoreError> {
        let (kind, subject) = change.written();
        match self {
            Self::Sqlite(..) => {
                self.execute(MOVE_MARK, &[]).await?;
                self.execute(sqlite::WRITE_CHANGE, params![kind, &subject])
                    .await?;
                self.execute(sqlite::REMOVE_CHANGES, &[]).await.map(drop)
            }
            Self::Postgres(..) => self
                .query(postgres::MOVE_MARK_AND_TELL, params![kind, &subject])
                .await
                .map(drop),
        }
    }

    /// The same for a verb that may find nothing to change, or changes nothing that anyone remembers.
    pub(crate) async fn hold_changes(&self) -> Result<(), StoreError> {
        self.execute(HOLD_MARK, &[]).await.map(drop)
    }
}

fn hex(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(32);
    for byte in bytes {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn bytes(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(mark: i64, stamp: i64, change: Option<Change>) -> Written {
        Written {
            mark: ChangeMark(mark, stamp),
            change,
        }
    }

    #[test]
    fn every_change_is_read_as_it_was_written() {
        let every = [
            Change::Token(TokenId([0xab; 16])),
            Change::Family(FamilyId([1; 16])),
            Change::Person("anna".to_owned()),
            Change::Credential("c".to_owned()),
            Change::Account(String::new()),
            Change::SigningKeys(EnvironmentName::new("rc")),
            Change::ImportedTokens(EnvironmentName::new("rc")),
            Change::Environment(EnvironmentName::new("rc")),
            Change::Everything,
        ];
        for change in every {
            let (kind, subject) = change.written();
            assert_eq!(Change::read(kind, subject), Some(change));
        }
        assert_eq!(Change::read("weather", String::new()), None);
        for wrong in [
            "",
            "ab",
            "+0000000000000000000000000000001",
            &"g".repeat(32),
        ] {
            assert_eq!(Change::read("token", wrong.to_owned()), None);
        }
    }

    #[test]
    fn s246_where_a_change_is_missing_nobody_says_what_was_changed() {
        let one = || Some(Change::Credential("one".to_owned()));
        let two = || Some(Change::Account("two".to_owned()));
        let since = ChangeMark(5, 50);
        let now = ChangeMark(7, 70);
        let whole = vec![
            written(5, 50, one()),
            written(6, 60, one()),
            written(7, 70, two()),
        ];
        assert_eq!(follow(since, now, whole).map(|all| all.len()), Some(2));
        assert_eq!(follow(since, since, Vec::new()), Some(Vec::new()));
        let wrong = [
            // Asked too late, or the first change ever.
            vec![written(6, 60, one()), written(7, 70, two())],
            // Another database's mark: the number is the same, the change is not.
            vec![
                written(5, 51, one()),
                written(6, 60, one()),
                written(7, 70, two()),
            ],
            // An older Grantor moved the mark, in between or at the end.
            vec![written(5, 50, one()), written(7, 70, two())],
            vec![written(5, 50, one()), written(6, 60, one())],
            // A newer one wrote what this one does not know.
            vec![
                written(5, 50, one()),
                written(6, 60, None),
                written(7, 70, two()),
            ],
            Vec::new(),
        ];
        for found in wrong {
            assert_eq!(follow(since, now, found), None);
        }
        // A database that went back in time.
        assert_eq!(follow(now, since, vec![written(7, 70, two())]), None);
        assert_eq!(
            follow(now, ChangeMark(7, 71), vec![written(7, 71, two())]),
            None
        );
    }
}
