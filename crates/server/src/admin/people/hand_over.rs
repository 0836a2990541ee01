//! `POST /admin/v1/people/hand-over`: the platform's own product lets one of its users into the portal, without a password here.
//!
//! The product asks with an operator token (`people:write`) on its own server, and sends the browser to the address it is
//! told. That address works once, within a minute.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{AuditEvent, TicketKind};
use utoipa::ToSchema;

use super::create::role as role_of;
use crate::admin::credentials::issuer_of;
use crate::admin::description::Conflict;
use crate::admin::idempotency::{IdempotencyKey, Repeatable, Told};
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::clock::rfc3339;
use crate::people::hand_over::{Arriving, take_over};
use crate::people::tickets::{self, Holder};
use crate::platform::Platform;

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
    let role = role_of(asked.role.as_deref().unwrap_or("member"))?;
    let now = operator.arrival.now;
    let arriving = Arriving {
        account: &asked.account,
        username: &asked.username,
        role,
        by: None,
    };
    let event = |name| operator.audit(name);
    let person = take_over(&platform, issuer, arriving, now, event).await?;
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        account_id: person.account_id.clone(),
        subject: Some(person.id.clone()),
        ..operator.audit("person.handed_over")
    };
    let kind = TicketKind::HandOver;
    let holder = Holder::member(&person.id, person.account_id.as_deref());
    let link = tickets::issue(&platform, issuer, kind, holder, now, audit).await?;
    Ok(HandedOver {
        id: person.id,
        username: person.username,
        account: asked.account,
        role: role.as_str(),
        hand_over: link.url,
        hand_over_expires_at: rfc3339(link.expires_at),
    })
}
