//! `POST /admin/v1/people/hand-over`: the platform's own product lets one of its users into the portal, without a password here.
//!
//! The product asks with an operator token (`people:write`) on its own server, and sends the browser to the address it is
//! told. That address works once, within a minute.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{AuditEvent, TicketKind};

use super::create::role as role_of;
use crate::admin::body::Body;
use crate::admin::credentials::issuer_of;
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::clock::rfc3339;
use crate::people::hand_over::{Arriving, take_over};
use crate::people::tickets;
use crate::platform::Platform;

/// Who comes, and as what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    environment: String,
    account: String,
    username: String,
    /// account-manager or member; none is member.
    role: Option<String>,
}

/// Where to send the browser; the only answer that holds it.
#[derive(Serialize)]
pub struct HandedOver {
    id: String,
    username: String,
    account: String,
    role: &'static str,
    hand_over: String,
    hand_over_expires_at: String,
}

/// Makes the person if it is new, gives the role, and makes the address.
pub async fn hand_over(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Body(asked): Body<Asked>,
) -> Result<Json<HandedOver>, Problem> {
    let issuer = issuer_of(&platform, &asked.environment)?;
    let role = role_of(asked.role.as_deref().unwrap_or("member"))?;
    let now = operator.arrival.now;
    let arriving = Arriving {
        account: &asked.account,
        username: &asked.username,
        role,
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
    let link = tickets::issue(&platform, issuer, kind, &person.id, now, audit).await?;
    Ok(Json(HandedOver {
        id: person.id,
        username: person.username,
        account: asked.account,
        role: role.as_str(),
        hand_over: link.url,
        hand_over_expires_at: rfc3339(link.expires_at),
    }))
}
