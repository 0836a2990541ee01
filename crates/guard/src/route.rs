//! What a service is guarded by: a list of routes, each with what opens it.

use oauth::access;
use oauth::access::canonical_path;
use oauth::permission::Permission;
use oauth::scope::scope_value;

/// A part of the API, and what opens it. Without more than a path: any live token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route(access::Route);

/// What is wrong with a route.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The path is not in its one form.
    #[error(
        "the route {0:?} is not canonical: write it as \"/v2/shifts\", with no slash at the end and nothing encoded"
    )]
    Path(String),
    /// Two for one path.
    #[error("there are two routes for {0:?}; remove one")]
    Twice(String),
    /// Public, and yet something is to open it.
    #[error(
        "the route {0:?} is public and looks at no token; take scope and version out, or public"
    )]
    Public(String),
    /// The scope's text can stand in no token.
    #[error(
        "the route {path:?} asks for the scope {scope:?}; write its value, such as \"forecast-prediction\""
    )]
    Scope {
        /// Which.
        path: String,
        /// What it asks for.
        scope: String,
    },
    /// A version without a name.
    #[error("the route {0:?} has an empty version; name it, or leave it out")]
    Version(String),
}

impl Route {
    /// The part of the API below a path, such as `/v2/shifts`: it ends where a segment ends, so `/v2/shiftsadmin` is
    /// not in it. Of several routes that fit a request the longest counts.
    pub fn at(path: impl Into<String>) -> Self {
        Self(access::Route {
            path: path.into(),
            ..access::Route::default()
        })
    }

    /// Only tokens of credentials made for this version: others are 403 even if they hold a scope of the same name.
    #[must_use]
    pub fn version(mut self, name: impl Into<String>) -> Self {
        self.0.version = Some(name.into());
        self
    }

    /// Tokens need the permission that the method stands for within this scope: for `shifts` a GET needs `shifts.read`,
    /// a POST `shifts.add`, a PUT or PATCH `shifts.write`, a DELETE `shifts.delete`.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.0.scope = Some(scope.into());
        self.0.permissions = true;
        self
    }

    /// Tokens need this scope value as it stands, whatever the method: for platforms whose versions have no permissions.
    #[must_use]
    pub fn bare_scope(mut self, scope: impl Into<String>) -> Self {
        self.0.scope = Some(scope.into());
        self.0.permissions = false;
        self
    }

    /// No token is needed, and none is looked at.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.0.public = true;
        self
    }

    /// What a method means here, where it differs: a search by POST is a read, every call of gRPC is a POST.
    #[must_use]
    pub fn method(mut self, name: impl Into<String>, permission: Permission) -> Self {
        self.0.methods.push((name.into(), permission));
        self
    }
}

/// The routes as the decision wants them.
///
/// # Errors
/// The first mistake.
pub fn resolve(routes: Vec<Route>) -> Result<Vec<access::Route>, RouteError> {
    let mut resolved: Vec<access::Route> = Vec::with_capacity(routes.len());
    for Route(route) in routes {
        check(&route)?;
        if resolved.iter().any(|other| other.path == route.path) {
            return Err(RouteError::Twice(route.path));
        }
        resolved.push(route);
    }
    Ok(resolved)
}

fn check(route: &access::Route) -> Result<(), RouteError> {
    let path = &route.path;
    if !canonical_path::decoded(path).is_ok_and(|decoded| decoded == path.as_str()) {
        return Err(RouteError::Path(path.clone()));
    }
    if route.public && (route.scope.is_some() || route.version.is_some()) {
        return Err(RouteError::Public(path.clone()));
    }
    if route.version.as_deref() == Some("") {
        return Err(RouteError::Version(path.clone()));
    }
    match &route.scope {
        Some(scope) if !scope_value(scope).is_ok_and(|value| value == *scope) => {
            Err(RouteError::Scope {
                path: path.clone(),
                scope: scope.clone(),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s232_a_route_that_would_not_mean_what_it_says_is_refused() {
        for path in [
            "",
            "v2",
            "/v2/",
            "/v2//x",
            "/v2/../x",
            "/v2/%C3%A9",
            "/v2/*x y",
            "/v2?x",
        ] {
            let resolved = resolve(vec![Route::at(path)]);
            assert_eq!(resolved, Err(RouteError::Path(path.to_owned())), "{path}");
        }
        assert!(resolve(vec![Route::at("/"), Route::at("/v2/shifts")]).is_ok());
        let twice = resolve(vec![Route::at("/a"), Route::at("/a").public()]);
        assert_eq!(twice, Err(RouteError::Twice("/a".to_owned())));
        let contradicting = [
            Route::at("/a").public().scope("x"),
            Route::at("/a").public().version("v2"),
        ];
        for route in contradicting {
            assert_eq!(
                resolve(vec![route]),
                Err(RouteError::Public("/a".to_owned()))
            );
        }
        for scope in ["", "Forecast Prediction", "a b", "a\"b"] {
            assert!(
                matches!(
                    resolve(vec![Route::at("/a").scope(scope)]),
                    Err(RouteError::Scope { .. })
                ),
                "{scope}"
            );
        }
        let unnamed = resolve(vec![Route::at("/a").version("")]);
        assert_eq!(unnamed, Err(RouteError::Version("/a".to_owned())));
    }
}
