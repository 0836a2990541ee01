//! Links that work once: an invitation, by which someone sets a password within a week, and a hand-over, by which someone
//! comes within a minute from the platform's own product, signed in there.

use aws_lc_rs::digest::{SHA256, digest};
use store::{AuditEvent, Millis, NewTicket, Person, StoreError, Ticket, TicketKind};

use crate::platform::{Issuer, Platform};
use crate::random::{self, NoRandomness};
use crate::tokens::text;

/// What differs between the kinds.
struct Look {
    prefix: &'static str,
    lifetime: Millis,
    path: &'static str,
}

fn look(kind: TicketKind) -> Look {
    match kind {
        TicketKind::Invitation => Look {
            prefix: "gri_",
            lifetime: 7 * 24 * 60 * 60 * 1000,
            path: "/portal/invitation",
        },
        TicketKind::HandOver => Look {
            prefix: "grh_",
            lifetime: 60 * 1000,
            path: "/portal/hand-over",
        },
    }
}

/// Why no link could be made: always ours.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// A link that was made.
pub struct Link {
    /// The address to pass on, under the configured URL and no other.
    pub url: String,
    /// From when it is dead.
    pub expires_at: Millis,
    id_hash: [u8; 32],
}

/// For whom a link is.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// The person.
    pub person_id: &'a str,
    /// The account whose person this must be, and no operator; none where an operator may be let in too.
    pub of_account: Option<&'a str>,
}

impl<'a> Holder<'a> {
    /// Whoever the person is: only operators ask so.
    pub fn anyone(person_id: &'a str) -> Self {
        Self {
            person_id,
            of_account: None,
        }
    }

    /// One of the account's people.
    pub fn member(person_id: &'a str, account_id: Option<&'a str>) -> Self {
        Self {
            person_id,
            // Nobody is of the account without an id.
            of_account: Some(account_id.unwrap_or_default()),
        }
    }
}

/// Makes a link for a person.
///
/// # Errors
/// See [`TicketError`].
pub async fn issue(
    platform: &Platform,
    issuer: &Issuer,
    kind: TicketKind,
    holder: Holder<'_>,
    now: Millis,
    audit: AuditEvent,
) -> Result<Link, TicketError> {
    let look = look(kind);
    let token = text::write(look.prefix, &random::bytes::<32>()?);
    let expires_at = now + look.lifetime;
    let id_hash = hash(&token);
    let ticket = NewTicket {
        id_hash,
        kind,
        person_id: holder.person_id.to_owned(),
        of_account: holder.of_account.map(str::to_owned),
        created_at: now,
        expires_at,
    };
    let store = platform.store.in_environment(issuer.name());
    store.issue_ticket(ticket, audit).await?;
    Ok(Link {
        url: issuer.url(&format!("{}?token={token}", look.path)),
        expires_at,
        id_hash,
    })
}

/// Takes back a link that reached nobody.
///
/// # Errors
/// The database; the link then works until its end.
pub async fn withdraw(platform: &Platform, issuer: &Issuer, link: &Link) -> Result<(), StoreError> {
    let store = platform.store.in_environment(issuer.name());
    store.withdraw_ticket(link.id_hash).await
}

/// Whom a link that is good is for, if that person may still come in. It stays good: a mail scanner that follows it spends
/// nothing.
///
/// # Errors
/// The database could not be asked.
pub async fn person_of(
    platform: &Platform,
    issuer: &Issuer,
    kind: TicketKind,
    token: &str,
    now: Millis,
) -> Result<Option<Person>, StoreError> {
    if text::read::<32>(look(kind).prefix, token).is_none() {
        return Ok(None);
    }
    let store = platform.store.in_environment(issuer.name());
    let Some(ticket) = store.find_ticket(&hash(token), kind, now).await? else {
        return Ok(None);
    };
    let person = store.find_person_by_id(&ticket.person_id).await?;
    Ok(person.filter(Person::is_enabled))
}

/// Uses a link up.
///
/// # Errors
/// The database could not be asked.
pub async fn spend(
    platform: &Platform,
    issuer: &Issuer,
    kind: TicketKind,
    token: &str,
    now: Millis,
) -> Result<Option<Ticket>, StoreError> {
    platform
        .store
        .in_environment(issuer.name())
        .spend_ticket(hash(token), kind, now)
        .await
}

fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}
