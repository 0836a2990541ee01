//! The mock server: what a description documents, answered without anything behind it.
//!
//! `/_mock/auth` stands before the paths of the environment's own description (`/_mock/auth/oauth/token`), and
//! `/_mock/apis/NAME` before those of each of the platform's own. A mock holds a request against the description, in this
//! order: ① the path and the method, ② what is wished for (`Prefer: code=401`), ③ the parameters and the body, ④ the kind
//! of answer that is accepted. It keeps nothing, and what is sent to it is looked at and forgotten.
//!
//! A mock answers whoever asks. Only where a bearer token is sent to the mock of an API, the gateway judges it first, as it
//! would a request to the API itself: a developer sees there what production would say about this credential.

mod answer;
mod body;
mod checks;
mod credential;
pub mod documented;
mod fitting;
pub mod invent;
pub mod media;
pub mod operations;
mod parameters;
pub mod place;
mod prefer;
mod refusal;
mod schema;
mod template;
mod typed;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodRouter, any};

use crate::context::Context;
use crate::endpoints::request::Received;
use answer::PREFERENCE_APPLIED;
use documented::{success, wished};
use operations::{Described, Operation, Unknown, base_path};
use parameters::Brought;
use prefer::Wish;
use refusal::{MockRefusal, Wrong};
use template::Captured;

/// Before the paths of the environment's own description.
pub const AUTH: &str = "/_mock/auth";
/// Before the name and the paths of a platform's API.
pub const APIS: &str = "/_mock/apis";

/// The mocks of one environment. Each is laid out when it is first asked for.
#[derive(Default)]
pub struct Mocks {
    own: OnceLock<Own>,
    apis: OnceLock<Vec<MockedApi>>,
}

struct Own {
    described: Described,
    /// The tokens that its examples answer.
    tokens: Vec<String>,
}

struct MockedApi {
    slug: String,
    api: Arc<crate::config::Api>,
    described: OnceLock<Described>,
}

/// The paths under which everything is a mock's.
pub fn routes() -> Vec<(&'static str, MethodRouter)> {
    let mocks = Arc::new(Mocks::default());
    let paths = ["/_mock", "/_mock/", "/_mock/{*path}"];
    let route = |path| {
        let mocks = Arc::clone(&mocks);
        let answer = move |context: Context, request: Request| async move {
            endpoint(&mocks, &context, request).await
        };
        (path, any(answer))
    };
    paths.map(route).into()
}

async fn endpoint(mocks: &Mocks, context: &Context, request: Request) -> Response {
    let method = request.method().clone();
    if answer::is_preflight(&method, request.headers()) {
        return answer::marked(answer::preflight(request.headers()), &method);
    }
    answer::marked(respond(mocks, context, request).await, &method)
}

async fn respond(mocks: &Mocks, context: &Context, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let Some((described, api_path)) = mocks.find(context, &path) else {
        return refuse(None, &MockRefusal::PathUnknown);
    };
    let (head, body) = request.into_parts();
    let full =
        described.full(api_path.unwrap_or_else(|| path.strip_prefix(AUTH).unwrap_or_default()));
    let rehearsed = match api_path {
        Some(_) => {
            let tokens = &mocks.own(context).tokens;
            credential::honour(context, &head, &full, tokens).await
        }
        None => Ok(None),
    };
    let rehearsed = match rehearsed {
        Ok(rehearsed) => rehearsed,
        Err(refused) => return *refused,
    };
    let mut received = Received::of_head(head);
    let arrived = received.wait_for(body).await;
    let found = match described.find(received.head.method.as_str(), &full) {
        Ok(found) => found,
        // Whoever asks what may be asked is told.
        Err(Unknown::Method(allow)) if received.head.method == Method::OPTIONS => {
            return answer::options(&allow);
        }
        Err(unknown) => return refuse(None, &unknown.into()),
    };
    let answered = arrived
        .map_err(MockRefusal::Body)
        .and_then(|()| answered(described, &found, &received));
    let mut response = match answered {
        Ok(response) => response,
        Err(refusal) => refuse(Some((described, found.0)), &refusal),
    };
    if let Some(rehearsed) = rehearsed {
        rehearsed.say(response.headers_mut());
    }
    response
}

fn answered(
    described: &Described,
    (operation, captured): &(&Operation, Captured),
    received: &Received,
) -> Result<Response, MockRefusal> {
    let head = &received.head;
    let nothing = || MockRefusal::Undocumented("The description has no answer here.".to_owned());
    let place = described.place(&operation.pointer).ok_or_else(nothing)?;
    let wish = Wish::of(&head.headers, head.uri.query());
    let wanted = wished(&place, &wish).map_err(MockRefusal::Undocumented)?;
    // A refusal that is wished for comes whatever was sent; a success has to be earned.
    let is_refusal = wanted.as_ref().is_some_and(|choice| choice.status >= 400);
    if !is_refusal {
        hold(described, (operation, captured), head, &received.body)?;
    }
    let is_wished = wanted.is_some();
    let mut choice = wanted.or_else(|| success(&place)).ok_or_else(nothing)?;
    if choice.example.is_none() {
        let names = documented::names(&choice.response);
        choice.example = fitting::example(names, received, described.usual);
    }
    let mut response = answer::documented(described, &choice, &head.headers)?;
    if is_wished && !wish.in_query {
        let code = wish.code.map(|_| format!("code={}", choice.status));
        let example = choice.example.map(|name| format!("example=\"{name}\""));
        let applied: Vec<String> = code.into_iter().chain(example).collect();
        if let Ok(value) = applied.join(", ").parse() {
            response.headers_mut().insert(PREFERENCE_APPLIED, value);
        }
    }
    Ok(response)
}

/// Holds a request against the description.
fn hold(
    described: &Described,
    (operation, captured): (&Operation, &Captured),
    head: &Parts,
    body: &[u8],
) -> Result<(), MockRefusal> {
    let query = head.uri.query().unwrap_or_default();
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let brought = Brought {
        captured,
        query: &query,
        headers: &head.headers,
    };
    let mut wrong = Vec::new();
    for parameter in &operation.parameters {
        let faults = parameter.faults(described, &brought).into_iter();
        wrong.extend(faults.map(|fault| Wrong {
            part: parameter.title(),
            name: parameter.name().to_owned(),
            fault,
        }));
    }
    if !wrong.is_empty() {
        return Err(MockRefusal::Broken(wrong));
    }
    match &operation.body {
        Some(described_body) => Ok(described_body.hold(described, &head.headers, body)?),
        None => Ok(()),
    }
}

fn refuse(described: Option<(&Described, &Operation)>, refusal: &MockRefusal) -> Response {
    tracing::info!(door = "mock", reason = refusal.name(), "refused");
    answer::refused(described, refusal)
}

impl Mocks {
    /// The description that a path of ours belongs to; for an API of the platform, with what follows its name.
    fn find<'m, 'p>(
        &'m self,
        context: &Context,
        path: &'p str,
    ) -> Option<(&'m Described, Option<&'p str>)> {
        if let Some(rest) = path.strip_prefix(AUTH) {
            let is_beneath = rest.starts_with('/');
            return is_beneath.then(|| (&self.own(context).described, None));
        }
        let rest = path.strip_prefix(APIS)?.strip_prefix('/')?;
        let ends = rest.find('/').unwrap_or(rest.len());
        let (slug, path) = rest.split_at(ends);
        let apis = self.apis.get_or_init(|| MockedApi::all(context));
        let mocked = apis.iter().find(|mocked| mocked.slug == slug)?;
        Some((mocked.described(), Some(path)))
    }

    fn own(&self, context: &Context) -> &Own {
        self.own.get_or_init(|| {
            let config = &context.platform.config;
            let document = super::description::description(config, &context.issuer.environment);
            let mut described = Described::new(document, String::new());
            described.usual = &fitting::USUAL;
            Own {
                tokens: credential::example_tokens(&described.document),
                described,
            }
        })
    }
}

impl MockedApi {
    fn all(context: &Context) -> Vec<Self> {
        let apis = context.platform.config.apis.iter();
        let shown = apis.filter(|api| api.is_in(context.issuer.name()));
        let mocked = shown.map(|api| Self {
            slug: api.slug(),
            api: Arc::clone(api),
            described: OnceLock::new(),
        });
        mocked.collect()
    }

    fn described(&self) -> &Described {
        self.described.get_or_init(|| {
            let document = self.api.description.clone();
            let base = base_path(&document);
            Described::new(document, base)
        })
    }
}
