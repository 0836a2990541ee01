//! `POST /admin/v1/people`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{AuditEvent, NewPerson, Role, TicketKind};

use super::PersonView;
use super::email::{self, MailedView};
use crate::admin::body::{self, Body};
use crate::admin::credentials::issuer_of;
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::clock::rfc3339;
use crate::mail;
use crate::people::{password, tickets, username};
use crate::platform::Platform;
use crate::random;
use crate::text::{self, LONGEST_NAME, sentence};

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    environment: String,
    account: Option<String>,
    username: String,
    /// None: an invitation is made instead.
    #[serde(default, deserialize_with = "body::secret")]
    password: Option<SecretString>,
    role: Option<String>,
    /// Where mail goes; none: to the username, if that is an address.
    email: Option<String>,
    #[serde(default)]
    must_change_password: bool,
}

/// Who was made.
#[derive(Serialize)]
pub struct Created {
    #[serde(flatten)]
    person: PersonView,
    /// Where the person sets a password, once; the only answer that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation_expires_at: Option<String>,
    #[serde(flatten)]
    mailed: MailedView,
}

/// Makes a person.
pub async fn create(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Json<Created>), Problem> {
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
    let id = random::uuid(now)?;
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
                &id,
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
    let created = Created {
        mailed,
        person: PersonView::of(person),
        invitation_expires_at: invitation.as_ref().map(|made| rfc3339(made.expires_at)),
        invitation: invitation.map(|made| made.url),
    };
    Ok((StatusCode::CREATED, Json(created)))
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
