//! Accounts: the customers. An account is one over all environments.

pub(crate) mod preview;
pub(crate) mod search;

use crate::access_tokens::COUNT_LIVE_OF_ACCOUNT;
use crate::database::{Row, params};
use crate::search::like;
use crate::statements::statements;
use crate::{AuditEvent, Change, Millis, Refused, Store, StoreError};

statements! {
    SELECT_LIST = "select a.id, a.name, a.created_at, a.suspended_at, (select count(*) from credentials c where c.account_id = a.id) \
        from (select * from accounts where (cast($1 as text) is null or lower(name) like $1 escape '!' or id = $2) \
        and (cast($3 as text) is null or name > $3) order by name limit $4) a order by a.name";
    SELECT_ACCOUNT = "select a.id, a.name, a.created_at, a.suspended_at, (select count(*) from credentials c where c.account_id = a.id) \
        from accounts a where a.id = $1 or a.name = $1 order by case when a.id = $1 then 0 else 1 end limit 1";
    SELECT_EXISTS = "select id from accounts where id = $1";
    COUNT_CREDENTIALS = "select count(*) from credentials where account_id = $1 and disabled_at is null";
    SUSPEND = "update accounts set suspended_at = $1 where id = $2 and suspended_at is null";
    RESTORE = "update accounts set suspended_at = null where id = $1 and suspended_at is not null";
    COUNT_SESSIONS = "select count(*) from sessions s join present_people p on p.id = s.person_id where p.account_id = $1 and s.expires_at > $2 and p.disabled_at is null";
    REVOKE_TOKENS = "update credentials set tokens_revoked_at = case when tokens_revoked_at > $1 then tokens_revoked_at else $1 end where account_id = $2";
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its name, unique over all environments.
    pub name: String,
    /// When it was made.
    pub created_at: Millis,
    /// Set while it is suspended.
    pub suspended_at: Option<Millis>,
    /// Credentials over all environments.
    pub credentials: u64,
}

/// What suspending or ending stopped, or what restoring brought back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Credentials that were not disabled.
    pub credentials: u64,
    /// Live opaque tokens.
    pub tokens: u64,
    /// Browsers in which the account's people are signed in.
    pub sessions: u64,
}

/// Which way an account is switched.
#[derive(Clone, Copy)]
enum Switch {
    Suspend,
    Restore,
}

impl Store {
    /// With the text in the name, or as the whole id; by name, at most `limit` after the name given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn list_accounts(
        &self,
        text: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        let (pattern, text) = sought(text);
        self.database
            .query(SELECT_LIST, params![pattern, &text, after, limit])
            .await?
            .into_iter()
            .map(|mut row| Account::read(&mut row))
            .collect()
    }

    /// By id or by exact name; an id wins.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_account(&self, id_or_name: &str) -> Result<Option<Account>, StoreError> {
        if id_or_name.contains('\0') {
            return Ok(None);
        }
        let rows = self
            .database
            .query(SELECT_ACCOUNT, params![id_or_name])
            .await?;
        rows.into_iter()
            .next()
            .map(|mut row| Account::read(&mut row))
            .transpose()
    }

    /// Stops every credential, token and session of the account, reversibly. Nothing is changed, and no audit row written, when it is suspended already.
    ///
    /// # Errors
    /// `Refused::NotFound` for an unknown account.
    pub async fn suspend_account(
        &self,
        id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Stopped, StoreError> {
        self.switch_account(id, Switch::Suspend, now, audit).await
    }

    /// Undoes a suspension: what was live before and has not expired is live again.
    ///
    /// # Errors
    /// `Refused::NotFound` for an unknown account.
    pub async fn restore_account(
        &self,
        id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Stopped, StoreError> {
        self.switch_account(id, Switch::Restore, now, audit).await
    }

    /// Suspends or restores, and counts what that touches; an account that stands so already stays untouched, without an audit row.
    async fn switch_account(
        &self,
        id: &str,
        switch: Switch,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Stopped, StoreError> {
        let tokens = self.count_for_report(id, now).await;
        let id = id.to_owned();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Account(id.clone())).await?;
                    tx.first(SELECT_EXISTS, params![&id])
                        .await?
                        .ok_or(Refused::NotFound("account"))?;
                    let switched = match switch {
                        Switch::Suspend => tx.execute(SUSPEND, params![now, &id]).await?,
                        Switch::Restore => tx.execute(RESTORE, params![&id]).await?,
                    };
                    if switched == 0 {
                        return Ok(Stopped::default());
                    }
                    tx.record(audit.about(None, Some(&id), Some(&id))).await?;
                    let credentials = tx
                        .first(COUNT_CREDENTIALS, params![&id])
                        .await?
                        .as_mut()
                        .map_or(Ok(0), Row::count)?;
                    let sessions = tx
                        .first(COUNT_SESSIONS, params![&id, now])
                        .await?
                        .as_mut()
                        .map_or(Ok(0), Row::count)?;
                    Ok(Stopped {
                        credentials,
                        tokens,
                        sessions,
                    })
                })
            })
            .await
    }

    /// Every token issued at or before `now` to any credential of the account is dead.
    ///
    /// # Errors
    /// `Refused::NotFound` for an unknown account.
    pub async fn revoke_tokens_of_account(
        &self,
        id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Stopped, StoreError> {
        let tokens = self.count_for_report(id, now).await;
        let id = id.to_owned();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Account(id.clone())).await?;
                    tx.first(SELECT_EXISTS, params![&id])
                        .await?
                        .ok_or(Refused::NotFound("account"))?;
                    let credentials = tx.execute(REVOKE_TOKENS, params![now, &id]).await?;
                    tx.record(audit.about(None, Some(&id), Some(&id))).await?;
                    Ok(Stopped {
                        credentials,
                        tokens,
                        sessions: 0,
                    })
                })
            })
            .await
    }

    /// Live tokens of an account. Looks at every token, and must not stop the change it is a report about.
    async fn count_for_report(&self, id: &str, now: Millis) -> u64 {
        let counted = self
            .database
            .scan(
                COUNT_LIVE_OF_ACCOUNT,
                vec![id.to_owned().into(), now.into()],
            )
            .await;
        counted
            .and_then(|rows| rows.into_iter().next().map_or(Ok(0), |mut row| row.count()))
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "live tokens could not be counted; the change goes on");
                0
            })
    }
}

/// The pattern that finds a text in names, if there is a text, and the text.
fn sought(text: &str) -> (Option<String>, String) {
    let text: String = text.trim().chars().filter(|c| *c != '\0').collect();
    let pattern = (!text.is_empty()).then(|| like(&text.to_lowercase()));
    (pattern, text)
}

impl Account {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            name: row.text()?,
            created_at: row.integer()?,
            suspended_at: row.optional_integer()?,
            credentials: row.count()?,
        })
    }
}
