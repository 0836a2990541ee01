//! Clients that Grantor answers already, while everyone else hears the old server.

use super::*;

/// What the old server would never say.
fn is_grantors(answer: &Answer) -> bool {
    answer.status == 200 && answer.json()["access_token"] != token_answer()["access_token"]
}

fn asked_about(shadow: &Shadow, path: &str, whom: &Credential, token: &str) -> Answer {
    Request::post(path)
        .basic(whom)
        .form(form(&[("token", token)]))
        .send(&shadow.at)
}

#[test]
fn b2_a_client_of_the_canary_is_answered_by_grantor_and_the_others_by_the_old_server() {
    on_each_database(|server| {
        let (first, second) = (client(server), client(server));
        let old = OldServer::start();
        old.answers(200, AS_OURS, &token_answer());
        let file = server.folder.join("canary.txt");
        std::fs::write(&file, "# nobody yet\n").unwrap();
        let more = [
            ("SHADOW__CANARY", first.client_id.as_str()),
            ("SHADOW__CANARY_FILE", file.to_str().unwrap()),
        ];
        let shadow = Shadow::start(server, &old, &more);
        // However it presents itself.
        let in_body = [
            ("grant_type", "client_credentials"),
            ("client_id", first.client_id.as_str()),
            ("client_secret", first.client_secret.as_str()),
        ];
        let answer = Request::post(TOKEN).form(form(&in_body)).send(&shadow.at);
        assert!(is_grantors(&answer), "{answer:?}");
        let answer = shadow.ask(&first, GRANT);
        assert!(is_grantors(&answer), "{answer:?}");
        assert!(answer.header("x-request-id").is_some());
        assert!(old.heard().is_empty());
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(shadow.ask(&second, GRANT).json(), token_answer());
        // Refused as Grantor refuses, not tried again there.
        let wrong = Credential {
            client_secret: "wrong".to_owned(),
            ..first.clone()
        };
        let answer = shadow.ask(&wrong, GRANT);
        assert_eq!(answer.refusal(), (401, "invalid_client".to_owned()));
        // A code of the old server is redeemed there.
        let code = "grant_type=refresh_token&refresh_token=old";
        assert_eq!(old.heard().len(), 1);
        let with_code = client_with_refresh(server);
        std::fs::write(
            &file,
            format!("{}\n{}\n", second.client_id, with_code.client_id),
        )
        .unwrap();
        until("the canary is read again", || {
            is_grantors(&shadow.ask(&second, GRANT))
        });
        assert_eq!(shadow.ask(&with_code, code).json(), token_answer());

        // Whose token it is says who knows it.
        old.answers(200, AS_OURS, &json!({ "active": true, "sub": "old" }));
        let told = asked_about(&shadow, "/oauth/introspect", &first, &token);
        assert_eq!(told.json()["active"], true);
        assert_eq!(told.json()["client_id"], *first.client_id);
        let told = asked_about(&shadow, "/oauth/introspect", &first, "old-token");
        assert_eq!(told.json()["sub"], "old");
        old.answers(200, AS_OURS, &json!({ "active": false }));
        let ended = asked_about(&shadow, "/oauth/revoke", &first, &token);
        assert_eq!(ended.status, 200);
        let told = asked_about(&shadow, "/oauth/introspect", &first, &token);
        assert_eq!(told.json(), json!({ "active": false }));
        // The limits and the audit trail see who really asked.
        let answer = Request::post(TOKEN)
            .basic(&first)
            .form(GRANT)
            .header("X-Forwarded-For", "192.0.2.77")
            .send(&shadow.at);
        assert!(is_grantors(&answer));
        let issued = server.json(&["audit", "list", "--event", "token.issued"], None);
        assert_eq!(issued[0]["remote_address"], "192.0.2.77", "{issued:#}");
        let report = shadow.report();
        assert_eq!(report["canary"]["clients"], 3);
        assert_eq!(
            report["canary"]["requests"]["of_old_server"], 1,
            "{report:#}"
        );
    });
}

fn client_with_refresh(server: &Server) -> Credential {
    server.client_of("production", "authorization_code", &[])
}

#[test]
fn b2_grantor_failing_the_canary_is_seen_unless_the_fallback_was_chosen() {
    let mut server = setup().start();
    let first = client(&server);
    let old = OldServer::start();
    old.answers(200, AS_OURS, &token_answer());
    let canary = ("SHADOW__CANARY", first.client_id.as_str());
    let strict = Shadow::start(&server, &old, &[canary]);
    let lenient = Shadow::start(
        &server,
        &old,
        &[canary, ("SHADOW__CANARY_FALLBACK", "true")],
    );
    let answer = strict.ask(&first, GRANT);
    assert!(is_grantors(&answer), "{answer:?}");
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    server.kill();
    let answer = strict.ask(&first, GRANT);
    assert_eq!(answer.status, 502, "{answer:?}");
    assert!(old.heard().is_empty());
    assert_eq!(lenient.ask(&first, GRANT).json(), token_answer());
    assert_eq!(strict.report()["canary"]["requests"]["failed"], 1);
    assert_eq!(lenient.report()["canary"]["requests"]["fell_back"], 1);
    // That the old server does not know a token says nothing while Grantor is away.
    old.answers(200, AS_OURS, &json!({ "active": false }));
    let told = asked_about(&strict, "/oauth/introspect", &first, &token);
    assert_eq!(told.status, 503, "{told:?}");
    old.answers(200, AS_OURS, &json!({ "active": true }));
    let told = asked_about(&strict, "/oauth/introspect", &first, "old-token");
    assert_eq!(told.json(), json!({ "active": true }));
}
