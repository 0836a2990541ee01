//! A call of the API with a token: one route stands for all, since what the API itself answers is the platform's to say.

use std::sync::Arc;

use oauth::access::method::permission_of;
use oauth::permission::Permission;
use serde_json::{Map, Value, json};

use super::answers::{cause, described_headers, meaning};
use super::samples::{ACCOUNT, CREDENTIAL, REQUEST_ID};
use super::{Described, routes};
use crate::config::{Config, Environment, Route};
use crate::gateway::refusal::{AtLimit, GatewayRefusal, Lacking};
use crate::gateway::{answer, date_times};
use crate::limits::budgets::UsedUp;
use crate::tokens::verify::DeadToken;

/// The route that samples call: the first that a token opens for reading.
pub fn first_route<'c>(config: &'c Config, environment: &'c Environment) -> Option<&'c Arc<Route>> {
    routes(config, environment).find(|route| {
        let access = &route.access;
        !access.public && permission_of(access, "GET") == Some(Permission::Read)
    })
}

/// The scope that reading there needs.
pub fn needed(route: &Route) -> Option<String> {
    let scope = route.access.scope.as_ref()?;
    Some(if route.access.permissions {
        format!("{scope}.{}", Permission::Read.as_str())
    } else {
        scope.clone()
    })
}

impl Described<'_> {
    /// `GET` on the route, and its path.
    pub fn call(&self) -> Option<(String, Value)> {
        let route = first_route(self.config, self.environment)?;
        let scope: Vec<String> = needed(route).into_iter().collect();
        let path = &route.access.path;
        let refused = |name: &str| json!({ "$ref": format!("#/components/responses/{name}") });
        let operation = json!({
            "summary": "Call the API",
            "description": format!("`GET {path}` stands for every call: the token goes into the header `Authorization: Bearer`. What is answered then is the API's own; these refusals come before it."),
            "operationId": "callApi",
            "tags": ["Calls"],
            "security": [{ "token": scope }],
            "parameters": [{
                "name": date_times::HEADER,
                "in": "header",
                "description": "With `true`, each date with a time in a JSON answer has the form `yyyy-MM-ddTHH:mm:ssZ`.",
                "schema": { "type": "string", "enum": ["true"] },
            }],
            "responses": {
                "200": { "description": "What the API answers." },
                "401": refused("TokenRefused"),
                "403": refused("ScopeMissing"),
                "429": refused("TooManyCalls"),
                "default": { "description": "Whatever else the API answers; 502, 503 and 504 say that it could not be asked." },
            },
        });
        Some((path.clone(), operation))
    }

    /// `components.responses`: what is said to a call before it reaches the API.
    pub fn call_refusals(&self) -> Value {
        let route = first_route(self.config, self.environment);
        let lacking = |credential_version: Option<String>| {
            let scope = self.samples.scope.as_str().to_owned();
            Box::new(Lacking {
                needed: route
                    .and_then(|route| needed(route))
                    .map(|scope| scope.replace(".read", ".add")),
                method: "POST".to_owned(),
                route: route
                    .map(|route| route.access.path.clone())
                    .unwrap_or_default(),
                route_version: route.and_then(|route| route.access.version.clone()),
                credential: CREDENTIAL.to_owned(),
                credential_version,
                token_scope: scope.clone(),
                credential_scope: scope,
            })
        };
        let version = self.samples.version.clone();
        let mut forbidden = vec![(
            "insufficient_scope",
            GatewayRefusal::ScopeMissing(lacking(version)),
        )];
        let other = self.config.versions.get(1).map(|other| other.name.clone());
        if other.is_some() {
            forbidden.push((
                "version_foreign",
                GatewayRefusal::VersionForeign(lacking(other)),
            ));
        }
        json!({
            "TokenRefused": self.call_refused(&[
                ("token_required", GatewayRefusal::TokenMissing),
                ("invalid_token", GatewayRefusal::TokenDead(DeadToken::Expired)),
            ]),
            "ScopeMissing": self.call_refused(&forbidden),
            "TooManyCalls": self.call_refused(&self.call_limits()),
        })
    }

    /// The limits that this environment has; where it has none, a credential may still have a budget of its own.
    fn call_limits(&self) -> Vec<(&'static str, GatewayRefusal)> {
        let (environment, budgets) = (self.environment, &self.environment.budgets);
        let budget = |limit, most, retry_after| {
            GatewayRefusal::BudgetUsedUp(Box::new(UsedUp {
                limit,
                most,
                credential: CREDENTIAL.to_owned(),
                retry_after,
            }))
        };
        let mut limits = Vec::new();
        if environment.concurrent_requests > 0 {
            let at = AtLimit {
                account: ACCOUNT.to_owned(),
                limit: environment.concurrent_requests,
            };
            limits.push(("concurrent_requests", GatewayRefusal::TooManyRequests(at)));
        }
        let per_second = u64::from(budgets.requests_per_second);
        if per_second > 0 {
            limits.push((
                "requests_per_second",
                budget("requests_per_second", per_second, 1),
            ));
        }
        if budgets.requests_per_day > 0 || limits.is_empty() {
            let most = match budgets.requests_per_day {
                0 => 10_000,
                most => most,
            };
            limits.push(("requests_per_day", budget("requests_per_day", most, 3_600)));
        }
        limits
    }

    fn call_refused(&self, refusals: &[(&'static str, GatewayRefusal)]) -> Value {
        let realm = self.environment.name.as_str();
        let (mut examples, mut headers, mut meant) = (Map::new(), Value::Null, "");
        for (name, refusal) in refusals {
            let (status, mut body, sent) = answer::example(realm, refusal);
            body["request_id"] = json!(REQUEST_ID);
            examples.insert(
                (*name).to_owned(),
                json!({ "summary": cause(name), "value": body }),
            );
            let sent: Vec<(&str, String)> = sent
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect();
            // The last one's, which says most.
            headers = described_headers(&sent);
            meant = meaning(status);
        }
        json!({
            "description": meant,
            "headers": headers,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CallError" }, "examples": examples } },
        })
    }
}
