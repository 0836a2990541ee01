//! One way to manage: the management API, spoken to the running server over TCP, or, when none
//! runs, to the same routes within this process.
//!
//! Before anything is sent to a server, it proves that it holds our master key: the program on
//! the configured port might be another one. Nothing is sent to a stranger.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tower::ServiceExt;

use super::connection::{self, Way};
use super::ended::Ended;
use crate::admin::proof::{self, Proofs};
use crate::admin::{self, command_line_token};
use crate::config::Config;
use crate::platform::Platform;
use crate::secrets::master_key::MasterKeys;
use crate::secrets::source;
use crate::{clock, random, serve};

/// The largest answer that is read: pages are bounded, so this is far more than any has.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// How long a body of any size may take, and its answer.
const BRINGING: Duration = Duration::from_secs(30 * 60);

/// Where the management API is.
pub enum Management {
    /// In a server that proved to be ours.
    Server {
        /// How it is reached.
        way: Way,
        /// What its tokens are sealed with.
        keys: MasterKeys,
    },
    /// Here.
    Process {
        /// The same routes.
        router: Router,
        /// What they work on.
        platform: Arc<Platform>,
    },
}

/// What the API answered when it did not refuse.
pub struct Answer {
    /// The JSON.
    pub value: Value,
    /// The path and query of the next page.
    next: Option<String>,
}

impl Management {
    /// Finds the running server, or opens the database itself.
    pub async fn open(config: Config) -> Result<Self, Ended> {
        let way = Way::to(&config.server)?;
        let address = way.address;
        let Some(stream) = way.connect().await? else {
            let platform = serve::build(config, clock::now())
                .await
                .map_err(|error| Ended::wrong(&error))?;
            return Ok(Self::in_process(platform));
        };
        let place = source::place(&config).map_err(|error| Ended::usage(error.to_string()))?;
        let keys = source::read(&place).map_err(|error| Ended::usage(error.to_string()))?.ok_or_else(|| {
            Ended::usage(format!("A program listens on {address} (server.admin), and without the master key ({place}) it cannot be told whether it is ours."))
        })?;
        let nonce = random::bytes::<32>().map_err(|error| Ended::refused(format!("{error}.")))?;
        let request = Request::builder()
            .uri(format!(
                "/admin/v1/self?nonce={}",
                URL_SAFE_NO_PAD.encode(nonce)
            ))
            .header(header::HOST, address.to_string())
            .body(Body::empty())
            .map_err(|error| Ended::refused(format!("{error}.")))?;
        let stranger = || {
            Ended::refused(format!(
                "The program on {address} is not the Grantor of this configuration (it does not prove to hold the same master key): stop it, or set another server.admin."
            ))
        };
        let response = connection::send(stream, request, connection::ANSWERING)
            .await
            .map_err(|_| stranger())?;
        let (_, body) = bytes(response).await.map_err(|_| stranger())?;
        let answer: Proofs = serde_json::from_slice(&body).map_err(|_| stranger())?;
        if proof::convinces(&keys, &nonce, address.port(), &answer) {
            Ok(Self::Server { way, keys })
        } else {
            Err(stranger())
        }
    }

    /// The routes within this process, on a platform that is open already.
    pub fn in_process(platform: Arc<Platform>) -> Self {
        Self::Process {
            router: admin::router(Arc::clone(&platform)),
            platform,
        }
    }

    /// Calls the API; a refusal ends the command with the sentence of its problem document.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Ended> {
        let json = body.is_some();
        let body = body.map_or_else(Body::empty, |value| Body::from(value.to_string()));
        self.exchange(method, path, body, json, connection::ANSWERING)
            .await
    }

    /// The same with a body of JSON that may be large and is made as it is sent.
    pub async fn send(&self, method: Method, path: &str, body: Body) -> Result<Answer, Ended> {
        self.exchange(method, path, body, true, BRINGING).await
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Body,
        json: bool,
        patience: Duration,
    ) -> Result<Answer, Ended> {
        let key = match self {
            Self::Server { keys, .. } => command_line_token::seal(keys.current(), clock::now()),
            Self::Process { platform, .. } => {
                command_line_token::seal(platform.master_keys.load().current(), clock::now())
            }
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"));
        if json {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let response = match self {
            Self::Server { way, .. } => {
                let request = request
                    .header(header::HOST, way.address.to_string())
                    .body(body);
                let request = request.map_err(|error| Ended::refused(format!("{error}.")))?;
                let stream = way
                    .connect()
                    .await?
                    .ok_or_else(|| Ended::refused("The server has just stopped; ask again."))?;
                connection::send(stream, request, patience).await?
            }
            Self::Process { router, .. } => {
                let request = request
                    .body(body)
                    .map_err(|error| Ended::refused(format!("{error}.")))?;
                match router.clone().oneshot(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                }
            }
        };
        read(response).await
    }

    /// Every row of a list, page by page, until there are `most`.
    pub async fn list(&self, path: &str, most: usize) -> Result<Vec<Value>, Ended> {
        let mut rows = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next.take().filter(|_| rows.len() < most) {
            let answer = self.call(Method::GET, &path, None).await?;
            if let Value::Array(page) = answer.value {
                rows.extend(page);
            }
            next = answer.next;
        }
        rows.truncate(most);
        Ok(rows)
    }

    /// Waits for what was written.
    pub async fn close(self) {
        if let Self::Process { platform, .. } = self {
            platform.store.close().await;
        }
    }
}

async fn read(response: Response<Body>) -> Result<Answer, Ended> {
    let status = response.status();
    let next = response
        .headers()
        .get(header::LINK)
        .and_then(|link| link.to_str().ok())
        .and_then(next_page);
    let (request_id, body) = bytes(response).await?;
    // A file is answered as the text it is.
    let as_text = || String::from_utf8(body.to_vec()).map_or(Value::Null, Value::String);
    let value: Value = serde_json::from_slice(&body).unwrap_or_else(|_| as_text());
    if status.is_success() {
        return Ok(Answer { value, next });
    }
    let mut sentence = value
        .get("detail")
        .and_then(Value::as_str)
        .map_or_else(|| format!("The server answered {status}."), str::to_owned);
    if status == StatusCode::INTERNAL_SERVER_ERROR
        && let Some(request_id) = request_id
    {
        sentence.push_str(&format!(" (request {request_id})"));
    }
    // What the request itself got wrong is wrong usage; the rest is refused, not found or not possible now.
    Err(if status == StatusCode::BAD_REQUEST {
        Ended::usage(sentence)
    } else {
        Ended::refused(sentence)
    })
}

async fn bytes(response: Response<Body>) -> Result<(Option<String>, axum::body::Bytes), Ended> {
    let request_id = response
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned);
    let body = axum::body::to_bytes(response.into_body(), LARGEST_ANSWER).await;
    let body = body.map_err(|_| {
        Ended::refused("The server broke its answer off; look whether the change was made.")
    })?;
    Ok((request_id, body))
}

/// The target of `Link: <…>; rel="next"`.
fn next_page(link: &str) -> Option<String> {
    let (target, parameters) = link.strip_prefix('<')?.split_once('>')?;
    parameters
        .contains("rel=\"next\"")
        .then(|| target.to_owned())
}

/// A path below `/admin/v1` with a segment that may hold anything, and the parameters that were given.
pub fn path(before: &str, segment: &str, after: &str, query: &[(&str, Option<&str>)]) -> String {
    let segment =
        percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC);
    with_query(&format!("/admin/v1/{before}{segment}{after}"), query)
}

/// A path with the parameters that were given.
pub fn with_query(path: &str, query: &[(&str, Option<&str>)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query {
        if let Some(value) = value {
            text.append_pair(name, value);
        }
    }
    match text.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_names_stay_within_their_segment() {
        assert_eq!(
            path("accounts/", "../x?y/ö", "/suspend", &[]),
            "/admin/v1/accounts/%2E%2E%2Fx%3Fy%2F%C3%B6/suspend"
        );
        assert_eq!(
            with_query(
                "/admin/v1/keys",
                &[("environment", Some("a&b")), ("account", None)]
            ),
            "/admin/v1/keys?environment=a%26b"
        );
    }

    #[test]
    fn the_next_page_is_read_from_its_link() {
        assert_eq!(
            next_page("</admin/v1/credentials?cursor=x>; rel=\"next\"").as_deref(),
            Some("/admin/v1/credentials?cursor=x")
        );
        assert_eq!(next_page("</x>; rel=\"prev\""), None);
        assert_eq!(next_page("nonsense"), None);
    }
}
