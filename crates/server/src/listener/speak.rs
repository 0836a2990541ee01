//! One connection from its first byte to its end: TLS where the listener speaks it, then HTTP/1.1 or HTTP/2.
//!
//! A connection has ten seconds from being accepted to the end of its first request's head, whatever
//! it spends them on: a handshake, a preface, or nothing. Later heads have as long each. On HTTP/1.1
//! that is also how long a connection may be idle; on HTTP/2, where clients keep one connection for
//! everything, it is a minute, after which we say that no more requests are taken.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_rustls::TlsAcceptor;

use super::accept::{Answers, stopped};
use super::answered::Answered;
use super::conversation::{Conversation, HeldUp, Running};
use super::http2;
use super::places::Place;
use super::stream::{Stream, TAKEN_WITHIN};
use crate::metrics::front::Cause;

/// From being accepted to the end of the first head; and for each later head.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// The largest head: request line and headers together.
const LARGEST_HEAD: usize = 16 * 1024;
/// Headers in one head.
const MOST_HEADERS: usize = 100;
/// How long a connection of HTTP/2 may have no request.
const IDLE_AT_MOST: Duration = Duration::from_secs(60);
/// How long a connection may stay that was told to end and has no request.
const LEFT_WITHIN: Duration = Duration::from_secs(5);
/// How often a connection of HTTP/2 is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A connection that has a place.
pub struct Accepted {
    /// Its bytes.
    pub stream: TcpStream,
    /// Who connected.
    pub peer: IpAddr,
    /// Its place, kept until its last byte.
    pub place: Place,
    /// Its state.
    pub conversation: Arc<Conversation>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Http1,
    Http2,
}

/// Speaks on a connection until either side ends it.
pub async fn speak<A: Answers>(
    accepted: Accepted,
    tls: Option<TlsAcceptor>,
    answers: Arc<A>,
    stop: watch::Receiver<bool>,
) {
    let Accepted {
        stream,
        peer,
        place,
        conversation,
    } = accepted;
    // Small answers must not wait for a full segment.
    let _ = stream.set_nodelay(true);
    let mut stream = Stream::new(stream, Arc::clone(&conversation), place);
    let mut talk = Talk {
        answers,
        peer,
        conversation,
        stop,
        first_head_by: Instant::now() + HEAD_WITHIN,
    };
    // What waits for its first byte holds no state of HTTP or TLS.
    match tls {
        None => {
            if let Some(version) = talk.opened(version_of(&mut stream)).await {
                Box::pin(talk.converse(stream, version)).await;
            }
        }
        Some(acceptor) => {
            let handshake = Box::pin(acceptor.accept(stream));
            if let Some(stream) = talk.opened(handshake).await {
                let version = match stream.get_ref().1.alpn_protocol() {
                    Some(b"h2") => Version::Http2,
                    _ => Version::Http1,
                };
                Box::pin(talk.converse(stream, version)).await;
            }
        }
    }
}

/// Which version the first bytes speak: HTTP/2 is known by its preface (RFC 9113 §3.3), not by `Upgrade`, which it has given up.
async fn version_of(stream: &mut Stream) -> io::Result<Version> {
    let mut first = [0; http2::PREFACE.len()];
    let mut filled = 0;
    let version = loop {
        let count = stream.read(&mut first[filled..]).await?;
        filled += count;
        if count == 0 || !http2::PREFACE.starts_with(&first[..filled]) {
            break Version::Http1;
        }
        if filled == first.len() {
            break Version::Http2;
        }
    };
    stream.unread(&first[..filled]);
    Ok(version)
}

struct Talk<A> {
    answers: Arc<A>,
    peer: IpAddr,
    conversation: Arc<Conversation>,
    stop: watch::Receiver<bool>,
    first_head_by: Instant,
}

impl<A: Answers> Talk<A> {
    /// What comes before HTTP; None when the connection ends with it.
    async fn opened<T>(&mut self, opening: impl Future<Output = io::Result<T>>) -> Option<T> {
        let cause = tokio::select! {
            opened = opening => match opened {
                Ok(opened) => return Some(opened),
                // Who says nothing before going away has failed at nothing.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    tracing::debug!(peer = %self.peer, %error, "a TLS handshake failed");
                    Cause::HandshakeFailed
                }
                Err(_) => return None,
            },
            () = sleep_until(self.first_head_by) => Cause::NoRequest,
            () = self.conversation.told_to_leave() => Cause::MadeRoom,
            () = stopped(&mut self.stop) => return None,
        };
        self.conversation.ended(cause);
        None
    }

    async fn converse<S>(self, stream: S, version: Version)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (answers, peer) = (Arc::clone(&self.answers), self.peer);
        let conversation = Arc::clone(&self.conversation);
        let io = TokioIo::new(stream);
        match version {
            Version::Http1 => {
                let service = service_fn(move |request: Request<Incoming>| {
                    let running = Running::begin(&conversation);
                    let answer = Arc::clone(&answers).answer(peer, request.map(Body::new));
                    let whole = |body| Answered::whole(body, running);
                    answer.map(|answer| Ok::<_, Infallible>(answer.map(whole)))
                });
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_WITHIN)
                    .max_buf_size(LARGEST_HEAD)
                    .max_headers(MOST_HEADERS)
                    .serve_connection(io, service)
                    .with_upgrades();
                self.until_its_end(connection, version, |one| one.graceful_shutdown())
                    .await;
            }
            Version::Http2 => {
                conversation.count_fruitless();
                let service = service_fn(move |request: Request<Incoming>| {
                    let running = Running::begin(&conversation);
                    let request = http2::received(request, &conversation);
                    let answer = Arc::clone(&answers).answer(peer, request);
                    let pieces = |body| Answered::in_pieces(body, running);
                    answer.map(|answer| Ok::<_, Infallible>(answer.map(pieces)))
                });
                let connection = http2::builder().serve_connection(io, service);
                self.until_its_end(connection, version, |one| one.graceful_shutdown())
                    .await;
            }
        }
    }

    /// `wind_down` tells the other side that no more requests are taken.
    async fn until_its_end<C>(
        mut self,
        connection: C,
        version: Version,
        wind_down: impl Fn(Pin<&mut C>),
    ) where
        C: Future<Output = hyper::Result<()>>,
    {
        let mut connection = std::pin::pin!(connection);
        let mut look = std::pin::pin!(sleep_until(self.first_head_by));
        let mut looks = true;
        let mut ending: Option<Instant> = None;
        let cause = loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if self.noted(ended, version) {
                        // What follows another protocol is no more ours to end.
                        self.conversation.given_away();
                    }
                    return;
                }
                () = stopped(&mut self.stop), if ending.is_none() => {
                    ending = Some(Instant::now());
                    wind_down(connection.as_mut());
                    look.as_mut().reset(Instant::now() + LEFT_WITHIN);
                    looks = true;
                }
                () = self.conversation.told_to_leave() => {
                    if self.conversation.quiet_for().is_some() {
                        break Some(Cause::MadeRoom);
                    }
                }
                () = look.as_mut(), if looks => match self.next(version, ending) {
                    Next::Nothing => looks = false,
                    Next::Look => look.as_mut().reset(Instant::now() + LOOK),
                    Next::WindDown => {
                        ending = Some(Instant::now());
                        wind_down(connection.as_mut());
                        look.as_mut().reset(Instant::now() + LOOK);
                    }
                    Next::End(cause) => break cause,
                },
            }
        };
        if let Some(cause) = cause {
            tracing::debug!(peer = %self.peer, ?cause, "a connection was ended");
            self.conversation.ended(cause);
        }
    }

    /// What is to be done with a connection that was looked at.
    fn next(&self, version: Version, ending: Option<Instant>) -> Next {
        let quiet = self.conversation.quiet_for();
        let held_up = self.conversation.held_up(TAKEN_WITHIN);
        if held_up == HeldUp::All {
            return Next::End(Some(Cause::ReaderTooSlow));
        }
        if let Some(since) = ending {
            let left = quiet.is_some_and(|quiet| quiet.min(since.elapsed()) >= LEFT_WITHIN);
            return if left { Next::End(None) } else { Next::Look };
        }
        if !self.conversation.has_spoken() {
            return Next::End(Some(Cause::NoRequest));
        }
        if version == Version::Http1 {
            return Next::Nothing;
        }
        // The other answers of this connection may still be taken; there will be no more of them.
        if held_up == HeldUp::Some || quiet.is_some_and(|quiet| quiet >= IDLE_AT_MOST) {
            Next::WindDown
        } else {
            Next::Look
        }
    }

    /// Whether HTTP on it ended without an error.
    fn noted(&self, ended: Result<(), hyper::Error>, version: Version) -> bool {
        let Err(error) = ended else { return true };
        if error.is_timeout() {
            match version {
                Version::Http1 if self.conversation.has_begun_to_speak() => {
                    self.conversation.ended(Cause::HeadTooSlow);
                }
                // Idle for as long as that may be.
                Version::Http1 => {}
                Version::Http2 => self.conversation.ended(Cause::NoPong),
            }
        }
        tracing::debug!(peer = %self.peer, %error, "a connection ended early");
        false
    }
}

enum Next {
    Nothing,
    Look,
    WindDown,
    /// With the cause that is counted, where there is one.
    End(Option<Cause>),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::accept::{Listening, bind, serve};
    use super::super::files::Kept;
    use super::super::places::{Bounds, Places};
    use super::*;
    use crate::metrics::front::Front;
    use axum::http::{Response, StatusCode};
    use prometheus_client::metrics::gauge::Gauge;
    use std::net::SocketAddr;
    use tokio::io::AsyncWriteExt;
    use tokio::task::JoinHandle;

    /// Changes to a protocol that says back what it hears.
    struct Echo;

    impl Answers for Echo {
        async fn answer(self: Arc<Self>, _: IpAddr, request: Request<Body>) -> Response<Body> {
            tokio::spawn(async move {
                let upgraded = hyper::upgrade::on(request).await.unwrap();
                let (mut hears, mut says) = tokio::io::split(TokioIo::new(upgraded));
                let _ = tokio::io::copy(&mut hears, &mut says).await;
            });
            let answer = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
            let answer = answer
                .header("connection", "upgrade")
                .header("upgrade", "echo");
            answer.body(Body::empty()).unwrap()
        }
    }

    /// Answers with more than the system holds for anybody, all at once.
    struct Large;

    const LARGE: usize = 2 * 1024 * 1024;

    impl Answers for Large {
        async fn answer(self: Arc<Self>, _: IpAddr, _: Request<Body>) -> Response<Body> {
            Response::new(Body::from(vec![b'a'; LARGE]))
        }
    }

    /// A listener of its own, with as many places as that.
    struct Served {
        address: SocketAddr,
        places: Arc<Places>,
        stop: watch::Sender<bool>,
        serving: JoinHandle<()>,
    }

    async fn served<A: Answers>(most: usize, answers: A) -> Served {
        let listener = bind("127.0.0.1:0".parse().unwrap(), "here").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bounds = Bounds {
            most,
            upstreams: 0,
            together: most,
            of_one_address: most,
            trusted: Vec::new(),
        };
        let places = Places::new(bounds, Gauge::default(), Front::default());
        let listening = Listening {
            listener,
            tls: None,
            places: Arc::clone(&places),
            crowd: Arc::clone(&places),
            kept: Kept::none(),
        };
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(serve(listening, Arc::new(answers), stopped));
        Served {
            address,
            places,
            stop,
            serving,
        }
    }

    #[tokio::test]
    async fn s312_an_answer_that_is_still_being_read_is_not_quiet() {
        let Served {
            address,
            places,
            stop,
            serving,
        } = served(2, Large).await;
        let ask = async |text: &[u8]| {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(8 * 1024).unwrap();
            let mut stream = socket.connect(address).await.unwrap();
            stream.write_all(text).await.unwrap();
            stream
        };
        let mut on_http1 = ask(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        // A window of a megabyte: more than the system holds, less than the answer.
        let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 16, 0, 0];
        let widen = [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 16, 0, 0];
        let get = [0, 0, 4, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x01, 1, b'a'];
        let mut get = get.to_vec();
        get[2] = 6;
        let first = [http2::PREFACE, &settings, &widen, &get].concat();
        let mut on_http2 = ask(&first).await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        places.make_room();
        stop.send(true).unwrap();
        // Slowly, and for longer than whoever is quiet may stay.
        let mut buffer = vec![0; 64 * 1024];
        let (mut of_http1, mut of_http2) = (0, 0);
        for _ in 0..15 {
            of_http1 += on_http1.read(&mut buffer[..16 * 1024]).await.unwrap();
            of_http2 += on_http2.read(&mut buffer[..16 * 1024]).await.unwrap();
            tokio::time::sleep(LEFT_WITHIN / 10).await;
        }
        assert!(!serving.is_finished());
        // The rest of the window, and then as much as is left.
        let open = [0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 32, 0, 0];
        let all = [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 32, 0, 0];
        on_http2.write_all(&[open, all].concat()).await.unwrap();
        while let Ok(count @ 1..) = on_http1.read(&mut buffer).await {
            of_http1 += count;
        }
        while let Ok(count @ 1..) = on_http2.read(&mut buffer).await {
            of_http2 += count;
        }
        assert!(
            of_http1 > LARGE && of_http2 > LARGE,
            "{of_http1} {of_http2}"
        );
        serving.await.unwrap();
        assert_eq!(places.open(), 0);
    }

    #[tokio::test]
    async fn a_connection_that_changed_its_protocol_keeps_its_place_until_its_end() {
        let Served {
            address,
            places,
            stop,
            serving,
        } = served(1, Echo).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let ask = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
        stream.write_all(ask).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"hello").await.unwrap();
        let mut heard = [0; 5];
        stream.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"hello");
        // It is never quiet: nobody takes its place, and the stop waits for it.
        places.make_room();
        stop.send(true).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(places.open() == 1 && !serving.is_finished());
        stream.write_all(b"still").await.unwrap();
        stream.read_exact(&mut heard).await.unwrap();
        drop(stream);
        serving.await.unwrap();
        assert_eq!(places.open(), 0);
    }
}
