//! People as they stood: what is about to be changed is written down first, in the same transaction, so that any moment
//! of the last months can be read afterwards. What never changed costs nothing.

use crate::database::{Transaction, params};
use crate::statements::statements;
use crate::{EnvironmentName, Millis, StoreError};

statements! {
    /// Of two changes in one millisecond the first one knew how it stood.
    REMEMBER = "insert into people_before (person_id, environment, until, account_id, username, canonical_username, role, disabled_at, email) \
        select id, environment, cast($1 as bigint), account_id, username, canonical_username, role, disabled_at, email from people \
        where id = $2 and environment = $3 on conflict do nothing";
    /// The same of many: the keys of a JSON object are their ids.
    pub(crate) REMEMBER_ALL = "insert into people_before (person_id, environment, until, account_id, username, canonical_username, role, disabled_at, email) \
        select id, environment, cast($1 as bigint), account_id, username, canonical_username, role, disabled_at, email from people \
        where environment || '' = $2 and id in (select e.key from json_each($3) e) on conflict do nothing";
    /// Whoever is erased is erased here as well.
    pub(crate) FORGET = "delete from people_before where person_id = $1";
    pub(crate) DELETE_OLD = "delete from people_before where (person_id, until) in \
        (select person_id, until from people_before where until < $1 order by until limit $2)";
}

/// For how long it is known how people stood: the end of the last month, and a run that was missed for weeks.
pub(crate) const KEPT: Millis = 100 * 24 * 60 * 60 * 1000;

/// Writes down how a person stands, before that is changed.
pub(crate) async fn remember(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    person_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    tx.execute(REMEMBER, params![now, person_id, environment])
        .await
        .map(drop)
}
