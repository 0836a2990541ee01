//! `/portal/credentials/{uuid}`: one credential, its name and description edited.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{AuditEvent, Change, Client};

use super::row::row;
use super::whole;
use crate::context::Context;
use crate::credentials::{CredentialRefusal, Field, edit as texts};
use crate::pages::{BudgetLine, CredentialRow, Problem, ShownCredential};
use crate::portal::access::{Manager, back_to};
use crate::portal::form::Form;

/// `GET /portal/credentials/{uuid}`
pub async fn show(context: Context, Path(uuid): Path<String>, headers: HeaderMap) -> Response {
    let path = back_to("/portal/credentials", &uuid, "");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match manager.credential(&uuid).await {
        Ok(client) => page(&manager, client, StatusCode::OK, |_| {}).await,
        Err(response) => response,
    }
}

/// `POST /portal/credentials/{uuid}/edit`
pub async fn edit(context: Context, Path(uuid): Path<String>, request: Request) -> Response {
    let (manager, form, client) = match of_form(context, &uuid, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let (name, description) = (form.get("name").trim(), form.get("description").trim());
    if let Err(refusal) = texts::name(name).and_then(|()| texts::description(description)) {
        return refuse(&manager, client, &form, refusal).await;
    }
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = about(&manager, &client, "credential.updated");
    let uuid = &client.credential.uuid;
    let changed = store
        .update_credential(uuid, Some(name), Some(description), context.now, audit)
        .await;
    changed_to(&manager, client, changed, "done-credential-saved").await
}

/// A form about one credential.
pub async fn of_form(
    context: Context,
    uuid: &str,
    request: Request,
) -> Result<(Manager, Form, Client), Response> {
    let (manager, form) = Manager::of_form(context, request).await?;
    let client = manager.credential(uuid).await?;
    Ok((manager, form, client))
}

/// An audit event about a credential.
pub fn about(manager: &Manager, client: &Client, event: &'static str) -> AuditEvent {
    let credential = &client.credential;
    AuditEvent {
        account_id: Some(credential.account_id.clone()),
        subject: Some(credential.uuid.clone()),
        details: serde_json::json!({ "client_id": credential.client_id, "name": credential.name })
            .to_string(),
        ..manager.audit(event)
    }
}

/// The credential's page as it stands after a change, with a word about it.
pub async fn changed_to(
    manager: &Manager,
    client: Client,
    changed: Result<store::Credential, store::StoreError>,
    done: &'static str,
) -> Response {
    let change = Change::Credential(client.credential.uuid.clone());
    manager.visit.context.platform.forget(&change);
    match changed {
        Ok(credential) => {
            let client = Client {
                credential,
                ..client
            };
            page(manager, client, StatusCode::OK, |page| {
                page.done = Some(done)
            })
            .await
        }
        Err(error) => manager.visit.unavailable(&error),
    }
}

async fn refuse(
    manager: &Manager,
    client: Client,
    form: &Form,
    refusal: CredentialRefusal,
) -> Response {
    let in_name = matches!(
        refusal,
        CredentialRefusal::Asked {
            field: Field::Name,
            ..
        }
    );
    let (status, problem): (_, Problem) = match whole(manager, refusal) {
        Ok(told) => told,
        Err(response) => return *response,
    };
    page(manager, client, status, |page| {
        page.name = form.get("name").to_owned();
        page.description = form.get("description").to_owned();
        if in_name {
            page.name_problem = Some(problem);
        } else {
            page.description_problem = Some(problem);
        }
    })
    .await
}

async fn page(
    manager: &Manager,
    client: Client,
    status: StatusCode,
    tell: impl FnOnce(&mut ShownCredential),
) -> Response {
    let context = &manager.visit.context;
    let issuer = &context.issuer;
    let budget = budget(context, &client.credential);
    let row = match row(context, client).await {
        Ok(row) => row,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let mut page = ShownCredential {
        shell: manager.shell("credentials"),
        token_url: issuer.url(&issuer.environment.paths.token),
        docs_url: issuer.url(&issuer.environment.paths.docs),
        budget: budget.map(|budget| used_of(budget, &row)),
        still_old: still_old(&row),
        name: row.name.clone(),
        description: row.description.clone(),
        row,
        ..ShownCredential::default()
    };
    tell(&mut page);
    manager.visit.show(status, &page)
}

fn budget(context: &Context, credential: &store::Credential) -> Option<BudgetLine> {
    let budgets = &context.issuer.limits.budgets;
    let (per_second, per_day) = (budgets.per_second(credential), budgets.per_day(credential));
    (per_second > 0 || per_day > 0).then(|| BudgetLine {
        per_second,
        per_day,
        monitored: !budgets.are_enforced(),
        ..BudgetLine::default()
    })
}

/// With what was used today: the last of the days that the picture shows.
fn used_of(budget: BudgetLine, row: &CredentialRow) -> BudgetLine {
    let used = row.today;
    let percent = (used.saturating_mul(100) / budget.per_day.max(1)).min(100);
    BudgetLine {
        used,
        percent,
        ..budget
    }
}

/// Whether the older of two secrets was used after the newer one was made.
fn still_old(row: &CredentialRow) -> bool {
    let [newest, older, ..] = row.secrets.as_slice() else {
        return false;
    };
    older
        .last_used_at
        .is_some_and(|used| used > newest.created_at)
}
