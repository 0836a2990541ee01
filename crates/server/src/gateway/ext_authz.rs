//! Envoy asks by gRPC (`envoy.service.auth.v3.Authorization/Check`) whether a request may pass.
//!
//! The same as [`forward_auth`](super::forward_auth), with more to say: the answer names the headers that the upstream
//! is not to see, so that what a client claims to be is taken away in every spelling.

mod check_response;
pub mod messages;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use oauth::access::Head;

use super::forward_auth::{Gate, is_disguised, judge, refuse, remember};
use super::headers::{claims, say_who};
use super::refusal::{GatewayRefusal, Unusable};
use crate::context::Context;
use messages::{CheckResponse, HttpRequest};

/// Answers one question about a request to the environment that it was sent to.
pub async fn check(
    context: &Context,
    gate: &Gate,
    asked: &HttpRequest,
    headers: &HeaderMap,
) -> CheckResponse {
    if let Err(refusal) = gate.lets_ask(context.peer) {
        return check_response::denied(refuse(gate, context, &refusal).await).await;
    }
    let head = match head(asked) {
        Ok(head) => head,
        Err(why) => {
            let refusal = GatewayRefusal::ForwardedUnusable(why);
            return check_response::denied(refuse(gate, context, &refusal).await).await;
        }
    };
    match judge(context, head, headers).await {
        Ok(decision) => {
            let mut who = HeaderMap::new();
            say_who(&mut who, &context.issuer, decision.token.as_ref());
            let mut removed = claimed(headers, &who);
            if decision.token.is_some() {
                removed.push("authorization".to_owned());
            }
            check_response::allowed(&who, removed)
        }
        Err(refusal) => {
            let refused = refuse(gate, context, &refusal).await;
            check_response::denied(remember(context, head, headers, refused, &refusal)).await
        }
    }
}

/// The headers as Envoy lists them: one value for each name, those of the same name joined by commas.
///
/// # Errors
/// Something that can stand in no header.
pub fn headers(asked: &HttpRequest) -> Result<HeaderMap, Unusable> {
    let mut headers = HeaderMap::with_capacity(asked.headers.len());
    for (name, value) in &asked.headers {
        if name.starts_with(':') {
            continue;
        }
        let name = HeaderName::try_from(name).map_err(|_| Unusable::Malformed("header name"))?;
        let value = HeaderValue::from_str(value).map_err(|_| Unusable::Malformed("header"))?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// Envoy sends the query within the path, and its own fields for query and fragment empty.
fn head(asked: &HttpRequest) -> Result<Head<'_>, Unusable> {
    let target = asked.path.as_str();
    let whole = asked.query.is_empty() && asked.fragment.is_empty();
    if !whole || !target.starts_with('/') || target.contains('#') {
        return Err(Unusable::Malformed("path"));
    }
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    Ok(Head {
        method: &asked.method,
        path,
        query,
    })
}

/// The request's headers that are no client's to send, but for those that the answer sets anyway: Envoy removes after it sets.
/// From where a request came is for Envoy to say; other spellings of that are none of its own.
fn claimed(headers: &HeaderMap, set: &HeaderMap) -> Vec<String> {
    headers
        .keys()
        .filter(|name| claims(name) || is_disguised(name.as_str()))
        .filter(|name| !set.contains_key(*name))
        .map(|name| name.as_str().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(path: &str) -> HttpRequest {
        HttpRequest {
            method: "GET".to_owned(),
            path: path.to_owned(),
            ..HttpRequest::default()
        }
    }

    #[test]
    fn s231_path_and_query_are_told_apart() {
        let request = asked("/v1/orders?x=/public/?y");
        let head = head(&request).unwrap();
        assert_eq!(
            (head.path, head.query),
            ("/v1/orders", Some("x=/public/?y"))
        );
    }

    #[test]
    fn s242_a_malformed_question_is_refused() {
        for path in ["", "*", "v1", "http://[::", "/v1/orders#x"] {
            assert!(head(&asked(path)).is_err(), "{path}");
        }
        let mut two = asked("/v1");
        two.query = "x".to_owned();
        assert!(head(&two).is_err());
        let mut odd = asked("/v1");
        odd.headers.insert("a b".to_owned(), String::new());
        assert!(super::headers(&odd).is_err());
    }

    #[test]
    fn s237_what_a_client_claims_is_removed_in_every_spelling() {
        let mut request = asked("/v1");
        for name in [
            "x-grantor-account",
            "x_grantor_account",
            "x.grantor.person",
            "x_forwarded_for",
            "cf.connecting.ip",
            "x-forwarded-for",
            "accept",
            ":path",
        ] {
            request.headers.insert(name.to_owned(), "admin".to_owned());
        }
        let mut set = HeaderMap::new();
        set.insert("x-grantor-account", HeaderValue::from_static("acme"));
        let mut removed = claimed(&super::headers(&request).unwrap(), &set);
        removed.sort_unstable();
        assert_eq!(
            removed,
            [
                "cf.connecting.ip",
                "x.grantor.person",
                "x_forwarded_for",
                "x_grantor_account"
            ]
        );
    }
}
