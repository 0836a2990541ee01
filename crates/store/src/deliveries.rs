//! Deliveries: what waits to be told to others, who sends it, and how it ended.
//!
//! Of many nodes one sends: taking a delivery is one conditional write that moves the moment of its next attempt, and whoever
//! finds that moment moved has lost. A node that dies while it sends leaves a delivery that is due again a minute later; so
//! each is sent at least once, and now and then twice.

use crate::database::{Row, Value, params};
use crate::statements::statements;
use crate::{AuditEvent, EnvironmentName, Millis, Store, StoreError};

macro_rules! deliveries {
    ($rest:literal) => {
        concat!(
            "select id, kind, receiver, event, environment, occurred_at, payload, state, attempts, next_attempt_at, last_attempt_at, last_outcome, \
             ended_at from deliveries where ",
            $rest
        )
    };
}

statements! {
    SELECT_DUE = deliveries!("kind = $1 and receiver = $2 and state = 'waiting' and next_attempt_at <= $3 order by next_attempt_at limit $4");
    SELECT_DUE_OF_KIND = deliveries!("kind = $1 and state = 'waiting' and next_attempt_at <= $2 order by next_attempt_at limit $3");
    SELECT_LIST = deliveries!("kind = $1 and (cast($2 as text) is null or receiver = $2) and (cast($3 as text) is null or state = $3) \
        and (cast($4 as text) is null or event = $4) and (cast($5 as text) is null or id < $5) order by id desc limit $6");
    SELECT_ONE = deliveries!("id = $1");
    SELECT_LAST = deliveries!("kind = $1 and receiver = $2 and last_attempt_at is not null order by last_attempt_at desc limit 1");
    COUNT = "select receiver, state, count(*) from deliveries where kind = $1 group by receiver, state";
    CLAIM = "update deliveries set next_attempt_at = $1, last_attempt_at = $2, attempts = attempts + 1 \
        where id = $3 and state = 'waiting' and next_attempt_at = $4 and attempts = $5";
    /// Only by whoever holds it: after the lease it may be another's.
    END = "update deliveries set state = $1, ended_at = $2, last_outcome = $3 where id = $4 and state = 'waiting' and attempts = $5";
    POSTPONE = "update deliveries set next_attempt_at = $1, last_outcome = $2 where id = $3 and state = 'waiting' and attempts = $4";
    RETRY = "update deliveries set state = 'waiting', attempts = 0, next_attempt_at = $1, ended_at = null where id = $2";
    FORGET = "delete from deliveries where id = $1";
    pub(crate) FORGET_MAIL_TO = "delete from deliveries where kind = 'mail' and receiver = $1";
    pub(crate) DELETE_ENDED = "delete from deliveries where id in (select id from deliveries where ended_at < $1 order by ended_at limit $2)";
}

/// By what way something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// To a program of the platform.
    Webhook,
    /// To a person.
    Mail,
}

impl DeliveryKind {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    Waiting,
    /// The other side said that it has it.
    Delivered,
    /// Tried for days, or refused for good.
    GivenUp,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::GivenUp];

    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given-up",
        }
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Something that is to be told, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// `msg_` and 32 hex digits, in the order of time; the receiver knows a second one by it.
    pub id: String,
    /// By what way: `webhook` or `mail`.
    pub kind: String,
    /// The webhook's name, or the person's id.
    pub receiver: String,
    /// What happened.
    pub event: String,
    /// Where, if it happened in an environment.
    pub environment: Option<EnvironmentName>,
    /// When.
    pub occurred_at: Millis,
    /// The event as a JSON object: actor, account, credential, subject, remote_address, request_id, details.
    pub payload: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u64,
    /// When it is due; while somebody sends it, when another may try.
    pub next_attempt_at: Millis,
    /// When it was last tried.
    pub last_attempt_at: Option<Millis>,
    /// What came of that, as a sentence.
    pub last_outcome: Option<String>,
    /// When it was delivered or given up.
    pub ended_at: Option<Millis>,
}

/// Which deliveries.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// Only to this webhook or person.
    pub receiver: Option<String>,
    /// Only in this state.
    pub state: Option<DeliveryState>,
    /// Only of this kind of event.
    pub event: Option<String>,
    /// Only those whose id is before this one (newest first paging).
    pub before: Option<String>,
}

impl Store {
    /// Those that are due by `now`, the longest due first: of a kind, to one receiver or to all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn due_deliveries(
        &self,
        kind: DeliveryKind,
        receiver: Option<&str>,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let kind = kind.as_str();
        let rows = match receiver {
            Some(receiver) => {
                let params = params![kind, receiver, now, limit];
                self.database.query(SELECT_DUE, params).await?
            }
            None => {
                let params = params![kind, now, limit];
                self.database.query(SELECT_DUE_OF_KIND, params).await?
            }
        };
        rows.into_iter().map(Delivery::read).collect()
    }

    /// Takes a delivery until `lease`; None when somebody else has. The answer is the delivery as it now stands.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn claim_delivery(
        &self,
        delivery: &Delivery,
        now: Millis,
        lease: Millis,
    ) -> Result<Option<Delivery>, StoreError> {
        let mut taken = delivery.clone();
        taken.attempts += 1;
        taken.next_attempt_at = lease;
        taken.last_attempt_at = Some(now);
        let (id, due) = (delivery.id.clone(), delivery.next_attempt_at);
        let before = i64::try_from(delivery.attempts).unwrap_or(i64::MAX);
        let params = vec![
            lease.into(),
            now.into(),
            id.into(),
            due.into(),
            before.into(),
        ];
        Ok((self.write_delivery(CLAIM, params, None).await? == 1).then_some(taken))
    }

    /// Notes that the other side has it. False when the lease ran out and somebody else took it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn note_delivered(
        &self,
        taken: &Delivery,
        now: Millis,
        outcome: String,
    ) -> Result<bool, StoreError> {
        self.end_delivery(taken, DeliveryState::Delivered, now, outcome, None)
            .await
    }

    /// Gives a delivery up, with an audit row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn give_delivery_up(
        &self,
        taken: &Delivery,
        now: Millis,
        outcome: String,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        self.end_delivery(taken, DeliveryState::GivenUp, now, outcome, Some(audit))
            .await
    }

    async fn end_delivery(
        &self,
        taken: &Delivery,
        state: DeliveryState,
        now: Millis,
        outcome: String,
        audit: Option<AuditEvent>,
    ) -> Result<bool, StoreError> {
        let attempts = i64::try_from(taken.attempts).unwrap_or(i64::MAX);
        let params = vec![
            state.as_str().into(),
            now.into(),
            outcome.into(),
            taken.id.clone().into(),
            attempts.into(),
        ];
        Ok(self.write_delivery(END, params, audit).await? == 1)
    }

    /// Notes that it has to be tried again at `next`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn postpone_delivery(
        &self,
        taken: &Delivery,
        next: Millis,
        outcome: String,
    ) -> Result<bool, StoreError> {
        let attempts = i64::try_from(taken.attempts).unwrap_or(i64::MAX);
        let params = vec![
            next.into(),
            outcome.into(),
            taken.id.clone().into(),
            attempts.into(),
        ];
        Ok(self.write_delivery(POSTPONE, params, None).await? == 1)
    }

    /// Sends it again from the beginning, however it ended. False when there is no such delivery.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn retry_delivery(
        &self,
        id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let params = vec![now.into(), id.to_owned().into()];
        Ok(self.write_delivery(RETRY, params, Some(audit)).await? == 1)
    }

    /// Removes one that nobody can hear of any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn forget_delivery(&self, id: &str) -> Result<(), StoreError> {
        let params = vec![id.to_owned().into()];
        self.write_delivery(FORGET, params, None).await.map(drop)
    }

    /// One write; its audit row only if it changed something.
    async fn write_delivery(
        &self,
        sql: &'static str,
        params: Vec<Value<'static>>,
        audit: Option<AuditEvent>,
    ) -> Result<u64, StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let touched = tx.execute(sql, &params).await?;
                    match audit {
                        Some(audit) if touched > 0 => tx.record(audit).await?,
                        _ => {}
                    }
                    Ok(touched)
                })
            })
            .await
    }

    /// One of them, by id.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_delivery(&self, id: &str) -> Result<Option<Delivery>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let rows = self.database.query(SELECT_ONE, params![id]).await?;
        rows.into_iter().next().map(Delivery::read).transpose()
    }

    /// Newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn list_deliveries(
        &self,
        kind: DeliveryKind,
        filter: &DeliveryFilter,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let DeliveryFilter {
            receiver,
            state,
            event,
            before,
        } = filter.clone();
        let params: Vec<Value<'static>> = vec![
            kind.as_str().into(),
            receiver.into(),
            state.map(DeliveryState::as_str).into(),
            event.into(),
            before.into(),
            limit.into(),
        ];
        let rows = self.database.scan(SELECT_LIST, params).await?;
        rows.into_iter().map(Delivery::read).collect()
    }

    /// The one to a receiver that was tried last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn last_delivery(
        &self,
        kind: DeliveryKind,
        receiver: &str,
    ) -> Result<Option<Delivery>, StoreError> {
        let params = vec![kind.as_str().into(), receiver.to_owned().into()];
        let rows = self.database.scan(SELECT_LAST, params).await?;
        rows.into_iter().next().map(Delivery::read).transpose()
    }

    /// How many there are, by receiver and state.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn count_deliveries(
        &self,
        kind: DeliveryKind,
    ) -> Result<Vec<(String, DeliveryState, u64)>, StoreError> {
        let rows = self
            .database
            .scan(COUNT, vec![kind.as_str().into()])
            .await?;
        rows.into_iter()
            .map(|mut row| Ok((row.text()?, state(&mut row)?, row.count()?)))
            .collect()
    }
}

impl Delivery {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            kind: row.text()?,
            receiver: row.text()?,
            event: row.text()?,
            environment: row.optional_text()?.as_deref().map(EnvironmentName::new),
            occurred_at: row.integer()?,
            payload: row.text()?,
            state: state(&mut row)?,
            attempts: row.count()?,
            next_attempt_at: row.integer()?,
            last_attempt_at: row.optional_integer()?,
            last_outcome: row.optional_text()?,
            ended_at: row.optional_integer()?,
        })
    }
}

fn state(row: &mut Row) -> Result<DeliveryState, StoreError> {
    DeliveryState::of(&row.text()?)
        .ok_or_else(|| StoreError::Corrupt("a delivery has a state that is none".into()))
}
