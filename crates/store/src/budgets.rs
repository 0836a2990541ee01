//! How much a credential may ask for, and who was warned that it is nearly used up.

use crate::credentials::{client, finish};
use crate::database::params;
use crate::statements::statements;
use crate::{AuditEvent, Change, Credential, InEnvironment, Millis, Refused, Store, StoreError};

statements! {
    UPDATE = "update credentials set requests_per_second = $1, requests_per_day = $2, updated_at = $3 where uuid = $4 and environment = $5 and requests_per_second is not distinct from $6 and requests_per_day is not distinct from $7";
    INSERT_WARNING = "insert into budget_warnings (credential_uuid, day, percent) values ($1, $2, $3) on conflict do nothing";
    pub(crate) DELETE_OF_CREDENTIAL = "delete from budget_warnings where credential_uuid = $1";
    DELETE_BEFORE = "delete from budget_warnings where day < $1";
}

/// What one credential may ask for through the gateway. `None` is what its environment says, 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Requests in any second.
    pub requests_per_second: Option<u64>,
    /// Requests on one day, UTC.
    pub requests_per_day: Option<u64>,
}

impl InEnvironment<'_> {
    /// Gives a credential a budget of its own, or takes it away, where it still has the one that it had `before`: of two who
    /// edit it at one moment, neither undoes what the other did.
    ///
    /// # Errors
    /// `Refused::NotFound` when there is no such credential in this environment, `Refused::Conflict` when its budget is another
    /// by now.
    pub async fn set_budget(
        &self,
        uuid: &str,
        (before, budget): (Budget, Budget),
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Credential, StoreError> {
        let (environment, uuid) = (self.environment.clone(), uuid.to_owned());
        let column = |most: Option<u64>| most.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
        let columns = |budget: Budget| {
            let per_second = column(budget.requests_per_second);
            (per_second, column(budget.requests_per_day))
        };
        let ((per_second, per_day), known) = (columns(budget), columns(before));
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Credential(uuid.clone())).await?;
                    let changed = tx
                        .execute(
                            UPDATE,
                            params![
                                per_second,
                                per_day,
                                now,
                                &uuid,
                                &environment,
                                known.0,
                                known.1
                            ],
                        )
                        .await?;
                    if changed == 0 && client::find(tx, &uuid, &environment).await?.is_some() {
                        return Err(Refused::Conflict(
                            "the budget was changed at the same moment: look at it again",
                        )
                        .into());
                    }
                    finish(tx, &environment, &uuid, Some(audit)).await
                })
            })
            .await
    }

    /// Notes that a credential was warned on that day, with the event that tells it; answers false, and changes nothing,
    /// where it was warned of that already, by whichever node.
    ///
    /// # Errors
    /// `Refused::NotFound` when the credential is gone.
    pub async fn warn_of_budget(
        &self,
        uuid: &str,
        day: i64,
        percent: u8,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (environment, uuid) = (self.environment.clone(), uuid.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let first = tx
                        .execute(INSERT_WARNING, params![&uuid, day, i64::from(percent)])
                        .await?;
                    if first == 0 {
                        return Ok(false);
                    }
                    finish(tx, &environment, &uuid, Some(audit))
                        .await
                        .map(|_| true)
                })
            })
            .await
    }
}

impl Store {
    /// Forgets who was warned before `day`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn forget_budget_warnings(&self, day: i64) -> Result<(), StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move { tx.execute(DELETE_BEFORE, params![day]).await.map(drop) })
            })
            .await
    }
}
