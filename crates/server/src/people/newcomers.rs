//! Making a person who gets an invitation: for the portal, where the account and the roles that can be given are the server's to say.

use store::{AuditEvent, Millis, NewPerson, Refused, Role, StoreError, TicketKind};

use super::tickets::{self, Holder, Link, TicketError};
use super::username::{self, NoUsername};
use crate::platform::{Issuer, Platform};
use crate::random::{self, NoRandomness};

/// Who is to come.
pub struct Newcomer {
    /// The person's id, drawn when the form was made: the same form makes nobody twice.
    pub id: String,
    /// Whose person, by name; the account is made if it is new.
    pub account: String,
    /// As it was typed.
    pub username: String,
    /// What the person may do.
    pub role: Role,
}

/// Why nobody was made.
#[derive(Debug, thiserror::Error)]
pub enum NotInvited {
    /// The name is none.
    #[error(transparent)]
    Username(#[from] NoUsername),
    /// Someone has the name, in whatever spelling, here or in another account.
    #[error("the username is taken")]
    Taken,
    /// The form was sent before.
    #[error("the form was sent before")]
    Again,
    /// No link could be made; the person may be there by now, and can be invited anew.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// Makes the person, then the link. Each has its audit row in its own transaction.
///
/// # Errors
/// See [`NotInvited`].
pub async fn invite(
    platform: &Platform,
    issuer: &Issuer,
    newcomer: Newcomer,
    now: Millis,
    event: impl Fn(&'static str) -> AuditEvent,
) -> Result<Link, NotInvited> {
    let store = platform.store.in_environment(issuer.name());
    let id = newcomer.id;
    let details = serde_json::json!({ "role": newcomer.role.as_str() });
    let new = NewPerson {
        email: None,
        id: id.clone(),
        account_name: Some(newcomer.account),
        new_account_id: random::uuid(now)?,
        canonical_username: username::canonical(&newcomer.username)?,
        username: newcomer.username.trim().to_owned(),
        role: newcomer.role,
        password: None,
        created_at: now,
    };
    let audit = AuditEvent {
        details: details.to_string(),
        subject: Some(id.clone()),
        ..event("person.created")
    };
    match store.create_person(new, audit).await {
        Ok(()) => {}
        Err(StoreError::Refused(Refused::Exists(_))) => {
            return match store.find_person_by_id(&id).await? {
                Some(_) => Err(NotInvited::Again),
                None => Err(NotInvited::Taken),
            };
        }
        Err(error) => return Err(error.into()),
    }
    let made = store.find_person_by_id(&id).await?;
    let account_id = made.and_then(|person| person.account_id);
    let audit = AuditEvent {
        account_id: account_id.clone(),
        ..event("person.invited")
    };
    let invitation = TicketKind::Invitation;
    let holder = Holder::member(&id, account_id.as_deref());
    Ok(tickets::issue(platform, issuer, invitation, holder, now, audit).await?)
}
