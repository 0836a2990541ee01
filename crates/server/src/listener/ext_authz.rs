//! The address where Envoy asks by gRPC: cleartext HTTP/2, a few connections, one method, bounded in size and time.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tonic::Status;
use tonic::body::Body;
use tonic::server::Grpc;

use super::accept::stopped;
use super::access_log;
use super::dispatch::Dispatch;
use super::forwarded::remote_address;
use super::protobuf::Protobuf;
use super::request_id::{CURRENT, RequestId};
use crate::clock;
use crate::config::ProxyKind;
use crate::context::Context;
use crate::gateway::ext_authz::messages::{CheckRequest, CheckResponse, HttpRequest};
use crate::gateway::ext_authz::{check, headers};
use crate::gateway::forward_auth::{Gate, refuse};
use crate::platform::{Issuer, Platform};

const CHECK: &str = "/envoy.service.auth.v3.Authorization/Check";
/// The largest question: a head, and what Envoy says about it.
const LARGEST: usize = 64 * 1024;
/// From a question's first byte to its answer. Envoy waits 200 milliseconds if nobody tells it otherwise.
const DEADLINE: Duration = Duration::from_secs(5);
/// From a connection's beginning to its first question. hyper itself waits for HTTP/2 to begin as long as the peer likes.
const FIRST_WITHIN: Duration = Duration::from_secs(10);
/// How long a stop waits for running questions; their answers may have a slow reader.
const FINISHED_WITHIN: Duration = DEADLINE;
const MOST_CONNECTIONS: usize = 256;
const MOST_STREAMS: u32 = 256;
const PROBE_EVERY: Duration = Duration::from_secs(30);
const PROBE_WITHIN: Duration = Duration::from_secs(10);
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);

/// What answers there.
pub struct ExtAuthz {
    platform: Arc<Platform>,
    dispatch: Arc<Dispatch>,
    /// Of the environments that Envoy may ask about.
    gates: Vec<(Arc<Issuer>, Gate)>,
}

impl ExtAuthz {
    /// Lays out the environments whose proxy is Envoy.
    pub fn new(platform: Arc<Platform>, dispatch: Arc<Dispatch>) -> Self {
        let gates = platform.issuers.iter().filter_map(|issuer| {
            let gate = Gate::of(issuer).filter(|gate| gate.kind() == ProxyKind::Envoy)?;
            Some((Arc::clone(issuer), gate))
        });
        Self {
            gates: gates.collect(),
            platform,
            dispatch,
        }
    }

    /// Whether any environment lets the peer ask.
    fn lets_ask(&self, peer: IpAddr) -> bool {
        let mut gates = self.gates.iter();
        gates.any(|(_, gate)| gate.lets_ask(peer).is_ok())
    }

    /// Counts a stranger, and tells of it, at each environment that it may have meant.
    async fn tell_of(&self, peer: IpAddr) {
        for (issuer, gate) in &self.gates {
            if let Err(refusal) = gate.lets_ask(peer) {
                let context = self.context(issuer, peer, peer.to_canonical());
                let refused = refuse(gate, &context, &refusal);
                CURRENT.scope(context.request_id, refused).await;
            }
        }
    }

    fn context(&self, issuer: &Arc<Issuer>, peer: IpAddr, remote_address: IpAddr) -> Context {
        let now = clock::now();
        Context {
            platform: Arc::clone(&self.platform),
            issuer: Arc::clone(issuer),
            now,
            started: access_log::start(),
            peer,
            remote_address,
            request_id: RequestId::new(now),
            rehearses: false,
        }
    }

    fn gate_at(&self, authority: &str) -> Option<&(Arc<Issuer>, Gate)> {
        let issuer = self.dispatch.issuer_at(authority)?;
        self.gates
            .iter()
            .find(|(known, _)| Arc::ptr_eq(known, issuer))
    }

    async fn answer(&self, peer: IpAddr, request: Request<Incoming>) -> Response<Body> {
        if request.method() != Method::POST || request.uri().path() != CHECK {
            return Status::unimplemented("There is one method here: Check.").into_http();
        }
        let service = tower::service_fn(|request: tonic::Request<CheckRequest>| async move {
            let attributes = request.into_inner().attributes;
            let http = attributes
                .and_then(|attributes| attributes.request)
                .and_then(|request| request.http)
                .ok_or_else(|| {
                    Status::invalid_argument("The question is about no HTTP request.")
                })?;
            self.check(peer, &http).await.map(tonic::Response::new)
        });
        let mut grpc = Grpc::new(Protobuf::default()).max_decoding_message_size(LARGEST);
        let answered = tokio::time::timeout(DEADLINE, grpc.unary(service, request)).await;
        answered.unwrap_or_else(|_| Status::deadline_exceeded("").into_http())
    }

    /// Whatever is an error here, and no answer, is a refusal to Envoy.
    async fn check(&self, peer: IpAddr, asked: &HttpRequest) -> Result<CheckResponse, Status> {
        let (issuer, gate) = self.gate_at(&asked.host).ok_or_else(|| {
            Status::permission_denied("No environment of that host is asked about here.")
        })?;
        let headers =
            headers(asked).map_err(|_| Status::invalid_argument("A header is malformed."))?;
        let trusted = &self.platform.config.server.trusted_proxies;
        let context = self.context(issuer, peer, remote_address(peer, &headers, trusted));
        let line = access_log::Line::of(&question(), context.remote_address);
        let answered = CURRENT
            .scope(context.request_id, check(&context, gate, asked, &headers))
            .await;
        line.write(issuer, StatusCode::OK, context.started);
        Ok(answered)
    }
}

/// The question as the access log knows it. It was answered, whatever the answer was.
fn question() -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_static(CHECK);
    request
}

/// Serves until `stop` turns true; then lets running questions finish, for a few seconds.
pub async fn serve(listener: TcpListener, answers: Arc<ExtAuthz>, mut stop: watch::Receiver<bool>) {
    let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&connections).acquire_owned() => place,
            () = stopped(&mut stop) => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(EXHAUSTED_PAUSE).await;
            continue;
        };
        let (answers, stop) = (Arc::clone(&answers), stop.clone());
        if !answers.lets_ask(peer.ip()) {
            // Who may not ask about anything takes no place.
            drop(stream);
            tokio::spawn(async move { answers.tell_of(peer.ip()).await });
            continue;
        }
        tokio::spawn(async move {
            converse(stream, peer.ip(), answers, stop).await;
            drop(place);
        });
    }
    drop(listener);
    let every = u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX);
    let _ = connections.acquire_many(every).await;
}

async fn converse(
    stream: TcpStream,
    peer: IpAddr,
    answers: Arc<ExtAuthz>,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let asked = Notify::new();
    let service = service_fn(|request| {
        asked.notify_one();
        let answers = Arc::clone(&answers);
        async move { Ok::<_, Infallible>(answers.answer(peer, request).await) }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .keep_alive_interval(PROBE_EVERY)
        .keep_alive_timeout(PROBE_WITHIN)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = silence(&asked) => None,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(FINISHED_WITHIN, connection).await.ok()
        }
    };
    match ended {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(%peer, %error, "a connection ended early"),
        None => {
            tracing::debug!(%peer, "a connection was ended that asked nothing, or read no answer")
        }
    }
}

/// Returns when there was no question within [`FIRST_WITHIN`], else never.
async fn silence(asked: &Notify) {
    let first = tokio::time::timeout(FIRST_WITHIN, asked.notified()).await;
    if first.is_ok() {
        std::future::pending().await
    }
}
