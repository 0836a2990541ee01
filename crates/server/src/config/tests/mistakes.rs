//! Every mistake names its line and key, and says what to do.

use super::{MINIMAL, read};

/// Snippet, line, key, and a piece of the sentence. `ENV` stands for a whole environment on two lines, and a blank one before a section.
const TABLE: &[(&str, Option<usize>, &str, &str)] = &[
    // The text itself
    ("a = = 1", Some(1), "", "this is not TOML"),
    ("ENV\nx y", Some(3), "", "this is not TOML"),
    (
        "ENV\n[environments.production]\n",
        Some(4),
        "",
        "duplicate key",
    ),
    ("", None, "environments", "no environment is configured"),
    // Keys and types
    (
        "ENV\n[server]\nlisen = []",
        Some(5),
        "server.lisen",
        "did you mean \"listen\"",
    ),
    (
        "ENV\n[server]\nzzzzzz = 1",
        Some(5),
        "server.zzzzzz",
        "the keys are listen, admin, master_key_file",
    ),
    (
        "ENV\n[sever]\nlisten = []",
        Some(4),
        "sever",
        "did you mean \"server\"",
    ),
    (
        "ENV\n[environments.b]\nurl = \"http://127.0.0.2\"\npath.token = \"/t\"",
        Some(6),
        "environments.b.path",
        "did you mean \"paths\"",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstrem = \"http://127.0.0.1\"",
        Some(6),
        "routes[0].upstrem",
        "did you mean \"upstream\"",
    ),
    (
        "ENV\n[server]\nlisten = \"127.0.0.1:1\"",
        Some(5),
        "server.listen",
        "a list of strings is needed",
    ),
    (
        "ENV\n[server]\nlisten = [1]",
        Some(5),
        "server.listen[0]",
        "here stands an integer",
    ),
    (
        "ENV\n[storage]\nmigrate = \"yes\"",
        Some(5),
        "storage.migrate",
        "true or false is needed",
    ),
    (
        "ENV\nconcurrent_requests = -1",
        Some(3),
        "environments.production.concurrent_requests",
        "whole number",
    ),
    (
        "ENV\nconcurrent_requests = 99999999999",
        Some(3),
        "environments.production.concurrent_requests",
        "whole number",
    ),
    (
        "environments = 3",
        Some(1),
        "environments",
        "a table is needed",
    ),
    (
        "ENV\nroutes = 3",
        Some(3),
        "environments.production.routes",
        "there is no key",
    ),
    (
        "ENV\n[environments.production.forward_auth]\ntrusted_peers = [\"10.0.0.7\"]",
        Some(4),
        "environments.production.forward_auth.kind",
        "name the proxy that asks",
    ),
    (
        "ENV\n[environments.production.forward_auth]\nkind = \"apache\"\ntrusted_peers = [\"10.0.0.7\"]",
        Some(5),
        "environments.production.forward_auth.kind",
        "nginx",
    ),
    (
        "ENV\n[environments.production.forward_auth]\nkind = \"envoy\"\ntrusted_peers = [\"0.0.0.0/0\"]",
        Some(6),
        "environments.production.forward_auth.trusted_peers[0]",
        "everybody",
    ),
    (
        "ENV\n[environments.production.forward_auth]\nkind = \"envoy\"\ntrusted_peers = [\"proxy\"]",
        Some(6),
        "environments.production.forward_auth.trusted_peers[0]",
        "no address and no CIDR",
    ),
    (
        "ENV\n[server]\next_authz = \"127.0.0.1:9090\"",
        Some(5),
        "server.ext_authz",
        "a port of its own",
    ),
    // Server and log
    (
        "ENV\n[server]\nlisten = []",
        Some(5),
        "server.listen",
        "no address to listen on",
    ),
    (
        "ENV\n[server]\nlisten = [\"localhost\"]",
        Some(5),
        "server.listen[0]",
        "not an IP address with a port",
    ),
    (
        "ENV\n[server]\nlisten = [\n\"127.0.0.1:1\",\n\"127.0.0.1:1\",\n]",
        Some(7),
        "server.listen[1]",
        "in the list twice",
    ),
    (
        "ENV\n[server]\nadmin = \"here\"",
        Some(5),
        "server.admin",
        "not an IP address with a port",
    ),
    (
        "ENV\n[server]\nadmin = \"127.0.0.1:8080\"",
        Some(5),
        "server.admin",
        "also in server.listen",
    ),
    (
        "ENV\n[server]\nplain_listen = [\"127.0.0.1:1\"]",
        Some(5),
        "server.plain_listen[0]",
        "not in server.listen",
    ),
    (
        "ENV\n[server]\nconnections_per_address = 0",
        Some(5),
        "server.connections_per_address",
        "nobody could connect",
    ),
    (
        "ENV\n[server.tls]\ncertificate = \"chain.pem\"",
        Some(4),
        "server.tls.key",
        "needs both",
    ),
    (
        "ENV\n[server]\nadmin_tls = { key = \"key.pem\" }",
        Some(5),
        "server.admin_tls.certificate",
        "needs both",
    ),
    (
        "ENV\n[server]\ntrusted_proxies = [\"10.0.0.0/64\"]",
        Some(5),
        "server.trusted_proxies[0]",
        "no address and no CIDR",
    ),
    (
        "ENV\n[server]\nmaster_key_file = \"\"",
        Some(5),
        "server.master_key_file",
        "name the file",
    ),
    (
        "ENV\n[server]\nshutdown_grace = \"1 parsec\"",
        Some(5),
        "server.shutdown_grace",
        "not a duration",
    ),
    (
        "ENV\n[log]\nformat = \"jsn\"",
        Some(5),
        "log.format",
        "did you mean \"json\"",
    ),
    (
        "ENV\n[log]\nlevel = \"a=b=c\"",
        Some(5),
        "log.level",
        "no log level",
    ),
    // Storage and counters
    (
        "ENV\n[storage]\nurl = \"mysql://root:hunter2@h/d\"",
        Some(5),
        "storage.url",
        "the storage is \"sqlite:FILE\"",
    ),
    (
        "ENV\n[counters]\nurl = \"redis://u:hunter2@:no-port/x\"",
        Some(5),
        "counters.url",
        "no address of a Redis",
    ),
    (
        "ENV\n[counters]\nurl = \"file:\"",
        Some(5),
        "counters.url",
        "nothing else is known",
    ),
    (
        "ENV\n[counters]\nnodes = 0",
        Some(5),
        "counters.nodes",
        "at least one node",
    ),
    // Versions
    (
        "ENV\n[[versions]]\nscopes = []",
        Some(4),
        "versions[0].name",
        "needs a name",
    ),
    (
        "ENV\n[[versions]]\nname = \"v 2\"",
        Some(5),
        "versions[0].name",
        "letters, digits",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\n[[versions]]\nname = \"v2\"",
        Some(7),
        "versions[1].name",
        "two versions named",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\nscopes = [\"Zeit\\\"\"]",
        Some(6),
        "versions[0].scopes[0]",
        "makes no scope",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\nscopes = [\"Pay Day\", \"pay-day\"]",
        Some(6),
        "versions[0].scopes[1]",
        "same scope value",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\npermissions = true\nscopes = [\"a.b\"]",
        Some(7),
        "versions[0].scopes[0]",
        "has a point",
    ),
    // Environments and their URLs
    (
        "[environments.production]\n",
        Some(1),
        "environments.production.url",
        "needs its url",
    ),
    (
        "[environments.\"a b\"]\nurl = \"http://127.0.0.1\"",
        Some(1),
        "environments.a b",
        "letters, digits, hyphens",
    ),
    (
        "[environments.a__b]\nurl = \"http://127.0.0.1\"",
        Some(1),
        "environments.a__b",
        "single underscores",
    ),
    (
        "[environments.a]\nurl = \"here\"",
        Some(2),
        "environments.a.url",
        "not a URL",
    ),
    (
        "[environments.a]\nurl = \"ftp://127.0.0.1\"",
        Some(2),
        "environments.a.url",
        "only http and https",
    ),
    (
        "[environments.a]\nurl = \"https://x.example/base\"",
        Some(2),
        "environments.a.url",
        "take the path out",
    ),
    (
        "[environments.a]\nurl = \"https://x.example/?a=b\"",
        Some(2),
        "environments.a.url",
        "query or fragment",
    ),
    (
        "[environments.a]\nurl = \"https://x.example/#a\"",
        Some(2),
        "environments.a.url",
        "query or fragment",
    ),
    (
        "[environments.a]\nurl = \"https://me:hunter2@x.example\"",
        Some(2),
        "environments.a.url",
        "no password",
    ),
    (
        "[environments.a]\nurl = \"http://x.example\"",
        Some(2),
        "environments.a.url",
        "plain http is for loopback",
    ),
    (
        "[environments.a]\nurl = \"http://127.0.0.1.example\"",
        Some(2),
        "environments.a.url",
        "plain http is for loopback",
    ),
    (
        "ENV\n[environments.b]\nurl = \"http://127.0.0.1:8080\"",
        Some(2),
        "environments.production.url",
        "belongs to the environment b",
    ),
    (
        "ENV\naliases = [\"http://127.0.0.1:8080\"]",
        Some(3),
        "environments.production.aliases[0]",
        "named twice",
    ),
    (
        "[environments.a]\nurl = \"https://x.example\"\n[environments.b]\nurl = \"https://X.example:443\"",
        Some(4),
        "environments.b.url",
        "belongs to the environment a",
    ),
    // An environment's keys
    (
        "ENV\ndialect = \"sprng\"",
        Some(3),
        "environments.production.dialect",
        "did you mean \"spring\"",
    ),
    (
        "ENV\ndialect = \"german\"",
        Some(3),
        "environments.production.dialect",
        "and files such as",
    ),
    (
        "ENV\ndialect = \"german.toml\"",
        Some(3),
        "environments.production.dialect",
        "cannot be read",
    ),
    (
        "ENV\naccess_token_lifetime = \"0s\"",
        Some(3),
        "environments.production.access_token_lifetime",
        "longer than nothing",
    ),
    (
        "ENV\naccess_token_lifetime = 0",
        Some(3),
        "environments.production.access_token_lifetime",
        "longer than nothing",
    ),
    (
        "ENV\nrefresh_token_lifetime = \"-5m\"",
        Some(3),
        "environments.production.refresh_token_lifetime",
        "longer than nothing",
    ),
    (
        "ENV\nauthorization_code_lifetime = \"1.5s\"",
        Some(3),
        "environments.production.authorization_code_lifetime",
        "whole seconds",
    ),
    (
        "ENV\nkey_announcement = \"11y\"",
        Some(3),
        "environments.production.key_announcement",
        "not a duration",
    ),
    (
        "ENV\nkey_announcement = \"4000d\"",
        Some(3),
        "environments.production.key_announcement",
        "ten years at most",
    ),
    (
        "ENV\nkey_announcement = true",
        Some(3),
        "environments.production.key_announcement",
        "a duration such as \"60m\"",
    ),
    (
        "ENV\naccess_token_format = \"opake\"",
        Some(3),
        "environments.production.access_token_format",
        "did you mean \"opaque\"",
    ),
    (
        "ENV\nsigning_algorithm = \"none\"",
        Some(3),
        "environments.production.signing_algorithm",
        "known are EdDSA, ES256 and RS256",
    ),
    (
        "ENV\nsecrets = \"choosen\"",
        Some(3),
        "environments.production.secrets",
        "did you mean \"chosen\"",
    ),
    (
        "ENV\nissuer = \"realms/shop\"",
        Some(3),
        "environments.production.issuer",
        "not a URL",
    ),
    (
        "ENV\nissuer = \"https://other.example/realms/shop\"",
        Some(3),
        "environments.production.issuer",
        "scheme, host and port are those of url",
    ),
    (
        "ENV\nissuer = \"http://127.0.0.1:8080/realms?x=1\"",
        Some(3),
        "environments.production.issuer",
        "neither query nor fragment",
    ),
    (
        "ENV\nissuer = \"http://127.0.0.1:8080/a//b\"",
        Some(3),
        "environments.production.issuer",
        "double slash",
    ),
    (
        "ENV\naudience = \"\"",
        Some(3),
        "environments.production.audience",
        "the audience is empty",
    ),
    (
        "ENV\ndefault_grant = \"refresh_token\"",
        Some(3),
        "environments.production.default_grant",
        "known are client_credentials",
    ),
    (
        "ENV\ngrants_per_credential = 0",
        Some(3),
        "environments.production.grants_per_credential",
        "needs a grant",
    ),
    (
        "ENV\npaths.token = \"token\"",
        Some(3),
        "environments.production.paths.token",
        "starts with a slash",
    ),
    (
        "ENV\npaths.token = \"/\"",
        Some(3),
        "environments.production.paths.token",
        "a path of its own",
    ),
    (
        "ENV\npaths.docs = \"/oauth/token\"",
        Some(3),
        "environments.production.paths.docs",
        "also the path of token",
    ),
    (
        "ENV\npaths.docs = \"/portal/docs\"",
        Some(3),
        "environments.production.paths.docs",
        "has its place everywhere",
    ),
    (
        "ENV\nrefresh = { schedule = \"0 20 1 * *\" }",
        Some(3),
        "environments.production.refresh.from",
        "needs an environment",
    ),
    (
        "ENV\nrefresh = { from = \"production\", schedule = \"0 20 1 * *\" }",
        Some(3),
        "environments.production.refresh.from",
        "from itself",
    ),
    (
        "ENV\nrefresh = { from = \"rc\", schedule = \"0 20 1 * *\" }",
        Some(3),
        "environments.production.refresh.from",
        "not known here",
    ),
    (
        "ENV\n[environments.b]\nurl = \"http://127.0.0.2\"\nrefresh = { from = \"production\", schedule = \"0 20\" }",
        Some(6),
        "environments.b.refresh.schedule",
        "five fields",
    ),
    (
        "ENV\n[environments.b]\nurl = \"http://127.0.0.2\"\nrefresh = { from = \"production\", schedule = \"0 20 1 * ;\" }",
        Some(6),
        "environments.b.refresh.schedule",
        "digits, names",
    ),
    (
        "ENV\n[environments.b]\nurl = \"http://127.0.0.2\"\nrefresh.from = \"production\"",
        Some(6),
        "environments.b.refresh.schedule",
        "needs a schedule",
    ),
    (
        "ENV\n[environments.b]\nurl = \"http://127.0.0.2\"\nrefresh = { from = \"production\", schedule = \"0 20 1 * *\", timezone = \"Mars/Base\" }",
        Some(6),
        "environments.b.refresh.timezone",
        "no time zone",
    ),
    (
        "ENV\n[environments.b]\nurl = \"http://127.0.0.2\"\nrefresh = { from = \"production\", schedule = \"0 20 1 * *\", data_until = \"yesterday\" }",
        Some(6),
        "environments.b.refresh.data_until",
        "known are now and end-of-last-month",
    ),
    // Routes
    (
        "ENV\n[[routes]]\nupstream = \"http://127.0.0.1\"",
        Some(4),
        "routes[0].path",
        "needs a path",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"",
        Some(4),
        "routes[0].upstream",
        "needs an upstream",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a/\"\nupstream = \"http://127.0.0.1\"",
        Some(5),
        "routes[0].path",
        "without a slash",
    ),
    (
        "ENV\n[[routes]]\npath = \"/oauth/anything\"\nupstream = \"http://127.0.0.1\"",
        Some(5),
        "routes[0].path",
        "path of Grantor itself",
    ),
    (
        "ENV\n[[routes]]\npath = \"/.well-known/jwks.json\"\nupstream = \"http://127.0.0.1\"",
        Some(5),
        "routes[0].path",
        "path of Grantor itself",
    ),
    (
        "ENV\n[[routes]]\npath = \"/status\"\nupstream = \"http://127.0.0.1\"",
        Some(5),
        "routes[0].path",
        "path of Grantor itself",
    ),
    (
        "ENV\ndialect = \"dotnetopenauth\"\n[[routes]]\npath = \"/token/ChangePassword\"\nupstream = \"http://127.0.0.1\"",
        Some(5),
        "routes[0].path",
        "path of Grantor itself",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"gopher://127.0.0.1\"",
        Some(6),
        "routes[0].upstream",
        "only http and https",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://u:hunter2@127.0.0.1\"",
        Some(6),
        "routes[0].upstream",
        "no password",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\ndate_time_formats = [\"dd-MM-yyyy HH:mm\", \"hh:mm\"]",
        Some(7),
        "routes[0].date_time_formats[1]",
        "needs a year",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\ndate_time_zone = \"Amsterdam\"",
        Some(7),
        "routes[0].date_time_zone",
        "is no time zone",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"https://127.0.0.1\"\nupstream_ca = \"nowhere.pem\"",
        Some(7),
        "routes[0].upstream_ca",
        "cannot be read",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"https://127.0.0.1\"\nupstream_ca = \"grantor.toml\"",
        Some(7),
        "routes[0].upstream_ca",
        "holds no certificate",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1/api\"",
        Some(6),
        "routes[0].upstream",
        "take the path out",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\nversion = \"v9\"",
        Some(7),
        "routes[0].version",
        "nothing of the kind",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\nenvironment = \"producton\"",
        Some(7),
        "routes[0].environment",
        "did you mean \"production\"",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\nscopes = [\"Pay Day\"]\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\nscope = \"Pay Day\"",
        Some(10),
        "routes[0].scope",
        "did you mean \"pay-day\"",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\npublic = true\nscope = \"a\"",
        Some(7),
        "routes[0].public",
        "looks at no token",
    ),
    (
        "ENV\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.2\"",
        Some(8),
        "routes[1].path",
        "two routes for /a",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\nscopes = [\"a\"]\npermissions = true\n[[versions]]\nname = \"v3\"\nscopes = [\"a\"]\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\nscope = \"a\"",
        Some(14),
        "routes[0].scope",
        "name the version",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\nscopes = [\"a\"]\npermissions = true\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\nscope = \"a\"\nmethods = { POST = \"reed\" }",
        Some(12),
        "routes[0].methods.POST",
        "did you mean \"read\"",
    ),
    (
        "ENV\n[[versions]]\nname = \"v2\"\nscopes = [\"a\"]\npermissions = true\n[[routes]]\npath = \"/a\"\nupstream = \"http://127.0.0.1\"\nscope = \"a\"\nmethods = { \"P ST\" = \"read\" }",
        Some(12),
        "routes[0].methods.P ST",
        "no method",
    ),
];

#[test]
fn each_mistake_names_line_and_key_and_says_what_to_do() {
    for (position, (snippet, line, key, message)) in TABLE.iter().enumerate() {
        // A section is set off by a blank line.
        let environment = if snippet.starts_with("ENV\n[") {
            format!("{MINIMAL}\n")
        } else {
            MINIMAL.to_owned()
        };
        let text = snippet.replacen("ENV\n", &environment, 1);
        let outcome = read(&format!("mistake-{position}"), &text, &[]);
        assert!(outcome.config.is_none(), "accepted: {text}");
        let found = outcome
            .mistakes
            .iter()
            .any(|m| m.line == *line && m.key == *key && m.message.contains(message));
        assert!(
            found,
            "expected {line:?} {key}: …{message}…\nfor\n{text}\nbut found {:#?}",
            outcome.mistakes
        );
        assert_eq!(
            outcome.mistakes.len(),
            1,
            "one mistake is told once:\n{text}\n{:#?}",
            outcome.mistakes
        );
        let all = format!("{:?}", outcome.mistakes);
        assert!(
            !all.contains("hunter2"),
            "a password stands in a message: {all}"
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = "[server]\nadmin = 5\nlisten = [\"x\"]\n[storage]\nurll = \"\"\n[environments.a]\ndialect = \"?\"\n[environments.b]\nsecrets = \"?\"\n";
    let mistakes = read("all", text, &[]).mistakes;
    let found: Vec<(Option<usize>, &str)> = mistakes
        .iter()
        .map(|mistake| (mistake.line, mistake.key.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (Some(2), "server.admin"),
            (Some(3), "server.listen[0]"),
            (Some(5), "storage.urll"),
            (Some(6), "environments.a.url"),
            (Some(7), "environments.a.dialect"),
            (Some(8), "environments.b.url"),
            (Some(9), "environments.b.secrets"),
        ]
    );
}

#[test]
fn a_mistake_reads_as_file_line_key_and_sentence() {
    let mistakes = read(
        "reads",
        "[server]\nadmin = 5\n[environments.a]\nurl = \"http://127.0.0.1\"",
        &[],
    )
    .mistakes;
    let text = mistakes[0].to_string();
    assert!(
        text.ends_with(
            "grantor.toml:2: server.admin: here stands an integer, but a string is needed"
        ),
        "{text}"
    );
}

#[test]
fn a_file_that_is_not_there_is_one_sentence() {
    let mut findings = super::Findings::new("nowhere/grantor.toml".as_ref());
    assert!(super::load::read("nowhere/grantor.toml".as_ref(), &[], &mut findings).is_none());
    let text = findings.mistakes[0].to_string();
    assert!(
        text.starts_with("nowhere/grantor.toml: the configuration cannot be read"),
        "{text}"
    );
    assert_eq!(findings.mistakes.len(), 1);
}

#[test]
fn a_line_that_is_not_utf8_is_named() {
    let folder = super::Folder::new("utf8");
    let file = folder.file("grantor.toml", b"[log]\nlevel = \"\xff\"\n");
    let mut findings = super::Findings::new(&file);
    assert!(super::load::read(&file, &[], &mut findings).is_none());
    assert_eq!(findings.mistakes[0].line, Some(2));
    assert!(findings.mistakes[0].message.contains("not UTF-8"));
}
