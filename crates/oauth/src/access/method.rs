//! What a method means on a route, and which methods there are.

use super::header_name::spelled_alike;
use super::route::Route;
use crate::permission::Permission;

/// Methods that exist for every route; a route's own `methods` can add to them.
const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Methods that speak to the gateway itself (RFC 9110 §9.3.6, §9.3.8) and can never be meant for an upstream.
const NEVER: [&str; 2] = ["CONNECT", "TRACE"];
/// Headers by which frameworks let a request say that it means another method than its own.
const OVERRIDES: [&str; 3] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];

/// What a method means on a route: its own word first, then the common one. None: nothing opens it.
pub fn permission_of(route: &Route, method: &str) -> Option<Permission> {
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

/// Whether a method is known at all, there or (without a route) anywhere. Methods are case-sensitive (RFC 9110 §9.1).
pub fn is_known(route: Option<&Route>, method: &str) -> bool {
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

/// Whether a header of that name asks for another method than the request's own.
pub fn is_overridden_by(header_name: &str) -> bool {
    OVERRIDES
        .iter()
        .any(|wanted| spelled_alike(header_name, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s239_a_method_nobody_granted_opens_nothing() {
        let search = Route {
            scope: Some("orders".to_owned()),
            permissions: true,
            methods: vec![
                ("POST".to_owned(), Permission::Read),
                ("QUERY".to_owned(), Permission::Read),
                ("TRACE".to_owned(), Permission::Read),
            ],
            ..Route::default()
        };
        let permission = |name: &str| permission_of(&search, name);
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
        assert!(is_known(Some(&search), "QUERY"));
        for method in ["get", "GETX", "PROPFIND", "CONNECT", "TRACE", "QUERY"] {
            assert!(!is_known(None, method), "{method}");
        }
    }
}
