//! Clean-up of what has expired, in short transactions and without an index on expiry.
//!
//! The key of `access_tokens` is walked in ranges of `limit` rows. A range is only read; a short transaction
//! deletes from it when something in it has expired. Two places in the key are remembered, in memory only:
//!
//! - the *front* follows the clock. Time-ordered tokens of one lifetime expire in the order of their
//!   keys, so the front stands where the last expired row was found and looks ahead from there, far
//!   enough not to be stopped by a run of tokens that live longer. It only goes forward, up to the
//!   keys of tokens issued now.
//! - the *round* goes through the whole table, a few ranges a call and over again, and finds what the front
//!   passed: tokens that lived longer than their neighbours, and those whose key is a hash and so in no order.
//!   Of those up to one row in `ROUND` may be dead before a call finds `limit` of them and is followed by another.
//!
//! A call costs at most `LOOK_AHEAD + ROUND` ranges of reading. Two nodes may sweep at once: each deletes
//! only what has expired, and a row that is gone is simply not counted.

use std::sync::Mutex;

use super::TokenId;
use crate::database::{Database, Value, params};
use crate::people::{history, passkeys};
use crate::statements::statements;
use crate::{
    Millis, Store, StoreError, deliveries, idempotency_keys, imported_tokens, sessions, spent,
    tickets,
};

statements! {
    SELECT_RANGE = "select id, expires_at from access_tokens where id > $1 order by id limit $2";
    SELECT_FIRST_RANGE = "select id, expires_at from access_tokens order by id limit $1";
    DELETE_RANGE = "delete from access_tokens where id >= $1 and id <= $2 and expires_at < $3";
    DELETE_REVOKED_JWTS = "delete from revoked_jwts where (environment, jti) in \
        (select environment, jti from revoked_jwts where expires_at < $1 order by expires_at limit $2)";
    DELETE_SIGNING_KEYS = "delete from signing_keys where expires_at < $1 or revoked_at < $1";
    /// A code is kept after its time, so that a replay is still known as one.
    DELETE_CODES = "delete from authorization_codes where id in (select id from authorization_codes where expires_at < $1 order by expires_at limit $2)";
    /// Generations go before their family, and both long after anything can come of them.
    DELETE_GENERATIONS = "delete from refresh_tokens where family_id in (select id from token_families where expires_at < $1 order by expires_at limit $2)";
    DELETE_FAMILIES = "delete from token_families where expires_at < $1 and not exists (select 1 from refresh_tokens r where r.family_id = token_families.id)";
    DELETE_SECRETS = "delete from secrets where expires_at < $1";
}

/// Ranges the front looks at in one call.
const LOOK_AHEAD: usize = 16;
/// Ranges the round goes on by in one call.
const ROUND: usize = 8;
/// How long an expired secret or signing key is kept, so that its refusal can be named.
const GRACE: Millis = 24 * 60 * 60 * 1000;
/// How long what was told, or given up, can be looked up and sent again.
const KEEP_DELIVERIES: Millis = 14 * 24 * 60 * 60 * 1000;

/// The two places in the key; None is its beginning.
#[derive(Debug, Default)]
pub(crate) struct Places {
    front: Mutex<Option<TokenId>>,
    round: Mutex<Option<TokenId>>,
}

impl TokenId {
    /// The greatest time-ordered id of a moment: 48 bits of milliseconds, then whatever.
    fn last_of(at: Millis) -> Self {
        let mut id = [0xff; 16];
        for (byte, milliseconds) in id
            .iter_mut()
            .zip(at.max(0).to_be_bytes().into_iter().skip(2))
        {
            *byte = milliseconds;
        }
        Self(id)
    }
}

/// What looking at one range found.
struct Range {
    last: Option<TokenId>,
    deleted: u64,
    /// Fewer rows than asked for: there is nothing after it.
    at_end: bool,
}

impl Store {
    /// Removes at most `limit` rows that expired before `before` (tokens, revocations, sessions, tickets, idempotency keys, codes, families); answers how many. Call until it answers less than `limit`.
    /// Walks the time-ordered key from its oldest end, so it needs no index on expiry. Expired secrets and signing keys go a day
    /// after their time and are not counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer; what was removed before stays removed.
    pub async fn sweep_expired(&self, before: Millis, limit: u32) -> Result<u64, StoreError> {
        let limit = limit.max(1);
        // Tokens first: while there are so many of them, each call is one range and nothing else.
        let mut removed = self.sweep_front(before, limit, u64::from(limit)).await?;
        if removed >= u64::from(limit) {
            return Ok(removed);
        }
        removed += self
            .sweep_small_tables(before, left(u64::from(limit), removed))
            .await?;
        removed += self
            .sweep_round(before, limit, u64::from(limit).saturating_sub(removed))
            .await?;
        Ok(removed)
    }

    async fn sweep_small_tables(&self, before: Millis, limit: u32) -> Result<u64, StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(DELETE_SECRETS, params![before.saturating_sub(GRACE)])
                        .await?;
                    tx.execute(DELETE_SIGNING_KEYS, params![before.saturating_sub(GRACE)])
                        .await?;
                    let long_ago = before.saturating_sub(GRACE);
                    let mut removed: u64 = 0;
                    for (sql, before) in [
                        (DELETE_REVOKED_JWTS, before),
                        (imported_tokens::DELETE_EXPIRED, before),
                        (sessions::DELETE_EXPIRED, before),
                        (tickets::DELETE_EXPIRED, before),
                        (spent::DELETE_EXPIRED, before),
                        (passkeys::DELETE_EXPIRED, before),
                        (idempotency_keys::DELETE_EXPIRED, before),
                        (
                            deliveries::DELETE_ENDED,
                            before.saturating_sub(KEEP_DELIVERIES),
                        ),
                        (history::DELETE_OLD, before.saturating_sub(history::KEPT)),
                        (DELETE_CODES, long_ago),
                        (DELETE_GENERATIONS, long_ago),
                    ] {
                        let left = u64::from(limit).saturating_sub(removed);
                        removed += tx
                            .execute(sql, params![before, i64::try_from(left).unwrap_or(0)])
                            .await?;
                    }
                    tx.execute(DELETE_FAMILIES, params![long_ago]).await?;
                    Ok(removed)
                })
            })
            .await
    }

    async fn sweep_front(&self, before: Millis, size: u32, budget: u64) -> Result<u64, StoreError> {
        let newest = Some(TokenId::last_of(before));
        let mut front = place(&self.places.front);
        let mut after = front;
        let mut removed = 0;
        for _ in 0..LOOK_AHEAD {
            if removed >= budget {
                break;
            }
            let range = sweep_range(
                &self.database,
                after,
                before,
                size.min(left(budget, removed)),
            )
            .await?;
            removed += range.deleted;
            if range.deleted > 0 {
                front = range.last;
            }
            after = range.last.or(after);
            if range.at_end || after > newest {
                break;
            }
        }
        set(&self.places.front, front);
        Ok(removed)
    }

    async fn sweep_round(&self, before: Millis, size: u32, budget: u64) -> Result<u64, StoreError> {
        let mut after = place(&self.places.round);
        let mut removed = 0;
        for _ in 0..ROUND {
            if removed >= budget {
                break;
            }
            let range = sweep_range(
                &self.database,
                after,
                before,
                size.min(left(budget, removed)),
            )
            .await?;
            removed += range.deleted;
            after = if range.at_end { None } else { range.last };
            if range.at_end {
                break;
            }
        }
        set(&self.places.round, after);
        Ok(removed)
    }
}

/// Reads `size` rows after a place and deletes those that have expired.
async fn sweep_range(
    database: &Database,
    after: Option<TokenId>,
    before: Millis,
    size: u32,
) -> Result<Range, StoreError> {
    let rows = match after {
        Some(after) => {
            database
                .scan(
                    SELECT_RANGE,
                    vec![Value::Blob(after.0.to_vec().into()), size.into()],
                )
                .await?
        }
        None => database.scan(SELECT_FIRST_RANGE, vec![size.into()]).await?,
    };
    let at_end = rows.len() < size as usize;
    let (mut last, mut first_expired, mut last_expired) = (None, None, None);
    for mut row in rows {
        let id = TokenId(row.bytes()?);
        last = Some(id);
        if row.integer()? < before {
            first_expired = first_expired.or(Some(id));
            last_expired = Some(id);
        }
    }
    let deleted = match (first_expired, last_expired) {
        (Some(from), Some(to)) => {
            database
                .transaction(move |tx| {
                    Box::pin(async move {
                        tx.execute(DELETE_RANGE, params![&from.0, &to.0, before])
                            .await
                    })
                })
                .await?
        }
        _ => 0,
    };
    Ok(Range {
        last,
        deleted,
        at_end,
    })
}

fn left(budget: u64, removed: u64) -> u32 {
    u32::try_from(budget - removed).unwrap_or(u32::MAX).max(1)
}

fn place(place: &Mutex<Option<TokenId>>) -> Option<TokenId> {
    *crate::database::sqlite::lock(place)
}

fn set(place: &Mutex<Option<TokenId>>, to: Option<TokenId>) {
    *crate::database::sqlite::lock(place) = to;
}
