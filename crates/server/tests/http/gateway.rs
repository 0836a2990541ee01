//! Everything under an environment that is no endpoint: the way to the platform's own API.

use super::support::house::access_token;
use super::support::request::basic;
use super::support::{Answer, Connection, House, Request, house, on_each_database};

/// A name by which the upstream's memory can be asked for one test's requests.
fn mark(name: &str) -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    format!(
        "mark-{name}-{}-end",
        NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    )
}

fn challenge(answer: &Answer) -> &str {
    answer
        .header("www-authenticate")
        .unwrap_or_else(|| panic!("{answer:?}"))
}

on_each_database! {
    fn s226_a_call_without_a_live_token(house) {
        let authority = house.server.at("production");
        let mark = mark("s226");
        let call = || Request::get("/v1/orders").header("X-Mark", &mark);
        for none in [call(), call().header("Authorization", "Basic eDp5"), call().header("Authorization", "Token abc")] {
            let answer = none.send(authority);
            assert_eq!(answer.status, 401);
            assert_eq!(challenge(&answer), "Bearer realm=\"production\"", "no error where no token was sent");
        }
        let client = house.credential("production");
        let revoked = house.token("production", &client);
        house.revoke("production", &client, &revoked);
        let elsewhere = house.token("sandbox", &house.credential("sandbox"));
        let live = house.token("production", &client);
        let dead = ["nonsense".to_owned(), String::new(), format!("{live} {live}"), format!("{live}x"), revoked, elsewhere];
        let mut bodies = Vec::new();
        for token in dead {
            let answer = call().bearer(&token).send(authority);
            assert_eq!(answer.status, 401, "{token}");
            assert!(challenge(&answer).starts_with("Bearer realm=\"production\", error=\"invalid_token\""), "{}", challenge(&answer));
            bodies.push(answer);
        }
        assert_eq!(call().bearer(&live).bearer(&live).send(authority).status, 401, "two headers");
        // A token elsewhere than in the header is none.
        let in_query = Request::get(&format!("/v1/orders?access_token={live}")).header("X-Mark", &mark).send(authority);
        assert_eq!(in_query.status, 401);
        assert!(!house.server.log_after(&in_query).contains(&live));
        assert!(house.upstream.seen(&mark).is_empty());
        assert_eq!(call().bearer(&live).send(authority).status, 200);
        assert_eq!(house.upstream.seen(&mark).len(), 1);
    }

    fn s227_qc4_a_token_that_does_not_reach_this_far(house) {
        let authority = house.server.at("production");
        let client = house.server.credential("production", &["--version", "v1", "--allow", "orders=read,write"]);
        let answer = house.ask("production", &client, "grant_type=client_credentials&scope=orders.read");
        let token = access_token(&answer);
        let mark = mark("s227");
        for (method, path, needed) in [("POST", "/v1/orders", "orders.add"), ("PUT", "/v1/orders/7", "orders.write"), ("DELETE", "/v1/orders/7", "orders.delete"), ("GET", "/v1/tags", "tags.read")] {
            let answer = Request::new(method, path).header("X-Mark", &mark).bearer(&token).send(authority);
            assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()), "{method} {path}");
            assert!(challenge(&answer).contains("error=\"insufficient_scope\""));
            assert!(challenge(&answer).contains(&format!("scope=\"{needed}\"")), "{}", challenge(&answer));
        }
        assert!(house.upstream.seen(&mark).is_empty());
        assert_eq!(Request::get("/v1/orders/7").bearer(&token).send(authority).status, 200);
        assert_eq!(Request::get("/any").bearer(&token).send(authority).status, 200, "any live token");
    }
}

/// Sends a request line as it stands.
fn raw(house: &House, line: &str, token: Option<&str>, mark: &str) -> Option<Answer> {
    let authority = house.server.at("production");
    let bearer = token
        .map(|token| format!("Authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let mut connection = Connection::open(authority);
    let _ = connection.send(format!("{line} HTTP/1.1\r\nHost: {authority}\r\nX-Mark: {mark}\r\n{bearer}Connection: close\r\n\r\n").as_bytes());
    connection.answer(line.starts_with("HEAD "))
}

#[test]
fn s229_a_path_that_climbs_out_of_an_open_route_is_refused() {
    let house = house();
    let mark = mark("s229");
    let token = house.token("production", &house.credential("production"));
    for path in [
        "/public/../v1/orders",
        "/public/%2e%2e/v1/orders",
        "/public/%252e%252e/v1/orders",
        "/public/..%2fv1/orders",
        "/public/..;/v1/orders",
        "/public/.%2e/",
        "/public\\..\\v1",
        "/public/%2E%2E/v1/orders",
        "/public/%5c..%5cv1",
        "/public/..%5cv1",
        "/public/./..",
        "/..",
        "/public/%c0%ae%c0%ae/v1",
    ] {
        for token in [None, Some(token.as_str())] {
            // Some cannot even stand in a request line, and then it is no HTTP.
            let status =
                raw(house, &format!("GET {path}"), token, &mark).map(|answer| answer.status);
            assert!(matches!(status, Some(400 | 403)), "{path}: {status:?}");
        }
    }
    assert!(house.upstream.seen(&mark).is_empty());
    assert_eq!(
        raw(house, "GET /public/x", None, &mark).unwrap().status,
        200
    );
    assert_eq!(house.upstream.seen(&mark).len(), 1);
}

#[test]
fn s230_another_spelling_of_a_protected_path_is_refused_or_protected() {
    let house = house();
    let mark = mark("s230");
    for path in [
        "//v1/orders",
        "/v1//orders",
        "/v1/./orders",
        "/v1/orders/",
        "/V1/orders",
        "/v1/orders;x=1",
        "/v1/orders%00",
        "/v1/orders%20",
        "/v1/orders.json",
        "/v1/%6frders",
        "/v1/%6Frders",
        "/v1/orders%3f",
        "/v1/orders%23x",
        "/v1/orders#x",
        "/V1/ORDERS",
        "/v1/orders?x=/public/",
        "/nothing",
        "/v1",
        "/v1/ordersadmin",
        "/publicity",
    ] {
        let status = raw(house, &format!("GET {path}"), None, &mark).map(|answer| answer.status);
        assert!(
            matches!(status, Some(400 | 401 | 403 | 404)),
            "{path}: {status:?}"
        );
    }
    assert!(house.upstream.seen(&mark).is_empty());
}

#[test]
fn s237_only_the_gateway_says_who_calls() {
    let house = house();
    let client = house.credential("production");
    let token = house.token("production", &client);
    let authority = house.server.at("production");
    let mark = mark("s237");
    let names = [
        "X-Grantor-Account",
        "x-grantor-account",
        "X_Grantor_Account",
        "X.Grantor.Account",
        "X-Grantor-Client-Id",
        "x_grantor_client_id",
        "X-Grantor-Scope",
        "X-Grantor-Credential",
        "X-Grantor-Anything",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X_Forwarded_Host",
        "Forwarded",
        "X-Real-IP",
        "X-Original-URL",
        "X-Rewrite-Url",
        "X-Request-Id",
    ];
    let mut request = Request::get("/v1/orders")
        .header("X-Mark", &mark)
        .bearer(&token);
    for name in names {
        request = request.header(name, "forged-admin");
    }
    let answer = request
        .header(
            "Connection",
            "close, X-Grantor-Account, X-Forwarded-Host, X-Grantor-Client-Id",
        )
        .send(authority);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer.header("x-grantor-account").is_none(),
        "what the upstream says about callers does not come back"
    );
    let seen = house.upstream.seen(&mark);
    let [head] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert!(!head.contains("forged-admin"), "{head}");
    assert!(
        head.contains(&format!(
            "x-grantor-client-id: {}",
            client.client_id.to_lowercase()
        )),
        "{head}"
    );
    assert!(head.contains("x-grantor-account: acme"), "{head}");
    assert!(
        !head.contains(&token.to_lowercase()) && !head.contains("authorization:"),
        "the token ends here: {head}"
    );
    // A name that is no HTTP at all is no way around it.
    let mut odd = Connection::open(authority);
    let _ = odd.send(format!("GET /v1/orders HTTP/1.1\r\nHost: {authority}\r\nX-Mark: {mark}\r\nAuthorization: Bearer {token}\r\nX-Grantor-Account : forged-admin\r\nConnection: close\r\n\r\n").as_bytes());
    assert_eq!(odd.answer(false).unwrap().status, 400);
    assert_eq!(house.upstream.seen(&mark).len(), 1);
}

#[test]
fn s239_a_method_that_nobody_granted_opens_nothing() {
    let house = house();
    let token = house.token("production", &house.credential("production"));
    let mark = mark("s239");
    for line in [
        "OPTIONS /v1/orders",
        "get /v1/orders",
        "GETX /v1/orders",
        "PROPFIND /v1/orders",
        "TRACE /v1/orders",
        "CONNECT /v1/orders",
        "CONNECT example.com:443",
    ] {
        for token in [None, Some(token.as_str())] {
            let status = raw(house, line, token, &mark).map(|answer| answer.status);
            assert!(
                matches!(status, Some(400 | 401 | 403 | 404 | 405 | 421)),
                "{line}: {status:?}"
            );
        }
    }
    assert!(house.upstream.seen(&mark).is_empty());
    assert_eq!(
        raw(house, "HEAD /v1/orders", None, &mark).unwrap().status,
        401,
        "HEAD is GET"
    );
    assert_eq!(
        raw(house, "HEAD /v1/orders", Some(&token), &mark)
            .unwrap()
            .status,
        200
    );
    let unknown = raw(house, "PROPFIND /v1/orders", Some(&token), &mark).unwrap();
    assert_eq!(unknown.status, 405);
    assert!(
        unknown
            .header("allow")
            .is_some_and(|allow| allow.contains("GET"))
    );
}

#[test]
fn s144_credentials_are_no_token() {
    let house = house();
    let client = house.credential("production");
    let answer = Request::get("/v1/orders")
        .header(
            "Authorization",
            basic(&client.client_id, &client.client_secret),
        )
        .send(house.server.at("production"));
    assert_eq!(answer.status, 401);
    let answer = house.orders("production", &client.client_secret);
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
}
