//! Changing people. What a change ended is told; where it leaves an account without anyone to manage it, that is told too.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{Change, Person, Role, TicketKind};
use utoipa::ToSchema;

use super::create::{judge, role as role_of};
use super::email::MailedView;
use super::{PersonView, Where, audit, person_of};
use crate::admin::body::{self, Body};
use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::WritePeople;
use crate::clock::rfc3339;
use crate::mail;
use crate::people::authenticate::may_have_password;
use crate::people::password as passwords;
use crate::people::tickets::{self, Holder};
use crate::platform::{Issuer, Platform};

/// A person after a change.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedPerson)]
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
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[serde(default, deserialize_with = "body::secret")]
    #[schema(value_type = String, required, format = Password, write_only)]
    password: Option<SecretString>,
    /// None: yes, since an operator knows it.
    must_change: Option<bool>,
}

/// What was asked for of a role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// member, account-manager or operator.
    #[schema(pattern = "^(member|account-manager|operator)$")]
    role: String,
}

/// An invitation; the only answer that holds it.
#[derive(Serialize, ToSchema)]
pub struct Invited {
    id: String,
    username: String,
    /// Where the person sets a password, once.
    invitation: String,
    #[schema(format = DateTime)]
    invitation_expires_at: String,
    #[serde(flatten)]
    mailed: MailedView,
}

/// Who is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasedPerson)]
pub struct Erased {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// Disables a person: signs out everywhere, and no client acts for them any more.
#[utoipa::path(
    post, path = "/people/{id}/disable", operation_id = "disablePerson", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "As it is now", body = Changed), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn disable(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Changed>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.disabled"), &person);
    let ended = store
        .disable_person(&person.id, operator.arrival.now, event)
        .await?;
    platform.forget(&Change::Person(person.id.clone()));
    let mut changed = changed(&platform, issuer, &person).await?;
    let ended = ended.unwrap_or_default();
    changed.sessions_ended = Some(ended.sessions);
    changed.authorizations_ended = Some(ended.families);
    Ok(Json(changed))
}

/// Enables a disabled person.
#[utoipa::path(
    post, path = "/people/{id}/enable", operation_id = "enablePerson", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "As it is now", body = Changed), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn enable(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
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

/// Erases a person and all that hangs on it.
#[utoipa::path(
    delete, path = "/people/{id}", operation_id = "erasePerson", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "Who is gone", body = Erased), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn erase(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Erased>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.erased"), &person);
    store
        .erase_person(&person.id, operator.arrival.now, event)
        .await?;
    platform.forget(&Change::Person(person.id.clone()));
    let warning = nobody_left(&platform, issuer, &person).await?;
    Ok(Json(Erased {
        id: person.id,
        warning,
    }))
}

/// Sets a person's password.
#[utoipa::path(
    post, path = "/people/{id}/password", operation_id = "setPassword", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    request_body = NewPassword,
    responses((status = 200, description = "As it is now", body = Changed), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn password(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
    Body(asked): Body<NewPassword>,
) -> Result<Json<Changed>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    needs_password(issuer, &person)?;
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
    platform.forget(&Change::Person(person.id.clone()));
    Ok(Json(changed(&platform, issuer, &person).await?))
}

/// Gives a person another role.
#[utoipa::path(
    post, path = "/people/{id}/role", operation_id = "setRole", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    request_body = NewRole,
    responses((status = 200, description = "As it is now", body = Changed), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn role(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
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

/// Takes a person's second factor away, so that they set up a new one.
#[utoipa::path(
    post, path = "/people/{id}/second-factor/reset", operation_id = "resetSecondFactor", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "As it is now", body = Changed), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn reset_second_factor(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
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

/// Invites a person to set a password.
///
/// The answer is the only one that holds the address, which works once.
#[utoipa::path(
    post, path = "/people/{id}/invitation", operation_id = "invitePerson", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "The invitation", body = Invited), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn invite(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Invited>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    needs_password(issuer, &person)?;
    let event = audit(operator.audit("person.invited"), &person);
    let made = tickets::issue(
        &platform,
        issuer,
        TicketKind::Invitation,
        Holder::anyone(&person.id),
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

/// Refuses to give a password to someone who could not sign in with it.
fn needs_password(issuer: &Issuer, person: &Person) -> Result<(), Problem> {
    match may_have_password(&issuer.environment, person) {
        true => Ok(()),
        false => Err(Problem::conflict(
            "This person signs in through your identity provider, and a password here would let nobody in.",
        )),
    }
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
