//! What would stop, or come back, before anything does: counted, and nothing changed.

use std::time::Duration;

use super::{COUNT_CREDENTIALS, COUNT_SESSIONS};
use crate::access_tokens::{COUNT_LIVE_OF_ACCOUNT, COUNT_LIVE_OF_CREDENTIAL};
use crate::database::{Row, Value, params};
use crate::statements::statements;
use crate::{InEnvironment, Millis, Store, StoreError};

statements! {
    LAST_USE = "select max(s.last_used_at) from secrets s join credentials c on c.uuid = s.credential_uuid where c.account_id = $1";
}

/// How long live tokens are counted for a preview: there may be millions, and someone waits for the page.
const PATIENCE: Duration = Duration::from_secs(3);

/// What of an account works, or will work again when its suspension ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Credentials that are not switched off, over all environments.
    pub credentials: u64,
    /// Live opaque tokens; none when they could not be counted in time.
    pub tokens: Option<u64>,
    /// Browsers in which the account's people are signed in.
    pub sessions: u64,
    /// When any of its credentials was last used.
    pub last_used_at: Option<Millis>,
}

impl Store {
    /// What suspending an account would stop, and restoring it would bring back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn standing_of_account(&self, id: &str, now: Millis) -> Result<Standing, StoreError> {
        let credentials = self
            .database
            .query(COUNT_CREDENTIALS, params![id])
            .await?
            .first_mut()
            .map_or(Ok(0), Row::count)?;
        let sessions = self
            .database
            .query(COUNT_SESSIONS, params![id, now])
            .await?
            .first_mut()
            .map_or(Ok(0), Row::count)?;
        let last_used_at = self
            .database
            .query(LAST_USE, params![id])
            .await?
            .first_mut()
            .map_or(Ok(None), Row::optional_integer)?;
        let params = vec![id.to_owned().into(), now.into()];
        Ok(Standing {
            credentials,
            tokens: self.counted(COUNT_LIVE_OF_ACCOUNT, params).await?,
            sessions,
            last_used_at,
        })
    }

    async fn counted(
        &self,
        sql: &'static str,
        params: Vec<Value<'static>>,
    ) -> Result<Option<u64>, StoreError> {
        let rows = self.database.scan_within(PATIENCE, sql, params).await?;
        rows.map(|mut rows| rows.first_mut().map_or(Ok(0), Row::count))
            .transpose()
    }
}

impl InEnvironment<'_> {
    /// Live opaque tokens of a credential; none when they could not be counted in time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn preview_live_tokens(
        &self,
        uuid: &str,
        now: Millis,
    ) -> Result<Option<u64>, StoreError> {
        let environment = self.environment.as_str().to_owned();
        let params = vec![uuid.to_owned().into(), environment.into(), now.into()];
        self.store.counted(COUNT_LIVE_OF_CREDENTIAL, params).await
    }
}
