//! Events as people read them: who and what by name, as far as they are still there.

use std::collections::HashMap;

use store::{Role, StoreError, StoredAuditEvent};

use super::actors::Actors;
use crate::pages::ActivityRow;
use crate::portal::access::Manager;

/// A page of them.
pub async fn rows(
    manager: &Manager,
    events: Vec<StoredAuditEvent>,
) -> Result<Vec<ActivityRow>, StoreError> {
    let mut names = Names::default();
    let mut actors = Actors::seen_from(manager.account_id());
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let event = actors.without_staff(&store, event).await?;
        let (actor_kind, actor) = match event.actor.split_once(':') {
            Some(("person", id)) => ("person", names.person(manager, id).await?),
            Some(("credential", uuid)) => ("credential", names.credential(manager, uuid).await?),
            Some(("operator", name)) => ("operator", name.to_owned()),
            _ => ("platform", String::new()),
        };
        let subject = match (&event.subject, event.event.split_once('.')) {
            (None, _) => String::new(),
            (Some(id), Some(("person", _))) => names.person(manager, id).await?,
            (Some(id), _) => names.credential(manager, id).await?,
        };
        rows.push(ActivityRow {
            at: event.at,
            what: manager.visit.event(&event.event),
            event: event.event,
            actor_kind,
            actor,
            subject_id: event.subject.unwrap_or_default(),
            subject,
            remote_address: event.remote_address.unwrap_or_default(),
            request_id: event.request_id.unwrap_or_default(),
        });
    }
    Ok(rows)
}

/// Names asked for once a page.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    async fn person(&mut self, manager: &Manager, id: &str) -> Result<String, StoreError> {
        if let Some(known) = self.0.get(id) {
            return Ok(known.clone());
        }
        let context = &manager.visit.context;
        let store = context.platform.store.in_environment(context.issuer.name());
        let found = store.find_person_by_id(id).await?;
        // Staff of the platform are not named to its customers, nor are another account's people.
        let own = found.filter(|person| {
            let is_own = person.account_id.as_deref() == manager.account_id();
            manager.account_id().is_none() || (is_own && person.role != Role::Operator)
        });
        let name = own.map_or_else(|| id.to_owned(), |person| person.username);
        Ok(self.0.entry(id.to_owned()).or_insert(name).clone())
    }

    async fn credential(&mut self, manager: &Manager, uuid: &str) -> Result<String, StoreError> {
        if let Some(known) = self.0.get(uuid) {
            return Ok(known.clone());
        }
        let context = &manager.visit.context;
        let store = context.platform.store.in_environment(context.issuer.name());
        let found = store.find_client_by_uuid(uuid).await?;
        let own = found.filter(|client| {
            manager
                .account_id()
                .is_none_or(|account| account == client.credential.account_id)
        });
        let name = own.map_or_else(|| uuid.to_owned(), |client| client.credential.name);
        Ok(self.0.entry(uuid.to_owned()).or_insert(name).clone())
    }
}
