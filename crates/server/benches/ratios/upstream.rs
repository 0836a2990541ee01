//! The API behind the gateway: threads of this process, which is bound to the load's core, answering 251 bytes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use anyhow::Result;

const BODY: &str = concat!(
    r#"{"shifts":[{"id":7,"from":"2026-01-01T08:00:00Z","until":"2026-01-01T16:00:00Z"}],"padding":""#,
    "..........................................................................................",
    "............................................................",
    r#""}"#
);

/// Answers for as long as the process lives.
pub fn start(address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address)?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || converse(stream));
        }
    });
    Ok(())
}

/// Requests without a body, one after the other.
fn converse(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        head.extend_from_slice(&buffer[..read]);
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            stream.write_all(answer.as_bytes())?;
        }
    }
}
