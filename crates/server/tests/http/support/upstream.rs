//! The platform's own API behind the gateway: answers everything with 200 and remembers every byte it saw.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

pub struct Upstream {
    pub authority: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let remembered = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&remembered);
                std::thread::spawn(move || converse(stream, &seen));
            }
        });
        Self { authority, seen }
    }

    /// The heads of the requests that hold this text, each in lower case.
    pub fn seen(&self, text: &str) -> Vec<String> {
        let text = text.to_lowercase();
        self.seen
            .lock()
            .unwrap()
            .iter()
            .filter(|head| head.contains(&text))
            .cloned()
            .collect()
    }
}

fn converse(mut stream: TcpStream, seen: &Mutex<Vec<String>>) {
    let mut received = Vec::new();
    loop {
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
            let mut buffer = [0; 8192];
            match stream.read(&mut buffer) {
                Ok(count) if count > 0 => received.extend_from_slice(&buffer[..count]),
                _ => return,
            }
            continue;
        };
        let head = String::from_utf8_lossy(&received[..end]).to_lowercase();
        let to_head = head.starts_with("head ");
        seen.lock().unwrap().push(head);
        let body = if to_head { "" } else { "{\"served\":true}" };
        // The connection ends here: what is left of a body nobody asked for needs no reading.
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\nX-Grantor-Account: forged\r\nConnection: close\r\n\r\n{body}"
        );
        let _ = stream.write_all(answer.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut rest = [0; 8192];
        while matches!(stream.read(&mut rest), Ok(count) if count > 0) {}
        return;
    }
}
