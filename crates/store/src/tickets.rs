//! Tickets: what may be used once, by whoever holds it, kept as a hash.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{AuditEvent, InEnvironment, Millis, StoreError};

statements! {
    INSERT = "insert into tickets (id_hash, environment, kind, person_id, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)";
    SELECT = "select person_id, expires_at from tickets where id_hash = $1 and environment = $2 and kind = $3 and used_at is null and expires_at > $4";
    SPEND = "update tickets set used_at = $1 where id_hash = $2 and environment = $3 and kind = $4 and used_at is null and expires_at > $1 returning person_id, expires_at";
    pub(crate) DELETE_EXPIRED = "delete from tickets where id_hash in (select id_hash from tickets where expires_at < $1 order by expires_at limit $2)";
}

/// What a ticket is for. One kind is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketKind {
    /// Setting the first password, or a forgotten one anew.
    Invitation,
    /// Coming from the platform's own product, where the person is signed in.
    HandOver,
}

impl TicketKind {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::HandOver => "hand-over",
        }
    }
}

/// A ticket to be kept.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// SHA-256 of its text.
    pub id_hash: [u8; 32],
    /// What for.
    pub kind: TicketKind,
    /// For whom.
    pub person_id: String,
    /// Now.
    pub created_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
}

/// A ticket that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// For whom.
    pub person_id: String,
    /// From when it is dead.
    pub expires_at: Millis,
}

impl InEnvironment<'_> {
    /// Keeps a ticket.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn issue_ticket(
        &self,
        ticket: NewTicket,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(
                        INSERT,
                        params![
                            &ticket.id_hash,
                            &environment,
                            ticket.kind.as_str(),
                            &ticket.person_id,
                            ticket.created_at,
                            ticket.expires_at
                        ],
                    )
                    .await?;
                    tx.record(audit.about(Some(&environment), None, Some(&ticket.person_id)))
                        .await
                })
            })
            .await
    }

    /// Looks whether a ticket is good, and leaves it so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_ticket(
        &self,
        id_hash: &[u8; 32],
        kind: TicketKind,
        now: Millis,
    ) -> Result<Option<Ticket>, StoreError> {
        let rows = self
            .store
            .database
            .query(
                SELECT,
                params![id_hash, self.environment, kind.as_str(), now],
            )
            .await?;
        rows.into_iter().next().map(Ticket::read).transpose()
    }

    /// Uses a ticket up: one conditional write. None when it is not good.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn spend_ticket(
        &self,
        id_hash: [u8; 32],
        kind: TicketKind,
        now: Millis,
    ) -> Result<Option<Ticket>, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![now, &id_hash, &environment, kind.as_str()];
                    tx.first(SPEND, params).await?.map(Ticket::read).transpose()
                })
            })
            .await
    }
}

impl Ticket {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            person_id: row.text()?,
            expires_at: row.integer()?,
        })
    }
}
