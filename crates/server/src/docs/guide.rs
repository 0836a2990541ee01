//! What stands before the operations: the way to a first call, servers, limits, errors, scopes; all from this environment.

use std::collections::BTreeSet;

use oauth::grant_type::GrantType;
use oauth::request::LONGEST_BODY;
use serde_json::Value;

use super::description::first_route;
use super::programs;
use crate::config::{Config, Environment};
use crate::gateway::date_times;
use crate::limits::FAILURES_PER_MINUTE;
use crate::pages::Guide;
use crate::pages::catalogue::Language;

/// The guide of one environment, whose description is known.
pub fn guide(config: &Config, environment: &Environment, description: &Value) -> Guide {
    let url = |path: &str| format!("{}{path}", environment.url);
    let call_path = first_route(config, environment)
        .map(|route| route.access.path.clone())
        .unwrap_or_default();
    Guide {
        url: environment.url.clone(),
        token_url: url(&environment.paths.token),
        portal_url: url("/portal"),
        variables: format!(
            "export BASE_URL='{}'\nexport CLIENT_ID='…'\nexport CLIENT_SECRET='…'",
            environment.url
        ),
        lifetime: environment.access_token_lifetime,
        dates: format!("{}: true", date_times::HEADER),
        samples: programs::samples(environment, &call_path),
        call_path,
        refreshes: refreshes(environment),
        servers: servers(config, environment),
        limits: limits(environment),
        errors: errors(description),
        versions: config
            .versions
            .iter()
            .map(|version| {
                let names = version.scopes.iter().map(|(name, _)| name.clone());
                let values = version.scopes.iter().map(|(_, value)| value.clone());
                (version.name.clone(), names.zip(values).collect())
            })
            .collect(),
    }
}

/// Whether people make credentials here that get refresh tokens.
fn refreshes(environment: &Environment) -> bool {
    let gives = |grant: &GrantType| *grant != GrantType::ClientCredentials;
    environment.offered_grants.iter().any(gives) || gives(&environment.default_grant)
}

fn servers(config: &Config, environment: &Environment) -> Vec<(String, String, &'static str)> {
    let mut servers = vec![
        (
            environment.name.as_str().to_owned(),
            environment.url.clone(),
            "here",
        ),
        (
            "mock".to_owned(),
            format!("{}/_mock/auth", environment.url),
            "mock",
        ),
    ];
    for other in &config.environments {
        if other.name != environment.name {
            servers.push((other.name.as_str().to_owned(), other.url.clone(), "other"));
        }
    }
    servers
}

/// Every figure that holds here; what is not limited is said as well, since its absence is what a reader looks for.
fn limits(environment: &Environment) -> Vec<(&'static str, u64)> {
    let mut limits = vec![("lifetime", environment.access_token_lifetime)];
    if refreshes(environment) {
        limits.push(("refresh-lifetime", environment.refresh_token_lifetime));
        limits.push(("code-lifetime", environment.authorization_code_lifetime));
    }
    let budgets = &environment.budgets;
    let counted: [(&'static str, u64); 5] = [
        (
            "tokens-of-address",
            environment.token_requests_per_minute.into(),
        ),
        (
            "tokens-of-credential",
            environment.token_requests_per_minute_per_credential.into(),
        ),
        ("at-once", environment.concurrent_requests.into()),
        ("per-second", budgets.requests_per_second.into()),
        ("per-day", budgets.requests_per_day),
    ];
    limits.extend(counted.into_iter().filter(|(_, number)| *number > 0));
    if environment.concurrent_requests == 0
        && budgets.requests_per_second == 0
        && budgets.requests_per_day == 0
    {
        limits.push(("calls-unlimited", 0));
    }
    limits.push(("failures", FAILURES_PER_MINUTE.into()));
    limits.push(("body", u64::try_from(LONGEST_BODY / 1024).unwrap_or(64)));
    limits
}

/// Every error that the description shows and that something can be done about: status, code, and the sentences' name.
fn errors(description: &Value) -> Vec<(String, String, String)> {
    let mut found = BTreeSet::new();
    let operations = members(&description["paths"]).flat_map(|(_, item)| members(item));
    let answers = operations.flat_map(|(_, operation)| members(&operation["responses"]));
    for (status, answer) in answers {
        let shared = answer["$ref"]
            .as_str()
            .and_then(|reference| description.pointer(reference.trim_start_matches('#')));
        let content = &shared.unwrap_or(answer)["content"]["application/json"];
        for (name, example) in members(&content["examples"]) {
            let key = name.replace('_', "-");
            let sentence = format!("docs-fix-{key}");
            if Language::English.sentence(&sentence, &[]) != sentence {
                let code = example["value"]["error"].as_str().unwrap_or_default();
                found.insert((status.clone(), code.to_owned(), key));
            }
        }
    }
    found.into_iter().collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
