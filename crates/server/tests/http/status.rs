//! `/status`: how an environment is doing, for everyone, and what its operator tells

mod incidents;

use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::database::Database;
use super::support::house::{GRANT, PASSWORD, TOKEN, setup};
use super::support::server::free_address;
use super::support::{Answer, Browser, Request, Server, on_each_database, until};
use super::traffic::outage::Line;

fn page(server: &Server, environment: &str) -> Answer {
    Request::get("/status").send(server.at(environment))
}

fn status(server: &Server, environment: &str) -> Value {
    let answer = Request::get("/status.json").send(server.at(environment));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// One part of what `/status.json` says.
fn part(said: &Value, id: &str) -> Value {
    let mut parts = said["components"].as_array().unwrap().iter();
    parts
        .find(|part| part["id"] == id)
        .unwrap_or_else(|| panic!("no {id} in {said}"))
        .clone()
}

/// Today, as a part of it has it.
fn today(said: &Value, id: &str) -> Value {
    let part = part(said, id);
    let days = part["days"].as_array().unwrap();
    assert_eq!(days.len(), 90);
    days.last().unwrap().clone()
}

fn on_both(body: fn(Database)) {
    body(Database::Sqlite);
    match Database::postgres() {
        Some(database) => body(database),
        None => println!("not run on PostgreSQL: GRANTOR_TEST_POSTGRES is not set"),
    }
}

on_each_database! {
    fn nx6_the_status_is_there_for_everyone_with_the_menu_and_without_a_cookie(house) {
        let answer = page(&house.server, "sandbox");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("set-cookie"), None, "nobody is asked who they are");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=5"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        let text = answer.text().replace("&#x2f;", "/");
        for (address, word) in [("/portal", "Portal"), ("/portal/security", "Identity"), ("/docs", "Documentation")] {
            assert!(text.contains(&format!("<a href=\"{address}\">{word}</a>")), "{word}: {text}");
        }
        assert!(text.contains("<a href=\"/status\" aria-current=\"page\">Status</a>"));
        assert!(text.contains("id=\"c-tokens\"") && text.contains("id=\"c-api-v1\"") && text.contains("id=\"c-documentation\""));
        assert_eq!(text.matches("<title>").count(), 1 + 5 * 90, "five parts, ninety days");
        assert!(!text.contains("<script") && !text.contains("<form"));
        // The pages that stand alone lead to the same four.
        let alone = Request::get("/portal").send(house.server.at("sandbox"));
        for address in ["/portal", "/portal/security", "/docs", "/status"] {
            assert!(alone.text().replace("&#x2f;", "/").contains(&format!("<a href=\"{address}\">")), "{address}");
        }
        let dutch = Request::get("/status").header("Accept-Language", "nl").send(house.server.at("sandbox"));
        assert!(dutch.text().contains("lang=\"nl\"") && dutch.text().contains("Hoe dit wordt gemeten"));
        assert_eq!(dutch.header("vary"), Some("accept-language"));
        let said = status(&house.server, "sandbox");
        assert_eq!(said["environment"], "sandbox");
        assert_eq!(said["is_current"], true);
        let ids: Vec<_> = said["components"].as_array().unwrap().iter().map(|part| part["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["tokens", "api", "api-v1", "portal", "documentation"]);
        assert_eq!(part(&said, "api-v1")["name"], "API v1");
        // Before there was anybody to count nothing is known.
        assert_eq!(part(&said, "tokens")["days"][0]["status"], "no-data");
        assert_eq!(today(&said, "tokens")["status"], "operational");
        let other = Request::get("/status.json").send(house.server.at("sandbox"));
        assert_eq!(other.header("access-control-allow-origin"), Some("*"));
        assert_eq!(Request::post("/status").form("x=y").send(house.server.at("sandbox")).status, 405);
    }
}

/// Many look; one question is asked.
#[test]
fn looking_costs_one_question_for_everyone() {
    let server = setup().start();
    let begun = Instant::now();
    let first = status(&server, "production")["at"].clone();
    for _ in 0..200 {
        let at = status(&server, "production")["at"].clone();
        if begun.elapsed() < Duration::from_secs(4) {
            assert_eq!(at, first);
        }
    }
}

fn failures_colour(database: Database) {
    let dead = free_address();
    let mut server = setup().upstream(&dead).on(database).start();
    let credential =
        server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let asked = Request::post(TOKEN).basic(&credential).form(GRANT);
    let token = asked.send(server.at("production"));
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    let orders = |server: &Server| {
        let asked = Request::get("/v1/orders").bearer(&token);
        asked.send(server.at("production")).status
    };
    for _ in 0..20 {
        assert_eq!(orders(&server), 502);
    }
    // What is sent wrong neither colours anything nor hides a failure.
    for _ in 0..100 {
        let asked = Request::get("/v1/orders").bearer("wrong");
        assert_eq!(asked.send(server.at("production")).status, 401);
        let wrong = Request::post(TOKEN).form("grant_type=nonsense");
        assert_eq!(wrong.send(server.at("production")).status, 400);
    }
    let is_red = |server: &Server| {
        let said = status(server, "production");
        let day = today(&said, "api-v1");
        (day["status"] == "down").then_some(said)
    };
    let mut said = None;
    until("the failures are shown", || {
        said = is_red(&server);
        said.is_some()
    });
    let said = said.unwrap();
    assert_eq!(today(&said, "api-v1")["failed_percent"], 100.0);
    assert_eq!(part(&said, "api-v1")["status"], "down");
    assert_eq!(said["status"]["indicator"], "down");
    assert_eq!(said["status"]["description"], "Some systems are down");
    // Only what failed: neither the routes of no version, nor tokens, nor another environment.
    for (environment, id) in [
        ("production", "api"),
        ("production", "tokens"),
        ("sandbox", "api-v1"),
    ] {
        let day = today(&status(&server, environment), id);
        assert_eq!(day["status"], "operational", "{environment} {id}");
        assert_eq!(day["failed_percent"], 0.0);
    }
    let text = page(&server, "production").text().to_owned();
    assert!(text.contains("Some systems are down"), "{text}");
    assert!(text.contains("id=\"c-api-v1\" data-standing=\"down\""));
    assert!(
        text.contains("<rect class=\"down\" x=\"891\""),
        "the last bar is red"
    );
    assert!(
        text.contains("<td class=\"number\">100 %</td>"),
        "and told to those who see no bars"
    );
    // It is written: whatever ends the process ends nothing of it.
    server.kill();
    server.start();
    assert_eq!(
        today(&status(&server, "production"), "api-v1")["failed_percent"],
        100.0
    );
    // What nobody looked at is written when the process is asked to end.
    for _ in 0..5 {
        assert_eq!(orders(&server), 502);
    }
    server.stop();
    server.start();
    let said = status(&server, "production");
    assert_eq!(today(&said, "api-v1")["status"], "down");
}

#[test]
fn failures_colour_the_day_and_refusals_do_not_and_a_restart_keeps_it() {
    on_both(failures_colour);
}

#[test]
fn two_nodes_add_up_and_show_the_same() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let upstream = super::support::upstream::Upstream::start();
    let first = setup().upstream(&upstream.authority).on(database).start();
    let mut second = first.another_node();
    for route in 0..4 {
        let dead = format!("http://{}", free_address());
        second.set(&format!("ROUTES__{route}__UPSTREAM"), &dead);
    }
    second.start();
    let credential = first.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let asked = Request::post(TOKEN).basic(&credential).form(GRANT);
    let token = asked.send(first.at("production")).json()["access_token"].clone();
    let orders = |node: &Server| {
        let asked = Request::get("/v1/orders").bearer(token.as_str().unwrap());
        asked.send(node.at("production")).status
    };
    for _ in 0..96 {
        assert_eq!(orders(&first), 200);
    }
    for _ in 0..4 {
        assert_eq!(orders(&second), 502);
    }
    for (name, node) in [("the first", &first), ("the second", &second)] {
        until(&format!("{name} node shows what both counted"), || {
            let day = today(&status(node, "production"), "api-v1");
            day["failed_percent"] == 4.0 && day["status"] == "degraded"
        });
    }
    assert_eq!(
        part(&status(&first, "production"), "api-v1")["status"],
        "degraded"
    );
}

#[test]
fn f34_without_the_database_the_status_says_so_and_what_was_known() {
    let Some(Database::Postgres(url)) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let (before, rest) = url.split_once('@').unwrap();
    let (authority, name) = rest.split_once('/').unwrap();
    let line = Line::default();
    let through = line.to(authority.to_owned());
    let server = setup()
        .on(Database::Postgres(format!("{before}@{through}/{name}")))
        .start();
    let credential =
        server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    incidents::create(&server, "production", "Known before", &[]);
    assert_eq!(
        status(&server, "production")["incidents"][0]["title"],
        "Known before"
    );
    line.cut(true);
    for _ in 0..5 {
        let asked = Request::post(TOKEN).basic(&credential).form(GRANT);
        let answer = asked.send(server.at("production"));
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
    }
    let quick = |what: &str| {
        let begun = Instant::now();
        let answer = Request::get(what).send(server.at("production"));
        assert!(
            begun.elapsed() < Duration::from_secs(4),
            "{:?}",
            begun.elapsed()
        );
        assert_eq!(answer.status, 200);
        answer
    };
    until("it is noticed", || {
        quick("/status.json").json()["is_current"] == false
    });
    let said = quick("/status.json").json();
    assert_eq!(
        said["status"]["description"],
        "Tokens are not issued right now"
    );
    assert_eq!(
        (
            &said["status"]["indicator"],
            &part(&said, "tokens")["status"]
        ),
        (&"down".into(), &"down".into())
    );
    assert_eq!(said["incidents"][0]["title"], "Known before");
    assert!(said["known_at"].is_string());
    let text = quick("/status").text().to_owned();
    assert!(
        text.contains("Tokens are not issued right now") && text.contains("Known before"),
        "{text}"
    );
    // Looking while it is away keeps nobody waiting who looks after.
    let begun = Instant::now();
    for _ in 0..20 {
        quick("/status");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    let failed = Request::post(TOKEN).basic(&credential).form(GRANT);
    let failed = failed.send(server.at("production")).status;
    line.cut(false);
    until("it heals by itself", || {
        status(&server, "production")["is_current"] == true
    });
    if failed == 503 {
        until("what failed meanwhile was counted", || {
            today(&status(&server, "production"), "tokens")["failed_percent"] != 0.0
        });
    }
}

fn make_staff(server: &Server, environment: &str, name: &str) -> Browser {
    let how = [
        "people",
        "create",
        "--environment",
        environment,
        "--role",
        "operator",
        "--password-stdin",
        "--username",
        name,
    ];
    server.json(&how, Some(PASSWORD));
    let mut browser = Browser::at(server.at(environment));
    browser.sign_in(name, PASSWORD);
    browser
}
