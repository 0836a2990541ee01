//! The OpenAPI description (3.1) of an environment: its endpoints as its dialect reads and writes them.
//!
//! Nothing is copied: each answer that is shown was written by the code that answers, with values that are made up. So a
//! dialect's sentence, order of members or status stands here as soon as it stands in the dialect.

mod answers;
mod authorization;
mod calls;
mod discovery;
mod password;
mod questions;
mod samples;
mod schemas;
mod token;
mod token_info;

use std::sync::Arc;

use serde_json::{Map, Value, json};

pub use self::calls::first_route;
use self::samples::Samples;
use crate::config::{Config, Environment, Route};

/// Groups of operations, in the order in which they are read.
const TAGS: [(&str, &str); 5] = [
    (
        "Tokens",
        "How a program gets an access token and renews it.",
    ),
    ("Sign-in", "How a person allows a program to act for them."),
    (
        "Calls",
        "How an access token is used, and what is said where it does not open the door.",
    ),
    (
        "Questions",
        "What is known of a token, and how it is ended.",
    ),
    (
        "Discovery",
        "Where everything is, and by which keys tokens are proven.",
    ),
];

/// The description. `servers` begins with this environment and its mock, and goes on with the others.
pub fn description(config: &Config, environment: &Environment) -> Value {
    let described = Described {
        config,
        environment,
        samples: Samples::of(config, environment),
    };
    described.whole()
}

/// Whether an environment's answers stand under `path`, for a reader who wants to know the routes of its API.
pub fn routes<'c>(
    config: &'c Config,
    environment: &'c Environment,
) -> impl Iterator<Item = &'c Arc<Route>> {
    config.routes.iter().filter(|route| {
        let only = route.environment.as_ref();
        only.is_none_or(|only| *only == environment.name)
    })
}

/// What is described, and the values that stand in its examples.
struct Described<'c> {
    config: &'c Config,
    environment: &'c Environment,
    samples: Samples,
}

impl Described<'_> {
    fn whole(&self) -> Value {
        let mut paths = Map::new();
        let own = &self.environment.paths;
        paths.insert(own.token.clone(), json!({ "post": self.token() }));
        paths.insert(
            own.authorization.clone(),
            json!({ "get": self.authorization() }),
        );
        paths.insert(
            own.introspection.clone(),
            json!({ "post": self.introspection() }),
        );
        paths.insert(own.revocation.clone(), json!({ "post": self.revocation() }));
        if let Some(path) = &own.check_token {
            paths.insert(path.clone(), json!({ "post": self.check_token() }));
        }
        if let Some(path) = &own.token_info {
            paths.insert(path.clone(), json!({ "get": self.token_info() }));
        }
        if let Some(path) = &own.change_password {
            paths.insert(path.clone(), json!({ "post": self.change_password() }));
        }
        paths.extend(self.discovery());
        let mut components = json!({
            "securitySchemes": self.security_schemes(),
            "schemas": self.schemas(),
        });
        if let Some((path, call)) = self.call() {
            paths.insert(path, json!({ "get": call }));
            components["responses"] = self.call_refusals();
        }
        let used = |tag: &str| {
            let of_tag = |operation: &Value| operation["tags"][0] == tag;
            let item = |item: &Value| {
                item.as_object()
                    .is_some_and(|methods| methods.values().any(of_tag))
            };
            paths.values().any(item)
        };
        let tags: Vec<Value> = TAGS
            .iter()
            .filter(|(name, _)| used(name))
            .map(|(name, description)| json!({ "name": name, "description": description }))
            .collect();
        let branding = &self.environment.branding;
        let name = self.environment.name.as_str();
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": format!("{} authentication, {name}", branding.name),
                "version": env!("CARGO_PKG_VERSION"),
                "description": "Ask the token endpoint for an access token with a client id and a client secret; send it with every call as `Authorization: Bearer`.",
                "license": {
                    "name": format!("By agreement with {}", branding.name),
                    "url": format!("{}{}", self.environment.url, own.docs),
                },
            },
            "externalDocs": {
                "description": "Getting started, limits, errors and samples in eight languages",
                "url": format!("{}{}", self.environment.url, own.docs),
            },
            "servers": self.servers(),
            "tags": tags,
            "paths": paths,
            "components": components,
        })
    }

    /// This environment, its mock, the others.
    fn servers(&self) -> Vec<Value> {
        let server =
            |url: String, description: &str| json!({ "url": url, "description": description });
        let here = self.environment;
        let others = self
            .config
            .environments
            .iter()
            .filter(|other| other.name != here.name)
            .map(|other| server(other.url.clone(), other.name.as_str()));
        [
            server(here.url.clone(), here.name.as_str()),
            server(
                format!("{}/_mock/auth", here.url),
                "mock: the documented examples, without a credential",
            ),
        ]
        .into_iter()
        .chain(others)
        .collect()
    }

    fn security_schemes(&self) -> Value {
        let url = |path: &str| format!("{}{path}", self.environment.url);
        let scopes: Map<String, Value> = self
            .config
            .versions
            .iter()
            .flat_map(|version| version.scope_values())
            .map(|scope| (scope, json!("")))
            .collect();
        let token_url = url(&self.environment.paths.token);
        let mut schemes = json!({
            "token": {
                "type": "oauth2",
                "description": "An access token, sent as `Authorization: Bearer`.",
                "flows": {
                    "clientCredentials": { "tokenUrl": token_url, "scopes": scopes },
                    "authorizationCode": {
                        "authorizationUrl": url(&self.environment.paths.authorization),
                        "tokenUrl": token_url,
                        "refreshUrl": token_url,
                        "scopes": scopes,
                    },
                },
            },
        });
        if self.authenticates().in_header {
            schemes["client"] = json!({
                "type": "http",
                "scheme": "basic",
                "description": "Client id and client secret as user name and password.",
            });
        }
        schemes
    }
}
