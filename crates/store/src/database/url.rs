//! Where the database is, as an operator writes it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use crate::StoreError;

/// Where the database is. Neither `Debug` nor `Display` shows a password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:path`, resolved against the configuration file's folder.
    Sqlite(PathBuf),
    /// `postgres://…`; may hold a password.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:relative`, `sqlite:/absolute`, `postgres://…` or `postgresql://…`; a relative path starts at `base`.
    ///
    /// # Errors
    /// [`StoreError::Operator`] with a sentence that says what to write instead; it never repeats the text, which may hold a password.
    pub fn parse(text: &str, base: &Path) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return sqlite(path, base);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return postgres(text);
        }
        Err(operator(
            "the database's URL must be sqlite:FILE or postgres://USER@HOST/DATABASE",
        ))
    }
}

fn sqlite(path: &str, base: &Path) -> Result<DatabaseUrl, StoreError> {
    if path.is_empty() || path.starts_with("//") {
        return Err(operator(
            "the database's URL names no file: write sqlite:FILE, without slashes before a relative path",
        ));
    }
    if path.starts_with(':') || path.contains(['?', '\0']) {
        return Err(operator(
            "the database's URL must name a file: sqlite:FILE takes no options, and a database in memory would forget every token",
        ));
    }
    Ok(DatabaseUrl::Sqlite(base.join(path)))
}

fn postgres(text: &str) -> Result<DatabaseUrl, StoreError> {
    // `verify-ca` and `verify-full` are not even words to the driver, so they are looked for before it reads the text.
    let demands_tls = url::Url::parse(text)
        .map_err(|_| operator("the database's URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE"))?
        .query_pairs()
        .any(|(key, value)| key == "sslmode" && (value == "require" || value.starts_with("verify")));
    if demands_tls {
        return Err(operator(
            "TLS to PostgreSQL is not built in yet: leave sslmode out and reach the database over a private network or a tunnel",
        ));
    }
    tokio_postgres::Config::from_str(text).map_err(|_| {
        operator(
            "the database's URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        )
    })?;
    Ok(DatabaseUrl::Postgres(text.to_owned()))
}

fn operator(sentence: &str) -> StoreError {
    StoreError::Operator(sentence.to_owned())
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            // Options may hold a password too, so they are left out whole.
            Self::Postgres(text) => match url::Url::parse(text) {
                Ok(url) => {
                    let host = url.host_str().unwrap_or("");
                    let port = url
                        .port()
                        .map(|port| format!(":{port}"))
                        .unwrap_or_default();
                    write!(
                        f,
                        "postgres://{}@{host}{port}{}",
                        url.username(),
                        url.path()
                    )
                }
                Err(_) => f.write_str("postgres://"),
            },
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}
