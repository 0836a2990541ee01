//! A client that speaks HTTP/2: one connection, any number of requests at once.

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::request::Request;
use super::wire::Answer;

pub struct Http2 {
    runtime: Runtime,
    sender: SendRequest<Full<Bytes>>,
    scheme: &'static str,
    authority: String,
}

impl Http2 {
    /// With prior knowledge, on plain text.
    pub fn open(authority: &str) -> Self {
        Self::open_as(authority, authority)
    }

    /// The same, asking for another authority than the address.
    pub fn open_as(address: &str, authority: &str) -> Self {
        let runtime = runtime();
        let stream = runtime.block_on(TcpStream::connect(address)).unwrap();
        Self::over(runtime, stream, "http", authority)
    }

    /// On a stream that is open; the runtime is its own.
    pub fn over<S>(runtime: Runtime, stream: S, scheme: &'static str, authority: &str) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let sender = runtime.block_on(async {
            let shaken = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
            let (sender, connection) = shaken.unwrap();
            tokio::spawn(connection);
            sender
        });
        Self {
            runtime,
            sender,
            scheme,
            authority: authority.to_owned(),
        }
    }

    pub fn send(&mut self, request: &Request) -> Answer {
        self.send_all(std::slice::from_ref(request)).remove(0)
    }

    /// All at once.
    pub fn send_all(&mut self, requests: &[Request]) -> Vec<Answer> {
        let (scheme, authority) = (self.scheme, &self.authority);
        let sending = requests.iter().map(|request| {
            let mut sender = self.sender.clone();
            let request = request.over_http2(scheme, authority);
            async move {
                sender.ready().await.unwrap();
                let answer = sender.send_request(request).await.unwrap();
                let (head, body) = answer.into_parts();
                let text = |value: &hyper::header::HeaderValue| {
                    String::from_utf8_lossy(value.as_bytes()).into_owned()
                };
                Answer {
                    head: format!("{head:?}"),
                    status: head.status.as_u16(),
                    headers: head
                        .headers
                        .iter()
                        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                        .collect(),
                    body: body.collect().await.unwrap().to_bytes().to_vec(),
                }
            }
        });
        self.runtime.block_on(join_all(sending))
    }
}

/// One for a client.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}
