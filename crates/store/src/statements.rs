//! Where SQL is written down: each noun declares its statements by name, and one list holds them all.
//!
//! Both databases get the same text. A test prepares each statement on both and checks that `$1`, `$2`, …
//! first appear in that order: SQLite numbers parameters by first appearance, PostgreSQL by their
//! digits, and a statement that mixes the order would bind swapped values on one of the two.

/// Declares constants and, beside them, the list `STATEMENTS` of what was declared.
macro_rules! statements {
    ($($(#[$doc:meta])* $visibility:vis $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* $visibility const $name: &str = $sql;)+
        pub(crate) const STATEMENTS: &[(&str, &str)] =
            &[$((concat!(module_path!(), "::", stringify!($name)), $name)),+];
    };
}
pub(crate) use statements;

/// Every statement that both databases run, with its name.
#[doc(hidden)]
pub fn statements_of_both() -> Vec<(&'static str, &'static str)> {
    [
        crate::STATEMENTS,
        crate::access_tokens::STATEMENTS,
        crate::access_tokens::sweep::STATEMENTS,
        crate::accounts::STATEMENTS,
        crate::accounts::preview::STATEMENTS,
        crate::accounts::search::STATEMENTS,
        crate::activity::STATEMENTS,
        crate::audit_events::STATEMENTS,
        crate::authorization_codes::STATEMENTS,
        crate::backup::tables::STATEMENTS,
        crate::budgets::STATEMENTS,
        crate::changes::STATEMENTS,
        crate::consents::STATEMENTS,
        crate::credentials::STATEMENTS,
        crate::credentials::client::STATEMENTS,
        crate::credentials::creation::STATEMENTS,
        crate::credentials::returning::STATEMENTS,
        crate::credentials::search::STATEMENTS,
        crate::credential_uses::STATEMENTS,
        crate::idempotency_keys::STATEMENTS,
        crate::imported_tokens::STATEMENTS,
        crate::imports::STATEMENTS,
        crate::imports::known::STATEMENTS,
        crate::incidents::STATEMENTS,
        crate::incidents::telling::STATEMENTS,
        crate::deliveries::STATEMENTS,
        crate::master_keys::STATEMENTS,
        crate::migrations::STATEMENTS,
        crate::operator_tokens::STATEMENTS,
        crate::outbox::STATEMENTS,
        crate::people::STATEMENTS,
        crate::people::change::STATEMENTS,
        crate::people::history::STATEMENTS,
        crate::people::members::STATEMENTS,
        crate::people::identities::STATEMENTS,
        crate::people::passkeys::STATEMENTS,
        crate::people::search::STATEMENTS,
        crate::people::second_factor::STATEMENTS,
        crate::refresh_tokens::STATEMENTS,
        crate::refreshes::STATEMENTS,
        crate::refreshes::newcomers::STATEMENTS,
        crate::refreshes::reading::STATEMENTS,
        crate::refreshes::staging::STATEMENTS,
        crate::refreshes::swap::STATEMENTS,
        crate::request_records::STATEMENTS,
        crate::secrets::STATEMENTS,
        crate::secrets::expiry::STATEMENTS,
        crate::secrets::take_over::STATEMENTS,
        crate::secrets::way_back::STATEMENTS,
        crate::sessions::STATEMENTS,
        crate::signing_keys::STATEMENTS,
        crate::spent::STATEMENTS,
        crate::status_counts::STATEMENTS,
        crate::tickets::STATEMENTS,
        crate::token_families::STATEMENTS,
    ]
    .concat()
}

/// What only SQLite runs.
#[doc(hidden)]
pub fn statements_of_sqlite() -> Vec<(&'static str, &'static str)> {
    [
        crate::database::sqlite::STATEMENTS,
        crate::database::sqlite::audit_chain::STATEMENTS,
    ]
    .concat()
}

/// What only PostgreSQL runs.
#[doc(hidden)]
pub fn statements_of_postgres() -> Vec<(&'static str, &'static str)> {
    [
        crate::database::postgres::STATEMENTS,
        crate::database::postgres::group_commit::STATEMENTS,
    ]
    .concat()
}
