//! `POST /admin/v1/mail/test`: sends a mail that says nothing, to see that mail arrives.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::AuditEvent;
use utoipa::ToSchema;

use crate::admin::body::Body;
use crate::admin::credentials::issuer_of;
use crate::admin::description::{Conflict, NotFound};
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteWebhooks;
use crate::clock;
use crate::mail::{address, letters};
use crate::platform::Platform;
use crate::random;

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[schema(as = TestMail)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// One plain mailbox.
    to: String,
    /// In whose name and language; None: the first one's.
    environment: Option<String>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
#[schema(as = TriedMail)]
pub struct Tried {
    to: String,
    sent: bool,
    outcome: String,
}

/// Sends a mail that says nothing, to see that mail arrives.
#[utoipa::path(
    post, path = "/mail/test", operation_id = "testMail", tag = "webhooks",
    request_body = Asked,
    responses((status = 200, description = "What came of it", body = Tried), Conflict, NotFound),
    security(("operator" = ["webhooks:write"])),
)]
pub async fn test(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteWebhooks>,
    Body(asked): Body<Asked>,
) -> Result<Json<Tried>, Problem> {
    let mailer = platform.mailer.as_ref().ok_or_else(|| {
        Problem::conflict("No mail is configured: write a table [mail] with url and from.")
    })?;
    let to = address::read(&asked.to).ok_or_else(|| {
        Problem::bad_request("The address is not one plain mailbox, such as anna@acme.example.")
    })?;
    let issuer = match &asked.environment {
        Some(name) => Some(issuer_of(&platform, name)?),
        None => platform.issuers.first(),
    };
    let issuer = issuer.ok_or_else(|| Problem::not_found("There is no environment."))?;
    let now = clock::now();
    let letter = letters::test(issuer, now);
    let sent = mailer.send(&to, &random::uuid(now)?, &letter).await;
    let (sent, outcome) = match sent {
        Ok(()) => (true, "taken by the mail server".to_owned()),
        Err(error) => (false, error.to_string()),
    };
    // The address may be a person's, who may want to be forgotten: the trail holds its domain alone.
    let details = serde_json::json!({ "domain": to.domain(), "sent": sent, "outcome": outcome });
    let audit = AuditEvent {
        details: details.to_string(),
        ..operator.audit("mail.tested")
    };
    platform.store.record(audit).await?;
    Ok(Json(Tried {
        to: to.to_string(),
        sent,
        outcome,
    }))
}
