//! What `grantor check` says of certificates: whether their files can be shown, to whom, and who else could.

use super::Config;
use super::check::others_can_read;
use super::findings::Findings;
use super::key::Key;
use super::tls;
use crate::certificates::{Files, Pair, not_for};
use crate::clock;

/// Looks at every certificate's files, and at URLs that no listener speaks.
pub fn judge(config: &Config, findings: &mut Findings) {
    let server = Key::top("server");
    let https_hosts = |own: bool| -> Vec<String> {
        let environments = config.environments.iter();
        let of = environments.filter(|environment| environment.tls.is_some() == own);
        let bases = of.flat_map(|environment| &environment.bases);
        tls::hosts(bases.filter(|base| base.scheme() == "https"))
    };
    if let Some(files) = &config.server.tls {
        judge_files(&server.name("tls"), files, &https_hosts(false), findings);
    }
    if let Some(files) = &config.server.admin_tls {
        judge_files(&server.name("admin_tls"), files, &[], findings);
    }
    for environment in &config.environments {
        let key = Key::top("environments").name(environment.name.as_str());
        if let Some(files) = &environment.tls {
            judge_files(
                &key.name("tls"),
                files,
                &tls::hosts(&environment.bases),
                findings,
            );
        }
    }
    judge_urls(config, findings);
}

fn judge_files(key: &Key, files: &Files, hosts: &[String], findings: &mut Findings) {
    let pair = match Pair::read(files) {
        Ok(pair) => pair,
        Err(why) => {
            let name = if why.is_of_key() {
                "key"
            } else {
                "certificate"
            };
            findings.mistake(&key.name(name), why.to_string());
            return;
        }
    };
    if pair.expires_at <= clock::now() {
        let message = "the certificate has ended; nobody believes it any more";
        findings.warning(&key.name("certificate"), message);
    }
    let foreign = not_for(&pair, hosts.iter().map(String::as_str));
    if !foreign.is_empty() {
        let message = format!(
            "the certificate is not for {}, so clients will not believe it there",
            foreign.join(", ")
        );
        findings.warning(&key.name("certificate"), message);
    }
    if others_can_read(&files.key) {
        let message = format!(
            "others on this machine can read the certificate's key; run: chmod 600 {}",
            files.key.display()
        );
        findings.warning(&key.name("key"), message);
    }
}

/// Where a URL promises what nothing in front of the environments speaks.
fn judge_urls(config: &Config, findings: &mut Findings) {
    if !config.server.trusted_proxies.is_empty() {
        return;
    }
    let server = &config.server;
    let any_tls = server.tls.is_some() || config.environments.iter().any(|e| e.tls.is_some());
    let all_tls = any_tls && server.plain_listen.is_empty();
    for environment in &config.environments {
        let key = Key::top("environments").name(environment.name.as_str());
        let has = |scheme: &str| environment.bases.iter().any(|base| base.scheme() == scheme);
        if has("https") && server.tls.is_none() && environment.tls.is_none() {
            findings.warning(
                &key.name("url"),
                "nothing ends TLS for https here; name a certificate in server.tls or in this environment's tls, or the proxy that does in server.trusted_proxies",
            );
            if environment.token_requests_per_minute > 0 {
                findings.warning(
                    &key.name("token_requests_per_minute"),
                    "you are limiting your own proxy: whoever ends TLS for https is not in server.trusted_proxies, so that all customers count as its one address",
                );
            }
        }
        if has("http") && all_tls {
            findings.warning(
                &key.name("url"),
                "every address of server.listen speaks TLS, so nobody reaches plain http here; write https, or name an address in server.plain_listen",
            );
        }
    }
}
