//! `[telemetry]`: the OpenTelemetry collector that hears of requests.

use axum::http::{HeaderName, HeaderValue};
use secrecy::SecretString;
use url::Url;

use super::base_url;
use super::findings::Findings;
use super::key::Key;
use super::raw::RawTelemetry;

/// Where spans go.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "otlp"),
    allow(
        dead_code,
        reason = "without the feature it is a mistake, and nobody reads it"
    )
)]
pub struct Telemetry {
    /// The collector's address for traces.
    pub traces_url: Url,
    /// Sent with every export; they may hold a key.
    pub headers: Vec<(HeaderName, SecretString)>,
    /// `service.name`
    pub service_name: String,
    /// How many of the requests that nobody else traces are kept: 1 is all of them.
    pub sample: f64,
}

/// Resolves `[telemetry]`; None: nothing is exported.
pub fn resolve(raw: &RawTelemetry, findings: &mut Findings) -> Option<Telemetry> {
    let section = Key::top("telemetry");
    let key = section.name("otlp");
    let Some(text) = raw.otlp.as_deref() else {
        if raw.headers.is_some() || raw.service_name.is_some() || raw.sample.is_some() {
            findings.warning(&section, "this changes nothing without telemetry.otlp");
        }
        return None;
    };
    if cfg!(not(feature = "otlp")) {
        findings.mistake(
            &key,
            "this build was made without OpenTelemetry; take this out, or use one with the feature otlp",
        );
    }
    let url = url(text).map_err(|message| findings.mistake(&key, message));
    let sample = raw.sample.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&sample) {
        findings.mistake(
            &section.name("sample"),
            "this is a share of all requests, from 0 to 1",
        );
    }
    Some(Telemetry {
        headers: headers(&section.name("headers"), raw, findings),
        traces_url: url.ok()?,
        service_name: raw.service_name.clone().unwrap_or("grantor".to_owned()),
        sample,
    })
}

/// The collector's base has `/v1/traces` behind it (OTLP/HTTP); a path that was written counts as it is.
fn url(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text).map_err(|error| {
        format!("this is not a URL ({error}); write it as http://127.0.0.1:4318")
    })?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(
            "a collector is asked by http or https; write it as http://127.0.0.1:4318".to_owned(),
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("keys go in telemetry.headers; take them out of the URL".to_owned());
    }
    if url.scheme() == "http" && !base_url::is_loopback(&url) {
        return Err(
            "plain http is for loopback addresses only; write https, or run a collector on this machine"
                .to_owned(),
        );
    }
    if url.path() == "/" {
        url.set_path("/v1/traces");
    }
    Ok(url)
}

fn headers(
    key: &Key,
    raw: &RawTelemetry,
    findings: &mut Findings,
) -> Vec<(HeaderName, SecretString)> {
    let mut headers = Vec::new();
    for (name, value) in raw.headers.iter().flatten() {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(_)) => headers.push((name, SecretString::from(value.as_str()))),
            _ => findings.mistake(&key.name(name), "this is no header that can be sent"),
        }
    }
    headers
}
