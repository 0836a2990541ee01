//! P10: the same asked of other servers in the same run, under the same load: how many times our CPU it takes.
//!
//! Node's oidc-provider keeps everything in memory and writes nothing; Ory Hydra has an SQLite file, as ours has, where a token is
//! durable before it is answered.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};

use super::judging::asked_to_introspect;
use super::{Bench, TOKEN};
use crate::cpu::Processes;
use crate::http::{Connection, post};
use crate::hydra::{self, Hydra};
use crate::oidc_provider::{self, OidcProvider};
use crate::pairs::Pairs;
use crate::server::free_addresses;
use crate::table::{Asked, Row};
use crate::wrk::Request;

/// A server that runs, with one client.
struct Peer {
    name: &'static str,
    version: String,
    processes: Processes,
    /// Where a token is asked for, and with what.
    token: (SocketAddr, &'static str),
    grant: String,
    /// Where one is asked about, and what stands in the form beside it.
    introspection: (SocketAddr, &'static str),
    asker: &'static str,
}

/// Node's oidc-provider.
pub fn oidc_provider(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let provider = OidcProvider::install()?;
    let [address] = free_addresses()?;
    let running = provider.serve(address)?;
    let peer = Peer {
        name: "oidc-provider",
        version: provider.version()?,
        processes: running.processes(),
        token: (address, oidc_provider::TOKEN),
        grant: format!("grant_type=client_credentials&{}", oidc_provider::FORM),
        introspection: (address, oidc_provider::INTROSPECTION),
        asker: oidc_provider::FORM,
    };
    compare(bench, &peer)
}

/// Ory Hydra, which hashes a client's secret by PBKDF2 with 25,000 rounds unless it is told otherwise.
pub fn hydra(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let running = Hydra::serve(&hydra::install()?, bench.folder)?;
    let peer = Peer {
        name: "Ory Hydra",
        version: hydra::VERSION.to_owned(),
        processes: running.processes(),
        token: (running.public, hydra::TOKEN),
        grant: format!("grant_type=client_credentials&{}", hydra::FORM),
        introspection: (running.admin, hydra::INTROSPECTION),
        asker: "",
    };
    compare(bench, &peer)
}

fn token_of(peer: &Peer) -> Result<String> {
    let (address, path) = peer.token;
    let (status, body) = Connection::open(address)?.exchange(&post(address, path, &peer.grant))?;
    ensure!(
        status == 200,
        "{} issued no token: {status} {body}",
        peer.name
    );
    let answer: serde_json::Value = serde_json::from_str(&body)?;
    let token = answer["access_token"].as_str();
    Ok(token.context("an answer without access_token")?.to_owned())
}

fn compare(bench: &Bench<'_>, peer: &Peer) -> Result<Vec<Row>> {
    let name = peer.name;
    let groups = [peer.processes, bench.server.processes()];
    let row = |asked: Asked, what: &str, pairs: &Pairs| {
        let times = pairs.figure(|theirs, ours| theirs.per_request(0) / ours.per_request(1));
        let note = format!("{name} {}: {}", peer.version, pairs.microseconds(1));
        asked
            .row("P10", &format!("{name} / ours: {what}"), times)
            .with(pairs.requests(), note)
    };

    let (address, path) = peer.token;
    // Before it is measured, so that what it does not like is said.
    token_of(peer)?;
    let asked = Request::form(bench.folder, &format!("{name}-token"), &peer.grant)?;
    let ours = bench.token_request("opaque")?;
    let ours = ours.to(bench.place.address("opaque"), TOKEN);
    let issuance = Pairs::measure(&asked.to(address, path), &ours, &groups)?;

    // A new one: oidc-provider's memory holds the latest tokens only.
    let question = format!("token={}&{}", token_of(peer)?, peer.asker);
    let (address, path) = peer.introspection;
    let (_, said) = Connection::open(address)?.exchange(&post(address, path, &question))?;
    ensure!(
        said.starts_with(r#"{"active":true"#),
        "{name} does not know its own token: {said}"
    );
    let asked = Request::form(bench.folder, &format!("{name}-introspection"), &question)?;
    let ours = asked_to_introspect(bench)?;
    let introspection = Pairs::measure(&asked.to(address, path), &ours, &groups)?;

    Ok(vec![
        row(Asked::times(10.0, 8.0), "client_credentials", &issuance),
        row(Asked::times(12.0, 10.0), "introspection", &introspection),
    ])
}
