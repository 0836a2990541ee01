//! Secrets stay where they belong, and the audit trail says what happened: logs, metrics, database, backup, error bodies.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::support::browser::{now_in_seconds, pair, turn_second_factor_on};
use super::support::database::{Database, psql};
use super::support::house::{GRANT, INTROSPECT, PASSWORD, REVOKE, TOKEN, access_token, setup};
use super::support::request::{basic, form};
use super::support::upstream::Upstream;
use super::support::{Answer, Browser, Credential, House, Request, Server, Setup, until};

/// Something that must be found nowhere.
struct Canary {
    what: &'static str,
    spellings: Vec<Vec<u8>>,
}

impl Canary {
    fn new(what: &'static str, text: &str) -> Self {
        Self {
            what,
            spellings: spellings(text.as_bytes()),
        }
    }

    /// The bytes that stand in a token or secret after its prefix.
    fn with_decoded(mut self, base64url: &str, from: usize) -> Self {
        let bytes = URL_SAFE_NO_PAD.decode(base64url).unwrap();
        self.spellings.extend(spellings(&bytes[from..]));
        self
    }

    fn is_in(&self, place: &[u8]) -> bool {
        self.spellings.iter().any(|spelling| {
            place
                .windows(spelling.len())
                .any(|window| window == spelling)
        })
    }
}

/// The bytes as they are, in hex, percent-encoded, and as base64 wherever in a longer text they stand.
fn spellings(bytes: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let form: String = form_urlencoded::byte_serialize(bytes).collect();
    let mut spellings = vec![
        bytes.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        percent.to_lowercase().into_bytes(),
        percent.into_bytes(),
        form.into_bytes(),
    ];
    for before in 0..3 {
        // The characters at the edges depend on the neighbours; those between them do not.
        let shifted = [&b"xx"[..before], bytes].concat();
        let whole = shifted.len() / 3 * 4;
        let from = if before == 0 { 0 } else { 4 };
        for text in [STANDARD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            spellings.push(text.as_bytes()[from..whole].to_vec());
        }
    }
    spellings
}

#[test]
fn a_canary_is_found_in_every_spelling() {
    let canary = Canary::new("test", "c4nary-secret-in-a-mine");
    for text in [
        "say c4nary-secret-in-a-mine twice".to_owned(),
        STANDARD.encode("id:c4nary-secret-in-a-mine"),
        STANDARD.encode("an id:c4nary-secret-in-a-mine"),
        URL_SAFE_NO_PAD.encode("the id:c4nary-secret-in-a-mine and more"),
        "%63%34%6e%61%72%79%2d%73%65%63%72%65%74%2d%69%6e%2d%61%2d%6d%69%6e%65".to_owned(),
        "63346e6172792d7365637265742d696e2d612d6d696e65".to_owned(),
    ] {
        assert!(canary.is_in(text.as_bytes()), "{text}");
    }
    assert!(!canary.is_in(b"c4nary-secret-in-a-min"));
}

/// The places to be searched, by name.
struct Places(Vec<(String, Vec<u8>)>);

impl Places {
    fn add(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        self.0.push((name.to_owned(), bytes.as_ref().to_vec()));
    }

    fn add_answer(&mut self, name: &str, answer: &Answer) {
        self.add(name, [answer.head.as_bytes(), &answer.body].concat());
    }

    /// Everything that the server keeps or tells beside its answers.
    fn add_server(&mut self, server: &Server) {
        let backup = server.folder.join("backup");
        server.json(&["backup", backup.to_str().unwrap()], None);
        for (name, bytes) in server.folder.files() {
            if name != "grantor.key" && name != "grantor.toml" {
                self.add(&name, bytes);
            }
        }
        self.add("database dump", server.database.dump());
        self.add("metrics", Request::get("/metrics").send(&server.admin).body);
        for list in [
            ["audit", "list"],
            ["credentials", "list"],
            ["keys", "list"],
            ["accounts", "list"],
        ] {
            self.add(list[0], server.json(&list, None).to_string());
        }
    }

    fn assert_without(&self, canaries: &[Canary]) {
        for (name, bytes) in &self.0 {
            for canary in canaries {
                assert!(!canary.is_in(bytes), "{} stands in {name}", canary.what);
            }
        }
    }
}

/// A secret in every place where a client may put it by mistake; what is answered.
fn misplaced(house: &House, secret: &str) -> Vec<Answer> {
    let authority = house.server.at("production");
    let pairs = |name: &str| form(&[("grant_type", "client_credentials"), (name, secret)]);
    vec![
        Request::post(&format!(
            "{TOKEN}?client_secret={secret}&grant_type=client_credentials"
        ))
        .form("")
        .send(authority),
        Request::get(&format!("{TOKEN}?client_secret={secret}")).send(authority),
        Request::post(TOKEN)
            .header("User-Agent", secret)
            .form(GRANT)
            .send(authority),
        Request::post(TOKEN)
            .header("X-Api-Key", secret)
            .header("Cookie", format!("a={secret}"))
            .form(GRANT)
            .send(authority),
        Request::post(TOKEN)
            .header("Authorization", secret)
            .form(GRANT)
            .send(authority),
        Request::post(TOKEN)
            .header("Authorization", format!("Basic {secret}"))
            .form(GRANT)
            .send(authority),
        Request::post(TOKEN)
            .header("Authorization", basic(secret, "x"))
            .form(GRANT)
            .send(authority),
        Request::post(TOKEN)
            .bearer(secret)
            .form(GRANT)
            .send(authority),
        Request::post(TOKEN)
            .form(pairs("client_id"))
            .send(authority),
        Request::post(TOKEN).form(pairs("username")).send(authority),
        Request::post(TOKEN).form(pairs(secret)).send(authority),
        Request::post(TOKEN)
            .form(format!("grant_type={secret}"))
            .send(authority),
        Request::post(TOKEN)
            .form(format!("{GRANT}&scope={secret}"))
            .send(authority),
        Request::post(TOKEN)
            .form(format!("{GRANT}&client_assertion={secret}"))
            .send(authority),
        Request::post(TOKEN)
            .form(format!("{secret}={secret}&{secret}={secret}"))
            .send(authority),
        Request::post(TOKEN)
            .body(
                "application/json",
                format!("{{\"client_secret\":\"{secret}\""),
            )
            .send(authority),
        Request::post(TOKEN)
            .body(&format!("text/{secret}"), GRANT)
            .send(authority),
        Request::post(INTROSPECT)
            .form(form(&[("token", secret)]))
            .send(authority),
        Request::post(REVOKE)
            .form(form(&[("token", secret)]))
            .send(authority),
        Request::get(&format!("/v1/orders?access_token={secret}")).send(authority),
        Request::get("/v1/orders").bearer(secret).send(authority),
        Request::get("/v1/orders")
            .header("Authorization", format!("Bearer {secret} {secret}"))
            .send(authority),
        Request::get("/any").header("Host", secret).send(authority),
    ]
}

fn search(database: Database) {
    let upstream = Upstream::start();
    let server = setup()
        .upstream(&upstream.authority)
        .with("LOG__LEVEL", "trace")
        .on(database)
        .start();
    let house = House { server, upstream };
    let mut places = Places(Vec::new());
    let mut canaries = Vec::new();

    // What is used as it should be.
    let chosen = house.server.chosen_credential(
        "chosen",
        "Ch0sen/canary+by a person=1",
        &["--version", "v1", "--allow", "orders=all"],
    );
    canaries.push(Canary::new("a chosen secret", &chosen.client_secret));
    for (environment, credential) in [
        ("production", house.credential("production")),
        ("eddsa", house.credential("eddsa")),
        ("chosen", chosen),
    ] {
        let secret = &credential.client_secret;
        if let Some(text) = secret.strip_prefix("grs_") {
            canaries.push(Canary::new("a generated secret", secret).with_decoded(&text[..43], 0));
        }
        let token = house.token(environment, &credential);
        canaries.push(match token.strip_prefix("gra_") {
            Some(text) => Canary::new("an opaque token", &token).with_decoded(&text[..64], 16),
            None => Canary::new("a JWT's signature", token.rsplit('.').next().unwrap()),
        });
        let wrong = Credential {
            client_secret: format!("{secret}x"),
            ..credential.clone()
        };
        for answer in [
            house.orders(environment, &token),
            house.introspect(environment, &credential, &token),
            house.ask(environment, &wrong, GRANT),
            house.orders(environment, &format!("{token}x")),
            house.revoke(environment, &credential, &token),
            house.orders(environment, &token),
        ] {
            places.add_answer("an answer", &answer);
        }
        // The new secret of a rotation is a canary too.
        let input = (environment == "chosen").then_some("An0ther/canary+by a person=2");
        let arguments = ["credentials", "rotate", &credential.uuid, "--overlap", "7d"];
        let rotated = match input {
            Some(_) => house
                .server
                .json(&[&arguments[..], &["--secret-stdin"]].concat(), input),
            None => house.server.json(&arguments, None),
        };
        let new = rotated["client_secret"]
            .as_str()
            .or(input)
            .unwrap()
            .to_owned();
        house.token(
            environment,
            &Credential {
                client_secret: new.clone(),
                ..credential.clone()
            },
        );
        canaries.push(Canary::new("a rotated secret", &new));
    }

    // What people bring with them, and what is given for it.
    let client = house.client_of("production", "authorization_code", &[]);
    let code = house.code("production", &client, &[]);
    canaries.push(Canary::new("an authorization code", &code).with_decoded(&code[4..68], 16));
    let (access, refresh) = pair(&house.redeem("production", &client, &code));
    canaries.push(Canary::new("a person's token", &access));
    canaries.push(Canary::new("a refresh token", &refresh).with_decoded(&refresh[4..74], 20));
    let (_, next) = pair(&house.refresh("production", &client, &refresh));
    canaries.push(Canary::new("the next refresh token", &next));
    canaries.push(Canary::new("a password", PASSWORD));
    let person = house.person("production", &[]);
    let mut browser = Browser::at(house.server.at("production"));
    let home = browser.sign_in(&person, PASSWORD);
    assert_eq!(home.status, 200);
    for cookie in browser.cookies.values() {
        canaries.push(Canary::new("a cookie", cookie));
    }
    let invited = ["people", "invite", &person, "--environment", "production"];
    let invitation = house.server.json(&invited, None)["invitation"].to_string();
    let (_, token) = invitation.trim_matches('"').split_once("token=").unwrap();
    browser.get(&format!("/portal/invitation?token={token}"));
    canaries.push(Canary::new("an invitation", token));
    places.add(
        "the people",
        house.server.json(&["people", "list"], None).to_string(),
    );

    // What is used as it should not be.
    let (misplaced_secret, live) = (
        "m1splaced-c4nary-0123456789",
        house.credential("production"),
    );
    canaries.push(Canary::new("a misplaced secret", misplaced_secret));
    for answer in misplaced(&house, misplaced_secret)
        .iter()
        .chain(&misplaced(&house, &live.client_secret))
    {
        assert!(answer.status >= 400, "{answer:?}");
        places.add_answer("a refusal", answer);
    }
    canaries.push(Canary::new("a live secret, misplaced", &live.client_secret));

    // What manages it all.
    let operator = house
        .server
        .json(&["operators", "token", "--name", "canary"], None);
    let operator = operator["operator_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{operator}"))
        .to_owned();
    canaries.push(Canary::new("an operator's token", &operator));
    let listed = Request::get("/admin/v1/credentials")
        .bearer(&operator)
        .send(&house.server.admin);
    assert_eq!(listed.status, 200, "{listed:?}");
    places.add_answer("a list", &listed);
    let key = std::fs::read_to_string(house.server.folder.join("grantor.key")).unwrap();
    let key = key.lines().find(|line| line.starts_with("grm_")).unwrap();
    canaries.push(Canary::new("the master key", key).with_decoded(&key[4..47], 0));

    // What the portal shows and gives away, to a customer and to staff.
    for (role, account) in [("account-manager", Some("Acme")), ("operator", None)] {
        let name = format!("{role} of the search");
        let how = [
            "people",
            "create",
            "--environment",
            "production",
            "--role",
            role,
            "--password-stdin",
            "--username",
            &name,
        ];
        let account = account.map_or(vec![], |account| vec!["--account", account]);
        house
            .server
            .json(&[&how[..], &account].concat(), Some(PASSWORD));
        let mut browser = Browser::at(house.server.at("production"));
        browser.sign_in(&name, PASSWORD);
        canaries.push(Canary::new(
            "a session",
            &browser.cookies["grantor-production-session"],
        ));
        let refused = house.ask(
            "production",
            &live,
            "grant_type=client_credentials&scope=nothing",
        );
        let request = format!("/portal/requests/{}", refused.request_id());
        let shown = format!("/portal/credentials/{}", live.uuid);
        let mut paths = vec![
            "/portal".to_owned(),
            "/portal/credentials".to_owned(),
            "/portal/people".to_owned(),
            "/portal/activity".to_owned(),
            "/portal/activity.csv".to_owned(),
            "/portal/activity.jsonl".to_owned(),
            format!("{shown}/requests"),
            format!("{request}.txt"),
            format!("{request}.xml"),
            request,
            shown,
        ];
        if role == "operator" {
            paths.extend(
                ["", "/accounts", "/keys", "/environments"]
                    .map(|page| format!("/portal/operations{page}")),
            );
        }
        for path in paths {
            let page = browser.get(&path);
            assert_eq!(page.status, 200, "{path}: {}", page.text());
            places.add_answer(&path, &page);
        }
    }

    let last = house.orders("production", "nonsense");
    let log = house.server.log_after(&last);
    assert!(
        log.contains("\"level\":\"TRACE\"") || log.contains("\"level\":\"DEBUG\""),
        "nothing is logged at the level asked for"
    );
    places.add_server(&house.server);
    assert!(
        places.0.iter().any(|(name, _)| name == "serve.log")
            && places.0.iter().any(|(name, _)| name == "backup")
    );
    places.assert_without(&canaries);
}

#[test]
fn s117_s298_s299_s307_no_secret_stands_anywhere_on_sqlite() {
    search(Database::Sqlite);
}

#[test]
fn s117_s298_s299_s307_no_secret_stands_anywhere_on_postgres() {
    match Database::postgres() {
        Some(database) => search(database),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}

#[test]
fn s302_nobody_can_write_a_log_line_of_their_own() {
    let server = setup().with("LOG__LEVEL", "trace").start();
    let authority = server.at("production");
    let forged =
        "x\r\n{\"at\":\"now\",\"level\":\"ERROR\",\"message\":\"forged\"}\u{1b}[31m\u{2028}\"";
    Request::post(TOKEN)
        .form(form(&[
            ("grant_type", forged),
            ("client_id", forged),
            ("client_secret", forged),
        ]))
        .send(authority);
    for request in [
        Request::post(TOKEN).basic_text(forged, forged).form(GRANT),
        Request::get("/v1/orders/%0d%0a%7b%22level%22:%22ERROR%22,%22forged%22").bearer("x"),
        Request::get("/v1/\u{2028}orders\u{1b}[31m"),
        Request::get("/any")
            .header("User-Agent", "a\u{1b}[31m\u{2028}forged")
            .header("X-Request-Id", "forged"),
        Request::get("/nothing\"forged"),
        Request::get("/any").header("Host", "a\"forged"),
    ] {
        request.send(authority);
    }
    let last = Request::get("/last").send(authority);
    let log = server.log_after(&last);
    assert!(log.lines().count() > 5);
    for line in log.lines() {
        let event: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no event: {line:?}"));
        assert!(event["message"] != "forged");
        assert!(
            !line.chars().any(|c| c.is_control() || c == '\u{2028}'),
            "{line:?}"
        );
    }
}

/// The events about a subject, oldest first.
fn events(server: &Server, subject: &str) -> Vec<Value> {
    let all = server.json(&["audit", "list"], None);
    let mut events: Vec<Value> = all
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["subject"] == subject)
        .cloned()
        .collect();
    events.reverse();
    events
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect()
}

fn audit(database: Database) {
    let server = setup().on(database).start();
    let house = House {
        server,
        upstream: Upstream::start(),
    };
    let client = house.credential("production");
    let asked = house.ask("production", &client, GRANT);
    let token = access_token(&asked);
    let told = house.introspect("production", &client, &token).json();
    let revoked = house.revoke("production", &client, &token);

    let of_token = events(&house.server, told["jti"].as_str().unwrap());
    assert_eq!(names(&of_token), ["token.issued", "token.revoked"]);
    for (event, answer) in of_token.iter().zip([&asked, &revoked]) {
        assert_eq!(event["actor"], format!("credential:{}", client.uuid));
        assert_eq!(event["environment"], "production");
        assert_eq!(event["remote_address"], "127.0.0.1");
        assert_eq!(event["request_id"], answer.request_id());
        assert!(
            event["account_id"].is_string() && event["at"].is_string(),
            "{event}"
        );
    }

    for command in [
        vec!["credentials", "update", &client.uuid, "--name", "Renamed"],
        vec!["credentials", "rotate", &client.uuid],
        vec!["tokens", "revoke", "--credential", &client.uuid],
        vec!["credentials", "disable", &client.uuid],
        vec!["credentials", "enable", &client.uuid],
        vec!["credentials", "delete", &client.uuid],
    ] {
        house.server.json(&command, None);
    }
    let of_client = events(&house.server, &client.uuid);
    assert_eq!(
        of_client.len(),
        7,
        "one row for each change: {:?}",
        names(&of_client)
    );
    assert_eq!(names(&of_client)[0], "credential.created");
    let distinct: std::collections::BTreeSet<_> = names(&of_client).into_iter().collect();
    assert_eq!(distinct.len(), 7);
    assert!(
        of_client
            .iter()
            .all(|event| event["actor"] == "command-line" && event["environment"] == "production"),
        "{of_client:?}"
    );

    // A refused request changes nothing and leaves no event of a change.
    let before = house
        .server
        .json(&["audit", "list"], None)
        .as_array()
        .unwrap()
        .len();
    house.ask("production", &client, GRANT);
    house.ask("production", &house_stranger(), GRANT);
    assert_eq!(
        house
            .server
            .json(&["audit", "list"], None)
            .as_array()
            .unwrap()
            .len(),
        before
    );
    assert_eq!(
        house.server.json(&["audit", "verify"], None)["intact"],
        true
    );
}

fn house_stranger() -> Credential {
    Credential {
        uuid: String::new(),
        client_id: "nobody".to_owned(),
        client_secret: "wrong".to_owned(),
    }
}

#[test]
fn s304_every_change_has_one_row_on_sqlite() {
    audit(Database::Sqlite);
}

#[test]
fn s304_every_change_has_one_row_on_postgres() {
    match Database::postgres() {
        Some(database) => audit(database),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}

/// Whoever can write to the file can change a row; the chain of hashes tells.
#[test]
fn s305_a_changed_audit_row_is_noticed_on_sqlite() {
    let mut server = setup().start();
    server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    server.stop();
    let file = server.folder.join("grantor.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let (old, new) = (br#""name":"Test""#, br#""name":"Tost""#);
    let places: Vec<usize> = (0..bytes.len() - old.len())
        .filter(|&at| &bytes[at..at + old.len()] == old)
        .collect();
    assert!(!places.is_empty(), "the event's details stand in the file");
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    std::fs::write(&file, bytes).unwrap();
    server.start();
    let output = server.grantor(&["audit", "verify", "--json"], None);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["intact"], false, "{told}");
    assert!(told["broken_at"].is_i64(), "{told}");
}

#[test]
fn s305_the_service_account_cannot_change_an_audit_row_on_postgres() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let Database::Postgres(url) = database.clone() else {
        unreachable!()
    };
    let server = setup().on(database).start();
    server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let count = || {
        psql(
            &url,
            "select count(*) from audit_events where event = 'credential.created'",
        )
    };
    assert_eq!(count().trim(), "1");
    for statement in [
        "update audit_events set event = 'nothing'",
        "delete from audit_events",
        "truncate audit_events",
    ] {
        let refused = std::panic::catch_unwind(|| psql(&url, statement));
        assert!(refused.is_err(), "{statement}");
    }
    assert_eq!(count().trim(), "1");
}

#[test]
fn s309_without_the_right_master_key_nothing_starts_and_no_new_key_is_made() {
    let mut server = setup().start();
    let client = server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    server.stop();
    let file = server.folder.join("grantor.key");
    let right = std::fs::read(&file).unwrap();

    std::fs::remove_file(&file).unwrap();
    let (status, log) = server.fail_to_start();
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(
        log.contains("grantor.key") && log.contains("missing"),
        "{log}"
    );
    assert!(!file.exists(), "a new key was made");

    let other = setup().start();
    std::fs::copy(other.folder.join("grantor.key"), &file).unwrap();
    let (status, log) = server.fail_to_start();
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(
        log.contains("is not the one this database was written with"),
        "{log}"
    );

    std::fs::write(&file, right).unwrap();
    server.start();
    access_token(
        &Request::post(TOKEN)
            .basic(&client)
            .form(GRANT)
            .send(server.at("production")),
    );
}

#[test]
fn s301_the_server_leaves_no_core_dump() {
    let server = setup().start();
    let pid = server.process_id();
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let values: Vec<&str> = line.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{line}");
}

/// A node that lacks a new master key cannot tell a right secret from a wrong one, and must not call it wrong.
#[test]
fn a_secret_under_a_master_key_that_a_node_lacks_is_503_there() {
    let first = setup().start();
    let client = first.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let mut second = first.another_node();
    second.start();
    let ask = |server: &Server| {
        Request::post(TOKEN)
            .basic(&client)
            .form(GRANT)
            .send(server.at("production"))
    };
    first.json(&["keys", "rekey"], None);
    // The secret is hashed anew at its next use, in the background.
    access_token(&ask(&first));
    until("the secret is hashed anew", || {
        let status = first.json(&["keys", "rekey", "--status"], None);
        status["retiring"][0]["secrets"] == 0
    });
    let answer = ask(&second);
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["error"], "temporarily_unavailable");
    access_token(&ask(&first));
    assert_eq!(
        first.json(&["keys", "rekey", "--finish"], None)["retired"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    access_token(&ask(&first));
}

/// What people sign in with moves to a new master key too, and the old one leaves only when all of it has.
#[test]
fn a_new_master_key_takes_people_with_it() {
    let server = setup().start();
    let create = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        "Acme",
        "--username",
        "anna",
        "--password-stdin",
    ];
    server.json(&create, Some(PASSWORD));
    let mut browser = Browser::at(server.at("production"));
    browser.sign_in("anna", PASSWORD);
    let totp = turn_second_factor_on(&mut browser);
    server.json(&["keys", "rekey"], None);
    let status = server.json(&["keys", "rekey", "--status"], None);
    let needs = |member: &str| status["retiring"][0][member].clone();
    assert_eq!(
        (needs("second_factors"), needs("passwords")),
        (0.into(), 1.into())
    );
    let refused = server.grantor(&["keys", "rekey", "--finish"], None);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("1 passwords of people"));

    let mut other = Browser::at(server.at("production"));
    let asked = other.sign_in("anna", PASSWORD);
    server.json(&["keys", "rekey", "--finish"], None);
    let code = totp.generate(now_in_seconds() + 30).to_string();
    let entered = other.submit(&asked, &[("code", &code)]);
    assert!(other.follow(entered).text().contains("id=\"sign-out\""));
}

#[test]
fn a_configured_path_may_begin_with_a_colon() {
    let text = "[environments.production]\npaths.token = \"/:token\"\n";
    let server = Setup::written(text, &["production"]).start();
    let client = server.credential("production", &[]);
    access_token(
        &Request::post("/:token")
            .basic(&client)
            .form(GRANT)
            .send(server.at("production")),
    );
}
