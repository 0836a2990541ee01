//! A mark that moves with every change a cache must notice (not with token issuing).

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::database::{Database, Row, Transaction, postgres};
use crate::statements::statements;
use crate::{Store, StoreError};

statements! {
    SELECT_MARK = "select mark from changes where id = 1";
    MOVE_MARK = "update changes set mark = mark + 1 where id = 1";
    /// Takes the row's lock and changes nothing that a cache would notice.
    HOLD_MARK = "update changes set mark = mark where id = 1";
}

/// Compare for equality only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ChangeMark(pub i64, pub i64);

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

    /// The mark now. Verbs on credentials, secrets (not last use, not rehash), accounts, tokens (revocation) and signing keys move it in their own transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn change_mark(&self) -> Result<ChangeMark, StoreError> {
        let mark = self
            .database
            .query(SELECT_MARK, &[])
            .await?
            .first_mut()
            .map(Row::integer)
            .transpose()?;
        Ok(ChangeMark(mark.unwrap_or_default(), 0))
    }
}

impl Transaction<'_> {
    /// Moves the mark. A verb that decides by what it reads does this first: until its transaction ends, no
    /// other change is made, so that what it read stays true (SQLite's writer gives the same to every verb).
    pub(crate) async fn change(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(..) => self.execute(MOVE_MARK, &[]).await.map(drop),
            Self::Postgres(..) => self
                .query(postgres::MOVE_MARK_AND_TELL, &[])
                .await
                .map(drop),
        }
    }

    /// The same for a verb that may find nothing to change.
    pub(crate) async fn hold_changes(&self) -> Result<(), StoreError> {
        self.execute(HOLD_MARK, &[]).await.map(drop)
    }
}
