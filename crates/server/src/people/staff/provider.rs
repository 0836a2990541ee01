//! What is asked of the identity provider: its discovery document, a code's tokens, what it knows of a person.

use std::sync::Arc;

use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::config::StaffSignIn;
use crate::config::sign_in_by_others::address;
use crate::context::Context;
use crate::outbound::{Answer, OutboundError};
use crate::people::staff::CALLBACK;
use crate::people::staff::documents::Documents;
use crate::signatures::claims::Claims;
use crate::signatures::key_set::KeySet;

/// What came of asking for the discovery document.
pub type Discovered = Result<Arc<Metadata>, ProviderError>;

/// What is remembered of a provider.
#[derive(Debug, Default)]
pub struct Provider {
    documents: Documents,
    /// What it signs with.
    pub keys: KeySet,
}

/// The part of a discovery document that we need (OpenID Connect Discovery 1.0 §3), judged.
#[derive(Debug)]
pub struct Metadata {
    /// Where browsers are sent.
    pub authorization_endpoint: Url,
    /// Where codes are exchanged.
    pub token_endpoint: Url,
    /// Where it says more about a person.
    pub userinfo_endpoint: Option<Url>,
    /// Where its keys are.
    pub jwks_uri: Url,
    /// Whether each of its answers says whose it is (RFC 9207 §3).
    pub names_itself: bool,
    /// Whether the secret goes into the form and not into the header.
    secret_in_form: bool,
}

/// Tokens for a code.
pub struct Tokens {
    /// Who signed in. Not judged yet.
    pub id_token: String,
    /// For the userinfo endpoint.
    pub access_token: Option<SecretString>,
}

/// Why the provider was no help.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProviderError {
    /// No answer, or one that says that it cannot.
    #[error("the identity provider does not answer: {0}")]
    Away(String),
    /// Its answer is none that could be used, or is another's.
    #[error("the identity provider does not work as it should: {0}")]
    Unfit(String),
    /// It does not know us.
    #[error(
        "the identity provider refuses the client itself ({0}); is the client_id right, and its secret?"
    )]
    ClientRefused(String),
    /// We cannot read what we prove ourselves with.
    #[error("{0}")]
    NoSecret(String),
    /// It does not take the code.
    #[error("the identity provider refuses the code ({0})")]
    CodeRefused(String),
}

impl ProviderError {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Away(_) => "ProviderAway",
            Self::Unfit(_) => "ProviderUnfit",
            Self::ClientRefused(_) => "ProviderRefusesClient",
            Self::NoSecret(_) => "ClientSecretUnreadable",
            Self::CodeRefused(_) => "CodeRefused",
        }
    }
}

impl From<OutboundError> for ProviderError {
    fn from(error: OutboundError) -> Self {
        Self::Away(error.to_string())
    }
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
}

/// The provider's discovery document, asked for at most every ten minutes, by one at a time.
///
/// # Errors
/// [`ProviderError::Away`] and [`ProviderError::Unfit`].
pub async fn metadata(context: &Context, configured: &StaffSignIn) -> Discovered {
    let documents = &context.issuer.provider.documents;
    documents
        .get(context.now, || discover(context, configured))
        .await
}

async fn discover(context: &Context, configured: &StaffSignIn) -> Result<Metadata, ProviderError> {
    let base = configured.issuer.trim_end_matches('/');
    let url = format!("{base}/.well-known/openid-configuration");
    let answer = get(context, &url, None).await?;
    judge(&answer.body, &configured.issuer)
}

/// It has to be the document of the issuer that is configured, to the letter (Discovery §4.3), and each address one that
/// can be believed.
pub(super) fn judge(body: &[u8], issuer: &str) -> Result<Metadata, ProviderError> {
    let document: Document = serde_json::from_slice(body)
        .map_err(|error| ProviderError::Unfit(format!("its discovery document: {error}")))?;
    if document.issuer != issuer {
        let message = "its discovery document names another issuer than staff_sign_in.issuer";
        return Err(ProviderError::Unfit(message.to_owned()));
    }
    let read = |name: &str, text: &str| {
        address(text).map_err(|why| ProviderError::Unfit(format!("its {name}: {why}")))
    };
    let methods = document.token_endpoint_auth_methods_supported;
    let has = |method: &str| {
        let mut methods = methods.iter().flatten();
        methods.any(|known| known == method)
    };
    let basic = methods.is_none() || has("client_secret_basic");
    if !basic && !has("client_secret_post") {
        let message =
            "it takes a client's secret neither by client_secret_basic nor by client_secret_post";
        return Err(ProviderError::Unfit(message.to_owned()));
    }
    Ok(Metadata {
        authorization_endpoint: read("authorization_endpoint", &document.authorization_endpoint)?,
        token_endpoint: read("token_endpoint", &document.token_endpoint)?,
        userinfo_endpoint: match &document.userinfo_endpoint {
            Some(text) => Some(read("userinfo_endpoint", text)?),
            None => None,
        },
        jwks_uri: read("jwks_uri", &document.jwks_uri)?,
        names_itself: document.authorization_response_iss_parameter_supported,
        secret_in_form: !basic,
    })
}

/// Exchanges a code (Core §3.1.3.1, RFC 7636 §4.5).
///
/// # Errors
/// See [`ProviderError`].
pub async fn exchange(
    context: &Context,
    configured: &StaffSignIn,
    metadata: &Metadata,
    code: &str,
    verifier: &str,
) -> Result<Tokens, ProviderError> {
    let request = token_request(context, configured, metadata, code, verifier)?;
    let answer = context.platform.outbound.send(request).await?;
    if !answer.status.is_success() {
        return Err(refused(&answer));
    }
    let tokens: TokenAnswer = serde_json::from_slice(&answer.body)
        .map_err(|_| ProviderError::Unfit("its token answer holds no id token".to_owned()))?;
    Ok(Tokens {
        id_token: tokens.id_token,
        access_token: tokens.access_token.map(SecretString::from),
    })
}

fn token_request(
    context: &Context,
    configured: &StaffSignIn,
    metadata: &Metadata,
    code: &str,
    verifier: &str,
) -> Result<Request<Full<Bytes>>, ProviderError> {
    let secret = configured.client_secret.read();
    let secret = secret.map_err(ProviderError::NoSecret)?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", &context.issuer.url(CALLBACK))
        .append_pair("code_verifier", verifier);
    let mut request = Request::post(metadata.token_endpoint.as_str())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    if metadata.secret_in_form {
        form.append_pair("client_id", &configured.client_id)
            .append_pair("client_secret", secret.expose_secret());
    } else {
        let basic = basic(&configured.client_id, secret.expose_secret());
        request = request.header(header::AUTHORIZATION, basic);
    }
    request
        .body(Full::from(form.finish()))
        .map_err(|error| ProviderError::Unfit(error.to_string()))
}

/// What it knows about the person of an access token (Core §5.3).
///
/// # Errors
/// [`ProviderError::Away`] and [`ProviderError::Unfit`].
pub async fn userinfo(
    context: &Context,
    endpoint: &Url,
    token: &SecretString,
) -> Result<Claims, ProviderError> {
    let answer = get(context, endpoint.as_str(), Some(token)).await?;
    serde_json::from_slice(&answer.body)
        .map_err(|_| ProviderError::Unfit("its userinfo answer is no JSON object".to_owned()))
}

async fn get(
    context: &Context,
    url: &str,
    token: Option<&SecretString>,
) -> Result<Answer, ProviderError> {
    let mut request = Request::get(url).header(header::ACCEPT, "application/json");
    if let Some(token) = token {
        let bearer = format!("Bearer {}", token.expose_secret());
        request = request.header(header::AUTHORIZATION, bearer);
    }
    let request = request
        .body(Full::<Bytes>::default())
        .map_err(|error| ProviderError::Unfit(error.to_string()))?;
    let answer = context.platform.outbound.send(request).await?;
    match answer.status.is_success() {
        true => Ok(answer),
        false => Err(ProviderError::Away(format!(
            "it answered {}",
            answer.status
        ))),
    }
}

/// RFC 6749 §5.2: what is wrong with the code, with us, or with it.
fn refused(answer: &Answer) -> ProviderError {
    let code = serde_json::from_slice::<ErrorAnswer>(&answer.body)
        .map(|said| super::plain(&said.error))
        .unwrap_or_default();
    if answer.status == StatusCode::UNAUTHORIZED
        || ["invalid_client", "unauthorized_client"].contains(&code.as_str())
    {
        return ProviderError::ClientRefused(code);
    }
    match answer.status.is_client_error() && answer.status != StatusCode::TOO_MANY_REQUESTS {
        true => ProviderError::CodeRefused(code),
        false => ProviderError::Away(format!("it answered {}", answer.status)),
    }
}

/// RFC 6749 §2.3.1: both parts are form-encoded first.
fn basic(client_id: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = zeroize::Zeroizing::new(format!("{}:{}", encode(client_id), encode(secret)));
    format!("Basic {}", STANDARD.encode(pair.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_document_of_another_issuer_or_with_addresses_nobody_believes_is_none() {
        let document = |issuer: &str, token: &str, methods: &[&str]| {
            let json = serde_json::json!({
                "issuer": issuer, "authorization_endpoint": "https://login.example.com/auth?x=1",
                "token_endpoint": token, "jwks_uri": "https://login.example.com/keys",
                "token_endpoint_auth_methods_supported": methods,
            });
            judge(json.to_string().as_bytes(), "https://login.example.com")
        };
        let (ours, token) = ("https://login.example.com", "https://login.example.com/t");
        let basic = ["client_secret_post", "client_secret_basic"];
        assert!(!document(ours, token, &basic).unwrap().secret_in_form);
        let post = ["client_secret_post"];
        assert!(document(ours, token, &post).unwrap().secret_in_form);
        assert!(document(ours, token, &["private_key_jwt"]).is_err());
        assert!(document(ours, "http://login.example.com/t", &basic).is_err());
        assert!(document(ours, "javascript:alert(1)", &basic).is_err());
        for other in [
            "https://login.example.com/",
            "https://login.example.org",
            "",
        ] {
            assert!(document(other, token, &basic).is_err(), "{other}");
        }
    }

    #[test]
    fn both_parts_of_basic_are_form_encoded() {
        // printf 'a%%3Ab:s%%25+%%C3%%A9' | base64
        assert_eq!(basic("a:b", "s% é"), "Basic YSUzQWI6cyUyNSslQzMlQTk=");
    }
}
