//! Mail to people: warnings before a secret ends, invitations, and word of what happened to somebody's own sign-in.
//!
//! What an event causes comes out of the outbox, so that it is tried again and sent by one node. An invitation holds a link that
//! is a secret and must lie in no database: it is sent while its maker waits, who hears whether it was. Those whom a refresh brought have
//! no such maker: that they are to be invited comes out of the outbox, and their link is made when its mail is sent.

pub mod address;
pub mod letters;
pub mod mailer;
pub mod newcomers;

use lettre::Address;
use store::{Delivery, MailTo, NEWCOMER, Person, Role};

use crate::deliveries::channel::Outcome;
use crate::people::tickets::Link;
use crate::platform::{Issuer, Platform};
use mailer::MailError;

/// What is mailed, and to whom.
pub const MAILED: [(&str, MailTo); 5] = [
    ("secret.expiring", MailTo::AccountManagers),
    ("person.password_changed", MailTo::Subject),
    ("person.password_set", MailTo::Subject),
    ("person.second_factor_turned_off", MailTo::Subject),
    ("person.second_factor_reset", MailTo::Subject),
];

/// Sends what an event causes. Who it is for is looked up now: whoever was erased, disabled or has another role hears nothing.
pub async fn deliver(platform: &Platform, delivery: &Delivery) -> Outcome {
    let environment = delivery.environment.as_ref();
    let issuer = environment.and_then(|name| platform.issuer(name.as_str()));
    let (Some(mailer), Some(issuer)) = (&platform.mailer, issuer) else {
        return Outcome::Nobody;
    };
    let store = platform.store.in_environment(issuer.name());
    let person = match store.find_person_by_id(&delivery.receiver).await {
        Ok(Some(person)) if person.is_enabled() => person,
        Ok(_) => return Outcome::Nobody,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    if delivery.event == NEWCOMER {
        return newcomers::deliver(platform, issuer, mailer, &person, delivery).await;
    }
    let manages = person.role == Role::AccountManager;
    let letter = match delivery.event.as_str() {
        "secret.expiring" if manages => letters::expiring(issuer, delivery),
        "secret.expiring" => None,
        event => letters::security(issuer, event, &person, delivery.occurred_at),
    };
    let (Some(letter), Some(to)) = (letter, address::of(&person)) else {
        return Outcome::Nobody;
    };
    match mailer.send(&to, &delivery.id, &letter).await {
        Ok(()) => Outcome::Delivered("taken by the mail server".to_owned()),
        Err(MailError::NoSuchMailbox(code)) => {
            Outcome::Refused(format!("the mail server answered {code}"))
        }
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// What became of a link that was to be mailed.
pub enum Mailed {
    /// No mail is configured.
    Off,
    /// The mail server took it, for this address.
    To(Address),
    /// It was not sent; a sentence says why.
    Not(String),
}

/// Mails an invitation, after it was made.
pub async fn invite(platform: &Platform, issuer: &Issuer, person: &Person, link: &Link) -> Mailed {
    let Some(mailer) = &platform.mailer else {
        return Mailed::Off;
    };
    let Some(to) = address::of(person) else {
        return Mailed::Not(
            "The invitation was not mailed: the person has no e-mail address.".to_owned(),
        );
    };
    let letter = letters::invitation(issuer, link);
    let Ok(id) = crate::random::uuid(crate::clock::now()) else {
        return Mailed::Not("The invitation was not mailed: there is no randomness.".to_owned());
    };
    match mailer.send(&to, &id, &letter).await {
        Ok(()) => Mailed::To(to),
        Err(error) => Mailed::Not(format!(
            "The invitation was not mailed: {error}. Pass the link on yourself."
        )),
    }
}
