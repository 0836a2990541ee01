//! Variables set every key, and a mistake in one names the variable.

use std::net::SocketAddr;

use super::{MINIMAL, config, read};

#[test]
fn a_variable_wins_over_the_file() {
    let text = format!("[server]\nadmin = \"127.0.0.1:1\"\n{MINIMAL}");
    let config = config("wins", &text, &[("GRANTOR__SERVER__ADMIN", "127.0.0.1:2")]);
    assert_eq!(config.server.admin, SocketAddr::from(([127, 0, 0, 1], 2)));
}

#[test]
fn a_list_is_written_as_toml_or_with_commas() {
    for value in [
        "[\"127.0.0.1:1\", \"127.0.0.1:2\"]",
        "127.0.0.1:1,127.0.0.1:2",
        " 127.0.0.1:1 , 127.0.0.1:2,",
    ] {
        let config = config("list", MINIMAL, &[("GRANTOR__SERVER__LISTEN", value)]);
        assert_eq!(
            config.server.listen,
            [
                SocketAddr::from(([127, 0, 0, 1], 1)),
                SocketAddr::from(([127, 0, 0, 1], 2))
            ],
            "{value}"
        );
    }
    let one = config(
        "list",
        MINIMAL,
        &[("GRANTOR__SERVER__LISTEN", "127.0.0.1:0")],
    );
    assert_eq!(one.server.listen.len(), 1);
    let none = config("list", MINIMAL, &[("GRANTOR__SERVER__TRUSTED_PROXIES", "")]);
    assert!(none.server.trusted_proxies.is_empty());
}

#[test]
fn numbers_truths_durations_and_tables_are_read_as_their_keys_want() {
    let rc = "[environments.rc]\nurl = \"http://127.0.0.1:8081\"\n";
    let config = config(
        "types",
        &format!("{MINIMAL}{rc}"),
        &[
            ("GRANTOR__STORAGE__MIGRATE", "true"),
            ("GRANTOR__SERVER__SHUTDOWN_GRACE", "5"),
            (
                "GRANTOR__ENVIRONMENTS__PRODUCTION__CONCURRENT_REQUESTS",
                "5",
            ),
            (
                "GRANTOR__ENVIRONMENTS__PRODUCTION__ACCESS_TOKEN_LIFETIME",
                "7d",
            ),
            ("GRANTOR__ENVIRONMENTS__PRODUCTION__AUDIENCE", "12"),
            (
                "GRANTOR__ENVIRONMENTS__PRODUCTION__PATHS__TOKEN",
                "/v2/oauth/token",
            ),
            (
                "GRANTOR__ENVIRONMENTS__RC__REFRESH",
                "{ from = \"production\", schedule = \"0 20 1 * *\" }",
            ),
        ],
    );
    let production = config.environment("production").unwrap();
    assert!(config.migrate);
    assert_eq!(config.server.shutdown_grace, 5);
    assert_eq!(production.concurrent_requests, 5);
    assert_eq!(production.access_token_lifetime, 7 * 24 * 60 * 60);
    assert_eq!(
        production.audience, "12",
        "text stays text where the key wants text"
    );
    assert_eq!(production.paths.token, "/v2/oauth/token");
    assert!(config.environment("rc").unwrap().refresh.is_some());
}

#[test]
fn names_match_in_any_case_and_hyphens_are_written_as_underscores() {
    let text = "[environments.My-Env]\nurl = \"http://127.0.0.1:8080\"\n";
    let config = config(
        "case",
        text,
        &[("GRANTOR__environments__MY_ENV__Url", "http://127.0.0.1:1")],
    );
    assert_eq!(
        config.environment("My-Env").unwrap().url,
        "http://127.0.0.1:1"
    );
    assert_eq!(config.environments.len(), 1);
}

#[test]
fn an_environment_and_a_route_can_come_from_variables_alone() {
    let config = config(
        "alone",
        "",
        &[
            ("GRANTOR__ENVIRONMENTS__NEW__URL", "http://127.0.0.1:1"),
            ("GRANTOR__ROUTES__0__PATH", "/a"),
            ("GRANTOR__ROUTES__0__UPSTREAM", "http://127.0.0.1:9000"),
        ],
    );
    assert_eq!(config.environments[0].name.as_str(), "new");
    assert_eq!(config.routes[0].access.path, "/a");
}

#[test]
fn other_variables_are_none_of_ours() {
    config(
        "others",
        MINIMAL,
        &[
            ("GRANTOR_CONFIG", "x"),
            ("GRANTOR_MASTER_KEY", "x"),
            ("PATH", "x"),
            ("grantor__server__admin", "x"),
        ],
    );
}

#[test]
fn a_mistake_in_a_variable_names_the_variable_and_no_line() {
    let table = [
        ("GRANTOR__SERVER__ADMIN", "here", "not an IP address"),
        (
            "GRANTOR__SERVER__ADMN",
            "127.0.0.1:1",
            "did you mean \"admin\"",
        ),
        ("GRANTOR__SERVER", "x", "a table is needed"),
        ("GRANTOR__SERVER__", "x", "GRANTOR__SECTION__KEY"),
        ("GRANTOR__SERVER__ADMIN__X", "x", "not a table"),
        ("GRANTOR__ROUTES__7__PATH", "/a", "a list has no gaps"),
        (
            "GRANTOR__ROUTES__FIRST__PATH",
            "/a",
            "a number, counted from 0",
        ),
        (
            "GRANTOR__STORAGE__MIGRATE",
            "perhaps",
            "here stands a string, but true or false is needed",
        ),
        (
            "GRANTOR__ENVIRONMENTS__PRODUCTION__CONCURRENT_REQUESTS",
            "five",
            "here stands a string, but a whole number",
        ),
        (
            "GRANTOR__ENVIRONMENTS__PRODUCTION__DIALECT",
            "sprng",
            "did you mean \"spring\"",
        ),
        ("GRANTOR__STORAGE__URL", "hunter2", "the storage is"),
    ];
    let text = format!(
        "[server]\nadmin = \"127.0.0.1:9090\"\n{MINIMAL}[[routes]]\npath = \"/b\"\nupstream = \"http://127.0.0.1:9000\"\n"
    );
    for (name, value, message) in table {
        let outcome = read("variable", &text, &[(name, value)]);
        let [mistake] = outcome.mistakes.as_slice() else {
            panic!("{name}: {:#?}", outcome.mistakes)
        };
        assert_eq!((mistake.key.as_str(), mistake.line), (name, None));
        assert!(mistake.message.contains(message), "{mistake}");
        assert!(mistake.to_string().starts_with(name), "{mistake}");
        assert!(!mistake.to_string().contains("hunter2"));
    }
}
