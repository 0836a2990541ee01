//! The answers that say no, by status: each code that an endpoint has, in the dialect's own words.

use std::collections::BTreeMap;

use oauth::error_response::{ErrorCode, WrittenResponse};
use oauth::request::RequestRefusal;
use serde_json::{Map, Value, json};

use super::Described;
use super::samples::ADDRESS;
use crate::config::budgets::Enforcement;
use crate::endpoints::answer;
use crate::limits::{FAILURES_PER_MINUTE, TooMany};
use crate::listener::dispatch::MISDIRECTED;
use crate::pages::catalogue::Language;

/// Seconds until the next request may pass, in the example.
const RETRY_AFTER: u64 = 12;

/// Statuses and their examples: name and answer.
type ByStatus = BTreeMap<u16, Vec<(&'static str, WrittenResponse)>>;

impl Described<'_> {
    /// The refusals of an endpoint that reads a body and proves the client: these codes, and what every such endpoint says.
    pub fn refusals(&self, codes: &[ErrorCode]) -> Map<String, Value> {
        let realm = self.environment.name.as_str();
        let dialect = &self.environment.dialect;
        let mut by_status = ByStatus::new();
        let everywhere = [
            ErrorCode::InvalidRequest,
            ErrorCode::InvalidClient,
            ErrorCode::TooManyRequests,
            ErrorCode::TemporarilyUnavailable,
        ];
        for code in everywhere.iter().chain(codes) {
            let written = match code {
                ErrorCode::TooManyRequests => {
                    let (which, limit) = self.token_limit();
                    let sentence = answer::too_many_sentence(limit, which, ADDRESS);
                    dialect.write_error_saying(*code, &sentence, realm)
                }
                _ => dialect.write_error(*code, realm),
            };
            let name = match code {
                ErrorCode::TooManyRequests => "too_many_requests",
                other => other.as_str(),
            };
            by_status
                .entry(written.status)
                .or_default()
                .push((name, written));
        }
        for (name, refusal) in [
            ("body_too_large", RequestRefusal::BodyTooLarge),
            (
                "unsupported_media_type",
                RequestRefusal::UnsupportedMediaType,
            ),
        ] {
            let written = dialect.write_request_refusal(refusal, realm);
            by_status
                .entry(written.status)
                .or_default()
                .push((name, written));
        }
        let slow = WrittenResponse {
            status: 408,
            ..dialect.write_error(ErrorCode::InvalidRequest, realm)
        };
        by_status
            .entry(slow.status)
            .or_default()
            .push(("body_too_slow", slow));
        by_status
            .into_iter()
            .map(|(status, written)| (status.to_string(), self.refusal(status, &written)))
            .collect()
    }

    fn refusal(&self, status: u16, written: &[(&'static str, WrittenResponse)]) -> Value {
        let examples: Map<String, Value> = written
            .iter()
            .map(|(name, written)| ((*name).to_owned(), example(cause(name), &written.body)))
            .collect();
        let mut refusal = json!({
            "description": meaning(status),
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" }, "examples": examples } },
        });
        let challenge = written
            .iter()
            .find_map(|(_, written)| written.www_authenticate.clone());
        let headers: Vec<(&str, String)> = match (status, challenge) {
            (_, Some(challenge)) => vec![("www-authenticate", challenge)],
            (429, None) => answer::too_many_headers(self.token_limit().1).to_vec(),
            (503, None) => vec![("retry-after", answer::COME_BACK.to_string())],
            _ => Vec::new(),
        };
        if !headers.is_empty() {
            refusal["headers"] = described_headers(&headers);
        }
        refusal
    }

    /// The limit of token requests that a client meets first.
    fn token_limit(&self) -> (&'static str, TooMany) {
        let environment = self.environment;
        let (which, limit) = match (
            environment.token_requests_mode,
            environment.token_requests_per_minute,
            environment.token_requests_per_minute_per_credential,
        ) {
            (Enforcement::Enforce, 1.., _) => (
                answer::TOKENS_OF_ADDRESS,
                environment.token_requests_per_minute,
            ),
            (Enforcement::Enforce, 0, limit @ 1..) => (answer::TOKENS_OF_CREDENTIAL, limit),
            _ => (answer::FAILURES_OF_CLIENT, FAILURES_PER_MINUTE),
        };
        let retry_after = RETRY_AFTER;
        (which, TooMany { retry_after, limit })
    }

    /// The refusal that every address has: the host is none of this platform's.
    pub fn misdirected(&self) -> Value {
        json!({
            "description": meaning(421),
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Misdirected" },
                "examples": { "misdirected_request": example(cause("misdirected_request"), MISDIRECTED.as_bytes()) },
            } },
        })
    }
}

/// A named example: what it came of, and the body as it is answered.
pub fn example(summary: String, body: &[u8]) -> Value {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    json!({ "summary": summary, "value": value })
}

/// Why one is told so, in the words that the page has for it.
pub fn cause(name: &str) -> String {
    let key = format!("docs-cause-{}", name.replace('_', "-"));
    Language::English.sentence(&key, &[])
}

/// Headers of an answer with the values that they have in the example.
pub fn described_headers(headers: &[(&str, String)]) -> Value {
    let header = |(name, value): &(&str, String)| {
        let (spelling, meaning) = match *name {
            "www-authenticate" => (
                "WWW-Authenticate",
                "How to authenticate (RFC 9110 §11.6.1).",
            ),
            "retry-after" => ("Retry-After", "Seconds to wait before the next try."),
            "ratelimit-policy" => ("RateLimit-Policy", "The limit that was met."),
            "ratelimit" => (
                "RateLimit",
                "What is left of it, and in how many seconds there is more.",
            ),
            _ => ("Allow", "What may be asked here."),
        };
        let described =
            json!({ "description": meaning, "schema": { "type": "string" }, "example": value });
        (spelling.to_owned(), described)
    };
    headers.iter().map(header).collect::<Map<_, _>>().into()
}

/// What a status means, whichever of its errors it is.
pub fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request is refused; `error` says why.",
        401 => "The client, or the token, is not accepted.",
        403 => "The token lives, but does not open this.",
        408 => "The body did not arrive in time.",
        413 => "The body is longer than 64 KiB.",
        415 => "The body is of a kind that is not read here.",
        421 => "The host of the request is none of this platform's.",
        429 => "Too many requests; `Retry-After` says when to come back.",
        503 => "Something of ours is away; nothing is wrong with the request. Try again.",
        _ => "Refused.",
    }
}
