//! May a request pass? What a method on a path needs, and whether a token's scope and version open it.
//!
//! The whole decision but for the token itself: whoever guards an API (the gateway in front of it, or a
//! service that checks tokens on its own) has a list of routes, asks [`demand`] what a request needs,
//! finds out whether its token is live, and asks [`Demand::opened_by`] whether that token reaches this far.
//! Nothing is remembered in between: a yes on one route is never taken for a yes on another.
//!
//! Default deny: a path that is not in its one form, that no route leads to, or a method that nothing
//! grants is closed to everybody.

pub mod bearer;
pub mod canonical_path;
pub mod header_name;
pub mod method;
pub mod route;
pub mod words;

pub use canonical_path::NotCanonical;
pub use route::{Guarded, Route};

/// The parts of a request's head that count, as they were received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// `GET`; case-sensitive (RFC 9110 §9.1).
    pub method: &'a str,
    /// The path, percent-encoded as it came.
    pub path: &'a str,
    /// What follows the first `?`.
    pub query: Option<&'a str>,
}

/// What a request needs before it may pass, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand<'r, R> {
    /// The route it belongs to.
    pub route: &'r R,
    /// What opens it.
    pub needs: Needs,
}

/// What opens a method on a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: the route is public and nobody is asked who they are.
    Nothing,
    /// A live token of the route's version, whatever its scope.
    Token,
    /// A live token of the route's version with this scope value.
    Scope(String),
}

/// Why a request is closed to everybody, with or without a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The path is not in its one form.
    PathNotCanonical(NotCanonical),
    /// Nothing here knows this method; the value of `Allow` says which there are.
    MethodUnknown(String),
    /// No route leads there.
    NoRoute,
    /// The route is protected and nothing that can be granted opens this method there; with the value of `Allow`.
    MethodNotGrantable(String),
    /// A header asks the upstream to take the request for another method than the one judged.
    MethodOverridden,
}

/// What a live token lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// Its credential was made for another version of the API.
    Version,
    /// The scope value that was needed.
    Scope,
}

/// What a request needs. `header_names` are the names of all its headers.
///
/// # Errors
/// The first check that closes it to everybody.
pub fn demand<'r, 'n, R: Guarded>(
    routes: &'r [R],
    head: Head<'_>,
    header_names: impl IntoIterator<Item = &'n str>,
) -> Result<Demand<'r, R>, Closed> {
    // ① one form of the path
    let path = canonical_path::decoded(head.path).map_err(Closed::PathNotCanonical)?;
    canonical_path::check_query(head.query).map_err(Closed::PathNotCanonical)?;
    // ② a route, and a method it knows
    let guarded = route::route_of(routes, &path);
    let known = guarded.map(Guarded::route);
    if !method::is_known(known, head.method) {
        return Err(Closed::MethodUnknown(method::allowed(known)));
    }
    let guarded = guarded.ok_or(Closed::NoRoute)?;
    // ③ public: nobody is asked; ④ elsewhere the method needs a permission
    let needs = if guarded.route().public {
        Needs::Nothing
    } else {
        needs(guarded.route(), head.method, header_names)?
    };
    Ok(Demand {
        route: guarded,
        needs,
    })
}

/// What opens a method on a protected route.
fn needs<'n>(
    route: &Route,
    method: &str,
    header_names: impl IntoIterator<Item = &'n str>,
) -> Result<Needs, Closed> {
    let Some(permission) = method::permission_of(route, method) else {
        return Err(Closed::MethodNotGrantable(method::allowed(Some(route))));
    };
    if header_names.into_iter().any(method::is_overridden_by) {
        return Err(Closed::MethodOverridden);
    }
    Ok(match &route.scope {
        None => Needs::Token,
        Some(scope) if route.permissions => Needs::Scope(permission.of_scope(scope)),
        Some(scope) => Needs::Scope(scope.clone()),
    })
}

impl<R: Guarded> Demand<'_, R> {
    /// Whether a live token opens it: one of a credential made for `version`, good for `scope` (space separated).
    ///
    /// # Errors
    /// What the token lacks.
    pub fn opened_by(&self, version: Option<&str>, scope: &str) -> Result<(), Lacking> {
        let wanted = match &self.needs {
            Needs::Nothing => return Ok(()),
            Needs::Token => None,
            Needs::Scope(wanted) => Some(wanted),
        };
        let asked = self.route.route().version.as_deref();
        if asked.is_some() && asked != version {
            return Err(Lacking::Version);
        }
        match wanted {
            Some(wanted) if !scope.split(' ').any(|held| held == wanted) => Err(Lacking::Scope),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn orders() -> Route {
        Route {
            path: "/v2/orders".to_owned(),
            version: Some("v2".to_owned()),
            scope: Some("orders".to_owned()),
            permissions: true,
            ..Route::default()
        }
    }

    fn asked<'r>(
        routes: &'r [Route],
        method: &str,
        path: &str,
        headers: &[&str],
    ) -> Result<Demand<'r, Route>, Closed> {
        let (path, query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        let head = Head {
            method,
            path,
            query,
        };
        demand(routes, head, headers.iter().copied())
    }

    #[test]
    fn s227_s239_each_method_needs_its_own_permission() {
        let needed = |route: &Route, method: &str| {
            let routes = std::slice::from_ref(route);
            asked(routes, method, "/v2/orders/7", &[]).map(|demand| demand.needs)
        };
        let mut orders = orders();
        for (method, scope) in [
            ("GET", "orders.read"),
            ("HEAD", "orders.read"),
            ("POST", "orders.add"),
            ("PUT", "orders.write"),
            ("PATCH", "orders.write"),
            ("DELETE", "orders.delete"),
        ] {
            assert_eq!(needed(&orders, method), Ok(Needs::Scope(scope.to_owned())));
        }
        orders.permissions = false;
        assert_eq!(
            needed(&orders, "DELETE"),
            Ok(Needs::Scope("orders".to_owned()))
        );
        orders.scope = None;
        assert_eq!(needed(&orders, "DELETE"), Ok(Needs::Token));
        assert!(matches!(
            needed(&orders, "OPTIONS"),
            Err(Closed::MethodNotGrantable(_))
        ));
        for method in ["get", "GETX", "PROPFIND", "CONNECT", "TRACE"] {
            assert!(
                matches!(needed(&orders, method), Err(Closed::MethodUnknown(_))),
                "{method}"
            );
        }
        orders.public = true;
        assert_eq!(needed(&orders, "OPTIONS"), Ok(Needs::Nothing));
    }

    #[test]
    fn s239_a_header_cannot_turn_a_method_into_another() {
        for name in [
            "X-HTTP-Method-Override",
            "x_http_method",
            "X.Method.Override",
        ] {
            let routes = [orders()];
            let closed = asked(&routes, "POST", "/v2/orders", &["accept", name]);
            assert_eq!(closed, Err(Closed::MethodOverridden));
        }
    }

    #[test]
    fn s231_s232_what_no_route_leads_to_is_closed() {
        let open = Route {
            path: "/public".to_owned(),
            public: true,
            ..Route::default()
        };
        let routes = [orders(), open];
        let of = |path| asked(&routes, "GET", path, &[]).map(|demand| demand.needs);
        assert_eq!(of("/public/x"), Ok(Needs::Nothing));
        assert_eq!(
            of("/v2/orders?x=/public/"),
            Ok(Needs::Scope("orders.read".to_owned()))
        );
        for path in ["/publicity", "/v2", "/", "/V2/orders"] {
            assert_eq!(of(path), Err(Closed::NoRoute), "{path}");
        }
        for path in ["/public/../v2/orders", "/v2//orders", "/v2/orders?\u{e9}"] {
            assert!(
                matches!(of(path), Err(Closed::PathNotCanonical(_))),
                "{path}"
            );
        }
    }

    #[test]
    fn s245_qc4_a_token_opens_its_own_version_and_scope() {
        let routes = [orders()];
        let demand = asked(&routes, "POST", "/v2/orders", &[]).unwrap();
        assert_eq!(demand.opened_by(Some("v2"), "tags.read orders.add"), Ok(()));
        for (version, scope, lacking) in [
            (Some("v3"), "orders.add", Lacking::Version),
            (None, "orders.add", Lacking::Version),
            (Some("v2"), "orders.read", Lacking::Scope),
            (Some("v2"), "orders.addition orders", Lacking::Scope),
            (Some("v2"), "", Lacking::Scope),
        ] {
            assert_eq!(demand.opened_by(version, scope), Err(lacking), "{scope}");
        }
        let any = [Route {
            path: "/".to_owned(),
            ..Route::default()
        }];
        let demand = asked(&any, "GET", "/x", &[]).unwrap();
        assert_eq!(demand.opened_by(None, ""), Ok(()));
    }
}
