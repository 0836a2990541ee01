//! How the management API says no: a problem document (RFC 9457).
//!
//! `type` stays `about:blank`, which RFC 9457 §4.2.1 defines as "the status says it all"; `detail`
//! is a sentence for the person who asked. What went wrong inside goes to the log alone.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::{Refused, StoreError};

use crate::credentials::CredentialRefusal;
use crate::keys::rekey::RekeyError;
use crate::keys::rotation::RotationError;
use crate::people::hand_over::HandOverRefusal;
use crate::people::tickets::TicketError;
use crate::random::NoRandomness;
use crate::secrets::chosen::PasswordNotHashed;
use crate::text::{self, Unfit};

/// A refusal or a failure.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    /// The scope whose lack is the problem (RFC 6750 §3.1).
    scope: Option<&'static str>,
}

/// The document's members.
#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            scope: None,
        }
    }

    /// 400: the request makes no sense as it stands.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400: U+0000, which no name of ours holds and PostgreSQL takes in no text.
    pub fn holds_nul() -> Self {
        Self::bad_request("No text holds the character U+0000.")
    }

    /// 401: nobody we know.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 403: known, but not for this.
    pub fn insufficient_scope(scope: &'static str) -> Self {
        let detail = format!("This operator token lacks the scope {scope}.");
        Self {
            scope: Some(scope),
            ..Self::new(StatusCode::FORBIDDEN, detail)
        }
    }

    /// 403, for a reason other than a scope of this route.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 405; the router adds `Allow`.
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "This address does not answer that method; the header Allow lists those it does.",
        )
    }

    /// 409: the state of things forbids it.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 413: longer than anything that would make sense.
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is longer than 64 KiB.",
        )
    }

    /// 415: not JSON.
    pub fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the body as application/json.",
        )
    }

    /// 422: an idempotency key that was used for something else.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// 503: not now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// 500: ours. The cause is logged under the request's id, never answered.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a management request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong here; the header X-Request-Id names the line in the log that says what.",
        )
    }

    /// Whether it lies with us and not with the request.
    pub fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }

    /// Whether the state of things forbids it.
    pub fn is_conflict(&self) -> bool {
        self.status == StatusCode::CONFLICT
    }

    /// The sentence, for tests.
    #[cfg(test)]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::error!(%cause, "the database is unavailable");
                Self::unavailable(
                    "The database is unavailable; ask again in a moment, and look first whether the change was made.",
                )
            }
            StoreError::Refused(Refused::NotFound(what)) => {
                Self::not_found(format!("There is no such {what}."))
            }
            StoreError::Refused(Refused::Exists(what)) => {
                Self::conflict(format!("A {what} of that name exists already."))
            }
            StoreError::Refused(Refused::Conflict(sentence)) => {
                Self::conflict(text::sentence(sentence))
            }
            error @ (StoreError::Corrupt(_) | StoreError::Operator(_)) => Self::internal(&error),
        }
    }
}

impl From<CredentialRefusal> for Problem {
    fn from(refusal: CredentialRefusal) -> Self {
        match refusal {
            CredentialRefusal::Asked { sentence, .. } => Self::bad_request(sentence),
            CredentialRefusal::Conflict { sentence, .. } => Self::conflict(sentence),
            busy @ CredentialRefusal::Busy => Self::unavailable(busy.to_string()),
            CredentialRefusal::Store(error) => error.into(),
            CredentialRefusal::Random(error) => error.into(),
            CredentialRefusal::Internal(error) => Self::internal(&error),
        }
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        Self::bad_request(unfit.sentence)
    }
}

impl From<NoRandomness> for Problem {
    fn from(error: NoRandomness) -> Self {
        Self::internal(&error)
    }
}

impl From<PasswordNotHashed> for Problem {
    fn from(error: PasswordNotHashed) -> Self {
        match error {
            PasswordNotHashed::Busy(_) => {
                Self::unavailable("Too many passwords are hashed at once; ask again in a moment.")
            }
            error => Self::internal(&error),
        }
    }
}

impl From<HandOverRefusal> for Problem {
    fn from(refusal: HandOverRefusal) -> Self {
        match refusal {
            HandOverRefusal::Account(unfit) => unfit.into(),
            HandOverRefusal::Username(error) => {
                Self::bad_request(crate::text::sentence(&error.to_string()))
            }
            HandOverRefusal::Operator => Self::bad_request(refusal.to_string()),
            HandOverRefusal::NameTaken | HandOverRefusal::NotEnabled | HandOverRefusal::Removed => {
                Self::conflict(refusal.to_string())
            }
            HandOverRefusal::Store(error) => error.into(),
            HandOverRefusal::Random(error) => error.into(),
        }
    }
}

impl From<TicketError> for Problem {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Store(error) => error.into(),
            TicketError::Random(error) => error.into(),
        }
    }
}

impl From<RotationError> for Problem {
    fn from(error: RotationError) -> Self {
        match error {
            RotationError::Store(error) => error.into(),
            error => Self::internal(&error),
        }
    }
}

impl From<RekeyError> for Problem {
    fn from(error: RekeyError) -> Self {
        match error {
            RekeyError::Store(error) => error.into(),
            RekeyError::Refused(sentence) => Self::conflict(sentence),
            error => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let document = Document {
            r#type: "about:blank",
            title,
            status: self.status.as_u16(),
            detail: &self.detail,
        };
        let mut response = (self.status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer realm=\"grantor admin\""),
                );
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        if let Some(scope) = self.scope
            && let Ok(challenge) = HeaderValue::try_from(format!(
                "Bearer realm=\"grantor admin\", error=\"insufficient_scope\", scope=\"{scope}\""
            ))
        {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    async fn answered(problem: Problem) -> (Response<()>, serde_json::Value) {
        let (parts, body) = problem.into_response().into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.unwrap();
        (
            Response::from_parts(parts, ()),
            serde_json::from_slice(&body).unwrap(),
        )
    }

    #[tokio::test]
    async fn a_problem_is_a_document_of_rfc_9457() {
        let (response, document) =
            answered(Problem::not_found("There is no such credential.")).await;
        assert_eq!(response.status(), 404);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        assert_eq!(
            document,
            serde_json::json!({"type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is no such credential."})
        );
    }

    #[tokio::test]
    async fn s306_what_the_database_said_is_not_answered() {
        let (response, document) =
            answered(StoreError::Corrupt("no such table: secrets".into()).into()).await;
        assert_eq!(response.status(), 500);
        assert!(!document.to_string().contains("table"));
        let (response, document) =
            answered(StoreError::Unavailable("password authentication failed".into()).into()).await;
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "5");
        assert!(!document.to_string().contains("password"));
    }

    #[tokio::test]
    async fn a_missing_scope_is_named_as_rfc_6750_says() {
        let (response, _) = answered(Problem::insufficient_scope("keys:write")).await;
        assert_eq!(response.status(), 403);
        assert_eq!(
            response.headers()["www-authenticate"],
            "Bearer realm=\"grantor admin\", error=\"insufficient_scope\", scope=\"keys:write\""
        );
    }
}
