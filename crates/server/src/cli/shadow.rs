//! `grantor shadow`: stands before the old server; `grantor shadow report`: what it has seen so far.

use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::arguments::ShadowArguments;
use super::connection;
use super::ended::Ended;
use super::output::{Output, print};
use crate::config::{Config, load, variables};

/// How long the running one may take to accept.
const CONNECTING: Duration = Duration::from_secs(3);
/// The largest report that is read.
const LARGEST_REPORT: usize = 8 * 1024 * 1024;

/// The configuration with what the command line says laid over it, and over the variables.
///
/// # Errors
/// Its mistakes.
pub fn configuration(file: &Path, arguments: &ShadowArguments) -> Result<Config, Ended> {
    let mut variables = variables::of_this_process();
    let mut laid_over = Vec::new();
    for (option, said) in [
        ("--listen", &arguments.listen),
        ("--upstream", &arguments.upstream),
        ("--environment", &arguments.environment),
    ] {
        let Some(said) = said else { continue };
        let key = option.trim_start_matches('-').to_uppercase();
        let name = format!("{}SHADOW__{key}", variables::PREFIX);
        variables.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        variables.push((name.clone(), said.clone()));
        laid_over.push((name, option));
    }
    load::load(file, &variables).map_err(|errors| {
        // Whoever wrote an option knows of no variable.
        let said =
            |sentence: String, (name, option): &(String, &str)| sentence.replace(name, option);
        Ended::usage(laid_over.iter().fold(errors.to_string(), said))
    })
}

/// Asks the running one, and prints what it says.
///
/// # Errors
/// None runs, or something else answers there.
pub async fn report(config: &Config, out: Output) -> Result<(), Ended> {
    let address = match &config.shadow {
        Some(of) => of.report_listen,
        // The old server may have been named on the command line alone.
        None => "127.0.0.1:9091"
            .parse()
            .map_err(|error| Ended::refused(format!("{error}.")))?,
    };
    let none = || {
        Ended::refused(format!(
            "No `grantor shadow` tells anything at {address} (shadow.report_listen)."
        ))
    };
    let stream = timeout(CONNECTING, TcpStream::connect(address)).await;
    let stream = stream.map_err(|_| none())?.map_err(|_| none())?;
    let wanted = if out.json {
        "application/json"
    } else {
        "text/plain"
    };
    let request = Request::get("/_shadow")
        .header(header::HOST, address.to_string())
        .header(header::ACCEPT, wanted)
        .body(Body::empty())
        .map_err(|error| Ended::refused(format!("{error}.")))?;
    let answer = connection::send(Box::new(stream), request, connection::ANSWERING).await?;
    if !answer.status().is_success() {
        return Err(none());
    }
    let body = axum::body::to_bytes(answer.into_body(), LARGEST_REPORT).await;
    let body = body.map_err(|_| none())?;
    print(&String::from_utf8_lossy(&body))
}
