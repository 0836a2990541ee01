//! `grantor people …`

use crate::http::support::house::PASSWORD;
use crate::http::support::{house, on_each_database};

on_each_database! {
    fn people_are_made_listed_and_changed_with_an_audit_row_each(house) {
        let cli = &house.server;
        let name = format!("Eva.{}@example.com", house.person("production", &[]));
        let how = ["people", "create", "--environment", "production", "--account", "New & Co", "--username", &name, "--password-stdin"];
        let made = cli.json(&[&how[..], &["--role", "account-manager"]].concat(), Some(PASSWORD));
        let id = made["id"].as_str().unwrap();
        assert_eq!((&made["username"], &made["account"], &made["role"]), (&name.clone().into(), &"New & Co".into(), &"account-manager".into()));
        // S096: another spelling is the same person.
        let again = cli.grantor(&["people", "create", "--environment", "production", "--account", "X", "--username", &name.to_uppercase(), "--password-stdin"], Some(PASSWORD));
        assert_eq!(again.status.code(), Some(1));
        let listed = cli.json(&["people", "list", "--environment", "production", "--account", "New & Co"], None);
        assert!(listed.as_array().unwrap().iter().any(|person| person["id"] == id && person["disabled"] == false));
        let shown = cli.json(&["people", "show", &name.to_lowercase(), "--environment", "production"], None);
        assert_eq!(shown["id"], id);
        let changed = cli.json(&["people", "set-role", id, "--role", "member"], None);
        assert!(changed["warning"].as_str().unwrap().contains("Nobody manages this account"));
        cli.json(&["people", "disable", id], None);
        cli.json(&["people", "enable", id], None);
        cli.json(&["people", "erase", id, "--yes"], None);
        assert_eq!(cli.grantor(&["people", "show", id], None).status.code(), Some(1));
        let trail = cli.json(&["audit", "list", "--subject", id], None);
        let events: Vec<&str> = trail.as_array().unwrap().iter().rev().map(|event| event["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["person.created", "person.role_changed", "person.disabled", "person.enabled", "person.erased"]);
        // Nothing of the name is left.
        let local = name.split('@').next().unwrap().to_lowercase();
        for held in [trail.to_string(), String::from_utf8_lossy(&cli.database.dump()).into_owned()] {
            assert!(!held.to_lowercase().contains(&local), "{local} is left");
        }
    }
}

#[test]
fn s092_passwords_that_operators_set_are_judged() {
    let cli = &house().server;
    for (password, role, word) in [
        ("x", "member", "at least 8"),
        ("Password123", "member", "common"),
        (
            "tomato bicycle",
            "king",
            "operator, account-manager or member",
        ),
    ] {
        let how = [
            "people",
            "create",
            "--environment",
            "production",
            "--account",
            "Acme",
            "--username",
            "never",
            "--password-stdin",
            "--role",
            role,
        ];
        let output = cli.grantor(&how, Some(password));
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(word));
    }
    let output = cli.grantor(
        &[
            "people",
            "create",
            "--environment",
            "production",
            "--username",
            "never",
            "--password-stdin",
        ],
        Some(PASSWORD),
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains("Only an operator has no account"));
    let made = cli.json(
        &[
            "people",
            "create",
            "--environment",
            "production",
            "--username",
            "the-operator",
            "--password-stdin",
            "--role",
            "operator",
        ],
        Some(PASSWORD),
    );
    assert!(made["account"].is_null());
}
