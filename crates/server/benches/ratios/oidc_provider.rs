//! What is compared with: node's `oidc-provider` with its in-memory store, as its own quick start shows it.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::cpu::Processes;
use crate::http;
use crate::machine::SERVER_CORE;
use crate::server::{stop, wait_for};

/// Its client's id and secret in a form.
pub const FORM: &str = "client_id=bench&client_secret=bench-bench-bench-bench";
/// Its token endpoint.
pub const TOKEN: &str = "/token";
/// Its introspection endpoint.
pub const INTROSPECTION: &str = "/token/introspection";

const PROGRAM: &str = r#"
import Provider from 'oidc-provider';
const [host, port] = process.argv[2].split(':');
const provider = new Provider(`http://${host}:${port}`, {
  features: { clientCredentials: { enabled: true }, introspection: { enabled: true } },
  clients: [{ client_id: 'bench', client_secret: 'bench-bench-bench-bench', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_post' }],
});
provider.listen(Number(port), host);
"#;

/// An installed oidc-provider.
pub struct OidcProvider(PathBuf);

impl OidcProvider {
    /// Installs it into the target folder, once.
    pub fn install() -> Result<Self> {
        let folder = crate::target().join("bench-npm");
        if !folder
            .join("node_modules/oidc-provider/package.json")
            .exists()
        {
            fs::create_dir_all(&folder)?;
            let npm = Command::new("npm")
                .args([
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    ".",
                    "oidc-provider@9",
                ])
                .current_dir(&folder)
                .output();
            let npm =
                npm.context("npm is not installed, and with it the server to compare with")?;
            ensure!(
                npm.status.success(),
                "npm could not install oidc-provider: {}",
                String::from_utf8_lossy(&npm.stderr).trim()
            );
        }
        fs::write(folder.join("provider.mjs"), PROGRAM)?;
        Ok(Self(folder))
    }

    /// Its version.
    pub fn version(&self) -> Result<String> {
        let package = fs::read(self.0.join("node_modules/oidc-provider/package.json"))?;
        let package: serde_json::Value = serde_json::from_slice(&package)?;
        Ok(package["version"].as_str().unwrap_or("unknown").to_owned())
    }

    /// Starts it without waiting for it.
    pub fn spawn(&self, address: SocketAddr) -> Result<Running> {
        let mut command = Command::new("taskset");
        command
            .args([
                "-c",
                SERVER_CORE,
                "node",
                "provider.mjs",
                &address.to_string(),
            ])
            .current_dir(&self.0);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Ok(Running(child.context("node cannot be started")?))
    }
}

impl OidcProvider {
    /// Starts it and waits for its first answer.
    pub fn serve(&self, address: SocketAddr) -> Result<Running> {
        let running = self.spawn(address)?;
        let discovery = "/.well-known/openid-configuration";
        wait_for("oidc-provider", || {
            http::get(address, discovery).is_ok_and(|(status, _)| status == 200)
        })?;
        Ok(running)
    }
}

/// Ends with the value.
pub struct Running(Child);

impl Running {
    /// Its process as what CPU time is read of.
    pub fn processes(&self) -> Processes {
        Processes::One(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop(&mut self.0);
    }
}
