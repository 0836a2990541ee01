//! Which database a server gets: a file in its folder, or a PostgreSQL database of its own.
//!
//! `GRANTOR_TEST_POSTGRES` is the URL of a role that may make databases. With it the tests that are written for each
//! database run on both, and `GRANTOR_TEST_DATABASE=postgres` puts all the others on PostgreSQL as well.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    /// Its URL.
    Postgres(String),
}

impl Database {
    /// The one that tests use when they do not care.
    pub fn usual() -> Self {
        match std::env::var("GRANTOR_TEST_DATABASE").as_deref() {
            Ok("postgres") => Self::postgres()
                .expect("GRANTOR_TEST_DATABASE=postgres needs GRANTOR_TEST_POSTGRES"),
            _ => Self::Sqlite,
        }
    }

    /// A new PostgreSQL database, where there is a PostgreSQL.
    pub fn postgres() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let admin = std::env::var("GRANTOR_TEST_POSTGRES")
            .ok()
            .filter(|url| !url.is_empty())?;
        let name = format!(
            "http_{}_{}",
            std::process::id(),
            MADE.fetch_add(1, Ordering::Relaxed)
        );
        psql(&admin, &format!("create database {name}"));
        let (server, _) = admin.rsplit_once('/').unwrap();
        Some(Self::Postgres(format!("{server}/{name}")))
    }

    /// Everything the database holds, as bytes: of PostgreSQL a dump, of SQLite nothing, since its files lie in the folder.
    pub fn dump(&self) -> Vec<u8> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::Postgres(url) => run(program("pg_dump").args(["--inserts", url])),
        }
    }
}

/// Runs one statement on PostgreSQL and gives back what it printed.
pub fn psql(url: &str, statement: &str) -> String {
    let mut command = program("psql");
    command.args([
        url,
        "--no-psqlrc",
        "--quiet",
        "--tuples-only",
        "--no-align",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        statement,
    ]);
    String::from_utf8(run(&mut command)).unwrap()
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Debian keeps PostgreSQL's programs out of the path.
fn program(name: &str) -> Command {
    let mut folders: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    let found = folders
        .iter()
        .rev()
        .map(|folder| folder.join("bin").join(name))
        .find(|path| path.exists());
    Command::new(found.unwrap_or_else(|| name.into()))
}
