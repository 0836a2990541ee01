//! The table `OpenIddictTokens`: those that are found by a reference; others carry all they say themselves.

use std::collections::HashMap;

use crate::import::client::{Obstacle, Reading};
use crate::import::fields::Row;
use crate::import::hashes;
use crate::import::people::People;
use crate::import::source::Tables;
use crate::import::token::{ForeignToken, ForeignTokens, OFFLINE, placed, without_times};
use crate::import::{Options, SourceError};
use crate::secrets::imported::work::Bytes;

const TABLE: &str = "OpenIddictTokens";

/// Reads what lives; `applications` are client ids by the applications' ids.
///
/// # Errors
/// People or authorizations cannot be read.
pub async fn read(
    tables: &Tables,
    applications: &HashMap<String, String>,
    options: &Options,
    reading: &mut Reading,
) -> Result<(), SourceError> {
    if options.no_tokens || !tables.has(TABLE) {
        return Ok(());
    }
    let mut scopes = HashMap::new();
    for row in tables.rows_if_any("OpenIddictAuthorizations").await? {
        let mut granted = row.list("Scopes", &[]);
        granted.retain(|scope| scope != OFFLINE);
        scopes.extend(row.text("Id").map(|id| (id, granted)));
    }
    let mut there = There {
        applications,
        people: People::read(tables, options.people.as_ref()).await?,
        scopes,
        together: HashMap::new(),
    };
    let take = |row: Row| there.one(&row, options, reading);
    tables.each(TABLE, None, take).await
}

struct There<'t> {
    applications: &'t HashMap<String, String>,
    people: People,
    scopes: HashMap<String, Vec<String>>,
    /// Which of the tokens found so far came out of an authorization.
    together: HashMap<String, usize>,
}

impl There<'_> {
    fn one(&mut self, row: &Row, options: &Options, reading: &mut Reading) {
        let kind = row.text("Type").unwrap_or_default();
        // Newer versions write the type's URN (RFC 8693 section 3).
        let is_access = kind.ends_with("access_token");
        let lives = row.text("Status").is_some_and(|status| status == "valid");
        let Some(reference) = row.text("ReferenceId").filter(|_| lives) else {
            return;
        };
        if !(is_access || kind.ends_with("refresh_token")) {
            return;
        }
        let ends_at = row.time("ExpirationDate");
        if matches!(ends_at, Ok(Some(end)) if end <= options.now) {
            return;
        }
        let place = format!("{TABLE} {}", row.text("Id").unwrap_or_default());
        let application = row.text("ApplicationId");
        let client_id = application.and_then(|id| self.applications.get(&id).cloned());
        let client_id = client_id.unwrap_or_default();
        let mut refuse = |obstacle| {
            let not_coming = &mut reading.tokens_not_coming;
            not_coming.add(&client_id, &place, 1, obstacle);
        };
        let (Ok(ends_at), Ok(Some(issued_at))) = (ends_at, row.time("CreationDate")) else {
            return refuse(without_times());
        };
        let digest = hashes::base64(&reference).filter(|bytes| bytes.len() == 32);
        let Some(digest) = digest else {
            return refuse(Obstacle::new(
                "Its reference is no SHA-256.",
                "Look at that row in the old server. It is never taken for the token itself.",
            ));
        };
        // What a client got for itself has the client for its subject, if any.
        let subject = row.text("Subject").filter(|subject| *subject != client_id);
        let person = match subject.map(|id| self.people.name(&id)).transpose() {
            Ok(person) => person,
            Err(obstacle) => return refuse(obstacle),
        };
        let authorization = row.text("AuthorizationId").filter(|_| person.is_some());
        let scopes = row.text("AuthorizationId");
        let scopes = scopes.and_then(|id| self.scopes.get(&id).cloned());
        let token = ForeignToken {
            digest: Bytes(digest),
            ends_at,
        };
        let (access, refresh) = placed(token, is_access);
        let tokens = ForeignTokens {
            place,
            client_id,
            person,
            scopes,
            issued_at,
            access,
            refresh,
        };
        self.add(tokens, authorization, reading);
    }

    /// What came out of one authorization ends together; a second refresh token of it stands by itself.
    fn add(&mut self, tokens: ForeignTokens, authorization: Option<String>, reading: &mut Reading) {
        let known = authorization.as_ref().and_then(|id| self.together.get(id));
        let known = known.and_then(|at| reading.tokens.get_mut(*at));
        if let Some(known) = known.filter(|known| {
            known.client_id == tokens.client_id
                && known.person == tokens.person
                && (known.refresh.is_none() || tokens.refresh.is_none())
        }) {
            known.issued_at = known.issued_at.min(tokens.issued_at);
            known.access.extend(tokens.access);
            known.refresh = known.refresh.take().or(tokens.refresh);
            return;
        }
        if let Some(id) = authorization {
            self.together.insert(id, reading.tokens.len());
        }
        reading.tokens.push(tokens);
    }
}
