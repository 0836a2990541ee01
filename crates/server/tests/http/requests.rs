//! The latest requests of a credential: kept with their answers, found by id, downloaded, secrets blotted out

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::support::database::Database;
use super::support::house::{GRANT, PASSWORD, TOKEN, access_token, setup};
use super::support::request::{basic, form};
use super::support::upstream::Upstream;
use super::support::{
    Answer, Browser, Credential, House, Request, Server, on_each_database, until,
};

fn manager_of(server: &Server, account: &str, name: &str) -> Browser {
    let how = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        account,
        "--role",
        "account-manager",
        "--password-stdin",
        "--username",
        name,
    ];
    server.json(&how, Some(PASSWORD));
    let mut browser = Browser::at(server.at("production"));
    browser.sign_in(name, PASSWORD);
    browser
}

fn credential_of(server: &Server, account: &str) -> Credential {
    let how = [
        "credentials",
        "create",
        "--environment",
        "production",
        "--account",
        account,
        "--name",
        "Export",
        "--description",
        "for a test",
        "--version",
        "v1",
        "--allow",
        "orders=read,add",
    ];
    let made = server.json(&how, None);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    Credential {
        uuid: text("uuid"),
        client_id: text("client_id"),
        client_secret: text("client_secret"),
    }
}

fn list(server: &Server, uuid: &str) -> Vec<serde_json::Value> {
    let listed = server.json(&["credentials", "requests", uuid], None);
    listed.as_array().unwrap().clone()
}

on_each_database! {
    fn qx7_s281_a_request_is_found_by_its_id_and_taken_to_support(house) {
        let server = &house.server;
        let authority = server.at("production");
        let mut anna = manager_of(server, "Support & Co", "anna of support");
        let mut eve = manager_of(server, "Not Support", "eve of not support");
        let client = credential_of(server, "Support & Co");
        let good = Request::post(TOKEN).basic(&client).form(GRANT).send(authority);
        let token = access_token(&good);
        let wrong = Request::post(TOKEN).basic_text(&client.client_id, "n0t the secret").form(GRANT).send(authority);
        let called = Request::get("/v1/orders?page=2&api_key=sesame-street").bearer(&token).send(authority);
        let forbidden = Request::new("DELETE", "/v1/orders/7").bearer(&token).send(authority);
        let scope = Request::post(TOKEN).basic(&client).form("grant_type=client_credentials&scope=orders.delete").send(authority);

        let page = anna.get(&format!("/portal/credentials/{}/requests", client.uuid));
        assert_eq!(page.status, 200, "{}", page.text());
        for answer in [&good, &wrong, &called, &forbidden, &scope] {
            assert!(page.text().contains(&format!("id=\"r-{}\"", answer.request_id())), "{}", page.text());
        }
        for words in ["The secret is not the one", "does not have the scope", "not proven", "/v1/orders", "127.0.0.1"] {
            assert!(page.text().contains(words) || page.text().replace("&#x2f;", "/").contains(words), "{words}: {}", page.text());
        }
        let failed = anna.get(&format!("/portal/credentials/{}/requests?only=failures", client.uuid));
        assert_eq!(failed.text().matches("<tr id=\"r-").count(), 3, "{}", failed.text());

        // By the id that the answer had, and by the UUID.
        let found = anna.get(&format!("/portal/requests?q={}", called.request_id()));
        let target = format!("/portal/requests/{}", called.request_id());
        assert_eq!(found.header("location"), Some(&*target), "{}", found.text());
        let found = anna.get(&format!("/portal/requests?q={}", client.uuid));
        assert_eq!(found.header("location"), Some(&*format!("/portal/credentials/{}/requests", client.uuid)));
        assert!(anna.get("/portal/requests?q=nothing").text().contains("There is no such request"));
        let shown = anna.get(&target);
        let text = shown.text().replace("&#x2f;", "/");
        assert!(text.contains("page=2&amp;api_key=[blotted out, 13 characters]"), "{text}");
        assert!(text.contains("Bearer [blotted out") && text.contains("{&quot;served&quot;:true}"), "{text}");

        let txt = anna.get(&format!("{target}.txt"));
        assert!(txt.header("content-disposition").unwrap().contains(".txt"));
        assert!(txt.text().contains("GET /v1/orders?page=2") && txt.text().contains("\n200\n"), "{}", txt.text());
        // Our own refusal speaks of tokens and credentials, and is what support wants to read.
        let txt = anna.get(&format!("/portal/requests/{}.txt", forbidden.request_id()));
        let needs = format!("DELETE /v1/orders needs orders.delete; credential {} was not given it.", client.uuid);
        assert!(txt.text().contains(&needs) && !txt.text().contains(&token), "{}", txt.text());
        let xml = anna.get(&format!("/portal/requests/{}.xml", wrong.request_id()));
        for part in ["<?xml", "reason=\"WrongSecret\"", &format!("Basic {}:[blotted out, 14 characters]", client.client_id), "proven=\"no\"", "invalid_client"] {
            assert!(xml.text().contains(part), "{part}: {}", xml.text());
        }
        let trail = server.json(&["audit", "list", "--subject", &client.uuid], None);
        let exported = trail.as_array().unwrap().iter().filter(|row| row["event"] == "request.exported").count();
        assert_eq!(exported, 3, "{trail}");

        // Another account finds nothing, whichever way it asks, and is noted.
        for target in [target.clone(), format!("{target}.txt"), format!("{target}.xml"), format!("/portal/credentials/{}/requests", client.uuid)] {
            let refused = eve.get(&target);
            assert_eq!(refused.status, 404, "{target}");
            assert!(!refused.text().contains("orders"), "{target}");
        }
        assert!(eve.get(&format!("/portal/requests?q={}", called.request_id())).text().contains("There is no such request"));
        let trail = server.json(&["audit", "list", "--subject", &client.uuid], None);
        assert!(trail.as_array().unwrap().iter().any(|row| row["event"] == "credential.foreign_refused"));

        // The same for operators and their programs.
        let listed = list(server, &client.uuid);
        assert_eq!(listed.len(), 5, "{listed:?}");
        assert_eq!(listed[0]["id"], scope.request_id());
        let told = server.grantor(&["requests", "show", called.request_id(), "--environment", "production"], None);
        let told = String::from_utf8(told.stdout).unwrap();
        assert!(told.contains(called.request_id()) && told.contains("api_key=[blotted out"), "{told}");
        let told = server.grantor(&["requests", "show", called.request_id(), "--format", "xml"], None);
        assert!(String::from_utf8(told.stdout).unwrap().starts_with("<?xml"));
        let told = server.json(&["requests", "show", called.request_id()], None);
        assert_eq!((told["status"].as_u64(), told["query"].as_str()), (Some(200), Some("page=2&api_key=[blotted out, 13 characters]")));
        let operator = |scopes| {
            let made = server.json(&["operators", "token", "--name", scopes, "--scopes", scopes], None);
            made["operator_token"].as_str().unwrap().to_owned()
        };
        let ask = |token: &str, target: &str| Request::get(target).bearer(token).send(&server.admin);
        let of_credential = format!("/admin/v1/credentials/{}/requests?limit=2", client.uuid);
        let reader = operator("requests:read");
        let first = ask(&reader, &of_credential);
        assert_eq!(first.json().as_array().unwrap().len(), 2);
        let next = first.header("link").unwrap().split(['<', '>']).nth(1).unwrap();
        assert_eq!(ask(&reader, next).json()[0]["id"], called.request_id());
        assert_eq!(ask(&operator("credentials:read"), &of_credential).status, 403);
        assert_eq!(ask(&reader, "/admin/v1/requests/none").status, 404);

        // With the credential goes what was said with it.
        server.json(&["credentials", "delete", &client.uuid], None);
        assert_eq!(ask(&reader, &format!("/admin/v1/requests/{}", called.request_id())).status, 404);
    }

    fn qx7_a_stranger_and_a_busy_client_push_out_only_their_own(house) {
        let server = &house.server;
        let authority = server.at("production");
        let client = credential_of(server, "Flooded");
        let good = Request::post(TOKEN).basic(&client).form(GRANT).send(authority);
        let refused = Request::post(TOKEN).basic(&client).form("grant_type=client_credentials&scope=nothing").send(authority);
        for _ in 0..30 {
            Request::post(TOKEN).basic_text(&client.client_id, "wrong").form(GRANT).send(authority);
        }
        let unproven = |listed: &[serde_json::Value]| listed.iter().filter(|row| row["kind"] == "unproven").count();
        let listed = list(server, &client.uuid);
        assert_eq!(unproven(&listed), 20, "{listed:?}");
        let has = |listed: &[serde_json::Value], answer: &Answer| listed.iter().any(|row| row["id"] == answer.request_id());
        assert!(has(&listed, &good) && has(&listed, &refused));
        for _ in 0..101 {
            house.ask("production", &client, GRANT);
        }
        let listed = server.json(&["credentials", "requests", &client.uuid, "--limit", "500"], None);
        let listed = listed.as_array().unwrap();
        assert!(!has(listed, &good) && has(listed, &refused), "the oldest went, the refusal stayed");
        assert_eq!(listed.len(), 100 + 1 + 20);
    }

    fn qx7_a_token_that_is_over_is_still_somebodys(house) {
        let server = &house.server;
        let client = credential_of(server, "Revoked & Co");
        let token = house.token("production", &client);
        house.revoke("production", &client, &token);
        let dead = house.orders("production", &token);
        assert_eq!(dead.status, 401);
        let nobodys = house.orders("production", &format!("{token}x"));
        let listed = list(server, &client.uuid);
        let row = listed.iter().find(|row| row["id"] == dead.request_id()).unwrap();
        assert_eq!((row["reason"].as_str(), row["kind"].as_str()), (Some("TokenRevoked"), Some("unproven")));
        assert!(!listed.iter().any(|row| row["id"] == nobodys.request_id()));

        // A JWT is known by its signature, though it is over.
        let client = house.credential("briefjwt");
        let token = house.token("briefjwt", &client);
        until("the token is over", || house.orders("briefjwt", &token).status == 401);
        let (before, rest) = token.split_at(token.len() - 9);
        let other = if rest.starts_with('x') { 'y' } else { 'x' };
        let forged = format!("{before}{other}{}", &rest[1..]);
        let forged = house.orders("briefjwt", &forged);
        let listed = list(server, &client.uuid);
        assert!(listed.iter().any(|row| row["reason"] == "TokenExpired" || row["reason"] == "JwtRefused"), "{listed:?}");
        assert!(!listed.iter().any(|row| row["id"] == forged.request_id()));
    }
}

/// The bytes as they are, in hex, percent-encoded and in base64.
fn spellings(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        STANDARD.encode(secret).trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(secret),
    ]
}

/// Secrets in every place, right and wrong, of requests that are kept; every place where they are kept is looked through.
fn search(database: Database) {
    let upstream = Upstream::start();
    let server = setup().upstream(&upstream.authority).on(database).start();
    let house = House { server, upstream };
    let (server, authority) = (&house.server, house.server.at("production"));
    let mut anna = manager_of(server, "Canary", "anna of canary");
    let client = credential_of(server, "Canary");
    let id = client.client_id.as_str();
    let planted = "Pl4nted secret+of/mine!";
    let send = |request: Request| request.send(authority).request_id().to_owned();
    let encoded: String = form_urlencoded::byte_serialize(planted.as_bytes()).collect();
    let with_secret = |request: Request| request.header("Authorization", basic(id, planted));
    let own = |name: &str, value: &str| {
        form(&[
            ("grant_type", "client_credentials"),
            ("client_id", id),
            (name, value),
        ])
    };
    let token = access_token(
        &Request::post(TOKEN)
            .basic(&client)
            .form(GRANT)
            .send(authority),
    );
    let json = format!(
        "{{\"name\":\"Anna\",\"password\":\"{planted}\",\"note\":\"is {planted}\",\"old\":\"{token}\",\"deep\":{{\"apiKey\":[\"{planted}\"]}}}}"
    );
    let mut ids = vec![
        send(with_secret(Request::post(TOKEN)).form(GRANT)),
        send(Request::post(TOKEN).form(own("client_secret", planted))),
        send(Request::post(TOKEN).form(own("clientsecret", planted))),
        send(Request::post(TOKEN).form(own("scope", planted))),
        send(Request::post(TOKEN).form(own("username", planted))),
        send(Request::post(TOKEN).form(own("redirect_uri", planted))),
        send(Request::post(TOKEN).form(format!("{}&{encoded}", own("x", "y")))),
        send(Request::post(&format!("{TOKEN}?client_id={id}&client_secret={encoded}")).form(GRANT)),
        send(
            with_secret(
                Request::post(TOKEN)
                    .header("X-Secret", planted)
                    .header("Cookie", planted),
            )
            .form(GRANT),
        ),
        send(
            with_secret(
                Request::post(TOKEN)
                    .header("User-Agent", format!("curl/8.5.0 {planted}"))
                    .header("Accept", planted),
            )
            .form(GRANT),
        ),
        send(
            Request::post(TOKEN)
                .basic(&client)
                .header("User-Agent", planted)
                .header("Authorisation", planted)
                .form(GRANT),
        ),
        send(
            Request::post(TOKEN)
                .basic(&client)
                .form(format!("{GRANT}&scope={encoded}&note={encoded}")),
        ),
        send(Request::post(TOKEN).basic(&client).body(
            "application/json",
            format!("{{\"client_secret\":\"{planted}\""),
        )),
        send(
            Request::post(TOKEN)
                .basic(&client)
                .body(&format!("text/{encoded}"), GRANT),
        ),
    ];
    ids.extend([
        send(
            Request::post("/v1/orders")
                .bearer(&token)
                .body("application/json", &json),
        ),
        send(
            Request::post("/v1/orders")
                .bearer(&token)
                .body("application/json", format!("{json}x")),
        ),
        send(
            Request::post("/v1/orders")
                .bearer(&token)
                .form(form(&[("password", planted), ("a", "b")])),
        ),
        send(Request::post("/v1/orders").bearer(&token).body(
            "text/xml",
            format!("<a><Password>{planted}</Password><b>{token}</b></a>"),
        )),
        send(
            Request::post("/v1/orders")
                .bearer(&token)
                .body("text/plain", format!("x\nsecret: {planted}\n{token}")),
        ),
        send(
            Request::post("/v1/orders")
                .bearer(&token)
                .header("X-Api-Key", planted)
                .body("application/octet-stream", planted),
        ),
        send(
            Request::post("/v1/orders")
                .bearer(&token)
                .form(format!("{{\"user\":\"anna\",\"password\":\"{planted}\"}}")),
        ),
        send(Request::get(&format!("/v1/orders?password%3D{encoded}&{encoded}")).bearer(&token)),
        send(Request::post("/v1/orders").bearer(&token).body(
            "application/json",
            format!("{{\"Wachtwoord\":\"{planted}\",\"a\":\"{planted} \\ud83d\"}}"),
        )),
        send(Request::post("/v1/orders").bearer(&token).body(
            "application/json",
            format!("{{\"a\":\"<password>{planted}</password>\",\"b\":[{{\"name\":\"secret\",\"value\":\"{planted}\"}}]}}"),
        )),
        send(Request::post("/v1/orders").bearer(&token).body(
            "application/json",
            "[".repeat(16 * 1024) + &"]".repeat(16 * 1024),
        )),
        send(
            Request::get(&format!("/v1/orders?access_token={token}&secret={encoded}"))
                .bearer(&token),
        ),
    ]);

    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    let page = anna.get(&format!("/portal/credentials/{}/requests", client.uuid));
    places.push(("the list".to_owned(), page.body.clone()));
    for id in &ids {
        for ending in ["", ".txt", ".xml"] {
            let shown = anna.get(&format!("/portal/requests/{id}{ending}"));
            assert_eq!(shown.status, 200, "{id}{ending}");
            places.push((format!("{id}{ending}"), shown.body));
        }
        places.push((
            id.clone(),
            server
                .json(&["requests", "show", id], None)
                .to_string()
                .into_bytes(),
        ));
    }
    let kept = String::from_utf8_lossy(
        &places
            .iter()
            .map(|(_, bytes)| bytes.clone())
            .collect::<Vec<_>>()
            .concat(),
    )
    .into_owned();
    for harmless in [
        "curl/8.5.0",
        "grant_type=client_credentials",
        "\"name\":\"Anna\"",
        "application/octet-stream",
        "clientsecret=[blotted",
    ] {
        assert!(kept.contains(harmless), "{harmless}");
    }
    for (name, bytes) in server.folder.files() {
        if name != "grantor.key" && name != "grantor.toml" {
            places.push((name, bytes));
        }
    }
    places.push(("database dump".to_owned(), server.database.dump()));
    for secret in [planted, &client.client_secret, &token] {
        for spelling in spellings(secret) {
            for (name, bytes) in &places {
                let found = bytes
                    .windows(spelling.len())
                    .any(|window| window == spelling.as_bytes());
                assert!(
                    !found,
                    "{spelling} stands in {name}: {}",
                    String::from_utf8_lossy(bytes)
                        .chars()
                        .take(4000)
                        .collect::<String>()
                );
            }
        }
    }
}

#[test]
fn qx7_s298_s299_no_secret_is_kept_on_sqlite() {
    search(Database::Sqlite);
}

#[test]
fn qx7_s298_s299_no_secret_is_kept_on_postgres() {
    match Database::postgres() {
        Some(database) => search(database),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}

#[test]
fn qx7_what_is_not_to_be_kept_is_not() {
    let upstream = Upstream::start();
    let server = setup()
        .upstream(&upstream.authority)
        .with("ENVIRONMENTS__PRODUCTION__REQUEST_RECORDS__BODIES", "false")
        .with("ENVIRONMENTS__SANDBOX__REQUEST_RECORDS__DAYS", "0")
        .start();
    let house = House { server, upstream };
    let client = house.credential("production");
    let token = house.token("production", &client);
    let called = house.orders("production", &token);
    let told = house
        .server
        .json(&["requests", "show", called.request_id()], None);
    assert_eq!(told["answer"]["body"], "[not kept, as configured]");
    let client = house.credential("sandbox");
    house.token("sandbox", &client);
    let listed = house.server.json(
        &[
            "credentials",
            "requests",
            &client.client_id,
            "--environment",
            "sandbox",
        ],
        None,
    );
    assert_eq!(listed.as_array().unwrap().len(), 0);
}
