//! Which route a path belongs to.

use std::sync::Arc;

use crate::permission::Permission;

/// What stands before a part of an API: where it lies and what opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// A whole-segment prefix in canonical form, without a trailing slash (but `/` itself).
    pub path: String,
    /// Only tokens of credentials made for this version.
    pub version: Option<String>,
    /// The scope value a token needs; None: any live token.
    pub scope: Option<String>,
    /// Whether the scope is split by permission in that version.
    pub permissions: bool,
    /// No token needed.
    pub public: bool,
    /// What a method means here, where it differs from GET and HEAD = read, POST = add, PUT and PATCH = write, DELETE = delete.
    pub methods: Vec<(String, Permission)>,
}

/// Whatever holds a route: a gateway's own kind of route says where the request goes on to as well.
pub trait Guarded {
    /// What opens it.
    fn route(&self) -> &Route;
}

impl Guarded for Route {
    fn route(&self) -> &Route {
        self
    }
}

impl<T: Guarded> Guarded for Arc<T> {
    fn route(&self) -> &Route {
        T::route(self)
    }
}

/// The route of a decoded path: the longest whole-segment prefix, and of two alike the one listed first.
///
/// None when no route matches, and also when a longer one would match but for upper and lower case:
/// an upstream that does not tell `/V1/Orders` from `/v1/orders` must not be reached past the route
/// that guards it.
pub fn route_of<'r, R: Guarded>(routes: &'r [R], path: &str) -> Option<&'r R> {
    // Of equals, the last one that is looked at is the greatest.
    let (found, exact) = routes
        .iter()
        .rev()
        .filter_map(|guarded| Some((guarded, matches(&guarded.route().path, path)?)))
        .max_by_key(|(guarded, exact)| (guarded.route().path.len(), *exact))?;
    exact.then_some(found)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn route(path: &str, scope: &str) -> Route {
        Route {
            path: path.to_owned(),
            scope: Some(scope.to_owned()),
            ..Route::default()
        }
    }

    fn found(routes: &[Route], path: &str) -> Option<String> {
        route_of(routes, path).map(|route| {
            format!(
                "{} ({})",
                route.path,
                route.scope.as_deref().unwrap_or_default()
            )
        })
    }

    #[test]
    fn s232_a_route_ends_where_a_segment_ends_and_the_longest_wins() {
        let routes = [
            route("/v1/orders", "first"),
            route("/v1", "all"),
            route("/v1/orders", "second"),
            route("/v1/orders/public", "open"),
        ];
        let of = |path: &str| found(&routes, path);
        assert_eq!(of("/v1/orders").unwrap(), "/v1/orders (first)");
        assert_eq!(of("/v1/orders/7").unwrap(), "/v1/orders (first)");
        assert_eq!(
            of("/v1/orders/public/x").unwrap(),
            "/v1/orders/public (open)"
        );
        assert_eq!(of("/v1/ordersadmin").unwrap(), "/v1 (all)");
        assert_eq!(of("/v1/orders.json").unwrap(), "/v1 (all)");
        assert_eq!(of("/v10"), None);
        assert_eq!(of("/"), None);
        assert_eq!(found(&[route("/", "any")], "/anything").unwrap(), "/ (any)");
    }

    #[test]
    fn s230_another_case_does_not_lead_past_a_route() {
        let routes = [route("/", "any"), route("/v1/orders", "orders")];
        assert_eq!(found(&routes, "/V1/orders"), None);
        assert_eq!(found(&routes, "/v1/Orders/7"), None);
        assert_eq!(found(&routes, "/V1/other").unwrap(), "/ (any)");
    }
}
