//! P1, P2, P9: what it costs to judge a token that was judged a moment ago, and to pass a request on.

use anyhow::{Context, Result, ensure};

use super::{Bench, TOKEN};
use crate::http::{Connection, post};
use crate::pairs::Pairs;
use crate::table::{Asked, Row};
use crate::wrk::Request;

/// A proxy asks about a request whose token memory holds, and hears that it may pass and who calls.
pub fn forward_auth(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let form = bench.place.credential("opaque", "shifts=read")?;
    let authorization = format!("Bearer {}", token(bench, &form)?);
    let address = bench.place.address("opaque");
    let request = Request::new(
        bench.folder,
        "forward-auth",
        "GET",
        &[
            ("Authorization", authorization.as_str()),
            ("X-Forwarded-Method", "GET"),
            ("X-Forwarded-Uri", "/v2/shifts/7?from=2026-01-01"),
            ("X-Forwarded-Host", &address.to_string()),
            ("X-Forwarded-Proto", "https"),
        ],
        "",
    )?;
    let (bare, target) = (
        request.to(bench.server.bare, "/"),
        request.to(address, "/forward-auth"),
    );
    let pairs = Pairs::measure(&bare, &target, &[bench.server.processes()])?;
    let row =
        Asked::ratio(1.2, 1.5).row("P1", "forward-auth check from cache / bare", pairs.cpu(0));
    Ok(vec![row.with(pairs.requests(), pairs.microseconds(0))])
}

/// A request is judged and passed on, beside a proxy of the same stack that passes everything on.
pub fn gateway(bench: &Bench<'_>) -> Result<Vec<Row>> {
    crate::upstream::start(bench.place.upstream)?;
    let target = asked_of_gateway(bench)?;
    let bare = target.to(bench.server.bare, PASSED);
    let pairs = Pairs::measure(&bare, &target, &[bench.server.processes()])?;
    let row = Asked::ratio(1.3, 1.6).row("P9", "in-line gateway / bare proxy", pairs.cpu(0));
    Ok(vec![row.with(pairs.requests(), pairs.microseconds(0))])
}

const PASSED: &str = "/v2/passed/7?from=2026-01-01";

/// A request for the API, with a token that memory holds.
pub fn asked_of_gateway(bench: &Bench<'_>) -> Result<Request> {
    let form = bench.place.credential("opaque", "shifts=read")?;
    let authorization = format!("Bearer {}", token(bench, &form)?);
    let request = Request::new(
        bench.folder,
        &format!("gateway-{}", bench.server.process()),
        "GET",
        &[("Authorization", authorization.as_str())],
        "",
    )?;
    Ok(request.to(bench.place.address("opaque"), PASSED))
}

/// A client asks about its own token, which memory holds.
pub fn introspection(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let target = asked_to_introspect(bench)?;
    let bare = target.to(bench.server.bare, "/");
    let pairs = Pairs::measure(&bare, &target, &[bench.server.processes()])?;
    let row = Asked::ratio(1.8, 2.2).row("P2", "introspection from cache / bare", pairs.cpu(0));
    Ok(vec![row.with(pairs.requests(), pairs.microseconds(0))])
}

/// The question about a token that memory holds.
pub fn asked_to_introspect(bench: &Bench<'_>) -> Result<Request> {
    let form = bench.place.credential("opaque", "shifts=read")?;
    let request = Request::form(
        bench.folder,
        &format!("introspection-{}", bench.server.process()),
        &format!("token={}&{form}", token(bench, &form)?),
    )?;
    Ok(request.to(bench.place.address("opaque"), "/oauth/introspect"))
}

/// A token of that client.
pub fn token(bench: &Bench<'_>, form: &str) -> Result<String> {
    let address = bench.place.address("opaque");
    let (status, body) = Connection::open(address)?.exchange(&post(
        address,
        TOKEN,
        &format!("grant_type=client_credentials&{form}"),
    ))?;
    ensure!(status == 200, "no token was issued: {status} {body}");
    let answer: serde_json::Value = serde_json::from_str(&body)?;
    Ok(answer["access_token"]
        .as_str()
        .context("an answer without access_token")?
        .to_owned())
}
