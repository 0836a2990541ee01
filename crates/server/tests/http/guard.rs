//! A service that checks tokens itself (`grantor-guard`), beside the gateway: one decision, one answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request as HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantor_guard::{Builder, Caller, GuardLayer, Route};

use super::support::house::{GRANT, access_token, setup};
use super::support::upstream::Upstream;
use super::support::{
    Answer, Connection, Credential, House, Request, house, on_each_database, until,
};

/// A running service behind a guard.
struct Guarded {
    authority: String,
    /// Requests that reached the service.
    served: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl Guarded {
    fn start(layer: GuardLayer) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let served = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&served);
        let service = Router::new()
            .fallback(async move |request: HttpRequest| {
                counted.fetch_add(1, Ordering::SeqCst);
                told(request.extensions().get())
            })
            .layer(layer);
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self {
            authority,
            served,
            _runtime: runtime,
        }
    }

    fn status(&self, path: &str, token: &str) -> u16 {
        let request = Request::get(path).bearer(token);
        request.send(&self.authority).status
    }

    fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }
}

fn told(caller: Option<&Caller>) -> String {
    let Some(caller) = caller else {
        return "{}".to_owned();
    };
    serde_json::json!({
        "client_id": caller.client_id, "credential": caller.credential, "account": caller.account,
        "version": caller.version, "scope": caller.scope, "subject": caller.subject,
    })
    .to_string()
}

/// A guard with the routes of the house's gateway.
fn guard(house: &House, environment: &str) -> Builder {
    GuardLayer::builder(format!("http://{}", house.server.at(environment)))
        .realm(environment)
        .route(Route::at("/v1/orders").version("v1").scope("orders"))
        .route(Route::at("/v1/tags").version("v1").scope("tags"))
        .route(Route::at("/any"))
        .route(Route::at("/public").public())
}

fn by_keys(house: &House, environment: &str) -> Guarded {
    Guarded::start(guard(house, environment).jwks().build().unwrap())
}

fn asking(house: &House, environment: &str, cache_for: Duration) -> Guarded {
    let own = house.resource_server(environment);
    let guard = guard(house, environment).introspection(&own.client_id, &own.client_secret);
    Guarded::start(guard.cache_for(cache_for).build().unwrap())
}

/// A request line and headers as they stand.
fn raw(authority: &str, line: &str, headers: &str) -> Option<Answer> {
    let mut connection = Connection::open(authority);
    let head =
        format!("{line} HTTP/1.1\r\nHost: {authority}\r\n{headers}Connection: close\r\n\r\n");
    let _ = connection.send(head.as_bytes());
    connection.answer(line.starts_with("HEAD "))
}

/// What of an answer must be the same at both.
fn verdict(answer: Option<Answer>) -> String {
    let Some(answer) = answer else {
        return "closed".to_owned();
    };
    let body = serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap_or_default();
    let member = |name: &str| body.get(name).cloned().unwrap_or_default();
    let mut same = vec![answer.status.to_string()];
    if answer.status != 200 {
        let headers = ["www-authenticate", "allow", "retry-after", "cache-control"];
        same.extend(headers.map(|name| format!("{name}: {:?}", answer.header(name))));
        let members = [
            "error",
            "scope",
            "version",
            "credential",
            "credential_version",
            "token_scope",
        ];
        same.extend(members.map(|name| format!("{name}: {}", member(name))));
        // A guard does not know what the credential may ask for.
        if member("error") != "insufficient_scope"
            || answer
                .header("www-authenticate")
                .is_some_and(|challenge| !challenge.contains("scope=\""))
        {
            same.push(format!("{}", member("error_description")));
        }
    }
    same.join("; ")
}

const LINES: [&str; 66] = [
    "GET /v1/orders",
    "HEAD /v1/orders",
    "POST /v1/orders",
    "PUT /v1/orders/7",
    "PATCH /v1/orders/7",
    "DELETE /v1/orders/7",
    "GET /v1/orders?x=/public/",
    "GET /v1/tags",
    "GET /any",
    "DELETE /any/thing",
    "GET /public",
    "POST /public/x",
    "OPTIONS /public/x",
    "PROPFIND /public/x",
    "GET /",
    "GET /nothing",
    "GET /v1",
    "GET /v2/orders",
    "GET /publicity",
    "GET /v1/ordersadmin",
    "GET /v1/orders.json",
    "OPTIONS /v1/orders",
    "OPTIONS /nothing",
    "OPTIONS *",
    "get /v1/orders",
    "GETX /v1/orders",
    "PROPFIND /v1/orders",
    "TRACE /v1/orders",
    "TRACE /public",
    "CONNECT /v1/orders",
    "GET /public/../v1/orders",
    "GET /public/%2e%2e/v1/orders",
    "GET /public/%2E%2E/v1/orders",
    "GET /public/%252e%252e/v1/orders",
    "GET /public/..%2fv1/orders",
    "GET /public/..;/v1/orders",
    "GET /public/.%2e/",
    "GET /public\\..\\v1",
    "GET /public/%5c..%5cv1",
    "GET /public/./..",
    "GET /public/%c0%ae%c0%ae/v1",
    "GET /..",
    "GET //v1/orders",
    "GET /v1//orders",
    "GET /v1/./orders",
    "GET /v1/orders/",
    "GET /V1/orders",
    "GET /V1/ORDERS",
    "GET /v1/orders;x=1",
    "GET /v1/orders%00",
    "GET /v1/orders%20",
    "GET /v1/%6frders",
    "GET /v1/%6Frders",
    "GET /v1/orders%3f",
    "GET /v1/orders%3F",
    "GET /v1/orders%23x",
    "GET /v1/orders#x",
    "GET /v1/orders/a%2Fb",
    "GET /v1/orders/%C3%A9",
    "GET /v1/orders/%C3",
    "GET /v1/orders/%zz",
    "GET /v1/orders/a.",
    "GET /v1/orders/a+b~c,d:e@f",
    "GET /v1/orders?a=%00&b=%zz",
    "GET /public/",
    "GET /public/%70ublic",
];

/// The same request at the gateway and at the guard.
fn compare(house: &House, environment: &str, guarded: &Guarded, line: &str, headers: &str) {
    let gateway = verdict(raw(house.server.at(environment), line, headers));
    let own = verdict(raw(&guarded.authority, line, headers));
    assert_eq!(own, gateway, "guard and gateway differ: {line} {headers}");
}

on_each_database! {
    fn s226_s227_s229_s230_s231_s239_s254_guard_and_gateway_never_differ(house) {
        for environment in ["production", "eddsa", "es256", "rs256"] {
            let client = house.credential(environment);
            let live = house.token(environment, &client);
            let narrow = access_token(&house.ask(environment, &client, &format!("{GRANT}&scope=orders.read")));
            let foreign = house.server.credential(environment, &["--version", "v2", "--allow", "orders=all"]);
            let foreign = house.token(environment, &foreign);
            let elsewhere = house.token("sandbox", &house.credential("sandbox"));
            let revoked = house.token(environment, &client);
            house.revoke(environment, &client, &revoked);
            let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");
            let mut headers = vec![
                String::new(), bearer(&live), bearer(&narrow), bearer(&foreign), bearer("nonsense"), bearer(&elsewhere), bearer("a b"), bearer(""),
                bearer(&format!("{live}x")), bearer(&live) + &bearer(&live), "Authorization: Basic YTpi\r\n".to_owned() + &bearer(&live),
                "Authorization: Basic YTpi\r\n".to_owned(), "authorization: bearer ".to_owned() + &live + "\r\n",
                bearer(&live) + "X-HTTP-Method-Override: DELETE\r\n", bearer(&live) + "X_Method_Override: DELETE\r\n",
            ];
            let mut guards = Vec::new();
            if environment != "production" {
                guards.push((by_keys(house, environment), headers.clone()));
            }
            // Revocation is what keys alone do not show.
            headers.push(bearer(&revoked));
            guards.push((asking(house, environment, Duration::from_secs(5)), headers));
            for (guarded, headers) in &guards {
                // Every path with the tokens between which most is decided, every header on some paths. How a token is
                // signed says nothing about paths.
                let lines = if matches!(environment, "production" | "eddsa") { &LINES[..] } else { &LINES[..10] };
                for line in lines {
                    for headers in &headers[..3] {
                        compare(house, environment, guarded, line, headers);
                    }
                }
                for line in ["GET /v1/orders", "POST /v1/orders", "GET /v1/tags", "GET /any", "GET /public", "GET /nothing"] {
                    for headers in headers {
                        compare(house, environment, guarded, line, headers);
                    }
                }
                assert!(guarded.served() > 0);
            }
        }
    }

    fn qc4_the_service_hears_who_calls(house) {
        for (environment, guarded) in [
            ("production", asking(house, "production", Duration::ZERO)),
            ("eddsa", asking(house, "eddsa", Duration::ZERO)),
            ("eddsa", by_keys(house, "eddsa")),
        ] {
            let client = house.server.credential_of("Caller & Söhne", environment, &["--version", "v1", "--allow", "orders=read,add"], None);
            let token = house.token(environment, &client);
            let answer = Request::get("/v1/orders").bearer(&token).header("X-Grantor-Account", "forged").send(&guarded.authority);
            assert_eq!(answer.status, 200, "{answer:?}");
            let told = answer.json();
            for (member, expected) in [
                ("client_id", client.client_id.as_str()), ("credential", &client.uuid), ("account", "Caller & Söhne"), ("version", "v1"), ("subject", &client.client_id),
            ] {
                assert_eq!(told[member], expected, "{environment}: {told}");
            }
            let scope = told["scope"].as_str().unwrap().split(' ').collect::<Vec<_>>();
            assert!(scope.len() == 2 && scope.contains(&"orders.read") && scope.contains(&"orders.add"), "{told}");
        }
    }

    fn s246_what_is_revoked_or_suspended_opens_nothing_within_the_cache_time(house) {
        const CACHE: Duration = Duration::from_secs(2);
        let guarded = asking(house, "production", CACHE);
        let end = |what: &str, token: &str, ending: &dyn Fn()| {
            assert_eq!(guarded.status("/v1/orders", token), 200, "{what}");
            ending();
            let ended = Instant::now();
            let mut last_good = None;
            until(what, || {
                let asked = ended.elapsed();
                let good = guarded.status("/v1/orders", token) == 200;
                last_good = if good { Some(asked) } else { last_good };
                !good
            });
            assert!(last_good.is_none_or(|at| at < CACHE), "{what}: {last_good:?}");
        };
        let client = house.credential("production");
        let token = house.token("production", &client);
        end("the token was revoked", &token, &|| { house.revoke("production", &client, &token); });
        let token = house.token("production", &client);
        end("the credential was disabled", &token, &|| { house.server.json(&["credentials", "disable", &client.uuid], None); });
        let client: Credential = house.server.credential_of("Suspended by s246", "production", &["--version", "v1", "--allow", "orders=all"], None);
        let token = house.token("production", &client);
        end("the account was suspended", &token, &|| {
            house.server.json(&["accounts", "suspend", "Suspended by s246"], None);
        });
    }
}

#[test]
fn s199_s226_a_token_of_another_environment_opens_nothing_in_either_way() {
    let house = house();
    for to in ["eddsa", "es256"] {
        let guards = [
            by_keys(house, to),
            asking(house, to, Duration::from_secs(5)),
        ];
        for from in ["production", "sandbox", "eddsa", "es256", "rs256"] {
            let token = house.token(from, &house.credential(from));
            let expected = if from == to { 200 } else { 401 };
            for guarded in &guards {
                assert_eq!(guarded.status("/any", &token), expected, "{from} → {to}");
            }
        }
    }
}

#[test]
fn a_revoked_jwt_opens_what_it_opened_until_it_ends_where_nobody_is_asked() {
    let house = house();
    let guarded = by_keys(house, "briefjwt");
    let client = house.credential("briefjwt");
    let token = house.token("briefjwt", &client);
    house.revoke("briefjwt", &client, &token);
    assert_eq!(house.orders("briefjwt", &token).status, 401);
    assert_eq!(guarded.status("/v1/orders", &token), 200, "docs say so");
    until("the token has ended", || {
        guarded.status("/v1/orders", &token) == 401
    });
}

/// A server of one's own, since it is killed or gets other keys.
fn own_house() -> House {
    let upstream = Upstream::start();
    let server = setup()
        .upstream(&upstream.authority)
        .with("ENVIRONMENTS__EDDSA__KEY_ANNOUNCEMENT", "1s")
        .start();
    House { server, upstream }
}

#[test]
fn s247_with_the_server_gone_keys_count_up_to_their_bound_and_asking_ends_at_once() {
    let mut house = own_house();
    let token = house.token("eddsa", &house.credential("eddsa"));
    let keys = guard(&house, "eddsa")
        .jwks()
        .refresh_keys_every(Duration::from_secs(1))
        .keep_keys_at_most(Duration::from_secs(4));
    let keys = Guarded::start(keys.build().unwrap());
    let asking = asking(&house, "eddsa", Duration::ZERO);
    for guarded in [&keys, &asking] {
        assert_eq!(guarded.status("/v1/orders", &token), 200);
    }
    house.server.kill();
    let killed = Instant::now();
    let refused = Request::get("/v1/orders")
        .bearer(&token)
        .send(&asking.authority);
    assert_eq!(
        refused.refusal(),
        (503, "temporarily_unavailable".to_owned())
    );
    assert!(refused.header("retry-after").is_some());
    assert_eq!(keys.status("/v1/orders", &token), 200, "the keys are known");
    until("the keys are too old", || {
        keys.status("/v1/orders", &token) == 503
    });
    assert!(
        killed.elapsed() > Duration::from_millis(1500),
        "{:?}",
        killed.elapsed()
    );
    assert_eq!(keys.status("/public", ""), 200, "nobody is asked there");
    house.server.start();
    for guarded in [&keys, &asking] {
        until("the server is back", || {
            guarded.status("/v1/orders", &token) == 200
        });
    }
}

#[test]
fn s199_a_new_key_is_found_and_a_revoked_one_forgotten() {
    let house = own_house();
    let client = house.credential("eddsa");
    let keys = guard(&house, "eddsa")
        .jwks()
        .refresh_keys_every(Duration::from_secs(3));
    let guarded = Guarded::start(keys.build().unwrap());
    let old = house.token("eddsa", &client);
    assert_eq!(guarded.status("/v1/orders", &old), 200);
    house
        .server
        .json(&["keys", "rotate", "--environment", "eddsa", "--now"], None);
    let new = house.token("eddsa", &client);
    until("the new key is found", || {
        guarded.status("/v1/orders", &new) == 200
    });
    assert_eq!(
        guarded.status("/v1/orders", &old),
        200,
        "a retired key still counts"
    );
    let header = URL_SAFE_NO_PAD.decode(old.split('.').next().unwrap());
    let header: serde_json::Value = serde_json::from_slice(&header.unwrap()).unwrap();
    let kid = header["kid"].as_str().unwrap().to_owned();
    house
        .server
        .json(&["keys", "revoke", &kid, "--environment", "eddsa"], None);
    until("the revoked key is forgotten", || {
        guarded.status("/v1/orders", &old) == 401
    });
    assert_eq!(guarded.status("/v1/orders", &new), 200);
}
