//! `POST /admin/v1/people/{id}/email`, and what answers say of mail.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::change::{Changed, changed};
use super::{Where, audit, person_of};
use crate::admin::body::Body;
use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::mail::{Mailed, address};
use crate::platform::Platform;

/// What was asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmail {
    /// None: mail goes to the username again, if that is an address.
    email: Option<String>,
}

/// What became of a link that was to be mailed; empty where no mail is configured.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Mailed)]
pub struct MailedView {
    /// Where the link was mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    mailed_to: Option<String>,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_warning: Option<String>,
}

impl MailedView {
    /// As it is answered.
    pub fn of(mailed: Mailed) -> Self {
        let (mailed_to, mail_warning) = match mailed {
            Mailed::Off => (None, None),
            Mailed::To(address) => (Some(address.to_string()), None),
            Mailed::Not(sentence) => (None, Some(sentence)),
        };
        Self {
            mailed_to,
            mail_warning,
        }
    }
}

/// Sets where a person's mail goes.
///
/// The trail does not hold the address, so that erasing the person leaves none behind.
#[utoipa::path(
    post, path = "/people/{id}/email", operation_id = "setEmail", tag = "people",
    params(("id" = String, Path, description = "Id or username"), Where),
    request_body = NewEmail,
    responses((status = 200, description = "As the person is now", body = Changed), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn set(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
    Body(asked): Body<NewEmail>,
) -> Result<Json<Changed>, Problem> {
    let email = asked.email.as_deref().map(read).transpose()?;
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.email_changed"), &person);
    store
        .set_email(&person.id, email, operator.arrival.now, event)
        .await?;
    Ok(Json(changed(&platform, issuer, &person).await?))
}

/// One plain mailbox.
pub fn read(text: &str) -> Result<String, Problem> {
    address::read(text)
        .map(|address| address.to_string())
        .ok_or_else(|| {
            Problem::bad_request(
                "The e-mail address is not one plain mailbox, such as anna@acme.example.",
            )
        })
}
