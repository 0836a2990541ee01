//! The outbox: what others want to hear of is written in the transaction of the event's audit row, so that an
//! event that is durable is also told, whatever happens to the process that wrote it.
//!
//! Whoever opens the store says once who wants to hear of what. An event that nobody wants costs a comparison and not
//! one statement; the two events that every token writes are never wanted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest;
use serde_json::{Map, Value as Json, json};

use crate::audit_events::AuditRow;
use crate::database::{Transaction, params};
use crate::deliveries::DeliveryKind;
use crate::statements::statements;
use crate::{AuditEvent, EnvironmentName, Millis, Store, StoreError};

statements! {
    INSERT = "insert into deliveries (id, kind, receiver, event, environment, occurred_at, payload, state, next_attempt_at) \
        values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $6)";
    SELECT_ACCOUNT = "select name from accounts where id = $1";
    SELECT_CREDENTIAL = "select client_id, name, account_id from credentials where uuid = $1";
    SELECT_MANAGERS = "select id from present_people where account_id = $1 and environment = $2 and role = 'account-manager' and disabled_at is null order by id";
}

/// What every token writes: never told, so that a token costs what it cost.
const NEVER: [&str; 2] = ["token.issued", "refresh_token.rotated"];

/// The event under which an invitation waits for somebody whom a refresh brought.
pub const NEWCOMER: &str = "person.arrived";

/// Who wants to hear of what.
#[derive(Debug)]
pub struct Wanted {
    /// Unpredictable bytes, out of which the ids of deliveries are made.
    pub seed: [u8; 32],
    /// The webhooks.
    pub webhooks: Vec<Subscription>,
    /// What is mailed, and to whom; none where no mail is sent.
    pub mail: Vec<(&'static str, MailTo)>,
    /// Where whoever a refresh brings is invited by mail.
    pub newcomers: Vec<EnvironmentName>,
}

/// A webhook's wishes.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its name.
    pub receiver: String,
    /// The names of events.
    pub events: Vec<&'static str>,
    /// Where they happen; None: everywhere, and what belongs to no environment too.
    pub environments: Option<Vec<EnvironmentName>>,
}

/// Who gets a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTo {
    /// Those who manage the account that the event is of.
    AccountManagers,
    /// The person that the event is about.
    Subject,
}

/// What was said of it; nothing is wanted before.
#[derive(Clone, Default)]
pub(crate) struct Outbox(Arc<OnceLock<Said>>);

struct Said {
    wanted: Wanted,
    count: AtomicU64,
}

impl Wanted {
    fn webhooks_for<'w>(
        &'w self,
        event: &'w str,
        environment: Option<&'w EnvironmentName>,
    ) -> impl Iterator<Item = &'w Subscription> {
        self.webhooks.iter().filter(move |webhook| {
            webhook.events.contains(&event)
                && match (&webhook.environments, environment) {
                    (None, _) => true,
                    (Some(wanted), Some(environment)) => wanted.contains(environment),
                    (Some(_), None) => false,
                }
        })
    }

    fn mail_for(&self, event: &str) -> Option<MailTo> {
        let wanted = self.mail.iter().find(|(wanted, _)| *wanted == event);
        wanted.map(|(_, to)| *to)
    }
}

impl Outbox {
    fn set(&self, wanted: Wanted) {
        let said = Said {
            wanted,
            count: AtomicU64::new(0),
        };
        // Said once; the first word holds.
        let _ = self.0.set(said);
    }

    fn wants(&self, event: &str, environment: Option<&EnvironmentName>) -> Option<&Said> {
        if NEVER.contains(&event) {
            return None;
        }
        let said = self.0.get()?;
        let wanted = &said.wanted;
        let any = wanted.webhooks_for(event, environment).next().is_some()
            || wanted.mail_for(event).is_some();
        any.then_some(said)
    }

    /// Where whoever a refresh brings is invited by mail, as the keys of a JSON object.
    pub(crate) fn inviting(&self) -> String {
        let wanted = self.0.get().map(|said| said.wanted.newcomers.iter());
        let names = wanted.into_iter().flatten();
        let keys: Map<String, Json> = names
            .map(|name| (name.as_str().to_owned(), Json::Null))
            .collect();
        Json::Object(keys).to_string()
    }

    /// Whether anybody wants to hear of an event.
    pub(crate) fn is_wanted(&self, event: &AuditEvent) -> bool {
        self.wants(event.event, event.environment.as_ref())
            .is_some()
    }
}

impl Said {
    /// An id that no other delivery has, in the order of time: 48 bits of milliseconds, then 80 of a digest.
    fn id(&self, at: Millis) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut text = self.wanted.seed.to_vec();
        text.extend_from_slice(&count.to_be_bytes());
        let digest = digest::digest(&digest::SHA256, &text);
        let hex = digest.as_ref().iter().take(10);
        let rest: String = hex.map(|byte| format!("{byte:02x}")).collect();
        format!("msg_{:012x}{rest}", at.max(0))
    }
}

impl Store {
    /// Says once, before anything is written, who wants to hear of what.
    pub fn tell(&self, wanted: Wanted) {
        self.database.outbox().set(wanted);
    }
}

/// Writes a delivery for everyone who wants to hear of this event.
pub(crate) async fn announce(tx: &Transaction<'_>, row: &AuditRow) -> Result<(), StoreError> {
    let event = row.borrowed();
    let environment = row.environment();
    let Some(said) = tx.outbox().wants(event.event, environment) else {
        return Ok(());
    };
    let facts = facts(tx, row).await?;
    let account = facts.account_id;
    let payload = facts.payload.to_string();
    let webhook = DeliveryKind::Webhook.as_str();
    for subscription in said.wanted.webhooks_for(event.event, environment) {
        let id = said.id(event.at);
        let receiver = &subscription.receiver;
        let params = params![
            &id,
            webhook,
            receiver,
            event.event,
            event.environment,
            event.at,
            &payload
        ];
        tx.execute(INSERT, params).await?;
    }
    let people = match (said.wanted.mail_for(event.event), account) {
        (Some(MailTo::AccountManagers), Some(account)) => {
            let params = params![&account, event.environment];
            let rows = tx.query(SELECT_MANAGERS, params).await?;
            rows.into_iter()
                .map(|mut row| row.text())
                .collect::<Result<Vec<_>, _>>()?
        }
        (Some(MailTo::Subject), _) => event.subject.map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    };
    let mail = DeliveryKind::Mail.as_str();
    for person in &people {
        let id = said.id(event.at);
        let params = params![
            &id,
            mail,
            person,
            event.event,
            event.environment,
            event.at,
            &payload
        ];
        tx.execute(INSERT, params).await?;
    }
    Ok(())
}

/// Writes that somebody whom a refresh brought is to be invited. No link is in it: that is made when it is mailed.
pub(crate) async fn announce_newcomer(
    tx: &Transaction<'_>,
    environment: &str,
    person_id: &str,
    run: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(said) = tx.outbox().0.get() else {
        return Ok(());
    };
    let payload = json!({ "subject": person_id, "details": { "refresh": run } }).to_string();
    let id = said.id(now);
    let params = params![
        &id,
        DeliveryKind::Mail.as_str(),
        person_id,
        NEWCOMER,
        environment,
        now,
        &payload
    ];
    tx.execute(INSERT, params).await.map(drop)
}

/// What a delivery says, and whose it is.
struct Facts {
    account_id: Option<String>,
    payload: Json,
}

/// The event, with the names that its ids have at this moment: afterwards the credential may be gone.
async fn facts(tx: &Transaction<'_>, row: &AuditRow) -> Result<Facts, StoreError> {
    let event = row.borrowed();
    let mut account_id = event.account_id.map(str::to_owned);
    let mut credential = Json::Null;
    if let Some(uuid) = event.subject
        && let Some(mut found) = tx.first(SELECT_CREDENTIAL, params![uuid]).await?
    {
        let (client_id, name, owner) = (found.text()?, found.text()?, found.text()?);
        credential = json!({ "uuid": uuid, "client_id": client_id, "name": name });
        account_id.get_or_insert(owner);
    }
    let mut account = Json::Null;
    if let Some(id) = &account_id
        && let Some(mut found) = tx.first(SELECT_ACCOUNT, params![id]).await?
    {
        account = json!({ "id": id, "name": found.text()? });
    }
    let details = serde_json::from_str(event.details).unwrap_or(Json::Null);
    Ok(Facts {
        account_id,
        payload: json!({
            "actor": event.actor,
            "account": account,
            "credential": credential,
            "subject": event.subject,
            "remote_address": event.remote_address,
            "request_id": event.request_id,
            "details": details,
        }),
    })
}
