//! What is seen beside the old answers, what is not, and what nobody gets to see.

use super::*;
use crate::http::support::database::psql;
use std::process::Command;
use std::time::{Duration, Instant};

/// The kinds of a report with their counts, members behind the kind.
fn kinds(report: &Value) -> Vec<(String, u64)> {
    let rows = report["differences"].as_array().unwrap().iter();
    let mut kinds: Vec<(String, u64)> = rows
        .map(|row| {
            let member = row["member"].as_str().unwrap_or_default();
            let name = format!("{} {member}", row["kind"].as_str().unwrap());
            (name.trim_end().to_owned(), row["count"].as_u64().unwrap())
        })
        .collect();
    kinds.sort();
    kinds
}

#[test]
fn b2_each_kind_of_difference_is_counted_once_and_a_rehearsal_leaves_nothing_behind() {
    on_each_database(|server| {
        let client = client(server);
        let old = OldServer::start();
        let shadow = Shadow::start(server, &old, &[]);
        let mut asked = 0;
        let mut ask =
            |status: u16, headers: &[(&str, &str)], body: &Value, as_whom: &Credential| {
                old.answers(status, headers, body);
                let answer = shadow.ask(as_whom, GRANT);
                assert_eq!((answer.status, &answer.json()), (status, body));
                asked += 1;
            };
        // The same, but for the order of the scopes and a second.
        let mut same = token_answer();
        same["scope"] = json!("orders.add orders.read");
        same["expires_in"] = json!(3599);
        ask(200, AS_OURS, &same, &client);
        for (name, value) in [
            ("scope", json!("orders.read")),
            ("expires_in", json!(7200)),
            ("expires_in", json!("3600")),
            ("token_type", json!("bearer")),
            ("created_at", json!(1)),
        ] {
            let mut body = token_answer();
            body[name] = value;
            ask(200, AS_OURS, &body, &client);
        }
        let mut body = token_answer();
        body.as_object_mut().unwrap().remove("scope");
        ask(200, AS_OURS, &body, &client);
        let other_headers = [("Content-Type", "text/plain"), ("Cache-Control", "private")];
        ask(200, &other_headers, &token_answer(), &client);
        let wrong = Credential {
            client_secret: "wrong".to_owned(),
            ..client.clone()
        };
        // Let in there and not here, then refused by both in other words.
        ask(200, AS_OURS, &token_answer(), &wrong);
        ask(401, AS_OURS, &json!({ "error": "unauthorized" }), &wrong);
        let report = shadow.report_after(asked);
        assert_eq!(report["same"], 1, "{report:#}");
        let once = |kind: &str| (kind.to_owned(), 1);
        assert_eq!(
            kinds(&report),
            [
                once("cache_control"),
                once("content_type"),
                once("error"),
                once("error_description"),
                once("lifetime"),
                once("missing_here created_at"),
                once("more_here scope"),
                once("scope"),
                once("status"),
                once("token_type_spelling"),
                once("type expires_in"),
                once("www_authenticate"),
            ],
            "{report:#}"
        );
        let of = |kind: &str| {
            let rows = report["differences"].as_array().unwrap();
            let row = rows.iter().find(|row| row["kind"] == kind);
            row.unwrap().clone()
        };
        assert_eq!(of("status")["example"]["there"], "200");
        assert_eq!(of("status")["example"]["here"], "401 invalid_client");
        assert_eq!(of("status")["example"]["reason"], "WrongSecret");
        assert_eq!(of("status")["clients"][0]["client_id"], *client.client_id);
        assert_eq!(of("lifetime")["example"]["there"], "7200");
        assert_eq!(of("error")["clients"][0]["client_id"], "(not proven)");
        assert!(report["timing"]["here"]["p99_ms"].as_f64().unwrap() > 0.0);

        let output = report_command(server, &shadow, false);
        assert!(output.contains("token_type_spelling"), "{output}");
        assert!(output.contains("WrongSecret"), "{output}");
        let metrics = Request::get("/metrics").send(&shadow.report_at);
        let line =
            "grantor_shadow_differences_total{kind=\"missing_here\",member=\"created_at\"} 1";
        assert!(metrics.text().contains(line), "{}", metrics.text());
        // Nothing was issued, used or written.
        let issued = server.json(&["audit", "list", "--event", "token.issued"], None);
        assert_eq!(issued, json!([]));
        let shown = server.json(&["credentials", "show", &client.uuid], None);
        assert!(
            !shown.to_string().contains("last_used_at\":\""),
            "{shown:#}"
        );
        assert_eq!(rows(server, "access_tokens"), "0");
    });
}

/// How many rows a table has, by the database's own program.
fn rows(server: &Server, table: &str) -> String {
    let statement = format!("select count(*) from {table}");
    match &server.database {
        Database::Postgres(url) => psql(url, &statement).trim().to_owned(),
        Database::Sqlite => {
            let mut command = Command::new("sqlite3");
            command.arg(server.folder.join("grantor.db")).arg(statement);
            let output = command.output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        }
    }
}

fn report_command(server: &Server, shadow: &Shadow, json: bool) -> String {
    let mut command = server.command();
    command
        .env("GRANTOR__SHADOW__REPORT_LISTEN", &shadow.report_at)
        .env("GRANTOR__SHADOW__UPSTREAM", "http://127.0.0.1:1")
        .args(["shadow", "report", "--config"])
        .arg(server.config());
    if json {
        command.arg("--json");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn b2_what_running_it_twice_would_spend_is_not_rehearsed() {
    let server = setup().start();
    let old = OldServer::start();
    old.answers(200, AS_OURS, &token_answer());
    let shadow = Shadow::start(&server, &old, &[]);
    for body in [
        "grant_type=authorization_code&code=abc",
        "grant_type=refresh_token&refresh_token=abc",
        "grant_type=password&username=a&password=b",
    ] {
        assert_eq!(shadow.ask(&client(&server), body).status, 200);
    }
    let report = shadow.report_after(3);
    let reasons = report["not_compared"].as_array().unwrap().iter();
    let reasons: Vec<&str> = reasons.map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        ["authorization_code", "refresh_token", "password"],
        "{report:#}"
    );
    // Nothing of it can be spent here: that the old server knows a grant that Grantor does not is a difference.
    shadow.ask(
        &client(&server),
        "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b.c",
    );
    let report = shadow.report_after(4);
    let example = &report["differences"][0]["example"];
    assert_eq!(example["here"], "400 unsupported_grant_type", "{report:#}");
}

#[test]
fn s298_no_secret_and_no_token_is_in_the_report_or_the_log() {
    let mut server = setup().start();
    let client = client(&server);
    server.set("LOG__LEVEL", "trace");
    let old = OldServer::start();
    let file = server.folder.join("report.json");
    let report = ["--report", file.to_str().unwrap()];
    let mut shadow = Shadow::before(&server, &old.authority, &[], &report);
    until("it rehearses", || shadow.report()["rehearsing"] == true);
    let wrong = "canary-wrong-secret-1234567890";
    let echo = json!({
        "access_token": "canary-access-token", "refresh_token": "canary-refresh-token", "id_token": "canary.id.token",
        "token_type": "bearer", "scope": client.client_secret, client.client_secret.clone(): 1,
        "error": wrong, "error_description": wrong,
    });
    old.answers(200, AS_OURS, &echo);
    let mut asked = 0;
    for secret in [client.client_secret.as_str(), wrong] {
        let whom = Credential {
            client_secret: secret.to_owned(),
            ..client.clone()
        };
        shadow.ask(&whom, GRANT);
        let in_body = [
            ("grant_type", "client_credentials"),
            ("client_id", client.client_id.as_str()),
            ("client_secret", secret),
            ("assertion", "canary-assertion"),
        ];
        Request::post(TOKEN).form(form(&in_body)).send(&shadow.at);
        // Put where it does not belong.
        let swapped = [("grant_type", "client_credentials"), ("client_id", secret)];
        old.answers(401, AS_OURS, &json!({ "error": secret }));
        Request::post(TOKEN).form(form(&swapped)).send(&shadow.at);
        old.answers(200, AS_OURS, &echo);
        asked += 3;
    }
    shadow.report_after(asked);
    let mut seen = vec![
        shadow.report().to_string(),
        report_command(&server, &shadow, false),
        report_command(&server, &shadow, true),
    ];
    for (path, accept) in [("/_shadow", "text/html"), ("/metrics", "*/*")] {
        let told = Request::get(path)
            .header("Accept", accept)
            .send(&shadow.report_at);
        seen.push(told.text().to_owned());
    }
    shadow.stop();
    let log = shadow.log();
    assert!(log.contains("the rehearsal has ended"), "{log}");
    let written = std::fs::read_to_string(&file).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["compared"], asked);
    seen.extend([log, written.to_string()]);
    let basic = |secret: &str| {
        let header = crate::http::support::request::basic(&client.client_id, secret);
        header.trim_start_matches("Basic ").to_owned()
    };
    for secret in [
        client.client_secret.clone(),
        basic(&client.client_secret),
        wrong.to_owned(),
        basic(wrong),
        "canary-access-token".to_owned(),
        "canary-refresh-token".to_owned(),
        "canary.id.token".to_owned(),
        "canary-assertion".to_owned(),
    ] {
        for text in &seen {
            assert!(!text.contains(&secret), "{secret} in {text}");
        }
    }
}

#[test]
fn b2_a_slow_grantor_does_not_slow_the_old_answer() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let Database::Postgres(url) = database.clone() else {
        return;
    };
    let server = setup().on(database).start();
    let client = client(&server);
    let old = OldServer::start();
    old.answers(200, AS_OURS, &token_answer());
    let shadow = Shadow::start(&server, &old, &[("SHADOW__REHEARSALS_AT_ONCE", "2")]);
    // Nobody reads a credential for four seconds.
    let locking = std::thread::spawn({
        let url = url.clone();
        move || {
            psql(
                &url,
                "begin; lock table credentials in access exclusive mode; select pg_sleep(4); commit",
            )
        }
    });
    until("the table is locked", || {
        let held = "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted and database = (select oid from pg_database where datname = current_database())";
        psql(&url, held).trim() != "0"
    });
    let began = Instant::now();
    for _ in 0..5 {
        assert_eq!(shadow.ask(&client, GRANT).json(), token_answer());
    }
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    // As many as may wait do, and the others are not compared.
    let report = shadow.report_after(5);
    assert_eq!(report["not_compared"][0]["reason"], "busy", "{report:#}");
    assert_eq!(report["not_compared"][0]["count"], 3, "{report:#}");
    assert_eq!(
        report["not_compared"][1]["reason"], "grantor_away",
        "{report:#}"
    );
    locking.join().unwrap();
}
