//! P10: the same asked of another server in the same run, under the same load: how many times our CPU it takes.

use anyhow::{Context, Result, ensure};

use super::judging::asked_to_introspect;
use super::{Bench, TOKEN};
use crate::http::{Connection, post};
use crate::oidc_provider::{self, OidcProvider};
use crate::pairs::Pairs;
use crate::server::free_addresses;
use crate::table::{Asked, Row};
use crate::wrk::Request;

/// Node's oidc-provider keeps everything in memory and writes nothing; ours is durable before it is answered.
pub fn oidc_provider(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let provider = OidcProvider::install()?;
    let version = provider.version()?;
    let [address] = free_addresses()?;
    let theirs = provider.serve(address)?;
    let groups = [theirs.processes(), bench.server.processes()];
    let times =
        |pairs: &Pairs| pairs.figure(|theirs, ours| theirs.per_request(0) / ours.per_request(1));
    let note = |pairs: &Pairs| format!("oidc-provider {version}: {}", pairs.microseconds(1));

    let grant = format!("grant_type=client_credentials&{}", oidc_provider::FORM);
    let asked =
        Request::form(bench.folder, "peer-token", &grant)?.to(address, oidc_provider::TOKEN);
    let ours = bench.token_request("opaque")?;
    let ours = ours.to(bench.place.address("opaque"), TOKEN);
    let issuance = Pairs::measure(&asked, &ours, &groups)?;

    let (status, body) =
        Connection::open(address)?.exchange(&post(address, oidc_provider::TOKEN, &grant))?;
    ensure!(
        status == 200,
        "oidc-provider issued no token: {status} {body}"
    );
    let answer: serde_json::Value = serde_json::from_str(&body)?;
    let theirs = answer["access_token"]
        .as_str()
        .context("an answer without access_token")?;
    let question = format!("token={theirs}&{}", oidc_provider::FORM);
    let asked = Request::form(bench.folder, "peer-introspection", &question)?
        .to(address, oidc_provider::INTROSPECTION);
    let ours = asked_to_introspect(bench)?;
    let introspection = Pairs::measure(&asked, &ours, &groups)?;

    Ok(vec![
        Asked::times(10.0, 8.0)
            .row(
                "P10",
                "oidc-provider / ours: client_credentials",
                times(&issuance),
            )
            .with(issuance.requests(), note(&issuance)),
        Asked::times(12.0, 10.0)
            .row(
                "P10",
                "oidc-provider / ours: introspection",
                times(&introspection),
            )
            .with(introspection.requests(), note(&introspection)),
    ])
}
