//! What people see: plain pages that work without JavaScript, in the language and the colours asked for.
//!
//! A page is a struct of what stands in it; its template lies beside it and its sentences in one
//! catalogue per language. Nothing here knows a database or reads a cookie.

mod activity;
pub mod catalogue;
mod credentials;
mod documentation;
mod letter;
mod models;
mod moment;
mod operations;
mod people;
mod policy;
mod requests;
mod status;

use std::sync::OnceLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment as Templates, State, Value, context};
use serde::Serialize;
use store::Millis;

pub use activity::{Activity, ActivityRow};
pub use credentials::{
    BudgetLine, Column, CredentialMade, CredentialRow, Credentials, DeleteCredential,
    DisableCredential, NewCredential, PermissionBox, RotateSecret, ScopeBoxes, ScopeLine,
    SecretLine, Shell, ShownCredential,
};
pub use documentation::{
    Answer, Body, Content, Documentation, Field, Guide, Operation, OperationGroup, Paragraph,
    Sample, Shape,
};
pub use letter::{Letter, WrittenLetter};
pub use models::{
    ChangePassword, Consent, Enrolment, ErrorPage, GivenConsent, HandOver, Invitation, KeptPasskey,
    NewPasskey, OpenSession, Portal, Problem, SecondFactor, Security, SignIn, SignedOut,
};
pub use operations::environments::{
    EnvironmentCard, Environments, RefreshChange, RefreshEnvironment, RefreshLine, RefreshNumbers,
    RelaxationLine,
};
pub use operations::incidents::{
    IncidentForm, IncidentRow, Incidents, NewIncidentPage, ShownIncident,
};
pub use operations::keys::{KeyRow, Keys, RevokeKey, RotateKey, Stretch};
pub use operations::live::{Bar, Bars, Lines, Live, Numbers, RefusalBar};
pub use operations::{AccountLimits, AccountRow, Accounts, ShownAccount, SuspendAccount};
pub use people::{ChangePerson, Invited, NewPersonPage, People, PersonRow, ShownPerson, Told};
pub use requests::{FindRequest, RequestRow, Requests, ShownHalf, ShownRequest};
pub use status::{
    ChosenPart, DayBar, FailedDay, IncidentCard, Part, Status, Thresholds, ToldUpdate,
};

use crate::config::Environment;
use catalogue::Language;

/// A year without plain http (RFC 6797): this host alone, since its neighbours are not ours.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What every page has around it.
pub struct Frame<'f> {
    /// Whose page.
    pub environment: &'f Environment,
    /// In which language.
    pub language: Language,
    /// The value that its forms send back.
    pub csrf: String,
    /// Where a form's answer may lead beside ourselves: the client that a flow belongs to. Browsers hold redirects
    /// after a form to the policy of the page that the form was on.
    pub leads_to: Option<String>,
    /// For times that are said by how long ago they were.
    pub now: Millis,
}

/// A page and its template.
pub trait Page: Serialize {
    /// The template's name.
    const TEMPLATE: &'static str;
    /// What its own script does for those who have scripts on; everything else works without.
    const SCRIPT: &'static str = "";
    /// What its looks need beyond every page's.
    const STYLE: &'static str = "";
    /// Whether that script asks us for more.
    const ASKS_US: bool = false;
}

impl Frame<'_> {
    /// The page as an answer.
    pub fn show<P: Page>(&self, status: StatusCode, page: &P) -> Response {
        let branding = &self.environment.branding;
        let style = format!(
            ":root{{--accent:{};--accent-at-night:{}}}\n{}{}",
            branding.light_accent,
            branding.dark_accent,
            include_str!("pages/page.css"),
            P::STYLE
        );
        let rendered = templates().get_template(P::TEMPLATE).and_then(|template| {
            template.render(context! {
                style => Value::from_safe_string(style.clone()),
                script => Value::from_safe_string(P::SCRIPT.to_owned()),
                lang => self.language.tag(),
                platform => &branding.name,
                logo => &branding.logo,
                environment => self.environment.name.as_str(),
                staff => self.environment.staff_sign_in.as_ref().map(|staff| staff.label.as_deref().unwrap_or_default()),
                docs => &self.environment.paths.docs,
                csrf => &self.csrf,
                now => self.now,
                page => Value::from(Serde(page)),
            })
        });
        let text = match rendered {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(template = P::TEMPLATE, error = %error, "a page could not be made");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let mut response = (status, Html(text)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(self.language.tag()),
        );
        policy::set(headers, &style, P::SCRIPT, self.leads_to.as_deref());
        if P::ASKS_US {
            policy::let_ask_us(headers);
        }
        if self.environment.url.starts_with("https:") {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
        }
        response
    }
}

/// The headers of an answer that leads elsewhere: a redirect after a form is 303 (RFC 9700 §4.12).
pub fn see_other(location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    match HeaderValue::from_str(location) {
        Ok(location) => headers.insert(header::LOCATION, location),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    policy::set(headers, "", "", None);
    response
}

/// Which language a request wants: its `ui_locales` before its `Accept-Language` before the environment's own.
pub fn language(
    environment: &Environment,
    headers: &HeaderMap,
    ui_locales: Option<&str>,
) -> Language {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let own = Language::of_tag(&environment.branding.language).unwrap_or_default();
    catalogue::negotiate(ui_locales, accepted, own)
}

fn templates() -> &'static Templates<'static> {
    static TEMPLATES: OnceLock<Templates<'static>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let mut templates = Templates::new();
        templates.set_auto_escape_callback(letter::escaping);
        templates.add_function("t", sentence);
        templates.add_function("when", moment::when);
        templates.add_function("utc", moment::utc);
        templates.add_function("lasts", moment::lasts);
        for (name, text) in TEXTS {
            // A template that does not parse is found by the test that shows every page.
            if let Err(error) = templates.add_template(name, text) {
                tracing::error!(template = name, error = %error, "a template does not parse");
            }
        }
        templates
    })
}

/// `{{ t("key", name=value) }}`: a sentence of the catalogue, escaped like any other value.
fn sentence(state: &State, key: &str, arguments: Kwargs) -> Result<String, minijinja::Error> {
    let language = state
        .lookup("lang")
        .and_then(|tag| Language::of_tag(tag.as_str()?))
        .unwrap_or_default();
    let mut named = Vec::new();
    for name in arguments.args() {
        named.push((name.to_owned(), arguments.get::<Value>(name)?.to_string()));
    }
    Ok(language.sentence(key, &named))
}

const TEXTS: [(&str, &str); 57] = [
    ("letter.txt", include_str!("pages/letter.txt")),
    ("letter.html", include_str!("pages/letter.html")),
    ("layout", include_str!("pages/layout.html")),
    ("problems", include_str!("pages/problems.html")),
    ("sign_in", include_str!("pages/sign_in.html")),
    ("second_factor", include_str!("pages/second_factor.html")),
    ("consent", include_str!("pages/consent.html")),
    (
        "change_password",
        include_str!("pages/change_password.html"),
    ),
    ("invitation", include_str!("pages/invitation.html")),
    ("error", include_str!("pages/error.html")),
    ("signed_out", include_str!("pages/signed_out.html")),
    ("portal", include_str!("pages/portal.html")),
    ("security", include_str!("pages/security.html")),
    ("enrolment", include_str!("pages/enrolment.html")),
    ("new_passkey", include_str!("pages/new_passkey.html")),
    ("hand_over", include_str!("pages/hand_over.html")),
    ("public", include_str!("pages/public.html")),
    ("status", include_str!("pages/status.html")),
    ("status/parts", include_str!("pages/status/parts.html")),
    ("activity", include_str!("pages/activity.html")),
    ("shell", include_str!("pages/shell.html")),
    ("menu", include_str!("pages/menu.html")),
    ("documentation", include_str!("pages/documentation.html")),
    (
        "documentation/operation",
        include_str!("pages/documentation/operation.html"),
    ),
    (
        "documentation/samples",
        include_str!("pages/documentation/samples.html"),
    ),
    ("requests/parts", include_str!("pages/requests/parts.html")),
    ("requests/list", include_str!("pages/requests/list.html")),
    ("requests/find", include_str!("pages/requests/find.html")),
    ("requests/show", include_str!("pages/requests/show.html")),
    (
        "credentials/parts",
        include_str!("pages/credentials/parts.html"),
    ),
    (
        "credentials/list",
        include_str!("pages/credentials/list.html"),
    ),
    (
        "credentials/new",
        include_str!("pages/credentials/new.html"),
    ),
    (
        "credentials/made",
        include_str!("pages/credentials/made.html"),
    ),
    (
        "credentials/show",
        include_str!("pages/credentials/show.html"),
    ),
    (
        "credentials/rotate",
        include_str!("pages/credentials/rotate.html"),
    ),
    (
        "credentials/disable",
        include_str!("pages/credentials/disable.html"),
    ),
    ("people/parts", include_str!("pages/people/parts.html")),
    ("people/list", include_str!("pages/people/list.html")),
    ("people/new", include_str!("pages/people/new.html")),
    ("people/invited", include_str!("pages/people/invited.html")),
    ("people/show", include_str!("pages/people/show.html")),
    ("people/change", include_str!("pages/people/change.html")),
    (
        "operations/parts",
        include_str!("pages/operations/parts.html"),
    ),
    (
        "operations/live",
        include_str!("pages/operations/live.html"),
    ),
    (
        "operations/accounts",
        include_str!("pages/operations/accounts.html"),
    ),
    (
        "operations/account",
        include_str!("pages/operations/account.html"),
    ),
    (
        "operations/suspend",
        include_str!("pages/operations/suspend.html"),
    ),
    (
        "operations/keys",
        include_str!("pages/operations/keys.html"),
    ),
    (
        "operations/rotate_key",
        include_str!("pages/operations/rotate_key.html"),
    ),
    (
        "operations/revoke_key",
        include_str!("pages/operations/revoke_key.html"),
    ),
    (
        "operations/refresh",
        include_str!("pages/operations/refresh.html"),
    ),
    (
        "operations/environments",
        include_str!("pages/operations/environments.html"),
    ),
    (
        "operations/incidents",
        include_str!("pages/operations/incidents.html"),
    ),
    (
        "operations/incident",
        include_str!("pages/operations/incident.html"),
    ),
    (
        "operations/incident_new",
        include_str!("pages/operations/incident_new.html"),
    ),
    (
        "operations/incident_parts",
        include_str!("pages/operations/incident_parts.html"),
    ),
    (
        "credentials/delete",
        include_str!("pages/credentials/delete.html"),
    ),
];

#[cfg(test)]
mod tests;
