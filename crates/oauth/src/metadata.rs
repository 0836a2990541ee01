//! Metadata: what a client can find out about this server by itself (RFC 8414 §2).

use serde::Serialize;

/// The metadata document. Members that are none or an empty list are left out, except
/// `response_types_supported`, which RFC 8414 requires.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuthorizationServerMetadata {
    /// The environment's URL, without query and fragment.
    pub issuer: String,
    /// Absent while no authorization endpoint is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// Absolute URL.
    pub token_endpoint: String,
    /// Absolute URL of the JWK set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Scope values that a request may name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// Required by RFC 8414 §2: empty while no authorization endpoint is served.
    pub response_types_supported: Vec<String>,
    /// Such as `query`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_modes_supported: Vec<String>,
    /// Values of `grant_type` that this environment offers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// See [`crate::Dialect::client_authentication_methods`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Absolute URL of the page for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    /// Absolute URL (RFC 7009).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// Methods at the revocation endpoint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    /// Absolute URL (RFC 7662).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// Methods at the introspection endpoint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    /// Such as `S256` (RFC 7636).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// Whether authorization answers carry `iss` (RFC 9207 §3).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AuthorizationServerMetadata {
    /// The document as JSON.
    pub fn written(&self) -> Vec<u8> {
        crate::json::written(self)
    }
}
