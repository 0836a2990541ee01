//! The real binary over real sockets: one test binary, laid out like the URLs.
//!
//! A test's name carries the abuse cases (`s001`, docs/abuse-cases.md) or the row of the contract (`qx1`,
//! docs/contract.md) that it proves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs
)]

mod http {
    mod support;

    mod budgets;
    mod check;
    mod contract;
    mod documentation;
    mod elsewhere;
    mod first_start;
    mod forgetting;
    mod forward_auth;
    mod front;
    mod gateway;
    mod guard;
    mod import;
    mod kill;
    mod limits;
    mod mail;
    mod management;
    mod mock;
    mod moved;
    mod nodes;
    mod oauth;
    mod people;
    mod portal;
    mod refresh;
    mod requests;
    mod secrets;
    mod shadow;
    mod status;
    mod traffic;
    mod webhooks;
    mod well_known;
}
