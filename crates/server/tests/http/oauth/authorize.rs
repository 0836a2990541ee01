//! `GET /oauth/authorize`

use crate::http::support::browser::{location, parameter, request_of};
use crate::http::support::house::{CALLBACK, PASSWORD};
use crate::http::support::request::form;
use crate::http::support::{Browser, Request, house, on_each_database};

on_each_database! {
    fn px2_s162_s165_s217_s224_a_person_signs_in_consents_and_is_sent_back(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let person = house.person("production", &[]);
        let mut browser = Browser::at(house.server.at("production"));
        let target = request_of(&client, &[("state", "as it came &code=x#"), ("scope", "orders.read")]);
        let page = browser.get(&target);
        assert_eq!(page.status, 200);
        let page = browser.submit(&page, &[("username", &person), ("password", "a wrong one")]);
        assert_eq!(page.status, 400);
        assert!(page.text().contains("to continue to"), "the page still says for whom: {}", page.text());
        let consent = browser.submit(&page, &[("username", &person), ("password", PASSWORD)]);
        assert_eq!(consent.status, 303, "a redirect after a form is 303 (S165)");
        let consent = browser.follow(consent);
        let words = consent.text().replace(['\u{2068}', '\u{2069}'], "");
        assert!(words.contains("read orders") && !words.contains("add orders"));
        let allowed = browser.submit(&consent, &[("decision", "allow")]);
        let back = location(&browser.follow(allowed)).unwrap();
        assert!(back.starts_with(&format!("{CALLBACK}?code=")), "{back}");
        assert_eq!(parameter(&back, "state").unwrap(), "as it came &code=x#");
        let issuer = format!("http://{}", house.server.at("production"));
        assert_eq!(parameter(&back, "iss").unwrap(), issuer);
        // Allowed once is not asked again; more than that is (S217).
        let again = browser.get(&target);
        assert!(location(&again).unwrap().starts_with(CALLBACK), "{}", again.head);
        let wider = browser.get(&request_of(&client, &[("scope", "orders.read orders.add")]));
        assert!(wider.text().contains("id=\"allow\""));
        let denied = browser.submit(&wider, &[("decision", "deny")]);
        let back = location(&browser.follow(denied)).unwrap();
        assert_eq!(parameter(&back, "error").unwrap(), "access_denied");
        assert_eq!(parameter(&back, "iss").unwrap(), issuer);
    }

    fn s174_a_flow_belongs_to_the_browser_that_began_it(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let person = house.person("production", &[]);
        let authority = house.server.at("production");
        let (mut attacker, mut victim) = (Browser::at(authority), Browser::at(authority));
        let begun = attacker.get(&request_of(&client, &[]));
        victim.get(&request_of(&client, &[]));
        // The attacker's form in the victim's browser: its csrf value is another's.
        let answer = victim.submit(&begun, &[("username", &person), ("password", PASSWORD)]);
        assert_eq!(answer.status, 403);
        // The attacker's sealed flow behind the victim's own csrf value.
        let own = victim.get(&request_of(&client, &[]));
        let flow = begun.text().split("name=\"flow\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let answer = victim.submit(&own, &[("flow", flow), ("username", &person), ("password", PASSWORD)]);
        assert_eq!(answer.status, 400);
        let answer = victim.get(&format!("/oauth/authorize?flow={flow}"));
        assert_eq!((answer.status, location(&answer)), (400, None));
    }
}

#[test]
fn px3_s150_s151_s152_what_cannot_be_trusted_is_shown_and_never_redirected() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let foreign = house.client_of("sandbox", "authorization_code", &[]);
    let authority = house.server.at("production");
    let shown = |target: &str| {
        let answer = Browser::at(authority).get(target);
        assert_eq!((answer.status, location(&answer)), (400, None), "{target}");
        assert!(
            answer.text().contains("<h1>") && !answer.text().contains("evil"),
            "{target}"
        );
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    };
    for client_id in ["", "nobody", &foreign.client_id] {
        shown(&request_of(&client, &[("client_id", client_id)]));
    }
    for redirect_uri in [
        "",
        "https://app.example.com.evil.com/back",
        "https://app.example.com@evil.com/back",
        "https://app.example.com/back/../evil",
        "https://app.example.com/back/..;/evil",
        "https://app.example.com/back%2f..",
        "https://app.example.com/back?x",
        "https://app.example.com/back/",
        "https://app.example.com/back#f",
        "https://app.example.com/Back",
        "https://app.example.com:444/back",
        "http://app.example.com/back",
        "//evil.com",
        "https://u@app.example.com/back",
        "https:\\\\app.example.com\\back",
        "https://app.ex\u{430}mple.com/back",
        "https://app.example.com/back\r\nX: y",
        " https://app.example.com/back",
        "\thttps://app.example.com/back",
        "javascript:alert(1)",
    ] {
        shown(&request_of(&client, &[("redirect_uri", redirect_uri)]));
    }
    let twice = format!(
        "{}&redirect_uri=https%3A%2F%2Fevil.com",
        request_of(&client, &[])
    );
    shown(&twice);
    shown(&format!("{}&client_id=x", request_of(&client, &[])));
}

#[test]
fn s112_s156_s157_s159_s169_s170_s172_other_errors_go_back_to_the_client() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let authority = house.server.at("production");
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (
            &[("response_type", "code token")],
            "unsupported_response_type",
        ),
        (
            &[("response_type", "code id_token")],
            "unsupported_response_type",
        ),
        (&[("response_type", "none")], "unsupported_response_type"),
        (
            &[("response_type", "code code")],
            "unsupported_response_type",
        ),
        (&[("response_mode", "fragment")], "invalid_request"),
        (
            &[("code_challenge", ""), ("code_challenge_method", "")],
            "invalid_request",
        ),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "dance")], "invalid_request"),
        (&[("prompt", "none")], "login_required"),
        (&[("max_age", "-1")], "invalid_request"),
        (
            &[("max_age", "1000000000000000000000000000000")],
            "invalid_request",
        ),
        (&[("request", "eyJ")], "request_not_supported"),
        (
            &[("request_uri", "https://evil.com")],
            "request_uri_not_supported",
        ),
        (&[("id_token_hint", "eyJ")], "invalid_request"),
        (
            &[("resource", "https://other.example.com")],
            "invalid_target",
        ),
    ];
    for (more, error) in cases {
        let more = [more, &[("state", "s1")][..]].concat();
        let back = location(&Browser::at(authority).get(&request_of(&client, &more))).unwrap();
        assert!(back.starts_with(CALLBACK), "{back}");
        assert_eq!(
            parameter(&back, "error").as_deref(),
            Some(*error),
            "{more:?}"
        );
        assert_eq!(parameter(&back, "state").as_deref(), Some("s1"));
        assert_eq!(parameter(&back, "iss"), Some(format!("http://{authority}")));
    }
    // S159: a doubled state is nobody's.
    let doubled = format!("{}&state=a&state=b%26error%3Dx", request_of(&client, &[]));
    let back = location(&Browser::at(authority).get(&doubled)).unwrap();
    assert_eq!(
        parameter(&back, "error").as_deref(),
        Some("invalid_request")
    );
    assert_eq!(parameter(&back, "state"), None);
}

#[test]
fn s164_a_scope_error_is_redirected_only_after_someone_signed_in() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let person = house.person("production", &[]);
    let mut browser = Browser::at(house.server.at("production"));
    let target = request_of(&client, &[("scope", "orders.delete")]);
    assert_eq!(browser.get(&target).status, 200);
    let back = browser.walk(&target, &person);
    assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_scope"));
}

#[test]
fn s154_the_port_of_a_loopback_address_is_the_apps_own() {
    let house = house();
    let registered = ["--redirect-uri", "http://127.0.0.1/cb"];
    let client = house.client_of("production", "authorization_code", &registered);
    let authority = house.server.at("production");
    let ask = |uri| {
        Browser::at(authority)
            .get(&request_of(&client, &[("redirect_uri", uri)]))
            .status
    };
    assert_eq!(ask("http://127.0.0.1:51000/cb"), 200);
    for other in [
        "http://localhost:51000/cb",
        "http://127.0.0.1:51000/cb/",
        "http://127.0.0.1:51000/cb?x=1",
        "http://u@127.0.0.1:51000/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:99999/cb",
        "https://127.0.0.1:51000/cb",
    ] {
        assert_eq!(ask(other), 400, "{other}");
    }
}

#[test]
fn s160_s161_state_and_the_uris_own_query_come_back_as_they_were() {
    let house = house();
    let uri = "https://app.example.com/q?a=b";
    let client = house.client_of("production", "authorization_code", &["--redirect-uri", uri]);
    let person = house.person("production", &[]);
    let mut browser = Browser::at(house.server.at("production"));
    for state in ["s".repeat(384), "<script>\"'&=ü %00".to_owned()] {
        let target = request_of(&client, &[("redirect_uri", uri), ("state", &state)]);
        let page = browser.get(&target);
        assert!(!page.text().contains("<script>"));
        let back = browser.walk(&target, &person);
        assert!(
            back.starts_with("https://app.example.com/q?a=b&code="),
            "{back}"
        );
        assert_eq!(parameter(&back, "state"), Some(state));
    }
    let back = browser.walk(&request_of(&client, &[("redirect_uri", uri)]), &person);
    assert_eq!(parameter(&back, "state"), None);
}

#[test]
fn s170_prompt_login_and_max_age_ask_for_the_password_once_more() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let person = house.person("production", &[]);
    let mut browser = Browser::at(house.server.at("production"));
    browser.walk(&request_of(&client, &[]), &person);
    for again in [("prompt", "login"), ("max_age", "0")] {
        let target = request_of(&client, &[again]);
        let page = browser.get(&target);
        assert!(page.text().contains("id=\"password\""), "{again:?}");
        let back = browser.walk(&target, &person);
        assert!(parameter(&back, "code").is_some(), "{again:?}: {back}");
    }
    let silent = browser.get(&request_of(&client, &[("prompt", "none")]));
    assert!(parameter(&location(&silent).unwrap(), "code").is_some());
    let asked = browser.get(&request_of(&client, &[("prompt", "consent")]));
    assert!(asked.text().contains("id=\"allow\""));
}

#[test]
fn s166_s212_s214_the_pages_headers_and_cookies() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let authority = house.server.at("production");
    let page = Browser::at(authority).get(&request_of(&client, &[]));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(
        !policy.contains("unsafe")
            && policy.contains("form-action 'self' https://app.example.com;")
    );
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    let cookie = page.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("grantor-production-browser=")
            && cookie.contains("; HttpOnly; SameSite=Lax")
    );
    let person = house.person("production", &[]);
    let typed = [("username", person.as_str()), ("password", PASSWORD)];
    for (name, value) in [
        ("Origin", "null"),
        ("Origin", "https://evil.com"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        let mut browser = Browser::at(authority);
        let page = browser.get(&request_of(&client, &[]));
        let hidden: Vec<(String, String)> = ["flow", "csrf"]
            .iter()
            .map(|field| {
                let value = page
                    .text()
                    .split(&format!("name=\"{field}\" value=\""))
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap();
                ((*field).to_owned(), value.to_owned())
            })
            .collect();
        let mut fields: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        fields.extend(typed);
        let request = Request::post("/portal/sign-in")
            .header(name, value)
            .form(form(&fields));
        assert_eq!(browser.send(request).status, 403, "{name}: {value}");
        assert!(!browser.cookies.contains_key("grantor-production-session"));
        assert_eq!(
            browser
                .submit(&page, &[("csrf", ""), typed[0], typed[1]])
                .status,
            403
        );
        assert_eq!(browser.submit(&page, &typed).status, 303);
        // S211: the form of before is nobody's once someone signed in.
        assert_eq!(browser.submit(&page, &typed).status, 403);
    }
}
