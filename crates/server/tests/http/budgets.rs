//! How much one credential may ask for: in a second, on a day, enforced or only counted.

use serde_json::{Value, json};

use super::support::database::Database;
use super::support::house::{access_token, setup};
use super::support::upstream::Upstream;
use super::support::{Answer, Credential, Request, Server, until};

const MODE: &str = "ENVIRONMENTS__PRODUCTION__BUDGETS__MODE";
const PER_DAY: &str = "ENVIRONMENTS__PRODUCTION__BUDGETS__REQUESTS_PER_DAY";
const PER_SECOND: &str = "ENVIRONMENTS__PRODUCTION__BUDGETS__REQUESTS_PER_SECOND";

struct Customer {
    client: Credential,
    token: String,
}

impl Customer {
    fn of(server: &Server) -> Self {
        let client =
            server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
        let token = Request::post("/oauth/token")
            .basic(&client)
            .form("grant_type=client_credentials")
            .send(server.at("production"));
        let token = access_token(&token);
        Self { client, token }
    }

    fn call(&self, server: &Server) -> Answer {
        Request::get("/v1/orders")
            .bearer(&self.token)
            .send(server.at("production"))
    }

    /// Statuses of so many calls, one after the other.
    fn calls(&self, server: &Server, number: usize) -> Vec<u16> {
        (0..number).map(|_| self.call(server).status).collect()
    }

    /// What was told of its budget: percents, the first one first.
    fn told(&self, server: &Server) -> Vec<u64> {
        let trail = server.json(&["audit", "list", "--subject", &self.client.uuid], None);
        let rows = trail.as_array().unwrap().iter();
        let told = rows.filter(|row| row["event"] == "budget.reached");
        let mut percents: Vec<_> = told
            .map(|row| row["details"]["percent"].as_u64().unwrap())
            .collect();
        percents.sort_unstable();
        percents
    }

    fn budget(&self, server: &Server, how: &[&str]) -> Value {
        server.json(
            &[&["credentials", "budget", &self.client.uuid], how].concat(),
            None,
        )
    }
}

fn on_each(test: impl Fn(Database)) {
    test(Database::Sqlite);
    if let Some(postgres) = Database::postgres() {
        test(postgres);
    }
}

#[test]
fn what_the_day_refuses_is_taken_out_of_no_second() {
    let upstream = Upstream::start();
    let server = setup()
        .upstream(&upstream.authority)
        .with(PER_DAY, "1")
        .with(PER_SECOND, "1")
        .start();
    let customer = Customer::of(&server);
    assert_eq!(customer.call(&server).status, 200);
    // Neither has one left: the one to wait for is the day's.
    let refused = customer.call(&server);
    assert_eq!(refused.status, 429);
    assert_eq!(refused.json()["limit"], "requests_per_day");
    // A request that the day refused has taken nothing of its second: with more of the day the next one passes at once.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(customer.call(&server).status, 429);
    customer.budget(&server, &["--requests-per-day", "2"]);
    assert_eq!(customer.call(&server).status, 200);
}

#[test]
fn a_day_has_so_many_requests_for_each_credential() {
    on_each(|database| {
        let upstream = Upstream::start();
        let mut server = setup()
            .upstream(&upstream.authority)
            .with(PER_DAY, "5")
            .on(database)
            .start();
        let (one, other) = (Customer::of(&server), Customer::of(&server));
        let first = one.call(&server);
        assert_eq!(
            first.header("ratelimit-policy"),
            Some("\"requests-per-day\";q=5;w=86400")
        );
        let left = first.header("ratelimit").unwrap();
        assert!(left.starts_with("\"requests-per-day\";r=4;t="), "{left}");
        assert_eq!(one.calls(&server, 2), [200, 200]);
        // What was used stays used.
        server.stop();
        server.start();
        assert_eq!(one.calls(&server, 3), [200, 200, 429]);
        let refused = one.call(&server);
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=86_400).contains(&wait), "{wait}");
        let body = refused.json();
        assert_eq!(body["error"], "too_many_requests");
        assert_eq!(
            [
                &body["limit"],
                &body["allowed"],
                &body["credential"],
                &body["retry_after"]
            ],
            [
                &json!("requests_per_day"),
                &json!(5),
                &json!(one.client.uuid),
                &json!(wait)
            ]
        );
        assert_eq!(
            other.call(&server).status,
            200,
            "another credential is not touched"
        );
        until("60, 80 and 100 % are told", || {
            one.told(&server) == [60, 80, 100]
        });
        assert!(other.told(&server).is_empty());

        // Its own budget, and back to what all have.
        let shown = one.budget(&server, &["--requests-per-day", "7"]);
        assert_eq!(
            (&shown["requests_per_day"], &shown["requests_per_second"]),
            (&json!(7), &Value::Null)
        );
        assert_eq!(one.calls(&server, 3), [200, 200, 429]);
        one.budget(&server, &["--requests-per-day", "0"]);
        assert_eq!(one.call(&server).status, 200, "0 is no limit");
        one.budget(&server, &["--requests-per-day", "default"]);
        assert_eq!(one.call(&server).status, 429);
        assert_eq!(one.told(&server), [60, 80, 100], "told once a day");
        let refusals = server.counter("grantor_refusals_total", "DayUsedUp");
        assert!(refusals >= 3.0, "{refusals}");
    });
}

#[test]
fn a_second_has_so_many_requests_for_each_credential() {
    let upstream = Upstream::start();
    let server = setup()
        .upstream(&upstream.authority)
        .with(PER_SECOND, "3")
        .start();
    let one = Customer::of(&server);
    // On a machine that is busy a burst may take longer than the second that it is about.
    let mut refused = None;
    until("four calls come within a second", || {
        let begun = std::time::Instant::now();
        let answers: Vec<_> = (0..4).map(|_| one.call(&server)).collect();
        let within = begun.elapsed().as_millis() < 1000;
        let passed = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(!within || passed <= 3, "{passed} passed within a second");
        refused = answers.into_iter().find(|answer| answer.status == 429);
        refused.is_some()
    });
    let refused = refused.unwrap();
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(
        refused.header("ratelimit-policy"),
        Some("\"requests-per-second\";q=3;w=1")
    );
    assert_eq!(refused.json()["limit"], "requests_per_second");
    until("a second later they pass again", || {
        one.call(&server).status == 200
    });
}

#[test]
fn what_is_only_monitored_passes_and_is_told() {
    let upstream = Upstream::start();
    let server = setup()
        .upstream(&upstream.authority)
        .with(PER_DAY, "2")
        .with(MODE, "monitor")
        .start();
    let one = Customer::of(&server);
    assert_eq!(one.calls(&server, 4), [200; 4]);
    assert_eq!(
        server.counter("grantor_beyond_limits_total", "requests_per_day"),
        2.0
    );
    until("it is told", || one.told(&server).contains(&100));
}

#[test]
fn nodes_share_what_was_used_of_a_day() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let upstream = Upstream::start();
    let first = setup()
        .upstream(&upstream.authority)
        .with(PER_DAY, "6")
        .on(database)
        .start();
    let mut second = first.another_node();
    second.start();
    let one = Customer::of(&first);
    assert_eq!(one.calls(&second, 1), [200]);
    assert_eq!(one.calls(&first, 3), [200; 3]);
    // Looking at a credential brings what a node counted into the database.
    for node in [&first, &second] {
        node.json(
            &["credentials", "list", "--environment", "production"],
            None,
        );
    }
    second.json(
        &["credentials", "list", "--environment", "production"],
        None,
    );
    until("the second node knows", || {
        let passed = one.call(&second).status == 200;
        second.json(
            &["credentials", "list", "--environment", "production"],
            None,
        );
        !passed
    });
    let today = one.call(&second);
    assert_eq!(today.status, 429);
    let passed = upstream.seen("/v1/orders").len();
    assert_eq!(passed, 6, "over both nodes");
    // What the other node used may lead past a part, and then the highest is told, by one of the two.
    until("told once", || {
        one.told(&first) == [80, 100] || one.told(&first) == [60, 80, 100]
    });
}

#[test]
fn a_budget_is_changed_by_those_who_may_and_with_numbers_that_can_be() {
    let server = setup().start();
    let one = Customer::of(&server);
    for wrong in [
        vec![],
        vec!["--requests-per-day", "-1"],
        vec!["--requests-per-day", "many"],
    ] {
        let arguments = [
            &["credentials", "budget", &one.client.uuid],
            wrong.as_slice(),
        ]
        .concat();
        let ended = server.grantor(&arguments, None);
        assert_eq!(ended.status.code(), Some(2), "{wrong:?}");
    }
    let operator = |scopes: &str| {
        let made = server.json(
            &["operators", "token", "--name", scopes, "--scopes", scopes],
            None,
        );
        made["operator_token"].as_str().unwrap().to_owned()
    };
    let patch = |token: &str, body: &str| {
        Request::new(
            "PATCH",
            &format!("/admin/v1/credentials/{}/budget", one.client.uuid),
        )
        .bearer(token)
        .body("application/json", body)
        .send(&server.admin)
        .status
    };
    let (reader, writer) = (operator("credentials:read"), operator("credentials:write"));
    assert_eq!(patch(&reader, r#"{"requests_per_day":1}"#), 403);
    for wrong in [
        "{}",
        r#"{"requests_per_day":-1}"#,
        r#"{"requests_per_second":1000001}"#,
        r#"{"requests_per_week":1}"#,
    ] {
        assert!(matches!(patch(&writer, wrong), 400 | 422), "{wrong}");
    }
    assert_eq!(
        patch(&writer, r#"{"requests_per_day":1,"requests_per_second":2}"#),
        200
    );
    assert_eq!(patch(&writer, r#"{"requests_per_second":null}"#), 200);
    let shown = server.json(&["credentials", "show", &one.client.uuid], None);
    assert_eq!(
        (&shown["requests_per_day"], &shown["requests_per_second"]),
        (&json!(1), &Value::Null)
    );
    let trail = server.json(&["audit", "list", "--subject", &one.client.uuid], None);
    let changes = trail
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["event"] == "credential.budget_changed");
    assert_eq!(changes.count(), 2);
}
