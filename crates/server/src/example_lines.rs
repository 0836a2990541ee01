//! Command lines that work here, for pages and for people: each environment wants its requests in its own way.

use oauth::dialect::quirks::{ClientAuthenticationIn, GrantTypeIn, RequestBody};

use crate::config::{Config, Environment, SecretKind};

/// The curl lines that get a token, as the environment's dialect documents it.
pub fn token(environment: &Environment) -> String {
    let quirks = &environment.dialect.quirks;
    let url = format!("{}{}", environment.url, environment.paths.token);
    if quirks.grant_type_in == GrantTypeIn::BodyOrQuery {
        return format!(
            "curl -X POST -u 'CLIENT_ID:CLIENT_SECRET' \\\n    '{url}?grant_type=client_credentials'"
        );
    }
    if quirks.request_body == RequestBody::FormOrJson {
        let body = r#"{"client_id":"CLIENT_ID","client_secret":"CLIENT_SECRET","grant_type":"client_credentials"}"#;
        return format!("curl '{url}' -H 'Content-Type: application/json' \\\n    -d '{body}'");
    }
    if quirks.client_authentication_in == ClientAuthenticationIn::Body {
        return format!(
            "curl '{url}' \\\n    -d client_id=CLIENT_ID -d client_secret=CLIENT_SECRET \\\n    -d grant_type=client_credentials"
        );
    }
    format!("curl '{url}' -u 'CLIENT_ID:CLIENT_SECRET' \\\n    -d grant_type=client_credentials")
}

/// The command that makes a credential here, with what this platform cannot do without.
pub fn create(config: &Config, environment: &Environment) -> String {
    let mut line = format!(
        "grantor credentials create --environment {} \\\n    --account Acme --name 'Payroll export' \\\n    --description 'Nightly hours to payroll'",
        environment.name.as_str()
    );
    if let Some(version) = config.versions.first() {
        line.push_str(" \\\n   ");
        if config.versions.len() > 1 {
            line.push_str(&format!(" --version {}", version.name));
        }
        if let Some((_, scope)) = version.scopes.first() {
            let permissions = if version.permissions { "=read" } else { "" };
            line.push_str(&format!(" --allow {scope}{permissions}"));
        }
    }
    if environment.secrets == SecretKind::Chosen {
        line.push_str(" \\\n    --secret-stdin < secret.txt");
    }
    line
}
