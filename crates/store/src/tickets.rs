//! Tickets: what may be used once, by whoever holds it, kept as a hash.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{Actor, AuditEvent, InEnvironment, Millis, Refused, StoreError};

statements! {
    /// Only for whom the maker may still let in: what was read before may be over, the maker's own rights too.
    INSERT = "insert into tickets (id_hash, environment, kind, person_id, created_at, expires_at, issued_by) \
        select $1, $2, $3, p.id, $4, $5, $6 from present_people p where p.id = $7 and p.environment = $2 and p.disabled_at is null \
        and (cast($8 as text) is null or (p.account_id = $8 and p.role <> 'operator')) \
        and (cast($6 as text) is null or exists (select 1 from present_people m where m.id = $6 and m.disabled_at is null and m.role <> 'member'))";
    /// The newest invitation counts: an older one may be in the wrong hands.
    DELETE_OTHERS = "delete from tickets where person_id = $1 and environment = $2 and kind = $3 and id_hash <> $4 and used_at is null";
    SELECT = "select person_id, expires_at from tickets where id_hash = $1 and environment = $2 and kind = $3 and used_at is null and expires_at > $4";
    SPEND = "update tickets set used_at = $1 where id_hash = $2 and environment = $3 and kind = $4 and used_at is null and expires_at > $1 returning person_id, expires_at";
    SELECT_INVITER = "select case when issued_by is null then cast(0 as bigint) else cast(1 as bigint) end from tickets \
        where person_id = $1 and environment = $2 and kind = 'invitation' and used_at is null and expires_at > $3 limit 1";
    WITHDRAW = "delete from tickets where id_hash = $1 and environment = $2 and used_at is null";
    pub(crate) DELETE_EXPIRED = "delete from tickets where id_hash in (select id_hash from tickets where expires_at < $1 order by expires_at limit $2)";
}

/// Why no link is made.
const NOT_LET_IN: &str = "This person is disabled, or is another account's or an operator by now; look at the person again.";

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
    /// The account whose person this must be, and no operator; none where an operator may be let in too.
    pub of_account: Option<String>,
    /// Now.
    pub created_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
}

/// Whose hand made an invitation that is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inviter {
    /// Somebody in the portal.
    Person,
    /// The management API, the command line, or Grantor itself.
    Program,
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
    /// Keeps a ticket, which dies with the right of the person who made it, if a person did. A new invitation ends the person's others.
    ///
    /// # Errors
    /// `Refused::Conflict` when the person is not here, is disabled, or is not the account's. [`StoreError::Unavailable`] when it is not known to be durable.
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
                    // Else a change of the role in this moment would not see the ticket, nor the ticket the change.
                    tx.hold_changes().await?;
                    let kind = ticket.kind.as_str();
                    let maker = match &audit.actor {
                        Actor::Person(id) => Some(id.clone()),
                        _ => None,
                    };
                    let params = params![
                        &ticket.id_hash,
                        &environment,
                        kind,
                        ticket.created_at,
                        ticket.expires_at,
                        &maker,
                        &ticket.person_id,
                        &ticket.of_account
                    ];
                    if tx.execute(INSERT, params).await? == 0 {
                        return Err(Refused::Conflict(NOT_LET_IN).into());
                    }
                    if ticket.kind == TicketKind::Invitation {
                        let params =
                            params![&ticket.person_id, &environment, kind, &ticket.id_hash];
                        tx.execute(DELETE_OTHERS, params).await?;
                    }
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

    /// Who invited a person, if the invitation is good.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_inviter(
        &self,
        person_id: &str,
        now: Millis,
    ) -> Result<Option<Inviter>, StoreError> {
        let params = params![person_id, self.environment, now];
        let rows = self.store.database.query(SELECT_INVITER, params).await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        Ok(Some(match row.flag()? {
            true => Inviter::Person,
            false => Inviter::Program,
        }))
    }

    /// Takes a ticket back that reached nobody.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn withdraw_ticket(&self, id_hash: [u8; 32]) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![&id_hash, &environment];
                    tx.execute(WITHDRAW, params).await.map(drop)
                })
            })
            .await
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
