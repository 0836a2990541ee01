//! `POST /admin/v1/people`

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{AuditEvent, NewPerson, Role, TicketKind};
use utoipa::ToSchema;

use super::PersonView;
use super::email::{self, MailedView};
use crate::admin::body;
use crate::admin::credentials::issuer_of;
use crate::admin::description::Conflict;
use crate::admin::idempotency::{IdempotencyKey, Repeatable, Told};
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::clock::rfc3339;
use crate::mail;
use crate::people::tickets::{self, Holder};
use crate::people::{password, username};
use crate::platform::Platform;
use crate::random;
use crate::text::{self, LONGEST_NAME, sentence};

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewPerson, example = json!({
    "environment": "production", "account": "Acme", "username": "anna@acme.example", "role": "account-manager",
}))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The environment's name.
    environment: String,
    /// The account's name, made if it is new; only an operator has none.
    account: Option<String>,
    /// Such as an e-mail address.
    username: String,
    /// None: an invitation is made instead.
    #[serde(default, deserialize_with = "body::secret")]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    password: Option<SecretString>,
    /// member, account-manager or operator; member when left out.
    #[schema(pattern = "^(member|account-manager|operator)$")]
    role: Option<String>,
    /// Where mail goes; none: to the username, if that is an address.
    email: Option<String>,
    /// Whether the password must be changed at the first sign-in.
    #[serde(default)]
    must_change_password: bool,
}

/// Who was made.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedPerson)]
pub struct Created {
    #[serde(flatten)]
    person: PersonView,
    /// Where the person sets a password, once; the only answer that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    invitation_expires_at: Option<String>,
    #[serde(flatten)]
    mailed: MailedView,
}

/// Makes a person, and its account if that is new.
///
/// Without a password the person is invited to set one; the answer is the only one that holds the address.
#[utoipa::path(
    post, path = "/people", operation_id = "createPerson", tag = "people",
    params(IdempotencyKey),
    request_body = Asked,
    responses((status = 201, description = "Who was made", body = Created), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn create(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Repeatable { asked, once }: Repeatable<Asked>,
) -> Result<Response, Problem> {
    let made = |platform, operator, id| make(platform, operator, asked, id);
    once.answer(platform, operator, StatusCode::CREATED, made)
        .await
}

impl Told for Created {
    const ONCE: &'static [&'static str] = &["invitation"];
}

async fn make(
    platform: Arc<Platform>,
    operator: Operator<WritePeople>,
    asked: Asked,
    id: String,
) -> Result<Created, Problem> {
    let issuer = issuer_of(&platform, &asked.environment)?;
    let role: Role = role(asked.role.as_deref().unwrap_or("member"))?;
    match (&asked.account, role) {
        (Some(account), _) => text::required("account", account, LONGEST_NAME)?,
        (None, Role::Operator) => {}
        (None, _) => {
            return Err(Problem::bad_request(
                "Only an operator has no account: name one (`--account`).",
            ));
        }
    }
    let canonical = username::canonical(&asked.username)
        .map_err(|error| Problem::bad_request(sentence(&error.to_string())))?;
    let email = asked.email.as_deref().map(email::read).transpose()?;
    let now = operator.arrival.now;
    let password = match &asked.password {
        None => None,
        Some(chosen) => {
            let chosen = chosen.expose_secret();
            judge(chosen, &asked.username, asked.must_change_password)?;
            Some(password::hash(&platform, &id, chosen, asked.must_change_password).await?)
        }
    };
    let invited = password.is_none();
    let new = NewPerson {
        id: id.clone(),
        account_name: asked.account,
        new_account_id: random::uuid(now)?,
        username: asked.username.trim().to_owned(),
        canonical_username: canonical,
        role,
        password,
        email,
        created_at: now,
    };
    let details = serde_json::json!({ "role": role.as_str() });
    let event = |name| AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(id.clone()),
        ..operator.audit(name)
    };
    let store = platform.store.in_environment(issuer.name());
    let audit = AuditEvent {
        details: details.to_string(),
        ..event("person.created")
    };
    store.create_person(new, audit).await?;
    let invitation = match invited {
        true => Some(
            tickets::issue(
                &platform,
                issuer,
                TicketKind::Invitation,
                Holder::anyone(&id),
                now,
                event("person.invited"),
            )
            .await?,
        ),
        false => None,
    };
    let person = store
        .find_person_by_id(&id)
        .await?
        .ok_or_else(|| Problem::conflict("The person was removed in the same moment."))?;
    let mailed = match &invitation {
        Some(link) => MailedView::of(mail::invite(&platform, issuer, &person, link).await),
        None => MailedView::default(),
    };
    Ok(Created {
        mailed,
        person: PersonView::of(person),
        invitation_expires_at: invitation.as_ref().map(|made| rfc3339(made.expires_at)),
        invitation: invitation.map(|made| made.url),
    })
}

/// A role by its word.
pub fn role(word: &str) -> Result<Role, Problem> {
    word.parse()
        .map_err(|error: store::UnknownRole| Problem::bad_request(sentence(&error.to_string())))
}

/// Judges a password that an operator sets.
pub fn judge(chosen: &str, username: &str, must_change: bool) -> Result<(), Problem> {
    let judged = if must_change {
        password::judge_temporary(chosen)
    } else {
        password::judge(chosen, username)
    };
    judged.map_err(|unfit| Problem::bad_request(sentence(&unfit.to_string())))
}
