//! Who acted, as far as the viewer may know: the platform's staff is neither named nor located to customers.

use std::collections::HashMap;

use store::{InEnvironment, Role, StoreError, StoredAuditEvent};

/// An actor to a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Named, with the address the request came from.
    Open,
    /// By an id that says nothing any more: whose the erased person was is not known, and nor is where it may be told.
    Nameless,
    /// Nobody but the platform.
    Platform,
}

/// The actors of one answer, each person looked up once.
pub struct Actors {
    /// None is staff, who see everybody.
    account_id: Option<String>,
    people: HashMap<String, Seen>,
}

impl Actors {
    /// For a viewer of that account; none is staff.
    pub fn seen_from(account_id: Option<&str>) -> Self {
        Self {
            account_id: account_id.map(str::to_owned),
            people: HashMap::new(),
        }
    }

    /// How an actor is seen.
    ///
    /// # Errors
    /// The database could not be asked.
    pub async fn of(&mut self, store: &InEnvironment<'_>, actor: &str) -> Result<Seen, StoreError> {
        let Some(account_id) = &self.account_id else {
            return Ok(Seen::Open);
        };
        let id = match actor.split_once(':') {
            Some(("credential", _)) => return Ok(Seen::Open),
            Some(("person", id)) => id,
            _ => return Ok(Seen::Platform),
        };
        if let Some(known) = self.people.get(id) {
            return Ok(*known);
        }
        let seen = match store.find_person_by_id(id).await? {
            None => Seen::Nameless,
            Some(person) if person.role == Role::Operator => Seen::Platform,
            Some(person) if person.account_id.as_ref() == Some(account_id) => Seen::Open,
            Some(_) => Seen::Platform,
        };
        self.people.insert(id.to_owned(), seen);
        Ok(seen)
    }

    /// The event as the viewer may have it.
    ///
    /// # Errors
    /// The database could not be asked.
    pub async fn without_staff(
        &mut self,
        store: &InEnvironment<'_>,
        event: StoredAuditEvent,
    ) -> Result<StoredAuditEvent, StoreError> {
        Ok(match self.of(store, &event.actor).await? {
            Seen::Open => event,
            Seen::Nameless => StoredAuditEvent {
                remote_address: None,
                ..event
            },
            Seen::Platform => StoredAuditEvent {
                actor: "platform".to_owned(),
                remote_address: None,
                ..event
            },
        })
    }
}
