//! `/forward-auth`: what a proxy is answered, for each kind of proxy, held against what the gateway itself would do.

mod ext_authz;

use std::process::Command;
use std::sync::OnceLock;

use super::support::database::Database;
use super::support::house::{ROUTES, VERSIONS, access_token};
use super::support::upstream::Upstream;
use super::support::{Answer, Connection, Credential, House, Request, Setup, until};

const KINDS: [&str; 5] = ["nginx", "traefik", "caddy", "haproxy", "envoy"];

const ELSEWHERE: &str = r#"
[environments.elsewhere.forward_auth]
kind = "caddy"
trusted_peers = ["10.0.0.0/8"]
[environments.off]
"#;

/// An environment for each kind of proxy, all of them with the same routes; and one where another machine may ask.
fn config() -> String {
    let mut text = format!("{VERSIONS}{ELSEWHERE}{ROUTES}");
    for kind in KINDS {
        text.push_str(&format!(
            "[environments.{kind}.forward_auth]\nkind = \"{kind}\"\ntrusted_peers = [\"127.0.0.1\"]\n"
        ));
    }
    text
}

fn start(database: Database) -> House {
    let upstream = Upstream::start();
    let environments = [&KINDS[..], &["elsewhere", "off", "caddy+"]].concat();
    let server = Setup::written(&config(), &environments)
        .upstream(&upstream.authority)
        .on(database)
        .start();
    House { server, upstream }
}

fn place() -> &'static House {
    static PLACE: OnceLock<House> = OnceLock::new();
    PLACE.get_or_init(|| start(Database::Sqlite))
}

/// The question of a proxy of that kind about a request, as its documented configuration asks.
fn question(house: &House, kind: &str, method: &str, target: &str) -> Request {
    let host = house.server.at(kind);
    let described = |prefix: &str| {
        Request::get("/forward-auth")
            .header(&format!("{prefix}-Method"), method)
            .header(&format!("{prefix}-Uri"), target)
            .header(&format!("{prefix}-Host"), host)
            .header(&format!("{prefix}-Proto"), "http")
    };
    match kind {
        "nginx" | "haproxy" => described("X-Original"),
        "envoy" => Request::new(method, &format!("/forward-auth{target}")),
        _ => described("X-Forwarded"),
    }
}

fn with(request: Request, token: Option<&str>) -> Request {
    match token {
        Some(token) => request.bearer(token),
        None => request,
    }
}

fn ask(house: &House, kind: &str, method: &str, target: &str, token: Option<&str>) -> Answer {
    with(question(house, kind, method, target), token).send(house.server.at(kind))
}

/// What nginx can make of a status (it knows no other).
fn heard(kind: &str, status: u16) -> u16 {
    match (kind, status) {
        (_, 200) => 200,
        ("nginx", 401) => 401,
        ("nginx", _) => 403,
        _ => status,
    }
}

fn client(house: &House, kind: &str) -> (Credential, String) {
    let client = house
        .server
        .credential(kind, &["--version", "v1", "--allow", "orders=read,write"]);
    let token = house.token(kind, &client);
    (client, token)
}

#[test]
fn s226_s227_s239_s240_s241_qc4_a_proxy_hears_what_the_gateway_would_answer() {
    let house = place();
    for kind in KINDS {
        let (client, token) = client(house, kind);
        for (method, target, status) in [
            ("GET", "/v1/orders/7?x=/public/", 200),
            ("HEAD", "/v1/orders", 200),
            ("PUT", "/v1/orders/7", 200),
            ("POST", "/v1/orders", 403),
            ("DELETE", "/v1/orders/7", 403),
            ("GET", "/v1/tags", 403),
            ("GET", "/any", 200),
            ("GET", "/nothing", 404),
            ("OPTIONS", "/v1/orders", 405),
            ("OPTIONS", "/public/x", 200),
            ("PROPFIND", "/public/x", 405),
            ("get", "/v1/orders", 405),
            ("TRACE", "/any", 405),
        ] {
            let answer = ask(house, kind, method, target, Some(&token));
            let asked = format!("{kind} {method} {target}");
            assert_eq!(answer.status, heard(kind, status), "{asked}");
            let said = answer.header("x-grantor-status").map(str::to_owned);
            let wanted = (kind == "nginx" && status != 200).then(|| status.to_string());
            assert_eq!(said, wanted, "{asked}");
        }
        let allowed = ask(house, kind, "GET", "/v1/orders", Some(&token));
        let says = |name: &str| allowed.header(name).unwrap_or_default().to_owned();
        assert_eq!(says("x-grantor-client-id"), client.client_id);
        assert_eq!(says("x-grantor-credential"), client.uuid);
        assert_eq!(says("x-grantor-scope"), "orders.read orders.write");
        assert_eq!(says("x-grantor-environment"), kind);
        assert!(!says("x-grantor-account").is_empty());
        let open = ask(house, kind, "GET", "/public/x", None);
        assert_eq!(open.status, 200);
        assert!(open.header("x-grantor-account").is_none());

        let none = ask(house, kind, "GET", "/v1/orders", None);
        assert_eq!(none.status, 401);
        assert_eq!(
            none.header("www-authenticate"),
            Some(format!("Bearer realm=\"{kind}\"").as_str())
        );
        for agent in ["GoogleHC/1.0", "kube-probe/1.29", "ELB-HealthChecker/2.0"] {
            let health = question(house, kind, "GET", "/v1/orders").header("User-Agent", agent);
            assert_eq!(health.send(house.server.at(kind)).status, 401, "{agent}");
        }
        let foreign = house.token("off", &house.credential("off"));
        for dead in ["nonsense", foreign.as_str()] {
            let answer = ask(house, kind, "GET", "/v1/orders", Some(dead));
            assert_eq!(answer.status, 401, "{kind}");
        }
        let lacking = ask(house, kind, "POST", "/v1/orders", Some(&token));
        let challenge = lacking.header("www-authenticate").unwrap();
        assert!(challenge.contains("scope=\"orders.add\""), "{challenge}");
    }
}

#[test]
fn s227_qc4_another_versions_token_opens_nothing_by_a_proxy() {
    let house = place();
    for kind in KINDS {
        let other = house
            .server
            .credential(kind, &["--version", "v2", "--allow", "orders=all"]);
        let token = house.token(kind, &other);
        let answer = ask(house, kind, "GET", "/v1/orders", Some(&token));
        assert_eq!(answer.status, 403, "{kind}");
        assert_eq!(ask(house, kind, "GET", "/any", Some(&token)).status, 200);
    }
}

#[test]
fn px10_a_token_opens_the_api_at_every_address_of_the_environment() {
    let house = place();
    let (_, token) = client(house, "caddy");
    let (first, second) = (house.server.at("caddy"), house.server.at("caddy+"));
    for (asked, forwarded, status) in [
        (first, first, 200),
        (first, second, 200),
        (second, first, 200),
        (second, second, 200),
        (second, house.server.at("off"), 403),
    ] {
        let answer = Request::get("/forward-auth")
            .header("X-Forwarded-Method", "GET")
            .header("X-Forwarded-Uri", "/v1/orders")
            .header("X-Forwarded-Host", forwarded)
            .bearer(&token)
            .send(asked);
        assert_eq!(answer.status, status, "{asked} {forwarded}");
    }
}

/// Sends a request line to the gateway itself and says whether the upstream answered.
fn gets_in(house: &House, kind: &str, target: &str, token: Option<&str>) -> bool {
    let authority = house.server.at(kind);
    let bearer = token
        .map(|token| format!("Authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let mut connection = Connection::open(authority);
    let sent = connection.send(
        format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\n{bearer}Connection: close\r\n\r\n")
            .as_bytes(),
    );
    sent.is_ok()
        && connection
            .answer(false)
            .is_some_and(|answer| answer.status == 200)
}

const TARGETS: [&str; 44] = [
    "/public/x",
    "/public",
    "/publicity",
    "/public/../v1/orders",
    "/public/%2e%2e/v1/orders",
    "/public/%2E%2E/v1/orders",
    "/public/%252e%252e/v1/orders",
    "/public/..%2fv1/orders",
    "/public/..%2Fv1/orders",
    "/public/..;/v1/orders",
    "/public/.%2e/",
    "/public\\..\\v1",
    "/public/%5C..%5Cv1",
    "/public/%C0%AE%C0%AE/v1/orders",
    "/public/./../v1/orders",
    "//v1/orders",
    "/v1//orders",
    "/v1/./orders",
    "/v1/orders/",
    "/V1/orders",
    "/v1/Orders",
    "/v1/orders;x=1",
    "/v1/orders%3Bx=1",
    "/v1/orders%00",
    "/v1/orders%20",
    "/v1/orders.",
    "/v1/orders.json",
    "/v1/%6frders",
    "/v1/%6Frders",
    "/v1/orders%3f",
    "/v1/orders%3F",
    "/v1/orders%23x",
    "/v1/orders?x=/public/",
    "/public?x=/../v1/orders",
    "/v1/ordersadmin",
    "/v1/orders/a%40b",
    "/v1/orders/k%C3%B6ln",
    "/v1/orders/%FF",
    "/v1/orders/%zz",
    "/v1/orders?%zz",
    "/v1",
    "/",
    "/any/public/../x",
    "/nothing",
];

#[test]
fn s229_s230_s231_s254_a_proxy_lets_in_exactly_what_the_gateway_lets_in() {
    let house = place();
    for kind in KINDS {
        let (_, token) = client(house, kind);
        for target in TARGETS {
            for token in [None, Some(token.as_str())] {
                let in_line = gets_in(house, kind, target, token);
                let answer = ask(house, kind, "GET", target, token);
                assert_eq!(answer.status == 200, in_line, "{kind} {target} {token:?}");
                assert!(
                    kind != "nginx" || [200, 401, 403].contains(&answer.status),
                    "{target}: {}",
                    answer.status
                );
                assert!(answer.status != 500, "{kind} {target}");
            }
        }
    }
}

#[test]
fn s234_s242_what_describes_the_request_badly_is_403() {
    let house = place();
    for kind in ["nginx", "traefik", "caddy", "haproxy"] {
        let (_, token) = client(house, kind);
        let good = || question(house, kind, "GET", "/public/x").bearer(&token);
        let authority = house.server.at(kind);
        assert_eq!(good().send(authority).status, 200);
        let (own, other) = match kind {
            "nginx" | "haproxy" => ("X-Original", "X-Forwarded"),
            _ => ("X-Forwarded", "X-Original"),
        };
        for (name, value) in [
            (format!("{other}-Uri"), "/public/x"),
            (format!("{other}-Method"), "GET"),
            ("X-Original-URL".to_owned(), "/public/x"),
            (format!("{own}-Uri"), "/public/x"),
            (format!("{own}-Host"), authority),
            (format!("{own}_Uri").replace('-', "_"), "/public/x"),
        ] {
            let answer = good().header(&name, value).send(authority);
            assert_eq!(
                answer.refusal(),
                (403, "forwarded_headers_unusable".to_owned()),
                "{kind} {name}"
            );
        }
        for target in [
            "%zz",
            "http://[::",
            "http://evil/public/x",
            "/public/a b",
            "*",
            "/public/x,/v1",
            "/public#x",
            "",
        ] {
            let answer = question(house, kind, "GET", target)
                .bearer(&token)
                .send(authority);
            assert_eq!(answer.status, 403, "{kind} {target}");
        }
        for method in ["", "GET GET", "GET,POST"] {
            let answer = question(house, kind, method, "/public/x").send(authority);
            assert!([403, 405].contains(&answer.status), "{kind} {method}");
        }
        let bare = Request::get("/forward-auth").bearer(&token).send(authority);
        assert_eq!(bare.status, 403, "{kind}: nothing is described");
        let elsewhere = Request::get("/forward-auth")
            .header(&format!("{own}-Method"), "GET")
            .header(&format!("{own}-Uri"), "/public/x")
            .header(&format!("{own}-Host"), house.server.at("off"));
        assert_eq!(elsewhere.send(authority).error(), "host_foreign");
    }
}

#[test]
fn s235_only_a_listed_proxy_may_ask_and_only_where_one_is_configured() {
    let house = place();
    let authority = house.server.at("elsewhere");
    let token = house.token("elsewhere", &house.credential("elsewhere"));
    let ask = || {
        Request::get("/forward-auth")
            .header("X-Forwarded-Method", "GET")
            .header("X-Forwarded-Uri", "/public/x")
            .header("X-Forwarded-Host", authority)
            .header("X-Forwarded-For", "10.0.0.7")
            .bearer(&token)
            .send(authority)
    };
    for _ in 0..3 {
        assert_eq!(ask().refusal(), (403, "proxy_not_listed".to_owned()));
    }
    assert!(
        house
            .server
            .counter("grantor_refusals_total", "ProxyUnlisted")
            >= 3.0
    );
    let trail = house
        .server
        .json(&["audit", "list", "--event", "forward_auth.refused"], None);
    let told = trail.as_array().unwrap();
    assert_eq!(told.len(), 1, "once in ten minutes: {trail}");
    assert_eq!(told[0]["remote_address"], "127.0.0.1");
    // Where nobody is to ask nobody may pass.
    let off = question(house, "caddy", "GET", "/public/x").send(house.server.at("off"));
    assert_eq!(
        off.refusal(),
        (403, "forward_auth_not_configured".to_owned())
    );
}

#[test]
fn s235_an_open_route_to_everything_answers_no_question() {
    let config = r#"
[environments.caddy.forward_auth]
kind = "caddy"
trusted_peers = ["127.0.0.1"]
[environments.envoy.forward_auth]
kind = "envoy"
trusted_peers = ["127.0.0.1"]
[environments.off]
[[routes]]
path = "/"
public = true
upstream = "http://127.0.0.1:9000"
"#;
    let upstream = Upstream::start();
    let server = Setup::written(config, &["caddy", "envoy", "off"])
        .upstream(&upstream.authority)
        .start();
    let asked = |environment: &str, method: &str, path: &str| {
        let answer = Request::new(method, path).send(server.at(environment));
        (answer.status, answer.error())
    };
    let refused = (403, "forward_auth_not_configured".to_owned());
    for method in ["GET", "POST", "OPTIONS"] {
        for path in ["/forward-auth/", "/forward-auth/x", "/forward-auth/x/y?z"] {
            for environment in ["off", "caddy"] {
                assert_eq!(asked(environment, method, path), refused, "{method} {path}");
            }
        }
        assert_eq!(asked("off", method, "/forward-auth"), refused, "{method}");
    }
    // What is configured is asked as before, and the route is open.
    let described = asked("caddy", "GET", "/forward-auth");
    assert_eq!(described, (403, "forwarded_headers_unusable".to_owned()));
    let open = |environment: &str, path: &str| {
        let answer = Request::get(path).send(server.at(environment));
        answer.status
    };
    assert_eq!(open("envoy", "/forward-auth/x"), 200);
    assert_eq!(open("off", "/x"), 200);
}

#[test]
fn s236_s237_a_client_that_claims_an_identity_is_refused() {
    let house = place();
    for kind in KINDS {
        let (_, token) = client(house, kind);
        for name in ["X-Grantor-Account", "x_grantor_account", "X.Grantor.Scope"] {
            let answer = question(house, kind, "GET", "/v1/orders")
                .bearer(&token)
                .header(name, "admin")
                .header("Connection", format!("close, {name}"))
                .send(house.server.at(kind));
            assert_eq!(
                answer.refusal(),
                (403, "identity_claimed".to_owned()),
                "{kind} {name}"
            );
        }
        for name in ["X-HTTP-Method-Override", "X_Method_Override"] {
            let answer = question(house, kind, "PUT", "/v1/orders")
                .bearer(&token)
                .header(name, "DELETE")
                .send(house.server.at(kind));
            assert_eq!(answer.status, 403, "{kind} {name}");
        }
    }
}

#[test]
fn s245_s246_nothing_is_remembered_but_the_live_token() {
    let house = place();
    for kind in KINDS {
        let (client, token) = client(house, kind);
        let get = |target: &str| ask(house, kind, "GET", target, Some(&token)).status;
        assert_eq!((get("/v1/orders"), get("/v1/tags")), (200, 403));
        house.revoke(kind, &client, &token);
        assert_eq!(get("/v1/orders"), 401, "{kind}");
    }
    // A refused request is kept for a talk with support, as the request it was about.
    let (client, token) = client(house, "caddy");
    assert_eq!(
        ask(house, "caddy", "POST", "/v1/orders?x=1", Some(&token)).status,
        403
    );
    until("the request is kept", || {
        let kept = house
            .server
            .json(&["credentials", "requests", &client.uuid], None);
        kept.as_array()
            .unwrap()
            .iter()
            .any(|request| request["method"] == "POST" && request["path"] == "/v1/orders")
    });
}

fn psql(url: &str, statement: &str) {
    let done = Command::new("psql")
        .args([url, "-v", "ON_ERROR_STOP=1", "-qAtc", statement])
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// The database goes away under a server of its own: whoever cannot be judged stays outside.
#[test]
fn s247_without_a_database_nobody_gets_in() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let Database::Postgres(url) = database.clone() else {
        unreachable!()
    };
    let admin = std::env::var("GRANTOR_TEST_POSTGRES").unwrap();
    let name = url.rsplit('/').next().unwrap().to_owned();
    let house = start(database);
    let tokens = KINDS.map(|kind| {
        access_token(&house.ask(
            kind,
            &client(&house, kind).0,
            "grant_type=client_credentials",
        ))
    });
    psql(
        &admin,
        &format!("alter database {name} allow_connections false"),
    );
    psql(
        &admin,
        &format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"),
    );
    for (kind, token) in KINDS.iter().zip(tokens) {
        let answer = ask(&house, kind, "GET", "/v1/orders", Some(&token));
        assert_eq!(answer.status, heard(kind, 503), "{kind}");
        assert!(answer.header("retry-after").is_some());
    }
    psql(
        &admin,
        &format!("alter database {name} allow_connections true"),
    );
}
