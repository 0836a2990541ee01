//! Changing people on behalf of their account: only the account's own, never the platform's staff, and never so that
//! nobody is left who manages it. What is counted and what is written are one transaction, so that of two managers who
//! send each other away one stays.

use super::change::{DISABLE, SET_ROLE, end_everything, end_made_links, end_old_role};
use super::history::remember;
use super::{Person, PersonEnded, Role, SELECT_BY_ID, manages};
use crate::database::{Row, Transaction, params};
use crate::statements::statements;
use crate::{AuditEvent, EnvironmentName, InEnvironment, Millis, StoreError};

statements! {
    COUNT_MANAGERS = concat!("select count(*) from present_people where account_id = $1 and environment = $2 and ", manages!());
    COUNT_OTHER_MANAGERS = concat!("select count(*) from present_people where account_id = $1 and environment = $2 and id <> $3 and ", manages!());
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// It is made, and this ended with it.
    Made(PersonEnded),
    /// It stood so already, or the account has no such person.
    Nothing,
    /// The account would have nobody left to manage it.
    LastManager,
}

impl InEnvironment<'_> {
    /// Gives one of an account's people another role, and ends the sessions begun under the old one and the links of it. With `keeps_a_manager`, not the
    /// last account manager who can sign in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn set_role_of_member(
        &self,
        account_id: &str,
        person_id: &str,
        role: Role,
        keeps_a_manager: bool,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<MemberChange, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        let account_id = account_id.to_owned();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    let Some(person) = member(tx, &environment, &account_id, &id).await? else {
                        return Ok(MemberChange::Nothing);
                    };
                    let leaves = role != Role::AccountManager;
                    if keeps_a_manager && leaves && is_last(tx, &person).await? {
                        return Ok(MemberChange::LastManager);
                    }
                    remember(tx, &environment, &id, now).await?;
                    let params = params![role.as_str(), now, &id, &environment];
                    if role == Role::Operator || tx.execute(SET_ROLE, params).await? == 0 {
                        return Ok(MemberChange::Nothing);
                    }
                    let sessions = end_old_role(tx, &id).await?;
                    tx.record(audit.about(Some(&environment), Some(&account_id), Some(&id)))
                        .await?;
                    let families = 0;
                    Ok(MemberChange::Made(PersonEnded { sessions, families }))
                })
            })
            .await
    }

    /// Lets one of an account's people in no more, and ends what the person has. With `keeps_a_manager`, not the last account manager
    /// who can sign in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn disable_member(
        &self,
        account_id: &str,
        person_id: &str,
        keeps_a_manager: bool,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<MemberChange, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        let account_id = account_id.to_owned();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    let Some(person) = member(tx, &environment, &account_id, &id).await? else {
                        return Ok(MemberChange::Nothing);
                    };
                    if keeps_a_manager && is_last(tx, &person).await? {
                        return Ok(MemberChange::LastManager);
                    }
                    remember(tx, &environment, &id, now).await?;
                    if tx.execute(DISABLE, params![now, &id, &environment]).await? == 0 {
                        return Ok(MemberChange::Nothing);
                    }
                    let ended = end_everything(tx, &id, "person_disabled", now).await?;
                    end_made_links(tx, &id).await?;
                    tx.record(audit.about(Some(&environment), Some(&account_id), Some(&id)))
                        .await?;
                    Ok(MemberChange::Made(ended))
                })
            })
            .await
    }

    /// How many account managers of the account can sign in here.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn managers_of(&self, account_id: &str) -> Result<u64, StoreError> {
        let rows = self
            .store
            .database
            .query(COUNT_MANAGERS, params![account_id, self.environment])
            .await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }
}

/// One of the account's people, as the transaction sees it; never the platform's staff.
async fn member(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    account_id: &str,
    id: &str,
) -> Result<Option<Person>, StoreError> {
    let found = tx.first(SELECT_BY_ID, params![id, environment]).await?;
    let person = found.map(|mut row| Person::read(&mut row)).transpose()?;
    Ok(person.filter(|person| {
        person.account_id.as_deref() == Some(account_id) && person.role != Role::Operator
    }))
}

/// Whether the person manages the account and nobody else who can sign in does.
async fn is_last(tx: &Transaction<'_>, person: &Person) -> Result<bool, StoreError> {
    if person.role != Role::AccountManager || person.disabled_at.is_some() {
        return Ok(false);
    }
    let params = params![&person.account_id, &person.environment, &person.id];
    let others = tx
        .first(COUNT_OTHER_MANAGERS, params)
        .await?
        .as_mut()
        .map_or(Ok(0), Row::count)?;
    Ok(others == 0)
}
