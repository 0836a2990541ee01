//! A mail server that takes everything and delivers nothing: RFC 5321 as far as a client of it needs.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A message it took.
#[derive(Clone, Debug)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    /// As it came, with line ends of LF.
    pub source: String,
}

impl Letter {
    /// Without the encoding for old mail servers (RFC 2045 §6.7, and RFC 2047 in headers as it stands).
    pub fn text(&self) -> String {
        let joined = self.source.replace("=\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
            match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) if first == b'=' => {
                    bytes.push(byte);
                    rest = &after[2..];
                }
                _ => {
                    bytes.push(first);
                    rest = after;
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Vec<String> {
        let head = self
            .source
            .split("\n\n")
            .next()
            .unwrap()
            .replace("\n ", " ");
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .collect()
    }
}

#[derive(Clone)]
pub struct MailSink {
    pub authority: String,
    taken: Arc<Mutex<Vec<Letter>>>,
    /// What the next recipients are answered; 250 when nothing is left.
    answers: Arc<Mutex<Vec<String>>>,
}

impl MailSink {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self {
            authority: listener.local_addr().unwrap().to_string(),
            taken: Arc::default(),
            answers: Arc::default(),
        };
        let listening = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sink = listening.clone();
                std::thread::spawn(move || sink.converse(stream));
            }
        });
        sink
    }

    /// What recipients are answered, the next one first.
    pub fn will_answer(&self, answers: &[&str]) {
        let answers = answers.iter().map(|answer| (*answer).to_owned());
        self.answers.lock().unwrap().extend(answers);
    }

    /// What was taken for an address.
    pub fn taken(&self, to: &str) -> Vec<Letter> {
        let taken = self.taken.lock().unwrap();
        taken
            .iter()
            .filter(|letter| letter.to.iter().any(|known| known == to))
            .cloned()
            .collect()
    }

    fn converse(&self, mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).is_ok();
        let path = |line: &str| line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let (mut from, mut to) = (String::new(), Vec::new());
        if !say("220 sink ready") {
            return;
        }
        loop {
            let mut line = String::new();
            if !matches!(lines.read_line(&mut line), Ok(count) if count > 0) {
                return;
            }
            let verb = line.trim_end().to_ascii_uppercase();
            let going = if verb.starts_with("EHLO") {
                say("250-sink") && say("250 8BITMIME")
            } else if verb.starts_with("MAIL FROM") {
                from = path(&line);
                say("250 ok")
            } else if verb.starts_with("RCPT TO") {
                let mut answers = self.answers.lock().unwrap();
                if answers.is_empty() {
                    to.push(path(&line));
                    say("250 ok")
                } else {
                    say(&answers.remove(0))
                }
            } else if verb == "DATA" {
                let mut source = String::new();
                let mut going = say("354 go on");
                loop {
                    let mut line = String::new();
                    if !matches!(lines.read_line(&mut line), Ok(count) if count > 0) {
                        return;
                    }
                    let line = line.trim_end_matches(['\r', '\n']);
                    if line == "." {
                        break;
                    }
                    source.push_str(line.strip_prefix('.').unwrap_or(line));
                    source.push('\n');
                }
                let letter = Letter {
                    from: std::mem::take(&mut from),
                    to: std::mem::take(&mut to),
                    source,
                };
                self.taken.lock().unwrap().push(letter);
                going = going && say("250 taken");
                going
            } else if verb == "QUIT" {
                say("221 bye");
                false
            } else {
                (from, to) = (String::new(), Vec::new());
                say("250 ok")
            };
            if !going {
                return;
            }
        }
    }
}
