//! `POST /admin/v1/people/hand-over`: the platform's own product lets one of its users into the portal, without a password here.
//!
//! The product asks with an operator token (`people:write`) on its own server, and sends the browser to the address it is
//! told. That address works once, within a minute.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{AuditEvent, NewPerson, Person, Role, TicketKind};
use utoipa::ToSchema;

use super::create::role as role_of;
use crate::admin::credentials::issuer_of;
use crate::admin::description::Conflict;
use crate::admin::idempotency::{IdempotencyKey, Repeatable, Told};
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::clock::rfc3339;
use crate::people::{tickets, username};
use crate::platform::{Issuer, Platform};
use crate::random;
use crate::text::{self, LONGEST_NAME, sentence};

/// Who comes, and as what.
#[derive(Deserialize, ToSchema)]
#[schema(as = HandOver, example = json!({ "environment": "production", "account": "Acme", "username": "anna@acme.example" }))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The environment's name.
    environment: String,
    /// The account's name, made if it is new.
    account: String,
    /// Unique over all accounts, such as an e-mail address.
    username: String,
    /// account-manager or member; none is member.
    #[schema(pattern = "^(member|account-manager)$")]
    role: Option<String>,
}

/// Where to send the browser; the only answer that holds it.
#[derive(Serialize, ToSchema)]
pub struct HandedOver {
    id: String,
    username: String,
    account: String,
    role: &'static str,
    /// The address, good once.
    #[schema(required = false)]
    hand_over: String,
    #[schema(format = DateTime)]
    hand_over_expires_at: String,
}

/// Lets a person of the platform's own product into the portal.
///
/// Makes the person if it is new and gives the role. The answer is the only one that holds the address, which works once, within a minute.
#[utoipa::path(
    post, path = "/people/hand-over", operation_id = "handOverPerson", tag = "people",
    params(IdempotencyKey),
    request_body = Asked,
    responses((status = 200, description = "Where to send the browser", body = HandedOver), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn hand_over(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Repeatable { asked, once }: Repeatable<Asked>,
) -> Result<Response, Problem> {
    // The person is known by its name, so no id is needed to make it once.
    let made = |platform, operator, _| make(platform, operator, asked);
    once.answer(platform, operator, StatusCode::OK, made).await
}

impl Told for HandedOver {
    const ONCE: &'static [&'static str] = &["hand_over"];
}

async fn make(
    platform: Arc<Platform>,
    operator: Operator<WritePeople>,
    asked: Asked,
) -> Result<HandedOver, Problem> {
    let issuer = issuer_of(&platform, &asked.environment)?;
    text::required("account", &asked.account, LONGEST_NAME)?;
    let role = role_of(asked.role.as_deref().unwrap_or("member"))?;
    if role == Role::Operator {
        return Err(Problem::bad_request(
            "A customer's person is an account-manager or a member; operators are made by `grantor people create`.",
        ));
    }
    let person = person(&platform, issuer, &operator, &asked, role).await?;
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        account_id: person.account_id.clone(),
        subject: Some(person.id.clone()),
        ..operator.audit("person.handed_over")
    };
    let now = operator.arrival.now;
    let kind = TicketKind::HandOver;
    let link = tickets::issue(&platform, issuer, kind, &person.id, now, audit).await?;
    Ok(HandedOver {
        id: person.id,
        username: person.username,
        account: asked.account,
        role: role.as_str(),
        hand_over: link.url,
        hand_over_expires_at: rfc3339(link.expires_at),
    })
}

/// The person of that name in that account, with that role.
async fn person(
    platform: &Platform,
    issuer: &Issuer,
    operator: &Operator<WritePeople>,
    asked: &Asked,
    role: Role,
) -> Result<Person, Problem> {
    let canonical = username::canonical(&asked.username)
        .map_err(|error| Problem::bad_request(sentence(&error.to_string())))?;
    let store = platform.store.in_environment(issuer.name());
    let now = operator.arrival.now;
    let event = |name, id: &str, role: Role| AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(id.to_owned()),
        details: serde_json::json!({ "role": role.as_str() }).to_string(),
        ..operator.audit(name)
    };
    if store.find_person(&canonical).await?.is_none() {
        let id = random::uuid(now)?;
        let new = NewPerson {
            id: id.clone(),
            account_name: Some(asked.account.clone()),
            new_account_id: random::uuid(now)?,
            username: asked.username.trim().to_owned(),
            canonical_username: canonical.clone(),
            role,
            password: None,
            created_at: now,
        };
        let audit = event("person.created", &id, role);
        match store.create_person(new, audit).await {
            // Two at once: the other one made it.
            Ok(()) | Err(store::StoreError::Refused(store::Refused::Exists(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let found = store.find_person(&canonical).await?;
    let person = found.ok_or_else(|| {
        Problem::conflict("The person was removed in the same moment; ask again.")
    })?;
    if person.role == Role::Operator || person.account_name.as_ref() != Some(&asked.account) {
        return Err(Problem::conflict(
            "This username is another account's here, or an operator's; send one that is unique over all accounts, such as an e-mail address.",
        ));
    }
    if !person.is_enabled() {
        return Err(Problem::conflict(
            "This person is disabled, or the account is suspended; enable it first.",
        ));
    }
    if person.role != role {
        let audit = AuditEvent {
            account_id: person.account_id.clone(),
            ..event("person.role_changed", &person.id, role)
        };
        store.set_role(&person.id, role, now, audit).await?;
    }
    Ok(person)
}
