//! Command lines that work here, for pages and for people: each environment wants its requests in its own way.

use oauth::dialect::quirks::{ClientAuthenticationIn, GrantTypeIn, RequestBody};

use crate::config::Environment;

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
