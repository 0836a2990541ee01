//! What the sender of a refused request hears: one map from reason to status and words.
//!
//! A refusal says what to do next. It names the credential and the account only to whoever showed a
//! live token of theirs; about a token that is dead it says nothing that would help to find a live one.

pub mod too_many;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::response::{IntoResponse, Response};
use oauth::access::words;
use serde_json::{Value, json};

use super::refusal::{GatewayRefusal, Lacking};
use crate::context::Context;

/// Seconds after which a place may be free again, or the database back.
const SOON: u64 = 1;
/// Seconds after which one of many long connections may have ended.
const LATER: u64 = 30;

/// An answer in the making.
pub struct Answer {
    status: StatusCode,
    /// `error`, `error_description` and more.
    body: Value,
    headers: Vec<(HeaderName, String)>,
}

/// The answer to a refused request; logs and counts the refusal.
pub fn refuse(context: &Context, refusal: &GatewayRefusal) -> Response {
    let Answer {
        status,
        mut body,
        headers,
    } = answer(context.issuer.realm(), refusal);
    let (environment, reason) = (context.issuer.name().as_str(), refusal.name());
    context
        .platform
        .metrics
        .refused(environment, "gateway", reason);
    tracing::info!(
        environment,
        door = "gateway",
        reason,
        status = status.as_u16(),
        detail = refusal.detail(),
        "refused"
    );
    if let Some(members) = body.as_object_mut() {
        members.insert(
            "request_id".to_owned(),
            context.request_id.to_string().into(),
        );
    }
    let mut response = (status, Json(body)).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
        .headers_mut()
        .insert("x-request-id", context.request_id.header());
    response
}

/// What is answered to a refusal, for the description: the status, the body but for the request's name, the headers.
pub fn example(realm: &str, refusal: &GatewayRefusal) -> (u16, Value, Vec<(HeaderName, String)>) {
    let Answer {
        status,
        body,
        headers,
    } = answer(realm, refusal);
    (status.as_u16(), body, headers)
}

/// The map. Every reason stands here once.
fn answer(realm: &str, refusal: &GatewayRefusal) -> Answer {
    use GatewayRefusal as R;
    match refusal {
        R::NotAskedHere => plain(
            StatusCode::FORBIDDEN,
            "forward_auth_not_configured",
            "Forward-auth is not configured here, or its kind of proxy does not ask at this path.",
        ),
        R::ProxyUnlisted(_) => plain(
            StatusCode::FORBIDDEN,
            "proxy_not_listed",
            "Only the proxies that are listed in the configuration may ask here.",
        ),
        R::ForwardedUnusable(_) => plain(
            StatusCode::FORBIDDEN,
            "forwarded_headers_unusable",
            "The headers that describe the request are missing, repeated, contradicting or malformed.",
        ),
        R::HostForeign => plain(
            StatusCode::FORBIDDEN,
            "host_foreign",
            "The request was sent to another host than those of this environment.",
        ),
        R::IdentityClaimed => plain(
            StatusCode::FORBIDDEN,
            "identity_claimed",
            "Headers that begin with X-Grantor are not a client's to send.",
        ),
        R::PathNotCanonical(_) => said(StatusCode::FORBIDDEN, words::PATH_NOT_CANONICAL),
        R::MethodUnknown(allow) => not_allowed(allow, words::METHOD_UNKNOWN),
        R::NoRoute => said(StatusCode::NOT_FOUND, words::NO_ROUTE),
        R::MethodNotGrantable(allow) => not_allowed(allow, words::METHOD_NOT_GRANTABLE),
        R::MethodOverridden => said(StatusCode::FORBIDDEN, words::METHOD_OVERRIDDEN),
        R::TokenMissing => unauthorized(words::bare_challenge(realm), words::TOKEN_REQUIRED),
        R::TokenMalformed | R::TokenRepeated => {
            unauthorized(words::dead_challenge(realm), words::TOKEN_MALFORMED)
        }
        R::TokenDead(_) => unauthorized(words::dead_challenge(realm), words::TOKEN_DEAD),
        R::VersionForeign(lacking) => forbidden(realm, lacking, version_sentence(lacking)),
        R::ScopeMissing(lacking) => forbidden(realm, lacking, scope_sentence(lacking)),
        R::TooManyRequests(at) => too_many::at_once(at),
        R::BudgetUsedUp(budget) => too_many::of_budget(budget),
        R::TooManyTunnels => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "As many WebSocket connections are open here as there may be; try again later.",
        )
        .with(RETRY_AFTER, LATER.to_string()),
        R::TransferCodingUnknown => plain(
            StatusCode::NOT_IMPLEMENTED,
            "transfer_coding_not_supported",
            "This gateway reads no transfer coding beside chunked.",
        ),
        R::DatabaseUnavailable(_) => said(StatusCode::SERVICE_UNAVAILABLE, words::UNAVAILABLE)
            .with(RETRY_AFTER, SOON.to_string()),
        R::NoFileForUpstream => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "As many connections are open here as there may be; try again shortly.",
        )
        .with(RETRY_AFTER, SOON.to_string()),
        R::UpstreamUnreachable(_) | R::UpstreamBroken(_) => plain(
            StatusCode::BAD_GATEWAY,
            "bad_gateway",
            "The service behind this path cannot be reached or gave no usable answer.",
        ),
        R::UpstreamSilent => plain(
            StatusCode::GATEWAY_TIMEOUT,
            "gateway_timeout",
            "The service behind this path did not answer in time.",
        ),
        R::RequestStalled => plain(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            "The rest of the request did not come in time.",
        )
        .with(CONNECTION, "close".to_owned()),
        R::RequestBroken => plain(
            StatusCode::BAD_REQUEST,
            "bad_request",
            "The request's body could not be read to its end.",
        ),
    }
}

impl Answer {
    fn with(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

fn plain(status: StatusCode, error: &str, description: &str) -> Answer {
    Answer {
        status,
        body: json!({ "error": error, "error_description": description }),
        headers: Vec::new(),
    }
}

/// In the words that every door to the API has for it.
fn said(status: StatusCode, (error, description): (&str, &str)) -> Answer {
    plain(status, error, description)
}

fn not_allowed(allow: &str, words: (&str, &str)) -> Answer {
    said(StatusCode::METHOD_NOT_ALLOWED, words).with(ALLOW, allow.to_owned())
}

fn unauthorized(challenge: String, words: (&str, &str)) -> Answer {
    said(StatusCode::UNAUTHORIZED, words).with(WWW_AUTHENTICATE, challenge)
}

fn forbidden(realm: &str, lacking: &Lacking, description: String) -> Answer {
    let mut body = json!({
        "error": words::INSUFFICIENT_SCOPE,
        "error_description": description,
        "credential": lacking.credential,
        "token_scope": lacking.token_scope,
        "credential_scope": lacking.credential_scope,
    });
    if let Some(members) = body.as_object_mut() {
        let optional = [
            ("scope", &lacking.needed),
            ("version", &lacking.route_version),
            ("credential_version", &lacking.credential_version),
        ];
        members.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into()))),
        );
    }
    Answer {
        status: StatusCode::FORBIDDEN,
        body,
        headers: Vec::new(),
    }
    .with(
        WWW_AUTHENTICATE,
        words::scope_challenge(realm, lacking.needed.as_deref()),
    )
}

fn version_sentence(lacking: &Lacking) -> String {
    words::version_foreign(
        &lacking.route,
        lacking.route_version.as_deref(),
        &lacking.credential,
        lacking.credential_version.as_deref(),
    )
}

fn scope_sentence(lacking: &Lacking) -> String {
    let needed = lacking.needed.as_deref().unwrap_or_default();
    let who = &lacking.credential;
    let advice = if lacking
        .credential_scope
        .split(' ')
        .any(|scope| scope == needed)
    {
        format!("credential {who} may ask for it: request a token with it in 'scope'.")
    } else {
        format!(
            "credential {who} was not given it. Scopes and permissions of a credential cannot be changed: use one that has them."
        )
    };
    format!(
        "{} {} needs {needed}; {advice}",
        lacking.method, lacking.route
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gateway::refusal::AtLimit;
    use crate::tokens::verify::DeadToken;

    fn header(answer: &Answer, name: &str) -> String {
        answer
            .headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }

    fn lacking() -> Box<Lacking> {
        Box::new(Lacking {
            needed: Some("shifts.add".to_owned()),
            method: "POST".to_owned(),
            route: "/v2/shifts".to_owned(),
            route_version: Some("v2".to_owned()),
            credential: "0197".to_owned(),
            credential_version: Some("v3".to_owned()),
            token_scope: "shifts.read".to_owned(),
            credential_scope: "shifts.read".to_owned(),
        })
    }

    #[test]
    fn s226_no_error_is_named_when_no_token_was_sent() {
        let missing = answer("production", &GatewayRefusal::TokenMissing);
        assert_eq!(
            (
                missing.status.as_u16(),
                header(&missing, "www-authenticate").as_str()
            ),
            (401, "Bearer realm=\"production\"")
        );
        let bodies: Vec<_> = [
            DeadToken::Unknown,
            DeadToken::Expired,
            DeadToken::Revoked,
            DeadToken::ClientGone,
        ]
        .map(|dead| answer("production", &GatewayRefusal::TokenDead(dead)))
        .map(|answer| {
            (
                answer.status,
                header(&answer, "www-authenticate"),
                answer.body,
            )
        })
        .into();
        assert!(
            bodies.iter().all(|body| Some(body) == bodies.first()),
            "a dead token is told from another"
        );
        assert!(
            bodies
                .first()
                .unwrap()
                .1
                .starts_with("Bearer realm=\"production\", error=\"invalid_token\"")
        );
    }

    #[test]
    fn s227_a_403_names_the_permission_and_the_credential() {
        let refused = answer("production", &GatewayRefusal::ScopeMissing(lacking()));
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(
            header(&refused, "www-authenticate"),
            "Bearer realm=\"production\", error=\"insufficient_scope\", scope=\"shifts.add\""
        );
        let text = refused.body.to_string();
        assert!(
            ["shifts.add", "shifts.read", "0197", "insufficient_scope"]
                .iter()
                .all(|part| text.contains(part)),
            "{text}"
        );
        let foreign = answer("production", &GatewayRefusal::VersionForeign(lacking()))
            .body
            .to_string();
        assert!(
            foreign.contains("version v2") && foreign.contains("version v3"),
            "{foreign}"
        );
    }

    #[test]
    fn s267_a_429_says_whose_limit_and_when_to_come_back() {
        let refused = answer(
            "production",
            &GatewayRefusal::TooManyRequests(AtLimit {
                account: "acme".to_owned(),
                limit: 5,
            }),
        );
        assert_eq!(
            (
                refused.status.as_u16(),
                header(&refused, "retry-after").as_str()
            ),
            (429, "1")
        );
        assert_eq!(
            header(&refused, "ratelimit"),
            "\"concurrent-requests\";r=0;t=1"
        );
        assert_eq!(
            header(&refused, "ratelimit-policy"),
            "\"concurrent-requests\";q=5;qu=\"concurrent-requests\""
        );
        assert_eq!(refused.body.get("account").unwrap(), "acme");
    }
}
