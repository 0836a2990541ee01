//! What goes back and what cannot: decided for each credential, whatever the server.

use serde::Serialize;
use store::{Millis, Returning, ReturningCredential, ReturningSecret};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::form;
use crate::clock::rfc3339;
use crate::config::OldServer;
use crate::secrets::master_key::MasterKeys;

/// Something that cannot go back, or not whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NotExported)]
pub struct NotGoing {
    /// `credential`, or `secret` where the credential goes without it.
    pub what: String,
    /// Whose.
    pub client_id: String,
    /// Why.
    pub reason: String,
    /// What can be done.
    pub remedy: String,
}

/// A credential that goes, with the server's form of its newest secret.
pub struct Going<'c> {
    /// Which.
    pub credential: &'c ReturningCredential,
    /// None for a public client.
    pub secret: Option<Zeroizing<String>>,
    /// The old server has it already, and gets only its new secret.
    pub is_there: bool,
}

/// Everything that goes, and what does not.
#[derive(Default)]
pub struct Journey<'c> {
    /// The oldest first.
    pub going: Vec<Going<'c>>,
    /// With reasons.
    pub not_going: Vec<NotGoing>,
}

/// What a journey is planned by.
pub struct Order<'o> {
    /// Where to.
    pub server: OldServer,
    /// What was made before is there already.
    pub since: Option<Millis>,
    /// What sealed secrets.
    pub keys: &'o MasterKeys,
    /// Now.
    pub now: Millis,
}

impl<'c> Journey<'c> {
    /// Plans it.
    pub fn plan(order: &Order<'_>, returning: &'c Returning) -> Self {
        let mut journey = Self::default();
        for credential in &returning.credentials {
            journey.take(order, credential);
        }
        for client_id in &returning.deleted {
            journey.refuse(
                "credential",
                client_id,
                "It came from the old server and was deleted here since.",
                "Delete it there as well, or its programs are let in again.",
            );
        }
        journey
    }

    /// Notes something that does not go.
    pub fn refuse(
        &mut self,
        what: &str,
        client_id: &str,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.not_going.push(NotGoing {
            what: what.to_owned(),
            client_id: client_id.to_owned(),
            reason: reason.into(),
            remedy: remedy.into(),
        });
    }

    fn take(&mut self, order: &Order<'_>, credential: &'c ReturningCredential) {
        let id = &credential.client_id;
        let before = |at: Millis| order.since.is_some_and(|since| at < since);
        let is_there = credential.came || before(credential.created_at);
        if credential.public {
            if !is_there {
                self.go(credential, None, false, order);
            }
            return;
        }
        let live = |secret: &&ReturningSecret| secret.expires_at.is_none_or(|end| order.now < end);
        let mut secrets = credential.secrets.iter().filter(live);
        let Some(newest) = secrets.next() else {
            return self.refuse(
                "credential",
                id,
                "None of its secrets lives.",
                "Nothing, or give it a new one there.",
            );
        };
        if is_there && (newest.came || before(newest.created_at)) {
            return;
        }
        let kept = newest
            .way_back
            .as_ref()
            .filter(|way| way.server == order.server.name());
        let Some(way) = kept else {
            return self.refuse(
                "credential",
                id,
                format!(
                    "Its secret was made while `way_back` was not \"{}\", and only a hash of ours is known.",
                    order.server.name()
                ),
                "Rotate it here while `way_back` is on and hand out the new secret, or give it a new one there.",
            );
        };
        let Some(text) = form::open(order.keys, &credential.uuid, way) else {
            return self.refuse(
                "credential",
                id,
                format!(
                    "Its secret is sealed under master key {}, which does not open it here.",
                    way.master_key_id
                ),
                "Add that key to the key's file and restart.",
            );
        };
        if secrets.next().is_some() {
            self.refuse(
                "secret",
                id,
                "An older secret of it still lives here; the old server gets the newest alone.",
                "See that its programs use the newest before they return.",
            );
        }
        if let Some(end) = newest.expires_at {
            self.refuse(
                "secret",
                id,
                format!(
                    "Its secret ends here on {}; there it does not.",
                    rfc3339(end)
                ),
                "End it there on that day.",
            );
        }
        self.go(credential, Some(text), is_there, order);
    }

    fn go(
        &mut self,
        credential: &'c ReturningCredential,
        secret: Option<Zeroizing<String>>,
        is_there: bool,
        order: &Order<'_>,
    ) {
        if credential.disabled && order.server != OldServer::Keycloak {
            return self.refuse(
                "credential",
                &credential.client_id,
                "It is switched off here, or its account is suspended, and the old server has no such switch.",
                "Switch it on first, if it is to go.",
            );
        }
        self.going.push(Going {
            credential,
            secret,
            is_there,
        });
    }
}
