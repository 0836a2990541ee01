//! The variables of an environment, as Postman imports them.

use serde_json::{Value, json};

use super::super::mock::{APIS, AUTH};
use crate::config::{Api, Environment};

/// Names and values.
pub struct Variables {
    name: String,
    base: String,
    token_url: String,
    /// Before the path of an API, and whether its name stands there.
    apis: (String, bool),
    of_apis: Vec<(String, String)>,
}

impl Variables {
    /// Those of the environment itself.
    pub fn of(environment: &Environment) -> Self {
        let url = environment.url.clone();
        Self {
            name: title(environment, ""),
            token_url: format!("{url}{}", environment.paths.token),
            apis: (url.clone(), false),
            base: url,
            of_apis: Vec::new(),
        }
    }

    /// Those of its mock.
    pub fn of_mock(environment: &Environment) -> Self {
        let url = &environment.url;
        Self {
            name: title(environment, " (mock)"),
            token_url: format!("{url}{AUTH}{}", environment.paths.token),
            apis: (format!("{url}{APIS}"), true),
            base: format!("{url}{AUTH}"),
            of_apis: Vec::new(),
        }
    }

    /// With the addresses of the platform's APIs.
    pub fn of_apis(mut self, apis: &[&Api]) -> Self {
        let (before, is_named) = &self.apis;
        let address = |api: &&Api| {
            let name = if *is_named {
                format!("/{}", api.slug())
            } else {
                String::new()
            };
            (of_api(api), format!("{before}{name}"))
        };
        self.of_apis = apis.iter().map(address).collect();
        self
    }

    /// The file. Id and secret are empty: they are a person's to write in.
    pub fn written(&self) -> Value {
        let variable = |key: &str, value: &str, kind: &str| json!({ "key": key, "value": value, "type": kind, "enabled": true });
        let mut values = vec![
            variable("base_url", &self.base, "default"),
            variable("token_url", &self.token_url, "default"),
            variable("client_id", "", "default"),
            variable("client_secret", "", "secret"),
            variable("access_token", "", "secret"),
        ];
        values.extend(
            self.of_apis
                .iter()
                .map(|(key, value)| variable(key, value, "default")),
        );
        json!({ "name": self.name, "values": values, "_postman_variable_scope": "environment" })
    }
}

/// The variable that holds the address of an API.
pub fn of_api(api: &Api) -> String {
    format!("{}_url", api.slug().replace('-', "_"))
}

fn title(environment: &Environment, which: &str) -> String {
    format!(
        "{}, {}{which}",
        environment.branding.name,
        environment.name.as_str()
    )
}
