//! A server that was just made: nobody is in it, nothing that everybody knows opens it, and its log opens nothing.

use super::support::house::setup;
use super::support::{Browser, Request};

/// What people try first, and what other products came with.
const KNOWN: [(&str, &str); 6] = [
    ("admin", "admin"),
    ("admin", "password"),
    ("administrator", "changeme"),
    ("root", "root"),
    ("operator", "operator"),
    ("grantor", "grantor"),
];

#[test]
fn s297_a_new_server_has_no_way_in_that_everybody_knows() {
    let server = setup().start();
    let authority = server.at("production");
    for (username, password) in KNOWN {
        let mut guest = Browser::at(authority);
        let refused = guest.sign_in(username, password);
        assert_eq!(refused.status, 400, "{username}");
        assert!(!guest.get("/portal").text().contains("id=\"sign-out\""));
    }
    // There is no page that makes the first operator, and so none that makes a second one.
    for path in [
        "/setup",
        "/install",
        "/portal/setup",
        "/portal/operators",
        "/admin",
        "/admin/v1/people",
    ] {
        assert_eq!(Request::get(path).send(authority).status, 404, "{path}");
    }
    for token in ["", "admin", "grantor", "gro_", "grl_", "grl_AAAAAAAAAAA"] {
        let people = Request::get("/admin/v1/people")
            .bearer(token)
            .send(&server.admin);
        assert_eq!(people.status, 401, "{token}");
    }
    let made = Request::post("/admin/v1/operators/tokens")
        .body("application/json", r#"{"name":"first"}"#)
        .send(&server.admin);
    assert_eq!(
        made.status, 401,
        "no one is let in because nobody was there before"
    );

    // The first operator is made by whoever holds the master key, and no second one takes the name over.
    let create = [
        "people",
        "create",
        "--environment",
        "production",
        "--role",
        "operator",
        "--username",
        "anna",
        "--password-stdin",
    ];
    server.json(&create, Some("a phrase of annas own"));
    let again = server.grantor(&create, Some("a phrase of somebody else"));
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    let mut anna = Browser::at(authority);
    assert!(
        anna.sign_in("anna", "a phrase of annas own")
            .text()
            .contains("id=\"sign-out\"")
    );
    let last = anna.get("/portal");
    let log = server.log_after(&last);
    for secret in ["gro_", "grl_", "grm_", "gri_", "phrase"] {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
}
