//! The product under measurement: started with a configuration of its own, pinned, with its log read.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::cpu::Processes;
use crate::http;
use crate::log::Log;
use crate::machine::SERVER_CORE;

/// One environment for each kind of token. All else is the product's default.
const CONFIGURATION: &str = r#"
[server]
listen = ["127.0.0.1:OPAQUE", "127.0.0.1:EDDSA", "127.0.0.1:ES256"]
admin = "127.0.0.1:ADMIN"

[[versions]]
name = "v2"
scopes = ["Shifts", "Tags"]
permissions = true

[environments.opaque]
url = "http://127.0.0.1:OPAQUE"
access_token_lifetime = "60m"
forward_auth = { kind = "traefik", trusted_peers = ["127.0.0.1"] }

[environments.eddsa]
url = "http://127.0.0.1:EDDSA"
access_token_lifetime = "60m"
access_token_format = "jwt"
signing_algorithm = "EdDSA"

[environments.es256]
url = "http://127.0.0.1:ES256"
access_token_lifetime = "60m"
access_token_format = "jwt"
signing_algorithm = "ES256"

[[routes]]
path = "/v2/shifts"
version = "v2"
scope = "shifts"
upstream = "http://127.0.0.1:9"

[[routes]]
path = "/v2/passed"
version = "v2"
scope = "shifts"
upstream = "http://127.0.0.1:UPSTREAM"
"#;

/// The environments' names, in the order of their ports.
pub const ENVIRONMENTS: [&str; 3] = ["opaque", "eddsa", "es256"];
/// What is waited for a server to become ready, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with a configuration; the server is started from it, perhaps several times.
pub struct Place {
    folder: PathBuf,
    /// The configuration's file in it.
    file: String,
    addresses: [SocketAddr; 3],
    admin: SocketAddr,
    bare: SocketAddr,
    /// Where the API behind the gateway is expected.
    pub upstream: SocketAddr,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    /// Writes the configuration; `database` is a URL where it shall not be SQLite.
    pub fn new(parent: &Path, name: &str, database: Option<&str>) -> Result<Self> {
        Self::with(parent, name, database, "")
    }

    /// The same with more in the configuration: tables that it does not have yet.
    pub fn with(parent: &Path, name: &str, database: Option<&str>, more: &str) -> Result<Self> {
        let folder = parent.join(name);
        fs::create_dir_all(&folder)?;
        let [opaque, eddsa, es256, admin, bare, upstream] = free_addresses()?;
        let mut text = CONFIGURATION.to_owned();
        for (word, address) in [
            ("OPAQUE", opaque),
            ("EDDSA", eddsa),
            ("ES256", es256),
            ("ADMIN", admin),
            ("UPSTREAM", upstream),
        ] {
            text = text.replace(&format!("127.0.0.1:{word}"), &address.to_string());
        }
        text.push_str(more);
        let file = "grantor.toml".to_owned();
        fs::write(folder.join(&file), text)?;
        let stated = |url: &str| {
            vec![
                ("GRANTOR__STORAGE__URL", url.to_owned()),
                ("GRANTOR__STORAGE__MIGRATE", "true".to_owned()),
            ]
        };
        Ok(Self {
            folder,
            file,
            addresses: [opaque, eddsa, es256],
            admin,
            bare,
            upstream,
            variables: database.map(stated).unwrap_or_default(),
        })
    }

    /// The same with a limit of token requests, which is counted and told apart by address.
    pub fn limited(mut self, per_minute: u32) -> Self {
        let name = "GRANTOR__ENVIRONMENTS__OPAQUE__TOKEN_REQUESTS_PER_MINUTE";
        self.variables.push((name, per_minute.to_string()));
        self
    }

    /// The same with seconds in which a node that is to stop says so and serves on.
    pub fn stopping_slowly(mut self, seconds: u32) -> Self {
        let name = "GRANTOR__SERVER__SHUTDOWN_DELAY";
        self.variables.push((name, seconds.to_string()));
        self
    }

    /// Another node of the same platform: the same environments, key and database, at addresses of its own.
    pub fn node(&self, number: usize) -> Result<Self> {
        let mut text = fs::read_to_string(self.folder.join(&self.file))?;
        let listen = |addresses: &[SocketAddr; 3]| {
            let [opaque, eddsa, es256] = addresses;
            format!(r#"listen = ["{opaque}", "{eddsa}", "{es256}"]"#)
        };
        let [opaque, eddsa, es256, admin, bare] = free_addresses()?;
        let addresses = [opaque, eddsa, es256];
        let named = |admin: SocketAddr| format!(r#"admin = "{admin}""#);
        for (own, other) in [
            (listen(&self.addresses), listen(&addresses)),
            (named(self.admin), named(admin)),
        ] {
            ensure!(text.contains(&own), "the configuration has no {own}");
            text = text.replace(&own, &other);
        }
        let file = format!("node{number}.toml");
        fs::write(self.folder.join(&file), text)?;
        Ok(Self {
            folder: self.folder.clone(),
            file,
            addresses,
            admin,
            bare,
            upstream: self.upstream,
            variables: self.variables.clone(),
        })
    }

    /// The SQLite database, which may be filled while nothing serves it.
    pub fn database(&self) -> PathBuf {
        self.folder.join("grantor.db")
    }

    /// Where a node says whether it is ready.
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// Where an environment answers.
    pub fn address(&self, environment: &str) -> SocketAddr {
        let at = ENVIRONMENTS
            .iter()
            .position(|name| *name == environment)
            .expect("a name of ENVIRONMENTS");
        self.addresses[at]
    }

    fn grantor(&self, before: &[&str]) -> Command {
        let words: Vec<&str> = before
            .iter()
            .copied()
            .chain([env!("CARGO_BIN_EXE_grantor")])
            .collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(&self.folder).envs(
            self.variables
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        command
    }

    /// Starts the server without waiting for it, with the bare handler or as users have it.
    pub fn spawn(&self, with_bare: bool) -> Result<Server> {
        let mut command = self.grantor(&["taskset", "-c", SERVER_CORE]);
        if with_bare {
            command.env("GRANTOR_BARE_LISTEN", self.bare.to_string());
            command.env("GRANTOR_BARE_UPSTREAM", self.upstream.to_string());
        }
        let command = command
            .args(["serve", "--config", &self.file])
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().context("taskset cannot be started")?;
        let log = Log::follow(child.stderr.take().context("its log is piped")?);
        Ok(Server {
            child,
            log,
            bare: self.bare,
            admin: self.admin,
        })
    }

    /// Starts the server and waits until it is ready.
    pub fn serve(&self) -> Result<Server> {
        let mut server = self.spawn(true)?;
        let begun = Instant::now();
        while !http::get(self.admin, "/readyz").is_ok_and(|(status, _)| status == 200) {
            if let Some(status) = server.child.try_wait()? {
                bail!("grantor serve ended with {status}: {}", server.log.tail());
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "grantor serve is not ready after {PATIENCE:?}: {}",
                server.log.tail()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    /// Makes a credential with one permission and answers the start of a form with its id and secret.
    pub fn credential(&self, environment: &str, allow: &str) -> Result<String> {
        let output = self
            .grantor(&[])
            .args([
                "credentials",
                "create",
                "--environment",
                environment,
                "--account",
                "Bench",
                "--name",
                "bench",
            ])
            .args([
                "--description",
                "made by cargo bench",
                "--version",
                "v2",
                "--allow",
                allow,
            ])
            .args(["--json", "--config", &self.file])
            .output()?;
        ensure!(
            output.status.success(),
            "no credential was made: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let made: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let member = |name: &str| {
            made[name]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("credentials create printed no {name}"))
        };
        Ok(format!(
            "client_id={}&client_secret={}",
            member("client_id")?,
            member("client_secret")?
        ))
    }

    /// Makes what is needed to serve, without serving: the database and its key.
    pub fn prepare(&self) -> Result<()> {
        drop(self.serve()?);
        Ok(())
    }

    /// Refreshes an environment and waits for the end of it.
    pub fn refresh(&self, environment: &str) -> Result<()> {
        self.tell(&["environments", "refresh", environment])
    }

    /// A new signing key for an environment, which signs at once.
    pub fn rotate(&self, environment: &str) -> Result<()> {
        self.tell(&["keys", "rotate", "--environment", environment, "--now"])
    }

    fn tell(&self, words: &[&str]) -> Result<()> {
        let mut command = self.grantor(&[]);
        let output = command
            .args(words)
            .args(["--config", &self.file])
            .output()?;
        ensure!(
            output.status.success(),
            "grantor {} failed: {}",
            words.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(())
    }

    /// Makes an account manager, and the account if it is new.
    pub fn person(
        &self,
        environment: &str,
        account: &str,
        username: &str,
        password: &str,
    ) -> Result<()> {
        let mut command = self.grantor(&[]);
        command.args([
            "people",
            "create",
            "--environment",
            environment,
            "--account",
            account,
        ]);
        command.args([
            "--username",
            username,
            "--role",
            "account-manager",
            "--password-stdin",
        ]);
        command.args(["--config", &self.file]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        let mut input = child.stdin.take().context("its input is piped")?;
        writeln!(input, "{password}")?;
        drop(input);
        ensure!(child.wait()?.success(), "no person was made");
        Ok(())
    }
}

/// A running server; it ends with the value.
pub struct Server {
    child: Child,
    log: Log,
    /// Where the bare handler answers.
    pub bare: SocketAddr,
    admin: SocketAddr,
}

impl Server {
    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Its process as what CPU time is read of.
    pub fn processes(&self) -> Processes {
        Processes::One(self.child.id())
    }

    /// Log lines that were dropped because their reader was too slow: a measurement with such is none.
    pub fn dropped_lines(&self) -> Result<u64> {
        let (_, text) = http::get(self.admin, "/metrics")?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("grantor_log_lines_dropped_total "));
        Ok(line
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or(0))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// Waits until a program that was just started answers; `what` says which, for whom it does not.
pub fn wait_for(what: &str, mut answers: impl FnMut() -> bool) -> Result<()> {
    let begun = Instant::now();
    while !answers() {
        ensure!(
            begun.elapsed() < PATIENCE,
            "{what} does not answer; is it installed?"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Asks a process to end, and makes it when it does not.
pub fn stop(child: &mut Child) {
    let _ = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Loopback addresses that nobody uses at the moment, all different.
pub fn free_addresses<const N: usize>() -> Result<[SocketAddr; N]> {
    let held: Vec<TcpListener> = (0..N)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect::<Result<_, _>>()?;
    let addresses: Vec<SocketAddr> = held
        .iter()
        .map(TcpListener::local_addr)
        .collect::<Result<_, _>>()?;
    Ok(addresses.try_into().expect("as many as listeners"))
}
