//! Invitations: a link by which someone sets a password, once, within a week.

use aws_lc_rs::digest::{SHA256, digest};
use store::{AuditEvent, Millis, NewTicket, StoreError, Ticket, TicketKind};

use crate::platform::{Issuer, Platform};
use crate::random::{self, NoRandomness};
use crate::tokens::text;

const PREFIX: &str = "gri_";
const LIFETIME: Millis = 7 * 24 * 60 * 60 * 1000;

/// Why no invitation could be made: always ours.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// An invitation that was made.
pub struct Invitation {
    /// The address to pass on, under the configured URL and no other.
    pub url: String,
    /// From when it is dead.
    pub expires_at: Millis,
}

/// Makes an invitation for a person.
///
/// # Errors
/// See [`TicketError`].
pub async fn invite(
    platform: &Platform,
    issuer: &Issuer,
    person_id: &str,
    now: Millis,
    audit: AuditEvent,
) -> Result<Invitation, TicketError> {
    let token = text::write(PREFIX, &random::bytes::<32>()?);
    let expires_at = now + LIFETIME;
    let ticket = NewTicket {
        id_hash: hash(&token),
        kind: TicketKind::Invitation,
        person_id: person_id.to_owned(),
        created_at: now,
        expires_at,
    };
    let store = platform.store.in_environment(issuer.name());
    store.issue_ticket(ticket, audit).await?;
    Ok(Invitation {
        url: issuer.url(&format!("/portal/invitation?token={token}")),
        expires_at,
    })
}

/// Looks whether an invitation is good, and leaves it so: a mail scanner that follows the link spends nothing.
///
/// # Errors
/// The database could not be asked.
pub async fn find(
    platform: &Platform,
    issuer: &Issuer,
    token: &str,
    now: Millis,
) -> Result<Option<Ticket>, StoreError> {
    if text::read::<32>(PREFIX, token).is_none() {
        return Ok(None);
    }
    platform
        .store
        .in_environment(issuer.name())
        .find_ticket(&hash(token), TicketKind::Invitation, now)
        .await
}

/// Uses an invitation up.
///
/// # Errors
/// The database could not be asked.
pub async fn spend(
    platform: &Platform,
    issuer: &Issuer,
    token: &str,
    now: Millis,
) -> Result<Option<Ticket>, StoreError> {
    platform
        .store
        .in_environment(issuer.name())
        .spend_ticket(hash(token), TicketKind::Invitation, now)
        .await
}

fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}
