//! What works but should be looked at, and what has no effect yet.

use super::super::check::check;
use super::super::findings::ConfigError;
use super::{Folder, MINIMAL, read};

#[test]
fn each_warning_names_line_and_key() {
    let table: &[(&str, &str, &str)] = &[
        (
            "access_token_format = \"jwt\"\naccess_token_lifetime = \"61m\"",
            "environments.production.access_token_lifetime",
            "cannot be called back",
        ),
        (
            "authorization_code_lifetime = \"11m\"",
            "environments.production.authorization_code_lifetime",
            "ten minutes at most",
        ),
        (
            "refresh_token_lifetime = \"1m\"",
            "environments.production.refresh_token_lifetime",
            "die before",
        ),
        (
            "secrets = \"chosen\"",
            "environments.production.secrets",
            "set token_requests_per_minute",
        ),
        (
            "[server]\ntrusted_proxies = [\"0.0.0.0/0\"]",
            "server.trusted_proxies[0]",
            "trusts every machine",
        ),
        (
            "[server]\ntrusted_proxies = [\"::/0\"]",
            "server.trusted_proxies[0]",
            "trusts every machine",
        ),
        (
            "[counters]\nnodes = 2",
            "counters.nodes",
            "let through 2 times each limit",
        ),
        (
            "[counters]\nurl = \"redis://u:hunter2@redis.example:6379/1\"",
            "counters.url",
            "in the clear",
        ),
        (
            "[server]\nadmin = \"0.0.0.0:9090\"",
            "server.admin",
            "other machines can reach",
        ),
        (
            "[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\nmethods = { POST = \"read\" }",
            "routes[0].methods",
            "changes nothing",
        ),
        (
            "[server]\next_authz = \"127.0.0.1:9191\"",
            "server.ext_authz",
            "every question there is refused",
        ),
        (
            "[environments.production.forward_auth]\nkind = \"nginx\"",
            "environments.production.forward_auth.trusted_peers",
            "nobody is listed",
        ),
    ];
    for (snippet, key, message) in table {
        let outcome = read("warning", &format!("{MINIMAL}{snippet}"), &[]);
        assert!(
            outcome.config.is_some(),
            "{snippet}: {:#?}",
            outcome.mistakes
        );
        let [warning] = outcome.warnings.as_slice() else {
            panic!("{snippet}: {:#?}", outcome.warnings)
        };
        assert_eq!(warning.key, *key);
        assert!(
            warning.line.is_some() && warning.message.contains(message),
            "{warning}"
        );
    }
}

#[test]
fn s275_a_limit_that_a_proxy_cannot_keep_is_told() {
    let told = |limit: u32| {
        let text = format!(
            "{MINIMAL}concurrent_requests = {limit}\nforward_auth = {{ kind = \"caddy\", trusted_peers = [\"10.0.0.7\"] }}"
        );
        read("forward", &text, &[]).warnings
    };
    let warnings = told(5);
    let [warning] = warnings.as_slice() else {
        panic!("{warnings:#?}")
    };
    assert_eq!(warning.key, "environments.production.forward_auth");
    assert!(
        warning
            .message
            .contains("concurrent_requests = 5 is not kept")
    );
    assert!(told(0).is_empty());
}

#[test]
fn a_trusted_proxy_allows_plain_http() {
    let text = "[server]\ntrusted_proxies = [\"10.0.0.7\"]\n[environments.a]\nurl = \"http://auth.example.com\"\n";
    let outcome = read("proxy", text, &[]);
    assert!(
        outcome.config.is_some() && outcome.warnings.is_empty(),
        "{:?} {:?}",
        outcome.mistakes,
        outcome.warnings
    );
}

#[test]
fn a_url_that_no_listener_speaks_is_told() {
    let folder = Folder::new("scheme");
    let warned = |name: &str, text: &str| {
        let report = check(&folder.file(name, text.as_bytes()), &[]);
        let warnings = report.warnings.iter();
        let urls = warnings.filter(|warning| warning.key == "environments.a.url");
        urls.map(|warning| warning.message.clone())
            .collect::<Vec<_>>()
    };
    let https = "[environments.a]\nurl = \"https://auth.example.com\"\n";
    let [message] = &warned("https.toml", https)[..] else {
        panic!("nothing ends TLS")
    };
    assert!(message.contains("nothing ends TLS"), "{message}");
    let proxied = format!("[server]\ntrusted_proxies = [\"10.0.0.7\"]\n{https}");
    assert!(warned("proxied.toml", &proxied).is_empty());
    // NX4: whoever ends TLS in front is then the one address that is limited.
    let limited = |name: &str, text: &str| {
        let text = format!("{text}token_requests_per_minute = 60\n");
        let report = check(&folder.file(name, text.as_bytes()), &[]);
        let own_proxy = |warning: &&ConfigError| warning.message.contains("your own proxy");
        report.warnings.iter().filter(own_proxy).count()
    };
    assert_eq!(limited("limited.toml", https), 1);
    assert_eq!(limited("listed.toml", &proxied), 0);
    let own = format!("{https}tls = {{ certificate = \"chain.pem\", key = \"key.pem\" }}\n");
    assert!(warned("own.toml", &own).is_empty());
    let http = "[server.tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n[environments.a]\nurl = \"http://127.0.0.1:8080\"\n";
    let [message] = &warned("http.toml", http)[..] else {
        panic!("every listener speaks TLS")
    };
    assert!(message.contains("server.plain_listen"), "{message}");
}

#[test]
fn a_refresh_is_in_force_and_names_what_it_takes() {
    let folder = Folder::new("force");
    let report = |rest: &str| {
        let text = format!(
            "{MINIMAL}\
             [environments.rc]\nurl = \"http://127.0.0.1:8081\"\nrefresh = {{ from = \"production\", {rest} }}\n"
        );
        check(&folder.file("grantor.toml", text.as_bytes()), &[])
    };
    let good = report("schedule = \"0 20 1 * *\", personal_data = [\"username\", \"email\"]");
    assert!(good.not_in_force.is_empty() && !good.has_mistakes());
    for (wrong, key) in [
        (
            "schedule = \"0 20 31 2 *\"",
            "environments.rc.refresh.schedule",
        ),
        (
            "schedule = \"0 25 1 * *\"",
            "environments.rc.refresh.schedule",
        ),
        (
            "schedule = \"0 20 1 * *\", personal_data = [\"passwords\"]",
            "environments.rc.refresh.personal_data",
        ),
    ] {
        let report = report(wrong);
        let keys: Vec<&str> = report.mistakes.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, [key], "{wrong}");
    }
}

#[cfg(unix)]
#[test]
fn secrets_that_others_can_read_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("readable");
    let text = format!(
        "[storage]\nurl = \"postgres://grantor:hunter2@127.0.0.1/grantor\"\n[counters]\nurl = \"redis://grantor:hunter2@127.0.0.1/0\"\n{MINIMAL}"
    );
    let file = folder.file("grantor.toml", text.as_bytes());
    let key = folder.file("grantor.key", b"key");
    let set_mode =
        |file, mode| std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();

    set_mode(&file, 0o644);
    set_mode(&key, 0o640);
    let report = check(&file, &[]);
    let keys: Vec<&str> = report
        .warnings
        .iter()
        .map(|warning| warning.key.as_str())
        .collect();
    assert_eq!(
        keys,
        ["server.master_key_file", "storage.url", "counters.url"]
    );
    assert!(
        report
            .to_string()
            .contains("Limits are counted over all nodes")
    );
    assert!(
        !report.to_string().contains("hunter2")
            && !serde_json::to_string(&report).unwrap().contains("hunter2")
    );

    set_mode(&file, 0o600);
    set_mode(&key, 0o600);
    assert!(check(&file, &[]).warnings.is_empty());
}
