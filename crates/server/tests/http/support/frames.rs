//! HTTP/2 by hand: frames (RFC 9113 §4.1) that no library would send.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// One frame's bytes.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Header fields as literals that nobody remembers (RFC 7541 §6.2.2).
pub fn fields(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            assert!(text.len() < 127);
            block.push(u8::try_from(text.len()).unwrap());
            block.extend(text.as_bytes());
        }
    }
    block
}

/// The head of `GET path`.
pub fn get(authority: &str, path: &str) -> Vec<u8> {
    let head = [
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", authority),
        (":path", path),
    ];
    fields(&head)
}

/// A connection on which anything can be sent.
pub struct Frames {
    pub stream: TcpStream,
    received: Vec<u8>,
}

impl Frames {
    /// With the preface and settings.
    pub fn open(authority: &str, settings: &[u8]) -> Self {
        let mut stream = TcpStream::connect(authority).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        stream
            .set_write_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(PREFACE).unwrap();
        stream.write_all(&frame(SETTINGS, 0, 0, settings)).unwrap();
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// False when the server has gone.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Reads for so long, or until the server has gone; whether it has. `frames` get kind, flags, stream and payload.
    pub fn read(&mut self, within: Duration, mut frames: impl FnMut(u8, u8, u32, &[u8])) -> bool {
        let end = Instant::now() + within;
        let mut buffer = [0; 64 * 1024];
        while Instant::now() < end {
            match self.stream.read(&mut buffer) {
                Ok(0) => return true,
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) => {}
                Err(_) => return true,
            }
            while self.received.len() >= 9 {
                let head = &self.received[..9];
                let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
                let stream = u32::from_be_bytes(head[5..9].try_into().unwrap());
                if self.received.len() < 9 + length {
                    break;
                }
                let (kind, flags) = (head[3], head[4]);
                frames(kind, flags, stream, &self.received[9..9 + length]);
                self.received.drain(..9 + length);
            }
        }
        false
    }

    /// Answers pings and reads nothing else of interest, until the server ends the connection; whether it does within this time.
    pub fn stay(&mut self, within: Duration) -> bool {
        let end = Instant::now() + within;
        while Instant::now() < end {
            let mut pongs = Vec::new();
            let ended = self.read(Duration::from_millis(300), |kind, flags, _, payload| {
                if kind == PING && flags == 0 {
                    pongs.extend(frame(PING, 1, 0, payload));
                }
            });
            if ended || !self.send(&pongs) {
                return true;
            }
        }
        false
    }

    /// Whether the server ends the connection within this time.
    pub fn is_ended(&mut self, within: Duration) -> bool {
        self.read(within, |_, _, _, _| {})
    }
}
