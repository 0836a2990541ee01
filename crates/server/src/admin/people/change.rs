//! Changing people. What a change ended is told; where it leaves an account without anyone to manage it, that is told too.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{Person, Role, TicketKind};

use super::create::{judge, role as role_of};
use super::email::MailedView;
use super::{PersonView, Where, audit, person_of};
use crate::admin::body::{self, Body};
use crate::admin::operator::Operator;
use crate::admin::parameters::Parameters;
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::clock::rfc3339;
use crate::mail;
use crate::people::{password as passwords, tickets};
use crate::platform::{Issuer, Platform};

/// A person after a change.
#[derive(Serialize)]
pub struct Changed {
    #[serde(flatten)]
    person: PersonView,
    /// Browsers that were signed out.
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions_ended: Option<u64>,
    /// Clients that may act for the person no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizations_ended: Option<u64>,
    /// What the change left behind that someone should look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// What was asked for of a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[serde(default, deserialize_with = "body::secret")]
    password: Option<SecretString>,
    /// None: yes, since an operator knows it.
    must_change: Option<bool>,
}

/// What was asked for of a role.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    role: String,
}

/// An invitation; the only answer that holds it.
#[derive(Serialize)]
pub struct Invited {
    id: String,
    username: String,
    invitation: String,
    invitation_expires_at: String,
    #[serde(flatten)]
    mailed: MailedView,
}

/// Who is gone.
#[derive(Serialize)]
pub struct Erased {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// `POST /admin/v1/people/{id}/disable`
pub async fn disable(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Changed>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.disabled"), &person);
    let ended = store
        .disable_person(&person.id, operator.arrival.now, event)
        .await?;
    platform.forget();
    let mut changed = changed(&platform, issuer, &person).await?;
    let ended = ended.unwrap_or_default();
    changed.sessions_ended = Some(ended.sessions);
    changed.authorizations_ended = Some(ended.families);
    Ok(Json(changed))
}

/// `POST /admin/v1/people/{id}/enable`
pub async fn enable(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Changed>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.enabled"), &person);
    store
        .enable_person(&person.id, operator.arrival.now, event)
        .await?;
    Ok(Json(changed(&platform, issuer, &person).await?))
}

/// `DELETE /admin/v1/people/{id}`: removes the person and all that hangs on it.
pub async fn erase(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Erased>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.erased"), &person);
    store
        .erase_person(&person.id, operator.arrival.now, event)
        .await?;
    platform.forget();
    let warning = nobody_left(&platform, issuer, &person).await?;
    Ok(Json(Erased {
        id: person.id,
        warning,
    }))
}

/// `POST /admin/v1/people/{id}/password`
pub async fn password(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Where>,
    Body(asked): Body<NewPassword>,
) -> Result<Json<Changed>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let must_change = asked.must_change.unwrap_or(true);
    let chosen = asked
        .password
        .ok_or_else(|| Problem::bad_request("The password is missing."))?;
    judge(chosen.expose_secret(), &person.username, must_change)?;
    let hashed =
        passwords::hash(&platform, &person.id, chosen.expose_secret(), must_change).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.password_set"), &person);
    store
        .set_password(&person.id, hashed, None, operator.arrival.now, event)
        .await?;
    platform.forget();
    Ok(Json(changed(&platform, issuer, &person).await?))
}

/// `POST /admin/v1/people/{id}/role`
pub async fn role(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Where>,
    Body(asked): Body<NewRole>,
) -> Result<Json<Changed>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let role: Role = role_of(&asked.role)?;
    if role != Role::Operator && person.account_id.is_none() {
        return Err(Problem::bad_request(
            "This operator has no account, and every other role needs one: make a person of the account instead.",
        ));
    }
    let store = platform.store.in_environment(issuer.name());
    let event = store::AuditEvent {
        details: serde_json::json!({ "from": person.role.as_str(), "to": role.as_str() })
            .to_string(),
        ..audit(operator.audit("person.role_changed"), &person)
    };
    store
        .set_role(&person.id, role, operator.arrival.now, event)
        .await?;
    Ok(Json(changed(&platform, issuer, &person).await?))
}

/// `POST /admin/v1/people/{id}/second-factor/reset`
pub async fn reset_second_factor(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Changed>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.second_factor_reset"), &person);
    store
        .reset_second_factor(&person.id, operator.arrival.now, event)
        .await?;
    Ok(Json(changed(&platform, issuer, &person).await?))
}

/// `POST /admin/v1/people/{id}/invitation`
pub async fn invite(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Invited>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let event = audit(operator.audit("person.invited"), &person);
    let made = tickets::issue(
        &platform,
        issuer,
        TicketKind::Invitation,
        &person.id,
        operator.arrival.now,
        event,
    )
    .await?;
    let mailed = MailedView::of(mail::invite(&platform, issuer, &person, &made).await);
    Ok(Json(Invited {
        mailed,
        id: person.id,
        username: person.username,
        invitation: made.url,
        invitation_expires_at: rfc3339(made.expires_at),
    }))
}

/// The person as it stands now.
pub async fn changed(
    platform: &Platform,
    issuer: &Issuer,
    before: &Person,
) -> Result<Changed, Problem> {
    let store = platform.store.in_environment(issuer.name());
    let person = store
        .find_person_by_id(&before.id)
        .await?
        .ok_or_else(|| Problem::not_found("There is no such person any more."))?;
    Ok(Changed {
        warning: nobody_left(platform, issuer, before).await?,
        person: PersonView::of(person),
        sessions_ended: None,
        authorizations_ended: None,
    })
}

/// A sentence when someone who managed an account was the last to do so.
async fn nobody_left(
    platform: &Platform,
    issuer: &Issuer,
    before: &Person,
) -> Result<Option<String>, Problem> {
    let (Role::AccountManager, Some(account)) = (before.role, &before.account_id) else {
        return Ok(None);
    };
    let store = platform.store.in_environment(issuer.name());
    Ok((store.managers_of(account).await? == 0).then(|| {
        format!(
            "Nobody manages this account now. Make someone an account manager: `grantor people create --environment {} --account '{}' --role account-manager --username …`, or `grantor people set-role … --role account-manager`.",
            issuer.realm(),
            before.account_name.as_deref().unwrap_or_default().replace('\'', "'\\''"),
        )
    }))
}
