//! `environments.NAME.paths`: where the endpoints of one environment are, where it differs from its dialect.

use oauth::dialect::{PathOverrides, Paths};

use super::canonical_path;
use super::findings::Findings;
use super::key::Key;
use super::raw::RawPaths;

/// Lays the configured paths over the dialect's.
pub fn resolve(key: &Key, raw: &RawPaths, dialect: &Paths, findings: &mut Findings) -> Paths {
    let paths = dialect.overridden_by(&PathOverrides {
        token: raw.token.clone(),
        authorization: raw.authorization.clone(),
        introspection: raw.introspection.clone(),
        check_token: raw.check_token.clone(),
        jwks: raw.jwks.clone(),
        token_info: raw.token_info.clone(),
        revocation: raw.revocation.clone(),
        change_password: raw.change_password.clone(),
        docs: raw.docs.clone(),
    });
    judge(key, &paths, findings);
    paths
}

/// The paths with their keys.
pub fn named(paths: &Paths) -> Vec<(&'static str, &str)> {
    let mut list = vec![
        ("token", paths.token.as_str()),
        ("authorization", paths.authorization.as_str()),
        ("introspection", paths.introspection.as_str()),
        ("revocation", paths.revocation.as_str()),
        ("docs", paths.docs.as_str()),
    ];
    list.extend(
        paths
            .check_token
            .as_deref()
            .map(|path| ("check_token", path)),
    );
    list.extend(paths.jwks.as_deref().map(|path| ("jwks", path)));
    list.extend(paths.token_info.as_deref().map(|path| ("token_info", path)));
    list.extend(
        paths
            .change_password
            .as_deref()
            .map(|path| ("change_password", path)),
    );
    list
}

fn judge(key: &Key, paths: &Paths, findings: &mut Findings) {
    let paths = named(paths);
    for (position, (name, path)) in paths.iter().enumerate() {
        let key = key.name(name);
        if let Some(fault) = canonical_path::fault(path) {
            findings.mistake(&key, fault);
        } else if *path == "/" {
            findings.mistake(
                &key,
                "an endpoint needs a path of its own, not the whole environment",
            );
        }
        if let Some((other, _)) = paths
            .iter()
            .take(position)
            .find(|(_, earlier)| earlier == path)
        {
            findings.mistake(
                &key,
                format!("{path} is also the path of {other}; each endpoint needs its own"),
            );
        }
        // Some servers have their key set among the well-known documents.
        let stands_there = *name == "jwks" && !WELL_KNOWN.contains(path);
        if FIXED
            .iter()
            .filter(|fixed| !(stands_there && **fixed == "/.well-known"))
            .any(|fixed| canonical_path::is_beneath(path, fixed))
        {
            findings.mistake(
                &key,
                format!("{path} is taken by a page that has its place everywhere; choose another"),
            );
        }
    }
}

/// The documents below `/.well-known` that every environment has.
const WELL_KNOWN: [&str; 3] = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/jwks.json",
];

/// Paths that are the same in every environment and dialect.
pub const FIXED: [&str; 9] = [
    "/.well-known",
    "/portal",
    "/openapi.json",
    "/openapi.yaml",
    "/_mock",
    "/status",
    "/status.json",
    "/status.atom",
    "/forward-auth",
];
