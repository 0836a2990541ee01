//! HTTP/1.1 by hand: sends any bytes at all, and reads what a server may answer.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No answer takes as long; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status line and headers as they came, each with its line end.
    pub head: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The one value of a header. Fails when there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(
            values.next().is_none(),
            "{name} occurs twice in\n{}",
            self.head
        );
        value
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The member `error`, or nothing.
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and `error` together, which is what most cases are about.
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.error())
    }

    pub fn request_id(&self) -> &str {
        self.header("x-request-id")
            .unwrap_or_else(|| panic!("no request id: {self:?}"))
    }
}

/// A connection that stays open for as long as both sides want.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub fn open(authority: &str) -> Self {
        Self::try_open(authority).unwrap()
    }

    pub fn try_open(authority: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(authority)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::new(),
        })
    }

    /// A server that refuses early may close before it has read everything: that is no failure here.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// The next answer; none when the connection ended before there was one.
    pub fn answer(&mut self, to_head: bool) -> Option<Answer> {
        self.try_answer(to_head).unwrap()
    }

    pub fn try_answer(&mut self, to_head: bool) -> io::Result<Option<Answer>> {
        let Some(end) = self.until(b"\r\n\r\n")? else {
            return Ok(None);
        };
        let head = String::from_utf8(self.take(end)).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer {
            status: status.unwrap_or_else(|| panic!("no status: {head}")),
            headers,
            body: Vec::new(),
            head,
        };
        if !(to_head || matches!(answer.status, 204 | 304)) {
            answer.body = self.body_of(&answer)?;
        }
        Ok(Some(answer))
    }

    /// Whether the server ends the connection without another byte.
    pub fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        let ended = match self.stream.read_to_end(&mut rest) {
            Ok(_) => true,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        };
        self.received.append(&mut rest);
        ended && self.received.is_empty()
    }

    fn body_of(&mut self, answer: &Answer) -> io::Result<Vec<u8>> {
        if answer
            .header("transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
        {
            return self.chunked();
        }
        if let Some(length) = answer.header("content-length") {
            return self.exactly(length.parse().unwrap());
        }
        let mut body = std::mem::take(&mut self.received);
        self.stream.read_to_end(&mut body)?;
        Ok(body)
    }

    fn chunked(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n")?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let line = String::from_utf8(self.take(line)).unwrap();
            let size = line.trim_end().split(';').next().unwrap_or_default();
            let size = usize::from_str_radix(size, 16).unwrap();
            let mut chunk = self.exactly(size + 2)?;
            chunk.truncate(size);
            if size == 0 {
                return Ok(body);
            }
            body.append(&mut chunk);
        }
    }

    fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.received.len() < length {
            if self.more()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.take(length))
    }

    /// How many bytes lead up to and through the mark; none when the connection ends first.
    fn until(&mut self, mark: &[u8]) -> io::Result<Option<usize>> {
        loop {
            if let Some(at) = self
                .received
                .windows(mark.len())
                .position(|window| window == mark)
            {
                return Ok(Some(at + mark.len()));
            }
            if self.more()? == 0 {
                return Ok(None);
            }
        }
    }

    fn more(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 * 1024];
        let count = match self.stream.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => 0,
            Err(error) => return Err(error),
        };
        self.received.extend_from_slice(&buffer[..count]);
        Ok(count)
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.received.split_off(count);
        std::mem::replace(&mut self.received, rest)
    }
}

/// Sends bytes on a connection of their own and reads one answer.
pub fn exchange(authority: &str, bytes: &[u8]) -> Answer {
    let mut connection = Connection::open(authority);
    let _ = connection.send(bytes);
    connection
        .answer(false)
        .unwrap_or_else(|| panic!("closed without an answer"))
}
