//! A mark that moves with every change a cache must notice (not with token issuing).

use crate::database::{Row, Transaction};
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

impl Store {
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
        self.execute(MOVE_MARK, &[]).await.map(drop)
    }

    /// The same for a verb that may find nothing to change.
    pub(crate) async fn hold_changes(&self) -> Result<(), StoreError> {
        self.execute(HOLD_MARK, &[]).await.map(drop)
    }
}
