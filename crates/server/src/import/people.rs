//! By which names the old server's people sign in: a token speaks for one of them, and here for the person of that name.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use super::SourceError;
use super::client::Obstacle;
use super::source::Tables;

/// `--people TABLE.COLUMN`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleColumn {
    table: String,
    column: String,
}

impl FromStr for PeopleColumn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.rsplit_once('.') {
            Some((table, column)) if !table.is_empty() && !column.is_empty() => Ok(Self {
                table: table.to_owned(),
                column: column.to_owned(),
            }),
            _ => Err("write TABLE.COLUMN, such as users.email".to_owned()),
        }
    }
}

impl fmt::Display for PeopleColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// Names by the old server's ids.
pub struct People(Option<HashMap<String, String>>);

impl People {
    /// Reads the table that was named; without one, nobody is known.
    ///
    /// # Errors
    /// There is no such table, or nobody in it has an `id` and such a column.
    pub async fn read(tables: &Tables, column: Option<&PeopleColumn>) -> Result<Self, SourceError> {
        let Some(column) = column else {
            return Ok(Self(None));
        };
        let mut names = HashMap::new();
        let mut rows = 0;
        tables
            .each(&column.table, None, |row| {
                rows += 1;
                if let (Some(id), Some(name)) = (row.text("id"), row.text(&column.column)) {
                    names.insert(id, name);
                }
            })
            .await?;
        if rows > 0 && names.is_empty() {
            return Err(SourceError::new(format!(
                "No row of {} has an id and something in {}.",
                column.table, column.column
            )));
        }
        Ok(Self(Some(names)))
    }

    /// The name of one.
    ///
    /// # Errors
    /// For the report.
    pub fn name(&self, id: &str) -> Result<String, Obstacle> {
        let Some(names) = &self.0 else {
            return Err(Obstacle::new(
                "It speaks for a person, and it was not said where people have their names.",
                "Say by `--people TABLE.COLUMN` which column holds the name by which a person signs in here, such as users.email.",
            ));
        };
        names.get(id).cloned().ok_or_else(|| {
            Obstacle::new(
                "It speaks for a person who is not in the table of people.",
                "Nothing: nobody is there any more.",
            )
        })
    }
}
