//! Consents: what a person has let a client do, so that the same is not asked twice.

use crate::database::params;
use crate::statements::statements;
use crate::{AuditEvent, Change, InEnvironment, Millis, StoreError};

statements! {
    UPSERT = "insert into consents (environment, person_id, credential_uuid, scope, granted_at) values ($1, $2, $3, $4, $5) \
        on conflict (person_id, credential_uuid) do update set scope = excluded.scope, granted_at = excluded.granted_at";
    SELECT = "select scope from consents where person_id = $1 and credential_uuid = $2 and environment = $3";
    SELECT_OF_PERSON = "select k.credential_uuid, c.name, k.scope, k.granted_at from consents k join credentials c on c.uuid = k.credential_uuid \
        where k.person_id = $1 and k.environment = $2 order by k.granted_at desc";
    DELETE = "delete from consents where person_id = $1 and credential_uuid = $2 and environment = $3";
    END_FAMILIES = "update token_families set revoked_at = $1, revoked_reason = 'consent_withdrawn' \
        where person_id = $2 and credential_uuid = $3 and environment = $4 and revoked_at is null";
    END_CODES = "delete from authorization_codes where person_id = $1 and credential_uuid = $2 and redeemed_at is null";
}

/// A consent as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The client's credential.
    pub credential_uuid: String,
    /// Its name.
    pub name: String,
    /// Space separated.
    pub scope: String,
    /// When it was last given.
    pub granted_at: Millis,
}

impl InEnvironment<'_> {
    /// Remembers what a person lets a client do, in place of what was remembered before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn remember_consent(
        &self,
        person_id: &str,
        credential_uuid: &str,
        scope: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let (person, credential, scope) = (
            person_id.to_owned(),
            credential_uuid.to_owned(),
            scope.to_owned(),
        );
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![&environment, &person, &credential, &scope, now];
                    tx.execute(UPSERT, params).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&credential)))
                        .await
                })
            })
            .await
    }

    /// The scope a person lets a client have; None when nothing was ever asked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_consent(
        &self,
        person_id: &str,
        credential_uuid: &str,
    ) -> Result<Option<String>, StoreError> {
        let rows = self
            .store
            .database
            .query(
                SELECT,
                params![person_id, credential_uuid, self.environment],
            )
            .await?;
        rows.into_iter()
            .next()
            .map(|mut row| row.text())
            .transpose()
    }

    /// A person's consents, the last given first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn consents_of(&self, person_id: &str) -> Result<Vec<Consent>, StoreError> {
        self.store
            .database
            .query(SELECT_OF_PERSON, params![person_id, self.environment])
            .await?
            .into_iter()
            .map(|mut row| {
                Ok(Consent {
                    credential_uuid: row.text()?,
                    name: row.text()?,
                    scope: row.text()?,
                    granted_at: row.integer()?,
                })
            })
            .collect()
    }

    /// Takes a consent back, and ends all that the client got by it. False when there was none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn withdraw_consent(
        &self,
        person_id: &str,
        credential_uuid: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (person, credential) = (person_id.to_owned(), credential_uuid.to_owned());
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    let deleted = tx
                        .execute(DELETE, params![&person, &credential, &environment])
                        .await?;
                    if deleted == 0 {
                        return Ok(false);
                    }
                    tx.execute(END_CODES, params![&person, &credential]).await?;
                    tx.execute(
                        END_FAMILIES,
                        params![now, &person, &credential, &environment],
                    )
                    .await?;
                    tx.change(&Change::Person(person.clone())).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&credential)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }
}
