//! `grantor check` beside a server, without one, and before there is a database

use serde_json::Value;

use super::support::house::{CALLBACK, PASSWORD, setup};
use super::support::{Server, Setup};

const CODES: [&str; 8] = [
    "--version",
    "v1",
    "--allow",
    "orders=read",
    "--grant-type",
    "authorization_code",
    "--redirect-uri",
    CALLBACK,
];

fn listed(server: &Server) -> Vec<Value> {
    let report = server.json(&["check"], None);
    assert_eq!(report["credentials_not_read"], Value::Null, "{report}");
    report["credentials"].as_array().unwrap().clone()
}

#[test]
fn credentials_that_were_let_off_a_rule_are_listed() {
    let mut server = setup().start();
    assert_eq!(listed(&server), [] as [Value; 0]);
    server.credential("production", &CODES);
    let exempt = server.credential("production", &[&CODES[..], &["--pkce-exempt"]].concat());
    let how = [
        "--version",
        "v1",
        "--allow",
        "orders=read",
        "--grant-type",
        "password",
    ];
    let password = server.credential("production", &how);
    let expect = |server: &Server| {
        let listed = listed(server);
        let seen: Vec<(&str, &str)> = listed
            .iter()
            .map(|row| {
                let text = |member: &str| row[member].as_str().unwrap();
                (text("client_id"), text("departs_from"))
            })
            .collect();
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen.contains(&(&exempt.client_id, "RFC 9700 section 2.1.1")));
        assert!(seen.contains(&(&password.client_id, "RFC 9700 section 2.4")));
    };
    expect(&server);
    let text = server.grantor(&["check"], None);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("Credentials that were let off a rule"),
        "{text}"
    );
    assert!(
        text.contains(&exempt.client_id) && !text.contains(PASSWORD),
        "{text}"
    );
    server.stop();
    expect(&server);
}

#[test]
fn looking_makes_no_database() {
    let server: Server = Setup::example("quinyx", &["production", "rc"]).prepare();
    assert_eq!(listed(&server), [] as [Value; 0]);
    let folder = server.config().parent().unwrap();
    let made: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".db") || name.ends_with(".key"))
        .collect();
    assert!(made.is_empty(), "{made:?}");
}
