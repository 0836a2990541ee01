//! Spans, as a collector gets them.

use std::sync::{Arc, Mutex};

use prost::Message;

use super::super::support::api::Api;
use super::super::support::{Request, until};
use super::{client, serve, setup, token};

#[derive(Clone, PartialEq, Message)]
struct Export {
    #[prost(message, repeated, tag = "1")]
    resources: Vec<Resource>,
}
#[derive(Clone, PartialEq, Message)]
struct Resource {
    #[prost(message, optional, tag = "1")]
    resource: Option<Attributes>,
    #[prost(message, repeated, tag = "2")]
    scopes: Vec<Scope>,
}
#[derive(Clone, PartialEq, Message)]
struct Attributes {
    #[prost(message, repeated, tag = "1")]
    attributes: Vec<KeyValue>,
}
#[derive(Clone, PartialEq, Message)]
struct Scope {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<Span>,
}
#[derive(Clone, PartialEq, Message)]
struct Span {
    #[prost(bytes, tag = "1")]
    trace_id: Vec<u8>,
    #[prost(bytes, tag = "2")]
    span_id: Vec<u8>,
    #[prost(bytes, tag = "4")]
    parent: Vec<u8>,
    #[prost(string, tag = "5")]
    name: String,
    #[prost(int32, tag = "6")]
    kind: i32,
    #[prost(fixed64, tag = "7")]
    start: u64,
    #[prost(fixed64, tag = "8")]
    end: u64,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<KeyValue>,
}
#[derive(Clone, PartialEq, Message)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}
#[derive(Clone, PartialEq, Message)]
struct AnyValue {
    #[prost(string, optional, tag = "1")]
    text: Option<String>,
    #[prost(int64, optional, tag = "3")]
    number: Option<i64>,
}

const SERVER: i32 = 2;
const CLIENT: i32 = 3;

impl Span {
    fn attribute(&self, key: &str) -> String {
        let found = self
            .attributes
            .iter()
            .find(|attribute| attribute.key == key);
        let value = found
            .and_then(|attribute| attribute.value.clone())
            .unwrap_or_default();
        value
            .text
            .or(value.number.map(|number| number.to_string()))
            .unwrap_or_default()
    }
}

/// What a collector heard: heads, and bodies as they came.
type Heard = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

fn collector() -> (Api, Heard) {
    let heard = Heard::default();
    let remembered = Arc::clone(&heard);
    let api = Api::start(move |head, wire| {
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let body = wire.take(length.unwrap().trim().parse().unwrap());
        remembered.lock().unwrap().push((head.to_owned(), body));
        wire.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    (api, heard)
}

fn spans(heard: &Heard) -> Vec<Span> {
    let heard = heard.lock().unwrap();
    let exports = heard
        .iter()
        .map(|(_, body)| Export::decode(body.as_slice()).unwrap());
    exports
        .flat_map(|export| export.resources)
        .flat_map(|resource| resource.scopes)
        .flat_map(|scope| scope.spans)
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_request_is_a_span_with_what_the_upstream_was_asked_below_it_and_no_secret_in_either() {
    let (sink, heard) = collector();
    let api = Api::start(serve);
    let mut server = setup(&api)
        .with("TELEMETRY__OTLP", &format!("http://{}", sink.authority))
        .with("TELEMETRY__HEADERS__X_KEY", "for%20the collector")
        .with("TELEMETRY__SERVICE_NAME", "acme-gateway")
        .start();
    let (client, account) = client(&server, "production");
    let live = token(&server, "production", &client);
    let authority = server.at("production").to_owned();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traced = Request::get("/api/plain/7?secret=in-the-query")
        .bearer(&live)
        .header("Cookie", "a=in-a-cookie")
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
        .header("tracestate", "vendor=1");
    assert_eq!(traced.send(&authority).status, 200);
    let broken = Request::get("/api/plain/8")
        .bearer(&live)
        .header("traceparent", "00-broken")
        .header("tracestate", "vendor=1");
    assert_eq!(broken.send(&authority).status, 200);
    let unsampled = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00";
    assert_eq!(
        Request::get("/api/plain/9")
            .bearer(&live)
            .header("traceparent", unsampled)
            .send(&authority)
            .status,
        200
    );
    assert_eq!(
        Request::get("/api/plain")
            .bearer("nonsense")
            .send(&authority)
            .status,
        401
    );
    assert_eq!(
        Request::get("/api/gone")
            .bearer(&live)
            .send(&authority)
            .status,
        502
    );
    assert_eq!(
        Request::new("BREW", "/nowhere").send(&authority).status,
        405
    );
    // Everything is sent before the end, however short the time was.
    server.stop();
    let spans = spans(&heard);
    let named = |name: &str, kind| {
        spans
            .iter()
            .filter(|span| span.name == name && span.kind == kind)
            .collect::<Vec<_>>()
    };

    let [asked] = *named("POST /oauth/token", SERVER) else {
        panic!("{spans:#?}")
    };
    assert_eq!(
        (
            asked.attribute("http.route"),
            asked.attribute("grantor.environment")
        ),
        ("/oauth/token".to_owned(), "production".to_owned())
    );
    let first = spans
        .iter()
        .find(|span| hex(&span.trace_id) == trace && span.kind == SERVER)
        .unwrap();
    assert_eq!(
        (first.name.as_str(), hex(&first.parent).as_str()),
        ("GET /api", "00f067aa0ba902b7")
    );
    assert_eq!(first.attribute("http.response.status_code"), "200");
    assert!(first.end >= first.start && first.end - first.start < 30_000_000_000);
    let below = spans
        .iter()
        .find(|span| span.kind == CLIENT && span.parent == first.span_id)
        .unwrap();
    assert_eq!(
        (
            hex(&below.trace_id).as_str(),
            below.attribute("http.response.status_code").as_str()
        ),
        (trace, "200")
    );
    assert_eq!(below.attribute("server.address"), "127.0.0.1");
    let sent = &api.seen("/api/plain/7")[0];
    assert!(
        sent.contains(&format!(
            "traceparent: 00-{trace}-{}-01\r\n",
            hex(&below.span_id)
        )),
        "{sent}"
    );
    assert!(sent.contains("tracestate: vendor=1"), "{sent}");
    // What cannot be read begins a new trace; what is not sampled goes on unsampled.
    let sent = &api.seen("/api/plain/8")[0];
    assert!(
        !sent.contains("broken")
            && !sent.contains("tracestate")
            && sent.contains("traceparent: 00-"),
        "{sent}"
    );
    let sent = &api.seen("/api/plain/9")[0];
    assert!(
        sent.contains("traceparent: 00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-")
            && sent.contains("-00\r\n"),
        "{sent}"
    );
    assert!(
        !spans
            .iter()
            .any(|span| hex(&span.trace_id).starts_with("aaaa"))
    );

    let reasons: Vec<String> = spans
        .iter()
        .filter(|span| span.kind == SERVER)
        .map(|span| span.attribute("error.type"))
        .collect();
    for reason in ["TokenUnknown", "UpstreamBroken", "MethodUnknown"] {
        assert!(
            reasons.iter().any(|found| found == reason),
            "{reason}: {reasons:?}"
        );
    }
    assert_eq!(named("_OTHER", SERVER).len(), 1, "{spans:#?}");
    let heard = heard.lock().unwrap();
    let all: Vec<u8> = heard.iter().flat_map(|(_, body)| body.clone()).collect();
    let all = String::from_utf8_lossy(&all);
    assert!(all.contains("acme-gateway") && all.contains("service.name"));
    for secret in [
        live.as_str(),
        "in-the-query",
        "in-a-cookie",
        "plain/7",
        client.client_secret.as_str(),
        account.as_str(),
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(
        heard
            .iter()
            .all(|(head, _)| head.starts_with("post /v1/traces ")
                && head.contains("x_key: for%20the collector\r\n")),
        "{heard:?}"
    );
    assert!(!server.log().contains("for%20the"));
}

#[test]
fn a_collector_that_does_not_answer_keeps_nobody_waiting() {
    let silent = Api::start(|_, wire| drop(wire.hear("nothing")));
    let api = Api::start(serve);
    let mut server = setup(&api)
        .with("TELEMETRY__OTLP", &format!("http://{}", silent.authority))
        .with("SERVER__SHUTDOWN_GRACE", "2s")
        .start();
    let (client, _) = client(&server, "production");
    let live = token(&server, "production", &client);
    for _ in 0..20 {
        let begun = std::time::Instant::now();
        assert_eq!(
            Request::get("/api/plain")
                .bearer(&live)
                .send(server.at("production"))
                .status,
            200
        );
        assert!(begun.elapsed() < std::time::Duration::from_secs(2));
    }
    until("it was tried", || !silent.seen("/v1/traces").is_empty());
    let begun = std::time::Instant::now();
    server.stop();
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
}
