//! What is prepared before a refresh counts, and cleared away after: in small transactions, so that tokens are issued between them.

use std::time::Instant;

use serde_json::{Map, Value as Json};

use super::NewRefresh;
use super::plan::{PersonChange, RefreshPlan, new_id};
use crate::database::{Database, params};
use crate::statements::statements;
use crate::{InEnvironment, Millis, Refused, StoreError};

macro_rules! gone {
    ($whose:literal) => {
        concat!(
            "delete from ",
            $whose,
            " in (select e.key from json_each($1) e)"
        )
    };
}

statements! {
    /// Only for as long as nobody else took the run for dead.
    STILL_MINE = "update refreshes set lease_until = $1 where id = $2 and outcome = 'running'";
    INSERT_ARRIVING = "insert into people (id, environment, account_id, username, canonical_username, role, must_change_password, created_at, updated_at, \
        disabled_at, email, origin, arrives) \
        select e.key, cast($1 as text), e.value ->> 'account_id', e.value ->> 'username', e.value ->> 'canonical_username', e.value ->> 'role', \
        cast(0 as bigint), cast($2 as bigint), cast($2 as bigint), cast(e.value ->> 'disabled_at' as bigint), e.value ->> 'email', \
        e.value ->> 'origin', cast($3 as text) from json_each($4) e where e.key is not null on conflict do nothing";
    MARK_LEAVING = "update people set leaves = $1 where environment || '' = $2 and id in (select e.key from json_each($3) e)";
    /// Runs that ended, and those whose process did.
    SELECT_UNCLEARED = "select id, case when outcome = 'done' then cast(1 as bigint) else cast(0 as bigint) end from refreshes \
        where (outcome <> 'running' and cleared_at is null) or (outcome = 'running' and lease_until < $1) order by begun_at, id limit 1";
    GIVE_UP = "update refreshes set outcome = 'failed', ended_at = $1, report = 'the process that ran it ended before it was done' \
        where id = $2 and outcome = 'running' and lease_until < $1";
    IS_RUNNING = "select id from refreshes where id = $1 and outcome = 'running'";
    CLEARED = "update refreshes set cleared_at = $1 where id = $2";
    FORGET_ARRIVING = "delete from people where id in (select id from people where arrives = $1 limit $2)";
    KEEP_LEAVING = "update people set leaves = null where id in (select id from people where leaves = $1 limit $2)";
    /// All but those who are to be invited, since they may have an address: they name their run until they are.
    KEEP_ARRIVED = "update people set arrives = null where id in (select id from people where arrives = $1 \
        and ((email is null and username not like '%@%') or environment not in (select e.key from json_each($2) e)) limit $3)";
    END_FAMILIES = "update token_families set revoked_at = $1, revoked_reason = 'environment_refreshed' where revoked_at is null \
        and person_id in (select e.key from json_each($2) e)";
    SELECT_LEAVING = "select id from people where leaves = $1 limit $2";
    DELETE_CODES = gone!("authorization_codes where redeemed_at is null and person_id");
    DELETE_SESSIONS = gone!("sessions where person_id");
    DELETE_TICKETS = gone!("tickets where person_id");
    DELETE_MADE_TICKETS = gone!("tickets where issued_by");
    DELETE_RECOVERY_CODES = gone!("recovery_codes where person_id");
    DELETE_PASSKEYS = gone!("passkeys where person_id");
    DELETE_CONSENTS = gone!("consents where person_id");
    DELETE_BEFORE = gone!("people_before where person_id");
    DELETE_KEYS = gone!("idempotency_keys where subject");
    DELETE_MAIL = gone!("deliveries where kind = 'mail' and receiver");
    DELETE_PEOPLE = gone!("people where id");
}

/// People of one transaction: some milliseconds of it. A token that is asked for meanwhile waits for the one that runs, and may
/// be committed together with the next.
const BATCH: u32 = 100;

/// A run whose new people are there and do not count yet.
#[derive(Debug)]
pub struct Prepared {
    pub(super) arriving: u64,
    pub(super) leaving: u64,
    pub(super) kept: u64,
    pub(super) changed: Vec<PersonChange>,
}

impl InEnvironment<'_> {
    /// Works out what a run changes and prepares it, so that [`InEnvironment::swap_refresh`] is short.
    ///
    /// # Errors
    /// `Refused::Conflict` when the run was given up meanwhile. [`StoreError::Unavailable`] when the database does not answer.
    pub async fn prepare_refresh(&self, run: &NewRefresh) -> Result<Prepared, StoreError> {
        // What an earlier run left may hold names that are to be given now.
        let begun = Instant::now();
        while clear(&self.store.database, run.begun_at).await? {}
        let RefreshPlan {
            arriving,
            changed,
            leaving,
            kept,
        } = self.plan_refresh(&run.order).await?;
        let mut prepared = Prepared {
            arriving: 0,
            leaving: 0,
            kept,
            changed,
        };
        let seed = run.seed;
        // As the plan: a moment's work that requests are not to wait for.
        let arriving = tokio::task::spawn_blocking(move || with_ids(arriving, &seed))
            .await
            .map_err(|_| StoreError::Unavailable("a refresh was given up".into()))?;
        for batch in arriving.chunks(BATCH as usize) {
            let rows = batch.iter().map(|(id, one)| (id.clone(), one.columns()));
            let rows: Map<String, Json> = rows.collect();
            prepared.arriving += self.stage(run, begun, INSERT_ARRIVING, rows).await?;
        }
        for batch in leaving.chunks(BATCH as usize) {
            let ids = batch.iter().map(|(id, _)| (id.clone(), Json::Null));
            prepared.leaving += self.stage(run, begun, MARK_LEAVING, ids.collect()).await?;
        }
        Ok(prepared)
    }

    async fn stage(
        &self,
        run: &NewRefresh,
        begun: Instant,
        sql: &'static str,
        rows: Map<String, Json>,
    ) -> Result<u64, StoreError> {
        let (environment, id) = (self.environment.clone(), run.id.clone());
        let begun_at = run.begun_at;
        let passed = Millis::try_from(begun.elapsed().as_millis()).unwrap_or(Millis::MAX);
        let lease_until = begun_at.saturating_add(passed).saturating_add(run.lease);
        let rows = Json::Object(rows).to_string();
        let database = &self.store.database;
        let staged = database.transaction(move |tx| {
            Box::pin(async move {
                if tx.execute(STILL_MINE, params![lease_until, &id]).await? == 0 {
                    return Err(Refused::Conflict("the refresh was given up").into());
                }
                if sql == MARK_LEAVING {
                    return tx.execute(sql, params![&id, &environment, &rows]).await;
                }
                tx.execute(sql, params![&environment, begun_at, &id, &rows])
                    .await
            })
        });
        let staged = staged.await?;
        // Requests come first: between two batches everyone else gets their turn.
        tokio::task::yield_now().await;
        Ok(staged)
    }
}

/// New people and their ids, both in ascending order along the accounts: who is a neighbour in one index is one in the next, so
/// that a batch touches few of their pages. With ids in no order it took three times as long.
fn with_ids(mut arriving: Vec<PersonChange>, seed: &[u8; 32]) -> Vec<(String, PersonChange)> {
    arriving.sort_by(|a, b| {
        let accounts = a.account_id.cmp(&b.account_id);
        accounts.then_with(|| a.canonical_username.cmp(&b.canonical_username))
    });
    let origins = arriving.iter().filter_map(|one| one.origin.as_deref());
    let mut ids: Vec<String> = origins.map(|origin| new_id(seed, origin)).collect();
    ids.sort_unstable();
    ids.into_iter().zip(arriving).collect()
}

/// Clears one piece; false when there is nothing.
pub(super) async fn clear(database: &Database, now: Millis) -> Result<bool, StoreError> {
    let rows = database.query(SELECT_UNCLEARED, params![now]).await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(false);
    };
    let (id, done) = (row.text()?, row.flag()?);
    database
        .transaction(move |tx| {
            Box::pin(async move {
                let batch = params![&id, BATCH];
                let mut touched = 0;
                if done {
                    let inviting = tx.outbox().inviting();
                    touched += tx
                        .execute(KEEP_ARRIVED, params![&id, &inviting, BATCH])
                        .await?;
                    let mut gone = Map::new();
                    for mut row in tx.query(SELECT_LEAVING, batch).await? {
                        gone.insert(row.text()?, Json::Null);
                    }
                    let gone = Json::Object(gone).to_string();
                    tx.execute(END_FAMILIES, params![now, &gone]).await?;
                    for sql in [
                        DELETE_CODES,
                        DELETE_SESSIONS,
                        DELETE_TICKETS,
                        DELETE_MADE_TICKETS,
                        DELETE_RECOVERY_CODES,
                        DELETE_PASSKEYS,
                        DELETE_CONSENTS,
                        DELETE_BEFORE,
                        DELETE_KEYS,
                        DELETE_MAIL,
                        // Last: the others find by it whom they are about.
                        DELETE_PEOPLE,
                    ] {
                        touched += tx.execute(sql, params![&gone]).await?;
                    }
                } else {
                    // Of one that is running after all, since it just said so, nothing is touched.
                    tx.execute(GIVE_UP, params![now, &id]).await?;
                    if tx.first(IS_RUNNING, params![&id]).await?.is_some() {
                        return Ok(true);
                    }
                    touched += tx.execute(FORGET_ARRIVING, batch).await?;
                    touched += tx.execute(KEEP_LEAVING, batch).await?;
                }
                if touched == 0 {
                    tx.execute(CLEARED, params![now, &id]).await?;
                }
                Ok(true)
            })
        })
        .await
}
