//! Which route a path belongs to, and which methods it knows.

use std::sync::Arc;

use axum::http::Method;
use oauth::permission::Permission;

use crate::config::Route;

/// Methods that exist for every route; a route's own `methods` can add to them.
const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Methods that speak to the gateway itself (RFC 9110 §9.3.6, §9.3.8) and can never be meant for an upstream.
const NEVER: [&str; 2] = ["CONNECT", "TRACE"];

/// The route of a decoded path: the longest whole-segment prefix, and of two alike the environment's own.
///
/// None when no route matches, and also when a longer one would match but for upper and lower case:
/// an upstream that does not tell `/V1/Orders` from `/v1/orders` must not be reached past the route
/// that guards it.
pub fn route_of<'a>(routes: &'a [Arc<Route>], path: &str) -> Option<&'a Arc<Route>> {
    let (route, exact) = routes
        .iter()
        .filter_map(|route| Some((route, matches(&route.path, path)?)))
        .max_by_key(|(route, exact)| (route.path.len(), *exact, route.environment.is_some()))?;
    exact.then_some(route)
}

/// Whether a prefix ends where a segment of the path ends; `Some(false)` when only the case of letters differs.
fn matches(prefix: &str, path: &str) -> Option<bool> {
    if prefix == "/" {
        return Some(true);
    }
    let (head, rest) = path.split_at_checked(prefix.len())?;
    let whole_segment = rest.is_empty() || rest.starts_with('/');
    (whole_segment && head.eq_ignore_ascii_case(prefix)).then(|| head == prefix)
}

/// What a method means on a route: its own word first, then the common one. None: nothing opens it.
pub fn permission_of(route: &Route, method: &Method) -> Option<Permission> {
    let method = method.as_str();
    if NEVER.contains(&method) {
        return None;
    }
    let own = route
        .methods
        .iter()
        .find(|(name, _)| name == method)
        .map(|(_, permission)| *permission);
    own.or_else(|| Permission::of_method(method))
}

/// Whether the gateway knows a method at all, there or (without a route) anywhere.
pub fn is_known(route: Option<&Route>, method: &Method) -> bool {
    let method = method.as_str();
    let by_route =
        || route.is_some_and(|route| route.methods.iter().any(|(name, _)| name == method));
    !NEVER.contains(&method) && (KNOWN.contains(&method) || by_route())
}

/// The value of `Allow` (RFC 9110 §10.2.1). OPTIONS is open on public routes only: nothing is granted for it elsewhere.
pub fn allowed(route: Option<&Route>) -> String {
    let options = route.is_none_or(|route| route.public);
    let common = KNOWN
        .iter()
        .copied()
        .filter(|&name| name != "OPTIONS" || options);
    let own = route
        .into_iter()
        .flat_map(|route| &route.methods)
        .map(|(name, _)| name.as_str());
    let own = own.filter(|name| {
        !NEVER.contains(name) && !(KNOWN.contains(name) && (options || *name != "OPTIONS"))
    });
    common.chain(own).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A protected route of version v2 with the scope `orders`.
    pub fn route(path: &str) -> Route {
        Route {
            path: path.to_owned(),
            version: Some("v2".to_owned()),
            scope: Some("orders".to_owned()),
            permissions: true,
            public: false,
            upstream: "http://127.0.0.1:9000".parse().unwrap(),
            environment: None,
            methods: Vec::new(),
            date_time_formats: Vec::new(),
            passage: Default::default(),
        }
    }

    fn found(routes: &[Arc<Route>], path: &str) -> Option<String> {
        route_of(routes, path).map(|route| {
            format!(
                "{}{}",
                route.path,
                if route.environment.is_some() {
                    " (own)"
                } else {
                    ""
                }
            )
        })
    }

    #[test]
    fn s232_a_route_ends_where_a_segment_ends_and_the_longest_wins() {
        let mut own = route("/v1/orders");
        own.environment = Some(store::EnvironmentName::new("rc"));
        let routes: Vec<_> = [
            own,
            route("/v1"),
            route("/v1/orders"),
            route("/v1/orders/public"),
        ]
        .map(Arc::new)
        .into();
        assert_eq!(found(&routes, "/v1/orders").unwrap(), "/v1/orders (own)");
        assert_eq!(found(&routes, "/v1/orders/7").unwrap(), "/v1/orders (own)");
        assert_eq!(
            found(&routes, "/v1/orders/public/x").unwrap(),
            "/v1/orders/public"
        );
        assert_eq!(found(&routes, "/v1/ordersadmin").unwrap(), "/v1");
        assert_eq!(found(&routes, "/v1/orders.json").unwrap(), "/v1");
        assert_eq!(found(&routes, "/v10"), None);
        assert_eq!(found(&routes, "/"), None);
        assert_eq!(found(&[Arc::new(route("/"))], "/anything").unwrap(), "/");
    }

    #[test]
    fn s230_another_case_does_not_lead_past_a_route() {
        let routes: Vec<_> = [route("/"), route("/v1/orders")].map(Arc::new).into();
        assert_eq!(found(&routes, "/V1/orders"), None);
        assert_eq!(found(&routes, "/v1/Orders/7"), None);
        assert_eq!(found(&routes, "/V1/other").unwrap(), "/");
    }

    #[test]
    fn s239_a_method_nobody_granted_opens_nothing() {
        let mut search = route("/v1/orders");
        search.methods = vec![
            ("POST".to_owned(), Permission::Read),
            ("QUERY".to_owned(), Permission::Read),
            ("TRACE".to_owned(), Permission::Read),
        ];
        let permission = |name: &str| permission_of(&search, &name.parse().unwrap());
        assert_eq!(permission("HEAD"), Some(Permission::Read));
        assert_eq!(permission("POST"), Some(Permission::Read));
        assert_eq!(permission("QUERY"), Some(Permission::Read));
        for method in ["OPTIONS", "get", "GETX", "PROPFIND", "CONNECT", "TRACE"] {
            assert_eq!(permission(method), None, "{method}");
        }
        assert_eq!(
            allowed(Some(&search)),
            "GET, HEAD, POST, PUT, PATCH, DELETE, QUERY"
        );
        assert_eq!(
            allowed(None),
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
        );
        assert!(is_known(Some(&search), &"QUERY".parse().unwrap()));
        for method in ["get", "GETX", "PROPFIND", "CONNECT", "TRACE", "QUERY"] {
            assert!(!is_known(None, &method.parse().unwrap()), "{method}");
        }
    }
}
