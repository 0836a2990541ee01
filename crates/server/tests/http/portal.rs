//! `/portal`: signing in, second factor, changing a password, sessions, invitations

use crate::http::support::browser::{begin_second_factor, between, now_in_seconds};
use crate::http::support::house::PASSWORD;
use crate::http::support::request::form;
use crate::http::support::{Browser, House, Request, Setup, house, on_each_database};

mod activity;
mod assertion;
mod credentials;
mod operations;
mod people;
mod staff;

const SESSION: &str = "grantor-production-session";

fn browser(house: &House) -> Browser {
    Browser::at(house.server.at("production"))
}

/// Asks for an authenticator app while one is in force.
fn begin_again(browser: &mut Browser) -> crate::http::support::Answer {
    let page = browser.get("/portal/security");
    let csrf = between(page.text(), "name=\"csrf\" value=\"", "\"");
    browser.post("/portal/security/second-factor", &[("csrf", &csrf)])
}

on_each_database! {
    fn s211_every_sign_in_has_a_new_session_and_the_old_one_is_dead(house) {
        let person = house.person("production", &[]);
        let mut first = browser(house);
        // A cookie that somebody set before is never what is signed in.
        let planted = "A".repeat(43);
        first.cookies.insert(SESSION.to_owned(), planted.clone());
        let home = first.sign_in(&person, PASSWORD);
        assert!(home.text().contains("id=\"sign-out\""), "{}", home.text());
        let before = first.cookies[SESSION].clone();
        assert_ne!(before, planted);
        first.cookies.remove(SESSION);
        let mut second = browser(house);
        second.cookies.insert(SESSION.to_owned(), planted);
        assert!(second.get("/portal").text().contains("id=\"password\""));
        first.sign_in(&person, PASSWORD);
        assert_ne!(first.cookies[SESSION], before);
        let page = first.get("/portal");
        let gone = first.submit(&page, &[]);
        assert_eq!((gone.status, gone.header("location")), (303, Some("/portal/signed-out")));
        assert!(!first.cookies.contains_key(SESSION));
    }

    fn s090_a_temporary_password_opens_nothing_but_its_change(house) {
        let person = house.person("production", &["--must-change-password"]);
        let mut guest = browser(house);
        let page = guest.sign_in(&person, PASSWORD);
        assert!(page.text().contains("id=\"newpassword\""), "{}", page.text());
        for skipped in ["/portal", "/portal/security"] {
            assert!(guest.get(skipped).text().contains("id=\"username\""), "{skipped}");
        }
        let client = house.client_of("production", "authorization_code", &[]);
        let target = crate::http::support::browser::request_of(&client, &[]);
        assert!(guest.get(&target).text().contains("id=\"username\""));
        let refused = guest.submit(&page, &[("password", PASSWORD), ("newpassword", "short")]);
        assert!(refused.status == 400 && refused.text().contains("at least 8"));
        let before = guest.cookies[SESSION].clone();
        let changed = guest.submit(&page, &[("password", PASSWORD), ("newpassword", "a whole new phrase")]);
        let home = guest.follow(changed);
        assert!(home.text().contains("id=\"sign-out\""), "{}", home.text());
        assert_ne!(guest.cookies[SESSION], before);
        let mut other = browser(house);
        assert_eq!(other.sign_in(&person, PASSWORD).status, 400);
        assert!(other.sign_in(&person, "a whole new phrase").text().contains("id=\"sign-out\""));
    }

    fn sessions_can_be_listed_and_ended(house) {
        let person = house.person("production", &[]);
        let (mut mine, mut lost) = (browser(house), browser(house));
        mine.sign_in(&person, PASSWORD);
        lost.sign_in(&person, PASSWORD);
        let security = mine.get("/portal/security");
        let csrf = security.text().split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(security.text().contains("this browser"));
        let done = mine.post("/portal/security/sessions/end", &[("csrf", &csrf), ("session", "others")]);
        assert!(done.text().contains("Signed out everywhere else"), "{}", done.text());
        assert!(lost.get("/portal").text().contains("id=\"username\""));
        assert!(mine.get("/portal").text().contains("id=\"sign-out\""));
        let listed = house.server.json(&["people", "sessions", &person, "--environment", "production"], None);
        assert_eq!(listed.as_array().unwrap().len(), 1);
        house.server.json(&["people", "end-sessions", &person, "--environment", "production"], None);
        assert!(mine.get("/portal").text().contains("id=\"username\""));
    }

    fn s219_s220_an_invitation_works_once_and_looking_spends_nothing(house) {
        let how = ["people", "create", "--environment", "production", "--account", "Acme", "--username"];
        let name = format!("invited-{}", house.person("production", &[]));
        let made = house.server.json(&[&how[..], &[&name]].concat(), None);
        let link = made["invitation"].as_str().unwrap();
        let authority = house.server.at("production");
        let path = link.strip_prefix(&format!("http://{authority}")).expect("S219: the configured host");
        for _ in 0..3 {
            assert_eq!(browser(house).get(path).status, 200);
        }
        let mut guest = browser(house);
        let page = guest.get(path);
        assert!(guest.submit(&page, &[("newpassword", "password1")]).text().contains("every list"));
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| {
                let mut guest = browser(house);
                let page = guest.get(path);
                if page.status != 200 { return 0; }
                usize::from(guest.submit(&page, &[("newpassword", "a phrase of my own")]).status == 303)
            })).collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
        assert_eq!(browser(house).get(path).status, 400);
        assert!(browser(house).sign_in(&name, "a phrase of my own").text().contains("id=\"sign-out\""));
    }

    fn s100_the_second_factor_is_asked_for_and_never_skipped(house) {
        let person = house.person("production", &[]);
        let mut mine = browser(house);
        mine.sign_in(&person, PASSWORD);
        let (enrolment, totp) = begin_second_factor(&mut mine);
        let now = now_in_seconds;
        assert!(mine.submit(&enrolment, &[("code", "000000")]).status == 400);
        let codes = mine.submit(&enrolment, &[("code", &totp.generate(now() - 30).to_string())]);
        // The secret in force is never shown again, not to a wrong code and not to a new beginning.
        let again = mine.submit(&enrolment, &[("code", "000000")]);
        assert!(!again.text().contains("id=\"secret\""), "{}", again.text());
        assert!(!begin_again(&mut mine).text().contains("id=\"secret\""));
        let recovery: Vec<&str> = codes.text().split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
        assert_eq!(recovery.len(), 10, "{}", codes.text());

        let mut other = browser(house);
        let asked = other.sign_in(&person, PASSWORD);
        assert!(asked.text().contains("id=\"code\""), "{}", asked.text());
        assert!(other.get("/portal/security").text().contains("id=\"username\""), "not signed in yet");
        assert_eq!(other.submit(&asked, &[("code", "123")]).status, 400);
        let code = totp.generate(now()).to_string();
        let entered = other.submit(&asked, &[("code", &code)]);
        assert!(other.follow(entered).text().contains("id=\"sign-out\""));
        // The same code again, and a recovery code twice.
        let mut third = browser(house);
        let asked = third.sign_in(&person, PASSWORD);
        assert_eq!(third.submit(&asked, &[("code", &code)]).status, 400);
        let entered = third.submit(&asked, &[("code", &recovery[0].to_uppercase())]);
        assert!(third.follow(entered).text().contains("id=\"sign-out\""));
        let mut fourth = browser(house);
        let asked = fourth.sign_in(&person, PASSWORD);
        assert_eq!(fourth.submit(&asked, &[("code", recovery[0])]).status, 400);

        let client = house.client_of("production", "password", &[]);
        let fields = crate::http::support::request::form(&[("grant_type", "password"), ("username", &person), ("password", PASSWORD)]);
        assert_eq!(house.ask("production", &client, &fields).error(), "invalid_grant");
        house.server.json(&["people", "reset-second-factor", &person, "--environment", "production"], None);
        assert!(browser(house).sign_in(&person, PASSWORD).text().contains("id=\"sign-out\""));
    }
}

#[test]
fn s215_names_are_shown_as_text() {
    let house = house();
    let person = house.person("production", &[]);
    let evil = "<script>alert(1)</script>\"><img onerror=x>{{7*7}}\u{202e}";
    let how = [
        "--version",
        "v1",
        "--allow",
        "orders=read",
        "--grant-type",
        "authorization_code",
        "--redirect-uri",
        crate::http::support::house::CALLBACK,
    ];
    let common = [
        "credentials",
        "create",
        "--environment",
        "production",
        "--account",
        "Acme",
        "--name",
        "<b>{{7*7}}\"",
        "--description",
        "<script>{{7*7}}",
    ];
    let made = house.server.json(&[&common[..], &how].concat(), None);
    let client = crate::http::support::Credential {
        uuid: String::new(),
        client_id: made["client_id"].as_str().unwrap().to_owned(),
        client_secret: String::new(),
    };
    let mut guest = browser(house);
    let target = crate::http::support::browser::request_of(
        &client,
        &[("login_hint", evil), ("ui_locales", "../../etc/passwd")],
    );
    let page = guest.get(&target);
    let entered = guest.submit(&page, &[("username", &person), ("password", PASSWORD)]);
    let consent = guest.follow(entered);
    for shown in [&page, &consent] {
        let text = shown.text();
        for forbidden in ["<script", "<img", "<b>", ">49"] {
            assert!(!text.contains(forbidden), "{forbidden} in {text}");
        }
        assert!(text.contains("<html lang=\"en\">"));
    }
    assert!(consent.text().contains("{{7*7}}"));
}

#[test]
fn s216_no_address_is_taken_from_a_request() {
    let house = house();
    let person = house.person("production", &[]);
    for evil in ["//evil", "/\\evil", "https:evil", "%2f%2fevil", "/%09/evil"] {
        let mut guest = browser(house);
        let page = guest.get(&format!("/portal?next={evil}&return={evil}"));
        let typed = [
            ("username", person.as_str()),
            ("password", PASSWORD),
            ("next", evil),
            ("return_to", evil),
        ];
        let entered = guest.submit(&page, &typed);
        assert_eq!(entered.header("location"), Some("/portal"));
        let page = guest.get("/portal");
        assert_eq!(guest.submit(&page, &[]).status, 303);
        let page = guest.get("/portal");
        assert_eq!(
            guest
                .submit(&page, &[("flow", evil), typed[0], typed[1]])
                .status,
            400
        );
    }
}

/// Behind a proxy that ends TLS, as everyone runs it: cookies no neighbouring host can set or read (S212).
#[test]
fn s212_over_https_cookies_are_bound_to_the_host() {
    let text = "[server]\ntrusted_proxies = [\"127.0.0.1/32\"]\n[environments.production]\n\
                [environments.public]\nurl = \"https://api.example.com\"\n";
    let server = Setup::written(text, &["production"]).start();
    let create = [
        "people",
        "create",
        "--environment",
        "public",
        "--account",
        "Acme",
        "--username",
        "anna",
        "--password-stdin",
    ];
    server.json(&create, Some(PASSWORD));
    let mut browser = Browser::at(server.at("production"));
    let through_proxy = |request: Request| {
        request
            .header("Host", "api.example.com")
            .header("X-Forwarded-Proto", "https")
    };
    let page = browser.send(through_proxy(Request::get("/portal")));
    let field = |name: &str| between(page.text(), &format!("name=\"{name}\" value=\""), "\"");
    let typed = form(&[
        ("flow", &field("flow")),
        ("csrf", &field("csrf")),
        ("username", "anna"),
        ("password", PASSWORD),
    ]);
    let entered = browser.send(through_proxy(Request::post("/portal/sign-in").form(typed)));
    assert_eq!(entered.status, 303, "{}", entered.text());
    for (answer, kind) in [(&page, "browser"), (&entered, "session")] {
        let cookie = answer.header("set-cookie").unwrap();
        assert!(
            cookie.starts_with(&format!("__Host-grantor-public-{kind}=")),
            "{cookie}"
        );
        for part in ["; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert_eq!(
        page.header("strict-transport-security"),
        Some("max-age=31536000")
    );
    let home = browser.send(through_proxy(Request::get("/portal")));
    assert!(home.text().contains("id=\"sign-out\""));
}

on_each_database! {
    /// S219, S220, S290: by a link that works once, as who the platform says, in the account it says.
    fn s290_a_person_comes_from_the_platforms_own_product(house) {
        let admin = &house.server.admin;
        let token = house.server.json(&["operators", "token", "--name", "product", "--scopes", "people:write"], None);
        let token = token["operator_token"].as_str().unwrap().to_owned();
        let ask = |body: serde_json::Value| Request::post("/admin/v1/people/hand-over").bearer(&token).body("application/json", body.to_string()).send(admin);
        let name = format!("berta.{}@hand.example", house.person("production", &[]));
        let asked = serde_json::json!({ "environment": "production", "account": "Handed & Over", "username": name, "role": "account-manager" });
        let answer = ask(asked.clone());
        assert_eq!(answer.status, 200, "{}", answer.text());
        let url = answer.json()["hand_over"].as_str().unwrap().to_owned();
        let target = url.split(house.server.at("production")).nth(1).unwrap().to_owned();
        let mut berta = browser(house);
        // Looking spends nothing, and signs nobody in.
        for _ in 0..3 {
            let page = berta.get(&target);
            assert!(page.text().contains(&name) && page.text().contains("Handed &amp; Over"), "{}", page.text());
        }
        assert!(berta.get("/portal").text().contains("id=\"username\""));
        let page = berta.get(&target);
        let entered = berta.submit(&page, &[]);
        let home = berta.follow(entered);
        assert!(home.text().contains("id=\"sign-out\"") && home.text().contains("/portal/credentials"), "{}", home.text());
        let mut other = browser(house);
        assert_eq!(other.get(&target).status, 400, "it works once");
        // The role is what the platform says now, and the sessions of the old one are over.
        let mut member = asked.clone();
        member["role"] = "member".into();
        let again = ask(member);
        assert_eq!(again.json()["id"], answer.json()["id"]);
        assert!(berta.get("/portal").text().contains("id=\"username\""), "a changed role ends the session");
        // What is refused.
        let change = |member: &str, value: &str| {
            let mut changed = asked.clone();
            changed[member] = value.into();
            ask(changed).status
        };
        assert_eq!(change("role", "operator"), 400);
        assert_eq!(change("account", "Somebody else"), 409);
        assert_eq!(change("environment", "elsewhere"), 400);
        let mut extra = asked.clone();
        extra["password"] = "x".into();
        assert_eq!(ask(extra).status, 400);
        house.server.json(&["people", "disable", &name, "--environment", "production"], None);
        assert_eq!(ask(asked.clone()).status, 409);
        let without = Request::post("/admin/v1/people/hand-over").body("application/json", asked.to_string()).send(admin);
        assert_eq!(without.status, 401);
    }
}
