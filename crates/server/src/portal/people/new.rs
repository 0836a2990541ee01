//! `/portal/people/new`: inviting someone by a link that is shown once and works once.

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{Person, Role, StoreError};

use super::{ROLES, role_of};
use crate::context::Context;
use crate::mail::{self, Mailed};
use crate::pages::{Invited, NewPersonPage, Problem};
use crate::people::newcomers::{self, Newcomer, NotInvited};
use crate::people::once;
use crate::people::tickets::Link;
use crate::people::username::NoUsername;
use crate::portal::access::Manager;
use crate::random::canonical_uuid;
use crate::text::{self, LONGEST_NAME};

const PURPOSE: &str = "person";

/// What was typed so far.
struct Typed {
    account: String,
    username: String,
    role: Role,
}

/// `GET /portal/people/new`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_request(context, headers, "/portal/people/new").await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let query = query.unwrap_or_default();
    let parameter = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let found = pairs.find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned())
    };
    let begun = async {
        let id = parameter("account").and_then(|id| canonical_uuid(&id));
        let (Some(id), None) = (id, manager.account_id()) else {
            return Ok::<_, StoreError>(String::new());
        };
        let store = &manager.visit.context.platform.store;
        let account = store.find_account(&id).await?;
        Ok(account.map(|account| account.name).unwrap_or_default())
    };
    let account = match begun.await {
        Ok(account) => account,
        Err(error) => return manager.visit.unavailable(&error),
    };
    // Whoever comes first manages the account.
    let role = match manager.account_id() {
        None => Role::AccountManager,
        Some(_) => Role::Member,
    };
    let typed = Typed {
        account,
        username: String::new(),
        role,
    };
    ask(&manager, typed, StatusCode::OK, |_| {})
}

/// `POST /portal/people/new`: of the own account, whatever the form says; staff names the account.
pub async fn submit(context: Context, request: Request) -> Response {
    let (manager, form) = match Manager::of_form(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let person = &manager.session.person;
    let typed = Typed {
        account: match manager.account_id() {
            Some(_) => person.account_name.clone().unwrap_or_default(),
            None => form.get("account").trim().to_owned(),
        },
        username: form.get("username").trim().to_owned(),
        role: role_of(&form).unwrap_or(Role::Member),
    };
    if role_of(&form).is_none() {
        return refuse(&manager, typed, |page| {
            page.role_problem = Some(Problem::of("person-role-unfit"));
        });
    }
    if let Err(unfit) = text::required("account", &typed.account, LONGEST_NAME) {
        return refuse(&manager, typed, |page| {
            page.account_problem = Some(Problem::of(unfit.key));
        });
    }
    let context = &manager.visit.context;
    let Some(id) = once::open(context, &manager.session, PURPOSE, form.get("once")) else {
        return manager.visit.too_old();
    };
    let newcomer = Newcomer {
        id: id.clone(),
        account: typed.account.clone(),
        username: typed.username.clone(),
        role: typed.role,
    };
    let (platform, issuer) = (&context.platform, &context.issuer);
    // Staff may have an account of their own, which is not the newcomer's: the store fills that in.
    let event = |name| store::AuditEvent {
        account_id: manager.account_id().map(str::to_owned),
        ..manager.audit(name)
    };
    match newcomers::invite(platform, issuer, newcomer, context.now, event).await {
        Ok(link) => match manager.person(&id).await {
            Ok(person) => invited(&manager, &person, link).await,
            Err(response) => response,
        },
        Err(NotInvited::Username(unfit)) => refuse(&manager, typed, |page| {
            page.username_problem = Some(Problem::of(match unfit {
                NoUsername::Empty => "text-empty",
                NoUsername::TooLong => "text-too-long",
                NoUsername::ControlCharacter => "text-control-character",
            }));
        }),
        Err(NotInvited::Taken) => refuse(&manager, typed, |page| {
            page.username_problem = Some(Problem::of("person-username-taken"));
        }),
        Err(NotInvited::Again) => manager.visit.error(
            StatusCode::CONFLICT,
            "error-invited-already-title",
            "error-invited-already-advice",
        ),
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// The page that shows the link, which is mailed as well where mail is configured.
pub async fn invited(manager: &Manager, person: &Person, link: Link) -> Response {
    let context = &manager.visit.context;
    let mailed = mail::invite(&context.platform, &context.issuer, person, &link).await;
    let page = Invited {
        shell: manager.shell("people"),
        id: person.id.clone(),
        username: person.username.clone(),
        role: person.role.as_str(),
        link: link.url,
        expires_at: link.expires_at,
        not_mailed: matches!(mailed, Mailed::Not(_)),
        mailed_to: match mailed {
            Mailed::To(address) => Some(address.to_string()),
            Mailed::Off | Mailed::Not(_) => None,
        },
    };
    manager.visit.show(StatusCode::CREATED, &page)
}

fn refuse(manager: &Manager, typed: Typed, tell: impl FnOnce(&mut NewPersonPage)) -> Response {
    ask(manager, typed, StatusCode::BAD_REQUEST, tell)
}

fn ask(
    manager: &Manager,
    typed: Typed,
    status: StatusCode,
    tell: impl FnOnce(&mut NewPersonPage),
) -> Response {
    let once = match once::draw(&manager.visit.context, &manager.session, PURPOSE) {
        Ok(once) => once,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let mut page = NewPersonPage {
        shell: manager.shell("people"),
        once,
        asks_account: manager.account_id().is_none(),
        account: typed.account,
        username: typed.username,
        roles: ROLES.map(Role::as_str).to_vec(),
        role: typed.role.as_str(),
        ..NewPersonPage::default()
    };
    tell(&mut page);
    manager.visit.show(status, &page)
}
