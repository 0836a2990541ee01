//! The guard against an issuer that a test can make say anything. What it does with the real one is among the server's tests.
//!
//! A test's name carries the abuse cases (`s201`, docs/abuse-cases.md) that it proves.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use axum::routing::any;
use grantor_guard::{Builder, Caller, GuardLayer, IssuerError, Route};
use serde_json::{Value, json};
use tower::{Layer, ServiceExt};

#[path = "guard/issuer.rs"]
mod issuer;
use issuer::{Issuer, Mood, Signer, now, text};

/// The usual routes.
fn guard(issuer: &Issuer) -> Builder {
    GuardLayer::builder(issuer.url.as_str())
        .realm("production")
        .answer_within(Duration::from_millis(500))
        .route(Route::at("/orders").version("v1").scope("orders"))
        .route(Route::at("/tags").version("v1").scope("tags"))
        .route(Route::at("/v2").version("v2").scope("orders"))
        .route(Route::at("/any"))
        .route(Route::at("/public").public())
}

fn by_introspection(issuer: &Issuer) -> Builder {
    guard(issuer).introspection("guard", "secret")
}

fn get(path: &str, token: &str) -> Request<Body> {
    Request::get(path)
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap()
}

/// Sends a request to a service behind the guard that says who calls.
async fn sent(layer: &GuardLayer, request: Request<Body>) -> Response<Body> {
    let service = Router::new().fallback(any(async |request: Request<Body>| {
        let account = request
            .extensions()
            .get::<Caller>()
            .map(|caller| caller.account.clone());
        let forged = request
            .headers()
            .keys()
            .filter(|name| {
                name.as_str().starts_with("x-grantor") || name.as_str().starts_with("x_grantor")
            })
            .count();
        format!("{} {forged}", account.as_deref().unwrap_or("nobody"))
    }));
    layer
        .layer(service)
        .oneshot(request)
        .await
        .unwrap()
        .map(Body::new)
}

async fn status(layer: &GuardLayer, path: &str, token: &str) -> u16 {
    sent(layer, get(path, token)).await.status().as_u16()
}

async fn body(answer: Response<Body>) -> String {
    let bytes = to_bytes(answer.into_body(), 65_536).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn changed(value: &Value, member: &str, to: Value) -> Value {
    let mut value = value.clone();
    value[member] = to;
    value
}

fn without(value: &Value, member: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().remove(member);
    value
}

#[tokio::test]
async fn each_algorithm_opens_what_it_should() {
    let issuer = Issuer::start().await;
    let signers = [Signer::eddsa("a"), Signer::es256("b"), Signer::rs256("c")];
    issuer.publishes(&signers.each_ref());
    let layer = guard(&issuer).jwks().build().unwrap();
    for signer in &signers {
        let token = signer.sign(&signer.header(), &issuer.claims());
        let answer = sent(&layer, get("/orders/7", &token)).await;
        assert_eq!(answer.status(), 200, "{}", signer.kid);
        assert_eq!(body(answer).await, "Acme 0");
        let none = signer.sign(
            &signer.header(),
            &changed(&issuer.claims(), "scope", json!("")),
        );
        assert_eq!(status(&layer, "/any", &none).await, 200);
        assert_eq!(status(&layer, "/orders", &none).await, 403);
    }
    assert_eq!(issuer.key_questions(), 1);
}

#[tokio::test]
async fn s199_another_key_opens_nothing_and_names_of_keys_make_no_storm() {
    let issuer = Issuer::start().await;
    let (ours, other) = (Signer::eddsa("a"), Signer::eddsa("a"));
    issuer.publishes(&[&ours]);
    let layer = guard(&issuer).jwks().build().unwrap();
    let claims = issuer.claims();
    assert_eq!(
        status(&layer, "/orders", &ours.sign(&ours.header(), &claims)).await,
        200
    );
    assert_eq!(
        status(&layer, "/orders", &other.sign(&ours.header(), &claims)).await,
        401
    );
    for name in 0..50 {
        let header = changed(&ours.header(), "kid", json!(format!("invented{name}")));
        assert_eq!(
            status(&layer, "/orders", &ours.sign(&header, &claims)).await,
            401
        );
    }
    assert_eq!(issuer.key_questions(), 1, "just asked");
}

#[tokio::test]
async fn s200_s204_a_header_that_the_issuer_does_not_write_is_refused_though_its_key_signed_it() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    let rsa = Signer::rs256("r");
    issuer.publishes(&[&signer, &rsa]);
    let layer = guard(&issuer).jwks().build().unwrap();
    let (header, claims) = (signer.header(), issuer.claims());
    for other in [
        changed(&header, "typ", json!("JWT")),
        changed(&header, "typ", json!("AT+JWT")),
        changed(&header, "typ", json!("logout+jwt")),
        without(&header, "typ"),
        without(&header, "kid"),
        changed(&header, "alg", json!("none")),
        changed(&header, "alg", json!("HS256")),
        changed(&header, "alg", json!("ES256")),
        changed(&header, "alg", json!("RS256")),
        changed(&header, "crit", json!(["exp"])),
        changed(&header, "b64", json!(false)),
        changed(&header, "zip", json!("DEF")),
        changed(&header, "jwk", signer.jwk()),
        changed(&header, "jku", json!(format!("{}/keys", issuer.url))),
        changed(&header, "x5u", json!(format!("{}/keys", issuer.url))),
        changed(&header, "x5c", json!(["AAAA"])),
        json!([]),
        json!(null),
    ] {
        let token = signer.sign(&other, &claims);
        assert_eq!(status(&layer, "/any", &token).await, 401, "{other}");
    }
    // No signature, and the public key as the secret of an HMAC.
    let none = changed(&header, "alg", json!("none")).to_string();
    let unsigned = format!(
        "{}.{}.",
        text(none.as_bytes()),
        text(claims.to_string().as_bytes())
    );
    assert_eq!(status(&layer, "/any", &unsigned).await, 401);
    for header in [changed(&rsa.header(), "alg", json!("HS256")), rsa.header()] {
        let signed = format!(
            "{}.{}",
            text(header.to_string().as_bytes()),
            text(claims.to_string().as_bytes())
        );
        let public = rsa.jwk()["n"].as_str().unwrap().to_owned();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_bytes());
        let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
        let token = format!("{signed}.{}", text(tag.as_ref()));
        assert_eq!(status(&layer, "/any", &token).await, 401);
    }
    let token = signer.sign(&header, &claims);
    let nested = format!("{}1{}", "[".repeat(3000), "]".repeat(3000));
    let twice = format!(
        "{},\"scope\":\"orders.write\"}}",
        claims.to_string().trim_end_matches('}')
    );
    for odd in [
        format!("{token}.x"),
        format!("{token}="),
        token[..token.len() - 1].to_owned(),
        format!("{token}.a.b"),
        ".".to_owned(),
        "..".to_owned(),
        signer.sign_text(&nested, &claims.to_string()),
        signer.sign_text(&header.to_string(), &nested),
        signer.sign_text(&header.to_string(), &twice),
        "A".repeat(100_000),
    ] {
        assert_eq!(
            status(&layer, "/any", &odd).await,
            401,
            "{}",
            &odd[..odd.len().min(80)]
        );
    }
    assert_eq!(status(&layer, "/any", &token).await, 200);
}

#[tokio::test]
async fn s201_s202_claims_of_the_wrong_type_time_issuer_or_audience_are_refused() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    issuer.publishes(&[&signer]);
    let layer = guard(&issuer).jwks().build().unwrap();
    let claims = issuer.claims();
    let mut bad: Vec<Value> = Vec::new();
    for exp in [
        json!("9999999999"),
        json!(now() as f64 + 99.5),
        json!(null),
        json!(true),
        json!(9_223_372_036_854_775_808_u64),
        json!(-1),
        json!(0),
        json!(now() - 1),
        json!(now()),
    ] {
        bad.push(changed(&claims, "exp", exp));
    }
    for name in ["nbf", "iat"] {
        bad.extend(
            [json!("soon"), json!(now() + 60), json!(i64::MAX)]
                .map(|time| changed(&claims, name, time)),
        );
    }
    for other in [
        format!("{}/", issuer.url),
        issuer.url.to_uppercase(),
        issuer.url.replace("http", "https"),
        String::new(),
    ] {
        bad.push(changed(&claims, "iss", json!(other)));
        bad.push(changed(&claims, "aud", json!(other)));
    }
    bad.extend(
        [json!([]), json!(["other"]), json!({}), json!(null)]
            .map(|aud| changed(&claims, "aud", aud)),
    );
    for name in [
        "iss",
        "aud",
        "exp",
        "iat",
        "sub",
        "jti",
        "client_id",
        "credential",
        "account",
    ] {
        bad.push(without(&claims, name));
    }
    for claims in &bad {
        let token = signer.sign(&signer.header(), claims);
        assert_eq!(status(&layer, "/any", &token).await, 401, "{claims}");
    }
    for good in [
        claims.clone(),
        changed(&claims, "aud", json!(["other", issuer.url])),
        changed(&claims, "nbf", json!(now() + 4)),
        changed(&claims, "exp", json!(now() + 2)),
    ] {
        assert_eq!(
            status(&layer, "/any", &signer.sign(&signer.header(), &good)).await,
            200,
            "{good}"
        );
    }
}

#[tokio::test]
async fn s245_a_yes_on_one_route_is_none_on_another_in_both_ways() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    issuer.publishes(&[&signer]);
    let jwt = signer.sign(&signer.header(), &issuer.claims());
    issuer.says_of(&jwt, issuer.active());
    for layer in [
        guard(&issuer).jwks().build().unwrap(),
        by_introspection(&issuer).build().unwrap(),
    ] {
        for _ in 0..2 {
            assert_eq!(status(&layer, "/orders", &jwt).await, 200);
            assert_eq!(status(&layer, "/tags", &jwt).await, 403);
            assert_eq!(status(&layer, "/v2", &jwt).await, 403, "another version");
            assert_eq!(status(&layer, "/nothing", &jwt).await, 404);
            assert_eq!(status(&layer, "/public", "nonsense").await, 200);
        }
        let mut post = get("/orders", &jwt);
        *post.method_mut() = "POST".parse().unwrap();
        let refused = sent(&layer, post).await;
        assert_eq!(
            refused.headers()["www-authenticate"],
            "Bearer realm=\"production\", error=\"insufficient_scope\", scope=\"orders.add\""
        );
        assert_eq!(refused.headers()["content-type"], "application/json");
        assert!(body(refused).await.contains("orders.add"));
    }
    assert_eq!(
        issuer.token_questions(),
        1,
        "the facts were remembered, and nothing else"
    );
}

#[tokio::test]
async fn a_token_of_no_version_opens_no_route_that_has_one() {
    let issuer = Issuer::start().await;
    let layer = by_introspection(&issuer).build().unwrap();
    issuer.says_of(
        "unversioned",
        without(&issuer.active(), "credential_version"),
    );
    assert_eq!(status(&layer, "/any", "unversioned").await, 200);
    assert_eq!(status(&layer, "/orders", "unversioned").await, 403);
}

#[tokio::test]
async fn s237_only_the_guard_says_who_calls() {
    let issuer = Issuer::start().await;
    issuer.says_of("live", issuer.active());
    let layer = by_introspection(&issuer).build().unwrap();
    for (path, expected) in [("/orders", "Acme 0"), ("/public", "nobody 0")] {
        let mut request = get(path, "live");
        for name in [
            "x-grantor-account",
            "x_grantor_account",
            "x-grantor-anything",
        ] {
            request
                .headers_mut()
                .insert(name, "forged".parse().unwrap());
        }
        let answer = sent(&layer, request).await;
        assert_eq!(body(answer).await, expected);
    }
}

#[tokio::test]
async fn s145_s202_what_introspection_does_not_call_live_here_is_dead() {
    let issuer = Issuer::start().await;
    let layer = by_introspection(&issuer).build().unwrap();
    let active = issuer.active();
    let dead = [
        json!({ "active": false }),
        changed(&active, "active", json!(false)),
        changed(&active, "iss", json!("https://other.example.com")),
        changed(&active, "aud", json!("https://api.example.com")),
        changed(&active, "aud", json!([])),
        changed(&active, "exp", json!(now())),
        changed(&active, "token_type", json!("DPoP")),
    ];
    for (number, answer) in dead.into_iter().enumerate() {
        issuer.says_of(&format!("dead{number}"), answer.clone());
        assert_eq!(
            status(&layer, "/any", &format!("dead{number}")).await,
            401,
            "{answer}"
        );
    }
    let garbage = [
        json!({}),
        json!([]),
        json!(true),
        json!({ "active": "true" }),
        json!({ "active": 1 }),
        json!({ "active": null }),
        json!({ "active": true }),
        without(&active, "exp"),
        changed(&active, "exp", json!("soon")),
        without(&active, "client_id"),
        without(&active, "credential"),
        without(&active, "account"),
    ];
    for (number, answer) in garbage.into_iter().enumerate() {
        issuer.says_of(&format!("garbage{number}"), answer.clone());
        assert_eq!(
            status(&layer, "/any", &format!("garbage{number}")).await,
            503,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn s247_an_issuer_in_trouble_opens_nothing() {
    for mood in [Mood::Failing, Mood::Garbage, Mood::Slow] {
        let issuer = Issuer::start().await;
        let signer = Signer::eddsa("a");
        issuer.publishes(&[&signer]);
        let token = signer.sign(&signer.header(), &issuer.claims());
        issuer.says_of(&token, issuer.active());
        let keys = guard(&issuer).jwks().build().unwrap();
        let asked = by_introspection(&issuer)
            .cache_for(Duration::ZERO)
            .build()
            .unwrap();
        assert_eq!(status(&keys, "/orders", &token).await, 200);
        assert_eq!(status(&asked, "/orders", &token).await, 200);
        issuer.becomes(mood.clone());
        let answer = sent(&asked, get("/orders", &token)).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["retry-after"]),
            (503, &"1".parse().unwrap()),
            "{mood:?}"
        );
        assert_eq!(
            status(&keys, "/orders", &token).await,
            200,
            "the keys are known"
        );
        let without_keys = guard(&issuer).jwks().build().unwrap();
        assert_eq!(
            status(&without_keys, "/orders", &token).await,
            503,
            "{mood:?}"
        );
        assert!(without_keys.ready().await.is_err());
        for layer in [&keys, &asked, &without_keys] {
            assert_eq!(
                status(layer, "/public", &token).await,
                200,
                "nobody is asked there"
            );
        }
    }
}

#[tokio::test]
async fn s247_keys_count_up_to_their_bound_while_the_issuer_is_down_and_anew_when_it_is_back() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    issuer.publishes(&[&signer]);
    let token = signer.sign(&signer.header(), &issuer.claims());
    let layer = guard(&issuer)
        .jwks()
        .refresh_keys_every(Duration::from_millis(100))
        .keep_keys_at_most(Duration::from_millis(1500))
        .build()
        .unwrap();
    layer.ready().await.unwrap();
    // The keys are a little older than this.
    let since = std::time::Instant::now();
    issuer.becomes(Mood::Failing);
    let mut last_good = Duration::ZERO;
    loop {
        let asked = since.elapsed();
        assert!(asked < Duration::from_secs(10), "no bound");
        if status(&layer, "/orders", &token).await != 200 {
            break;
        }
        last_good = asked;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(last_good > Duration::from_millis(200), "{last_good:?}");
    assert!(last_good < Duration::from_millis(1500), "{last_good:?}");
    assert_eq!(status(&layer, "/orders", &token).await, 503);
    issuer.becomes(Mood::Well);
    layer.ready().await.unwrap();
    assert_eq!(status(&layer, "/orders", &token).await, 200);
}

#[tokio::test]
async fn a_key_that_was_taken_out_stops_counting_when_keys_are_asked_for_anew() {
    let issuer = Issuer::start().await;
    let (old, new) = (Signer::eddsa("old"), Signer::es256("new"));
    issuer.publishes(&[&old]);
    let layer = guard(&issuer)
        .jwks()
        .refresh_keys_every(Duration::from_secs(6))
        .build()
        .unwrap();
    let of = |signer: &Signer| signer.sign(&signer.header(), &issuer.claims());
    assert_eq!(status(&layer, "/orders", &of(&old)).await, 200);
    issuer.publishes(&[&new]);
    let since = std::time::Instant::now();
    while status(&layer, "/orders", &of(&old)).await == 200 {
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "it goes on counting"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status(&layer, "/orders", &of(&new)).await, 200);
}

#[tokio::test]
async fn of_many_requests_one_asks() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    issuer.publishes(&[&signer]);
    let token = signer.sign(&signer.header(), &issuer.claims());
    issuer.says_of(&token, issuer.active());
    for layer in [
        guard(&issuer).jwks().build().unwrap(),
        by_introspection(&issuer).build().unwrap(),
    ] {
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (layer, token) = (layer.clone(), token.clone());
            running.spawn(async move { status(&layer, "/orders", &token).await });
        }
        assert!(running.join_all().await.iter().all(|status| *status == 200));
    }
    assert_eq!((issuer.key_questions(), issuer.token_questions()), (1, 1));
}

#[tokio::test]
async fn who_gives_up_waiting_makes_nobody_else_wait() {
    let issuer = Issuer::start().await;
    issuer.says_of("live", issuer.active());
    let layer = by_introspection(&issuer)
        .answer_within(Duration::from_secs(30))
        .build()
        .unwrap();
    layer.ready().await.unwrap();
    issuer.becomes(Mood::Slow);
    let gone =
        tokio::time::timeout(Duration::from_millis(50), status(&layer, "/orders", "live")).await;
    assert!(gone.is_err());
    issuer.becomes(Mood::Well);
    let next =
        tokio::time::timeout(Duration::from_secs(10), status(&layer, "/orders", "live")).await;
    assert_eq!(next.unwrap(), 200);
}

#[tokio::test]
async fn keys_that_were_asked_for_count_though_whoever_asked_has_gone() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    issuer.publishes(&[&signer]);
    let token = signer.sign(&signer.header(), &issuer.claims());
    let layer = guard(&issuer)
        .answer_within(Duration::from_secs(30))
        .jwks()
        .build()
        .unwrap();
    issuer.becomes(Mood::Late);
    let gone =
        tokio::time::timeout(Duration::from_millis(50), status(&layer, "/orders", &token)).await;
    assert!(gone.is_err());
    let since = std::time::Instant::now();
    while issuer.key_questions() == 0 {
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "asked for no more"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status(&layer, "/orders", &token).await, 200);
    assert_eq!(issuer.key_questions(), 1);
}

#[tokio::test]
async fn s247_nobody_waits_longer_than_the_issuer_may_take_however_many_ask() {
    let issuer = Issuer::start().await;
    issuer.becomes(Mood::Slow);
    let layer = by_introspection(&issuer).build().unwrap();
    let since = std::time::Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..200 {
        let layer = layer.clone();
        running.spawn(async move { status(&layer, "/orders", &format!("token{number}")).await });
    }
    assert!(running.join_all().await.iter().all(|status| *status == 503));
    assert!(since.elapsed() < Duration::from_secs(5), "{since:?}");
}

#[tokio::test]
async fn keys_may_count_for_ever() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    issuer.publishes(&[&signer]);
    let token = signer.sign(&signer.header(), &issuer.claims());
    let layer = guard(&issuer)
        .jwks()
        .refresh_keys_every(Duration::MAX)
        .keep_keys_at_most(Duration::MAX)
        .build()
        .unwrap();
    for _ in 0..2 {
        assert_eq!(status(&layer, "/orders", &token).await, 200);
    }
}

#[tokio::test]
async fn s246_an_answer_counts_for_its_time_and_not_beyond_the_tokens_end() {
    let issuer = Issuer::start().await;
    let layer = by_introspection(&issuer)
        .cache_for(Duration::from_secs(60))
        .build()
        .unwrap();
    issuer.says_of("ending", changed(&issuer.active(), "exp", json!(now() + 2)));
    assert_eq!(status(&layer, "/orders", "ending").await, 200);
    let since = std::time::Instant::now();
    while status(&layer, "/orders", "ending").await == 200 {
        assert!(
            since.elapsed() < Duration::from_secs(4),
            "remembered beyond its end"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // "Not live" is not remembered for long: a token may be asked about before it is written everywhere.
    assert_eq!(status(&layer, "/orders", "early").await, 401);
    issuer.says_of("early", issuer.active());
    let since = std::time::Instant::now();
    while status(&layer, "/orders", "early").await == 401 {
        assert!(
            since.elapsed() < Duration::from_secs(4),
            "remembered as dead"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn s202_an_issuer_that_calls_itself_otherwise_is_another() {
    let issuer = Issuer::start().await;
    let signer = Signer::eddsa("a");
    issuer.publishes(&[&signer]);
    issuer.calls_itself(&format!("{}/", issuer.url));
    for layer in [
        guard(&issuer).jwks().build().unwrap(),
        by_introspection(&issuer).build().unwrap(),
    ] {
        let error = layer.ready().await.unwrap_err();
        assert!(
            matches!(error, IssuerError::AnotherIssuer { .. }),
            "{error}"
        );
        let token = signer.sign(&signer.header(), &issuer.claims());
        assert_eq!(status(&layer, "/orders", &token).await, 503);
    }
}

#[test]
fn a_guard_that_cannot_work_is_not_built() {
    let builder = || {
        GuardLayer::builder("https://auth.example.com")
            .jwks()
            .route(Route::at("/"))
    };
    assert!(builder().build().is_ok());
    let sentence = |builder: Builder| builder.build().unwrap_err().to_string();
    for (builder, word) in [
        (
            GuardLayer::builder("https://auth.example.com/")
                .jwks()
                .route(Route::at("/")),
            "slash at the end",
        ),
        (
            GuardLayer::builder("http://auth.example.com")
                .jwks()
                .route(Route::at("/")),
            "https",
        ),
        (
            GuardLayer::builder("https://auth.example.com").route(Route::at("/")),
            "introspection",
        ),
        (
            GuardLayer::builder("https://auth.example.com").jwks(),
            "no route",
        ),
        (builder().route(Route::at("/")), "two routes"),
        (builder().realm("a\"b"), "realm"),
        (
            builder().cache_for(Duration::from_secs(61)),
            "more than a minute",
        ),
        (builder().answer_within(Duration::ZERO), "answer_within"),
        (
            builder().keep_keys_at_most(Duration::from_secs(1)),
            "refresh_keys_every",
        ),
    ] {
        let said = sentence(builder);
        assert!(said.contains(word), "{said}");
    }
}

#[tokio::test]
async fn axum_hands_the_caller_to_handlers() {
    let issuer = Issuer::start().await;
    issuer.says_of("live", issuer.active());
    let layer = by_introspection(&issuer).build().unwrap();
    let service = Router::new()
        .route("/orders", any(async |caller: Caller| caller.account))
        .route("/public", any(async |_: Caller| "never"))
        .route(
            "/public/either",
            any(async |caller: Option<Caller>| caller.map_or("nobody", |_| "somebody")),
        )
        .layer(layer);
    for (path, expected) in [
        ("/orders", (200, "Acme")),
        ("/public", (500, "")),
        ("/public/either", (200, "nobody")),
    ] {
        let answer = service.clone().oneshot(get(path, "live")).await.unwrap();
        let status = answer.status().as_u16();
        assert_eq!((status, body(answer).await.as_str()), expected, "{path}");
    }
}
