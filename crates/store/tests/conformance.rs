//! Every verb and every race of the store, by the same test on SQLite and on PostgreSQL.
//!
//! PostgreSQL comes from `GRANTOR_TEST_POSTGRES`, the URL of a database whose role may create databases;
//! `./test` starts one and sets it. Each test has a database of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

#[path = "conformance/access_tokens.rs"]
mod access_tokens;
#[path = "conformance/accounts.rs"]
mod accounts;
#[path = "conformance/audit_events.rs"]
mod audit_events;
#[path = "conformance/backup.rs"]
mod backup;
#[path = "conformance/budgets.rs"]
mod budgets;
#[path = "conformance/changes.rs"]
mod changes;
#[path = "conformance/credentials.rs"]
mod credentials;
#[path = "conformance/database_url.rs"]
mod database_url;
#[path = "conformance/deliveries.rs"]
mod deliveries;
#[path = "conformance/family_model.rs"]
mod family_model;
#[path = "conformance/fixture.rs"]
mod fixture;
#[path = "conformance/idempotency_keys.rs"]
mod idempotency_keys;
#[path = "conformance/imported_tokens.rs"]
mod imported_tokens;
#[path = "conformance/imports.rs"]
mod imports;
#[path = "conformance/links.rs"]
mod links;
#[path = "conformance/master_keys.rs"]
mod master_keys;
#[path = "conformance/members.rs"]
mod members;
#[path = "conformance/migrations.rs"]
mod migrations;
#[path = "conformance/operator_tokens.rs"]
mod operator_tokens;
#[path = "conformance/outages.rs"]
mod outages;
#[path = "conformance/people.rs"]
mod people;
#[path = "conformance/refresh_tokens.rs"]
mod refresh_tokens;
#[path = "conformance/refreshes.rs"]
mod refreshes;
#[path = "conformance/request_records.rs"]
mod request_records;
#[path = "conformance/secrets.rs"]
mod secrets;
#[path = "conformance/signing_keys.rs"]
mod signing_keys;
#[path = "conformance/statements.rs"]
mod statements;
#[path = "conformance/status.rs"]
mod status;
#[path = "conformance/sweep.rs"]
mod sweep;
#[path = "conformance/ways_back.rs"]
mod ways_back;
