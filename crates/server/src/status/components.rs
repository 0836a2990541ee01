//! The parts of an environment that are told apart, few and as its customers see them, and which of them a request asks.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::{Environment, Route};

/// A part of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// As programs and the database call it: `tokens`, `api`, `api-v2`, `portal`, `documentation`.
    pub id: String,
    /// The sentence of the catalogue that names it.
    pub name: &'static str,
    /// The version in that sentence.
    pub version: Option<String>,
}

/// The parts of an environment. Where a path is nobody else's it is the gateway's.
pub struct Components {
    list: Vec<Component>,
    /// Paths with all that is beneath them; None: it is not counted.
    places: Vec<(String, Option<usize>)>,
    /// The part of each version that has routes here; None: of the routes without one.
    versions: Vec<(Option<String>, usize)>,
}

/// Put onto an answer of the gateway, which knows the route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Of(pub usize);

impl Components {
    /// The parts of an environment with these routes.
    pub fn of(environment: &Environment, routes: &[Arc<Route>]) -> Self {
        let plain = |id: &str, name| Component {
            id: id.to_owned(),
            name,
            version: None,
        };
        let mut list = vec![plain("tokens", "component-tokens")];
        let mut versions = Vec::new();
        let named: BTreeSet<Option<String>> = routes
            .iter()
            .map(|route| route.access.version.clone())
            .collect();
        for version in named {
            versions.push((version.clone(), list.len()));
            list.push(match version {
                None => plain("api", "component-api"),
                Some(version) => Component {
                    id: format!("api-{version}"),
                    name: "component-api-version",
                    version: Some(version),
                },
            });
        }
        let portal = list.len();
        list.push(plain("portal", "component-portal"));
        list.push(plain("documentation", "component-documentation"));
        let paths = &environment.paths;
        let ours = [&paths.token, &paths.introspection, &paths.revocation];
        let ours = ours.into_iter().chain([&paths.authorization]);
        let ours = ours
            .chain(&paths.check_token)
            .chain(&paths.token_info)
            .chain(&paths.change_password)
            .chain(&paths.jwks);
        let mut places: Vec<_> = ours.map(|path| (path.clone(), Some(0))).collect();
        let fixed = [
            ("/oauth", Some(0)),
            ("/.well-known", Some(0)),
            ("/portal", Some(portal)),
            (&*paths.docs, Some(portal + 1)),
            ("/docs", Some(portal + 1)),
            ("/openapi.json", Some(portal + 1)),
            ("/openapi.yaml", Some(portal + 1)),
            // It answers whatever failure it is asked for.
            ("/_mock", None),
            ("/status", None),
            ("/status.json", None),
            ("/status.atom", None),
        ];
        places.extend(fixed.map(|(path, part)| (path.to_owned(), part)));
        Self {
            list,
            places,
            versions,
        }
    }

    /// All of them, in the order in which they are shown.
    pub fn list(&self) -> &[Component] {
        &self.list
    }

    /// The part that a path belongs to; of the gateway's the first, until the gateway says which.
    pub fn at(&self, path: &str) -> Option<usize> {
        let beneath = |place: &str| {
            let rest = path.strip_prefix(place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match self.places.iter().find(|(place, _)| beneath(place)) {
            Some((_, part)) => *part,
            None => self.versions.first().map(|(_, part)| *part),
        }
    }

    /// The part that a version's routes are.
    pub fn of_version(&self, version: Option<&str>) -> Option<usize> {
        let mut known = self.versions.iter();
        let found = known.find(|(known, _)| known.as_deref() == version);
        found.map(|(_, part)| *part)
    }
}
