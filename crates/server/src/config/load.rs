//! Reads the file and the `GRANTOR__SECTION__KEY` variables, and finds every mistake with its line.

use std::path::Path;
use std::sync::Arc;

use store::DatabaseUrl;

use super::document::{Document, line_of};
use super::environment::{self, Environment};
use super::findings::{ConfigErrors, Findings};
use super::key::Key;
use super::raw::{RawConfig, RawStorage};
use super::route::Surroundings;
use super::{
    Config, apis, counters, forward_auth, mail, route, server, shadow, telemetry, variables,
    version, webhook,
};

/// Reads and resolves a configuration.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file.
pub fn load(file: &Path, variables: &[(String, String)]) -> Result<Config, ConfigErrors> {
    let mut findings = Findings::new(file);
    read(file, variables, &mut findings).ok_or(ConfigErrors(findings.mistakes))
}

/// Reads and resolves a configuration; what is wrong, or should be looked at, goes to `findings`.
pub fn read(
    file: &Path,
    variables: &[(String, String)],
    findings: &mut Findings,
) -> Option<Config> {
    let config = text(file, findings).and_then(|text| parse(&text, file, variables, findings));
    findings.mistakes.sort_by_key(|mistake| mistake.line);
    findings.warnings.sort_by_key(|warning| warning.line);
    config.filter(|_| findings.mistakes.is_empty())
}

fn text(file: &Path, findings: &mut Findings) -> Option<String> {
    let whole = Key::default();
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            findings.mistake(
                &whole,
                format!(
                    "the configuration cannot be read ({error}); name another file with --config"
                ),
            );
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default())
                .into_owned();
            let mut mistake = findings.at(
                &whole,
                "this line is not UTF-8 text; save the file as UTF-8",
            );
            mistake.line = Some(line_of(&before, before.len()));
            findings.mistakes.push(mistake);
            None
        }
    }
}

fn parse(
    text: &str,
    file: &Path,
    variables: &[(String, String)],
    findings: &mut Findings,
) -> Option<Config> {
    let mut document = Document::parse(text, findings)?;
    variables::lay_over(&mut document, variables, findings);
    let raw = document.read(findings);
    resolve(&raw, file, findings)
}

fn resolve(raw: &RawConfig, file: &Path, findings: &mut Findings) -> Option<Config> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let server = server::resolve(&raw.server, folder, findings);
    let log = server::resolve_log(&raw.log, findings);
    let database = database(&raw.storage, folder, findings);
    let counters = counters::resolve(&raw.counters, findings);
    let versions = version::resolve(&raw.versions, findings);
    let proxied = raw
        .server
        .trusted_proxies
        .as_ref()
        .is_some_and(|proxies| !proxies.is_empty());
    let environments: Vec<Arc<Environment>> =
        environment::resolve(&raw.environments, folder, proxied, findings);
    let ext_authz = server.as_ref().and_then(|server| server.ext_authz);
    forward_auth::warn_of_nobody(ext_authz, &environments, findings);
    let names: Vec<&str> = raw.environments.keys().map(String::as_str).collect();
    let around = Surroundings {
        versions: &versions,
        environments: &environments,
        environment_names: &names,
        folder,
    };
    let routes = route::resolve(&raw.routes, &around, findings);
    let apis = apis::resolve(&raw.apis, folder, &names, findings);
    let webhooks = webhook::resolve(&raw.webhooks, folder, &names, findings);
    let mail = mail::resolve(&raw.mail, folder, findings);
    let telemetry = telemetry::resolve(&raw.telemetry, findings);
    let around = (server.as_ref(), environments.as_slice());
    let shadow = shadow::resolve(&raw.shadow, folder, around, findings);
    Some(Config {
        file: file.to_owned(),
        server: server?,
        log,
        database: database?,
        migrate: raw.storage.migrate.unwrap_or(false),
        counters: counters?,
        versions,
        environments,
        routes,
        apis,
        webhooks,
        mail,
        telemetry,
        shadow,
    })
}

fn database(raw: &RawStorage, folder: &Path, findings: &mut Findings) -> Option<DatabaseUrl> {
    let key = Key::top("storage").name("url");
    let text = raw.url.as_deref().unwrap_or("sqlite:grantor.db");
    // Judged here so that no message repeats the text, which may hold a password.
    if !["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
    {
        findings.mistake(
            &key,
            "the storage is \"sqlite:FILE\" or \"postgres://USER:PASSWORD@HOST/DATABASE\"",
        );
        return None;
    }
    DatabaseUrl::parse(text, folder)
        .map_err(|error| findings.mistake(&key, error.to_string()))
        .ok()
}
