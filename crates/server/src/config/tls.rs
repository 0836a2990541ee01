//! `tls` of the server and of environments, and `admin_tls`: files whose contents are looked at by whoever shows them.

use std::path::Path;

use url::Url;

use super::findings::Findings;
use super::key::Key;
use super::raw::RawTls;
use crate::certificates::Files;

/// Resolves a table; relative paths start at `folder`.
pub fn resolve(key: &Key, raw: &RawTls, folder: &Path, findings: &mut Findings) -> Option<Files> {
    let mut file = |name: &str, text: &Option<String>| {
        let found = text.as_deref().filter(|text| !text.is_empty());
        if found.is_none() {
            let message = "TLS needs both a certificate and its key; name the files";
            findings.mistake(&key.name(name), message);
        }
        found.map(|text| folder.join(text))
    };
    let certificate = file("certificate", &raw.certificate);
    let key = file("key", &raw.key);
    Some(Files {
        certificate: certificate?,
        key: key?,
    })
}

/// The host names and addresses of base URLs, as certificates name them.
pub fn hosts<'b>(bases: impl IntoIterator<Item = &'b Url>) -> Vec<String> {
    let hosts = bases.into_iter().filter_map(Url::host_str);
    let mut hosts: Vec<String> = hosts
        .map(|host| host.trim_matches(['[', ']']).to_owned())
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}
