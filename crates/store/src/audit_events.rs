//! The audit trail: one row per event, written in the transaction of the change it tells of.

use std::borrow::Cow;

use crate::database::{Append, Database, Row, Value};
use crate::statements::statements;
use crate::{EnvironmentName, Millis, Store, StoreError};

statements! {
    SELECT_AUDIT_EVENTS = "select sequence, at, actor, environment, account_id, event, subject, remote_address, request_id, details \
        from audit_events \
        where (cast($1 as text) is null or environment = $1) \
          and (cast($2 as text) is null or account_id = $2) \
          and (cast($3 as text) is null or subject = $3) \
          and (cast($4 as text) is null or event = $4) \
          and (cast($5 as bigint) is null or sequence < $5) \
        order by sequence desc limit $6";
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An integrator's credential, by UUID.
    Credential(String),
    /// Someone who signed in, by id.
    Person(String),
    /// The command line on this machine.
    CommandLine,
    /// A named operator token.
    Operator(String),
    /// Grantor itself (first start, clean-up).
    System,
    /// Nobody who could prove who they are.
    Anonymous,
}

impl Actor {
    /// As it stands in the trail: `credential:UUID`, `person:ID`, `operator:NAME`, `command-line`, `system`, `anonymous`.
    fn text(self) -> Cow<'static, str> {
        match self {
            Self::Credential(uuid) => format!("credential:{uuid}").into(),
            Self::Person(id) => format!("person:{id}").into(),
            Self::Operator(name) => format!("operator:{name}").into(),
            Self::CommandLine => "command-line".into(),
            Self::System => "system".into(),
            Self::Anonymous => "anonymous".into(),
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    /// When.
    pub at: Millis,
    /// Who did it.
    pub actor: Actor,
    /// Where; a verb of an environment fills in its own when this is None.
    pub environment: Option<EnvironmentName>,
    /// The account's id, where there is one; a verb that knows the account fills it in when this is None.
    pub account_id: Option<String>,
    /// What: `token.issued`, `credential.created`, …
    pub event: &'static str,
    /// The UUID, key id, … it happened to.
    pub subject: Option<String>,
    /// The address the request came from.
    pub remote_address: Option<String>,
    /// The request's id, as the logs have it.
    pub request_id: Option<String>,
    /// More, as a JSON object's text, without secrets; empty for none.
    pub details: String,
}

impl AuditEvent {
    /// Fills in what the caller left out and the verb knows.
    pub(crate) fn about(
        mut self,
        environment: Option<&EnvironmentName>,
        account_id: Option<&str>,
        subject: Option<&str>,
    ) -> Self {
        self.environment = self.environment.or_else(|| environment.cloned());
        self.account_id = self.account_id.or_else(|| account_id.map(str::to_owned));
        self.subject = self.subject.or_else(|| subject.map(str::to_owned));
        self
    }
}

/// A row of the trail.
#[derive(Clone, Debug)]
pub struct StoredAuditEvent {
    /// Grows with every row; PostgreSQL may leave numbers out.
    pub sequence: i64,
    /// When it happened.
    pub at: Millis,
    /// `credential:UUID`, `person:ID`, `operator:NAME`, `command-line`, `system` or `anonymous`.
    pub actor: String,
    /// The environment, where there is one.
    pub environment: Option<String>,
    /// The account's id, where there is one.
    pub account_id: Option<String>,
    /// What happened.
    pub event: String,
    /// What it happened to.
    pub subject: Option<String>,
    /// The address the request came from.
    pub remote_address: Option<String>,
    /// The request's id, as the logs have it.
    pub request_id: Option<String>,
    /// A JSON object's text, or empty.
    pub details: String,
}

/// Which rows.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only this environment's.
    pub environment: Option<String>,
    /// Only this account's, by id.
    pub account_id: Option<String>,
    /// Only what happened to this.
    pub subject: Option<String>,
    /// Only this kind of event.
    pub event: Option<String>,
    /// Only rows with a smaller sequence number (newest first paging).
    pub before: Option<i64>,
}

/// What checking the trail found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Rows looked at.
    pub rows: u64,
    /// The first sequence number whose row was changed, or after which rows are missing.
    pub broken_at: Option<i64>,
}

impl Store {
    /// Writes an event that changes nothing else (a refusal worth keeping). Group commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        if self.database.outbox().is_wanted(&event) {
            let verb = self
                .database
                .transaction(|tx| Box::pin(async move { tx.record(event).await }));
            return verb.await;
        }
        self.database
            .append(Box::new(Append {
                token: None,
                audit: event.into(),
            }))
            .await
    }

    /// Newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn list_audit_events(
        &self,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<StoredAuditEvent>, StoreError> {
        let AuditFilter {
            environment,
            account_id,
            subject,
            event,
            before,
        } = filter.clone();
        let params: Vec<Value<'static>> = vec![
            environment.into(),
            account_id.into(),
            subject.into(),
            event.into(),
            before.into(),
            limit.into(),
        ];
        self.database
            .scan(SELECT_AUDIT_EVENTS, params)
            .await?
            .into_iter()
            .map(StoredAuditEvent::read)
            .collect()
    }

    /// Walks the hash chain (SQLite), or checks that neither the service account nor anybody else may change rows (PostgreSQL).
    ///
    /// # Errors
    /// [`StoreError::Operator`] when the rows are not protected any more (PostgreSQL).
    pub async fn verify_audit_trail(&self) -> Result<ChainReport, StoreError> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.apart(|session| session.verify_audit_trail()).await,
            Database::Postgres(postgres) => postgres.verify_audit_trail().await,
        }
    }
}

impl StoredAuditEvent {
    pub(crate) fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            sequence: row.integer()?,
            at: row.integer()?,
            actor: row.text()?,
            environment: row.optional_text()?,
            account_id: row.optional_text()?,
            event: row.text()?,
            subject: row.optional_text()?,
            remote_address: row.optional_text()?,
            request_id: row.optional_text()?,
            details: row.text()?,
        })
    }
}

/// An event in the columns it is stored in.
#[derive(Clone, Debug)]
pub(crate) struct AuditRow {
    at: Millis,
    actor: Cow<'static, str>,
    environment: Option<EnvironmentName>,
    account_id: Option<String>,
    event: &'static str,
    subject: Option<String>,
    remote_address: Option<String>,
    request_id: Option<String>,
    details: String,
}

/// The columns of an [`AuditRow`], in the table's order.
pub(crate) struct AuditColumns<'r> {
    pub(crate) at: Millis,
    pub(crate) actor: &'r str,
    pub(crate) environment: Option<&'r str>,
    pub(crate) account_id: Option<&'r str>,
    pub(crate) event: &'r str,
    pub(crate) subject: Option<&'r str>,
    pub(crate) remote_address: Option<&'r str>,
    pub(crate) request_id: Option<&'r str>,
    pub(crate) details: &'r str,
}

impl From<AuditEvent> for AuditRow {
    fn from(event: AuditEvent) -> Self {
        let actor = match event.actor.text() {
            Cow::Owned(text) => Cow::Owned(storable(text)),
            fixed => fixed,
        };
        Self {
            at: event.at,
            actor,
            environment: event.environment,
            account_id: event.account_id.map(storable),
            event: event.event,
            subject: event.subject.map(storable),
            remote_address: event.remote_address.map(storable),
            request_id: event.request_id.map(storable),
            details: storable(event.details),
        }
    }
}

/// PostgreSQL's text cannot hold a NUL character; an event is kept without it rather than lost, and with it the whole group.
fn storable(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text
    }
}

impl AuditRow {
    /// Where it happened.
    pub(crate) fn environment(&self) -> Option<&EnvironmentName> {
        self.environment.as_ref()
    }

    pub(crate) fn borrowed(&self) -> AuditColumns<'_> {
        AuditColumns {
            at: self.at,
            actor: &self.actor,
            environment: self.environment.as_ref().map(EnvironmentName::as_str),
            account_id: self.account_id.as_deref(),
            event: self.event,
            subject: self.subject.as_deref(),
            remote_address: self.remote_address.as_deref(),
            request_id: self.request_id.as_deref(),
            details: &self.details,
        }
    }

    /// As the parameters of one insert.
    pub(crate) fn params(&self) -> [Value<'_>; 9] {
        let row = self.borrowed();
        [
            row.at.into(),
            row.actor.into(),
            row.environment.into(),
            row.account_id.into(),
            row.event.into(),
            row.subject.into(),
            row.remote_address.into(),
            row.request_id.into(),
            row.details.into(),
        ]
    }
}
