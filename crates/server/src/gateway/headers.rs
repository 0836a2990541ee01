//! Which headers go upstream, which come back, and which are ours to say.
//!
//! Order matters (RFC 9110 §7.6.1): first the headers that belong to the connection are left out,
//! and those that `Connection` names; our own are set last, so that naming one of ours in
//! `Connection` takes nothing away from the upstream (the hole of several gateways).
//!
//! Whatever servers may read as the name of one of ours counts as that and never passes
//! (`oauth::access::header_name`).

use std::net::IpAddr;

use axum::http::Version;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use oauth::access::header_name::{begins_alike, spelled_alike};

use super::cookies;
use super::decision::Decision;
use crate::context::Context;
use crate::listener::{address, request_id};
use crate::platform::Issuer;
use crate::said;
use crate::tokens::verify::LiveToken;

/// They speak about one connection, not about the message (RFC 9110 §7.6.1). `Expect` too: we answer
/// it ourselves by beginning to read the body.
const OF_THE_CONNECTION: [&str; 11] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
    "expect",
];
/// Said by us alone: who calls, from where, under which name. The `x-original-` and `x-rewrite-`
/// headers make some frameworks serve another path than the one that was judged.
const OURS_BY_PREFIX: [&str; 4] = ["x-grantor-", "x-forwarded-", "x-original-", "x-rewrite-"];
const OURS: [&str; 7] = [
    "forwarded",
    "x-request-id",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
];

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const ENVIRONMENT: HeaderName = HeaderName::from_static("x-grantor-environment");
const ACCOUNT: HeaderName = HeaderName::from_static("x-grantor-account");
const CLIENT_ID: HeaderName = HeaderName::from_static("x-grantor-client-id");
const CREDENTIAL: HeaderName = HeaderName::from_static("x-grantor-credential");
const SCOPE: HeaderName = HeaderName::from_static("x-grantor-scope");
const PERSON: HeaderName = HeaderName::from_static("x-grantor-person");
const USERNAME: HeaderName = HeaderName::from_static("x-grantor-username");

/// The headers that go upstream with a request. `length` is the body's, None when it is not known before its end.
pub fn upstream(
    context: &Context,
    decision: &Decision<'_>,
    parts: &Parts,
    length: Option<u64>,
) -> HeaderMap {
    let named = named_by_connection(&parts.headers);
    let mut headers = HeaderMap::with_capacity(parts.headers.len() + 16);
    for (name, value) in &parts.headers {
        let of_hop = is_of_the_connection(name, &named)
            || name == header::HOST
            || name == header::CONTENT_LENGTH;
        // A live token must not reach an upstream that could use it; on a public route credentials are the upstream's own matter.
        let token = name == header::AUTHORIZATION && decision.token.is_some();
        if of_hop || token || is_ours(name) {
            continue;
        }
        let kept = if name == header::COOKIE {
            cookies::without_ours(value)
        } else {
            Some(value.clone())
        };
        if let Some(value) = kept {
            headers.append(name.clone(), value);
        }
    }
    frame(&mut headers, parts, length);
    say_whence(&mut headers, context, parts);
    say_who(&mut headers, &context.issuer, decision.token.as_ref());
    headers
}

/// The headers that come back with an answer.
pub fn client(context: &Context, received: &HeaderMap) -> HeaderMap {
    let named = named_by_connection(received);
    let chunked = received.contains_key(header::TRANSFER_ENCODING);
    let mut headers = HeaderMap::with_capacity(received.len() + 2);
    for (name, value) in received {
        let misleading = name == header::CONTENT_LENGTH && chunked;
        let foreign = name == header::SET_COOKIE && cookies::sets_ours(value);
        let ours = begins_alike(name.as_str(), "x-grantor-")
            || spelled_alike(name.as_str(), "x-request-id");
        if !(is_of_the_connection(name, &named) || misleading || foreign || ours) {
            headers.append(name.clone(), value.clone());
        }
    }
    headers.insert(request_id::HEADER, context.request_id.header());
    headers
}

/// Whether a header says who calls, or another path than the one that was judged: what no proxy leaves to a client.
pub fn claims(name: &HeaderName) -> bool {
    ["x-grantor-", "x-original-", "x-rewrite-"]
        .iter()
        .any(|prefix| begins_alike(name.as_str(), prefix))
}

fn is_ours(name: &HeaderName) -> bool {
    OURS_BY_PREFIX
        .iter()
        .any(|prefix| begins_alike(name.as_str(), prefix))
        || OURS.iter().any(|ours| spelled_alike(name.as_str(), ours))
}

/// Whether a header speaks of one connection: by what it is, or because `Connection` names it.
pub fn is_of_the_connection(name: &HeaderName, named: &[String]) -> bool {
    OF_THE_CONNECTION.contains(&name.as_str()) || named.iter().any(|other| other == name.as_str())
}

/// The names that `Connection` names.
///
/// What is no text cannot be a header's name; it takes nothing away from the names beside it.
pub fn named_by_connection(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::CONNECTION).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| std::str::from_utf8(name.trim_ascii()).ok())
        .filter(|name| !name.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Whether `Connection` names the upgrade, without which `Upgrade` asks for nothing (RFC 9110 §7.8).
pub fn names_upgrade(headers: &HeaderMap) -> bool {
    named_by_connection(headers)
        .iter()
        .any(|name| name == "upgrade")
}

/// Says how long the body is in one way only, whatever the sender said and `Connection` named (RFC 9112 §6.3).
fn frame(headers: &mut HeaderMap, parts: &Parts, length: Option<u64>) {
    match length {
        None => {
            headers.insert(
                header::TRANSFER_ENCODING,
                HeaderValue::from_static("chunked"),
            );
        }
        Some(0) if !["POST", "PUT", "PATCH"].contains(&parts.method.as_str()) => {}
        Some(length) => {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
    }
}

/// Says where the request came from: the one address that was verified, never what the sender claims.
///
/// An upstream that believes the leftmost address of a list, as many do, can then not be told
/// anything by whoever sent the request; the chain of proxies before us ends here.
fn say_whence(headers: &mut HeaderMap, context: &Context, parts: &Parts) {
    let asked = parts.uri.authority().map(Authority::as_str);
    let asked = asked.or_else(|| parts.headers.get(header::HOST)?.to_str().ok());
    let base = context.issuer.said.base_at(asked);
    let address = address::text(context.remote_address);
    let mut forwarded = String::with_capacity(96);
    match context.remote_address {
        IpAddr::V4(_) => forwarded.extend(["for=", &address]),
        IpAddr::V6(_) => forwarded.extend(["for=\"[", &address, "]\""]),
    }
    forwarded.push_str(base.map_or("", |base| &base.forwarded));
    set(headers, FORWARDED, said::value(forwarded));
    set(headers, FORWARDED_FOR, said::value(address));
    set(
        headers,
        FORWARDED_HOST,
        base.and_then(|base| base.host.clone()),
    );
    set(
        headers,
        FORWARDED_PROTO,
        base.and_then(|base| base.proto.clone()),
    );
    headers.insert(request_id::HEADER, context.request_id.header());
    // RFC 9110 §7.6.3: a gateway must.
    let via = if parts.version == Version::HTTP_2 {
        "2 grantor"
    } else {
        "1.1 grantor"
    };
    headers.append(header::VIA, HeaderValue::from_static(via));
}

/// Says who calls; on a public route, where nobody is asked, only in which environment.
pub fn say_who(headers: &mut HeaderMap, issuer: &Issuer, token: Option<&LiveToken>) {
    set(headers, ENVIRONMENT, issuer.said.name.clone());
    let Some(token) = token else { return };
    let said = &token.client.said;
    set(headers, ACCOUNT, said.account.clone());
    set(headers, CLIENT_ID, said.client_id.clone());
    set(headers, CREDENTIAL, said.credential.clone());
    set(headers, SCOPE, HeaderValue::from_str(&token.scope).ok());
    if let Some(person) = &token.person {
        set(headers, PERSON, HeaderValue::from_str(&person.id).ok());
        set(headers, USERNAME, said::name(&person.username));
    }
}

/// A value that cannot stand in a header is left out: an upstream then sees nobody, never somebody else.
fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn name(text: &str) -> HeaderName {
        HeaderName::try_from(text).unwrap()
    }

    #[test]
    fn s237_an_identity_header_is_ours_in_every_spelling() {
        for spelled in [
            "X-Grantor-Account",
            "x_grantor_account",
            "X.Grantor.Account",
            "X_Grantor-Client.Id",
            "x-grantor-anything",
            "X~Grantor!Scope",
            "X-Forwarded-For",
            "X_Forwarded_Host",
            "Forwarded",
            "X-Request-Id",
            "x_real_ip",
            "X-Original-URL",
            "X-Rewrite-Url",
        ] {
            assert!(is_ours(&name(spelled)), "{spelled}");
        }
        for other in [
            "X-Grantor",
            "Authorization",
            "X-My-Grantor-Account",
            "Content-Type",
            "Via",
        ] {
            assert!(!is_ours(&name(other)), "{other}");
        }
    }

    #[test]
    fn s236_connection_names_what_belongs_to_the_connection() {
        let mut headers = HeaderMap::new();
        headers.append(header::CONNECTION, "close, X-Mine".parse().unwrap());
        headers.append(header::CONNECTION, "Upgrade,,".parse().unwrap());
        let named = named_by_connection(&headers);
        assert_eq!(named, ["close", "x-mine", "upgrade"]);
        let line = HeaderValue::from_bytes(b"X-Hop, \xff, \xc3\xa9, X-Last").unwrap();
        let named_beside = named_by_connection(&HeaderMap::from_iter([(header::CONNECTION, line)]));
        assert_eq!(named_beside, ["x-hop", "\u{e9}", "x-last"]);
        assert!(is_of_the_connection(&name("x-mine"), &named));
        assert!(is_of_the_connection(&name("TE"), &named));
        assert!(!is_of_the_connection(&name("accept"), &named));
    }
}
