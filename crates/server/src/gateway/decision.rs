//! May this request pass, where to, and on whose behalf? What it needs says `oauth::access`; here comes the token to it.
//!
//! Nothing is remembered between requests but the live token itself: scope, version and method are
//! compared anew each time, so that a yes on one route is never taken for a yes on another.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use oauth::access::{self, Demand, Head, Needs, bearer, method};

use super::refusal::{GatewayRefusal, Lacking};
use crate::config::Route;
use crate::context::Context;
use crate::elsewhere;
use crate::tokens::verify::{self, LiveToken};

/// A request that may pass.
pub struct Decision<'h> {
    /// Where it goes.
    pub route: Arc<Route>,
    /// Whose it is; None on a public route, where nobody was asked.
    pub token: Option<LiveToken>,
    /// That token as it was presented.
    pub presented: Option<&'h str>,
}

/// What counts of a request that is here itself.
///
/// # Errors
/// A target without a path (CONNECT) is a matter of the method.
pub fn head(parts: &Parts) -> Result<Head<'_>, GatewayRefusal> {
    let Some(target) = parts.uri.path_and_query() else {
        return Err(GatewayRefusal::MethodUnknown(method::allowed(None)));
    };
    Ok(Head {
        method: parts.method.as_str(),
        path: target.path(),
        query: target.query(),
    })
}

/// Decides about one request: the same for one that is here itself and for one that a proxy asks about.
///
/// # Errors
/// The first check that fails.
pub async fn decide<'h>(
    context: &Context,
    head: Head<'_>,
    headers: &'h HeaderMap,
) -> Result<Decision<'h>, GatewayRefusal> {
    let issuer = &context.issuer;
    // ① one form of the path, ② a route, ③ or ④ what the request needs there
    let names = headers.keys().map(|name| name.as_str());
    let demand = access::demand(&issuer.routes, head, names)?;
    if demand.needs == Needs::Nothing {
        return Ok(Decision {
            route: Arc::clone(demand.route),
            token: None,
            presented: None,
        });
    }
    // ⑤ a live token
    let lines = headers.get_all(AUTHORIZATION).iter();
    let text = bearer::token(lines.map(|line| line.as_bytes()))?;
    let token = verify::verify(&context.platform, issuer, text, context.now)
        .await
        .map_err(|error| GatewayRefusal::DatabaseUnavailable(error.to_string()))?
        .map_err(|dead| {
            if dead.is_unknown() {
                elsewhere::token(context, text);
            }
            GatewayRefusal::TokenDead(dead)
        })?;
    // ⑥ of this version, ⑦ that reaches this far
    let version = token.client.client.credential.version.as_deref();
    match demand.opened_by(version, &token.scope) {
        Ok(()) => Ok(Decision {
            route: Arc::clone(demand.route),
            token: Some(token),
            presented: Some(text),
        }),
        Err(access::Lacking::Version) => Err(GatewayRefusal::VersionForeign(lacking(
            &demand, head, &token,
        ))),
        Err(access::Lacking::Scope) => {
            Err(GatewayRefusal::ScopeMissing(lacking(&demand, head, &token)))
        }
    }
}

fn lacking(demand: &Demand<'_, Arc<Route>>, head: Head<'_>, token: &LiveToken) -> Box<Lacking> {
    let (route, credential) = (&demand.route.access, &token.client.client.credential);
    let needed = match &demand.needs {
        Needs::Scope(scope) => Some(scope.clone()),
        Needs::Nothing | Needs::Token => None,
    };
    Box::new(Lacking {
        needed,
        method: head.method.to_owned(),
        route: route.path.clone(),
        route_version: route.version.clone(),
        credential: credential.uuid.clone(),
        credential_version: credential.version.clone(),
        token_scope: token.scope.to_string(),
        credential_scope: token.client.scope.to_string(),
    })
}
