//! May this request pass, where to, and on whose behalf? The list of checks, in their order.
//!
//! Nothing is remembered between requests but the live token itself: scope, version and method are
//! compared anew each time, so that a yes on one route is never taken for a yes on another.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::headers::spelled_alike;
use super::refusal::{GatewayRefusal, Lacking};
use super::{bearer, canonical_path, routing};
use crate::config::Route;
use crate::context::Context;
use crate::tokens::verify::{self, LiveToken};

/// A request that may pass.
pub struct Decision {
    /// Where it goes.
    pub route: Arc<Route>,
    /// Whose it is; None on a public route, where nobody was asked.
    pub token: Option<LiveToken>,
}

/// Headers by which frameworks let a request say that it means another method than its own.
const METHOD_OVERRIDES: [&str; 3] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];

/// Decides about one request by its head.
///
/// # Errors
/// The first check that fails.
pub async fn decide(context: &Context, parts: &Parts) -> Result<Decision, GatewayRefusal> {
    let issuer = &context.issuer;
    // ① one form of the path; a target without one (CONNECT) is a matter of the method
    let Some(target) = parts.uri.path_and_query() else {
        return Err(GatewayRefusal::MethodUnknown(routing::allowed(None)));
    };
    let path = canonical_path::decoded(target.path()).map_err(GatewayRefusal::PathNotCanonical)?;
    canonical_path::check_query(target.query()).map_err(GatewayRefusal::PathNotCanonical)?;
    // ② a route, and a method it knows
    let route = routing::route_of(&issuer.routes, &path);
    if !routing::is_known(route.map(|route| route.as_ref()), &parts.method) {
        return Err(GatewayRefusal::MethodUnknown(routing::allowed(
            route.map(|route| route.as_ref()),
        )));
    }
    let route = route.ok_or(GatewayRefusal::NoRoute)?;
    // ③ public: nobody is asked
    if route.public {
        return Ok(Decision {
            route: Arc::clone(route),
            token: None,
        });
    }
    // ④ what the request needs
    let needed = needed(route, &parts.method, &parts.headers)?;
    // ⑤ a live token
    let text = bearer::token(&parts.headers)?;
    let token = verify::verify(&context.platform, issuer, text, context.now)
        .await
        .map_err(|error| GatewayRefusal::DatabaseUnavailable(error.to_string()))?
        .map_err(GatewayRefusal::TokenDead)?;
    // ⑥ of this version, ⑦ that reaches this far
    let lacking = |needed: Option<String>| lacking(route, &parts.method, &token, needed);
    if route.version.is_some() && token.client.client.credential.version != route.version {
        return Err(GatewayRefusal::VersionForeign(lacking(needed)));
    }
    match needed {
        Some(scope) if !token.has_scope(&scope) => {
            Err(GatewayRefusal::ScopeMissing(lacking(Some(scope))))
        }
        _ => Ok(Decision {
            route: Arc::clone(route),
            token: Some(token),
        }),
    }
}

/// The scope value that opens a method on a protected route; None when any live token does.
///
/// # Errors
/// The method is one that cannot be granted, or the request hides another one.
fn needed(
    route: &Route,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<String>, GatewayRefusal> {
    let Some(permission) = routing::permission_of(route, method) else {
        return Err(GatewayRefusal::MethodNotGrantable(routing::allowed(Some(
            route,
        ))));
    };
    if headers.keys().any(|name| {
        METHOD_OVERRIDES
            .iter()
            .any(|wanted| spelled_alike(name, wanted))
    }) {
        return Err(GatewayRefusal::MethodOverridden);
    }
    Ok(route.scope.as_ref().map(|scope| match route.permissions {
        true => permission.of_scope(scope),
        false => scope.clone(),
    }))
}

fn lacking(
    route: &Route,
    method: &Method,
    token: &LiveToken,
    needed: Option<String>,
) -> Box<Lacking> {
    let credential = &token.client.client.credential;
    Box::new(Lacking {
        needed,
        method: method.to_string(),
        route: route.path.clone(),
        route_version: route.version.clone(),
        credential: credential.uuid.clone(),
        credential_version: credential.version.clone(),
        token_scope: token.scope.to_string(),
        credential_scope: token.client.scope.to_string(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gateway::routing::tests::route;

    fn needs(route: &Route, method: &str) -> Result<Option<String>, &'static str> {
        needed(route, &method.parse().unwrap(), &HeaderMap::new()).map_err(|refusal| refusal.name())
    }

    #[test]
    fn s227_s239_each_method_needs_its_own_permission() {
        let mut orders = route("/v2/orders");
        for (method, scope) in [
            ("GET", "orders.read"),
            ("HEAD", "orders.read"),
            ("POST", "orders.add"),
            ("PUT", "orders.write"),
            ("PATCH", "orders.write"),
            ("DELETE", "orders.delete"),
        ] {
            assert_eq!(needs(&orders, method), Ok(Some(scope.to_owned())));
        }
        orders.permissions = false;
        assert_eq!(needs(&orders, "DELETE"), Ok(Some("orders".to_owned())));
        orders.scope = None;
        assert_eq!(needs(&orders, "DELETE"), Ok(None));
        for method in ["OPTIONS", "get", "GETX", "PROPFIND", "CONNECT", "TRACE"] {
            assert_eq!(
                needs(&orders, method),
                Err("MethodNotGrantable"),
                "{method}"
            );
        }
    }

    #[test]
    fn s239_a_header_cannot_turn_a_method_into_another() {
        for name in [
            "X-HTTP-Method-Override",
            "x_http_method",
            "X.Method.Override",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(
                axum::http::HeaderName::try_from(name).unwrap(),
                "DELETE".parse().unwrap(),
            );
            let refusal = needed(&route("/v2/orders"), &Method::POST, &headers).unwrap_err();
            assert_eq!(refusal.name(), "MethodOverridden");
        }
    }
}
