//! One set of migrations for both databases, applied in order, each in a transaction of its own.
//!
//! An applied migration is remembered with the SHA-256 of its text. A database that knows a migration this
//! binary does not know was written by a newer Grantor and is left alone.

use aws_lc_rs::digest;

use crate::database::{Database, Row, params};
use crate::statements::statements;
use crate::{Millis, Store, StoreError};

statements! {
    CREATE_TABLE = "create table if not exists migrations (number bigint not null primary key, name text not null, checksum bytea not null, applied_at bigint not null)";
    SELECT_APPLIED = "select number, checksum, applied_at from migrations order by number";
    INSERT = "insert into migrations (number, name, checksum, applied_at) values ($1, $2, $3, $4)";
}

/// A migration's name and text; its number is its place in the list, from 1.
struct Migration {
    name: &'static str,
    text: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "credentials_and_tokens",
        text: include_str!("../../../migrations/0001_credentials_and_tokens.sql"),
    },
    Migration {
        name: "people",
        text: include_str!("../../../migrations/0002_people.sql"),
    },
    Migration {
        name: "passkeys",
        text: include_str!("../../../migrations/0003_passkeys.sql"),
    },
    Migration {
        name: "portal",
        text: include_str!("../../../migrations/0004_portal.sql"),
    },
    Migration {
        name: "request_records",
        text: include_str!("../../../migrations/0005_request_records.sql"),
    },
    Migration {
        name: "idempotency_keys",
        text: include_str!("../../../migrations/0006_idempotency_keys.sql"),
    },
    Migration {
        name: "sign_in_by_others",
        text: include_str!("../../../migrations/0007_sign_in_by_others.sql"),
    },
    Migration {
        name: "deliveries",
        text: include_str!("../../../migrations/0008_deliveries.sql"),
    },
    Migration {
        name: "activity_of_a_subject",
        text: include_str!("../../../migrations/0009_activity_of_a_subject.sql"),
    },
    Migration {
        name: "tickets_know_their_maker",
        text: include_str!("../../../migrations/0010_tickets_know_their_maker.sql"),
    },
    Migration {
        name: "budgets",
        text: include_str!("../../../migrations/0011_budgets.sql"),
    },
    Migration {
        name: "refresh",
        text: include_str!("../../../migrations/0012_refresh.sql"),
    },
    Migration {
        name: "status",
        text: include_str!("../../../migrations/0013_status.sql"),
    },
    Migration {
        name: "recent_changes",
        text: include_str!("../../../migrations/0014_recent_changes.sql"),
    },
    Migration {
        name: "imported_secrets",
        text: include_str!("../../../migrations/0015_imported_secrets.sql"),
    },
    Migration {
        name: "people_by_account_and_name",
        text: include_str!("../../../migrations/0016_people_by_account_and_name.sql"),
    },
    Migration {
        name: "imported_tokens",
        text: include_str!("../../../migrations/0017_imported_tokens.sql"),
    },
    Migration {
        name: "way_back",
        text: include_str!("../../../migrations/0018_way_back.sql"),
    },
];

/// One migration and whether this database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Its place in the order, from 1.
    pub number: u32,
    /// What it brings.
    pub name: String,
    /// When this database got it.
    pub applied_at: Option<Millis>,
}

/// Where this database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Every migration this binary knows, in order.
    pub migrations: Vec<MigrationState>,
    /// The database has a migration this binary does not know: it was written by a newer Grantor.
    pub newer: bool,
}

impl MigrationStatus {
    /// Whether this binary and this database fit: nothing is missing and nothing unknown.
    pub fn is_current(&self) -> bool {
        !self.newer
            && self
                .migrations
                .iter()
                .all(|migration| migration.applied_at.is_some())
    }
}

impl Store {
    /// Applies what is missing, under a lock, each with a checksum. Refuses a database of a newer Grantor.
    ///
    /// # Errors
    /// [`StoreError::Operator`] for a newer database or one whose migrations were other ones.
    pub async fn migrate(&self, now: Millis) -> Result<MigrationStatus, StoreError> {
        migrate(&self.database, now).await?;
        self.migration_status().await
    }

    /// Where this database stands.
    ///
    /// # Errors
    /// [`StoreError::Operator`] when a migration was applied that has another text than this binary's.
    pub async fn migration_status(&self) -> Result<MigrationStatus, StoreError> {
        status(&self.database).await
    }
}

pub(crate) async fn status(database: &Database) -> Result<MigrationStatus, StoreError> {
    let migrated = database
        .tables()
        .await?
        .iter()
        .any(|table| table == "migrations");
    let applied = if migrated {
        database.query(SELECT_APPLIED, &[]).await?
    } else {
        Vec::new()
    };
    examine(applied)
}

/// Applies what is missing.
pub(crate) async fn migrate(database: &Database, now: Millis) -> Result<(), StoreError> {
    let status = status(database).await?;
    if status.newer {
        return Err(newer());
    }
    for number in status
        .migrations
        .iter()
        .filter(|migration| migration.applied_at.is_none())
        .map(|migration| migration.number)
    {
        let Some(migration) = MIGRATIONS.get(number as usize - 1) else {
            break;
        };
        let text = database.uncover(migration.text);
        database
            .long_transaction(move |tx| {
                Box::pin(async move {
                    tx.lock_schema().await?;
                    tx.batch(CREATE_TABLE).await?;
                    // Somebody else may have been faster while this one waited for the lock.
                    let status = examine(tx.query(SELECT_APPLIED, &[]).await?)?;
                    if status.newer {
                        return Err(newer());
                    }
                    if status
                        .migrations
                        .iter()
                        .any(|known| known.number == number && known.applied_at.is_some())
                    {
                        return Ok(());
                    }
                    tx.batch(&text).await?;
                    tx.execute(
                        INSERT,
                        params![number, migration.name, &checksum(migration), now],
                    )
                    .await
                    .map(drop)
                })
            })
            .await?;
    }
    Ok(())
}

/// Holds what was applied against what this binary knows.
fn examine(applied: Vec<Row>) -> Result<MigrationStatus, StoreError> {
    let known = MIGRATIONS.iter().zip(1..);
    let mut migrations: Vec<_> = known
        .map(|(migration, number)| MigrationState {
            number,
            name: migration.name.into(),
            applied_at: None,
        })
        .collect();
    let mut newer = false;
    for mut row in applied {
        let number = row.count()?;
        let index = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let Some((state, migration)) =
            index.and_then(|index| migrations.get_mut(index).zip(MIGRATIONS.get(index)))
        else {
            newer = true;
            continue;
        };
        if row.blob()? != checksum(migration) {
            return Err(StoreError::Operator(format!(
                "migration {number} of the database is not the one of this Grantor: it was migrated by another build; use that one, or restore a backup into a new database"
            )));
        }
        state.applied_at = Some(row.integer()?);
    }
    Ok(MigrationStatus { migrations, newer })
}

/// The number of the newest migration this binary knows.
pub(crate) fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

pub(crate) fn newer() -> StoreError {
    StoreError::Operator("the database was migrated by a newer Grantor: run that version, or restore a backup made before the upgrade".into())
}

fn checksum(migration: &Migration) -> Vec<u8> {
    digest::digest(&digest::SHA256, migration.text.as_bytes())
        .as_ref()
        .to_vec()
}
