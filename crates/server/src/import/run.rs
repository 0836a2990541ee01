//! One run: planned against what is here now, and brought in one transaction.

use std::sync::Arc;

use store::{AuditEvent, Change, Millis};

use super::client::ForeignClient;
use super::plan::{self, Order};
use super::report::Report;
use super::token::ForeignTokens;
use crate::credentials::{CredentialRefusal, allow};
use crate::platform::{Issuer, Platform};

/// What is asked for.
pub struct Asked {
    /// The format's name.
    pub format: String,
    /// The version of the API that the clients are for, where there are several.
    pub version: Option<String>,
    /// What a reader found.
    pub clients: Vec<ForeignClient>,
    /// The tokens that it found.
    pub tokens: Vec<ForeignTokens>,
    /// When those end here that never end there.
    pub tokens_until: Option<Millis>,
    /// Only to be said.
    pub dry_run: bool,
}

/// Brings what is new, or says what would come.
///
/// # Errors
/// See [`CredentialRefusal`]; nothing came then.
pub async fn run(
    platform: &Platform,
    issuer: &Issuer,
    asked: Asked,
    audit: AuditEvent,
) -> Result<Report, CredentialRefusal> {
    let versions = &platform.config.versions;
    let version =
        allow::version(versions, asked.version.as_deref())?.map(|found| found.name.as_str());
    let order = Order {
        environment: Arc::clone(&issuer.environment),
        version: versions
            .iter()
            .find(|one| Some(one.name.as_str()) == version)
            .cloned(),
        masters: platform.master_keys.load_full(),
        format: asked.format,
        tokens_until: asked.tokens_until.filter(|until| *until > audit.at),
        now: audit.at,
    };
    let store = platform.store.in_environment(issuer.name());
    let mut known = store.known_to_imports().await?;
    if asked.tokens.iter().any(|tokens| tokens.person.is_some()) {
        known.people = store.people_known_to_imports().await?;
    }
    // A hundred thousand keyed hashes take a while, and others wait for this thread.
    let planning =
        tokio::task::spawn_blocking(move || plan::plan(&order, asked.clients, asked.tokens, known));
    let (import, mut report) = planning
        .await
        .map_err(|error| CredentialRefusal::Internal(error.into()))??;
    report.dry_run = asked.dry_run;
    let is_empty = import.clients.is_empty() && import.secrets.is_empty();
    if asked.dry_run || (is_empty && import.tokens.is_empty()) {
        return Ok(report);
    }
    let details = serde_json::json!({
        "format": report.format, "clients_new": report.clients_new, "secrets_new": report.secrets_new,
        "accounts_new": report.accounts_new, "clients_with_later_secrets": report.clients_with_later_secrets,
        "tokens_new": report.tokens_new,
    });
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        details: details.to_string(),
        ..audit
    };
    let has_later_secrets = !import.secrets.is_empty();
    let has_tokens = !import.tokens.is_empty();
    store.import(import, audit).await?;
    if has_tokens {
        platform.read_imported_until(issuer).await?;
    }
    if has_later_secrets {
        platform.forget(&Change::Environment(issuer.name().clone()));
    }
    Ok(report)
}
