//! An API behind the gateway whose every answer the test writes, byte by byte, and a client that reads as it comes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// No piece of an answer takes as long.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Api {
    pub authority: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Api {
    /// One request per connection, which is given to `serve` with its head in lower case.
    pub fn start(serve: impl Fn(&str, &mut Wire) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let (remembered, serve) = (Arc::clone(&heads), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (heads, serve) = (Arc::clone(&remembered), Arc::clone(&serve));
                std::thread::spawn(move || {
                    let mut wire = Wire::of(stream);
                    if let Some(head) = wire.head() {
                        heads.lock().unwrap().push(head.to_lowercase());
                        serve(&head.to_lowercase(), &mut wire);
                    }
                });
            }
        });
        Self { authority, heads }
    }

    /// The heads of the requests that hold this text.
    pub fn seen(&self, text: &str) -> Vec<String> {
        let heads = self.heads.lock().unwrap();
        heads
            .iter()
            .filter(|head| head.contains(text))
            .cloned()
            .collect()
    }
}

/// One end of a connection.
pub struct Wire {
    pub stream: TcpStream,
    received: Vec<u8>,
}

impl Wire {
    pub fn open(authority: &str) -> Self {
        Self::of(TcpStream::connect(authority).unwrap())
    }

    pub fn of(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// False when the other side is gone.
    pub fn say(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(text.as_ref()).is_ok()
    }

    /// The head that comes next.
    pub fn head(&mut self) -> Option<String> {
        self.hear("\r\n\r\n")
    }

    /// Everything up to and with this text; none when the connection ends first.
    pub fn hear(&mut self, end: &str) -> Option<String> {
        loop {
            let found = self
                .received
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            if let Some(at) = found {
                let rest = self.received.split_off(at + end.len());
                let heard = std::mem::replace(&mut self.received, rest);
                return Some(String::from_utf8_lossy(&heard).into_owned());
            }
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
            }
        }
    }

    /// The next bytes, exactly as many.
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        while self.received.len() < count {
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(0) | Err(_) => return Vec::new(),
                Ok(read) => self.received.extend_from_slice(&buffer[..read]),
            }
        }
        let rest = self.received.split_off(count);
        std::mem::replace(&mut self.received, rest)
    }

    /// How long it takes until the other side ends the connection, whatever it says before.
    pub fn ends(&mut self) -> Duration {
        let begun = Instant::now();
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return begun.elapsed(),
                Ok(_) => assert!(begun.elapsed() < PATIENCE, "it goes on and on"),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {
                    return begun.elapsed();
                }
                Err(error) => panic!("still open after {:?}: {error}", begun.elapsed()),
            }
        }
    }

    /// Gone without a goodbye: what was received is not read, so that the system sends a RST.
    pub fn vanish(self) {
        let _ = self.stream.shutdown(Shutdown::Read);
        drop(self.stream);
    }
}
