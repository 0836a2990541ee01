//! `[[webhooks]]`: who hears of events, and by what secret they know that it was us.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretSlice;
use store::{EnvironmentName, Millis};
use url::Url;

use super::base_url;
use super::findings::Findings;
use super::key::Key;
use super::raw::RawWebhook;
use super::suggestion;
use crate::webhooks::events;

/// Seconds after each failure: three days in all.
const RETRY_AFTER: [u64; 11] = [
    5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400,
];
/// What a signing secret begins with (Standard Webhooks).
const PREFIX: &str = "whsec_";
/// Bytes of a signing secret (Standard Webhooks).
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A receiver of events.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its name.
    pub name: String,
    /// Where events go.
    pub url: Url,
    /// What deliveries are signed with, the newest first; one, or two during a change.
    pub secrets: Vec<Arc<SecretSlice<u8>>>,
    /// Where they were read from, when that was a file.
    pub secret_file: Option<PathBuf>,
    /// Which events.
    pub events: Vec<&'static str>,
    /// Where they happen; None: everywhere.
    pub environments: Option<Vec<EnvironmentName>>,
    /// Milliseconds to wait after each failure.
    pub waits: Vec<Millis>,
}

/// Resolves `[[webhooks]]`; `environments` are the names there are.
pub fn resolve(
    raw: &[RawWebhook],
    folder: &Path,
    environments: &[&str],
    findings: &mut Findings,
) -> Vec<Arc<Webhook>> {
    let mut webhooks: Vec<Arc<Webhook>> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let key = Key::top("webhooks").index(index);
        let name = name(&key.name("name"), raw, &names, findings);
        names.push(name.clone());
        let url = url(&key.name("url"), raw, findings);
        let secret_file = raw.secret_file.as_deref().map(|file| folder.join(file));
        let secrets = secrets(&key, raw, secret_file.as_deref(), findings);
        let only = raw.environments.as_ref().map(|names| {
            let key = key.name("environments");
            known(&key, names, environments, findings)
        });
        let events = wanted(&key.name("events"), raw, findings);
        let Some(url) = url else { continue };
        webhooks.push(Arc::new(Webhook {
            name,
            url,
            secrets,
            secret_file,
            events,
            environments: only,
            waits: match &raw.retry_after {
                None => RETRY_AFTER.map(milliseconds).to_vec(),
                Some(waits) => waits.iter().map(|wait| milliseconds(wait.0)).collect(),
            },
        }));
    }
    webhooks
}

fn milliseconds(seconds: u64) -> Millis {
    Millis::try_from(seconds.saturating_mul(1_000)).unwrap_or(Millis::MAX)
}

fn name(key: &Key, raw: &RawWebhook, others: &[String], findings: &mut Findings) -> String {
    let name = raw.name.clone().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if raw.name.is_none() {
        findings.mistake(key, "a webhook needs a name, such as \"crm\"");
    } else if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
        findings.mistake(
            key,
            "a webhook's name is made of at most 64 letters, digits and the signs - _ .",
        );
    } else if others.contains(&name) {
        findings.mistake(
            key,
            format!("there are two webhooks named \"{name}\"; rename or remove one"),
        );
    }
    name
}

/// No message repeats the URL: some receivers want a secret in it.
fn url(key: &Key, raw: &RawWebhook, findings: &mut Findings) -> Option<Url> {
    let Some(text) = &raw.url else {
        findings.mistake(
            key,
            "a webhook needs its url, such as \"https://hooks.acme.example/grantor\"",
        );
        return None;
    };
    let mistake = match Url::parse(text) {
        Err(error) => format!("this is not a URL ({error}); write it as https://hooks.acme.example/grantor"),
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            "only http and https are spoken here; write it as https://hooks.acme.example/grantor".to_owned()
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "the URL holds a user name or password; take them out, the signature says who sends".to_owned()
        }
        Ok(url) if url.fragment().is_some() => "the URL has a fragment, which is never sent; take it out".to_owned(),
        Ok(url) if url.scheme() == "http" && !base_url::is_loopback(&url) => {
            "plain http is for loopback addresses only: events name customers and people; write https".to_owned()
        }
        Ok(url) => return Some(url),
    };
    findings.mistake(key, mistake);
    None
}

fn secrets(
    key: &Key,
    raw: &RawWebhook,
    file: Option<&Path>,
    findings: &mut Findings,
) -> Vec<Arc<SecretSlice<u8>>> {
    let (key, text) = match (&raw.secret, file) {
        (Some(_), Some(_)) => {
            findings.mistake(
                &key.name("secret"),
                "there is a secret_file too; take one of them out",
            );
            return Vec::new();
        }
        (Some(secret), None) => (key.name("secret"), secret.clone()),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(text) => (key.name("secret_file"), text),
            Err(error) => {
                findings.mistake(
                    &key.name("secret_file"),
                    format!("the file cannot be read ({error})"),
                );
                return Vec::new();
            }
        },
        (None, None) => {
            findings.mistake(
                &key.name("secret_file"),
                "a webhook needs a signing secret; make one with: echo \"whsec_$(openssl rand -base64 32)\" > webhook.secret; chmod 600 webhook.secret",
            );
            return Vec::new();
        }
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let read: Vec<_> = words.iter().filter_map(|word| secret(word)).collect();
    if read.len() != words.len() || !(1..=2).contains(&read.len()) {
        findings.mistake(
            &key,
            "a signing secret is whsec_ and base64 of 24 to 64 bytes, alone or, during a change, two of them on a line each",
        );
    }
    read
}

fn secret(word: &str) -> Option<Arc<SecretSlice<u8>>> {
    let bytes = STANDARD.decode(word.strip_prefix(PREFIX)?).ok()?;
    SECRET_BYTES
        .contains(&bytes.len())
        .then(|| Arc::new(SecretSlice::from(bytes)))
}

fn wanted(key: &Key, raw: &RawWebhook, findings: &mut Findings) -> Vec<&'static str> {
    let Some(patterns) = &raw.events else {
        return events::OFFERED.to_vec();
    };
    if patterns.is_empty() {
        findings.mistake(key, "a webhook that wants no event is none; take it out");
    }
    let mut wanted = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let found = events::matching(pattern);
        if found.is_empty() {
            let known: Vec<&str> = events::OFFERED.to_vec();
            findings.mistake(
                &key.index(index),
                suggestion::unknown_value(pattern, &known),
            );
        }
        wanted.extend(
            found
                .into_iter()
                .filter(|event| !wanted.contains(event))
                .collect::<Vec<_>>(),
        );
    }
    wanted
}

fn known(
    key: &Key,
    names: &[String],
    environments: &[&str],
    findings: &mut Findings,
) -> Vec<EnvironmentName> {
    for (index, name) in names.iter().enumerate() {
        if !environments.contains(&name.as_str()) {
            findings.mistake(
                &key.index(index),
                suggestion::unknown_value(name, environments),
            );
        }
    }
    names
        .iter()
        .map(|name| EnvironmentName::new(name))
        .collect()
}
