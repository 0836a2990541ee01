//! Moving in: clients of another server come with their ids, secrets and live tokens, so that no integrator changes a line.
//!
//! A reader for each format (a file each) makes one neutral list of what the old server holds; that happens where the command
//! runs. [`plan`] holds the list against the configuration and the database, and [`run`] brings all of it in one
//! transaction; that happens in the server. What cannot come is named, with the reason and what to do.

pub mod auth0;
pub mod client;
pub mod csv;
pub mod django;
pub mod doorkeeper;
pub mod duende;
pub mod fields;
pub mod format;
pub mod hashes;
pub mod hydra;
pub mod keycloak;
pub mod kong;
pub mod openiddict;
pub mod passport;
pub mod people;
pub mod plan;
pub mod report;
pub mod run;
pub mod source;
pub mod spring;
pub mod token;

use store::{Millis, StoreError};

use client::Reading;
use format::Format;
use source::Source;

/// What a reader is told beside its source.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The field of the source that names the account.
    pub account_by: Option<String>,
    /// How secrets are kept there, where the format does not say.
    pub secrets: Option<format::SecretsAre>,
    /// The grants of formats that keep none.
    pub grant_types: Vec<String>,
    /// Live tokens stay where they are.
    pub no_tokens: bool,
    /// How tokens are kept there, where the format does not say.
    pub tokens: Option<format::TokensAre>,
    /// Where people have the names by which they sign in here.
    pub people: Option<people::PeopleColumn>,
    /// Now: what has ended by then is not looked at.
    pub now: Millis,
    /// The scopes of clients for which the source names none.
    pub scopes: Vec<String>,
}

/// Why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A sentence for whoever runs the command.
    #[error("{0}")]
    Unreadable(String),
    /// Their database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SourceError {
    fn new(sentence: impl Into<String>) -> Self {
        Self::Unreadable(sentence.into())
    }
}

/// Reads a source into the neutral list.
///
/// # Errors
/// See [`SourceError`].
pub async fn read(format: Format, source: &str, options: &Options) -> Result<Reading, SourceError> {
    let source = Source::new(source);
    let mut reading = match format {
        Format::Csv => csv::read(&source.text()?, options),
        Format::Doorkeeper => doorkeeper::read(&source.tables().await?, options).await,
        Format::Duende => duende::read(&source.tables().await?, options).await,
        Format::Openiddict => openiddict::read(&source.tables().await?, options).await,
        Format::Hydra => hydra::read(&source.tables().await?, options).await,
        Format::Spring => spring::read(&source.tables().await?, options).await,
        Format::Keycloak => keycloak::read(&source.document()?, options),
        Format::Auth0 => auth0::read(&source.document()?, options),
        Format::Django => django::read(&source.tables().await?, options).await,
        Format::Passport => passport::read(&source.tables().await?, options).await,
        Format::Kong if source.is_database() => {
            kong::read_tables(&source.tables().await?, options).await
        }
        Format::Kong => kong::read_file(&source.document()?, options),
    }?;
    for client in &mut reading.clients {
        if client.scopes.is_empty() {
            client.scopes.clone_from(&options.scopes);
        }
    }
    Ok(reading)
}
