//! Webhooks: signed, tried again, never in anybody's way.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::database::Database;
use super::support::house::{GRANT, TOKEN};
use super::support::receiver::Receiver;
use super::support::server::free_address;
use super::support::{Connection, Request, Server, Setup, on_each_database, until};

/// 32 bytes; in no log.
const SECRET: &str = "whsec_Y2FuYXJ5LWluLXRoZS1zaWduaW5nLXNlY3JldC0wMDE=";
const OLD_SECRET: &str = "whsec_Y2FuYXJ5LWluLXRoZS1zaWduaW5nLXNlY3JldC0wMDA=";

const CONFIG: &str = r#"
[environments.production]
token_requests_per_minute = 6
concurrent_requests = 1
[environments.sandbox]
[[routes]]
path = "/any"
upstream = "http://127.0.0.1:9000"
[[webhooks]]
name = "crm"
events = ["credential.*", "account.*", "limit.*"]
retry_after = ["1s", "1s"]
"#;

fn setup(url: &str) -> Setup {
    Setup::written(CONFIG, &["production", "sandbox"])
        .with("WEBHOOKS__0__URL", url)
        .with("WEBHOOKS__0__SECRET", SECRET)
}

fn create(server: &Server, environment: &str, name: &str) -> Value {
    let how = [
        "credentials",
        "create",
        "--environment",
        environment,
        "--account",
        "Acme & Co",
        "--name",
        name,
        "--description",
        "for a test",
    ];
    server.json(&how, None)
}

fn deliveries(server: &Server, more: &[&str]) -> Vec<Value> {
    let listed = server.json(&[&["webhooks", "deliveries"], more].concat(), None);
    listed.as_array().unwrap().clone()
}

/// Until the one delivery of an event is in a state; then it as it stands.
fn becomes(server: &Server, event: &str, state: &str) -> Value {
    let mut found = Vec::new();
    until("a delivery becomes what it should", || {
        found = deliveries(server, &["--event", event]);
        found.len() == 1 && found[0]["state"] == state
    });
    found.remove(0)
}

fn on(database: fn() -> Option<Database>, body: impl Fn(Database)) {
    match database() {
        Some(database) => body(database),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}

fn says_what_happened(database: Database) {
    let receiver = Receiver::start();
    let server = setup(&receiver.url())
        .with("WEBHOOKS__0__SECRET", &format!("{SECRET}\n{OLD_SECRET}"))
        .on(database)
        .start();
    let made = create(&server, "production", "Payroll <b>\"x\"</b>");
    until("the event is heard", || {
        !receiver.heard("credential.created").is_empty()
    });
    let heard = &receiver.heard("credential.created")[0];

    assert!(
        heard.is_signed_by(SECRET) && heard.is_signed_by(OLD_SECRET),
        "both secrets sign during a change"
    );
    assert!(!heard.is_signed_by("whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXMh"));
    assert!(
        heard
            .head
            .starts_with("POST /hook?key=canary-in-the-url HTTP/1.1"),
        "{}",
        heard.head
    );
    assert_eq!(heard.header("content-type"), "application/json");
    let body = heard.json();
    let data = &body["data"];
    assert_eq!(data["environment"], "production");
    assert_eq!(data["account"]["name"], "Acme & Co");
    assert_eq!(data["credential"]["uuid"], made["uuid"]);
    assert_eq!(data["credential"]["client_id"], made["client_id"]);
    assert_eq!(data["credential"]["name"], "Payroll <b>\"x\"</b>");
    assert_eq!(data["actor"]["kind"], "command-line");
    assert!(data["request_id"].is_string() && body["timestamp"].as_str().unwrap().ends_with('Z'));
    let listed = becomes(&server, "credential.created", "delivered");
    assert_eq!(listed["id"], heard.header("webhook-id"));
    assert_eq!(
        (&listed["attempts"], &listed["next_attempt_at"]),
        (&1.into(), &Value::Null)
    );

    // What programs do all day is not told, and what was deleted still has its name.
    let (id, secret) = (
        made["client_id"].as_str().unwrap(),
        made["client_secret"].as_str().unwrap(),
    );
    let asked = Request::post(TOKEN)
        .basic_text(id, secret)
        .form(GRANT)
        .send(server.at("production"));
    assert_eq!(asked.status, 200);
    server.json(
        &["credentials", "delete", made["uuid"].as_str().unwrap()],
        None,
    );
    until("the end is heard", || {
        !receiver.heard("credential.deleted").is_empty()
    });
    assert_eq!(
        receiver.heard("credential.deleted")[0].json()["data"]["credential"]["name"],
        "Payroll <b>\"x\"</b>"
    );
    assert!(receiver.heard("token.issued").is_empty());
    assert!(deliveries(&server, &["--event", "token.issued"]).is_empty());

    // Secrets are in no body and in no log, that of the receiver included.
    for heard in receiver.all() {
        assert!(!heard.body.contains(secret), "{}", heard.body);
    }
    let log = server.log();
    for canary in ["Y2FuYXJ5", "canary-in-the", secret] {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
    let list = server.json(&["webhooks", "list"], None);
    assert_eq!(
        (&list[0]["name"], &list[0]["waiting"], &list[0]["secrets"]),
        (&"crm".into(), &0.into(), &2.into())
    );
    assert!(!list.to_string().contains("canary"), "{list}");
    until("it is counted", || {
        server.counter("grantor_deliveries_total", "outcome=\"delivered\"") >= 2.0
    });
}

fn tried_again(database: Database) {
    let receiver = Receiver::start();
    let server = setup(&receiver.url()).on(database).start();
    receiver.will_answer(&["500 Oh", "302 Found\r\nLocation: /elsewhere"]);
    create(&server, "production", "One");
    let ended = becomes(&server, "credential.created", "delivered");
    assert_eq!(ended["attempts"], 3);
    let heard = receiver.heard("credential.created");
    assert_eq!(heard.len(), 3);
    assert!(heard.iter().all(|one| one.body == heard[0].body
        && one.header("webhook-id") == heard[0].header("webhook-id")));
    assert!(heard.iter().all(|one| one.is_signed_by(SECRET)));
    assert!(
        !heard.iter().any(|one| one.head.contains("elsewhere")),
        "a redirect is not followed"
    );

    // Three times in vain, and it is given up; 410 is for good at once. Either is sent again when somebody says so.
    receiver.will_answer(&["500 Oh", "503 Oh", "400 Oh"]);
    server.json(&["accounts", "suspend", "Acme & Co"], None);
    let given_up = becomes(&server, "account.suspended", "given-up");
    assert_eq!(
        (&given_up["attempts"], &given_up["last_outcome"]),
        (&3.into(), &"answered 400 Bad Request".into())
    );
    receiver.will_answer(&["410 Gone"]);
    server.json(&["accounts", "restore", "Acme & Co"], None);
    assert_eq!(
        becomes(&server, "account.restored", "given-up")["attempts"],
        1
    );
    let trail = server.json(&["audit", "list", "--event", "delivery.given_up"], None);
    assert_eq!(trail.as_array().unwrap().len(), 2, "{trail}");
    let list = server.json(&["webhooks", "list"], None);
    assert_eq!(
        (&list[0]["given_up"], &list[0]["last_outcome"]),
        (&2.into(), &"answered 410 Gone".into())
    );
    let id = given_up["id"].as_str().unwrap();
    server.json(&["webhooks", "retry", id], None);
    becomes(&server, "account.suspended", "delivered");
    assert_eq!(
        receiver
            .heard("account.suspended")
            .last()
            .unwrap()
            .header("webhook-id"),
        id
    );

    let tried = server.json(&["webhooks", "test", "crm"], None);
    assert_eq!(tried["delivered"], true);
    assert!(receiver.heard("webhook.test")[0].is_signed_by(SECRET));
    receiver.will_answer(&["500 Oh"]);
    assert_eq!(
        server
            .grantor(&["webhooks", "test", "crm"], None)
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        server
            .grantor(&["webhooks", "test", "nobody"], None)
            .status
            .code(),
        Some(1)
    );
}

/// `kill -9` between the commit and the delivery.
fn nothing_is_lost(database: Database) {
    let authority = free_address();
    let mut server = setup(&format!("http://{authority}/hook"))
        .with("WEBHOOKS__0__RETRY_AFTER", "1s,2s,4s,8s,8s,8s,8s,8s")
        .on(database)
        .start();
    let made = create(&server, "production", "Survivor");
    server.kill();
    // While nobody serves, the command line writes for itself.
    create(&server, "sandbox", "Offline");
    let receiver = Receiver::at(&authority);
    server.start();
    until("both are heard", || {
        receiver.heard("credential.created").len() == 2
    });
    let names: Vec<Value> = receiver
        .heard("credential.created")
        .iter()
        .map(|heard| heard.json()["data"]["credential"]["name"].clone())
        .collect();
    assert!(
        names.contains(&"Survivor".into()) && names.contains(&"Offline".into()),
        "{names:?}"
    );
    assert!(
        receiver
            .heard("credential.created")
            .iter()
            .any(|heard| heard.json()["data"]["credential"]["uuid"] == made["uuid"])
    );
}

macro_rules! on_both {
    ($($name:ident: $body:ident;)*) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$body(super::Database::Sqlite);
            }
            #[test]
            fn on_postgres() {
                super::on(super::Database::postgres, super::$body);
            }
        }
    )*};
}

on_both! {
    s298_an_event_is_signed_and_says_what_happened_and_no_secret: says_what_happened;
    it_is_tried_again_under_its_id_and_given_up_in_the_end: tried_again;
    kill_9_between_commit_and_delivery_loses_nothing: nothing_is_lost;
}

#[test]
fn a_receiver_that_hangs_delays_no_request() {
    let receiver = Receiver::start();
    receiver.will_answer(&[""; 40]);
    let server = setup(&receiver.url()).start();
    let made = create(&server, "sandbox", "First");
    until("somebody waits for the receiver", || {
        !receiver.all().is_empty()
    });
    let begun = Instant::now();
    for number in 0..5 {
        create(&server, "sandbox", &format!("Number {number}"));
    }
    let (id, secret) = (
        made["client_id"].as_str().unwrap(),
        made["client_secret"].as_str().unwrap(),
    );
    for _ in 0..20 {
        let asked = Request::post(TOKEN)
            .basic_text(id, secret)
            .form(GRANT)
            .send(server.at("sandbox"));
        assert_eq!(asked.status, 200);
    }
    let none = deliveries(&server, &["--state", "delivered"]);
    assert!(none.is_empty(), "the receiver still hangs");
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(deliveries(&server, &["--state", "waiting"]).len(), 6);
}

#[test]
fn only_what_was_asked_for_is_heard() {
    let (everything, accounts) = (Receiver::start(), Receiver::start());
    let text = format!(
        "{CONFIG}\n[[webhooks]]\nname = \"billing\"\nurl = \"{}\"\nsecret = \"{OLD_SECRET}\"\nevents = [\"account.*\", \"credential.created\"]\nenvironments = [\"sandbox\"]\n",
        accounts.url()
    );
    let server = Setup::written(&text, &["production", "sandbox"])
        .with("WEBHOOKS__0__URL", &everything.url())
        .with("WEBHOOKS__0__SECRET", SECRET)
        .start();
    create(&server, "production", "One");
    let two = create(&server, "sandbox", "Two");
    server.json(
        &["credentials", "disable", two["uuid"].as_str().unwrap()],
        None,
    );
    until("all is heard", || {
        everything.heard("credential.disabled").len() == 1
            && everything.heard("credential.created").len() == 2
            && accounts.all().len() == 1
    });
    let heard = accounts.all();
    assert_eq!(heard[0].json()["data"]["credential"]["name"], "Two");
    assert!(heard[0].is_signed_by(OLD_SECRET) && !heard[0].is_signed_by(SECRET));
    let billing = deliveries(&server, &["--webhook", "billing"]);
    assert_eq!(billing.len(), 1, "{billing:?}");
}

#[test]
fn s255_s267_whoever_runs_into_a_limit_is_told_of_once() {
    let (receiver, upstream) = (Receiver::start(), Receiver::start());
    let server = setup(&receiver.url()).upstream(&upstream.authority).start();
    let made = create(&server, "production", "Eager");
    let (id, secret) = (
        made["client_id"].as_str().unwrap(),
        made["client_secret"].as_str().unwrap(),
    );
    let ask = || {
        Request::post(TOKEN)
            .basic_text(id, secret)
            .form(GRANT)
            .send(server.at("production"))
    };
    let token = ask().json()["access_token"].as_str().unwrap().to_owned();
    for _ in 0..12 {
        ask();
    }
    assert_eq!(ask().status, 429);
    // One request that never ends takes the account's one place.
    let hanging = format!(
        "POST /any HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Length: 5\r\n\r\n12",
        server.at("production")
    );
    let hang = || {
        let mut connection = Connection::open(server.at("production"));
        connection.send(hanging.as_bytes()).unwrap();
        connection
    };
    let mut hanging_on = vec![hang()];
    let call = || {
        Request::get("/any")
            .bearer(&token)
            .send(server.at("production"))
            .status
    };
    // A call of ours may have had the place at that very moment.
    until("the place is taken", || {
        let taken = call() == 429;
        if !taken {
            hanging_on.push(hang());
        }
        taken
    });
    for _ in 0..3 {
        assert_eq!(call(), 429);
    }
    until("both are heard", || {
        receiver.heard("limit.reached").len() == 2
    });
    create(&server, "production", "Later");
    until("what came later is heard", || {
        receiver.heard("credential.created").len() == 2
    });
    let heard: Vec<Value> = receiver
        .heard("limit.reached")
        .iter()
        .map(|heard| heard.json()["data"].clone())
        .collect();
    assert_eq!(heard.len(), 2, "{heard:?}");
    let of = |limit: &str| {
        heard
            .iter()
            .find(|data| data["details"]["limit"] == limit)
            .unwrap()
    };
    let rate = of("token_requests_per_minute");
    assert_eq!(
        (
            &rate["details"]["most"],
            &rate["remote_address"],
            &rate["account"]
        ),
        (&6.into(), &"127.0.0.1".into(), &Value::Null)
    );
    let running = of("concurrent_requests");
    assert_eq!(
        (
            &running["details"]["most"],
            &running["account"]["name"],
            &running["credential"]["uuid"]
        ),
        (&1.into(), &"Acme & Co".into(), &made["uuid"])
    );
}

#[test]
fn s124_of_two_nodes_one_delivers() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let receiver = Receiver::start();
    let first = setup(&receiver.url()).on(database).start();
    let mut second = first.another_node();
    second.start();
    for number in 0..10 {
        create(&first, "sandbox", &format!("First {number}"));
        create(&second, "sandbox", &format!("Second {number}"));
    }
    until("all are delivered", || {
        deliveries(
            &first,
            &["--state", "delivered", "--event", "credential.created"],
        )
        .len()
            == 20
    });
    let mut ids: Vec<String> = receiver
        .heard("credential.created")
        .iter()
        .map(|heard| heard.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 20);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20, "each once");
}

#[test]
fn what_is_wrong_with_a_webhook_is_said_without_its_secret() {
    let text = r#"
[environments.production]
[[webhooks]]
name = "crm"
url = "http://hooks.example.com/canary-in-the-url"
secret = "whsec_canary"
events = ["credential.creatd", "token.*"]
environments = ["productoin"]
[[webhooks]]
name = "crm"
url = "https://user:canary@hooks.example.com/"
secret_file = "nowhere.secret"
"#;
    let server = Setup::written(text, &["production"]).prepare();
    let output = server.grantor(&["check"], None);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(2), "{said}");
    for sentence in [
        "plain http is for loopback addresses only",
        "a signing secret is whsec_",
        "did you mean \"credential.created\"",
        "\"token.*\" is not known here",
        "did you mean \"production\"",
        "there are two webhooks named \"crm\"",
        "take them out, the signature says who sends",
        "the file cannot be read",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
    assert!(!said.contains("canary"), "{said}");
}

on_each_database! {
    fn s281_reading_and_sending_again_need_their_scopes(house) {
        let server = &house.server;
        let token = server.json(&["operators", "token", "--name", "reader of hooks", "--scopes", "webhooks:read"], None);
        let token = token["operator_token"].as_str().unwrap();
        for target in ["/admin/v1/webhooks", "/admin/v1/webhooks/deliveries"] {
            assert_eq!(Request::get(target).bearer(token).send(&server.admin).status, 200, "{target}");
            assert_eq!(Request::get(target).send(&server.admin).status, 401, "{target}");
        }
        for target in ["/admin/v1/webhooks/crm/test", "/admin/v1/webhooks/deliveries/msg_0/retry", "/admin/v1/mail/test"] {
            assert_eq!(Request::post(target).bearer(token).send(&server.admin).status, 403, "{target}");
        }
    }
}
