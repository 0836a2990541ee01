//! Credentials as operators see them: found by UUID or client id, shown without their secrets.

pub mod budget;
pub mod change;
pub mod create;
pub mod rotate;
pub mod view;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::{Client, EnvironmentName, Refused, StoreError};
use utoipa::IntoParams;

use super::accounts::account_of;
use super::description::{Conflict, NotFound};
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::ReadCredentials;
use crate::platform::{Issuer, Platform};
use crate::random::canonical_uuid;
use view::CredentialView;

/// Which credentials.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Only of this environment.
    environment: Option<String>,
    /// Only of this account, by name or id.
    account: Option<String>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Where a client id alone could mean two credentials.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// The environment's name, needed where one id stands for something in several.
    pub environment: Option<String>,
}

/// The last row of a page: environment, name, UUID.
type Cursor = (String, String, String);

/// Lists credentials, environment by environment, each by name.
#[utoipa::path(
    get, path = "/credentials", operation_id = "listCredentials", tag = "credentials",
    params(Listing),
    responses((status = 200, description = "A page", body = [CredentialView]), NotFound),
    security(("operator" = ["credentials:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadCredentials>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let limit = paging::limit(listing.limit)?;
    let environments = environments(&platform, listing.environment.as_deref())?;
    let account = match &listing.account {
        Some(name) => Some(account_of(&platform, name).await?.id),
        None => None,
    };
    bring_uses_up_to_date(&platform).await;
    let mut after: Option<Cursor> = paging::read_cursor(listing.cursor.as_deref())?;
    let mut rows = Vec::new();
    // One row more than asked says whether there is a next page.
    let wanted = limit as usize + 1;
    for issuer in environments {
        let name = issuer.name();
        if after
            .as_ref()
            .is_some_and(|(environment, ..)| name.as_str() < environment.as_str())
        {
            continue;
        }
        let key = after.take_if(|(environment, ..)| environment == name.as_str());
        let key = key
            .as_ref()
            .map(|(_, name, uuid)| (name.as_str(), uuid.as_str()));
        let missing = u32::try_from(wanted - rows.len()).unwrap_or(limit);
        let found = platform
            .store
            .in_environment(name)
            .list_credentials(account.as_deref(), key, missing)
            .await?;
        rows.extend(found.iter().map(|client| CredentialView::of(name, client)));
        if rows.len() >= wanted {
            break;
        }
    }
    let next = paging::cut(&mut rows, limit, |last| {
        paging::write_cursor(&(&last.environment, &last.name, &last.uuid))
    })?;
    let limit = limit.to_string();
    let query = [
        ("environment", listing.environment.as_deref()),
        ("account", listing.account.as_deref()),
        ("limit", Some(&*limit)),
    ];
    Ok(paging::page("credentials", &query, &rows, next))
}

/// Shows a credential, with the number of its live tokens.
#[utoipa::path(
    get, path = "/credentials/{id}", operation_id = "showCredential", tag = "credentials",
    params(("id" = String, Path, description = "UUID or client id"), Within),
    responses((status = 200, description = "The credential", body = CredentialView), Conflict),
    security(("operator" = ["credentials:read"])),
)]
pub async fn show(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadCredentials>,
    Named(id): Named,
    Parameters(within): Parameters<Within>,
) -> Result<Json<CredentialView>, Problem> {
    bring_uses_up_to_date(&platform).await;
    let (environment, client) = locate(&platform, &id, within.environment.as_deref()).await?;
    let mut view = CredentialView::of(&environment, &client);
    let live = platform
        .store
        .in_environment(&environment)
        .count_live_tokens(&view.uuid, operator.arrival.now)
        .await?;
    view.live_tokens = Some(live);
    Ok(Json(view))
}

/// Writes this node's last uses, which otherwise wait a few seconds: whoever looks wants to know whether
/// anyone uses a credential. Failing that, an older time is shown.
pub async fn bring_uses_up_to_date(platform: &Platform) {
    if let Err(error) = platform.write_uses().await {
        tracing::warn!(%error, "the last uses of some credentials were not written");
    }
}

/// The credential that a UUID or a client id names.
pub async fn locate(
    platform: &Platform,
    id: &str,
    environment: Option<&str>,
) -> Result<(EnvironmentName, Client), Problem> {
    let found = match environment {
        None => locate_anywhere(platform, id).await?,
        Some(name) => {
            let name = issuer_of(platform, name)?.name();
            let store = platform.store.in_environment(name);
            let by_uuid = match canonical_uuid(id) {
                Some(uuid) => store.find_client_by_uuid(&uuid).await?,
                None => None,
            };
            let found = match by_uuid {
                Some(client) => Some(client),
                None => store.find_client(id).await?,
            };
            found.map(|client| (name.clone(), client))
        }
    };
    found.ok_or_else(|| Problem::not_found("There is no credential with this UUID or client id."))
}

async fn locate_anywhere(
    platform: &Platform,
    id: &str,
) -> Result<Option<(EnvironmentName, Client)>, Problem> {
    let located = match platform.store.locate_credential(id).await {
        // Client ids are compared byte for byte, UUIDs in any of their spellings.
        Ok(None) => match canonical_uuid(id) {
            Some(uuid) if uuid != id => platform.store.locate_credential(&uuid).await,
            _ => Ok(None),
        },
        located => located,
    };
    match located {
        Err(StoreError::Refused(Refused::Conflict(_))) => Err(Problem::conflict(
            "Several environments have a credential with this client id: name one (`--environment E`), or use the UUID.",
        )),
        located => Ok(located?),
    }
}

/// The environments that a listing covers.
pub fn environments<'p>(
    platform: &'p Platform,
    name: Option<&str>,
) -> Result<Vec<&'p Arc<Issuer>>, Problem> {
    match name {
        Some(name) => Ok(vec![issuer_of(platform, name)?]),
        None => {
            let mut all: Vec<_> = platform.issuers.iter().collect();
            all.sort_by_key(|issuer| issuer.name().as_str());
            Ok(all)
        }
    }
}

/// The issuer of an environment, or a refusal that lists those there are.
pub fn issuer_of<'p>(platform: &'p Platform, name: &str) -> Result<&'p Arc<Issuer>, Problem> {
    platform.issuer(name).ok_or_else(|| {
        let known: Vec<_> = platform
            .issuers
            .iter()
            .map(|issuer| issuer.realm())
            .collect();
        Problem::bad_request(format!(
            "There is no such environment; the configuration has {}.",
            known.join(", ")
        ))
    })
}
