//! What people did in an account: the audit trail without what programs do all day.

use crate::audit_events::StoredAuditEvent;
use crate::database::Value;
use crate::statements::statements;
use crate::{EnvironmentName, InEnvironment, StoreError};

/// The condition of the three indexes that make this quick stands in each statement, word for word.
macro_rules! activity {
    ($whose:literal, $subject:literal) => {
        concat!(
            "select sequence, at, actor, environment, account_id, event, subject, remote_address, request_id, details from audit_events \
             where ", $whose, " and event <> 'token.issued' and event <> 'refresh_token.rotated' \
             and (environment is null or environment = $2) \
             and ", $subject, " \
             and (cast($4 as text) is null or event like $4 escape '!') \
             and (cast($5 as text) is null or actor = $5) \
             and (cast($6 as bigint) is null or sequence < $6) \
             order by sequence desc limit $7"
        )
    };
}

statements! {
    SELECT_OF_ACCOUNT = activity!("account_id = $1", "cast($3 as text) is null");
    SELECT_OF_ALL = activity!("cast($1 as text) is null", "cast($3 as text) is null");
    SELECT_OF_SUBJECT = activity!("(cast($1 as text) is null or account_id = $1)", "subject = $3");
}

/// Which of it.
#[derive(Clone, Debug, Default)]
pub struct ActivityFilter {
    /// Only this account's, by id; none for all.
    pub account_id: Option<String>,
    /// Only what happened to this.
    pub subject: Option<String>,
    /// Only events whose name begins so: `credential.`
    pub kind: Option<String>,
    /// Only what this actor did, as the trail writes actors.
    pub actor: Option<String>,
    /// Only rows with a smaller sequence number (newest first paging).
    pub before: Option<i64>,
}

impl InEnvironment<'_> {
    /// Newest first. What belongs to no environment (an account suspended everywhere) is among it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn activity(
        &self,
        filter: ActivityFilter,
        limit: u32,
    ) -> Result<Vec<StoredAuditEvent>, StoreError> {
        let sql = match (&filter.account_id, &filter.subject) {
            (_, Some(_)) => SELECT_OF_SUBJECT,
            (Some(_), None) => SELECT_OF_ACCOUNT,
            (None, None) => SELECT_OF_ALL,
        };
        let plain = |text: String| text.replace('\0', "");
        let kind = filter.kind.map(|kind| {
            let escaped = plain(kind)
                .replace('!', "!!")
                .replace('%', "!%")
                .replace('_', "!_");
            format!("{escaped}%")
        });
        let environment: &EnvironmentName = self.environment;
        let params: Vec<Value<'static>> = vec![
            filter.account_id.into(),
            environment.as_str().to_owned().into(),
            filter.subject.map(plain).into(),
            kind.into(),
            filter.actor.map(plain).into(),
            filter.before.into(),
            limit.into(),
        ];
        self.store
            .database
            .scan(sql, params)
            .await?
            .into_iter()
            .map(StoredAuditEvent::read)
            .collect()
    }
}
