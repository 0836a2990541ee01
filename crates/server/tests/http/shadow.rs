//! `grantor shadow`: the old server's answers pass through it, and beside them it sees what Grantor would have said.

mod canary;
mod old_server;
mod passing;
mod rehearsing;

use std::fs::File;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use self::old_server::OldServer;
use super::support::database::Database;
use super::support::folder::Watchman;
use super::support::request::form;
use super::support::server::free_address;
use super::support::{Answer, Connection, Credential, Request, Server, Setup, until};

const TOKEN: &str = "/oauth/token";
const GRANT: &str = "grant_type=client_credentials";

const CONFIG: &str = r#"
[server]
trusted_proxies = ["127.0.0.1"]
[[versions]]
name = "v1"
scopes = ["Orders", "Tags"]
permissions = true

[environments.production]
access_token_lifetime = "60m"
"#;

/// Runs a test on SQLite and, where there is one, on PostgreSQL.
fn on_each_database(test: fn(&Server)) {
    for database in [Some(Database::Sqlite), Database::postgres()]
        .into_iter()
        .flatten()
    {
        test(&setup().on(database).start());
    }
}

fn setup() -> Setup {
    Setup::written(CONFIG, &["production"])
}

fn client(server: &Server) -> Credential {
    let allowed = ["--version", "v1", "--allow", "orders=read,add"];
    server.credential("production", &allowed)
}

/// A running `grantor shadow` before an old server.
struct Shadow {
    at: String,
    report_at: String,
    log: std::path::PathBuf,
    process: Child,
    _watchman: Watchman,
}

impl Shadow {
    /// Before this old server, on the database of that Grantor, once it rehearses.
    fn start(server: &Server, old: &OldServer, more: &[(&str, &str)]) -> Self {
        let shadow = Self::before(server, &old.authority, more, &[]);
        until("it rehearses", || shadow.report()["rehearsing"] == true);
        shadow
    }

    fn before(server: &Server, old: &str, more: &[(&str, &str)], arguments: &[&str]) -> Self {
        let wished = more.iter().find(|(key, _)| *key == "SHADOW__LISTEN");
        let at = wished.map_or_else(free_address, |(_, at)| (*at).to_owned());
        let report_at = free_address();
        let log = server.folder.join(&format!("shadow-{at}.log"));
        let file = File::create(&log).unwrap();
        let mut command = server.command();
        command.envs(
            more.iter()
                .map(|(key, value)| (format!("GRANTOR__{key}"), (*value).to_owned())),
        );
        command
            .env("GRANTOR__SHADOW__REPORT_LISTEN", &report_at)
            .env("GRANTOR__SHADOW__LISTEN", &at)
            .arg("shadow")
            .args(["--upstream", &format!("http://{old}")])
            .args(arguments)
            .arg("--config")
            .arg(server.config());
        let process = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let shadow = Self {
            _watchman: Watchman::over(process.id(), server.folder.path()),
            at,
            report_at,
            log,
            process,
        };
        until("it listens", || {
            Connection::try_open(&shadow.at).is_ok()
                && Connection::try_open(&shadow.report_at).is_ok()
        });
        shadow
    }

    fn report(&self) -> Value {
        Request::get("/_shadow").send(&self.report_at).json()
    }

    /// The report, once so many token requests were compared or given up.
    fn report_after(&self, requests: u64) -> Value {
        let mut report = Value::Null;
        until("every token request is counted", || {
            report = self.report();
            let given_up = report["not_compared"].as_array().unwrap().iter();
            let given_up: u64 = given_up.map(|row| row["count"].as_u64().unwrap()).sum();
            report["compared"].as_u64().unwrap() + given_up == requests
        });
        report
    }

    fn ask(&self, credential: &Credential, body: &str) -> Answer {
        Request::post(TOKEN)
            .basic(credential)
            .form(body)
            .send(&self.at)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn stop(&mut self) {
        let asked = std::process::Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status();
        assert!(asked.unwrap().success());
        let status = self.process.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.log());
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the old server says to a client that it knows, in the words of Grantor.
fn token_answer() -> Value {
    json!({
        "access_token": "old-token-0123456789",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "orders.read orders.add",
    })
}

const AS_OURS: &[(&str, &str)] = &[
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
];
