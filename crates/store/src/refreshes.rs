//! Refreshes: an environment is overwritten with another one's accounts and people, as they stood at a moment.
//!
//! All or nothing, and nobody waits for it: what is new is prepared in small transactions, as rows that do not count yet; who
//! goes is marked; then one short transaction says that the run is done, and with that word the new people are there, the old
//! ones are not, roles are changed and credentials switched. A run that dies before it has changed nothing, and what it had
//! prepared is cleared away. Over many nodes one runs it: the row of the run is there once.

pub(crate) mod newcomers;
pub(crate) mod plan;
pub(crate) mod reading;
pub(crate) mod staging;
pub(crate) mod swap;

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{EnvironmentName, InEnvironment, Millis, Store, StoreError};
use plan::PersonalData;

macro_rules! refreshes {
    ($rest:literal) => {
        concat!(
            "select id, environment, source, scheduled_at, data_until, begun_at, outcome, ended_at, report from refreshes where ",
            $rest
        )
    };
}

statements! {
    NOTE_SCHEDULE = "insert into refresh_schedules (environment, schedule, since) values ($1, $2, $3) on conflict (environment) do update set \
        since = case when refresh_schedules.schedule = excluded.schedule then refresh_schedules.since else excluded.since end, \
        schedule = excluded.schedule returning since";
    GIVE_UP = "update refreshes set outcome = 'failed', ended_at = $1, report = 'the process that ran it ended before it was done' \
        where environment = $2 and outcome = 'running' and lease_until < $1";
    INSERT = "insert into refreshes (id, environment, source, scheduled_at, data_until, begun_at, lease_until, outcome) \
        values ($1, $2, $3, $4, $5, $6, $7, 'running') on conflict do nothing";
    SELECT_DONE = "select id from refreshes where environment = $1 and scheduled_at = $2 and outcome = 'done'";
    FAIL = "update refreshes set outcome = 'failed', ended_at = $1, report = $2 where id = $3 and outcome = 'running'";
    SELECT_LAST = refreshes!("environment = $1 and (cast($2 as text) is null or outcome = $2) order by begun_at desc, id desc limit 1");
    SELECT_OF_MOMENT = refreshes!("environment = $1 and scheduled_at = $2 order by begun_at desc, id desc limit 1");
}

/// What is to be read, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshOrder {
    /// The environment whose data comes over.
    pub source: EnvironmentName,
    /// As it stood at this moment; none: as it stands.
    pub data_until: Option<Millis>,
    /// Which personal data comes over.
    pub personal_data: PersonalData,
}

/// A run to be begun.
#[derive(Clone, Debug)]
pub struct NewRefresh {
    /// Its id.
    pub id: String,
    /// What it reads.
    pub order: RefreshOrder,
    /// The moment of the schedule; none for one that somebody asked for.
    pub scheduled_at: Option<Millis>,
    /// Now.
    pub begun_at: Millis,
    /// For how long it may say nothing before it counts as given up.
    pub lease: Millis,
    /// Unpredictable bytes, out of which the ids of new people are made.
    pub seed: [u8; 32],
}

/// Whether a run may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is the caller's.
    Mine,
    /// Another run of this environment is under way.
    UnderWay,
    /// The run of this moment is done.
    Done,
}

/// How a run ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// Not yet.
    Running,
    /// All of it.
    Done,
    /// With nothing changed.
    Failed,
}

impl RefreshOutcome {
    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Its id.
    pub id: String,
    /// What was overwritten.
    pub environment: EnvironmentName,
    /// With whose data.
    pub source: EnvironmentName,
    /// The moment of the schedule; none for one that somebody asked for.
    pub scheduled_at: Option<Millis>,
    /// As the source stood then.
    pub data_until: Millis,
    /// When it began.
    pub begun_at: Millis,
    /// How it ended.
    pub outcome: RefreshOutcome,
    /// When.
    pub ended_at: Option<Millis>,
    /// What it did, as JSON; why it failed, as a sentence.
    pub report: Option<String>,
}

/// Since when a schedule is known: nothing before was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleKnown(pub Millis);

impl InEnvironment<'_> {
    /// Writes down that this environment has this schedule. Another one than before is known from now on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn note_refresh_schedule(
        &self,
        schedule: &str,
        now: Millis,
    ) -> Result<ScheduleKnown, StoreError> {
        let (environment, schedule) = (self.environment.clone(), schedule.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![&environment, &schedule, now];
                    let mut rows = tx.query(NOTE_SCHEDULE, params).await?;
                    let since = rows.first_mut().map_or(Ok(now), Row::integer)?;
                    Ok(ScheduleKnown(since))
                })
            })
            .await
    }

    /// Begins a run, if none is under way and that of its moment is not done: one conditional write decides over all nodes. A run whose
    /// process ended is given up first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn begin_refresh(&self, new: &NewRefresh) -> Result<Begun, StoreError> {
        let (environment, new) = (self.environment.clone(), new.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(GIVE_UP, params![new.begun_at, &environment])
                        .await?;
                    let params = params![
                        &new.id,
                        &environment,
                        &new.order.source,
                        new.scheduled_at,
                        new.order.data_until.unwrap_or(new.begun_at),
                        new.begun_at,
                        new.begun_at + new.lease
                    ];
                    if tx.execute(INSERT, params).await? == 1 {
                        return Ok(Begun::Mine);
                    }
                    let params = params![&environment, new.scheduled_at];
                    Ok(match tx.first(SELECT_DONE, params).await? {
                        Some(_) => Begun::Done,
                        None => Begun::UnderWay,
                    })
                })
            })
            .await
    }

    /// Notes that a run failed, having changed nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable; its lease ends it then.
    pub async fn fail_refresh(&self, id: &str, why: String, now: Millis) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move { tx.execute(FAIL, params![now, &why, &id]).await.map(drop) })
            })
            .await
    }

    /// The newest run, or the newest that ended so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn last_refresh(
        &self,
        outcome: Option<RefreshOutcome>,
    ) -> Result<Option<Refresh>, StoreError> {
        let outcome = outcome.map(RefreshOutcome::as_str);
        let params = params![self.environment, outcome];
        let rows = self.store.database.query(SELECT_LAST, params).await?;
        rows.into_iter().next().map(Refresh::read).transpose()
    }

    /// The newest run of a moment of the schedule.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn refresh_of_moment(&self, moment: Millis) -> Result<Option<Refresh>, StoreError> {
        let params = params![self.environment, moment];
        let rows = self.store.database.query(SELECT_OF_MOMENT, params).await?;
        rows.into_iter().next().map(Refresh::read).transpose()
    }
}

impl Store {
    /// Clears away a piece of what runs left: what was prepared for one that failed, and those who went with one that is done. True
    /// while there is more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer; what was cleared before stays cleared.
    pub async fn clear_refreshes(&self, now: Millis) -> Result<bool, StoreError> {
        staging::clear(&self.database, now).await
    }
}

impl Refresh {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            environment: EnvironmentName::new(&row.text()?),
            source: EnvironmentName::new(&row.text()?),
            scheduled_at: row.optional_integer()?,
            data_until: row.integer()?,
            begun_at: row.integer()?,
            outcome: match row.text()?.as_str() {
                "running" => RefreshOutcome::Running,
                "done" => RefreshOutcome::Done,
                "failed" => RefreshOutcome::Failed,
                _ => {
                    return Err(StoreError::Corrupt(
                        "a refresh has an outcome that is none".into(),
                    ));
                }
            },
            ended_at: row.optional_integer()?,
            report: row.optional_text()?,
        })
    }
}
