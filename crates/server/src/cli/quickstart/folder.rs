//! The folder that quickstart lives in: made once, used again, with ports that are free today.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The environment's name.
pub const ENVIRONMENT: &str = "production";

/// The ports wanted, in the order of the marks in the configuration: environment, admin, sample API.
const WANTED: [u16; 3] = [8080, 9090, 9000];

/// The configuration, with marks for the ports.
const TEMPLATE: &str = r#"# Made by `grantor quickstart`. Yours to change: the next start uses it as it is.

[server]
listen = ["127.0.0.1:{0}"]
admin = "127.0.0.1:{1}"
master_key_file = "grantor.key"

[log]
level = "warn"

[storage]
url = "sqlite:grantor.db"

# What credentials can be made for: two scopes, each split into read, add, write and delete.
[[versions]]
name = "v1"
scopes = ["Orders", "Customers"]
permissions = true

[environments.production]
url = "http://127.0.0.1:{0}"
dialect = "rfc6749"
branding.name = "Example platform"
access_token_lifetime = "60m"

# The gateway: a token with orders.read may GET /v1/orders, one with orders.add may POST to it.
[[routes]]
path = "/v1/orders"
version = "v1"
scope = "orders"
upstream = "http://127.0.0.1:{2}"
"#;

/// The folder, prepared.
pub struct Folder {
    root: PathBuf,
    ports: [u16; 3],
}

impl Folder {
    /// Makes what is missing and replaces ports that another program has taken.
    pub fn prepare(root: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(root)
            .with_context(|| format!("cannot make the folder {}", root.display()))?;
        let mut folder = Self {
            root: root.to_owned(),
            ports: WANTED,
        };
        let file = folder.configuration();
        let known = folder.root.join("ports");
        if file.exists() {
            folder.ports = std::fs::read_to_string(&known)
                .ok()
                .and_then(|text| read_ports(&text))
                .unwrap_or(WANTED);
        } else {
            write(&file, &with_ports(TEMPLATE, WANTED))?;
        }
        let free = free_ports(folder.ports)?;
        if free != folder.ports {
            let mut text = std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            for (old, new) in folder.ports.iter().zip(free) {
                text = text.replace(&format!("127.0.0.1:{old}\""), &format!("127.0.0.1:{new}\""));
            }
            write(&file, &text)?;
            folder.ports = free;
        }
        write(&known, &folder.ports.map(|port| port.to_string()).join(" "))?;
        Ok(folder)
    }

    /// `grantor.toml`
    pub fn configuration(&self) -> PathBuf {
        self.root.join("grantor.toml")
    }

    /// Where the credential of the tour is kept for the next start.
    pub fn credential(&self) -> PathBuf {
        self.root.join("credential.json")
    }
    /// Where the person of the tour is kept for the next start.
    pub fn person(&self) -> PathBuf {
        self.root.join("person.json")
    }

    /// The environment's url.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[0])
    }

    /// Where the sample API listens.
    pub fn sample_api(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports[2]).into()
    }
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn with_ports(template: &str, ports: [u16; 3]) -> String {
    let mut text = template.to_owned();
    for (place, port) in ports.iter().enumerate() {
        text = text.replace(&format!("{{{place}}}"), &port.to_string());
    }
    text
}

fn read_ports(text: &str) -> Option<[u16; 3]> {
    let ports: Vec<u16> = text
        .split_whitespace()
        .map_while(|port| port.parse().ok())
        .collect();
    ports.try_into().ok()
}

/// Each wanted port, or one that the system gives where it is taken. All stay open until all are found, so that none is found twice.
fn free_ports(wanted: [u16; 3]) -> anyhow::Result<[u16; 3]> {
    let open = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let mut held = Vec::new();
    let mut free = [0; 3];
    for (place, port) in free.iter_mut().zip(wanted) {
        let listener = open(port)
            .or_else(|_| open(0))
            .context("no port of 127.0.0.1 is free")?;
        *place = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(free)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_taken_port_is_replaced_by_a_free_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let free = free_ports([port, 0, 0]).unwrap();
        assert_ne!(free[0], port);
        assert!(free.iter().all(|port| *port != 0));
    }

    #[test]
    fn the_template_has_a_place_for_every_port() {
        let text = with_ports(TEMPLATE, [1, 2, 3]);
        assert!(!text.contains('{'));
        for port in ["127.0.0.1:1\"", "127.0.0.1:2\"", "127.0.0.1:3\""] {
            assert!(text.contains(port));
        }
    }
}
