//! An API behind the gateway that keeps its callers waiting until it is told to let them go, and counts how many are with it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

#[derive(Default)]
struct State {
    open: bool,
    running: usize,
    most: usize,
}

pub struct Gate {
    pub authority: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Gate {
    /// Closed.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let state = Arc::<(Mutex<State>, Condvar)>::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || converse(stream, &state));
            }
        });
        Self { authority, state }
    }

    /// Whoever is here goes, and whoever comes goes at once.
    pub fn open(&self) {
        self.state.0.lock().unwrap().open = true;
        self.state.1.notify_all();
    }

    /// Whoever comes waits; the most that were here is counted anew.
    pub fn close(&self) {
        let mut state = self.state.0.lock().unwrap();
        state.open = false;
        state.most = state.running;
    }

    /// How many are here.
    pub fn running(&self) -> usize {
        self.state.0.lock().unwrap().running
    }

    /// How many were here at once, at most.
    pub fn most(&self) -> usize {
        self.state.0.lock().unwrap().most
    }
}

fn converse(mut stream: TcpStream, (state, changed): &(Mutex<State>, Condvar)) {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let mut guard = state.lock().unwrap();
    guard.running += 1;
    guard.most = guard.most.max(guard.running);
    let mut guard = changed.wait_while(guard, |state| !state.open).unwrap();
    guard.running -= 1;
    drop(guard);
    let _ = stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    );
}
