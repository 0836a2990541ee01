//! Every URL of an environment on one page. What is not here is traffic and goes to the gateway.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use tower::ServiceExt;

use crate::context::Context;
use crate::endpoints::{
    authorization, change_password, introspection, jwks, metadata, revocation, token, token_info,
};
use crate::gateway::forward_auth;
use crate::platform::Issuer;
use crate::{config, docs, gateway, portal, telemetry};

/// The routes of one environment. Its dialect and its configuration say how some of them are spelled.
pub fn environment(issuer: &Issuer) -> Doors {
    let paths = &issuer.environment.paths;
    // A path of the configuration is a plain text: a segment that begins with `:` or `*` means just that.
    let mut routes = Routes(Router::new().without_v07_checks(), Vec::new());

    // OAuth
    routes.add(&paths.token, || post(token::endpoint));
    routes.add(&paths.authorization, || {
        get(authorization::endpoint).post(authorization::endpoint)
    });
    if let Some(path) = &paths.change_password {
        routes.add(path, || post(change_password::endpoint));
    }
    routes.add(&paths.introspection, || post(introspection::endpoint));
    routes.add("/oauth/introspect", || post(introspection::endpoint));
    routes.add(&paths.revocation, || post(revocation::endpoint));
    routes.add("/oauth/revoke", || post(revocation::endpoint));
    if let Some(path) = &paths.check_token {
        routes.add(path, || post(introspection::check_token));
    }
    if let Some(path) = &paths.token_info {
        routes.add(path, || get(token_info::endpoint));
    }
    routes.add("/.well-known/oauth-authorization-server", || {
        get(metadata::endpoint)
    });
    routes.add("/.well-known/openid-configuration", || {
        get(metadata::endpoint)
    });
    // An issuer with a path has its metadata where RFC 8414 and OpenID Connect look for it.
    let below = config::issuer::path(&issuer.environment.issuer);
    if !below.is_empty() {
        for path in [
            format!("/.well-known/oauth-authorization-server{below}"),
            format!("{below}/.well-known/openid-configuration"),
        ] {
            routes.add(&path, || get(metadata::endpoint));
        }
    }
    routes.add("/.well-known/jwks.json", || get(jwks::endpoint));
    if let Some(path) = &paths.jwks {
        routes.add(path, || get(jwks::endpoint));
    }

    // Readers
    routes.add("/openapi.json", || get(docs::openapi::own_json));
    routes.add("/openapi.yaml", || get(docs::openapi::own_yaml));
    for page in [paths.docs.as_str(), "/docs"] {
        routes.add(&format!("{page}/apis/{{name}}"), || get(docs::page::of_api));
        for (file, methods) in docs::collections::routes() {
            routes.add(&format!("{page}/{file}"), || methods);
        }
    }
    routes.add(&paths.docs, || get(docs::page::endpoint));
    routes.add("/docs", || get(docs::page::endpoint));
    for (path, methods) in docs::mock::routes() {
        routes.add(path, || methods);
    }

    // People
    for (path, methods) in portal::routes() {
        routes.add(path, || methods);
    }

    // Traffic
    Doors {
        gate: forward_auth::Gate::of(issuer),
        beginnings: routes.beginnings(),
        others: routes.0.fallback(gateway::endpoint),
    }
}

/// The doors of one environment.
pub struct Doors {
    gate: Option<forward_auth::Gate>,
    /// The first segments of all paths that are ours.
    beginnings: Vec<String>,
    others: Router,
}

impl Doors {
    /// Leads a request to its door.
    pub async fn answer(&self, context: Context, mut request: Request) -> Response {
        // A proxy asks about every single request: its one path is not looked for among all the others.
        if forward_auth::is_asked_at(request.uri().path()) {
            telemetry::route(forward_auth::PATH);
            // By itself: the future of every other request would else be as large, and it is moved several times.
            let answer = Box::pin(forward_auth::answer(self.gate.as_ref(), &context, request));
            return answer.await;
        }
        // Nearly all else is traffic, which begins with something that none of ours begins with.
        if !self.may_be_ours(request.uri().path()) {
            return Box::pin(gateway::endpoint(context, request)).await;
        }
        request.extensions_mut().insert(context);
        match self.others.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    /// False where no path of ours can begin so; where one can, the router says what it is, and it may be traffic all the same.
    fn may_be_ours(&self, path: &str) -> bool {
        let first = beginning(path);
        self.beginnings
            .iter()
            .any(|own| own == first || own.starts_with('{'))
    }
}

/// The first segment of a path, as it was sent.
fn beginning(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

/// A router to which a path can be added twice: a dialect's spelling may be the common one.
struct Routes(Router, Vec<String>);

impl Routes {
    fn add(&mut self, path: &str, methods: impl FnOnce() -> axum::routing::MethodRouter) {
        if self.1.iter().any(|known| known == path) {
            return;
        }
        self.1.push(path.to_owned());
        self.0 = std::mem::take(&mut self.0).route(path, methods());
    }

    fn beginnings(&self) -> Vec<String> {
        let mut beginnings: Vec<String> = self
            .1
            .iter()
            .map(|path| beginning(path).to_owned())
            .collect();
        beginnings.sort();
        beginnings.dedup();
        beginnings
    }
}
