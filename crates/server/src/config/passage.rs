//! How requests and answers pass on a route: by which protocol, how long they may take, in which zone its clocks are.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use super::date_time_format::DateTimeFormat;
use super::findings::Findings;
use super::key::Key;
use super::raw::RawRoute;

/// What a route says of its way beside where it leads.
#[derive(Clone, Debug)]
pub struct Passage {
    /// The zone of dates and times that are written without an offset.
    pub time_zone: TimeZone,
    /// Whose certificates are believed of an upstream spoken to over TLS; None: the machine's own roots.
    pub roots: Option<Roots>,
    /// HTTP/2 to an upstream without TLS. Over TLS the two agree on it by themselves.
    pub http2: bool,
    /// From the last sign of life of a request's body to the head of its answer.
    pub head_within: Duration,
    /// How long an answer's body, or a connection that changed its protocol, may stand still.
    pub idle_at_most: Duration,
}

/// Certificate authorities out of a file.
#[derive(Clone, Debug)]
pub struct Roots {
    /// The file: two routes that name the same one share their connections.
    pub file: PathBuf,
    /// What it holds.
    pub store: Arc<RootCertStore>,
}

impl Default for Passage {
    fn default() -> Self {
        Self {
            time_zone: TimeZone::UTC,
            roots: None,
            http2: false,
            head_within: Duration::from_secs(30),
            idle_at_most: Duration::from_secs(5 * 60),
        }
    }
}

/// Resolves a route's part.
pub fn resolve(
    key: &Key,
    raw: &RawRoute,
    upstream: Option<&Url>,
    folder: &Path,
    findings: &mut Findings,
) -> Passage {
    let usual = Passage::default();
    let seconds = |of: Option<super::duration::Seconds>, usual| {
        of.map_or(usual, |seconds| Duration::from_secs(seconds.0))
    };
    let over_tls = upstream.is_none_or(|url| url.scheme() == "https");
    if !over_tls && raw.upstream_ca.is_some() {
        findings.warning(
            &key.name("upstream_ca"),
            "this changes nothing: the upstream is spoken to without TLS; write it as https:// for that",
        );
    }
    if over_tls && upstream.is_some() && raw.upstream_http2.is_some() {
        findings.warning(
            &key.name("upstream_http2"),
            "this changes nothing: over TLS the two agree on HTTP/2 by themselves",
        );
    }
    Passage {
        time_zone: time_zone(key, raw, findings).unwrap_or(usual.time_zone),
        roots: over_tls
            .then(|| roots(&key.name("upstream_ca"), raw, folder, findings))
            .flatten(),
        http2: !over_tls && raw.upstream_http2 == Some(true),
        head_within: seconds(raw.timeout, usual.head_within),
        idle_at_most: seconds(raw.idle_timeout, usual.idle_at_most),
    }
}

/// Resolves `date_time_formats`.
pub fn date_time_formats(
    key: &Key,
    raw: &RawRoute,
    findings: &mut Findings,
) -> Vec<DateTimeFormat> {
    let mut formats = Vec::new();
    for (index, text) in raw.date_time_formats.iter().flatten().enumerate() {
        let key = key.index(index);
        match DateTimeFormat::parse(text) {
            Ok(format) if format.has_time() => formats.push(format),
            Ok(_) => findings.warning(
                &key,
                "this changes nothing: a date without a time of day stays as it is",
            ),
            Err(message) => findings.mistake(&key, message),
        }
    }
    formats
}

fn time_zone(key: &Key, raw: &RawRoute, findings: &mut Findings) -> Option<TimeZone> {
    let name = raw.date_time_zone.as_deref()?;
    let found = TimeZone::get(name).ok();
    if found.is_none() {
        let name = name.escape_debug();
        findings.mistake(
            &key.name("date_time_zone"),
            format!("\"{name}\" is no time zone; write one such as \"Europe/Amsterdam\""),
        );
    }
    found
}

fn roots(key: &Key, raw: &RawRoute, folder: &Path, findings: &mut Findings) -> Option<Roots> {
    let file = folder.join(raw.upstream_ca.as_deref()?);
    let mut store = RootCertStore::empty();
    let read = CertificateDer::pem_file_iter(&file).and_then(|all| {
        for one in all {
            // A certificate that cannot be an authority is not added, and then counted as missing.
            let _ = store.add(one?);
        }
        Ok(())
    });
    match read {
        Err(error) => findings.mistake(key, format!("{} cannot be read: {error}", file.display())),
        Ok(()) if store.is_empty() => findings.mistake(
            key,
            format!(
                "{} holds no certificate; it takes the authority's in PEM (BEGIN CERTIFICATE)",
                file.display()
            ),
        ),
        Ok(()) => {
            let store = Arc::new(store);
            return Some(Roots { file, store });
        }
    }
    None
}
