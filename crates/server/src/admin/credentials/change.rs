//! What can happen to a credential after it was made: renamed, disabled, enabled, deleted.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AuditEvent, Change, Client, Credential, EnvironmentName, Millis};
use utoipa::{IntoParams, ToSchema};

use super::view::CredentialView;
use super::{Within, bring_uses_up_to_date, locate};
use crate::admin::body::Body;
use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteCredentials;
use crate::clock::rfc3339;
use crate::credentials::edit as texts;
use crate::platform::Platform;

/// All that can be edited.
#[derive(Deserialize, ToSchema)]
#[schema(as = CredentialEdit)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// What people call it.
    name: Option<String>,
    /// What it is for.
    description: Option<String>,
}

/// Which credential is switched, and whether only to say what would happen.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Where, when several environments have a client of this id.
    environment: Option<String>,
    /// True only says what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// What deleting stopped.
#[derive(Serialize, ToSchema)]
#[schema(as = DeletedCredential)]
pub struct Deleted {
    uuid: String,
    client_id: String,
    environment: String,
    name: String,
    deleted: bool,
    /// Opaque tokens that were live until now.
    live_tokens: u64,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

/// Changes a credential's name or description, and nothing else.
#[utoipa::path(
    patch, path = "/credentials/{id}", operation_id = "updateCredential", tag = "credentials",
    params(("id" = String, Path, description = "UUID or client id"), Within),
    request_body = Edit,
    responses((status = 200, description = "As it is now", body = CredentialView), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn update(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Named(id): Named,
    Parameters(within): Parameters<Within>,
    Body(body): Body<Value>,
) -> Result<Json<CredentialView>, Problem> {
    let edit = read(body)?;
    let (environment, client) = locate(&platform, &id, within.environment.as_deref()).await?;
    let audit = audit(&operator, "credential.updated", &environment, &client);
    let store = platform.store.in_environment(&environment);
    let (uuid, now) = (&client.credential.uuid, operator.arrival.now);
    let credential = store
        .update_credential(
            uuid,
            edit.name.as_deref(),
            edit.description.as_deref(),
            now,
            audit,
        )
        .await?;
    platform.forget(&Change::Credential(credential.uuid.clone()));
    Ok(changed(&environment, client, credential))
}

/// Disables a credential.
///
/// Its secrets and tokens are refused until it is enabled again. With `dry_run=true` it only says what would stop.
#[utoipa::path(
    post, path = "/credentials/{id}/disable", operation_id = "disableCredential", tag = "credentials",
    params(("id" = String, Path, description = "UUID or client id"), Switch),
    responses((status = 200, description = "As it is now", body = CredentialView), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn disable(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Named(id): Named,
    Parameters(switch): Parameters<Switch>,
) -> Result<Json<CredentialView>, Problem> {
    bring_uses_up_to_date(&platform).await;
    let (environment, client) = locate(&platform, &id, switch.environment.as_deref()).await?;
    if switch.dry_run {
        return preview(&platform, &environment, &client, true, operator.arrival.now).await;
    }
    let audit = audit(&operator, "credential.disabled", &environment, &client);
    let store = platform.store.in_environment(&environment);
    let credential = store
        .disable_credential(&client.credential.uuid, operator.arrival.now, audit)
        .await?;
    platform.forget(&Change::Credential(credential.uuid.clone()));
    Ok(changed(&environment, client, credential))
}

/// Enables a disabled credential.
///
/// With `dry_run=true` it only says what would come back.
#[utoipa::path(
    post, path = "/credentials/{id}/enable", operation_id = "enableCredential", tag = "credentials",
    params(("id" = String, Path, description = "UUID or client id"), Switch),
    responses((status = 200, description = "As it is now", body = CredentialView), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn enable(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Named(id): Named,
    Parameters(switch): Parameters<Switch>,
) -> Result<Json<CredentialView>, Problem> {
    bring_uses_up_to_date(&platform).await;
    let (environment, client) = locate(&platform, &id, switch.environment.as_deref()).await?;
    if switch.dry_run {
        return preview(
            &platform,
            &environment,
            &client,
            false,
            operator.arrival.now,
        )
        .await;
    }
    let audit = audit(&operator, "credential.enabled", &environment, &client);
    let store = platform.store.in_environment(&environment);
    let credential = store
        .enable_credential(&client.credential.uuid, operator.arrival.now, audit)
        .await?;
    platform.forget(&Change::Credential(credential.uuid.clone()));
    Ok(changed(&environment, client, credential))
}

/// A credential as it would be after a change, and the live tokens that the change is about.
async fn preview(
    platform: &Platform,
    environment: &EnvironmentName,
    client: &Client,
    disabled: bool,
    now: Millis,
) -> Result<Json<CredentialView>, Problem> {
    let store = platform.store.in_environment(environment);
    let live_tokens = store
        .preview_live_tokens(&client.credential.uuid, now)
        .await?;
    Ok(Json(CredentialView {
        disabled,
        live_tokens,
        dry_run: true,
        ..CredentialView::of(environment, client)
    }))
}

/// A credential as it is after a change; its secrets are as they were.
fn changed(
    environment: &EnvironmentName,
    client: Client,
    credential: Credential,
) -> Json<CredentialView> {
    Json(CredentialView::of(
        environment,
        &Client {
            credential,
            ..client
        },
    ))
}

/// Deletes a credential.
///
/// It is gone with its secrets and tokens; the answer says whether anyone was using it.
#[utoipa::path(
    delete, path = "/credentials/{id}", operation_id = "deleteCredential", tag = "credentials",
    params(("id" = String, Path, description = "UUID or client id"), Within),
    responses((status = 200, description = "What ended", body = Deleted), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn delete(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Named(id): Named,
    Parameters(within): Parameters<Within>,
) -> Result<Json<Deleted>, Problem> {
    bring_uses_up_to_date(&platform).await;
    let (environment, client) = locate(&platform, &id, within.environment.as_deref()).await?;
    let audit = audit(&operator, "credential.deleted", &environment, &client);
    let store = platform.store.in_environment(&environment);
    let live_tokens = store
        .delete_credential(&client.credential.uuid, operator.arrival.now, audit)
        .await?;
    platform.forget(&Change::Credential(client.credential.uuid.clone()));
    let last_used_at = client
        .secrets
        .iter()
        .filter_map(|secret| secret.last_used_at)
        .max();
    Ok(Json(Deleted {
        uuid: client.credential.uuid,
        client_id: client.credential.client_id,
        environment: environment.as_str().to_owned(),
        name: client.credential.name,
        deleted: true,
        live_tokens,
        last_used_at: last_used_at.map(rfc3339),
    }))
}

fn read(body: Value) -> Result<Edit, Problem> {
    let members = body
        .as_object()
        .ok_or_else(|| Problem::bad_request("The body is a JSON object."))?;
    if let Some(other) = members
        .keys()
        .find(|member| !matches!(member.as_str(), "name" | "description"))
    {
        return Err(Problem::bad_request(format!(
            "Only the name and the description can be edited, not {}: for other scopes or permissions make a new credential and delete the old one.",
            other.escape_debug()
        )));
    }
    let edit: Edit = serde_json::from_value(body)
        .map_err(|error| Problem::bad_request(format!("The body cannot be read: {error}.")))?;
    if edit.name.is_none() && edit.description.is_none() {
        return Err(Problem::bad_request(
            "Say what to change: the name, the description, or both.",
        ));
    }
    edit.name.as_deref().map_or(Ok(()), texts::name)?;
    edit.description
        .as_deref()
        .map_or(Ok(()), texts::description)?;
    Ok(edit)
}

fn audit(
    operator: &Operator<WriteCredentials>,
    event: &'static str,
    environment: &EnvironmentName,
    client: &Client,
) -> AuditEvent {
    let credential = &client.credential;
    AuditEvent {
        environment: Some(environment.clone()),
        account_id: Some(credential.account_id.clone()),
        subject: Some(credential.uuid.clone()),
        details: serde_json::json!({ "client_id": credential.client_id, "name": credential.name })
            .to_string(),
        ..operator.audit(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(body: Value) -> Option<String> {
        read(body).err().map(|problem| problem.detail().to_owned())
    }

    #[test]
    fn qc6_s284_only_the_name_and_the_description_can_be_edited() {
        assert_eq!(refusal(json!({"name": "New"})), None);
        assert_eq!(refusal(json!({"description": "For payroll"})), None);
        for member in [
            "scopes",
            "allow",
            "permissions",
            "client_id",
            "client_secret",
            "account",
            "environment",
            "created_at",
            "public",
            "Name",
        ] {
            let sentence = refusal(json!({"name": "New", member: "x"})).unwrap_or_default();
            assert!(
                sentence.contains(member) && sentence.contains("delete the old"),
                "{member}: {sentence}"
            );
        }
        for body in [
            json!({}),
            json!([]),
            json!("x"),
            json!({"name": null}),
            json!({"name": 1}),
            json!({"name": ""}),
        ] {
            assert!(refusal(body.clone()).is_some(), "{body}");
        }
    }
}
