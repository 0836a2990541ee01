//! A program of the platform that hears webhooks: remembers every one, answers what it is told to, and checks signatures with
//! code of its own.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// One request.
#[derive(Clone, Debug)]
pub struct Heard {
    pub head: String,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        let found = self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether one of its signatures is by this secret.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = format!("{id}.{at}.{}", self.body);
        self.header("webhook-signature")
            .split(' ')
            .any(|signature| {
                let tag = STANDARD
                    .decode(signature.strip_prefix("v1,").unwrap())
                    .unwrap();
                hmac::verify(&key, signed.as_bytes(), &tag).is_ok()
            })
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub authority: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    /// What is answered next, head and all; 204 when nothing is left. An empty one: the caller waits in vain.
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl Receiver {
    pub fn start() -> Self {
        Self::at("127.0.0.1:0")
    }

    /// At an address where nobody was before.
    pub fn at(authority: &str) -> Self {
        let listener = TcpListener::bind(authority).unwrap();
        let receiver = Self {
            authority: listener.local_addr().unwrap().to_string(),
            heard: Arc::default(),
            answers: Arc::default(),
        };
        let listening = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let receiver = listening.clone();
                std::thread::spawn(move || receiver.converse(stream));
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook?key=canary-in-the-url", self.authority)
    }

    /// The next answers.
    pub fn will_answer(&self, answers: &[&str]) {
        let answers = answers.iter().map(|answer| (*answer).to_owned());
        self.answers.lock().unwrap().extend(answers);
    }

    /// What it heard of a kind of event.
    pub fn heard(&self, event: &str) -> Vec<Heard> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .filter(|heard| heard.json()["type"] == event)
            .cloned()
            .collect()
    }

    pub fn all(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    fn converse(&self, mut stream: TcpStream) {
        let mut received = Vec::new();
        let mut buffer = [0; 8192];
        loop {
            let end = received.windows(4).position(|window| window == b"\r\n\r\n");
            if let Some(end) = end {
                let head = String::from_utf8_lossy(&received[..end]).into_owned();
                let length = head.lines().find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")
                        .map(|length| length.trim().parse::<usize>().unwrap())
                });
                let whole = end + 4 + length.unwrap_or(0);
                if received.len() >= whole {
                    let body = String::from_utf8(received[end + 4..whole].to_vec()).unwrap();
                    received.drain(..whole);
                    self.heard.lock().unwrap().push(Heard { head, body });
                    let next = self.answers.lock().unwrap().pop_front();
                    let answer = next.unwrap_or_else(|| "204 No Content".to_owned());
                    if answer.is_empty() {
                        // Until the other side has had enough.
                        while matches!(stream.read(&mut buffer), Ok(count) if count > 0) {}
                        return;
                    }
                    let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
                    let answer =
                        answer.replace("204 No Content\r\nContent-Length: 0", "204 No Content");
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                    continue;
                }
            }
            match stream.read(&mut buffer) {
                Ok(count) if count > 0 => received.extend_from_slice(&buffer[..count]),
                _ => return,
            }
        }
    }
}
