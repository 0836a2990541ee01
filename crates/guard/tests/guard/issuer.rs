//! An issuer that says whatever a test wants, and counts how often it is asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// What an issuer does when asked.
#[derive(Clone, Debug)]
pub enum Mood {
    Well,
    /// 500
    Failing,
    /// 200, and no JSON.
    Garbage,
    /// Everything, after a moment.
    Late,
    /// Nothing for a minute.
    Slow,
}

pub struct Issuer {
    pub url: String,
    says: Arc<Says>,
}

struct Says {
    url: Mutex<String>,
    mood: Mutex<Mood>,
    keys: Mutex<Vec<Value>>,
    tokens: Mutex<BTreeMap<String, Value>>,
    key_questions: AtomicUsize,
    token_questions: AtomicUsize,
}

impl Issuer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Says {
            url: Mutex::new(url.clone()),
            mood: Mutex::new(Mood::Well),
            keys: Mutex::default(),
            tokens: Mutex::default(),
            key_questions: AtomicUsize::new(0),
            token_questions: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route("/keys", get(keys))
            .route("/introspect", post(introspect))
            .with_state(Arc::clone(&says));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, says }
    }

    pub fn becomes(&self, mood: Mood) {
        *self.says.mood.lock().unwrap() = mood;
    }

    pub fn calls_itself(&self, url: &str) {
        *self.says.url.lock().unwrap() = url.to_owned();
    }

    pub fn publishes(&self, keys: &[&Signer]) {
        *self.says.keys.lock().unwrap() = keys.iter().map(|key| key.jwk()).collect();
    }

    /// What introspection says about a token; `None` for a dead one.
    pub fn says_of(&self, token: &str, answer: Value) {
        let mut tokens = self.says.tokens.lock().unwrap();
        tokens.insert(token.to_owned(), answer);
    }

    pub fn key_questions(&self) -> usize {
        self.says.key_questions.load(Ordering::SeqCst)
    }

    pub fn token_questions(&self) -> usize {
        self.says.token_questions.load(Ordering::SeqCst)
    }

    /// The claims of a live token.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.url, "sub": "client", "aud": self.url, "exp": now() + 600, "iat": now(), "jti": "j",
            "client_id": "client", "scope": "orders.read", "credential": "uuid", "credential_version": "v1", "account": "Acme",
        })
    }

    /// What introspection says of a live token.
    pub fn active(&self) -> Value {
        let mut answer = self.claims();
        answer["active"] = json!(true);
        answer["token_type"] = json!("Bearer");
        answer
    }
}

pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

async fn answered(says: &Says, answer: Value) -> Response {
    let mood = says.mood.lock().unwrap().clone();
    match mood {
        Mood::Well => answer.to_string().into_response(),
        Mood::Failing => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::Garbage => "<html>active: true</html>".into_response(),
        Mood::Late => {
            tokio::time::sleep(Duration::from_millis(300)).await;
            answer.to_string().into_response()
        }
        Mood::Slow => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            answer.to_string().into_response()
        }
    }
}

async fn metadata(State(says): State<Arc<Says>>) -> Response {
    let url = says.url.lock().unwrap().clone();
    let metadata = json!({ "issuer": url, "jwks_uri": format!("{url}/keys"), "introspection_endpoint": format!("{url}/introspect") });
    answered(&says, metadata).await
}

async fn keys(State(says): State<Arc<Says>>) -> Response {
    says.key_questions.fetch_add(1, Ordering::SeqCst);
    let set = json!({ "keys": *says.keys.lock().unwrap() });
    answered(&says, set).await
}

async fn introspect(State(says): State<Arc<Says>>, body: Bytes) -> Response {
    says.token_questions.fetch_add(1, Ordering::SeqCst);
    let token = form_urlencoded::parse(&body)
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned());
    let known = says
        .tokens
        .lock()
        .unwrap()
        .get(&token.unwrap_or_default())
        .cloned();
    answered(&says, known.unwrap_or(json!({ "active": false }))).await
}

pub enum Pair {
    EdDSA(Ed25519KeyPair),
    ES256(EcdsaKeyPair),
    RS256(RsaKeyPair),
}

pub struct Signer {
    pub kid: String,
    pair: Pair,
}

impl Signer {
    pub fn eddsa(kid: &str) -> Self {
        Self::of(kid, Pair::EdDSA(Ed25519KeyPair::generate().unwrap()))
    }

    pub fn es256(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self::of(kid, Pair::ES256(pair))
    }

    pub fn rs256(kid: &str) -> Self {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        Self::of(kid, Pair::RS256(pair))
    }

    fn of(kid: &str, pair: Pair) -> Self {
        Self {
            kid: kid.to_owned(),
            pair,
        }
    }

    fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::EdDSA(_) => "EdDSA",
            Pair::ES256(_) => "ES256",
            Pair::RS256(_) => "RS256",
        }
    }

    /// The header that the issuer writes.
    pub fn header(&self) -> Value {
        json!({ "typ": "at+jwt", "alg": self.algorithm(), "kid": self.kid })
    }

    pub fn jwk(&self) -> Value {
        let (kid, alg) = (&self.kid, self.algorithm());
        match &self.pair {
            Pair::EdDSA(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()), "kid": kid, "use": "sig", "alg": alg })
            }
            Pair::ES256(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]), "kid": kid, "use": "sig", "alg": alg })
            }
            Pair::RS256(pair) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                json!({ "kty": "RSA", "n": text(n.big_endian_without_leading_zero()), "e": text(e.big_endian_without_leading_zero()), "kid": kid, "use": "sig", "alg": alg })
            }
        }
    }

    /// A token with any header and any claims.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", text(header.as_bytes()), text(claims.as_bytes()));
        let random = aws_lc_rs::rand::SystemRandom::new();
        let signature = match &self.pair {
            Pair::EdDSA(pair) => pair.sign(signed.as_bytes()).as_ref().to_vec(),
            Pair::ES256(pair) => pair
                .sign(&random, signed.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            Pair::RS256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &random,
                    signed.as_bytes(),
                    &mut signature,
                )
                .unwrap();
                signature
            }
        };
        format!("{signed}.{}", text(&signature))
    }
}

pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
