//! Who came with a refresh and is to be invited: found by the run that their row still names, and handed to the outbox a few at a time.
//!
//! A row loses its run in the transaction that writes its delivery, so that over many nodes, and over a restart, each is called once.

use serde_json::{Map, Value as Json};

use crate::database::params;
use crate::outbox::{NEWCOMER, announce_newcomer};
use crate::statements::statements;
use crate::{Millis, Store, StoreError};

statements! {
    /// Who has a password, a link or no way in is not invited any more, and is called for nothing.
    SELECT = "select p.id, p.environment, p.arrives, case when p.password_hash is null and p.last_sign_in_at is null and p.disabled_at is null \
        and (p.email is not null or p.username like '%@%') and not exists (select 1 from tickets t where t.person_id = p.id and t.kind = 'invitation' \
        and t.used_at is null and t.expires_at > $1) then cast(1 as bigint) else cast(0 as bigint) end \
        from refreshes r cross join present_people p where r.outcome = 'done' and p.arrives = r.id \
        and p.environment in (select e.key from json_each($2) e) limit $3";
    COUNT_WAITING = "select count(*), count(case when attempts = 0 then 1 end) from deliveries where kind = 'mail' and event = $1 and state = 'waiting'";
    /// Of two nodes that found the same people one has them.
    TAKE = "update people set arrives = null where arrives is not null and id in (select e.key from json_each($1) e) returning id";
}

/// How many are called.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// At a time.
    pub at_once: u32,
    /// While fewer than these were not tried yet, so that other mail goes between them.
    pub untried: u64,
    /// While fewer than these wait in all, so that a mail server that is away does not have everyone tried for days.
    pub waiting: u64,
}

impl Store {
    /// Writes invitations for some of those whom refreshes brought into environments that invite them. How many rows were looked at:
    /// zero when nobody is left or enough wait.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn call_newcomers(&self, now: Millis, pace: Pace) -> Result<u64, StoreError> {
        let inviting = self.database.outbox().inviting();
        let found = params![now, &inviting, pace.at_once];
        let found = self.database.query(SELECT, found).await?;
        if found.is_empty() {
            return Ok(0);
        }
        let counted = params![NEWCOMER];
        for mut row in self.database.query(COUNT_WAITING, counted).await? {
            let (waiting, untried) = (row.count()?, row.count()?);
            if waiting >= pace.waiting || untried >= pace.untried {
                return Ok(0);
            }
        }
        let mut newcomers = Vec::with_capacity(found.len());
        for mut row in found {
            newcomers.push(Newcomer {
                id: row.text()?,
                environment: row.text()?,
                run: row.text()?,
                invited: row.flag()?,
            });
        }
        let ids: Map<String, Json> = newcomers
            .iter()
            .map(|one| (one.id.clone(), Json::Null))
            .collect();
        let ids = Json::Object(ids).to_string();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let mut taken = Vec::new();
                    for mut row in tx.query(TAKE, params![&ids]).await? {
                        taken.push(row.text()?);
                    }
                    for one in &newcomers {
                        if one.invited && taken.contains(&one.id) {
                            announce_newcomer(tx, &one.environment, &one.id, &one.run, now).await?;
                        }
                    }
                    Ok(taken.len() as u64)
                })
            })
            .await
    }
}

struct Newcomer {
    id: String,
    environment: String,
    run: String,
    /// Or has a way in, or none at all.
    invited: bool,
}
