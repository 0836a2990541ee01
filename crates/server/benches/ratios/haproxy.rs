//! HAProxy in front of several nodes, on the load's core, as an operator would set it up: it asks each whether it is ready.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::http;
use crate::machine::LOAD_CORE;
use crate::server::{free_addresses, stop, wait_for};

/// Ends with the value.
pub struct HaProxy {
    child: Child,
    /// Where each group of servers is reached, in the order given.
    pub addresses: Vec<SocketAddr>,
}

/// The same environment on every node: where it answers, and where the node says whether it is ready.
pub type Servers = Vec<(SocketAddr, SocketAddr)>;

impl HaProxy {
    /// Starts it and waits until it has found every group's servers ready.
    pub fn start(folder: &Path, groups: &[Servers]) -> Result<Self> {
        let mut text = "defaults\n mode http\n timeout connect 2s\n timeout client 60s\n timeout server 60s\n option redispatch 1\n".to_owned();
        let mut addresses = Vec::new();
        for (number, servers) in groups.iter().enumerate() {
            let [address] = free_addresses()?;
            addresses.push(address);
            text.push_str(&format!(
                "listen group{number}\n bind {address}\n balance roundrobin\n option httpchk GET /readyz\n"
            ));
            for (at, (server, admin)) in servers.iter().enumerate() {
                text.push_str(&format!(
                    " server node{at} {server} check addr {} port {} inter 500ms fall 2 rise 1\n",
                    admin.ip(),
                    admin.port()
                ));
            }
        }
        let file = folder.join("haproxy.cfg");
        fs::write(&file, text)?;
        let mut command = Command::new("taskset");
        command.args(["-c", LOAD_CORE, "haproxy", "-q", "-db", "-f"]);
        let child = command
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("haproxy is not installed: apt-get install haproxy")?;
        let started = Self { child, addresses };
        for address in &started.addresses {
            wait_for("HAProxy", || http::get(*address, "/").is_ok())?;
        }
        Ok(started)
    }
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}
