//! A browser's visit: its cookies, its language, and the pages it is shown.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::continuation::{Continuation, Next};
use super::cookies::{Cookie, CookieValue};
use super::{csrf, sealed};
use crate::context::Context;
use crate::pages::catalogue::Language;
use crate::pages::{self, ErrorPage, Frame, Page};
use crate::random::NoRandomness;

/// One request of a browser.
pub struct Visit {
    /// The request.
    pub context: Context,
    /// Its header fields.
    pub headers: HeaderMap,
    browser: CookieValue,
    is_new: bool,
    /// Another site sends the form, so the browser left our cookies out: what it does not send is not what it does not have, and a
    /// new cookie would end the sign-ins under way.
    is_from_another_site: bool,
    language: Language,
}

impl Visit {
    /// Knows the browser again, or gives it a cookie to be known by.
    ///
    /// # Errors
    /// The operating system gives no random numbers.
    pub fn begin(
        context: Context,
        headers: HeaderMap,
        ui_locales: Option<&str>,
    ) -> Result<Self, NoRandomness> {
        let environment = &context.issuer.environment;
        let known = Cookie::Browser.read(environment, &headers);
        let language = pages::language(environment, &headers, ui_locales);
        Ok(Self {
            is_new: known.is_none(),
            is_from_another_site: false,
            browser: match known {
                Some(browser) => browser,
                None => CookieValue::generate()?,
            },
            context,
            headers,
            language,
        })
    }

    /// The same for a form that was sent: one from another site comes without our cookies.
    #[must_use]
    pub fn of_form(mut self) -> Self {
        let site = self.headers.get("sec-fetch-site");
        self.is_from_another_site = site.is_some_and(|site| site == "cross-site");
        self
    }

    /// Opens a sealed continuation that was begun in this browser.
    pub fn open(&self, flow: &str) -> Option<Continuation> {
        let browser = (!self.is_new).then_some(&self.browser);
        Continuation::open(&self.context, browser, flow)
    }

    /// Seals a continuation for this browser.
    pub fn seal(&self, continuation: &Continuation) -> String {
        continuation
            .seal(&self.context, &self.browser)
            .unwrap_or_default()
    }

    /// Seals something else for this browser; nothing where it cannot be encrypted.
    pub fn seal_for<T: serde::Serialize>(&self, purpose: &str, value: &T) -> Option<String> {
        sealed::seal(&self.context, &self.browser, purpose, value)
    }

    /// Opens what was sealed in this browser for that purpose.
    pub fn open_for<T: serde::de::DeserializeOwned>(&self, purpose: &str, text: &str) -> Option<T> {
        let browser = (!self.is_new).then_some(&self.browser);
        sealed::open(&self.context, browser, purpose, text)
    }

    /// A page.
    pub fn show<P: Page>(&self, status: StatusCode, page: &P) -> Response {
        self.show_on_the_way(status, page, None)
    }

    /// A page whose form may end at the client that a continuation belongs to.
    pub fn show_on_the_way<P: Page>(
        &self,
        status: StatusCode,
        page: &P,
        continuation: Option<&Continuation>,
    ) -> Response {
        let environment = &self.context.issuer.environment;
        let bound_to = Cookie::Session
            .read(environment, &self.headers)
            .unwrap_or_else(|| self.browser.clone());
        let frame = Frame {
            environment,
            language: self.language,
            csrf: csrf::token(&self.context, &bound_to),
            leads_to: continuation.and_then(leads_to),
            now: self.context.now,
        };
        let mut response = frame.show(status, page);
        if self.is_new
            && !self.is_from_another_site
            && let Some(cookie) = Cookie::Browser.set(environment, &self.browser)
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// A page that says what went wrong, by the beginning of its keys in the catalogue.
    pub fn error(&self, status: StatusCode, title: &'static str, advice: &'static str) -> Response {
        let page = ErrorPage {
            title,
            advice,
            request_id: self.context.request_id.to_string(),
        };
        self.show(status, &page)
    }

    /// A continuation that is too old, or another browser's.
    pub fn too_old(&self) -> Response {
        self.refused("ContinuationUnknown");
        self.error(
            StatusCode::BAD_REQUEST,
            "error-expired-title",
            "error-expired-advice",
        )
    }

    /// Something of ours is away.
    pub fn unavailable(&self, error: &dyn std::fmt::Display) -> Response {
        tracing::error!(%error, "a page could not be answered");
        self.refused("StoreUnavailable");
        let mut response = self.error(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-unavailable-title",
            "error-unavailable-advice",
        );
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
        response
    }

    /// Counts and logs a refusal by name.
    pub fn refused(&self, reason: &str) {
        let realm = self.context.issuer.realm();
        self.context
            .platform
            .metrics
            .refused(realm, "pages", reason);
        tracing::info!(reason, "a page's request was refused");
    }

    /// An event of the audit trail in words; its name where there are none.
    pub fn event(&self, name: &str) -> String {
        let key = format!("event-{}", name.replace(['.', '_'], "-"));
        match self.language.sentence(&key, &[]) {
            words if words == key => name.to_owned(),
            words => words,
        }
    }

    /// A refusal in words; its name where there are none.
    pub fn reason(&self, name: &str) -> String {
        self.language
            .reason(name)
            .unwrap_or_else(|| name.to_owned())
    }

    /// The words for a scope.
    pub fn abilities(&self, scope: &str) -> Vec<String> {
        let words = |token: &str| {
            let (name, key) = match token.rsplit_once('.') {
                Some((name, "read")) => (name, "ability-read"),
                Some((name, "add")) => (name, "ability-add"),
                Some((name, "write")) => (name, "ability-write"),
                Some((name, "delete")) => (name, "ability-delete"),
                _ => (token, "ability-use"),
            };
            let argument = ("scope".to_owned(), name.replace('-', " "));
            self.language.sentence(key, &[argument])
        };
        scope
            .split(' ')
            .filter(|token| !token.is_empty())
            .map(words)
            .collect()
    }
}

/// Scheme, host and port of the client's redirect URI, which was verified before the continuation was sealed.
fn leads_to(continuation: &Continuation) -> Option<String> {
    let Next::Authorization(parameters) = &continuation.next else {
        return None;
    };
    let (_, uri) = parameters.iter().find(|(name, _)| name == "redirect_uri")?;
    let origin = url::Url::parse(uri).ok()?.origin();
    origin
        .is_tuple()
        .then(|| origin.ascii_serialization())
        .filter(|origin| !origin.contains([';', ',', ' ', '\'']))
}
