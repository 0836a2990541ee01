//! People whom an identity provider vouches for: found by its issuer and subject, and by nothing else of theirs.

use super::change::{end_everything, end_made_links};
use super::{INSERT as INSERT_PERSON, Person, person_columns};
use crate::database::params;
use crate::statements::statements;
use crate::{AuditEvent, InEnvironment, Millis, NewPerson, Refused, StoreError};

statements! {
    INSERT = "insert into identities (environment, issuer, subject, person_id, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing";
    SELECT = concat!("select ", person_columns!(), " from identities i join present_people p on p.id = i.person_id and p.environment = i.environment \
        left join accounts a on a.id = p.account_id where i.environment = $1 and i.issuer = $2 and i.subject = $3");
    pub(crate) DELETE_ALL = "delete from identities where person_id = $1";
}

/// Who an identity provider says someone is (OpenID Connect Core §5.7: only the two together name a person for good).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Its name for the person, never given to another.
    pub subject: String,
}

impl InEnvironment<'_> {
    /// The person of an identity.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_person_by_identity(
        &self,
        identity: &Identity,
    ) -> Result<Option<Person>, StoreError> {
        let params = params![self.environment, &identity.issuer, &identity.subject];
        let rows = self.store.database.query(SELECT, params).await?;
        rows.into_iter()
            .next()
            .map(|mut row| Person::read(&mut row))
            .transpose()
    }

    /// Makes the person of an identity, without an account and without a password.
    ///
    /// # Errors
    /// `Refused::Exists`: `identity` when somebody else made it in this moment, `person` when the name is taken.
    pub async fn create_person_of_identity(
        &self,
        person: NewPerson,
        identity: Identity,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let nothing = (None::<String>, None::<Vec<u8>>);
                    let params = params![
                        &person.id,
                        &environment,
                        &nothing.0,
                        &person.username,
                        &person.canonical_username,
                        person.role.as_str(),
                        nothing.1.as_ref(),
                        &nothing.0,
                        false,
                        person.created_at,
                        &person.email
                    ];
                    if tx.execute(INSERT_PERSON, params).await? == 0 {
                        return Err(Refused::Exists("person").into());
                    }
                    let params = params![
                        &environment,
                        &identity.issuer,
                        &identity.subject,
                        &person.id,
                        person.created_at
                    ];
                    if tx.execute(INSERT, params).await? == 0 {
                        return Err(Refused::Exists("identity").into());
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&person.id)))
                        .await
                })
            })
            .await
    }

    /// Writes down that an identity may not come in, and ends what its person has, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn refuse_identity(
        &self,
        identity: Identity,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    let params = params![&environment, &identity.issuer, &identity.subject];
                    let person = match tx.first(SELECT, params).await? {
                        Some(mut row) => Some(Person::read(&mut row)?.id),
                        None => None,
                    };
                    if let Some(id) = &person {
                        end_everything(tx, id, "sign_in_refused", now).await?;
                        end_made_links(tx, id).await?;
                    }
                    tx.record(audit.about(Some(&environment), None, person.as_deref()))
                        .await
                })
            })
            .await
    }
}
