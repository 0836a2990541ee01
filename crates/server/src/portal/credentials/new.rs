//! `/portal/credentials/new`: generating credentials.

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use oauth::grant_type::GrantType;
use oauth::permission::Permission;
use store::{Refused, StoreError};

use super::row::parts;
use super::{DAY, LIFETIMES, lifetime_of, made, whole};
use crate::config::{Environment, SecretKind, Version};
use crate::context::Context;
use crate::credentials::create::{self, Asked};
use crate::credentials::secret::Wanted;
use crate::credentials::{CredentialRefusal, Field};
use crate::pages::{Column, NewCredential, PermissionBox, Problem, ScopeBoxes};
use crate::people::once;
use crate::portal::access::Manager;
use crate::portal::form::Form;

/// What was typed, as it goes back into the page.
#[derive(Default)]
struct Typed {
    account: String,
    name: String,
    description: String,
    version: Option<String>,
    allow: Vec<String>,
    grant: String,
    redirect_uris: String,
    ends: u64,
}

/// `GET /portal/credentials/new`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_request(context, headers, "/portal/credentials/new").await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let copied = form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "copy");
    let typed = match copied {
        None => Typed::default(),
        Some((_, uuid)) => match manager.credential(&uuid).await {
            Ok(client) => Typed {
                name: client.credential.name,
                description: client.credential.description,
                account: client.credential.account_name,
                version: client.credential.version,
                allow: client.credential.scopes,
                grant: client
                    .credential
                    .grant_types
                    .into_iter()
                    .next()
                    .unwrap_or_default(),
                redirect_uris: client.credential.redirect_uris.join("\n"),
                ends: 0,
            },
            Err(response) => return response,
        },
    };
    show_again(&manager, typed, StatusCode::OK, |_| {})
}

/// `POST /portal/credentials/new`: a preset, another version, or Save.
pub async fn submit(context: Context, request: Request) -> Response {
    let (manager, form) = match Manager::of_form(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let mut typed = read(&form);
    match form.get("do").split_once(':') {
        Some(("version", version)) => {
            typed.version = Some(version.to_owned());
            return show_again(&manager, typed, StatusCode::OK, |_| {});
        }
        Some(("preset", preset)) => {
            typed.allow = preset_of(version_of(&manager, &typed), preset);
            return show_again(&manager, typed, StatusCode::OK, |_| {});
        }
        _ => {}
    }
    let context = &manager.visit.context;
    let once = once::open(context, &manager.session, "credential", form.get("once"));
    let Some(uuid) = once else {
        return manager.visit.too_old();
    };
    let asked = asked(&manager, &typed, &form);
    if asked.allow.is_empty() && version_of(&manager, &typed).is_some_and(has_scopes) {
        return show_again(&manager, typed, StatusCode::BAD_REQUEST, |page| {
            page.allow_problem = Some(Problem::of("allow-nothing"));
        });
    }
    let audit = manager.audit("credential.created");
    let issuer = &context.issuer;
    let made = create::create(&context.platform, issuer, asked, uuid, context.now, audit).await;
    match made {
        Ok(made) => {
            let page = made::page(
                &manager,
                &made.credential,
                made.secret.as_ref(),
                made.secret_expires_at,
            );
            manager.visit.show(StatusCode::CREATED, &page)
        }
        Err(CredentialRefusal::Store(StoreError::Refused(Refused::Exists(_)))) => {
            manager.visit.error(
                StatusCode::CONFLICT,
                "error-made-already-title",
                "error-made-already-advice",
            )
        }
        Err(refusal) => refuse(&manager, typed, refusal),
    }
}

fn read(form: &Form) -> Typed {
    Typed {
        account: form.get("account").to_owned(),
        name: form.get("name").to_owned(),
        description: form.get("description").to_owned(),
        version: Some(form.get("version").to_owned()).filter(|version| !version.is_empty()),
        allow: form.all("allow").map(str::to_owned).collect(),
        grant: form.get("grant_type").to_owned(),
        redirect_uris: form.get("redirect_uris").to_owned(),
        ends: lifetime_of(form).unwrap_or(0) / DAY,
    }
}

/// What a person may ask for: of the own account, without what only an operator decides at the command line.
fn asked(manager: &Manager, typed: &Typed, form: &Form) -> Asked {
    let environment = &manager.visit.context.issuer.environment;
    let grant = grant_of(environment, typed);
    let person = &manager.session.person;
    let secret = form.get("secret");
    Asked {
        account: match manager.account_id() {
            Some(_) => person.account_name.clone().unwrap_or_default(),
            None => typed.account.trim().to_owned(),
        },
        name: typed.name.trim().to_owned(),
        description: typed.description.trim().to_owned(),
        version: version_of(manager, typed).map(|version| version.name.clone()),
        allow: typed.allow.iter().map(|value| allow_of(value)).collect(),
        grant_types: vec![grant.as_str().to_owned()],
        redirect_uris: if grant == GrantType::AuthorizationCode {
            let lines = typed.redirect_uris.lines().map(str::trim);
            lines
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect()
        } else {
            Vec::new()
        },
        secret: Wanted {
            chosen: (environment.secrets == SecretKind::Chosen && !secret.is_empty())
                .then(|| secret.to_owned().into()),
            lifetime: lifetime_of(form),
        },
        ..Asked::default()
    }
}

/// Of those that are offered the one chosen, else the first.
fn grant_of(environment: &Environment, typed: &Typed) -> GrantType {
    let offered = &environment.offered_grants;
    let chosen = offered.iter().find(|grant| grant.as_str() == typed.grant);
    *chosen
        .or(offered.first())
        .unwrap_or(&GrantType::ClientCredentials)
}

/// `shifts.read` as `shifts=read`; a bare scope stays.
fn allow_of(value: &str) -> String {
    match parts(value) {
        (scope, Some(permission)) => format!("{scope}={permission}"),
        (scope, None) => scope.to_owned(),
    }
}

fn has_scopes(version: &Version) -> bool {
    !version.scopes.is_empty()
}

/// The version chosen, or the first.
fn version_of<'m>(manager: &'m Manager, typed: &Typed) -> Option<&'m Version> {
    let versions = &manager.visit.context.platform.config.versions;
    let chosen = versions
        .iter()
        .find(|version| Some(&version.name) == typed.version.as_ref());
    chosen.or(versions.first()).map(|version| &**version)
}

fn preset_of(version: Option<&Version>, preset: &str) -> Vec<String> {
    let every = version.map(Version::scope_values).unwrap_or_default();
    match preset {
        "read" => every
            .into_iter()
            .filter(|value| parts(value).1 == Some(Permission::Read))
            .collect(),
        "all" => every,
        _ => Vec::new(),
    }
}

fn refuse(manager: &Manager, typed: Typed, refusal: CredentialRefusal) -> Response {
    let field = match &refusal {
        CredentialRefusal::Asked { field, .. } => Some(*field),
        _ => None,
    };
    let (status, problem) = match whole(manager, refusal) {
        Ok(told) => told,
        Err(response) => return *response,
    };
    show_again(manager, typed, status, |page| {
        let place = match field {
            Some(Field::Account) => &mut page.account_problem,
            Some(Field::Name) => &mut page.name_problem,
            Some(Field::Description) => &mut page.description_problem,
            Some(Field::Allow) => &mut page.allow_problem,
            Some(Field::GrantType) => &mut page.grant_problem,
            Some(Field::RedirectUri) => &mut page.redirect_problem,
            Some(Field::Secret) => &mut page.secret_problem,
            None => &mut page.problem,
        };
        *place = Some(problem);
    })
}

/// The page with all that was typed but the secret.
fn show_again(
    manager: &Manager,
    typed: Typed,
    status: StatusCode,
    tell: impl FnOnce(&mut NewCredential),
) -> Response {
    let context = &manager.visit.context;
    let environment = &context.issuer.environment;
    let once = match once::draw(context, &manager.session, "credential") {
        Ok(once) => once,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let version = version_of(manager, &typed);
    let permissions = version.is_some_and(|version| version.permissions);
    let grant = grant_of(environment, &typed);
    let codes = environment
        .offered_grants
        .contains(&GrantType::AuthorizationCode);
    let mut page = NewCredential {
        shell: manager.shell("credentials"),
        once,
        asks_account: manager.account_id().is_none(),
        scopes: version
            .map(|version| grid(version, &typed.allow))
            .unwrap_or_default(),
        columns: columns(permissions),
        presets: match permissions {
            true => vec!["read", "all", "none"],
            false => vec!["all", "none"],
        },
        version: version.map(|version| version.name.clone()),
        account: typed.account,
        name: typed.name,
        description: typed.description,
        versions: context
            .platform
            .config
            .versions
            .iter()
            .map(|version| version.name.clone())
            .collect(),
        grants: environment
            .offered_grants
            .iter()
            .map(|grant| grant.as_str())
            .collect(),
        grant: grant.as_str(),
        asks_redirect_uris: codes,
        redirect_uris: typed.redirect_uris,
        asks_secret: environment.secrets == SecretKind::Chosen,
        lifetimes: LIFETIMES.to_vec(),
        lifetime: typed.ends,
        ..NewCredential::default()
    };
    tell(&mut page);
    manager.visit.show(status, &page)
}

fn grid(version: &Version, ticked: &[String]) -> Vec<ScopeBoxes> {
    let tick = |value: String, permission| PermissionBox {
        checked: ticked.contains(&value),
        value,
        permission,
    };
    let boxes = |scope: &String| match version.permissions {
        true => Permission::ALL
            .map(|permission| tick(permission.of_scope(scope), permission.as_str()))
            .into(),
        false => vec![tick(scope.clone(), "")],
    };
    let scopes = version.scopes.iter();
    scopes
        .map(|(name, value)| ScopeBoxes {
            name: name.clone(),
            boxes: boxes(value),
        })
        .collect()
}

fn columns(permissions: bool) -> Vec<Column> {
    if !permissions {
        return vec![Column::default()];
    }
    let methods = ["GET", "POST", "PUT PATCH", "DELETE"];
    Permission::ALL
        .into_iter()
        .zip(methods)
        .map(|(permission, methods)| Column {
            name: permission.as_str(),
            methods,
        })
        .collect()
}
