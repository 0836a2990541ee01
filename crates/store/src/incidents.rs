//! What the operator tells everyone on the status page: that something is wrong, or will be away for a while, and how it goes on.
//!
//! What was told stays as it was told: an update is only ever added. Title, parts and times can be corrected.

pub(crate) mod telling;

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{InEnvironment, Millis, StoreError};

statements! {
    pub(super) SELECT_ONE = "select id, kind, title, components, state, starts_at, ends_at, created_at, updated_at, resolved_at from incidents \
        where id = $1 and environment = $2";
    SELECT_LIST = "select id, kind, title, components, state, starts_at, ends_at, created_at, updated_at, resolved_at from incidents \
        where environment = $1 and (cast($2 as bigint) is null or coalesce(resolved_at, case when kind = 'maintenance' then ends_at end, $2) >= $2) \
        and (cast($3 as text) is null or id < $3) order by id desc limit $4";
    SELECT_UPDATES = "select at, state, text from incident_updates where incident_id = $1 order by at, id";
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncidentKind {
    /// Something is wrong.
    Incident,
    /// Something will be away, and it is known when.
    Maintenance,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncidentState {
    /// Nobody knows yet why.
    Investigating,
    /// It is known why.
    Identified,
    /// It should be over; somebody watches.
    Monitoring,
    /// Maintenance that is to come or under way.
    Scheduled,
    /// It is over.
    Resolved,
}

impl IncidentKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Incident, Self::Maintenance];

    /// As the table and programs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Maintenance => "maintenance",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The states it can have, in the order in which things usually go.
    pub fn states(self) -> &'static [IncidentState] {
        use IncidentState::{Identified, Investigating, Monitoring, Resolved, Scheduled};
        match self {
            Self::Incident => &[Investigating, Identified, Monitoring, Resolved],
            Self::Maintenance => &[Scheduled, Resolved],
        }
    }
}

impl IncidentState {
    /// As the table and programs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Scheduled => "scheduled",
            Self::Resolved => "resolved",
        }
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<Self> {
        let both = IncidentKind::ALL.into_iter().flat_map(IncidentKind::states);
        both.copied().find(|state| state.as_str() == word)
    }
}

/// Something to be told.
#[derive(Clone, Debug)]
pub struct NewIncident {
    /// Its id, which sorts by time.
    pub id: String,
    /// What it is.
    pub kind: IncidentKind,
    /// One line.
    pub title: String,
    /// The parts that it concerns.
    pub components: Vec<String>,
    /// How far it has come.
    pub state: IncidentState,
    /// When it began, or is to begin.
    pub starts_at: Millis,
    /// Of maintenance: when it is to end.
    pub ends_at: Option<Millis>,
    /// What is told of it first.
    pub text: String,
    /// Now.
    pub created_at: Millis,
}

/// What can be corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentChange {
    /// One line.
    pub title: String,
    /// The parts that it concerns.
    pub components: Vec<String>,
    /// When it began, or is to begin.
    pub starts_at: Millis,
    /// Of maintenance: when it is to end.
    pub ends_at: Option<Millis>,
}

/// What was told of an incident at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentUpdate {
    /// When.
    pub at: Millis,
    /// How far it had come.
    pub state: IncidentState,
    /// In the operator's words.
    pub text: String,
}

/// An incident with all that was told of it, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: IncidentKind,
    /// One line.
    pub title: String,
    /// The parts that it concerns.
    pub components: Vec<String>,
    /// How far it has come.
    pub state: IncidentState,
    /// When it began, or is to begin.
    pub starts_at: Millis,
    /// Of maintenance: when it is to end.
    pub ends_at: Option<Millis>,
    /// When it was first told.
    pub created_at: Millis,
    /// When it was last told or corrected.
    pub updated_at: Millis,
    /// When it was said to be over.
    pub resolved_at: Option<Millis>,
    /// What was told of it.
    pub updates: Vec<IncidentUpdate>,
}

/// Which incidents.
#[derive(Clone, Debug, Default)]
pub struct IncidentFilter {
    /// Only those that are not over, or were not yet over at this moment.
    pub not_over_at: Option<Millis>,
    /// Only those before this id, in a list from new to old.
    pub before: Option<String>,
}

impl InEnvironment<'_> {
    /// One, with all that was told of it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_incident(&self, id: &str) -> Result<Option<Incident>, StoreError> {
        let rows = self
            .store
            .database
            .query(SELECT_ONE, params![id, self.environment])
            .await?;
        Ok(self.with_updates(rows).await?.pop())
    }

    /// A page of them, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn list_incidents(
        &self,
        filter: &IncidentFilter,
        limit: u32,
    ) -> Result<Vec<Incident>, StoreError> {
        let params = params![self.environment, filter.not_over_at, &filter.before, limit];
        let rows = self.store.database.query(SELECT_LIST, params).await?;
        self.with_updates(rows).await
    }

    async fn with_updates(&self, rows: Vec<Row>) -> Result<Vec<Incident>, StoreError> {
        let mut incidents = Vec::with_capacity(rows.len());
        for row in rows {
            let mut incident = Incident::read(row)?;
            let params = params![&incident.id];
            let told = self.store.database.query(SELECT_UPDATES, params).await?;
            let updates = told.into_iter().map(IncidentUpdate::read);
            incident.updates = updates.collect::<Result<_, _>>()?;
            incidents.push(incident);
        }
        Ok(incidents)
    }
}

impl Incident {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            kind: IncidentKind::of(&row.text()?).ok_or_else(unknown)?,
            title: row.text()?,
            components: row.list()?,
            state: IncidentState::of(&row.text()?).ok_or_else(unknown)?,
            starts_at: row.integer()?,
            ends_at: row.optional_integer()?,
            created_at: row.integer()?,
            updated_at: row.integer()?,
            resolved_at: row.optional_integer()?,
            updates: Vec::new(),
        })
    }
}

impl IncidentUpdate {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            at: row.integer()?,
            state: IncidentState::of(&row.text()?).ok_or_else(unknown)?,
            text: row.text()?,
        })
    }
}

fn unknown() -> StoreError {
    StoreError::Corrupt("an incident of a kind or state that is unknown".into())
}
