//! The one place where SQLite and PostgreSQL part ways.

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:path`, resolved against the configuration file's folder.
    Sqlite(std::path::PathBuf),
    /// `postgres://…`; may hold a password, so `Display` shows none.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:relative`, `sqlite:/absolute`, `postgres://…` or `postgresql://…`; a relative path starts at `base`.
    pub fn parse(text: &str, base: &std::path::Path) -> Result<Self, crate::StoreError> { todo!() }
}

#[derive(Clone)]
pub struct Database;
