//! `environments.NAME.issuer`: the name under which an environment vouches for its tokens (RFC 8414 section 2).

use url::Url;

use super::base_url;
use super::canonical_path;
use super::findings::Findings;
use super::key::Key;

/// The issuer as it was written, or the environment's `url`. It is compared letter by letter everywhere, so a slash at the end stays.
pub fn resolve(
    key: &Key,
    written: Option<&String>,
    bases: &[Url],
    findings: &mut Findings,
) -> String {
    let default = bases.first().map(base_url::issuer).unwrap_or_default();
    let Some(written) = written else {
        return default;
    };
    match fault(written, bases) {
        None => written.clone(),
        Some(fault) => {
            findings.mistake(key, fault);
            default
        }
    }
}

/// What is behind host and port, without a slash at the end; empty for most.
pub fn path(issuer: &str) -> String {
    let path = Url::parse(issuer).map(|url| url.path().trim_end_matches('/').to_owned());
    path.unwrap_or_default()
}

fn fault(written: &str, bases: &[Url]) -> Option<String> {
    let Ok(url) = Url::parse(written) else {
        return Some(
            "this is not a URL; write it as https://auth.example.com/realms/shop".to_owned(),
        );
    };
    let own = bases.iter().any(|base| {
        base.scheme() == url.scheme() && base_url::authority(base) == base_url::authority(&url)
    });
    if !own || !url.username().is_empty() || url.password().is_some() {
        return Some(
            "whoever reads the issuer looks for its metadata there, so scheme, host and port are those of url or of an alias".to_owned(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Some(
            "an issuer has neither query nor fragment (RFC 8414 section 2); take it out".to_owned(),
        );
    }
    let path = url.path().trim_end_matches('/');
    (!path.is_empty())
        .then(|| canonical_path::fault(path).map(str::to_owned))
        .flatten()
}
