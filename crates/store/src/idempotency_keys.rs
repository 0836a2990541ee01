//! Requests that are not to be done twice: who runs one, and what was answered.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{Millis, Store, StoreError};

statements! {
    /// One write decides who runs a request; what has expired counts as never sent.
    CLAIM = "insert into idempotency_keys (id_hash, fingerprint, made_id, running_until, expires_at) values ($1, $2, $3, $4, $5) \
        on conflict (id_hash) do update set fingerprint = $2, made_id = $3, running_until = $4, status = null, answer = null, subject = null, \
        expires_at = $5 where idempotency_keys.expires_at <= $6";
    SELECT = "select fingerprint, made_id, status, answer from idempotency_keys where id_hash = $1";
    RESUME = "update idempotency_keys set running_until = $1 where id_hash = $2 and answer is null and running_until <= $3";
    KEEP = "update idempotency_keys set status = $1, answer = $2, subject = $3 where id_hash = $4 and made_id = $5 and answer is null";
    RELEASE = "update idempotency_keys set running_until = 0 where id_hash = $1 and made_id = $2 and answer is null";
    FORGET = "delete from idempotency_keys where id_hash = $1 and made_id = $2 and answer is null";
    pub(crate) DELETE_OF_SUBJECT = "delete from idempotency_keys where subject = $1";
    pub(crate) DELETE_EXPIRED = "delete from idempotency_keys where id_hash in (select id_hash from idempotency_keys where expires_at < $1 order by expires_at limit $2)";
}

/// A request with an idempotency key.
#[derive(Clone, Debug)]
pub struct KeyedRequest {
    /// SHA-256 over who asks and the key they chose.
    pub id_hash: [u8; 32],
    /// What is asked, as hashes under each master key; the first is kept.
    pub fingerprints: Vec<[u8; 32]>,
    /// The id that what it makes would get.
    pub made_id: String,
    /// Until when it counts as running.
    pub running_until: Millis,
    /// From when the key is free again.
    pub expires_at: Millis,
}

/// What becomes of a request with an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is to be run, by whoever asked.
    Run {
        /// The id for what it makes: the one of the first attempt.
        made_id: String,
        /// An attempt before this one was broken off, and may have made it.
        again: bool,
    },
    /// It runs already, or was broken off a moment ago.
    Running,
    /// The key was used for something else.
    Other,
    /// It was done.
    Done {
        /// The HTTP status that was answered.
        status: u16,
        /// The answer, without what is told once.
        answer: String,
    },
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The answer, without what is told once.
    pub answer: String,
    /// Whom or what it is about.
    pub subject: Option<String>,
}

impl Store {
    /// Decides who runs a request: of many at once, one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn claim_request(
        &self,
        request: KeyedRequest,
        now: Millis,
    ) -> Result<Claim, StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let fingerprint = request.fingerprints.first().copied().unwrap_or_default();
                    let claim = params![
                        &request.id_hash,
                        &fingerprint,
                        &request.made_id,
                        request.running_until,
                        request.expires_at,
                        now
                    ];
                    if tx.execute(CLAIM, claim).await? == 1 {
                        return Ok(Claim::Run {
                            made_id: request.made_id.clone(),
                            again: false,
                        });
                    }
                    let Some(row) = tx.first(SELECT, params![&request.id_hash]).await? else {
                        return Ok(Claim::Running);
                    };
                    let known = Known::read(row)?;
                    if !request.fingerprints.contains(&known.fingerprint) {
                        return Ok(Claim::Other);
                    }
                    if let (Some(status), Some(answer)) = (known.status, known.answer) {
                        let status = u16::try_from(status)
                            .map_err(|_| StoreError::Corrupt("a status that is none".into()))?;
                        return Ok(Claim::Done { status, answer });
                    }
                    let resume = params![request.running_until, &request.id_hash, now];
                    Ok(match tx.execute(RESUME, resume).await? {
                        0 => Claim::Running,
                        _ => Claim::Run {
                            made_id: known.made_id,
                            again: true,
                        },
                    })
                })
            })
            .await
    }

    /// Keeps what was answered, for whoever asks again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn keep_answer(
        &self,
        id_hash: [u8; 32],
        made_id: &str,
        answered: KeptAnswer,
    ) -> Result<(), StoreError> {
        let made_id = made_id.to_owned();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![
                        i64::from(answered.status),
                        &answered.answer,
                        &answered.subject,
                        &id_hash,
                        &made_id
                    ];
                    tx.execute(KEEP, params).await.map(|_| ())
                })
            })
            .await
    }

    /// Lets a request be sent again that failed on our side: under the same id, since it may have been done.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn release_request(
        &self,
        id_hash: [u8; 32],
        made_id: &str,
    ) -> Result<(), StoreError> {
        self.end_request(RELEASE, id_hash, made_id).await
    }

    /// Forgets a request that was refused and did nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn forget_request(&self, id_hash: [u8; 32], made_id: &str) -> Result<(), StoreError> {
        self.end_request(FORGET, id_hash, made_id).await
    }

    async fn end_request(
        &self,
        sql: &'static str,
        id_hash: [u8; 32],
        made_id: &str,
    ) -> Result<(), StoreError> {
        let made_id = made_id.to_owned();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![&id_hash, &made_id];
                    tx.execute(sql, params).await.map(|_| ())
                })
            })
            .await
    }
}

/// A row.
struct Known {
    fingerprint: [u8; 32],
    made_id: String,
    status: Option<i64>,
    answer: Option<String>,
}

impl Known {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            fingerprint: row.bytes()?,
            made_id: row.text()?,
            status: row.optional_integer()?,
            answer: row.optional_text()?,
        })
    }
}
