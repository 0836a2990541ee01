//! Telling of an incident: each verb one transaction with its audit event, and nothing is told of what is over.

use super::{IncidentChange, IncidentState, IncidentUpdate, NewIncident, SELECT_ONE};
use crate::database::{Transaction, list_text, params};
use crate::statements::statements;
use crate::{AuditEvent, EnvironmentName, InEnvironment, Millis, Refused, Store, StoreError};

statements! {
    INSERT = "insert into incidents (id, environment, kind, title, components, state, starts_at, ends_at, created_at, updated_at, resolved_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) on conflict (id) do nothing";
    INSERT_UPDATE = "insert into incident_updates (incident_id, id, at, state, text) values ($1, $2, $3, $4, $5) on conflict (incident_id, id) do nothing";
    /// The one statement that decides: nothing is told of what is over.
    MOVE = "update incidents set state = $1, updated_at = $2, resolved_at = case when $1 = 'resolved' then cast($2 as bigint) end \
        where id = $3 and environment = $4 and state <> 'resolved'";
    CHANGE = "update incidents set title = $1, components = $2, starts_at = $3, ends_at = $4, updated_at = $5 \
        where id = $6 and environment = $7 and state <> 'resolved'";
    SELECT_TOLD = "select count(*) from incident_updates where incident_id = $1";
    SELECT_KNOWN = "select count(*) from incident_updates where incident_id = $1 and id = $2";
    DELETE_UPDATES = "delete from incident_updates where incident_id in (select id from incidents \
        where coalesce(resolved_at, case when kind = 'maintenance' then ends_at end) < $1)";
    DELETE_OLD = "delete from incidents where coalesce(resolved_at, case when kind = 'maintenance' then ends_at end) < $1";
}

/// Updates of one incident; a page is to be read.
const MOST_UPDATES: u64 = 200;

impl InEnvironment<'_> {
    /// Tells of something new, with what is told of it first.
    ///
    /// # Errors
    /// `Refused::Exists` when the id is known: it was told already.
    pub async fn open_incident(
        &self,
        new: NewIncident,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let resolved_at =
                        (new.state == IncidentState::Resolved).then_some(new.created_at);
                    let params = params![
                        &new.id,
                        &environment,
                        new.kind.as_str(),
                        &new.title,
                        list_text(&new.components),
                        new.state.as_str(),
                        new.starts_at,
                        new.ends_at,
                        new.created_at,
                        resolved_at
                    ];
                    if tx.execute(INSERT, params).await? == 0 {
                        return Err(Refused::Exists("incident").into());
                    }
                    let params = params![
                        &new.id,
                        &new.id,
                        new.created_at,
                        new.state.as_str(),
                        &new.text
                    ];
                    tx.execute(INSERT_UPDATE, params).await?;
                    tx.record(audit).await
                })
            })
            .await
    }

    /// Tells how it goes on. Told under an `update_id` that is known, nothing happens.
    ///
    /// # Errors
    /// `Refused::NotFound`; `Refused::Conflict` when it is over, or was told of too often.
    pub async fn tell_of_incident(
        &self,
        id: &str,
        update_id: &str,
        update: IncidentUpdate,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let (environment, id) = (self.environment.clone(), id.to_owned());
        let update_id = update_id.to_owned();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    if number(tx, SELECT_KNOWN, &[&id, &update_id]).await? > 0 {
                        return Ok(());
                    }
                    let state = update.state.as_str();
                    let moved = params![state, update.at, &id, &environment];
                    if tx.execute(MOVE, moved).await? == 0 {
                        return Err(why_not(tx, &environment, &id).await?);
                    }
                    if number(tx, SELECT_TOLD, &[&id]).await? >= MOST_UPDATES {
                        return Err(Refused::Conflict(
                            "this was told of as often as one can; open another incident",
                        )
                        .into());
                    }
                    let params = params![&id, &update_id, update.at, state, &update.text];
                    match tx.execute(INSERT_UPDATE, params).await? {
                        // The same was told in the same moment.
                        0 => Ok(()),
                        _ => tx.record(audit).await,
                    }
                })
            })
            .await
    }

    /// Corrects what was said of it, but not what was told.
    ///
    /// # Errors
    /// `Refused::NotFound`; `Refused::Conflict` when it is over.
    pub async fn change_incident(
        &self,
        id: &str,
        change: IncidentChange,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let (environment, id) = (self.environment.clone(), id.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![
                        &change.title,
                        list_text(&change.components),
                        change.starts_at,
                        change.ends_at,
                        now,
                        &id,
                        &environment
                    ];
                    if tx.execute(CHANGE, params).await? == 0 {
                        return Err(why_not(tx, &environment, &id).await?);
                    }
                    tx.record(audit).await
                })
            })
            .await
    }
}

impl Store {
    /// Forgets what was over before a moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn forget_incidents(&self, before: Millis) -> Result<(), StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(DELETE_UPDATES, params![before]).await?;
                    tx.execute(DELETE_OLD, params![before]).await.map(drop)
                })
            })
            .await
    }
}

/// Why nothing was changed.
async fn why_not(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    id: &str,
) -> Result<StoreError, StoreError> {
    let found = tx.first(SELECT_ONE, params![id, environment]).await?;
    let refused = match found {
        None => Refused::NotFound("incident"),
        Some(_) => Refused::Conflict("this is over; open another incident for what happens now"),
    };
    Ok(refused.into())
}

async fn number(
    tx: &Transaction<'_>,
    sql: &'static str,
    texts: &[&String],
) -> Result<u64, StoreError> {
    let params: Vec<_> = texts.iter().map(|text| (*text).into()).collect();
    let found = tx.first(sql, &params).await?;
    found.map_or(Ok(0), |mut row| row.count())
}
