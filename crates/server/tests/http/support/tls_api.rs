//! An API that speaks HTTP/1.1 or HTTP/2, with or without TLS, and answers with what it saw.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;

pub struct TlsApi {
    pub authority: String,
    /// What has to be believed for it, as PEM.
    pub certificate: String,
    connections: Arc<AtomicUsize>,
}

impl TlsApi {
    /// Over TLS, with these protocols on offer.
    pub fn start(protocols: &[&str]) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], PrivateKeyDer::Pkcs8(key))
            .unwrap();
        tls.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        Self::serve(Some(tls), made.cert.pem())
    }

    /// Without TLS: HTTP/2 by prior knowledge, or HTTP/1.1.
    pub fn plain() -> Self {
        Self::serve(None, String::new())
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    fn serve(tls: Option<rustls::ServerConfig>, certificate: String) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let connections = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&connections);
        let acceptor = tls.map(|tls| tokio_rustls::TlsAcceptor::from(Arc::new(tls)));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    counted.fetch_add(1, Ordering::Relaxed);
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        let builder = auto::Builder::new(TokioExecutor::new());
                        let service = service_fn(answer);
                        match acceptor {
                            Some(acceptor) => {
                                if let Ok(stream) = acceptor.accept(stream).await {
                                    let _ = builder
                                        .serve_connection_with_upgrades(
                                            TokioIo::new(stream),
                                            service,
                                        )
                                        .await;
                                }
                            }
                            None => {
                                let _ = builder
                                    .serve_connection_with_upgrades(TokioIo::new(stream), service)
                                    .await;
                            }
                        }
                    });
                }
            });
        });
        Self {
            authority,
            certificate,
            connections,
        }
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let names: Vec<&str> = request
        .headers()
        .keys()
        .map(hyper::header::HeaderName::as_str)
        .collect();
    let saw = serde_json::json!({
        "version": format!("{:?}", request.version()),
        "authority": request.uri().authority().map(|authority| authority.as_str()),
        "target": request.uri().path_and_query().map(|target| target.as_str()),
        "names": names,
    });
    let mut response = Response::new(String::new());
    if request.headers().contains_key("upgrade") {
        *response.status_mut() = hyper::StatusCode::SWITCHING_PROTOCOLS;
        response
            .headers_mut()
            .insert("connection", "upgrade".parse().unwrap());
        response
            .headers_mut()
            .insert("upgrade", "websocket".parse().unwrap());
        let upgraded = hyper::upgrade::on(request);
        tokio::spawn(async move {
            use tokio::io::AsyncWriteExt;
            let mut stream = TokioIo::new(upgraded.await.unwrap());
            let _ = stream.write_all(b"changed\n").await;
            let _ = stream.shutdown().await;
        });
        return Ok(response);
    }
    use http_body_util::BodyExt;
    let length = request
        .into_body()
        .collect()
        .await
        .map_or(0, |body| body.to_bytes().len());
    let mut saw = saw;
    saw["length"] = length.into();
    *response.body_mut() = saw.to_string();
    response
        .headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    Ok(response)
}
