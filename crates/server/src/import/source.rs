//! Where a reader reads: a file, or the old server's database.

use std::io::Read;

use serde_json::Value;
use store::ForeignDatabase;

use super::SourceError;
use super::fields::Row;

/// Bytes of a file at most; a hundred thousand clients have some fifty million.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// A source by its name: a file's path, or a URL.
pub struct Source<'s> {
    name: &'s str,
}

/// The tables of a database.
pub struct Tables {
    database: ForeignDatabase,
    names: Vec<String>,
}

impl<'s> Source<'s> {
    /// As it stands on the command line.
    pub fn new(name: &'s str) -> Self {
        Self { name }
    }

    /// Whether it is a database and not a file.
    pub fn is_database(&self) -> bool {
        let schemes = ["sqlite:", "postgres:", "postgresql:", "mysql:", "mariadb:"];
        schemes.iter().any(|scheme| self.name.starts_with(scheme))
    }

    /// A file of text.
    ///
    /// # Errors
    /// It cannot be read, is too large or is not UTF-8.
    pub fn text(&self) -> Result<String, SourceError> {
        let cannot = |what: String| SourceError::new(format!("{} {what}.", self.name));
        let file = std::fs::File::open(self.name)
            .map_err(|error| cannot(format!("cannot be read: {error}")))?;
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| cannot(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(cannot(
                "is larger than 256 MiB: split it, and import the pieces one by one".into(),
            ));
        }
        let text = String::from_utf8(bytes).map_err(|_| cannot("is not UTF-8".into()))?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })
    }

    /// A file of JSON or YAML.
    ///
    /// # Errors
    /// As for [`Source::text`], or it is neither.
    pub fn document(&self) -> Result<Value, SourceError> {
        let text = self.text()?;
        let json = match text.trim_start().starts_with(['{', '[']) {
            true => serde_json::from_str(&text).map_err(|error| error.to_string()),
            false => serde_saphyr::from_str(&text).map_err(|error| error.to_string()),
        };
        // Of the complaint only where: what stands there may be a secret.
        json.map_err(|error| {
            let place = error.split(" at line ").nth(1).unwrap_or_default();
            let place: String = place.chars().take_while(|c| c.is_ascii_digit()).collect();
            let line = if place.is_empty() {
                String::new()
            } else {
                format!(" (line {place})")
            };
            SourceError::new(format!("{} is neither JSON nor YAML{line}.", self.name))
        })
    }

    /// A database.
    ///
    /// # Errors
    /// It cannot be reached or read.
    pub async fn tables(&self) -> Result<Tables, SourceError> {
        let database = ForeignDatabase::open(self.name).await?;
        let names = database.tables().await?;
        Ok(Tables { database, names })
    }
}

impl Tables {
    /// Every row of a table, whose name may be spelled in another case or with underscores.
    ///
    /// # Errors
    /// There is no such table.
    pub async fn rows(&self, name: &str) -> Result<Vec<Row>, SourceError> {
        let found = self.find(name).ok_or_else(|| missing(name))?;
        let rows = self.database.rows(found).await?;
        Ok(rows.into_iter().map(Row::new).collect())
    }

    /// Each row of a table that may be very large; where a column is named, only those in which it holds nothing.
    ///
    /// # Errors
    /// There is no such table.
    pub async fn each(
        &self,
        name: &str,
        empty: Option<&str>,
        mut take: impl FnMut(Row) + Send,
    ) -> Result<(), SourceError> {
        let found = self.find(name).ok_or_else(|| missing(name))?;
        let mut take = |columns| take(Row::new(columns));
        Ok(self.database.each(found, empty, &mut take).await?)
    }

    /// Whether there is such a table.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Every row of a table that older versions do not have.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn rows_if_any(&self, name: &str) -> Result<Vec<Row>, SourceError> {
        match self.find(name) {
            Some(_) => self.rows(name).await,
            None => Ok(Vec::new()),
        }
    }

    fn find(&self, name: &str) -> Option<&str> {
        let wanted = super::fields::plain(name);
        let exact = self.names.iter().find(|table| *table == name);
        let alike = || {
            self.names
                .iter()
                .find(|table| super::fields::plain(table) == wanted)
        };
        exact.or_else(alike).map(String::as_str)
    }
}

fn missing(table: &str) -> SourceError {
    SourceError::new(format!(
        "The source has no table {table}: is it the right database, and may this role read it?"
    ))
}
