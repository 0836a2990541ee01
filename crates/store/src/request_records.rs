//! The last requests of each credential, for a talk with support: written in batches beside the requests themselves, and
//! bounded by number per credential and kind.
//!
//! What comes here was blotted out before; this crate looks at none of it.

use crate::database::{Row, Value, params};
use crate::statements::statements;
use crate::{InEnvironment, Millis, Store, StoreError};

/// The columns of a record without its two halves.
macro_rules! summary {
    ($rest:literal) => {
        concat!(
            "select id, credential_uuid, kind, at, door, method, path, status, reason, microseconds, remote_address",
            $rest
        )
    };
}

statements! {
    /// Of a credential that was deleted meanwhile nothing is kept; the same request is not written twice.
    INSERT = "insert into request_records (environment, id, credential_uuid, kind, at, door, method, path, status, reason, microseconds, \
        remote_address, exchange) select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as text), cast($5 as bigint), \
        cast($6 as text), cast($7 as text), cast($8 as text), cast($9 as bigint), cast($10 as text), cast($11 as bigint), \
        cast($12 as text), cast($13 as text) where exists (select 1 from credentials where uuid = $3) \
        on conflict (environment, id) do nothing";
    /// All but the newest `$3`.
    PRUNE = "delete from request_records where credential_uuid = $1 and kind = $2 and id <= \
        (select id from request_records where credential_uuid = $1 and kind = $2 order by id desc limit 1 offset $3)";
    SELECT_OF_CREDENTIAL = summary!(" from request_records where credential_uuid = $1 and environment = $2 \
        and (cast($3 as bigint) = 0 or kind <> 'answered') and (cast($4 as text) is null or id < $4) order by id desc limit $5");
    SELECT_ONE = summary!(", exchange from request_records where environment = $1 and id = $2");
    pub(crate) DELETE_OF_CREDENTIAL = "delete from request_records where credential_uuid = $1";
    DELETE_BEFORE = "delete from request_records where environment = $1 and id in \
        (select id from request_records where environment = $1 and id < $2 order by id limit $3)";
}

/// Which of a credential's requests push each other out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    /// The client was proven and was answered.
    Answered,
    /// The client was proven and something was refused or failed.
    Refused,
    /// Somebody named the client and did not prove to be it.
    Unproven,
}

impl RecordKind {
    /// As the table spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Unproven => "unproven",
        }
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        [Self::Answered, Self::Refused, Self::Unproven]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| StoreError::Corrupt("a request record of a kind that is unknown".into()))
    }
}

/// A request and its answer, blotted out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The request's name: 32 hex digits that sort by time.
    pub id: String,
    /// Whose.
    pub credential_uuid: String,
    /// What pushes it out.
    pub kind: RecordKind,
    /// When the request arrived.
    pub at: Millis,
    /// `token` or `gateway`.
    pub door: String,
    /// `POST`
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Of the answer.
    pub status: u16,
    /// The name of the refusal, as the logs have it.
    pub reason: Option<String>,
    /// From the request's head to the answer's head.
    pub microseconds: u64,
    /// Who sent it.
    pub remote_address: String,
    /// Both halves, as JSON; empty in a list.
    pub exchange: String,
}

impl Store {
    /// Writes records, each with the name of its environment, in one transaction, and keeps the newest of each credential and
    /// kind as `keep` says. What belongs to a credential that is gone is left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when they are not known to be durable.
    pub async fn write_request_records(
        &self,
        records: Vec<(crate::EnvironmentName, RequestRecord)>,
        keep: fn(RecordKind) -> u32,
    ) -> Result<(), StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let mut touched: Vec<(&str, RecordKind)> = Vec::new();
                    for (environment, record) in &records {
                        let microseconds = i64::try_from(record.microseconds).unwrap_or(i64::MAX);
                        tx.execute(
                            INSERT,
                            params![
                                environment,
                                &record.id,
                                &record.credential_uuid,
                                record.kind.as_str(),
                                record.at,
                                &record.door,
                                &record.method,
                                &record.path,
                                u32::from(record.status),
                                &record.reason,
                                microseconds,
                                &record.remote_address,
                                &record.exchange
                            ],
                        )
                        .await?;
                        touched.push((&record.credential_uuid, record.kind));
                    }
                    // In one order on every node, so that two never wait for each other's rows.
                    touched.sort_unstable();
                    touched.dedup();
                    for (uuid, kind) in touched {
                        tx.execute(PRUNE, params![uuid, kind.as_str(), keep(kind)])
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

impl InEnvironment<'_> {
    /// The latest requests of a credential, newest first, without their halves; `before` is the last id of the page before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn requests_of_credential(
        &self,
        uuid: &str,
        only_failures: bool,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RequestRecord>, StoreError> {
        let plain = |text: &str| text.replace('\0', "");
        let params: Vec<Value<'static>> = vec![
            plain(uuid).into(),
            self.environment.as_str().to_owned().into(),
            only_failures.into(),
            before.map(plain).into(),
            limit.into(),
        ];
        let rows = self
            .store
            .database
            .scan(SELECT_OF_CREDENTIAL, params)
            .await?;
        rows.into_iter()
            .map(|mut row| RequestRecord::read(&mut row))
            .collect()
    }

    /// One request by its name, with both halves.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_request(&self, id: &str) -> Result<Option<RequestRecord>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let rows = self
            .store
            .database
            .query(SELECT_ONE, params![self.environment, id])
            .await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let record = RequestRecord::read(&mut row)?;
        Ok(Some(RequestRecord {
            exchange: row.text()?,
            ..record
        }))
    }

    /// Forgets at most `limit` of this environment's requests from before a moment; answers how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn forget_requests(&self, before: Millis, limit: u32) -> Result<u64, StoreError> {
        let environment = self.environment.clone();
        // The beginning that the names of that moment have.
        let before = format!("{:012x}", before.max(0));
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(DELETE_BEFORE, params![&environment, &before, limit])
                        .await
                })
            })
            .await
    }
}

impl RequestRecord {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            credential_uuid: row.text()?,
            kind: RecordKind::read(&row.text()?)?,
            at: row.integer()?,
            door: row.text()?,
            method: row.text()?,
            path: row.text()?,
            status: u16::try_from(row.count()?)
                .map_err(|_| StoreError::Corrupt("a status that is none".into()))?,
            reason: row.optional_text()?,
            microseconds: row.count()?,
            remote_address: row.text()?,
            exchange: String::new(),
        })
    }
}
