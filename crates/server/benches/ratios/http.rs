//! A small HTTP/1.1 client for what is asked once or for every token once; the load itself is wrk's.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    head: usize,
}

impl Connection {
    /// Opens it.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(4096),
            head: 0,
        })
    }

    /// Sends a request as it stands and answers status and body.
    pub fn exchange(&mut self, request: &str) -> Result<(u16, String)> {
        self.stream.write_all(request.as_bytes())?;
        self.received.clear();
        let head = loop {
            if let Some(end) = self
                .received
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
            {
                break end + 4;
            }
            self.more()?;
        };
        self.head = head;
        let text = std::str::from_utf8(&self.received[..head])?.to_ascii_lowercase();
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .context("an answer without a status")?;
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .map_or(Ok(0), |length| length.trim().parse())?;
        while self.received.len() < head + length {
            self.more()?;
        }
        Ok((
            status,
            String::from_utf8(self.received[head..head + length].to_vec())?,
        ))
    }

    /// The head of the last answer.
    pub fn head(&self) -> &str {
        std::str::from_utf8(&self.received[..self.head]).unwrap_or_default()
    }

    fn more(&mut self) -> Result<()> {
        let mut chunk = [0; 4096];
        match self.stream.read(&mut chunk)? {
            0 => bail!("the server closed the connection"),
            read => self.received.extend_from_slice(&chunk[..read]),
        }
        Ok(())
    }
}

/// A GET on a connection of its own.
pub fn get(address: SocketAddr, path: &str) -> Result<(u16, String)> {
    Connection::open(address)?.exchange(&format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    ))
}

/// The text of a POST with JSON.
pub fn post_json(address: SocketAddr, path: &str, json: &str) -> String {
    let length = json.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
    )
}

/// The text of a form POST.
pub fn post(address: SocketAddr, path: &str, form: &str) -> String {
    let length = form.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    )
}
