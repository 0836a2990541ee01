//! `[[routes]]`: what the gateway lets through, and to where.

use std::path::Path;
use std::sync::Arc;

use oauth::access;
use oauth::permission::Permission;
use store::EnvironmentName;

use super::date_time_format::DateTimeFormat;
use super::environment::Environment;
use super::findings::Findings;
use super::key::Key;
use super::passage::{self, Passage};
use super::raw::RawRoute;
use super::version::Version;
use super::{Upstream, canonical_path, suggestion};

/// One route of the gateway.
#[derive(Clone, Debug)]
pub struct Route {
    /// Where it lies and what opens it.
    pub access: access::Route,
    /// Where it goes.
    pub upstream: Upstream,
    /// Only in this environment, and there it wins over a route without one.
    pub environment: Option<EnvironmentName>,
    /// How the platform writes dates with times, beside ISO 8601; `request_iso8601: true` has them rewritten.
    pub date_time_formats: Vec<DateTimeFormat>,
    /// By which protocol, how long at most, in which time zone.
    pub passage: Passage,
}

impl access::Guarded for Route {
    fn route(&self) -> &access::Route {
        &self.access
    }
}

/// What a route may speak of.
pub struct Surroundings<'c> {
    /// Every version.
    pub versions: &'c [Arc<Version>],
    /// The environments that could be resolved.
    pub environments: &'c [Arc<Environment>],
    /// The names of all environments, resolved or not.
    pub environment_names: &'c [&'c str],
    /// Where relative paths start.
    pub folder: &'c Path,
}

/// Resolves `[[routes]]`.
pub fn resolve(
    raw: &[RawRoute],
    around: &Surroundings<'_>,
    findings: &mut Findings,
) -> Vec<Arc<Route>> {
    let mut routes: Vec<Arc<Route>> = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let key = Key::top("routes").index(index);
        let Some(route) = resolve_one(&key, raw, around, findings) else {
            continue;
        };
        if routes.iter().any(|other| {
            other.access.path == route.access.path && other.environment == route.environment
        }) {
            findings.mistake(
                &key.name("path"),
                format!(
                    "there are two routes for {} in the same environment; remove one",
                    route.access.path
                ),
            );
        }
        routes.push(Arc::new(route));
    }
    routes
}

fn resolve_one(
    key: &Key,
    raw: &RawRoute,
    around: &Surroundings<'_>,
    findings: &mut Findings,
) -> Option<Route> {
    let environment = environment(&key.name("environment"), raw, around, findings);
    let path = path(&key.name("path"), raw, around, findings);
    let permissions = scope(key, raw, around, findings);
    let upstream = upstream(&key.name("upstream"), raw, findings);
    let methods = methods(&key.name("methods"), raw, permissions, findings);
    let url = upstream.as_ref().map(|upstream| &upstream.url);
    let passage = passage::resolve(key, raw, url, around.folder, findings);
    let date_time_formats =
        passage::date_time_formats(&key.name("date_time_formats"), raw, findings);
    Some(Route {
        access: access::Route {
            path: path?,
            version: raw.version.clone(),
            scope: raw.scope.clone(),
            permissions,
            public: raw.public.unwrap_or(false),
            methods,
        },
        upstream: upstream?,
        environment,
        date_time_formats,
        passage,
    })
}

fn environment(
    key: &Key,
    raw: &RawRoute,
    around: &Surroundings<'_>,
    findings: &mut Findings,
) -> Option<EnvironmentName> {
    let name = raw.environment.as_deref()?;
    if !around.environment_names.contains(&name) {
        findings.mistake(
            key,
            suggestion::unknown_value(name, around.environment_names),
        );
    }
    Some(EnvironmentName::new(name))
}

fn path(
    key: &Key,
    raw: &RawRoute,
    around: &Surroundings<'_>,
    findings: &mut Findings,
) -> Option<String> {
    let Some(path) = raw.path.as_deref() else {
        findings.mistake(key, "a route needs a path, such as \"/v2/shifts\"");
        return None;
    };
    if let Some(fault) = canonical_path::fault(path) {
        findings.mistake(key, fault);
        return None;
    }
    // An endpoint always wins, so such a route would never be taken, or only in part.
    let reserved = around
        .environments
        .iter()
        .filter(|environment| {
            raw.environment
                .as_deref()
                .is_none_or(|name| environment.name.as_str() == name)
        })
        .flat_map(|environment| environment.own_paths())
        .find(|own| canonical_path::is_beneath(path, own));
    if let Some(own) = reserved {
        findings.mistake(
            key,
            format!("{own} is a path of Grantor itself; choose another for the route"),
        );
    }
    Some(path.to_owned())
}

/// Judges version, scope and public; says whether the scope is split by permission.
fn scope(key: &Key, raw: &RawRoute, around: &Surroundings<'_>, findings: &mut Findings) -> bool {
    if raw.public == Some(true) && (raw.scope.is_some() || raw.version.is_some()) {
        findings.mistake(
            &key.name("public"),
            "a public route looks at no token; take scope and version out, or public",
        );
        return false;
    }
    if let Some(name) = &raw.version
        && !around.versions.iter().any(|version| version.name == *name)
    {
        let names: Vec<&str> = around
            .versions
            .iter()
            .map(|version| version.name.as_str())
            .collect();
        findings.mistake(
            &key.name("version"),
            suggestion::unknown_value(name, &names),
        );
        return false;
    }
    let Some(scope) = raw.scope.as_deref() else {
        return false;
    };
    let candidates: Vec<&Arc<Version>> = around
        .versions
        .iter()
        .filter(|version| {
            raw.version
                .as_ref()
                .is_none_or(|name| *name == version.name)
        })
        .collect();
    let having: Vec<&Arc<Version>> = candidates
        .iter()
        .copied()
        .filter(|version| version.has_scope(scope))
        .collect();
    let Some(first) = having.first() else {
        let known: Vec<&str> = candidates
            .iter()
            .flat_map(|version| &version.scopes)
            .map(|(_, value)| value.as_str())
            .collect();
        findings.mistake(&key.name("scope"), suggestion::unknown_value(scope, &known));
        return false;
    };
    if having
        .iter()
        .any(|version| version.permissions != first.permissions)
    {
        let message = format!(
            "\"{scope}\" is split by permission in one version and not in another; name the version of this route"
        );
        findings.mistake(&key.name("scope"), message);
    }
    first.permissions
}

fn upstream(key: &Key, raw: &RawRoute, findings: &mut Findings) -> Option<Upstream> {
    let Some(text) = raw.upstream.as_deref() else {
        findings.mistake(
            key,
            "a route needs an upstream, such as \"http://127.0.0.1:9000\"",
        );
        return None;
    };
    Upstream::parse(text)
        .map_err(|message| findings.mistake(key, message))
        .ok()
}

fn methods(
    key: &Key,
    raw: &RawRoute,
    permissions: bool,
    findings: &mut Findings,
) -> Vec<(String, Permission)> {
    let Some(written) = &raw.methods else {
        return Vec::new();
    };
    if !permissions {
        findings.warning(
            key,
            "this changes nothing: the route has no scope that is split by permission",
        );
    }
    let choices = Permission::ALL.map(|permission| (permission.as_str(), permission));
    let mut methods: Vec<(String, Permission)> = Vec::new();
    for (method, permission) in written {
        let key = key.name(method);
        let method = method.to_ascii_uppercase();
        if method.is_empty()
            || !method
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
        {
            findings.mistake(&key, "this is no method; write one such as POST");
        } else if methods.iter().any(|(other, _)| *other == method) {
            findings.mistake(&key, format!("{method} is written twice; remove one"));
        } else if let Some(permission) = findings.choose(&key, permission, &choices) {
            methods.push((method, permission));
        }
    }
    methods
}
