//! Changing people, and what ends with a change: one transaction each, with its audit row.

use super::history::{self, remember};
use super::{NewPassword, PasswordHash, PersonEnded, Role, SELECT_BY_ID};
use super::{identities, passkeys};
use crate::database::{Transaction, params};
use crate::statements::statements;
use crate::{AuditEvent, Change, InEnvironment, Millis, StoreError, deliveries, idempotency_keys};

statements! {
    SET_PASSWORD = "update people set password_hash = $1, password_master_key_id = $2, must_change_password = $3, password_changed_at = $4, updated_at = $4 \
        where id = $5 and environment = $6 and not exists (select 1 from identities i where i.person_id = people.id)";
    /// Only the hash that was just proven is replaced: of two changes at once one wins.
    CHANGE_PASSWORD = "update people set password_hash = $1, password_master_key_id = $2, must_change_password = $3, password_changed_at = $4, updated_at = $4 \
        where id = $5 and environment = $6 and password_hash = $7";
    REHASH = "update people set password_hash = $1, password_master_key_id = $2 where id = $3 and environment = $4 and password_hash = $5";
    pub(super) DISABLE = "update people set disabled_at = $1, updated_at = $1 where id = $2 and environment = $3 and disabled_at is null";
    ENABLE = "update people set disabled_at = null, updated_at = $1 where id = $2 and environment = $3 and disabled_at is not null";
    pub(super) SET_ROLE = "update people set role = $1, updated_at = $2 where id = $3 and environment = $4 and role <> $1 and ($1 = 'operator' or account_id is not null)";
    SET_EMAIL = "update people set email = $1, updated_at = $2 where id = $3 and environment = $4";
    END_SESSIONS = "delete from sessions where person_id = $1";
    END_TICKETS = "delete from tickets where person_id = $1";
    /// Links that the person made for others: they are worth no more than the right to make them.
    pub(crate) END_MADE_TICKETS = "delete from tickets where issued_by = $1";
    END_FAMILIES = "update token_families set revoked_at = $1, revoked_reason = $2 where person_id = $3 and revoked_at is null";
    END_CODES = "delete from authorization_codes where person_id = $1 and redeemed_at is null";
    pub(crate) DELETE_RECOVERY_CODES = "delete from recovery_codes where person_id = $1";
    pub(crate) DELETE_CONSENTS = "delete from consents where person_id = $1";
    DELETE = "delete from people where id = $1 and environment = $2";
}

impl InEnvironment<'_> {
    /// Sets a password. With `proven`, only if the password kept is still that one. Ends the person's sessions, tickets, codes and
    /// authorizations: whoever knew the old password had all of them. False when there is no such person, the password is another by now, or
    /// an identity provider vouches for the person.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn set_password(
        &self,
        person_id: &str,
        password: NewPassword,
        proven: Option<Vec<u8>>,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    tx.need_master_key(&password.master_key_id).await?;
                    let touched = match &proven {
                        None => {
                            let params = params![
                                &password.hash,
                                &password.master_key_id,
                                password.must_change,
                                now,
                                &id,
                                &environment
                            ];
                            tx.execute(SET_PASSWORD, params).await?
                        }
                        Some(proven) => {
                            let params = params![
                                &password.hash,
                                &password.master_key_id,
                                password.must_change,
                                now,
                                &id,
                                &environment,
                                proven
                            ];
                            tx.execute(CHANGE_PASSWORD, params).await?
                        }
                    };
                    if touched == 0 {
                        return Ok(false);
                    }
                    end_everything(tx, &id, "password_changed", now).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Replaces the hash of a password that was just proven by another of the same password; false when it is another by now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn rehash_password(
        &self,
        person_id: &str,
        from: Vec<u8>,
        to: PasswordHash,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.need_master_key(&to.master_key_id).await?;
                    let params = params![&to.hash, &to.master_key_id, &id, &environment, &from];
                    Ok(tx.execute(REHASH, params).await? == 1)
                })
            })
            .await
    }

    /// Lets a person in no more, and ends what the person has. None when there is no such person or it is disabled already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn disable_person(
        &self,
        person_id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Option<PersonEnded>, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    remember(tx, &environment, &id, now).await?;
                    if tx.execute(DISABLE, params![now, &id, &environment]).await? == 0 {
                        return Ok(None);
                    }
                    let ended = end_everything(tx, &id, "person_disabled", now).await?;
                    end_made_links(tx, &id).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(Some(ended))
                })
            })
            .await
    }

    /// Lets a person in again; what was ended stays ended.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn enable_person(
        &self,
        person_id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    remember(tx, &environment, &id, now).await?;
                    if tx.execute(ENABLE, params![now, &id, &environment]).await? == 0 {
                        return Ok(false);
                    }
                    tx.change(&Change::Person(id.clone())).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Gives another role and ends the sessions begun under the old one, with the links to come in by and those the person made: an
    /// invitation that an account manager kept must not set an operator's password. False when there is no such person, it has that role, or it
    /// has no account and would need one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn set_role(
        &self,
        person_id: &str,
        role: Role,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    remember(tx, &environment, &id, now).await?;
                    let params = params![role.as_str(), now, &id, &environment];
                    if tx.execute(SET_ROLE, params).await? == 0 {
                        return Ok(false);
                    }
                    end_old_role(tx, &id).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Sets where mail goes, or takes it away. False when there is no such person.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn set_email(
        &self,
        person_id: &str,
        email: Option<String>,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    remember(tx, &environment, &id, now).await?;
                    let params = params![&email, now, &id, &environment];
                    if tx.execute(SET_EMAIL, params).await? == 0 {
                        return Ok(false);
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Removes a person and all that hangs on it. The audit trail keeps the id, which says nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn erase_person(
        &self,
        person_id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    if tx
                        .first(SELECT_BY_ID, params![&id, &environment])
                        .await?
                        .is_none()
                    {
                        return Ok(false);
                    }
                    end_everything(tx, &id, "person_erased", now).await?;
                    for sql in [
                        END_MADE_TICKETS,
                        DELETE_RECOVERY_CODES,
                        history::FORGET,
                        passkeys::DELETE_ALL,
                        identities::DELETE_ALL,
                        DELETE_CONSENTS,
                        idempotency_keys::DELETE_OF_SUBJECT,
                        deliveries::FORGET_MAIL_TO,
                    ] {
                        tx.execute(sql, params![&id]).await?;
                    }
                    tx.execute(DELETE, params![&id, &environment]).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }
}

/// Ends what was begun under another role: sessions, links to come in by and links made for others; moves the mark of changes.
/// Answers how many sessions.
pub(crate) async fn end_old_role(tx: &Transaction<'_>, person_id: &str) -> Result<u64, StoreError> {
    let sessions = end_rights(tx, person_id).await?;
    tx.change(&Change::Person(person_id.to_owned())).await?;
    Ok(sessions)
}

/// The same for whoever moves the mark for more than one person.
pub(crate) async fn end_rights(tx: &Transaction<'_>, person_id: &str) -> Result<u64, StoreError> {
    let sessions = tx.execute(END_SESSIONS, params![person_id]).await?;
    tx.execute(END_TICKETS, params![person_id]).await?;
    end_made_links(tx, person_id).await?;
    Ok(sessions)
}

/// Ends the links that a person made for others.
pub(crate) async fn end_made_links(
    tx: &Transaction<'_>,
    person_id: &str,
) -> Result<(), StoreError> {
    tx.execute(END_MADE_TICKETS, params![person_id])
        .await
        .map(drop)
}

/// Ends sessions, links, codes and authorizations of a person, and moves the mark of changes.
pub(crate) async fn end_everything(
    tx: &Transaction<'_>,
    person_id: &str,
    reason: &str,
    now: Millis,
) -> Result<PersonEnded, StoreError> {
    let ended = end_what_they_have(tx, person_id, reason, now).await?;
    tx.change(&Change::Person(person_id.to_owned())).await?;
    Ok(ended)
}

/// The same for whoever moves the mark for more than one person.
pub(crate) async fn end_what_they_have(
    tx: &Transaction<'_>,
    person_id: &str,
    reason: &str,
    now: Millis,
) -> Result<PersonEnded, StoreError> {
    let sessions = tx.execute(END_SESSIONS, params![person_id]).await?;
    let families = tx
        .execute(END_FAMILIES, params![now, reason, person_id])
        .await?;
    tx.execute(END_CODES, params![person_id]).await?;
    // Or whoever is let in again later would be let in by a link of before.
    tx.execute(END_TICKETS, params![person_id]).await?;
    Ok(PersonEnded { sessions, families })
}
