//! `/portal/credentials`: making, finding, renaming, rotating, deleting, and who may do any of it

use crate::http::support::browser::between;
use crate::http::support::house::{GRANT, PASSWORD, TOKEN, access_token, setup};
use crate::http::support::{
    Answer, Browser, Credential, House, Request, Server, Setup, house, on_each_database, until,
};

const LIST: &str = "/portal/credentials";
const NEW: &str = "/portal/credentials/new";
const MANAGER: [&str; 2] = ["--role", "account-manager"];

fn signed_in(house: &House, more: &[&str]) -> Browser {
    let person = house.person("production", more);
    let mut browser = Browser::at(house.server.at("production"));
    let home = browser.sign_in(&person, PASSWORD);
    assert!(home.text().contains("id=\"sign-out\""), "{}", home.text());
    browser
}

fn manager(house: &House) -> Browser {
    signed_in(house, &MANAGER)
}

/// An account manager of `Acme` on a server of the test's own.
fn make_anna(server: &Server) {
    server.person("production", "anna", &["--role", "account-manager"]);
}

fn generate(browser: &mut Browser, name: &str, allow: &[&str]) -> Answer {
    let page = browser.get(NEW);
    fill(browser, &page, name, allow)
}

/// Sends the form of a page with boxes ticked; a form can hold one name many times.
fn fill(browser: &mut Browser, page: &Answer, name: &str, allow: &[&str]) -> Answer {
    let field = |field: &str| between(page.text(), &format!("name=\"{field}\" value=\""), "\"");
    let mut fields = vec![
        ("csrf".to_owned(), field("csrf")),
        ("once".to_owned(), field("once")),
        ("version".to_owned(), field("version")),
        ("name".to_owned(), name.to_owned()),
        ("description".to_owned(), "for a test".to_owned()),
        ("do".to_owned(), "save".to_owned()),
    ];
    fields.extend(
        allow
            .iter()
            .map(|value| ("allow".to_owned(), (*value).to_owned())),
    );
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(NEW, &fields)
}

fn made(answer: &Answer) -> (String, Credential) {
    assert_eq!(answer.status, 201, "{}", answer.text());
    let text = answer.text();
    let uuid = between(text, "action=\"/portal/credentials/", "\"");
    let client_secret = between(text, "id=\"secret\" class=\"large\" data-copy>", "<");
    let client_id = between(text, "download=\"", ".txt\"");
    (
        uuid,
        Credential {
            client_id,
            client_secret,
            ..Credential::default()
        },
    )
}

on_each_database! {
    fn qc2_qc4_qc5_s285_a_secret_is_shown_once_and_works(house) {
        let mut anna = manager(house);
        let page = anna.get(NEW);
        let answer = fill(&mut anna, &page, "Payroll export", &["orders.read", "tags.read"]);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let (uuid, credential) = made(&answer);
        // The token URL, the documentation and a line that works stand beside it.
        for part in ["/oauth/token", "/docs", "curl ", &credential.client_secret] {
            assert!(answer.text().replace("&#x2f;", "/").contains(part), "{part}");
        }
        let token = access_token(&Request::post(TOKEN).basic(&credential).form(GRANT).send(house.server.at("production")));
        assert_eq!(house.orders("production", &token).status, 200);
        let add = Request::post("/v1/orders").bearer(&token).form("").send(house.server.at("production"));
        assert_eq!((add.status, add.error()), (403, "insufficient_scope".to_owned()));
        // The form once more, as reload and back send it: nothing new, and the secret is not told.
        let again = fill(&mut anna, &page, "Payroll export", &["orders.read"]);
        assert_eq!(again.status, 409, "{}", again.text());
        let found = anna.get(&format!("{LIST}?q={uuid}"));
        assert_eq!(found.text().matches("<tr id=\"c-").count(), 1);
        for target in [LIST.to_owned(), format!("{LIST}/{uuid}"), format!("{LIST}/{uuid}/rotate"), format!("{LIST}/{uuid}/delete")] {
            let page = anna.get(&target);
            assert_eq!(page.status, 200, "{target}");
            assert!(!page.text().contains(&credential.client_secret), "{target}");
            assert_eq!(page.header("cache-control"), Some("no-store"));
        }
        let trail = house.server.json(&["audit", "list", "--subject", &uuid], None);
        let row = trail.as_array().unwrap().iter().find(|row| row["event"] == "credential.created").unwrap();
        assert!(row["actor"].to_string().contains("person"), "{row}");
    }

    fn qc6_names_can_be_edited_and_scopes_cannot(house) {
        let mut anna = manager(house);
        let (uuid, _) = made(&generate(&mut anna, "Old name", &["orders.read"]));
        let page = anna.get(&format!("{LIST}/{uuid}"));
        assert!(page.text().contains("cannot be edited") && page.text().contains(&format!("copy={uuid}")));
        let csrf = between(page.text(), "name=\"csrf\" value=\"", "\"");
        let edit = format!("{LIST}/{uuid}/edit");
        // S284: what the form does not have changes nothing.
        let fields = [("csrf", csrf.as_str()), ("name", "New name"), ("description", "still for a test"), ("scopes", "orders.delete"),
            ("allow", "orders.delete"), ("client_id", "mine"), ("account", "Other"), ("grant_type", "password")];
        let saved = anna.post(&edit, &fields);
        assert_eq!(saved.status, 200, "{}", saved.text());
        let kept = house.server.json(&["credentials", "show", &uuid], None);
        assert_eq!((&kept["name"], &kept["scopes"], &kept["account"]), (&"New name".into(), &serde_json::json!(["orders.read"]), &"Acme".into()));
        let empty = anna.post(&edit, &[("csrf", &csrf), ("name", ""), ("description", "what was typed stays")]);
        assert_eq!(empty.status, 400);
        assert!(empty.text().contains("id=\"name-problem\"") && empty.text().contains("what was typed stays"));
        let copy = anna.get(&format!("{NEW}?copy={uuid}"));
        assert!(copy.text().contains("value=\"orders.read\" data-in=\"read\" checked"), "{}", copy.text());
    }

    fn qc7_deleting_says_what_stops_and_stops_it_at_once(house) {
        let mut anna = manager(house);
        let (uuid, credential) = made(&generate(&mut anna, "In use", &["orders.read"]));
        let token = access_token(&Request::post(TOKEN).basic(&credential).form(GRANT).send(house.server.at("production")));
        assert_eq!(house.orders("production", &token).status, 200);
        let list = anna.get(&format!("{LIST}?q={uuid}"));
        assert!(list.text().contains("orders") || list.text().contains("Orders"));
        assert!(list.text().replace(['\u{2068}', '\u{2069}'], "").contains("2 requests in 30 days"), "{}", list.text());
        let page = anna.get(&format!("{LIST}/{uuid}/delete"));
        assert!(page.text().contains("One live token stops working now") && page.text().contains("127.0.0.1"), "{}", page.text());
        let wrong = anna.submit(&page, &[("name", "something else")]);
        assert_eq!(wrong.status, 400);
        assert_eq!(house.orders("production", &token).status, 200);
        let gone = anna.submit(&page, &[("name", "In use")]);
        assert_eq!(gone.status, 200, "{}", gone.text());
        assert_eq!(house.orders("production", &token).status, 401);
        assert_eq!(Request::post(TOKEN).basic(&credential).form(GRANT).send(house.server.at("production")).status, 401);
        assert_eq!(anna.get(&format!("{LIST}/{uuid}")).status, 404);
    }

    fn a_deleted_credential_stays_dead_though_its_form_is_sent_again(house) {
        let mut anna = manager(house);
        let page = anna.get(NEW);
        let (uuid, credential) = made(&fill(&mut anna, &page, "Leaked", &["orders.read"]));
        let token = access_token(&Request::post(TOKEN).basic(&credential).form(GRANT).send(house.server.at("production")));
        let gone = anna.get(&format!("{LIST}/{uuid}/delete"));
        anna.submit(&gone, &[("name", "Leaked")]);
        assert_eq!(house.orders("production", &token).status, 401);
        // The token is of an earlier second than whatever is made now.
        let born = std::time::Instant::now();
        until("a second has passed", || born.elapsed().as_millis() > 1_050);
        fill(&mut anna, &page, "Leaked", &["orders.read"]);
        assert_eq!(house.orders("production", &token).status, 401, "its tokens stay dead");
    }

    fn a_credential_that_people_let_act_can_be_deleted(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let (access, refresh) = house.pair("production", &client);
        assert_eq!(house.orders("production", &access).status, 200);
        house.server.json(&["credentials", "delete", &client.client_id, "--environment", "production"], None);
        assert_eq!(house.orders("production", &access).status, 401);
        assert_eq!(house.refresh("production", &client, &refresh).status, 401);
    }

    fn s286_rotating_keeps_two_secrets_and_a_form_counts_once(house) {
        let mut anna = manager(house);
        let (uuid, first) = made(&generate(&mut anna, "Rotated", &["orders.read"]));
        let page = anna.get(&format!("{LIST}/{uuid}/rotate"));
        let rotated = anna.submit(&page, &[("overlap", "7")]);
        assert_eq!(rotated.status, 200, "{}", rotated.text());
        let second = Credential { client_secret: between(rotated.text(), "id=\"secret\" class=\"large\" data-copy>", "<"), ..first.clone() };
        assert_eq!(anna.submit(&page, &[("overlap", "7")]).status, 409);
        for secret in [&first, &second] {
            access_token(&Request::post(TOKEN).basic(secret).form(GRANT).send(house.server.at("production")));
        }
        // The older one was used after it was replaced, and the page says so.
        access_token(&Request::post(TOKEN).basic(&first).form(GRANT).send(house.server.at("production")));
        assert!(anna.get(&format!("{LIST}/{uuid}")).text().contains("still uses the older secret"));
        let page = anna.get(&format!("{LIST}/{uuid}/rotate"));
        assert!(page.text().contains("the older one ends at once"));
        anna.submit(&page, &[("overlap", "0")]);
        for secret in [&first, &second] {
            let answer = Request::post(TOKEN).basic(secret).form(GRANT).send(house.server.at("production"));
            assert_eq!(answer.status, 401);
        }
    }

    fn s281_s282_nobody_reaches_anothers_credential(house) {
        let mut anna = manager(house);
        let (uuid, credential) = made(&generate(&mut anna, "Annas own", &["orders.read"]));
        let other = ["people", "create", "--environment", "production", "--account", "Other & Co", "--role", "account-manager", "--password-stdin", "--username"];
        let name = format!("other-{uuid}");
        house.server.json(&[&other[..], &[name.as_str()]].concat(), Some(PASSWORD));
        let mut eve = Browser::at(house.server.at("production"));
        eve.sign_in(&name, PASSWORD);
        assert!(!eve.get(&format!("{LIST}?q={uuid}")).text().contains("Annas own"));
        let csrf = between(eve.get(NEW).text(), "name=\"csrf\" value=\"", "\"");
        for page in ["", "/rotate", "/delete"] {
            assert_eq!(eve.get(&format!("{LIST}/{uuid}{page}")).status, 404, "{page}");
        }
        assert_eq!(eve.get(&format!("{NEW}?copy={uuid}")).status, 404);
        for page in ["/edit", "/disable", "/enable", "/rotate", "/delete"] {
            let fields = [("csrf", csrf.as_str()), ("name", "Annas own"), ("description", "x"), ("account", "Acme"), ("environment", "production")];
            assert_eq!(eve.post(&format!("{LIST}/{uuid}{page}"), &fields).status, 404, "{page}");
        }
        access_token(&Request::post(TOKEN).basic(&credential).form(GRANT).send(house.server.at("production")));
        let trail = house.server.json(&["audit", "list", "--subject", &uuid], None);
        assert!(trail.as_array().unwrap().iter().any(|row| row["event"] == "credential.foreign_refused"));
        // A new credential is the signed-in person's account's, whatever the form says.
        let page = eve.get(NEW);
        let (mine, _) = made(&fill(&mut eve, &page, "Eves own", &["orders.read"]));
        assert_eq!(house.server.json(&["credentials", "show", &mine], None)["account"], "Other & Co");
    }
}

/// Who may open what. A new route needs an entry.
const ROUTES: &[(&str, Who)] = &[
    ("/portal", Who::Anyone),
    ("/status", Who::Anyone),
    ("/status.json", Who::Anyone),
    ("/status.atom", Who::Anyone),
    ("/portal/sign-in", Who::Anyone),
    ("/portal/second-factor", Who::Anyone),
    ("/portal/change-password", Who::Anyone),
    ("/portal/consent", Who::Anyone),
    ("/portal/sign-out", Who::Anyone),
    ("/portal/signed-out", Who::Anyone),
    ("/portal/invitation", Who::Anyone),
    ("/portal/hand-over", Who::Anyone),
    ("/portal/hand-over/assertion", Who::AnySite),
    ("/portal/staff/sign-in", Who::Anyone),
    ("/portal/staff/callback", Who::Anyone),
    ("/portal/security", Who::SignedIn),
    ("/portal/security/sessions/end", Who::SignedIn),
    ("/portal/security/consents/withdraw", Who::SignedIn),
    ("/portal/security/second-factor", Who::SignedIn),
    ("/portal/security/second-factor/confirm", Who::SignedIn),
    ("/portal/security/second-factor/off", Who::SignedIn),
    ("/portal/security/passkeys/new", Who::SignedIn),
    ("/portal/security/passkeys", Who::SignedIn),
    ("/portal/security/passkeys/remove", Who::SignedIn),
    ("/portal/people", Who::Manager),
    ("/portal/people/new", Who::Manager),
    ("/portal/people/{person}", Who::Manager),
    ("/portal/people/{person}/role", Who::Manager),
    ("/portal/people/{person}/disable", Who::Manager),
    ("/portal/people/{person}/enable", Who::Manager),
    ("/portal/people/{person}/invitation", Who::Manager),
    ("/portal/people/{person}/sessions/end", Who::Manager),
    ("/portal/operations", Who::Staff),
    ("/portal/operations/accounts", Who::Staff),
    ("/portal/operations/accounts/{account}", Who::Staff),
    ("/portal/operations/accounts/{account}/suspend", Who::Staff),
    ("/portal/operations/accounts/{account}/restore", Who::Staff),
    ("/portal/operations/environments/refresh", Who::Staff),
    ("/portal/operations/keys", Who::Staff),
    ("/portal/operations/keys/rotate", Who::Staff),
    ("/portal/operations/keys/{kid}/revoke", Who::Staff),
    ("/portal/operations/environments", Who::Staff),
    ("/portal/operations/status", Who::Staff),
    ("/portal/operations/status/new", Who::Staff),
    ("/portal/operations/status/{incident}", Who::Staff),
    ("/portal/operations/status/{incident}/update", Who::Staff),
    ("/portal/operations/status/{incident}/edit", Who::Staff),
    ("/portal/activity", Who::Manager),
    ("/portal/activity.csv", Who::Manager),
    ("/portal/activity.jsonl", Who::Manager),
    ("/portal/credentials", Who::Manager),
    ("/portal/credentials/new", Who::Manager),
    ("/portal/credentials/{uuid}", Who::Manager),
    ("/portal/credentials/{uuid}/requests", Who::Manager),
    ("/portal/requests", Who::Manager),
    ("/portal/requests/{request}", Who::Manager),
    ("/portal/credentials/{uuid}/edit", Who::Manager),
    ("/portal/credentials/{uuid}/disable", Who::Manager),
    ("/portal/credentials/{uuid}/enable", Who::Manager),
    ("/portal/credentials/{uuid}/rotate", Who::Manager),
    ("/portal/credentials/{uuid}/delete", Who::Manager),
];

#[derive(Clone, Copy, PartialEq)]
enum Who {
    Anyone,
    /// Other sites' forms too: what they hold proves itself.
    AnySite,
    SignedIn,
    Manager,
    /// The platform's own.
    Staff,
}

/// The routes as the source has them.
fn routes() -> Vec<String> {
    let source = include_str!("../../../src/portal.rs");
    let table = between(source, "pub fn routes()", "\n}\n");
    let literals = table.split('"').skip(1).step_by(2);
    let named = |route: &str| {
        let of = |beginning: &str| route.starts_with(beginning);
        let named = match () {
            () if of("/portal/people/") => "{person}",
            () if of("/portal/requests/") => "{request}",
            () if of("/portal/operations/status/") => "{incident}",
            () => "{account}",
        };
        route.replace("{id}", named)
    };
    literals.map(named).collect()
}

#[test]
fn qc1_s277_s279_every_route_refuses_whom_it_does_not_know() {
    let mut known: Vec<&str> = ROUTES.iter().map(|(route, _)| *route).collect();
    let mut served = routes();
    known.sort_unstable();
    served.sort_unstable();
    assert_eq!(served, known, "a route without an entry");

    let house = house();
    let mut anna = manager(house);
    let (uuid, credential) = made(&generate(&mut anna, "Untouched", &["orders.read"]));
    let asked = house.ask("production", &credential, GRANT);
    let request = asked.request_id().to_owned();
    // Someone of the same account, whom nothing happens to.
    let untouched = house.person("production", &[]);
    let shown = house.server.json(
        &["people", "show", &untouched, "--environment", "production"],
        None,
    );
    let untouched_id = shown["id"].as_str().unwrap().to_owned();
    let kept = house.server.json(&["credentials", "show", &uuid], None);
    let account = kept["account_id"].as_str().unwrap().to_owned();
    let keys = house
        .server
        .json(&["keys", "list", "--environment", "production"], None);
    let kid = keys[0]["kid"].as_str().unwrap().to_owned();
    let how = [
        "incidents",
        "create",
        "--environment",
        "production",
        "--title",
        "Untouched",
        "--text",
        "It is not told of.",
    ];
    let told = house.server.json(&how, None);
    let incident = told["id"].as_str().unwrap().to_owned();
    let target_of = |route: &str| {
        route
            .replace("{incident}", &incident)
            .replace("{uuid}", &uuid)
            .replace("{person}", &untouched_id)
            .replace("{account}", &account)
            .replace("{request}", &request)
            .replace("{kid}", &kid)
    };
    let person = house.person("production", &[]);
    let mut member = Browser::at(house.server.at("production"));
    member.sign_in(&person, PASSWORD);
    let eves = format!("eve of routes {uuid}");
    let staff = format!("staff of routes {uuid}");
    for (name, place) in [
        (
            &eves,
            ["--account", "Routes elsewhere", "--role", "account-manager"].as_slice(),
        ),
        (&staff, &["--role", "operator"]),
    ] {
        let how = [
            "people",
            "create",
            "--environment",
            "production",
            "--password-stdin",
            "--username",
            name,
        ];
        house
            .server
            .json(&[&how[..], place].concat(), Some(PASSWORD));
    }
    let mut eve = Browser::at(house.server.at("production"));
    eve.sign_in(&eves, PASSWORD);
    let mut olga = Browser::at(house.server.at("production"));
    olga.sign_in(&staff, PASSWORD);
    // Staff of another environment, whose cookie somebody renamed to this one's.
    let how = [
        "people",
        "create",
        "--environment",
        "sandbox",
        "--role",
        "operator",
        "--password-stdin",
        "--username",
        &staff,
    ];
    house.server.json(&how, Some(PASSWORD));
    let mut sandbox = Browser::at(house.server.at("sandbox"));
    sandbox.sign_in(&staff, PASSWORD);
    let foreign: Vec<(String, String)> = sandbox
        .cookies
        .iter()
        .map(|(name, value)| (name.replace("sandbox", "production"), value.clone()))
        .collect();
    let foreign_csrf = between(
        sandbox.get("/portal").text(),
        "name=\"csrf\" value=\"",
        "\"",
    );
    let csrf_of = |browser: &mut Browser| {
        between(
            browser.get("/portal").text(),
            "name=\"csrf\" value=\"",
            "\"",
        )
    };
    let (csrf, members) = (csrf_of(&mut anna), csrf_of(&mut member));
    let (others, staffs) = (csrf_of(&mut eve), csrf_of(&mut olga));
    let home = member.get("/portal");
    for trace in [LIST, "/portal/people", "/portal/operations"] {
        assert!(!home.text().contains(trace), "a member sees {trace}");
    }
    let home = anna.get("/portal");
    assert!(!home.text().contains("/portal/operations"));
    for (route, who) in ROUTES {
        let target = target_of(route);
        let mut stranger = Browser::at(house.server.at("production"));
        let mut elsewhere = Browser::at(house.server.at("production"));
        elsewhere.cookies.extend(foreign.iter().cloned());
        if *who == Who::AnySite {
            // This environment believes nobody.
            assert_eq!(stranger.post(&target, &[("assertion", "x")]).status, 404);
            continue;
        }
        if *who != Who::Anyone {
            for browser in [&mut stranger, &mut elsewhere] {
                let page = browser.get(&target);
                let refused = page.status == 405 || page.text().contains("id=\"password\"");
                assert!(
                    refused && !page.text().contains("Untouched"),
                    "GET {target}: {page:?}"
                );
                for csrf in [&csrf, &foreign_csrf] {
                    let fields = [("csrf", csrf.as_str()), ("name", "Untouched")];
                    let sent = browser.post(&target, &fields);
                    assert!(
                        matches!(sent.status, 403 | 405),
                        "POST {target}: {}",
                        sent.status
                    );
                }
            }
        }
        // The lower role, and for what belongs to an account somebody of another one.
        let mut refused: Vec<(&mut Browser, &str)> = Vec::new();
        if matches!(who, Who::Manager | Who::Staff) {
            refused.push((&mut member, &members));
        }
        if *who == Who::Staff {
            refused.push((&mut anna, &csrf));
        }
        if *who == Who::Staff || route.contains('{') {
            refused.push((&mut eve, &others));
        }
        for (browser, csrf) in refused {
            let page = browser.get(&target);
            assert!(
                matches!(page.status, 404 | 405),
                "GET {target}: {}",
                page.status
            );
            let fields = [("csrf", csrf), ("name", "Untouched")];
            let sent = browser.post(&target, &fields);
            assert!(
                matches!(sent.status, 404 | 405),
                "POST {target}: {}",
                sent.status
            );
        }
        // S277: without the form's value, from another site, with another's value.
        let (browser, csrf) = match who {
            Who::Staff => (&mut olga, &staffs),
            _ => (&mut anna, &csrf),
        };
        let cross = Request::post(&target)
            .header("Sec-Fetch-Site", "cross-site")
            .form(crate::http::support::request::form(&[
                ("csrf", csrf.as_str()),
                ("name", "Untouched"),
            ]));
        for sent in [
            browser.send(cross),
            browser.post(&target, &[("name", "Untouched")]),
            browser.post(&target, &[("csrf", &members), ("name", "Untouched")]),
        ] {
            assert!(
                matches!(sent.status, 403 | 405),
                "POST {target}: {}",
                sent.status
            );
        }
        let json = Request::post(&target).body("text/plain", format!("{{\"csrf\":\"{csrf}\"}}"));
        assert!(matches!(browser.send(json).status, 403 | 405), "{target}");
    }
    let after = house.server.json(
        &["people", "show", &untouched, "--environment", "production"],
        None,
    );
    assert_eq!(after, shown, "nothing happened to anyone");
    let keys_after = house
        .server
        .json(&["keys", "list", "--environment", "production"], None);
    assert_eq!(keys_after, keys);
    let listed = house
        .server
        .json(&["incidents", "list", "--environment", "production"], None);
    let mut listed = listed.as_array().unwrap().iter();
    assert!(listed.any(|one| *one == told), "nothing was told");
    let how = [
        "incidents",
        "resolve",
        &incident,
        "--text",
        "It was a test.",
    ];
    house.server.json(&how, None);
    let kept = house.server.json(&["credentials", "show", &uuid], None);
    assert_eq!(
        (&kept["name"], &kept["disabled"]),
        (&"Untouched".into(), &false.into())
    );
    assert_eq!(kept["secrets"].as_array().unwrap().len(), 1);
    // S279: a role that was taken away is away with the next request.
    let fired = house.person("production", &MANAGER);
    let mut fired_browser = Browser::at(house.server.at("production"));
    fired_browser.sign_in(&fired, PASSWORD);
    assert_eq!(fired_browser.get(LIST).status, 200);
    house.server.json(
        &[
            "people",
            "set-role",
            &fired,
            "--environment",
            "production",
            "--role",
            "member",
        ],
        None,
    );
    let after = fired_browser.get(LIST);
    assert!(
        after.status == 404 || after.text().contains("id=\"password\""),
        "{after:?}"
    );
}

#[test]
fn s280_s292_names_and_searches_are_text() {
    let house = house();
    let mut anna = manager(house);
    let evil =
        "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{7*7}} =cmd|'/C calc'!A0";
    let (uuid, _) = made(&generate(&mut anna, evil, &["orders.read"]));
    for page in ["", "/rotate", "/delete"] {
        let page = anna.get(&format!("{LIST}/{uuid}{page}"));
        assert_eq!(page.status, 200);
        assert!(
            page.text().contains("&lt;script&gt;alert(1)"),
            "{}",
            page.text()
        );
        assert!(!page.text().contains("<script>alert") && !page.text().contains("<img src=x"));
    }
    for search in [
        "%25",
        "_",
        "'%20or%201=1%20--",
        "%00",
        "!%25",
        "\\",
        "%F0%9F%98%80",
        &"a".repeat(5000),
    ] {
        let page = anna.get(&format!(
            "{LIST}?q={search}&sort=name%20desc;--&after=%5B%22x"
        ));
        assert_eq!(page.status, 200, "{search}");
        let is_nothing = search == "%00";
        assert!(
            is_nothing || !page.text().contains(&uuid),
            "{search} is no wildcard"
        );
    }
    let found = anna.get(&format!("{LIST}?q=onerror&sort=newest"));
    assert!(found.text().contains(&uuid), "{}", found.text());
}

#[test]
fn qc3_presets_and_versions_keep_what_was_typed() {
    let server = Setup::example("quinyx", &["production", "rc"]).start();
    make_anna(&server);
    let mut anna = Browser::at(server.at("production"));
    anna.sign_in("anna", PASSWORD);
    let page = anna.get(NEW);
    assert_eq!(page.text().matches("type=\"checkbox\"").count(), 16 * 4);
    let csrf = between(page.text(), "name=\"csrf\" value=\"", "\"");
    let typed = [
        ("csrf", csrf.as_str()),
        ("name", "Typed"),
        ("description", "Also typed"),
        ("version", "v2"),
    ];
    let v3 = anna.post(NEW, &[&typed[..], &[("do", "version:v3")]].concat());
    assert_eq!(v3.text().matches("type=\"checkbox\"").count(), 6 * 4);
    assert!(v3.text().contains("value=\"Typed\"") && v3.text().contains("value=\"Also typed\""));
    let reads = anna.post(NEW, &[&typed[..], &[("do", "preset:read")]].concat());
    assert_eq!(reads.text().matches(" checked").count(), 16);
    let nothing = fill(&mut anna, &reads, "Nothing ticked", &[]);
    assert_eq!(nothing.status, 400);
    assert!(nothing.text().contains("id=\"allow-problem\""));
    let unknown = fill(
        &mut anna,
        &reads,
        "Too much",
        &["shifts.read", "payroll.read"],
    );
    assert_eq!(unknown.status, 400, "{}", unknown.text());
    let (uuid, _) = made(&fill(
        &mut anna,
        &reads,
        "Reads",
        &["shifts.read", "forecast-prediction.add"],
    ));
    let kept = server.json(&["credentials", "show", &uuid], None);
    assert_eq!(
        kept["scopes"],
        serde_json::json!(["forecast-prediction.add", "shifts.read"])
    );
    assert_eq!(kept["version"], "v2");
}

#[test]
fn nx1_a_secret_that_a_person_chooses_is_judged_and_never_shown() {
    let server = Setup::example("nexus", &["production", "test"]).start();
    make_anna(&server);
    let mut anna = Browser::at(server.at("production"));
    anna.sign_in("anna", PASSWORD);
    let page = anna.get(NEW);
    let field = |page: &Answer, field: &str| {
        between(page.text(), &format!("name=\"{field}\" value=\""), "\"")
    };
    let send = |anna: &mut Browser, page: &Answer, secret: &str| {
        let (csrf, once, version) = (
            field(page, "csrf"),
            field(page, "once"),
            field(page, "version"),
        );
        let fields = [
            ("csrf", csrf.as_str()),
            ("once", &once),
            ("version", &version),
            ("name", "Shop"),
            ("description", "orders"),
            ("allow", "api1"),
            ("secret", secret),
            ("do", "save"),
        ];
        anna.post(NEW, &fields)
    };
    for weak in ["", "short", "aaaaaaaaaaaaaaaa"] {
        let refused = send(&mut anna, &page, weak);
        assert_eq!(refused.status, 400, "{weak}");
        assert!(
            refused.text().contains("id=\"secret-problem\"")
                && refused.text().contains("value=\"Shop\"")
        );
    }
    let secret = "horse battery staple 9";
    let answer = send(&mut anna, &page, secret);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(!answer.text().contains(secret));
    let client_id = between(answer.text(), "<dd><code data-copy>", "<");
    let credential = Credential {
        client_id,
        client_secret: secret.to_owned(),
        ..Credential::default()
    };
    access_token(
        &Request::post("/connect/token")
            .form(crate::http::support::request::form(&[
                ("grant_type", "client_credentials"),
                ("client_id", &credential.client_id),
                ("client_secret", secret),
                ("scope", "api1"),
            ]))
            .send(server.at("production")),
    );
}

#[test]
fn an_operator_sees_every_account_and_says_whose_a_new_credential_is() {
    let server = setup().start();
    let how = [
        "people",
        "create",
        "--environment",
        "production",
        "--username",
        "op",
        "--role",
        "operator",
        "--password-stdin",
    ];
    server.json(&how, Some(PASSWORD));
    server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let mut op = Browser::at(server.at("production"));
    // The page that was asked for comes after the sign-in.
    let asked = op.get(LIST);
    let entered = op.submit(&asked, &[("username", "op"), ("password", PASSWORD)]);
    let list = op.follow(entered);
    assert!(
        list.text().contains("<tr id=\"c-") && list.text().contains("Acme"),
        "{}",
        list.text()
    );
    let page = op.get(NEW);
    let without = fill(&mut op, &page, "Whose", &["orders.read"]);
    assert_eq!(without.status, 400);
    assert!(without.text().contains("id=\"account-problem\""));
}

#[test]
fn a_secret_that_ends_soon_is_told_of_in_the_portal_and_in_the_trail() {
    let mut server = setup().prepare();
    let how = [
        "--version",
        "v1",
        "--allow",
        "orders=read",
        "--secret-expires",
    ];
    let soon = server.credential("production", &[&how[..], &["6d"]].concat());
    let late = server.credential("production", &[&how[..], &["90d"]].concat());
    let refused = server.grantor(
        &[
            "credentials",
            "rotate",
            &late.uuid,
            "--secret-expires",
            "1s",
        ],
        None,
    );
    assert_eq!(refused.status.code(), Some(2));
    make_anna(&server);
    server.start();
    let told = |server: &Server| {
        let trail = server.json(&["audit", "list", "--subject", &soon.uuid], None);
        let rows = trail.as_array().unwrap().clone();
        rows.into_iter()
            .find(|row| row["event"] == "secret.expiring")
    };
    until("the warning is written", || told(&server).is_some());
    assert_eq!(told(&server).unwrap()["details"]["days"], 7);
    let mut anna = Browser::at(server.at("production"));
    anna.sign_in("anna", PASSWORD);
    let list = anna.get(LIST);
    let warning = between(list.text(), "<div class=\"warning\"", "</div>");
    assert!(
        warning.contains(&soon.uuid) && !warning.contains(&late.uuid),
        "{warning}"
    );
    // A successor ends the warning; it may end as well.
    let page = anna.get(&format!("{LIST}/{}/rotate", soon.uuid));
    let rotated = anna.submit(&page, &[("overlap", "1"), ("ends", "365")]);
    assert!(
        rotated.text().contains("This secret ends"),
        "{}",
        rotated.text()
    );
    assert!(!anna.get(LIST).text().contains("class=\"warning\""));
}

#[test]
fn s289_a_suspended_account_is_shut_out_everywhere_and_comes_back() {
    let server = setup().start();
    make_anna(&server);
    let mut anna = Browser::at(server.at("production"));
    anna.sign_in("anna", PASSWORD);
    let (uuid, credential) = made(&generate(&mut anna, "Suspended", &["orders.read"]));
    let ask = || {
        Request::post(TOKEN)
            .basic(&credential)
            .form(GRANT)
            .send(server.at("production"))
    };
    let token = access_token(&ask());
    let introspect = |token: &str| {
        let fields = crate::http::support::request::form(&[("token", token)]);
        Request::post("/oauth/introspect")
            .basic(&credential)
            .form(fields)
            .send(server.at("production"))
    };
    assert_eq!(introspect(&token).json()["active"], true);
    server.json(&["accounts", "suspend", "Acme"], None);
    assert!(
        anna.get(LIST).text().contains("id=\"password\""),
        "the session is dead"
    );
    assert!(
        anna.sign_in("anna", PASSWORD)
            .text()
            .contains("id=\"password\"")
    );
    assert_eq!(ask().status, 401);
    assert_eq!(introspect(&token).status, 401);
    server.json(&["accounts", "restore", "Acme"], None);
    anna.sign_in("anna", PASSWORD);
    assert_eq!(anna.get(&format!("{LIST}/{uuid}")).status, 200);
    assert_eq!(introspect(&token).json()["active"], true);
}

#[test]
fn s295_a_token_is_no_session_and_a_session_no_token() {
    let house = house();
    let mut anna = manager(house);
    let client = house.credential("production");
    let token = house.token("production", &client);
    let asked = Request::get(LIST)
        .bearer(&token)
        .send(house.server.at("production"));
    assert!(asked.text().contains("id=\"password\""), "{}", asked.text());
    let cookie = Request::get(LIST)
        .header("Cookie", format!("grantor-production-session={token}"))
        .send(house.server.at("production"));
    assert!(cookie.text().contains("id=\"password\""));
    anna.get(LIST);
    let session = anna.cookies["grantor-production-session"].clone();
    assert_eq!(house.orders("production", &session).status, 401);
    let management = Request::get("/admin/v1/credentials")
        .bearer(&session)
        .send(&house.server.admin);
    assert_eq!(management.status, 401);
    // Nor is a session of one environment one of another.
    let elsewhere = Request::get(LIST)
        .header(
            "Cookie",
            format!("grantor-sandbox-session={session}; grantor-production-session={session}"),
        )
        .send(house.server.at("sandbox"));
    assert!(elsewhere.text().contains("id=\"password\""));
}

#[test]
fn s296_pages_let_nothing_in_from_elsewhere() {
    let house = house();
    let mut anna = manager(house);
    let (uuid, _) = made(&generate(&mut anna, "Headers", &["orders.read"]));
    for target in [
        LIST.to_owned(),
        NEW.to_owned(),
        format!("{LIST}/{uuid}"),
        "/portal".to_owned(),
        "/portal/activity".to_owned(),
        "/portal/operations/status".to_owned(),
    ] {
        let page = anna.get(&target);
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains("http"),
            "{policy}"
        );
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let text = page.text().replace("&#x2f;", "/");
        for elsewhere in ["src=\"http", "@import", "url(", "<link"] {
            assert!(!text.contains(elsewhere), "{target}: {elsewhere}");
        }
    }
}
