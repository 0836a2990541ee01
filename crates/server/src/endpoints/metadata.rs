//! Metadata (RFC 8414): where everything is, in URLs that come from the configuration alone.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use oauth::dialect::quirks::AuthorizationIss;
use oauth::grant_type::GrantType;
use oauth::metadata::AuthorizationServerMetadata;

use super::answer;
use crate::config::Environment;
use crate::context::Context;
use crate::platform::Issuer;

/// `GET /.well-known/oauth-authorization-server`, and the same where OpenID Connect clients look.
pub async fn endpoint(context: Context) -> Response {
    let document = serde_json::to_vec(&document(&context.issuer)).unwrap_or_default();
    let mut response = answer::json(StatusCode::OK, document);
    response.headers_mut().remove(header::PRAGMA);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    );
    response
}

/// What the environment offers at the moment: only what it serves.
pub fn document(issuer: &Issuer) -> AuthorizationServerMetadata {
    of(&issuer.environment, scopes(issuer))
}

/// The same of an environment whose scopes are known.
pub fn of(environment: &Environment, scopes: Vec<String>) -> AuthorizationServerMetadata {
    let url = |path: &str| format!("{}{path}", environment.url);
    let methods = environment.dialect.client_authentication_methods();
    let methods: Vec<String> = methods
        .iter()
        .map(|method| method.as_str().to_owned())
        .collect();
    AuthorizationServerMetadata {
        issuer: environment.issuer.clone(),
        token_endpoint: url(&environment.paths.token),
        jwks_uri: Some(url(environment.paths.key_set())),
        scopes_supported: scopes,
        authorization_endpoint: Some(url(&environment.paths.authorization)),
        response_types_supported: vec!["code".to_owned()],
        response_modes_supported: vec!["query".to_owned()],
        // `password` is left out: RFC 9700 §2.4 forbids it, and who was made for it knows.
        grant_types_supported: [
            GrantType::AuthorizationCode,
            GrantType::ClientCredentials,
            GrantType::RefreshToken,
        ]
        .map(|grant| grant.to_string())
        .to_vec(),
        code_challenge_methods_supported: vec!["S256".to_owned()],
        authorization_response_iss_parameter_supported: environment
            .dialect
            .quirks
            .authorization_iss
            == AuthorizationIss::Sent,
        token_endpoint_auth_methods_supported: methods.clone(),
        service_documentation: Some(url(&environment.paths.docs)),
        revocation_endpoint: Some(url(&environment.paths.revocation)),
        revocation_endpoint_auth_methods_supported: methods.clone(),
        introspection_endpoint: Some(url(&environment.paths.introspection)),
        introspection_endpoint_auth_methods_supported: methods,
    }
}

fn scopes(issuer: &Issuer) -> Vec<String> {
    let mut scopes: Vec<String> = issuer
        .versions
        .values()
        .flat_map(|version| version.scope_values())
        .collect();
    scopes.sort();
    scopes.dedup();
    scopes
}
