//! Revocation (RFC 7009): a client ends a token of its own.
//!
//! The answer is 200 whether there was such a token or not, and whoever's it was (§2.2); only a
//! client that does not prove itself, and a database that cannot be asked, hear something else.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use oauth::error_response::ErrorCode;
use oauth::parameters::Parameters;
use oauth::presented_credentials::PresentedRefusal;
use oauth::request::{RequestParts, RequestRefusal};
use oauth::revocation::RevocationRequest;
use oauth::token_request::TokenRequestRefusal;
use store::StoreError;

use super::answer;
use super::request::{BodyRefusal, Received};
use crate::client_authentication::{self, ClientRefusal};
use crate::clients::KnownClient;
use crate::context::Context;
use crate::tokens::revoke::revoke;

/// `POST` to the revocation path.
pub async fn endpoint(context: Context, request: Request) -> Response {
    match end(&context, request).await {
        Ok(()) => answer::json(StatusCode::OK, Vec::new()),
        Err(refusal) => refusal.answer(&context, "revocation"),
    }
}

async fn end(context: &Context, request: Request) -> Result<(), AskRefusal> {
    let received = Received::receive(request).await.map_err(AskRefusal::Body)?;
    let fields = received.fields();
    let Asked { client, parameters } = ask(context, &received.parts(&fields)).await?;
    let token = RevocationRequest::read(&parameters)
        .map_err(AskRefusal::TokenMissing)?
        .token;
    revoke(context, &client, token)
        .await
        .map_err(AskRefusal::Store)?;
    Ok(())
}

/// Who asks about a token, and with which parameters: the first steps of revocation and introspection.
pub struct Asked<'a> {
    /// The proven client.
    pub client: Arc<KnownClient>,
    /// What it sent.
    pub parameters: Parameters<'a>,
}

/// Reads the parameters and proves the client.
pub async fn ask<'a>(context: &Context, parts: &RequestParts<'a>) -> Result<Asked<'a>, AskRefusal> {
    let dialect = &context.issuer.environment.dialect;
    let parameters = dialect
        .read_form_parameters(parts)
        .map_err(AskRefusal::Request)?;
    let presented = dialect
        .read_client_credentials(parts, &parameters)
        .map_err(AskRefusal::Presented)?;
    let client = client_authentication::authenticate(context, &presented)
        .await
        .map_err(AskRefusal::Client)?;
    Ok(Asked { client, parameters })
}

/// Why a question about a token is refused.
#[derive(Debug)]
pub enum AskRefusal {
    /// The body did not arrive whole.
    Body(BodyRefusal),
    /// The parameters cannot be read.
    Request(RequestRefusal),
    /// The client's credentials cannot be read.
    Presented(PresentedRefusal),
    /// No `token`.
    TokenMissing(TokenRequestRefusal),
    /// The client is not proven.
    Client(ClientRefusal),
    /// The database could not be asked.
    Store(StoreError),
    /// Something else of ours is away.
    Busy,
}

impl AskRefusal {
    /// The reason's name in the log and the metrics.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Body(_) => "BodyNotReceived".into(),
            Self::Request(refusal) => refusal.to_string().into(),
            Self::Presented(refusal) => refusal.to_string().into(),
            Self::TokenMissing(refusal) => refusal.to_string().into(),
            Self::Client(refusal) => refusal.to_string().into(),
            Self::Store(_) => "StoreUnavailable".into(),
            Self::Busy => "Busy".into(),
        }
    }

    /// Logs, counts and answers.
    pub fn answer(&self, context: &Context, door: &'static str) -> Response {
        let reason = self.name();
        context
            .platform
            .metrics
            .refused(context.issuer.realm(), door, &reason);
        match self {
            Self::Store(error) | Self::Client(ClientRefusal::Store(error)) => {
                tracing::error!(door, reason = &*reason, %error, "a question about a token could not be answered");
            }
            _ => tracing::info!(
                door,
                reason = &*reason,
                "a question about a token was refused"
            ),
        }
        match self {
            Self::Body(refusal) => answer::body_refused(context, *refusal),
            Self::Request(refusal) => {
                let dialect = &context.issuer.environment.dialect;
                answer::written(dialect.write_request_refusal(*refusal, context.issuer.realm()))
            }
            Self::Presented(refusal) => answer::error(context, refusal.code()),
            Self::TokenMissing(refusal) => answer::error(context, refusal.code()),
            Self::Client(refusal) => answer::client_refused(context, refusal),
            Self::Store(_) | Self::Busy => {
                answer::error(context, ErrorCode::TemporarilyUnavailable)
            }
        }
    }
}
