//! `/portal/operations`: accounts and their suspension, keys, environments and the live picture, for the platform's own staff

use crate::http::support::browser::between;
use crate::http::support::house::{GRANT, PASSWORD, TOKEN, access_token, setup};
use crate::http::support::{Answer, Browser, House, Request, Server, on_each_database, until};

const ACCOUNTS: &str = "/portal/operations/accounts";
const KEYS: &str = "/portal/operations/keys";
const SCOPES: [&str; 4] = ["--version", "v1", "--allow", "orders=read"];

fn make_staff(server: &Server, name: &str) {
    let how = [
        "people",
        "create",
        "--environment",
        "production",
        "--role",
        "operator",
        "--password-stdin",
        "--username",
        name,
    ];
    server.json(&how, Some(PASSWORD));
}

fn staff_of(house: &House) -> Browser {
    let name = format!("staff-{}", house.person("production", &[]));
    make_staff(&house.server, &name);
    let mut browser = Browser::at(house.server.at("production"));
    let home = browser.sign_in(&name, PASSWORD);
    assert!(
        home.text().contains("id=\"menu-operations\""),
        "{}",
        home.text()
    );
    browser
}

fn account_id(server: &Server, name: &str) -> String {
    let listed = server.json(&["accounts", "list", "--search", name], None);
    listed[0]["id"].as_str().unwrap().to_owned()
}

fn seen(page: &Answer) -> String {
    page.text()
        .replace(['\u{2068}', '\u{2069}'], "")
        .replace("&#x2f;", "/")
}

fn csrf(browser: &mut Browser) -> String {
    between(
        browser.get("/portal").text(),
        "name=\"csrf\" value=\"",
        "\"",
    )
}

on_each_database! {
    fn s289_suspending_says_what_stops_stops_it_and_is_undone(house) {
        let mut olga = staff_of(house);
        let name = format!("Suspended & Co {}", house.person("production", &[]));
        let credential = house.server.credential_of(&name, "production", &SCOPES, None);
        let manager = format!("manager of {}", house.person("production", &[]));
        let how = ["people", "create", "--environment", "production", "--account", &name, "--role", "account-manager", "--password-stdin", "--username", &manager];
        house.server.json(&how, Some(PASSWORD));
        let mut anna = Browser::at(house.server.at("production"));
        anna.sign_in(&manager, PASSWORD);
        let token = house.token("production", &credential);
        assert_eq!(house.orders("production", &token).status, 200);
        let id = account_id(&house.server, &name);
        let page = olga.get(&format!("{ACCOUNTS}/{id}"));
        assert!(page.text().contains("Suspended &amp; Co") && page.text().contains(&manager), "{}", page.text());
        // Nothing has stopped while one looks, here or on the command line.
        let before = house.server.json(&["accounts", "suspend", &name, "--dry-run"], None);
        assert_eq!((&before["dry_run"], &before["credentials"], &before["live_tokens"], &before["sessions"]), (&true.into(), &1.into(), &1.into(), &1.into()));
        assert!(before["last_used_at"].is_string());
        let page = olga.get(&format!("{ACCOUNTS}/{id}/suspend"));
        for sentence in ["One credential stops working", "One live token stops working now", "One browser of its people is signed out"] {
            assert!(seen(&page).contains(sentence), "{sentence}: {}", page.text());
        }
        assert_eq!(house.orders("production", &token).status, 200);
        let suspended = olga.submit(&page, &[("reason", "Unpaid since March")]);
        assert_eq!(suspended.status, 200, "{}", suspended.text());
        assert!(suspended.text().contains("id=\"restore\""));
        assert_eq!(house.orders("production", &token).status, 401);
        assert_eq!(house.ask("production", &credential, GRANT).status, 401);
        assert!(anna.get("/portal/credentials").text().contains("id=\"username\""), "its sessions are shut out");
        // Pressed twice: once.
        olga.submit(&page, &[("reason", "Unpaid since March")]);
        let trail = house.server.json(&["audit", "list", "--subject", &id], None);
        let rows: Vec<_> = trail.as_array().unwrap().iter().filter(|row| row["event"] == "account.suspended").collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["details"]["reason"], "Unpaid since March", "{}", rows[0]);
        assert!(rows[0]["actor"].to_string().contains("person"));
        let page = olga.get(&format!("{ACCOUNTS}/{id}/restore"));
        for sentence in ["One credential works again", "One token that has not expired is good again", "One browser of its people is signed in again"] {
            assert!(seen(&page).contains(sentence), "{sentence}: {}", page.text());
        }
        let restored = olga.submit(&page, &[]);
        assert!(restored.text().contains("id=\"suspend\""), "{}", restored.text());
        assert_eq!(house.orders("production", &token).status, 200);
        assert_eq!(anna.get("/portal/credentials").status, 200);
    }

    fn a_credential_says_what_stops_before_it_is_switched_off(house) {
        let credential = house.credential("production");
        let token = house.token("production", &credential);
        assert_eq!(house.orders("production", &token).status, 200);
        let uuid = &credential.uuid;
        let preview = house.server.json(&["credentials", "disable", uuid, "--dry-run"], None);
        assert_eq!((&preview["dry_run"], &preview["disabled"], &preview["live_tokens"]), (&true.into(), &true.into(), &1.into()));
        assert!(preview["last_used_at"].is_string());
        assert_eq!(house.server.json(&["credentials", "show", uuid], None)["disabled"], false);
        let mut olga = staff_of(house);
        let page = olga.get(&format!("/portal/credentials/{uuid}/disable"));
        assert!(page.text().contains("One live token stops working now") && page.text().contains("127.0.0.1"), "{}", page.text());
        assert_eq!(house.orders("production", &token).status, 200);
        let off = olga.submit(&page, &[]);
        assert!(off.text().contains("Switched off"), "{}", off.text());
        assert_eq!(house.orders("production", &token).status, 401);
        let back = house.server.json(&["credentials", "enable", uuid, "--dry-run"], None);
        assert_eq!((&back["disabled"], &back["live_tokens"]), (&false.into(), &1.into()));
        assert_eq!(house.orders("production", &token).status, 401);
        let csrf = csrf(&mut olga);
        olga.post(&format!("/portal/credentials/{uuid}/enable"), &[("csrf", &csrf)]);
        assert_eq!(house.orders("production", &token).status, 200);
        // A parameter that nobody knows is refused, not ignored.
        let admin = &house.server.admin;
        let token = house.server.json(&["operators", "token", "--name", "switcher"], None);
        let token = token["operator_token"].as_str().unwrap();
        let asked = Request::post(&format!("/admin/v1/credentials/{uuid}/disable?dry-run=true")).bearer(token).send(admin);
        assert_eq!(asked.status, 400, "{}", asked.text());
    }

    fn s292_accounts_are_found_page_by_page_and_their_first_person_is_invited(house) {
        let mut olga = staff_of(house);
        let mark = house.person("production", &[]);
        for number in 0..30 {
            house.server.credential_of(&format!("Paged {mark} {number:02}"), "production", &SCOPES, None);
        }
        let page = olga.get(&format!("{ACCOUNTS}?q=paged%20{mark}%20"));
        assert_eq!(page.text().matches("<tr id=\"a-").count(), 25, "{}", page.text());
        let next = between(&seen(&page), "rel=\"next\" href=\"", "\"").replace("&amp;", "&");
        let page = olga.get(&next);
        assert_eq!(page.text().matches("<tr id=\"a-").count(), 5);
        for strange in ["%25", "_", "'%20or%201=1--", "!", "%00%00"] {
            let page = olga.get(&format!("{ACCOUNTS}?q={strange}&after=%5B"));
            assert_eq!(page.status, 200, "{strange}");
        }
        assert!(!olga.get(&format!("{ACCOUNTS}?q=paged_{mark}")).text().contains("Paged"), "no wildcard");
        let account = format!("First & only {mark}");
        let page = olga.get("/portal/people/new");
        let invited = olga.submit(&page, &[("account", &account), ("username", &format!("first of {mark}")), ("role", "account-manager")]);
        assert_eq!(invited.status, 201, "{}", invited.text());
        let path = between(&seen(&invited), "id=\"invitation\" data-copy>", "<");
        let path = path.strip_prefix(&format!("http://{}", house.server.at("production"))).unwrap().to_owned();
        let mut first = Browser::at(house.server.at("production"));
        let page = first.get(&path);
        let entered = first.submit(&page, &[("newpassword", "a phrase of my own")]);
        assert!(first.follow(entered).text().contains("/portal/credentials"));
        let id = account_id(&house.server, &account);
        assert!(olga.get(&format!("/portal/credentials?account={id}")).text().contains("First &amp; only"));
        assert!(!first.get("/portal/people").text().contains("staff-"));
    }
}

/// A server of its own, since keys are the whole environment's.
#[test]
fn keys_are_shown_rotated_and_revoked_with_a_word_before() {
    let server = setup().start();
    make_staff(&server, "olga");
    let mut olga = Browser::at(server.at("production"));
    olga.sign_in("olga", PASSWORD);
    let page = olga.get(KEYS);
    assert_eq!(
        page.text().matches("<tr id=\"k-").count(),
        1,
        "{}",
        page.text()
    );
    assert!(page.text().contains("class=\"signing\""));
    let first = between(page.text(), "<tr id=\"k-", "\"");
    let page = olga.get(&format!("{KEYS}/rotate"));
    assert!(
        page.text().contains("No token stops working"),
        "{}",
        page.text()
    );
    let rotated = olga.submit(&page, &[]);
    assert!(
        rotated.text().contains("announced") && rotated.text().matches("<tr id=\"k-").count() == 2,
        "{}",
        rotated.text()
    );
    let again = olga.submit(&page, &[]);
    assert_eq!(
        again.status,
        409,
        "pressed twice, one successor: {}",
        again.text()
    );
    assert!(
        olga.get(&format!("{KEYS}/rotate"))
            .text()
            .contains("announced already")
    );
    let page = olga.get(&format!("{KEYS}/{first}/revoke"));
    assert!(page.text().contains("cannot be undone"));
    assert_eq!(olga.submit(&page, &[("name", "sandbox")]).status, 400);
    let listed = server.json(&["keys", "list", "--environment", "production"], None);
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .all(|key| key["state"] != "revoked")
    );
    let revoked = olga.submit(&page, &[("name", "production")]);
    assert_eq!(revoked.status, 200, "{}", revoked.text());
    assert_eq!(olga.get(&format!("{KEYS}/{first}/revoke")).status, 404);
    let trail = server.json(&["audit", "list", "--subject", &first], None);
    let rows = trail.as_array().unwrap();
    assert!(
        rows.iter().any(|row| row["event"] == "signing_key.revoked"
            && row["actor"].to_string().contains("person")),
        "{trail}"
    );
    let environments = olga.get("/portal/operations/environments");
    assert!(
        environments.text().contains("id=\"e-production\"")
            && environments.text().contains("dotnetopenauth")
    );
}

/// A server of its own, since others' requests would be counted.
#[test]
fn the_live_picture_shows_what_was_just_done() {
    let server = setup().start();
    make_staff(&server, "olga");
    let mut olga = Browser::at(server.at("production"));
    olga.sign_in("olga", PASSWORD);
    let credential = server.credential("production", &SCOPES);
    for _ in 0..5 {
        access_token(
            &Request::post(TOKEN)
                .basic(&credential)
                .form(GRANT)
                .send(server.at("production")),
        );
    }
    let wrong = crate::http::support::Credential {
        client_secret: "wrong".to_owned(),
        ..credential
    };
    let refused = Request::post(TOKEN)
        .basic(&wrong)
        .form(GRANT)
        .send(server.at("production"));
    assert_eq!(refused.status, 401);
    let page = olga.get("/portal/operations");
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("connect-src 'self'")
    );
    assert!(
        !olga
            .get(KEYS)
            .header("content-security-policy")
            .unwrap()
            .contains("connect-src")
    );
    until("the counters were read", || {
        olga.get("/portal/operations")
            .text()
            .contains("WrongSecret")
    });
    let page = olga.get("/portal/operations?range=1h");
    assert!(
        page.text().contains("class=\"well\"") && page.text().contains("class=\"p99\""),
        "{}",
        page.text()
    );
    assert!(page.text().contains("<title>"), "numbers on hover");
    let elsewhere = server.json(
        &[
            "people",
            "create",
            "--environment",
            "sandbox",
            "--role",
            "operator",
            "--password-stdin",
            "--username",
            "olga",
        ],
        Some(PASSWORD),
    );
    assert!(elsewhere["id"].is_string());
    let mut other = Browser::at(server.at("sandbox"));
    other.sign_in("olga", PASSWORD);
    assert!(
        !other
            .get("/portal/operations")
            .text()
            .contains("WrongSecret"),
        "each environment its own"
    );
}
