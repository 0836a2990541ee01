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
#[path = "conformance/fixture.rs"]
mod fixture;
