//! May this request pass, and who sends it? What it needs says `oauth::access`; here comes the token to it.
//!
//! Of a token its facts may be remembered, of a decision nothing: version, scope and method are compared anew for each
//! request, so that a yes on one route is never taken for a yes on another.

use http::header::AUTHORIZATION;
use http::request::Parts;
use oauth::access::{self, Demand, Head, Needs, Route, bearer, header_name, method};

use crate::answer::{Lacking, Refusal};
use crate::caller::Caller;
use crate::tokens::Tokens;

/// Headers by which the gateway tells a service who calls. Here nobody sends them but a caller who makes it up.
const GATEWAYS_OWN: &str = "x-grantor-";

/// Everything a decision needs.
pub struct Judge {
    /// What is guarded.
    pub routes: Vec<Route>,
    /// Named in challenges.
    pub realm: String,
    /// Who says what a token is worth.
    pub tokens: Tokens,
}

impl Judge {
    /// Decides about one request by its head: who sends it, or None on a public route.
    ///
    /// # Errors
    /// The first check that fails.
    pub async fn decide(&self, parts: &Parts) -> Result<Option<Caller>, Refusal> {
        // A target without a path (CONNECT) is a matter of the method.
        let Some(target) = parts.uri.path_and_query() else {
            let closed = access::Closed::MethodUnknown(method::allowed(None));
            return Err(Refusal::Closed(closed));
        };
        let head = Head {
            method: parts.method.as_str(),
            path: target.path(),
            query: target.query(),
        };
        let names = parts.headers.keys().map(|name| name.as_str());
        let demand = access::demand(&self.routes, head, names).map_err(Refusal::Closed)?;
        if demand.needs == Needs::Nothing {
            return Ok(None);
        }
        let lines = parts.headers.get_all(AUTHORIZATION).iter();
        let text = bearer::token(lines.map(|line| line.as_bytes())).map_err(Refusal::NoToken)?;
        let judged = self.tokens.judge(text).await;
        let caller = judged
            .map_err(Refusal::Unknowable)?
            .map_err(Refusal::Dead)?;
        match demand.opened_by(caller.version.as_deref(), &caller.scope) {
            Ok(()) => Ok(Some(caller)),
            Err(access::Lacking::Version) => {
                Err(Refusal::VersionForeign(lacking(&demand, head, caller)))
            }
            Err(access::Lacking::Scope) => {
                Err(Refusal::ScopeMissing(lacking(&demand, head, caller)))
            }
        }
    }
}

fn lacking(demand: &Demand<'_, Route>, head: Head<'_>, caller: Caller) -> Box<Lacking> {
    let needed = match &demand.needs {
        Needs::Scope(scope) => Some(scope.clone()),
        Needs::Nothing | Needs::Token => None,
    };
    Box::new(Lacking {
        needed,
        method: head.method.to_owned(),
        route: demand.route.path.clone(),
        route_version: demand.route.version.clone(),
        credential: caller.credential,
        credential_version: caller.version,
        token_scope: caller.scope,
    })
}

/// Makes a request that may pass ready for the service: who calls is said by the guard and by nobody else.
pub fn prepare(parts: &mut Parts, caller: Option<Caller>) {
    parts.extensions.remove::<Caller>();
    if let Some(caller) = caller {
        parts.extensions.insert(caller);
    }
    let claimed: Vec<_> = parts
        .headers
        .keys()
        .filter(|name| header_name::begins_alike(name.as_str(), GATEWAYS_OWN))
        .cloned()
        .collect();
    for name in claimed {
        parts.headers.remove(name);
    }
    // Whoever prints the headers prints no live token.
    if let Some(value) = parts.headers.get_mut(AUTHORIZATION) {
        value.set_sensitive(true);
    }
}
