//! A credential at the mock of an API: what the gateway would say of the request comes before what the mock says.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::Response;
use oauth::access::Head;
use oauth::access::bearer::{self, NoToken};
use serde_json::Value;

use super::documented::{shown, success};
use super::place::Place;
use crate::context::Context;
use crate::gateway::rehearsal::{Rehearsal, rehearse};

/// What the gateway says of the request to the API itself; None where no token was sent, or one that only a mock answers.
///
/// # Errors
/// The gateway's own refusal.
pub async fn honour(
    context: &Context,
    head: &Parts,
    path: &str,
    mocked: &[String],
) -> Result<Option<Rehearsal>, Box<Response>> {
    if is_nobodys(&head.headers, mocked) {
        return Ok(None);
    }
    let path = if path.is_empty() { "/" } else { path };
    let asked = Head {
        method: head.method.as_str(),
        path,
        query: head.uri.query(),
    };
    rehearse(context, asked, &head.headers).await.map(Some)
}

/// A token that the mock of the token endpoint answers is as good as none, so that a program can be tried out on mocks
/// alone. It opens nothing that is not open.
fn is_nobodys(headers: &HeaderMap, mocked: &[String]) -> bool {
    let lines = headers.get_all(AUTHORIZATION).iter();
    match bearer::token(lines.map(|line| line.as_bytes())) {
        Ok(token) => mocked.iter().any(|known| known == token),
        Err(NoToken::Missing) => true,
        Err(NoToken::Malformed | NoToken::Repeated) => false,
    }
}

/// Every access token that the examples of a description answer.
pub fn example_tokens(document: &Value) -> Vec<String> {
    let paths = Place::root(document).member("paths");
    let mut tokens = Vec::new();
    for (_, path) in paths.iter().flat_map(|paths| paths.members()) {
        for (_, operation) in path.members() {
            let Some(mut choice) = success(&operation) else {
                continue;
            };
            let content = choice.response.member("content");
            let media = content.iter().flat_map(|content| content.members());
            let examples = media.filter_map(|(_, media)| media.member("examples"));
            let names: Vec<String> = examples
                .flat_map(|examples| {
                    examples
                        .members()
                        .map(|(name, _)| name.to_owned())
                        .collect::<Vec<_>>()
                })
                .collect();
            for name in std::iter::once(None).chain(names.into_iter().map(Some)) {
                choice.example = name;
                let values = shown(document, &choice).into_iter();
                tokens.extend(values.filter_map(|shown| {
                    Some(shown.value.get("access_token")?.as_str()?.to_owned())
                }));
            }
        }
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}
