//! 429: which limit was reached, whose it is, and when to come back.
//!
//! With the headers of draft-ietf-httpapi-ratelimit-headers.

use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};

use super::super::refusal::AtLimit;
use super::{Answer, SOON};
use crate::limits::budgets::{Left, UsedUp};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const DAY: u64 = 24 * 60 * 60;

/// The account has as many requests running as it may. The quota unit is the draft's own.
pub fn at_once(at: &AtLimit) -> Answer {
    let AtLimit { account, limit } = at;
    let body = json!({
        "error": "too_many_requests",
        "error_description": format!(
            "Account '{account}' has {limit} requests running, as many as it may have at a time over all its credentials. \
             Try again when one has ended; look again in {SOON} second."
        ),
        "limit": "concurrent_requests",
        "allowed": limit,
        "account": account,
        "retry_after": SOON,
    });
    let policy = format!("\"concurrent-requests\";q={limit};qu=\"concurrent-requests\"");
    answer(body, policy, "concurrent-requests", SOON)
}

/// A credential's budget is used up.
pub fn of_budget(budget: &UsedUp) -> Answer {
    let UsedUp {
        limit,
        most,
        credential,
        retry_after,
    } = budget;
    let (name, window, when) = match *limit {
        "requests_per_second" => ("requests-per-second", 1, "in a second"),
        _ => ("requests-per-day", DAY, "on one day (UTC)"),
    };
    let body = json!({
        "error": "too_many_requests",
        "error_description": format!(
            "Credential {credential} may make {most} requests {when}, and has made them. Come back in {retry_after} s."
        ),
        "limit": limit,
        "allowed": most,
        "credential": credential,
        "retry_after": retry_after,
    });
    let policy = format!("\"{name}\";q={most};w={window}");
    answer(body, policy, name, *retry_after)
}

/// Says on an answer that passes what is left of the day.
pub fn say_left(headers: &mut HeaderMap, left: Left) {
    let Left {
        most,
        left,
        renewed_in,
    } = left;
    let policy = format!("\"requests-per-day\";q={most};w={DAY}");
    let state = format!("\"requests-per-day\";r={left};t={renewed_in}");
    for (name, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

fn answer(body: Value, policy: String, name: &str, retry_after: u64) -> Answer {
    let answer = Answer {
        status: StatusCode::TOO_MANY_REQUESTS,
        body,
        headers: Vec::new(),
    };
    answer
        .with(RETRY_AFTER, retry_after.to_string())
        .with(RATE_LIMIT_POLICY, policy)
        .with(RATE_LIMIT, format!("\"{name}\";r=0;t={retry_after}"))
}
