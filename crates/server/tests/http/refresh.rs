//! An environment that is overwritten with another one's accounts and people: by hand here, on its schedule in [`schedule`], and who came with it in [`newcomers`].

mod newcomers;
mod schedule;

use serde_json::Value;

use super::support::database::Database;
use super::support::house::{GRANT, PASSWORD, TOKEN, access_token};
use super::support::receiver::Receiver;
use super::support::upstream::Upstream;
use super::support::{Browser, Credential, Request, Server, Setup, until};

/// 32 bytes; in no log.
const SECRET: &str = "whsec_Y2FuYXJ5LWluLXRoZS1zaWduaW5nLXNlY3JldC0wMDE=";

const CONFIG: &str = r#"
[environments.production]
[environments.rc]
refresh = { from = "production", schedule = "0 20 1 * *", timezone = "Europe/Stockholm" }
[[routes]]
path = "/any"
upstream = "http://127.0.0.1:9000"
[[webhooks]]
name = "platform"
events = ["environment.*", "credential.disabled"]
"#;

fn on(database: fn() -> Option<Database>, body: impl Fn(Database)) {
    match database() {
        Some(database) => body(database),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}

fn sqlite() -> Option<Database> {
    Some(Database::Sqlite)
}

struct Platform {
    server: Server,
    receiver: Receiver,
    _upstream: Upstream,
}

impl Platform {
    fn start(database: Database, more: &[(&str, &str)]) -> Self {
        let (upstream, receiver) = (Upstream::start(), Receiver::start());
        let mut setup = Setup::written(CONFIG, &["production", "rc", "rc+"])
            .with("WEBHOOKS__0__URL", &receiver.url())
            .with("WEBHOOKS__0__SECRET", SECRET)
            .upstream(&upstream.authority)
            .on(database);
        for (key, value) in more {
            setup = setup.with(key, value);
        }
        Self {
            server: setup.start(),
            receiver,
            _upstream: upstream,
        }
    }

    fn person(&self, environment: &str, account: &str, name: &str, role: &str) -> String {
        let how = [
            "people",
            "create",
            "--environment",
            environment,
            "--account",
            account,
            "--username",
            name,
            "--role",
            role,
            "--password-stdin",
        ];
        let made = self.server.json(&how, Some(PASSWORD));
        made["id"].as_str().unwrap().to_owned()
    }

    fn operator(&self, environment: &str, name: &str) {
        let how = [
            "people",
            "create",
            "--environment",
            environment,
            "--username",
            name,
            "--role",
            "operator",
            "--password-stdin",
        ];
        self.server.json(&how, Some(PASSWORD));
    }

    fn credential(&self, environment: &str, account: &str) -> Credential {
        self.server.credential_of(account, environment, &[], None)
    }

    fn ask(&self, at: &str, credential: &Credential) -> u16 {
        let asked = Request::post(TOKEN).basic(credential).form(GRANT);
        asked.send(self.server.at(at)).status
    }

    fn token(&self, at: &str, credential: &Credential) -> String {
        let asked = Request::post(TOKEN).basic(credential).form(GRANT);
        access_token(&asked.send(self.server.at(at)))
    }

    fn call(&self, at: &str, token: &str) -> u16 {
        let asked = Request::get("/any").bearer(token);
        asked.send(self.server.at(at)).status
    }

    fn people(&self, environment: &str) -> Vec<Value> {
        let listed = self
            .server
            .json(&["people", "list", "--environment", environment], None);
        listed.as_array().unwrap().clone()
    }

    fn names(&self, environment: &str) -> Vec<String> {
        let name = |one: &Value| one["username"].as_str().unwrap().to_owned();
        self.people(environment).iter().map(name).collect()
    }

    fn refresh(&self, more: &[&str]) -> Value {
        let how = [&["environments", "refresh", "rc"], more].concat();
        self.server.json(&how, None)
    }

    fn signs_in(&self, environment: &str, name: &str) -> bool {
        let mut browser = Browser::at(self.server.at(environment));
        let home = browser.sign_in(name, PASSWORD);
        !home.text().contains("name=\"username\"")
    }
}

fn overwrites_all_but_what_is_its_own(database: Database) {
    let platform = Platform::start(database, &[]);
    let server = &platform.server;
    platform.person("production", "Acme", "anna@acme.example", "account-manager");
    platform.person("production", "Acme", "bert@acme.example", "member");
    platform.person("rc", "Acme", "anna@acme.example", "member");
    platform.person("rc", "Acme", "carl@acme.example", "account-manager");
    platform.operator("rc", "olga");
    let live = platform.credential("production", "Acme");
    let own = platform.credential("rc", "Acme");
    let orphan = platform.credential("rc", "Only Here");
    let (token, orphans) = (platform.token("rc", &own), platform.token("rc", &orphan));
    let mut carl = Browser::at(server.at("rc"));
    carl.sign_in("carl@acme.example", PASSWORD);
    assert_eq!(carl.get("/portal/people").status, 200);

    // What would change, and nothing does.
    let before = (
        platform.people("rc"),
        server.json(&["credentials", "list"], None),
    );
    let preview = platform.refresh(&["--dry-run"]);
    let counted = |report: &Value| {
        [
            "people_arrived",
            "people_changed",
            "people_left",
            "people_kept",
            "accounts",
            "accounts_left",
            "credentials_switched_off",
        ]
        .map(|member| report[member].as_u64().unwrap())
    };
    assert_eq!(counted(&preview), [1, 1, 1, 0, 1, 1, 1], "{preview}");
    assert_eq!(preview["dry_run"], true);
    let told = preview["changes"].to_string();
    assert!(
        told.contains(&orphan.uuid) && told.contains("carl@acme.example"),
        "{told}"
    );
    assert!(
        !told.contains("bert"),
        "nobody's name of production is told: {told}"
    );
    let after = (
        platform.people("rc"),
        server.json(&["credentials", "list"], None),
    );
    assert_eq!(before, after, "a preview changes nothing");
    assert_eq!(platform.call("rc", &orphans), 200);

    let done = platform.refresh(&[]);
    assert_eq!(counted(&done), counted(&preview), "{done}");

    // People: Anna with her own password and production's role, Bert under a made-up name, Carl gone, staff as it was.
    let people = platform.people("rc");
    let of = |name: &str| people.iter().find(|one| one["username"] == name);
    assert_eq!(of("anna@acme.example").unwrap()["role"], "account-manager");
    assert!(of("carl@acme.example").is_none() && of("olga").is_some());
    assert!(of("bert@acme.example").is_none());
    let made_up = |name: &&String| name.starts_with("person-");
    assert_eq!(platform.names("rc").iter().filter(made_up).count(), 1);
    assert!(platform.signs_in("rc", "anna@acme.example"));
    assert!(!platform.signs_in("rc", "carl@acme.example"));
    let asked = carl.get("/portal/people");
    assert!(
        asked.text().contains("name=\"username\""),
        "his session went with him: {}",
        asked.text()
    );
    // Credentials: the environment's own, with their tokens, where the account still is; nothing of production's.
    assert_eq!(platform.call("rc", &token), 200);
    assert_eq!(
        platform.call("rc+", &token),
        200,
        "an alias is the same environment"
    );
    assert_eq!(platform.ask("rc+", &own), 200);
    assert_eq!(platform.call("rc", &orphans), 401);
    assert_eq!(platform.ask("rc", &orphan), 401);
    assert_eq!(platform.ask("rc", &live), 401);
    assert_eq!(platform.ask("production", &live), 200);
    assert_eq!(platform.names("production").len(), 2);

    // Written down in both, and told to the platform with all it needs.
    let trail = |event: &str| server.json(&["audit", "list", "--event", event], None);
    let refreshed = trail("environment.refreshed");
    assert_eq!(refreshed[0]["environment"], "rc");
    assert_eq!(refreshed.as_array().unwrap().len(), 1);
    assert_eq!(trail("environment.read")[0]["environment"], "production");
    until("the webhook is told", || {
        !platform.receiver.heard("environment.refreshed").is_empty()
    });
    let told = &platform.receiver.heard("environment.refreshed")[0];
    assert!(told.is_signed_by(SECRET));
    let data = told.json()["data"].clone();
    assert_eq!(
        (&data["environment"], &data["details"]["from"]),
        (&"rc".into(), &"production".into())
    );
    assert_eq!(data["details"]["people"]["arrived"], 1);
    assert!(
        data["details"]["data_until"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    until("of the credential too", || {
        !platform.receiver.heard("credential.disabled").is_empty()
    });

    // Switched on by hand, it works again; the next refresh says so again.
    server.json(&["credentials", "enable", &orphan.uuid], None);
    assert_eq!(platform.ask("rc", &orphan), 200);
    let again = platform.refresh(&[]);
    assert_eq!(counted(&again), [0, 0, 0, 2, 1, 0, 1], "{again}");
    let listed = server.json(&["environments", "list"], None);
    let rc = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "rc")
        .unwrap();
    assert_eq!(rc["last_refresh_outcome"], "done");
    assert!(
        rc["next_refresh_at"].is_string() && rc["last_refresh_at"].is_string(),
        "{rc}"
    );
    assert!(!server.log().contains("bert@acme.example"));
}

#[test]
fn qx5_qx3_b3_a_refresh_overwrites_all_but_what_is_its_own_on_sqlite() {
    on(sqlite, overwrites_all_but_what_is_its_own);
}

#[test]
fn qx5_qx3_b3_a_refresh_overwrites_all_but_what_is_its_own_on_postgres() {
    on(Database::postgres, overwrites_all_but_what_is_its_own);
}

/// What was made since the month began is none of it, and named fields come over.
fn reads_the_end_of_the_last_month(database: Database) {
    let fields = [
        ("ENVIRONMENTS__RC__REFRESH__DATA_UNTIL", "end-of-last-month"),
        ("ENVIRONMENTS__RC__REFRESH__PERSONAL_DATA", "username"),
    ];
    let platform = Platform::start(database.clone(), &fields);
    platform.person("production", "Acme", "anna@acme.example", "member");
    let own = platform.credential("rc", "Acme");
    let young = platform.refresh(&["--dry-run"]);
    assert_eq!(
        (&young["accounts"], &young["people_arrived"]),
        (&0.into(), &0.into()),
        "{young}"
    );
    let end = young["data_until"].as_str().unwrap();
    assert!(
        end.ends_with("T23:00:00.000Z") || end.ends_with("T22:00:00.000Z"),
        "midnight in Stockholm: {end}"
    );
    platform.refresh(&[]);
    assert_eq!(platform.ask("rc", &own), 401);
    assert!(platform.names("rc").is_empty());
    if let Database::Postgres(url) = &database {
        // As if all of it had been there for a year, and Anna a manager since yesterday.
        for statement in [
            "update people set created_at = 1",
            "update account_environments set since = 1",
        ] {
            super::support::database::psql(url, statement);
        }
        let anna = platform.people("production")[0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let how = ["people", "set-role", &anna, "--role", "account-manager"];
        platform.server.json(&how, None);
        platform.refresh(&[]);
        let people = platform.people("rc");
        assert_eq!(people[0]["username"], "anna@acme.example");
        assert_eq!(people[0]["role"], "member", "as it stood");
        assert_eq!(platform.ask("rc", &own), 200, "its account is back");
    }
}

#[test]
fn qx5_a_refresh_reads_the_end_of_the_last_month_on_sqlite() {
    on(sqlite, reads_the_end_of_the_last_month);
}

#[test]
fn qx5_a_refresh_reads_the_end_of_the_last_month_on_postgres() {
    on(Database::postgres, reads_the_end_of_the_last_month);
}

#[test]
fn qx5_staff_previews_and_runs_a_refresh_in_the_portal() {
    let platform = Platform::start(Database::usual(), &[]);
    platform.person("production", "Acme", "anna@acme.example", "member");
    platform.person("rc", "Acme", "carl@acme.example", "member");
    platform.operator("rc", "olga");
    platform.operator("production", "otto");
    let path = "/portal/operations/environments/refresh";
    let mut olga = Browser::at(platform.server.at("rc"));
    olga.sign_in("olga", PASSWORD);
    let cards = olga.get("/portal/operations/environments");
    assert!(cards.text().contains(path), "{}", cards.text());
    let preview = olga.get(path);
    assert_eq!(preview.status, 200);
    let text = preview.text();
    assert!(
        text.contains("id=\"people-leave\">1<") && text.contains("carl@acme.example"),
        "{text}"
    );
    assert!(!text.contains("anna@acme.example"), "{text}");
    // Every time is there to be read, and not on hover alone.
    let seen: String = text
        .split('<')
        .filter_map(|tag| tag.split_once('>'))
        .map(|(_, seen)| seen)
        .collect();
    assert!(seen.contains(" UTC"), "{seen}");
    let wrong = olga.submit(&preview, &[("name", "production")]);
    assert_eq!(wrong.status, 400);
    assert_eq!(platform.names("rc").len(), 2);
    let done = olga.submit(&wrong, &[("name", "rc")]);
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(done.text().contains("role=\"status\""), "{}", done.text());
    let names = platform.names("rc");
    assert!(names.contains(&"olga".to_owned()) && !names.contains(&"carl@acme.example".to_owned()));
    assert_eq!(
        olga.get("/portal/operations").status,
        200,
        "who ran it stays"
    );
    // What is refreshed from nowhere has no such page.
    let mut otto = Browser::at(platform.server.at("production"));
    otto.sign_in("otto", PASSWORD);
    assert_eq!(otto.get(path).status, 404);
}

#[test]
fn what_cannot_be_refreshed_is_said() {
    let platform = Platform::start(Database::usual(), &[]);
    for (name, status) in [
        ("production", "names no environment"),
        ("nowhere", "no environment of that name"),
    ] {
        let refused = platform
            .server
            .grantor(&["environments", "refresh", name], None);
        assert_eq!(refused.status.code(), Some(1));
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains(status), "{told}");
    }
}
