//! What Envoy is answered.

use axum::body::to_bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tonic::Code;

use super::messages::{
    BoolValue, CheckResponse, DeniedHttpResponse, HeaderValueOption, HttpResponse, HttpStatus,
    NameAndValue, OkHttpResponse, RpcStatus,
};

/// Longer than any refusal of ours.
const LONGEST_BODY: usize = 16 * 1024;

/// The request may pass, with these headers instead of its own and without those.
pub fn allowed(who: &HeaderMap, headers_to_remove: Vec<String>) -> CheckResponse {
    answer(
        Code::Ok,
        HttpResponse::Ok(OkHttpResponse {
            headers: options(who),
            headers_to_remove,
        }),
    )
}

/// The gateway's own refusal, for Envoy to pass on.
pub async fn denied(refused: Response) -> CheckResponse {
    let (head, body) = refused.into_parts();
    let body = to_bytes(body, LONGEST_BODY).await.unwrap_or_default();
    let code = match head.status {
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::TOO_MANY_REQUESTS => Code::ResourceExhausted,
        status if status.is_server_error() => Code::Unavailable,
        _ => Code::PermissionDenied,
    };
    answer(
        code,
        HttpResponse::Denied(DeniedHttpResponse {
            status: Some(HttpStatus {
                code: head.status.as_u16().into(),
            }),
            headers: options(&head.headers),
            body: String::from_utf8_lossy(&body).into_owned(),
        }),
    )
}

fn answer(code: Code, http_response: HttpResponse) -> CheckResponse {
    CheckResponse {
        status: Some(RpcStatus { code: code.into() }),
        http_response: Some(http_response),
    }
}

fn options(headers: &HeaderMap) -> Vec<HeaderValueOption> {
    let option = |name: &str, value: &str| HeaderValueOption {
        header: Some(NameAndValue {
            key: name.to_owned(),
            value: value.to_owned(),
        }),
        append: Some(BoolValue { value: false }),
    };
    headers
        .iter()
        .filter(|(name, _)| *name != "content-length")
        .filter_map(|(name, value)| Some(option(name.as_str(), value.to_str().ok()?)))
        .collect()
}
