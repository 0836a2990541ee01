//! A company's identity provider, small: it says of a person what a test wants it to say, rightly or wrongly.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::browser::parameter;
use super::request::{basic, form};
use super::signer::Signer;

pub const CLIENT_ID: &str = "grantor at work";
pub const CLIENT_SECRET: &str = "a secret: 100% sure";

pub struct IdentityProvider {
    pub issuer: String,
    pub signer: Signer,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    keys: Vec<Value>,
    /// What each code is worth, once.
    codes: HashMap<String, Granted>,
    userinfo: HashMap<String, Value>,
    names_itself: bool,
    key_requests: usize,
    made: usize,
}

struct Granted {
    id_token: String,
    challenge: String,
    redirect_uri: String,
}

/// What the browser brought to the authorization endpoint.
pub struct Asked {
    pub state: String,
    pub nonce: String,
    challenge: String,
    redirect_uri: String,
}

impl Asked {
    /// Reads an address of the authorization endpoint as the provider does.
    pub fn read(location: &str) -> Self {
        let one = |name: &str| {
            parameter(location, name).unwrap_or_else(|| panic!("no {name} in {location}"))
        };
        assert_eq!(one("response_type"), "code");
        assert_eq!(one("client_id"), CLIENT_ID);
        assert_eq!(one("code_challenge_method"), "S256");
        assert!(one("scope").split(' ').any(|scope| scope == "openid"));
        Self {
            state: one("state"),
            nonce: one("nonce"),
            challenge: one("code_challenge"),
            redirect_uri: one("redirect_uri"),
        }
    }
}

impl IdentityProvider {
    pub fn start(signer: Signer, names_itself: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let known = Arc::new(Mutex::new(Known {
            keys: vec![
                json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}),
                signer.jwk(),
            ],
            names_itself,
            ..Known::default()
        }));
        let (shared, own) = (Arc::clone(&known), issuer.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (known, issuer) = (Arc::clone(&shared), own.clone());
                std::thread::spawn(move || converse(stream, &known, &issuer));
            }
        });
        Self {
            issuer,
            signer,
            known,
        }
    }

    /// The claims of an id token for someone, as they should be.
    pub fn claims(&self, asked: &Asked, subject: &str, groups: &[&str]) -> Value {
        let now = super::browser::now_in_seconds();
        json!({
            "iss": self.issuer, "aud": CLIENT_ID, "sub": subject, "nonce": asked.nonce, "iat": now, "exp": now + 300,
            "preferred_username": subject, "groups": groups,
        })
    }

    /// Where the browser is sent back to, with a code that is worth this id token.
    pub fn grant(&self, asked: &Asked, id_token: String) -> String {
        let mut known = self.known.lock().unwrap();
        known.made += 1;
        let code = format!("code-{}", known.made);
        let granted = Granted {
            id_token,
            challenge: asked.challenge.clone(),
            redirect_uri: asked.redirect_uri.clone(),
        };
        known.codes.insert(code.clone(), granted);
        self.back(asked, &[("code", &code)], known.names_itself)
    }

    /// Where the browser is sent back to, with whatever answer.
    pub fn back(&self, asked: &Asked, answer: &[(&str, &str)], names_itself: bool) -> String {
        let mut fields = answer.to_vec();
        fields.push(("state", &asked.state));
        if names_itself {
            fields.push(("iss", &self.issuer));
        }
        let path = url::Url::parse(&asked.redirect_uri).unwrap();
        format!("{}?{}", path.path(), form(&fields))
    }

    /// What the userinfo endpoint says to whoever holds the access token of a subject.
    pub fn says_of(&self, subject: &str, more: Value) {
        let mut known = self.known.lock().unwrap();
        known.userinfo.insert(subject.to_owned(), more);
    }

    /// How often the keys were asked for.
    pub fn key_requests(&self) -> usize {
        self.known.lock().unwrap().key_requests
    }
}

fn converse(mut stream: TcpStream, known: &Mutex<Known>, issuer: &str) {
    let Some((head, body)) = receive(&mut stream) else {
        return;
    };
    let target = head.split(' ').nth(1).unwrap_or_default();
    let mut known = known.lock().unwrap();
    let (status, answer) = match target {
        "/.well-known/openid-configuration" => (
            200,
            json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
                "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                "userinfo_endpoint": format!("{issuer}/userinfo"),
                "authorization_response_iss_parameter_supported": known.names_itself,
            }),
        ),
        "/keys" => {
            known.key_requests += 1;
            (200, json!({"keys": known.keys}))
        }
        "/token" => token(&head, &body, &mut known),
        "/userinfo" => {
            let token = header(&head, "authorization").unwrap_or_default();
            let subject = token.trim_start_matches("Bearer at-");
            match known.userinfo.get(subject) {
                Some(said) => (200, said.clone()),
                None => (200, json!({"sub": subject})),
            }
        }
        _ => (404, json!({})),
    };
    let text = answer.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
}

/// RFC 6749 §4.1.3 and RFC 7636 §4.6, as a provider that means it.
fn token(head: &str, body: &str, known: &mut Known) -> (u16, Value) {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let proof = basic(&encoded(CLIENT_ID), &encoded(CLIENT_SECRET));
    if header(head, "authorization") != Some(proof) {
        return (401, json!({"error": "invalid_client"}));
    }
    let fields: HashMap<String, String> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let Some(granted) = known.codes.remove(&field("code")) else {
        return (400, json!({"error": "invalid_grant"}));
    };
    let hash = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        field("code_verifier").as_bytes(),
    );
    let proven = URL_SAFE_NO_PAD.encode(hash.as_ref()) == granted.challenge;
    if !proven || field("redirect_uri") != granted.redirect_uri {
        return (400, json!({"error": "invalid_grant"}));
    }
    let payload = granted.id_token.split('.').nth(1).unwrap_or_default();
    let claims = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
    let access_token = format!("at-{}", claims["sub"].as_str().unwrap_or_default());
    (
        200,
        json!({"token_type": "Bearer", "access_token": access_token, "id_token": granted.id_token}),
    )
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

fn receive(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut received = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let length = header(&head, "content-length")
                .and_then(|length| length.parse().ok())
                .unwrap_or(0);
            if received.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&received[end + 4..]).into_owned();
                return Some((head, body));
            }
        }
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => received.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}
