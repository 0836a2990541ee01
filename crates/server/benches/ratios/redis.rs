//! A Redis of the bench's own, on the server's core, that keeps nothing on disk.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::machine::SERVER_CORE;
use crate::server::{free_addresses, stop, wait_for};

/// Ends with the value.
pub struct Redis {
    child: Child,
    pub url: String,
}

impl Redis {
    /// Starts it and waits until it can be reached.
    pub fn start(folder: &Path) -> Result<Self> {
        let [address] = free_addresses()?;
        let child = Command::new("taskset")
            .args([
                "-c",
                SERVER_CORE,
                "redis-server",
                "--save",
                "",
                "--bind",
                "127.0.0.1",
            ])
            .args(["--port", &address.port().to_string()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("redis-server is not installed: apt-get install redis-server")?;
        let redis = Self {
            child,
            url: format!("redis://{address}"),
        };
        wait_for("redis-server", || TcpStream::connect(address).is_ok())?;
        Ok(redis)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}
