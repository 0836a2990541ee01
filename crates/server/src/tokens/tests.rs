//! The mint and the judge at times that a test chooses, and JWTs that our own keys signed though we never would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::scope::Scope;
use serde_json::{Value, json};
use store::{Millis, NewCredential};

use super::Authorization;
use super::authorization::Subject;
use super::issue::issue;
use super::jwt::JwtRefusal;
use super::opaque;
use super::verify::{DeadToken, verify};
use crate::config::load::load;
use crate::context::Context;
use crate::keys::rotation;
use crate::listener::request_id::RequestId;
use crate::platform::{Issuer, Platform};
use crate::serve;

/// Some day in 2026.
const NOW: Millis = 1_790_000_000_000;
const SECOND: Millis = 1_000;

/// A platform on a database of its own, without a socket.
struct House {
    platform: Arc<Platform>,
    folder: PathBuf,
}

impl House {
    async fn open(test: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("grantor-tokens-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("grantor.toml");
        let text = r#"
            [environments.opaque]
            url = "http://127.0.0.1:8080"
            access_token_lifetime = "60m"
            [environments.eddsa]
            url = "http://127.0.0.1:8081"
            access_token_lifetime = "60m"
            access_token_format = "jwt"
            [environments.other]
            url = "http://127.0.0.1:8082"
            access_token_format = "jwt"
            [server]
            listen = ["127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8082"]
        "#;
        std::fs::write(&file, text).unwrap();
        let config = load(&file, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let platform = serve::build(config, NOW).await.unwrap();
        for issuer in &platform.issuers {
            rotation::ensure_first_key(&platform, issuer, NOW)
                .await
                .unwrap();
        }
        Self { platform, folder }
    }

    fn context(&self, environment: &str) -> Context {
        Context {
            platform: Arc::clone(&self.platform),
            issuer: Arc::clone(self.issuer(environment)),
            now: NOW,
            started: std::time::Instant::now(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            remote_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            request_id: RequestId::new(NOW),
            rehearses: false,
        }
    }

    fn issuer(&self, environment: &str) -> &Arc<Issuer> {
        self.platform.issuer(environment).unwrap()
    }

    /// A token of a new client that is called `name`, as the pipeline issues it.
    async fn token(&self, environment: &str, name: &str) -> String {
        self.token_of(environment, &format!("uuid-{environment}"), name)
            .await
    }

    async fn token_of(&self, environment: &str, uuid: &str, name: &str) -> String {
        let context = self.context(environment);
        let store = self.platform.store.in_environment(context.issuer.name());
        let new = NewCredential {
            uuid: uuid.to_owned(),
            client_id: name.to_owned(),
            account_name: "Acme".to_owned(),
            new_account_id: "account".to_owned(),
            name: name.to_owned(),
            description: "Made by a test".to_owned(),
            version: None,
            scopes: Vec::new(),
            grant_types: vec!["client_credentials".to_owned()],
            redirect_uris: Vec::new(),
            public: false,
            resource_server: false,
            pkce_exempt: false,
            created_at: NOW,
            secret: None,
        };
        store
            .create_credential(
                new,
                context.audit("credential.created", store::Actor::System),
            )
            .await
            .unwrap();
        let client = context
            .issuer
            .clients
            .fresh(store, name)
            .await
            .unwrap()
            .unwrap();
        let lifetime = context.issuer.environment.access_token_lifetime;
        let authorization = Authorization {
            client,
            subject: Subject::Client,
            scope: Scope::default(),
            lifetime,
        };
        issue(&context, &authorization).await.unwrap().access_token
    }

    async fn judge(&self, environment: &str, token: &str, now: Millis) -> Result<(), DeadToken> {
        verify(&self.platform, self.issuer(environment), token, now)
            .await
            .unwrap()
            .map(|_| ())
    }

    /// Signs any header and claims with the environment's own key.
    fn signed(&self, environment: &str, header: &Value, claims: &Value) -> String {
        let issuer = self.issuer(environment);
        let ring = issuer.keys.load();
        let key = ring
            .signing(issuer.environment.signing_algorithm, NOW)
            .unwrap();
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = key.pair.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Header and claims of a token.
fn read(token: &str) -> (Value, Value) {
    let decode = |segment: Option<&str>| {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment.unwrap()).unwrap()).unwrap()
    };
    let mut segments = token.split('.');
    (decode(segments.next()), decode(segments.next()))
}

fn changed(value: &Value, name: &str, to: Value) -> Value {
    let mut value = value.clone();
    value[name] = to;
    value
}

fn without(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().remove(name);
    value
}

#[tokio::test]
async fn qx2_a_token_of_sixty_minutes_lives_at_59_59_and_is_dead_at_60_00() {
    let house = House::open("qx2").await;
    for environment in ["opaque", "eddsa"] {
        let token = house.token(environment, "client").await;
        let end = NOW + 3_600 * SECOND;
        assert_eq!(house.judge(environment, &token, NOW).await, Ok(()));
        assert_eq!(
            house.judge(environment, &token, end - SECOND).await,
            Ok(()),
            "59:59"
        );
        assert_eq!(house.judge(environment, &token, end - 1).await, Ok(()));
        assert_eq!(
            house.judge(environment, &token, end).await,
            Err(DeadToken::Expired),
            "60:00, from memory"
        );
        house.platform.forget(&store::Change::Everything);
        let dead = house.judge(environment, &token, end).await;
        assert!(
            matches!(
                dead,
                Err(DeadToken::Expired | DeadToken::Jwt(JwtRefusal::Expired))
            ),
            "60:00, read anew: {dead:?}"
        );
    }
}

#[tokio::test]
async fn f20_a_token_that_was_over_does_not_come_back_with_an_older_clock() {
    let house = House::open("f20").await;
    let end = NOW + 3_600 * SECOND;
    for environment in ["opaque", "eddsa"] {
        let token = house.token(environment, "client").await;
        assert_eq!(house.judge(environment, &token, NOW).await, Ok(()));
        for now in [end, NOW, 0, end - 1, i64::MAX] {
            let dead = house.judge(environment, &token, now).await;
            assert_eq!(dead, Err(DeadToken::Expired), "{environment} at {now}");
        }
    }
}

#[tokio::test]
async fn s199_a_token_signed_by_another_environments_key_is_dead() {
    let house = House::open("s199").await;
    let (header, claims) = read(&house.token("eddsa", "client").await);
    let (other_header, _) = read(&house.token("other", "client").await);
    let with_our_claims = house.signed("other", &other_header, &claims);
    assert_eq!(
        house.judge("eddsa", &with_our_claims, NOW).await,
        Err(DeadToken::Jwt(JwtRefusal::UnknownKey))
    );
    let with_our_kid = house.signed("other", &header, &claims);
    assert_eq!(
        house.judge("eddsa", &with_our_kid, NOW).await,
        Err(DeadToken::Jwt(JwtRefusal::BadSignature))
    );
    assert_eq!(
        house
            .judge("eddsa", &house.signed("eddsa", &header, &claims), NOW)
            .await,
        Ok(())
    );
}

#[tokio::test]
async fn s200_s204_a_header_that_we_do_not_write_is_refused_though_our_key_signed_it() {
    let house = House::open("s200").await;
    let (header, claims) = read(&house.token("eddsa", "client").await);
    for other in [
        changed(&header, "typ", json!("JWT")),
        changed(&header, "typ", json!("dpop+jwt")),
        changed(&header, "typ", json!("logout+jwt")),
        changed(&header, "typ", json!("AT+JWT")),
        without(&header, "typ"),
        changed(&header, "alg", json!("none")),
        changed(&header, "alg", json!("ES256")),
        changed(&header, "crit", json!(["exp"])),
        changed(&header, "b64", json!(false)),
        changed(&header, "zip", json!("DEF")),
        json!([]),
        json!(null),
    ] {
        let dead = house
            .judge("eddsa", &house.signed("eddsa", &other, &claims), NOW)
            .await;
        assert_eq!(
            dead,
            Err(DeadToken::Jwt(JwtRefusal::ForeignHeader)),
            "{other}"
        );
    }
}

#[tokio::test]
async fn s201_times_of_the_wrong_type_or_the_wrong_time_are_refused() {
    let house = House::open("s201").await;
    let (header, claims) = read(&house.token("eddsa", "client").await);
    let now = NOW / SECOND;
    let judge = async |claims: Value| {
        house
            .judge("eddsa", &house.signed("eddsa", &header, &claims), NOW)
            .await
    };
    for exp in [
        json!("9999999999"),
        json!(now as f64 + 0.5),
        json!(null),
        json!(true),
        json!([now + 60]),
        json!(9_223_372_036_854_775_808_u64),
        json!(i64::MAX),
    ] {
        assert_eq!(
            judge(changed(&claims, "exp", exp.clone())).await,
            Err(DeadToken::Jwt(JwtRefusal::Malformed)),
            "exp {exp}"
        );
    }
    assert_eq!(
        judge(without(&claims, "exp")).await,
        Err(DeadToken::Jwt(JwtRefusal::Malformed))
    );
    for exp in [-1, 0, now - 1, now] {
        assert_eq!(
            judge(changed(&claims, "exp", json!(exp))).await,
            Err(DeadToken::Jwt(JwtRefusal::Expired)),
            "exp {exp}"
        );
    }
    assert_eq!(judge(changed(&claims, "exp", json!(now + 1))).await, Ok(()));
    for name in ["nbf", "iat"] {
        assert_eq!(
            judge(changed(&claims, name, json!("soon"))).await,
            Err(DeadToken::Jwt(JwtRefusal::Malformed)),
            "{name}"
        );
        assert_eq!(
            judge(changed(&claims, name, json!(now + 5))).await,
            Ok(()),
            "{name} within the leeway"
        );
        assert_eq!(
            judge(changed(&claims, name, json!(now + 6))).await,
            Err(DeadToken::Jwt(JwtRefusal::FromTheFuture)),
            "{name}"
        );
    }
    assert_eq!(
        judge(without(&claims, "iat")).await,
        Err(DeadToken::Jwt(JwtRefusal::Malformed))
    );
}

#[tokio::test]
async fn s202_issuer_and_audience_are_ours_to_the_letter() {
    let house = House::open("s202").await;
    let (header, claims) = read(&house.token("eddsa", "client").await);
    let judge = async |claims: Value| {
        house
            .judge("eddsa", &house.signed("eddsa", &header, &claims), NOW)
            .await
    };
    let ours = claims["iss"].as_str().unwrap().to_owned();
    for iss in [
        format!("{ours}/"),
        ours.replace("http:", "https:"),
        ours.to_uppercase(),
        "http://127.0.0.1:8082".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            judge(changed(&claims, "iss", json!(iss))).await,
            Err(DeadToken::Jwt(JwtRefusal::ForeignClaims)),
            "iss {iss}"
        );
    }
    for aud in [
        json!("http://127.0.0.1:8082"),
        json!(""),
        json!([]),
        json!(["other"]),
        json!(format!("{ours}/")),
    ] {
        assert_eq!(
            judge(changed(&claims, "aud", aud.clone())).await,
            Err(DeadToken::Jwt(JwtRefusal::ForeignClaims)),
            "aud {aud}"
        );
    }
    assert_eq!(
        judge(changed(&claims, "aud", json!([ours, "other"]))).await,
        Ok(())
    );
    for claims in [
        without(&claims, "iss"),
        without(&claims, "aud"),
        changed(&claims, "aud", json!(7)),
        without(&claims, "credential"),
    ] {
        assert_eq!(
            judge(claims).await,
            Err(DeadToken::Jwt(JwtRefusal::Malformed))
        );
    }
}

#[tokio::test]
async fn s204_a_claim_that_occurs_twice_is_refused() {
    let house = House::open("s204").await;
    let (header, claims) = read(&house.token("eddsa", "client").await);
    let issuer = house.issuer("eddsa");
    let ring = issuer.keys.load();
    let key = ring
        .signing(issuer.environment.signing_algorithm, NOW)
        .unwrap();
    let text = claims.to_string();
    let twice = format!("{{\"exp\":{},{}", NOW, &text[1..]);
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(twice)
    );
    let token = format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(key.pair.sign(signed.as_bytes()).unwrap())
    );
    assert_eq!(
        house.judge("eddsa", &token, NOW).await,
        Err(DeadToken::Jwt(JwtRefusal::Malformed))
    );
}

#[tokio::test]
async fn s205_what_a_customer_calls_itself_stays_a_value() {
    let house = House::open("s205").await;
    let name = "\",\"sub\":\"root\",\"exp\":9999999999,\"x\":\"\u{1f984}9223372036854775807";
    let (_, claims) = read(&house.token("eddsa", name).await);
    assert_eq!(
        (&claims["sub"], &claims["client_id"]),
        (&json!(name), &json!(name))
    );
    assert_eq!(claims["exp"], (NOW + 3_600 * SECOND) / SECOND);
    let members: Vec<&str> = claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "jti",
        "client_id",
        "credential",
        "account",
    ];
    expected.sort_unstable();
    let mut members = members;
    members.sort_unstable();
    assert_eq!(members, expected);
}

/// What the command line changes on SQLite, a process of its own that tells nobody, is looked for and forgotten by itself.
#[tokio::test]
async fn s246_what_another_process_changed_is_forgotten_and_nothing_else() {
    let house = House::open("s246").await;
    let platform = &house.platform;
    let issuer = house.issuer("opaque");
    let (one, other) = (
        house.token_of("opaque", "uuid-one", "one").await,
        house.token_of("opaque", "uuid-other", "other").await,
    );
    let store = platform.store.in_environment(issuer.name());
    let event = || {
        house
            .context("opaque")
            .audit("test", store::Actor::CommandLine)
    };
    let is_remembered = |token: &str| issuer.tokens.get(&opaque::hash(token)).is_some();
    let catch_up = async || {
        platform.catch_up(NOW).await.unwrap();
        assert!(is_remembered(&other));
        assert!(issuer.clients.remembered("other").is_some());
    };
    // The first of all changes forgets everything, since nobody saw one before it.
    store
        .update_credential("uuid-one", Some("n"), None, NOW, event())
        .await
        .unwrap();
    platform.catch_up(NOW).await.unwrap();
    for token in [&one, &other] {
        assert_eq!(house.judge("opaque", token, NOW).await, Ok(()));
    }
    assert!(is_remembered(&one) && is_remembered(&other));
    let known = issuer.clients.remembered("one").unwrap();

    // A new credential is nothing to forget.
    house.token_of("opaque", "uuid-new", "new").await;
    catch_up().await;
    assert!(is_remembered(&one));
    assert!(Arc::ptr_eq(
        &known,
        &issuer.clients.remembered("one").unwrap()
    ));

    store
        .disable_credential("uuid-one", NOW, event())
        .await
        .unwrap();
    assert_eq!(house.judge("opaque", &one, NOW).await, Ok(()), "not yet");
    catch_up().await;
    assert!(issuer.clients.remembered("one").is_none());
    let gone = Err(DeadToken::ClientGone);
    assert_eq!(house.judge("opaque", &one, NOW).await, gone);
    store
        .enable_credential("uuid-one", NOW, event())
        .await
        .unwrap();
    catch_up().await;
    assert_eq!(house.judge("opaque", &one, NOW).await, Ok(()));

    let id = opaque::id_of(&one, &opaque::hash(&one)).unwrap();
    store
        .revoke_access_token(id, "uuid-one", NOW, event())
        .await
        .unwrap();
    catch_up().await;
    assert!(!is_remembered(&one));
    assert!(
        issuer.clients.remembered("one").is_some(),
        "its client is what it was"
    );
    assert_eq!(
        house.judge("opaque", &one, NOW).await,
        Err(DeadToken::Revoked)
    );

    // Of another environment: nothing here.
    let rotated = store::Change::Environment(house.issuer("other").name().clone());
    platform.forget(&rotated);
    catch_up().await;
    // Both are of one account, whose suspension is looked for in the clients.
    let account = &known.client.credential.account_id;
    platform
        .store
        .suspend_account(account, NOW, event())
        .await
        .unwrap();
    platform.catch_up(NOW).await.unwrap();
    assert!(issuer.clients.remembered("other").is_none());
    assert_eq!(house.judge("opaque", &other, NOW).await, gone);
}

/// A JWT is judged by keys in memory: what was judged by a key while it was revoked elsewhere is not remembered.
#[tokio::test]
async fn s246_a_revoked_key_ends_its_tokens_in_its_environment_and_a_new_key_ends_none() {
    let house = House::open("s246-keys").await;
    let platform = &house.platform;
    let issuer = house.issuer("eddsa");
    let token = house.token("eddsa", "client").await;
    let opaque_token = house.token("opaque", "opaque-client").await;
    let is_remembered = |token: &str| issuer.tokens.get(&opaque::hash(token)).is_some();
    let also = || {
        let tokens = &house.issuer("opaque").tokens;
        tokens.get(&opaque::hash(&opaque_token)).is_some()
    };
    platform.catch_up(NOW).await.unwrap();
    assert_eq!(house.judge("eddsa", &token, NOW).await, Ok(()));
    assert_eq!(house.judge("opaque", &opaque_token, NOW).await, Ok(()));
    let store = platform.store.in_environment(issuer.name());
    let rows = store.signing_keys(NOW).await.unwrap();
    let event = || {
        house
            .context("eddsa")
            .audit("test", store::Actor::CommandLine)
    };
    let next = store::NewSigningKey {
        id: "next".to_owned(),
        algorithm: rows[0].algorithm.clone(),
        public_jwk: rows[0].public_jwk.clone(),
        wrapped_private_key: rows[0].wrapped_private_key.clone(),
        master_key_id: rows[0].master_key_id.clone(),
        created_at: NOW,
        activates_at: NOW + 1_000 * SECOND,
    };
    store
        .announce_signing_key(next, NOW + 9_000 * SECOND, NOW, event())
        .await
        .unwrap();
    platform.catch_up(NOW).await.unwrap();
    assert!(is_remembered(&token) && also(), "a key more");

    let key = &rows[0].id;
    store
        .revoke_signing_key(key, None, NOW, event())
        .await
        .unwrap();
    platform.catch_up(NOW).await.unwrap();
    assert!(!is_remembered(&token));
    assert!(also(), "another environment's");
    let dead = house.judge("eddsa", &token, NOW).await;
    assert!(matches!(dead, Err(DeadToken::Jwt(_))), "{dead:?}");
}
