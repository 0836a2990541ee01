//! Invitations to those whom a refresh brought, out of the outbox: the link is made when its mail is sent, and taken back when it was not.

use store::{Actor, AuditEvent, Delivery, Inviter, Millis, Person, StoreError, TicketKind};

use super::mailer::{MailError, Mailer};
use super::{address, letters};
use crate::clock;
use crate::deliveries::channel::Outcome;
use crate::people::authenticate::may_have_password;
use crate::people::tickets::{self, Holder, TicketError};
use crate::platform::{Issuer, Platform};
use crate::refresh::newcomers::lets_addresses_cross;

/// Invites somebody, unless there is a way in by now or the configuration lets no address cross any more.
pub async fn deliver(
    platform: &Platform,
    issuer: &Issuer,
    mailer: &Mailer,
    person: &Person,
    delivery: &Delivery,
) -> Outcome {
    let environment = &issuer.environment;
    let came = person.password.is_some() || person.last_sign_in_at.is_some();
    if came || !lets_addresses_cross(environment) || !may_have_password(environment, person) {
        return Outcome::Nobody;
    }
    let Some(to) = address::of(person) else {
        return Outcome::Nobody;
    };
    let now = clock::now();
    let store = platform.store.in_environment(issuer.name());
    match store.find_inviter(&person.id, now).await {
        // Their link works, and a new one would end it.
        Ok(Some(Inviter::Person)) => return Outcome::Nobody,
        Ok(Some(Inviter::Program)) if delivery.attempts <= 1 => return Outcome::Nobody,
        // Of an attempt that broke off: nobody knows whether its mail arrived.
        Ok(Some(Inviter::Program) | None) => {}
        Err(error) => return Outcome::Failed(error.to_string()),
    }
    let holder = Holder::member(&person.id, person.account_id.as_deref());
    let audit = audit(person, delivery, now);
    let invitation = TicketKind::Invitation;
    let link = match tickets::issue(platform, issuer, invitation, holder, now, audit).await {
        Ok(link) => link,
        // Disabled or gone in this moment.
        Err(TicketError::Store(StoreError::Refused(_))) => return Outcome::Nobody,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let letter = letters::newcomer(issuer, &link, &person.username);
    let failed = match mailer.send(&to, &delivery.id, &letter).await {
        Ok(()) => return Outcome::Delivered("taken by the mail server".to_owned()),
        Err(MailError::NoSuchMailbox(code)) => {
            Outcome::Refused(format!("the mail server answered {code}"))
        }
        Err(error) => Outcome::Failed(error.to_string()),
    };
    // Nobody has it, so the person's page is not to say that there is one. Left where it is it harms nobody: the next takes its place.
    if let Err(error) = tickets::withdraw(platform, issuer, &link).await {
        tracing::warn!(environment = issuer.realm(), %error, "a link that was not mailed could not be taken back");
    }
    failed
}

/// As the portal writes an invitation, with the run that brought the person.
fn audit(person: &Person, delivery: &Delivery, now: Millis) -> AuditEvent {
    let facts: serde_json::Value = serde_json::from_str(&delivery.payload).unwrap_or_default();
    let details = serde_json::json!({ "refresh": facts["details"]["refresh"] });
    AuditEvent {
        at: now,
        actor: Actor::System,
        environment: None,
        account_id: person.account_id.clone(),
        event: "person.invited",
        subject: Some(person.id.clone()),
        remote_address: None,
        request_id: None,
        details: details.to_string(),
    }
}
