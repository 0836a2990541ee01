//! `grantor import`: clients of other servers, whose programs go on with the id and the secret they have.

mod fixtures;
mod formats;
mod frameworks;
mod killed;
mod runs;
mod tokens;
mod vectors;
mod way_back;

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::support::database::{Database, psql};
use super::support::request::form;
use super::support::{Answer, Request, Server, Setup};

/// What every vector was computed of; it also tells a Basic header that is read raw from one that is decoded.
const SECRET: &str = "s3cr3t-Test+%41";
const TOKEN: &str = "/oauth/token";

/// One environment reads JSON, as two of the old servers did; the other is plain OAuth 2.1.
const CONFIG: &str = r#"
[[versions]]
name = "v1"
scopes = ["Orders"]

[environments.production]
dialect = "doorkeeper"

[environments.plain]
"#;

/// Runs a test on SQLite and, where there is one, on PostgreSQL; the old server's database is of the same kind.
fn on_each_database(test: fn(&Place)) {
    for_each(CONFIG, &["production", "plain"], |place| test(place));
}

/// The same with a configuration of its own.
fn for_each(config: &str, environments: &[&str], test: impl Fn(&mut Place)) {
    let databases = [Some(Database::Sqlite), Database::postgres()];
    for database in databases.into_iter().flatten() {
        let setup = Setup::written(config, environments);
        test(&mut Place {
            server: setup.on(database).start(),
        });
    }
}

struct Place {
    server: Server,
}

impl Place {
    /// A file that the old server's people exported.
    fn file(&self, name: &str, text: &str) -> String {
        let file = self.server.folder.join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// The old server's database, filled by these statements.
    fn source(&self, name: &str, statements: &str) -> String {
        if let Database::Postgres(_) = self.server.database {
            let Some(Database::Postgres(url)) = Database::postgres() else {
                panic!("there was a PostgreSQL a moment ago");
            };
            psql(&url, statements);
            return url;
        }
        let file = self.server.folder.join(name);
        sqlite(&file, statements);
        format!("sqlite:{}", file.display())
    }

    fn import(&self, format: &str, source: &str, more: &[&str]) -> Value {
        let command = ["import", format, source, "--environment", "production"];
        self.server.json(&[&command, more].concat(), None)
    }

    fn refused(&self, format: &str, source: &str, more: &[&str]) -> String {
        let command = ["import", format, source, "--environment", "production"];
        let output = self.server.grantor(&[&command[..], more].concat(), None);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn by_form(&self, id: &str, secret: &str) -> Answer {
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        Request::post(TOKEN)
            .form(form(&pairs))
            .send(self.server.at("production"))
    }

    fn by_json(&self, id: &str, secret: &str) -> Answer {
        let body =
            json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
        Request::post(TOKEN)
            .body("application/json", body.to_string())
            .send(self.server.at("production"))
    }

    fn by_basic(&self, id: &str, secret: &str) -> Answer {
        Request::post(TOKEN)
            .basic_text(id, secret)
            .form("grant_type=client_credentials")
            .send(self.server.at("production"))
    }

    fn by_encoded_basic(&self, id: &str, secret: &str) -> Answer {
        let encoded =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        self.by_basic(&encoded(id), &encoded(secret))
    }

    /// How often an audit event was written.
    fn events(&self, event: &str) -> usize {
        let listed = self.server.json(
            &["audit", "list", "--event", event, "--limit", "1000"],
            None,
        );
        listed.as_array().unwrap().len()
    }
}

/// Runs statements on a file of SQLite, which is made where it is not there.
fn sqlite(file: &std::path::Path, statements: &str) {
    let mut child = Command::new("sqlite3")
        .arg("-bail")
        .arg(file)
        .stdin(Stdio::piped())
        .spawn()
        .expect("sqlite3, to make the old server's database");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), statements.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{statements}");
}

fn is_token(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.json()["access_token"].is_string(), "{answer:?}");
}

fn is_refused(answer: &Answer) {
    assert_eq!(
        answer.refusal(),
        (401, "invalid_client".to_owned()),
        "{answer:?}"
    );
}

/// The reason why something did not come.
fn reason(report: &Value, client_id: &str) -> String {
    let rows = report["not_coming"].as_array().unwrap();
    let row = rows.iter().find(|row| row["client_id"] == client_id);
    let row = row.unwrap_or_else(|| panic!("{client_id} is not among {report:#}"));
    assert!(
        row["remedy"]
            .as_str()
            .is_some_and(|remedy| !remedy.is_empty())
    );
    row["reason"].as_str().unwrap().to_owned()
}
