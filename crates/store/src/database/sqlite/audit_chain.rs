//! The audit trail's hash chain: every row holds SHA-256 over the hash before it and its own columns.
//!
//! Whoever changes, removes or inserts a row breaks the chain from there on, and the row `audit_tail`
//! tells when the newest rows are gone. The chain has no key: it reports a careless or partial
//! change of the file, not somebody who computes every later hash anew.

use aws_lc_rs::digest;

use super::session::{Session, failure};
use crate::StoreError;
use crate::audit_events::{AuditRow, ChainReport};
use crate::database::{Row, Value, params};
use crate::statements::statements;

statements! {
    SELECT_TAIL = "select sequence, hash from audit_tail";
    pub(super) UPDATE_TAIL = "update audit_tail set sequence = $1, hash = $2";
    pub(super) INSERT_AUDIT_EVENT = "insert into audit_events (sequence, at, actor, environment, account_id, event, subject, remote_address, request_id, details, hash) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    SELECT_CHAIN = "select sequence, hash, at, actor, environment, account_id, event, subject, remote_address, request_id, details \
        from audit_events order by sequence";
}

/// The newest row's number and hash; number 0 and no bytes before the first row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AuditTail {
    pub(super) sequence: i64,
    pub(super) hash: Vec<u8>,
}

impl AuditTail {
    /// Moves on by one row.
    pub(super) fn follow(&mut self, row: &AuditRow, scratch: &mut Vec<u8>) {
        self.sequence += 1;
        let columns = row.borrowed();
        let texts = [
            Some(columns.actor),
            columns.environment,
            columns.account_id,
            Some(columns.event),
            columns.subject,
            columns.remote_address,
            columns.request_id,
            Some(columns.details),
        ];
        self.seal(columns.at, texts, scratch);
    }

    /// The hash of the row numbered `self.sequence`. Each text has its length before it, so that no two rows read alike.
    fn seal(&mut self, at: i64, texts: [Option<&str>; 8], scratch: &mut Vec<u8>) {
        scratch.clear();
        scratch.extend_from_slice(&self.hash);
        scratch.extend_from_slice(&self.sequence.to_be_bytes());
        scratch.extend_from_slice(&at.to_be_bytes());
        for text in texts {
            match text {
                None => scratch.extend_from_slice(&u64::MAX.to_be_bytes()),
                Some(text) => {
                    scratch.extend_from_slice(&(text.len() as u64).to_be_bytes());
                    scratch.extend_from_slice(text.as_bytes());
                }
            }
        }
        self.hash.clear();
        self.hash
            .extend_from_slice(digest::digest(&digest::SHA256, scratch).as_ref());
    }

    /// The hash of a row as it is stored: `at` and then the texts in the table's order.
    fn follow_stored(
        &mut self,
        sequence: i64,
        columns: &mut Row,
        scratch: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        self.sequence = sequence;
        let at = columns.integer()?;
        let mut texts: [Option<String>; 8] = Default::default();
        for text in &mut texts {
            *text = columns.optional_text()?;
        }
        self.seal(at, texts.each_ref().map(Option::as_deref), scratch);
        Ok(())
    }
}

impl Session {
    /// The trail's end as this transaction sees it.
    pub(super) fn tail(&mut self) -> Result<&mut AuditTail, StoreError> {
        if self.tail.is_none() {
            let mut row = self
                .query(SELECT_TAIL, &[])?
                .into_iter()
                .next()
                .ok_or_else(|| StoreError::Corrupt("the audit trail's end is not marked".into()))?;
            self.tail = Some(AuditTail {
                sequence: row.integer()?,
                hash: row.blob()?,
            });
        }
        self.tail
            .as_mut()
            .ok_or_else(|| StoreError::Corrupt("the audit trail's end is not marked".into()))
    }

    /// Adds a row to the trail.
    pub(crate) fn record(&mut self, row: &AuditRow) -> Result<(), StoreError> {
        let mut tail = self.tail()?.clone();
        tail.follow(row, &mut self.scratch);
        let mut statement = self
            .connection
            .prepare_cached(INSERT_AUDIT_EVENT)
            .map_err(failure)?;
        insert(&mut statement, row, &tail).map_err(failure)?;
        drop(statement);
        self.tail = Some(tail);
        Ok(())
    }

    /// Marks the trail's end, once per commit.
    pub(super) fn mark_tail(&mut self) -> Result<(), StoreError> {
        if let Some(tail) = self.tail.take() {
            self.execute(UPDATE_TAIL, params![tail.sequence, &tail.hash])?;
        }
        Ok(())
    }

    /// Walks the whole chain.
    pub(crate) fn verify_audit_trail(&self) -> Result<ChainReport, StoreError> {
        let mut rows = 0;
        let mut broken_at = None;
        let mut chain = AuditTail {
            sequence: 0,
            hash: Vec::new(),
        };
        let mut scratch = Vec::new();
        // One statement for the rows and one for the mark would be two snapshots; a transaction makes them one.
        self.batch("begin")?;
        let walked = self.for_each(SELECT_CHAIN, &[], |values| {
            let mut row = Row::new(values);
            let (sequence, stored) = (row.integer()?, row.next()?);
            rows += 1;
            chain.follow_stored(sequence, &mut row, &mut scratch)?;
            let intact = matches!(&stored, Value::Blob(hash) if **hash == *chain.hash);
            if !intact && broken_at.is_none() {
                broken_at = Some(sequence);
            }
            // Go on from what is stored: one changed row is one finding.
            if let Value::Blob(hash) = stored {
                chain.hash = hash.into_owned();
            }
            Ok(())
        });
        let marked = walked.and_then(|()| self.query(SELECT_TAIL, &[]));
        self.batch("rollback")?;
        let mut mark = marked?
            .into_iter()
            .next()
            .ok_or_else(|| StoreError::Corrupt("the audit trail's end is not marked".into()))?;
        let mark = AuditTail {
            sequence: mark.integer()?,
            hash: mark.blob()?,
        };
        if broken_at.is_none() && mark != chain {
            broken_at = Some(chain.sequence);
        }
        Ok(ChainReport { rows, broken_at })
    }

    /// After a restore: gives rows that came from PostgreSQL, where there is no chain, their place in it, and marks the end.
    pub(crate) fn restore_chain_link(
        &mut self,
        values: &mut [Value<'static>],
    ) -> Result<(), StoreError> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let tail = self.tail()?;
        let Some((stored, columns)) = values.split_last_mut() else {
            return Err(StoreError::Corrupt("an audit row has no columns".into()));
        };
        let mut row = Row::new(columns.to_vec());
        let sequence = row.integer()?;
        tail.follow_stored(sequence, &mut row, &mut scratch)?;
        match stored {
            // What is stored stays, also when it is wrong: restoring must not heal a forged trail.
            Value::Blob(hash) => tail.hash = hash.to_vec(),
            _ => *stored = Value::Blob(tail.hash.clone().into()),
        }
        self.scratch = scratch;
        Ok(())
    }
}

/// Binds and inserts one row.
pub(super) fn insert(
    statement: &mut rusqlite::Statement<'_>,
    row: &AuditRow,
    tail: &AuditTail,
) -> rusqlite::Result<()> {
    let row = row.borrowed();
    statement.execute(rusqlite::params![
        tail.sequence,
        row.at,
        row.actor,
        row.environment,
        row.account_id,
        row.event,
        row.subject,
        row.remote_address,
        row.request_id,
        row.details,
        tail.hash,
    ])?;
    Ok(())
}
