//! The moment at which a refresh counts: one short transaction.

use serde_json::{Map, Value as Json, json};

use super::NewRefresh;
use super::plan::PersonChange;
use super::staging::Prepared;
use crate::database::{Row, Transaction, params};
use crate::people::change::{
    DELETE_CONSENTS, DELETE_RECOVERY_CODES, end_made_links, end_rights, end_what_they_have,
};
use crate::people::{history, passkeys};
use crate::statements::statements;
use crate::{AuditEvent, Change, EnvironmentName, InEnvironment, Millis, Refused, StoreError};

statements! {
    /// The one word by which everything that was prepared counts.
    DONE = "update refreshes set outcome = 'done', ended_at = $1 where id = $2 and outcome = 'running'";
    SET_REPORT = "update refreshes set report = $1 where id = $2";
    /// Whom an earlier run brought without an address, and who never came in, arrives again with one, and is invited.
    /// Found by their ids: the environment is put so that no index on it is taken for that.
    CHANGE_PEOPLE = "update people set account_id = e.value ->> 'account_id', username = e.value ->> 'username', \
        canonical_username = e.value ->> 'canonical_username', role = e.value ->> 'role', \
        disabled_at = cast(e.value ->> 'disabled_at' as bigint), email = e.value ->> 'email', origin = e.value ->> 'origin', \
        updated_at = $1, arrives = case when people.origin is not null and people.email is null \
        and (e.value ->> 'email' is not null or (people.username not like '%@%' and e.value ->> 'username' like '%@%')) \
        and people.password_hash is null and people.last_sign_in_at is null then $2 else people.arrives end \
        from json_each($3) e where people.id = e.key and people.environment || '' = $4";
    /// Whoever has the row now is new.
    EMPTY = "update people set password_hash = null, password_master_key_id = null, must_change_password = 0, password_changed_at = null, \
        totp_wrapped_secret = null, totp_master_key_id = null, totp_confirmed_at = null, totp_last_step = 0, last_sign_in_at = null, \
        arrives = $1 where id = $2";
    DELETE_ACCOUNTS = "delete from account_environments where environment = $1 and not exists \
        (select 1 from account_environments s where s.environment = $2 and s.account_id = account_environments.account_id and s.since < $3)";
    INSERT_ACCOUNTS = "insert into account_environments (environment, account_id, since) \
        select cast($1 as text), s.account_id, s.since from account_environments s where s.environment = $2 and s.since < $3 on conflict do nothing";
    /// A resource server is the platform's own and no customer's.
    pub(super) SELECT_OFF = "select c.uuid, c.account_id from credentials c where c.environment = $1 and c.disabled_at is null and c.is_resource_server = 0 \
        and not exists (select 1 from account_environments s where s.environment = $2 and s.account_id = c.account_id and s.since < $3) order by c.uuid";
    pub(super) SELECT_ON = "select c.uuid, c.account_id from credentials c where c.environment = $1 and c.disabled_at is not null \
        and c.disabled_by_refresh is not null \
        and exists (select 1 from account_environments s where s.environment = $2 and s.account_id = c.account_id and s.since < $3) order by c.uuid";
    SWITCH_OFF = "update credentials set disabled_at = $1, updated_at = $1, disabled_by_refresh = $2 where uuid = $3 and disabled_at is null";
    SWITCH_ON = "update credentials set disabled_at = null, updated_at = $1, disabled_by_refresh = null where uuid = $2";
    COUNT_ACCOUNTS = "select count(*) from account_environments where environment = $1";
}

/// What a refresh did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Accounts of the environment now.
    pub accounts: u64,
    /// Accounts that came.
    pub accounts_arrived: u64,
    /// Accounts that went.
    pub accounts_left: u64,
    /// People who came, without a password.
    pub people_arrived: u64,
    /// People who stayed and were changed.
    pub people_changed: u64,
    /// People who went.
    pub people_left: u64,
    /// People who stayed as they were.
    pub people_kept: u64,
    /// Credentials whose account went.
    pub switched_off: u64,
    /// Credentials whose account is back.
    pub switched_on: u64,
}

impl Refreshed {
    /// As it stands in the trail and in the webhook.
    pub fn as_json(&self) -> Json {
        json!({
            "accounts": { "now": self.accounts, "arrived": self.accounts_arrived, "left": self.accounts_left },
            "people": {
                "arrived": self.people_arrived,
                "changed": self.people_changed,
                "left": self.people_left,
                "kept": self.people_kept,
            },
            "credentials": { "switched_off": self.switched_off, "switched_on": self.switched_on },
        })
    }
}

impl InEnvironment<'_> {
    /// Makes a prepared run count: all of it, or nothing. `facts` is a JSON object that stands beside the counts in the trail.
    ///
    /// # Errors
    /// `Refused::Conflict` when the run was given up meanwhile. [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn swap_refresh(
        &self,
        run: &NewRefresh,
        prepared: Prepared,
        now: Millis,
        facts: Map<String, Json>,
        audit: AuditEvent,
    ) -> Result<Refreshed, StoreError> {
        let swap = Swap {
            environment: self.environment.clone(),
            source: run.order.source.clone(),
            until: run.order.until(),
            run: run.id.clone(),
            now,
            audit,
        };
        let database = &self.store.database;
        database
            .long_transaction(move |tx| {
                Box::pin(async move { swap.all(tx, prepared, facts).await })
            })
            .await
    }
}

struct Swap {
    environment: EnvironmentName,
    source: EnvironmentName,
    until: Millis,
    run: String,
    now: Millis,
    /// Who does it, from where and when.
    audit: AuditEvent,
}

impl Swap {
    async fn all(
        self,
        tx: &Transaction<'_>,
        prepared: Prepared,
        mut facts: Map<String, Json>,
    ) -> Result<Refreshed, StoreError> {
        // Whatever it changes of whomever, this says it all.
        tx.change(&Change::Environment(self.environment.clone()))
            .await?;
        if tx.execute(DONE, params![self.now, &self.run]).await? == 0 {
            return Err(Refused::Conflict("the refresh was given up").into());
        }
        let people_changed = self.change_people(tx, &prepared.changed).await?;
        let (switched_off, switched_on) = self.switch_credentials(tx).await?;
        let accounts = params![&self.environment, &self.source, self.until];
        let accounts_left = tx.execute(DELETE_ACCOUNTS, accounts).await?;
        let accounts_arrived = tx.execute(INSERT_ACCOUNTS, accounts).await?;
        let now = tx.first(COUNT_ACCOUNTS, params![&self.environment]).await?;
        let done = Refreshed {
            accounts: now.map_or(Ok(0), |mut row| row.count())?,
            accounts_arrived,
            accounts_left,
            people_arrived: prepared.arriving,
            people_changed,
            people_left: prepared.leaving,
            people_kept: prepared.kept,
            switched_off,
            switched_on,
        };
        if let Json::Object(counts) = done.as_json() {
            facts.extend(counts);
        }
        let details = Json::Object(facts).to_string();
        tx.execute(SET_REPORT, params![&details, &self.run]).await?;
        let told = AuditEvent {
            details,
            ..self.event("environment.refreshed")
        };
        tx.record(told.about(Some(&self.environment), None, None))
            .await?;
        // Whoever looks at the source's trail sees who read it.
        let read = json!({ "run": self.run, "for": self.environment.as_str() });
        let read = AuditEvent {
            details: read.to_string(),
            ..self.event("environment.read")
        };
        tx.record(read.about(Some(&self.source), None, None))
            .await?;
        Ok(done)
    }

    fn event(&self, event: &'static str) -> AuditEvent {
        AuditEvent {
            event,
            ..self.audit.clone()
        }
    }

    async fn change_people(
        &self,
        tx: &Transaction<'_>,
        changed: &[PersonChange],
    ) -> Result<u64, StoreError> {
        let rows: Map<String, Json> = changed
            .iter()
            .filter_map(|one| Some((one.id.clone()?, one.columns())))
            .collect();
        if rows.is_empty() {
            return Ok(0);
        }
        let rows = Json::Object(rows).to_string();
        let remembered = params![self.now, &self.environment, &rows];
        tx.execute(history::REMEMBER_ALL, remembered).await?;
        let params = params![self.now, &self.run, &rows, &self.environment];
        let touched = tx.execute(CHANGE_PEOPLE, params).await?;
        for one in changed {
            let Some(id) = &one.id else { continue };
            if one.emptied {
                end_what_they_have(tx, id, "environment_refreshed", self.now).await?;
                end_made_links(tx, id).await?;
                for sql in [DELETE_RECOVERY_CODES, passkeys::DELETE_ALL, DELETE_CONSENTS] {
                    tx.execute(sql, params![id]).await?;
                }
                tx.execute(EMPTY, params![&self.run, id]).await?;
            } else if one.rights_change && one.disabled_at.is_some() {
                end_what_they_have(tx, id, "environment_refreshed", self.now).await?;
                end_made_links(tx, id).await?;
            } else if one.rights_change {
                end_rights(tx, id).await?;
            }
        }
        Ok(touched)
    }

    /// Off where the account goes, on where it is back: those that somebody switched off by hand stay so.
    async fn switch_credentials(&self, tx: &Transaction<'_>) -> Result<(u64, u64), StoreError> {
        let params = params![&self.environment, &self.source, self.until];
        let off = tx.query(SELECT_OFF, params).await?;
        let on = tx.query(SELECT_ON, params).await?;
        let counts = (off.len() as u64, on.len() as u64);
        for row in off {
            let (uuid, account) = names(row)?;
            tx.execute(SWITCH_OFF, params![self.now, &self.run, &uuid])
                .await?;
            self.tell(tx, "credential.disabled", &uuid, &account)
                .await?;
        }
        for row in on {
            let (uuid, account) = names(row)?;
            tx.execute(SWITCH_ON, params![self.now, &uuid]).await?;
            self.tell(tx, "credential.enabled", &uuid, &account).await?;
        }
        Ok(counts)
    }

    async fn tell(
        &self,
        tx: &Transaction<'_>,
        event: &'static str,
        uuid: &str,
        account: &str,
    ) -> Result<(), StoreError> {
        let audit = AuditEvent {
            details: json!({ "refresh": self.run }).to_string(),
            ..self.event(event)
        };
        tx.record(audit.about(Some(&self.environment), Some(account), Some(uuid)))
            .await
    }
}

fn names(mut row: Row) -> Result<(String, String), StoreError> {
    Ok((row.text()?, row.text()?))
}
