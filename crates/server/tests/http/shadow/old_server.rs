//! The server that is moved away from: answers every request with what it is told to, byte for byte, and remembers what it heard.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

#[derive(Clone)]
pub struct OldServer {
    pub authority: String,
    answer: Arc<Mutex<Vec<u8>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl OldServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let old = Self {
            authority,
            answer: Arc::default(),
            heard: Arc::default(),
        };
        let serving = old.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let old = serving.clone();
                std::thread::spawn(move || old.converse(stream));
            }
        });
        old
    }

    /// From here on it says exactly this.
    pub fn says(&self, bytes: impl AsRef<[u8]>) {
        *self.answer.lock().unwrap() = bytes.as_ref().to_vec();
    }

    /// The same for a status, more headers and JSON.
    pub fn answers(&self, status: u16, headers: &[(&str, &str)], body: &Value) {
        let body = body.to_string();
        let mut text = format!(
            "HTTP/1.1 {status} Any\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        self.says(format!("{text}\r\n{body}"));
    }

    /// Every request so far, head and body.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn converse(&self, mut stream: TcpStream) {
        let mut received = Vec::new();
        loop {
            let Some(length) = whole(&received) else {
                let mut buffer = [0; 16 * 1024];
                match stream.read(&mut buffer) {
                    Ok(count) if count > 0 => received.extend_from_slice(&buffer[..count]),
                    _ => return,
                }
                continue;
            };
            let request: Vec<u8> = received.drain(..length).collect();
            let heard = String::from_utf8_lossy(&request).into_owned();
            self.heard.lock().unwrap().push(heard);
            let answer = self.answer.lock().unwrap().clone();
            if stream.write_all(&answer).is_err() {
                return;
            }
            if answer
                .windows(17)
                .any(|bytes| bytes.eq_ignore_ascii_case(b"connection: close"))
            {
                let _ = stream.shutdown(std::net::Shutdown::Write);
                return;
            }
        }
    }
}

/// How long the first request is, if it is all there. Its body has a length.
fn whole(received: &[u8]) -> Option<usize> {
    let end = received
        .windows(4)
        .position(|window| window == b"\r\n\r\n")?
        + 4;
    let head = String::from_utf8_lossy(&received[..end]).to_lowercase();
    let body: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().unwrap());
    (received.len() >= end + body).then_some(end + body)
}
