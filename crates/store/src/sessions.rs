//! Sessions: a browser in which someone signed in, found by the SHA-256 of its cookie.

use crate::database::{Row, params};
use crate::people::{self, Person, person_columns};
use crate::statements::statements;
use crate::{AuditEvent, InEnvironment, Millis, StoreError};

statements! {
    INSERT = "insert into sessions (id_hash, environment, person_id, step, created_at, authenticated_at, second_factor_at, last_seen_at, expires_at, remote_address, user_agent) \
        values ($1, $2, $3, $4, $5, $6, $7, $5, $8, $9, $10)";
    SELECT = concat!("select s.step, s.created_at, s.authenticated_at, s.second_factor_at, s.last_seen_at, s.expires_at, s.remote_address, s.user_agent, ",
        person_columns!(), " from sessions s join present_people p on p.id = s.person_id left join accounts a on a.id = p.account_id \
        where s.id_hash = $1 and s.environment = $2 and s.expires_at > $3 and p.disabled_at is null and a.suspended_at is null");
    SELECT_OF_PERSON = "select id_hash, step, created_at, authenticated_at, second_factor_at, last_seen_at, expires_at, remote_address, user_agent \
        from sessions where person_id = $1 and environment = $2 and expires_at > $3 order by last_seen_at desc";
    TOUCH = "update sessions set last_seen_at = $1 where id_hash = $2 and last_seen_at < $1";
    DELETE = "delete from sessions where id_hash = $1 and environment = $2";
    DELETE_OF_PERSON = "delete from sessions where person_id = $1 and environment = $2 and id_hash <> $3";
    DELETE_LINKS = "delete from tickets where person_id = $1 and environment = $2";
    pub(crate) DELETE_EXPIRED = "delete from sessions where id_hash in (select id_hash from sessions where expires_at < $1 order by expires_at limit $2)";
}

/// How far a session is: only a full one opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStep {
    /// The password was right; the second factor is asked for.
    SecondFactor,
    /// The password was right and must be changed first.
    ChangePassword,
    /// Signed in.
    Full,
}

impl SessionStep {
    const ALL: [Self; 3] = [Self::SecondFactor, Self::ChangePassword, Self::Full];

    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second-factor",
            Self::ChangePassword => "change-password",
            Self::Full => "full",
        }
    }
}

/// A session to be begun.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the cookie.
    pub id_hash: [u8; 32],
    /// Whose.
    pub person_id: String,
    /// How far.
    pub step: SessionStep,
    /// Now.
    pub created_at: Millis,
    /// When the password was shown.
    pub authenticated_at: Millis,
    /// When the second factor was.
    pub second_factor_at: Option<Millis>,
    /// From when it is over.
    pub expires_at: Millis,
    /// From where.
    pub remote_address: String,
    /// With what.
    pub user_agent: String,
}

/// What is known of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFacts {
    /// SHA-256 of the cookie.
    pub id_hash: [u8; 32],
    /// How far.
    pub step: SessionStep,
    /// When it was begun.
    pub created_at: Millis,
    /// When the password was shown.
    pub authenticated_at: Millis,
    /// When the second factor was.
    pub second_factor_at: Option<Millis>,
    /// When it was last used, to about a minute.
    pub last_seen_at: Millis,
    /// From when it is over.
    pub expires_at: Millis,
    /// From where it was begun.
    pub remote_address: String,
    /// With what.
    pub user_agent: String,
}

/// A live session and whose it is.
#[derive(Clone, Debug)]
pub struct Session {
    /// The session.
    pub facts: SessionFacts,
    /// Whose.
    pub person: Person,
}

impl InEnvironment<'_> {
    /// Begins a session; the one it replaces dies in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn begin_session(
        &self,
        session: NewSession,
        replaces: Option<[u8; 32]>,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    if let Some(replaced) = replaces {
                        tx.execute(DELETE, params![&replaced, &environment]).await?;
                    }
                    tx.execute(
                        INSERT,
                        params![
                            &session.id_hash,
                            &environment,
                            &session.person_id,
                            session.step.as_str(),
                            session.created_at,
                            session.authenticated_at,
                            session.second_factor_at,
                            session.expires_at,
                            &session.remote_address,
                            &session.user_agent
                        ],
                    )
                    .await?;
                    if session.step == SessionStep::Full {
                        tx.execute(
                            people::SIGNED_IN,
                            params![session.created_at, &session.person_id, &environment],
                        )
                        .await?;
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&session.person_id)))
                        .await
                })
            })
            .await
    }

    /// A live session: not ended, not over, its person neither disabled nor of a suspended account.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_session(
        &self,
        id_hash: &[u8; 32],
        now: Millis,
    ) -> Result<Option<Session>, StoreError> {
        let rows = self
            .store
            .database
            .query(SELECT, params![id_hash, self.environment, now])
            .await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        Ok(Some(Session {
            facts: SessionFacts::read(*id_hash, &mut row)?,
            person: Person::read(&mut row)?,
        }))
    }

    /// Writes down that a session is used.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn touch_session(&self, id_hash: [u8; 32], now: Millis) -> Result<(), StoreError> {
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move { tx.execute(TOUCH, params![now, &id_hash]).await.map(drop) })
            })
            .await
    }

    /// A person's live sessions, the last used first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn sessions_of(
        &self,
        person_id: &str,
        now: Millis,
    ) -> Result<Vec<SessionFacts>, StoreError> {
        self.store
            .database
            .query(SELECT_OF_PERSON, params![person_id, self.environment, now])
            .await?
            .into_iter()
            .map(|mut row| {
                let id_hash = row.bytes()?;
                SessionFacts::read(id_hash, &mut row)
            })
            .collect()
    }

    /// Ends a session. False, and no audit row, when there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn end_session(
        &self,
        id_hash: [u8; 32],
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    if tx.execute(DELETE, params![&id_hash, &environment]).await? == 0 {
                        return Ok(false);
                    }
                    tx.record(audit.about(Some(&environment), None, None))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Ends all sessions of a person but one, and the links to begin another by; answers how many sessions.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn end_sessions_of(
        &self,
        person_id: &str,
        except: Option<[u8; 32]>,
        audit: AuditEvent,
    ) -> Result<u64, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    // No cookie has this hash.
                    let except = except.unwrap_or_default();
                    let ended = tx
                        .execute(DELETE_OF_PERSON, params![&id, &environment, &except])
                        .await?;
                    let links = tx.execute(DELETE_LINKS, params![&id, &environment]).await?;
                    if ended + links > 0 {
                        tx.record(audit.about(Some(&environment), None, Some(&id)))
                            .await?;
                    }
                    Ok(ended)
                })
            })
            .await
    }
}

impl SessionFacts {
    fn read(id_hash: [u8; 32], row: &mut Row) -> Result<Self, StoreError> {
        let step = row.text()?;
        Ok(Self {
            id_hash,
            step: SessionStep::ALL
                .into_iter()
                .find(|known| known.as_str() == step)
                .ok_or_else(|| StoreError::Corrupt(format!("a session's step is {step:?}")))?,
            created_at: row.integer()?,
            authenticated_at: row.integer()?,
            second_factor_at: row.optional_integer()?,
            last_seen_at: row.integer()?,
            expires_at: row.integer()?,
            remote_address: row.text()?,
            user_agent: row.text()?,
        })
    }
}
