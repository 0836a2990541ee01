//! `grantor`: the OAuth 2 authorization server for companies that sell an API.

mod admin;
#[cfg(feature = "bare")]
mod bare;
mod certificates;
mod cli;
mod client_authentication;
mod clients;
mod clock;
mod config;
mod context;
mod credentials;
mod deliveries;
mod docs;
mod elsewhere;
mod endpoints;
mod example_lines;
mod gateway;
mod grants;
mod import;
mod keys;
mod limits;
mod listener;
mod logs;
mod mail;
mod memory;
mod metrics;
mod outbound;
mod pages;
mod people;
mod platform;
mod portal;
mod pulse;
mod random;
mod refresh;
mod request_records;
mod router;
mod said;
mod secrets;
mod serve;
mod shadow;
mod signatures;
mod status;
mod telemetry;
mod text;
mod tokens;
mod uses;
mod way_back;
mod webhooks;

/// Half the cost of a token request is memory; this allocator takes a tenth of it away.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
