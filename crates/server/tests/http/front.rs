//! What comes before a request: connections, HTTP/2, TLS, and whoever means to use them up

mod exhaustion;
mod floods;
mod http2;
mod tls;
