//! A browser without a screen: cookies, links, and the first form of a page.

use std::collections::BTreeMap;

use super::house::{CALLBACK, House, PASSWORD};
use super::request::{Request, form};
use super::{Answer, Credential};

/// The S256 challenge of [`VERIFIER`] (RFC 7636, appendix B).
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub struct Browser {
    authority: String,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn at(authority: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub fn get(&mut self, target: &str) -> Answer {
        self.send(Request::get(target))
    }

    pub fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Request::post(target).form(form(fields)))
    }

    pub fn send(&mut self, request: Request) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = match cookies.is_empty() {
            true => request,
            false => request.header("Cookie", cookies.join("; ")),
        };
        let answer = request.send(&self.authority);
        for (name, line) in &answer.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                let (pair, rest) = line.split_once(';').unwrap_or((line, ""));
                let (name, value) = pair.split_once('=').unwrap();
                match rest.contains("Max-Age=0") {
                    true => self.cookies.remove(name),
                    false => self.cookies.insert(name.to_owned(), value.to_owned()),
                };
            }
        }
        answer
    }

    /// Sends a page's first form, with what its hidden fields hold and what a person adds.
    pub fn submit(&mut self, page: &Answer, typed: &[(&str, &str)]) -> Answer {
        let (action, hidden) = first_form(page);
        let mut fields: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| typed.iter().all(|(other, _)| other != name))
            .collect();
        fields.extend(typed);
        self.post(&action, &fields)
    }

    /// Follows redirects within the server; stops at a page, or where one leads elsewhere.
    pub fn follow(&mut self, mut answer: Answer) -> Answer {
        while let Some(location) = location(&answer).filter(|to| to.starts_with('/')) {
            answer = self.get(&location);
        }
        answer
    }

    /// Signs in to the portal.
    pub fn sign_in(&mut self, username: &str, password: &str) -> Answer {
        let page = self.get("/portal");
        let answer = self.submit(&page, &[("username", username), ("password", password)]);
        self.follow(answer)
    }

    /// Walks through sign-in and consent, as far as they are shown, to where the client is told.
    pub fn walk(&mut self, target: &str, username: &str) -> String {
        let first = self.get(target);
        let mut answer = self.follow(first);
        for _ in 0..4 {
            if let Some(location) = location(&answer) {
                return location;
            }
            assert_eq!(answer.status, 200, "{}", answer.text());
            let typed: &[(&str, &str)] = if answer.text().contains("id=\"allow\"") {
                &[("decision", "allow")]
            } else {
                &[("username", username), ("password", PASSWORD)]
            };
            let sent = self.submit(&answer, typed);
            answer = self.follow(sent);
        }
        panic!("the walk does not end: {}", answer.text());
    }
}

/// Where an answer leads.
pub fn location(answer: &Answer) -> Option<String> {
    answer.header("location").map(str::to_owned)
}

/// A parameter of an address.
pub fn parameter(location: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(location).unwrap();
    let mut values = url.query_pairs().filter(|(known, _)| known == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    assert!(values.next().is_none(), "{name} twice in {location}");
    value
}

/// The address of an authorization request with PKCE.
pub fn request_of(client: &Credential, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("response_type", "code"),
        ("client_id", client.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    format!("/oauth/authorize?{}", form(&fields))
}

impl House {
    /// A code that a new person let this client have.
    pub fn code(&self, environment: &str, client: &Credential, more: &[(&str, &str)]) -> String {
        let person = self.person(environment, &[]);
        let target = request_of(client, more);
        let location = Browser::at(self.server.at(environment)).walk(&target, &person);
        parameter(&location, "code").unwrap_or_else(|| panic!("no code: {location}"))
    }

    /// Redeems a code with every proof.
    pub fn redeem(&self, environment: &str, client: &Credential, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.ask(environment, client, &form(&fields))
    }

    pub fn refresh(&self, environment: &str, client: &Credential, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.ask(environment, client, &form(&fields))
    }

    /// Access and refresh token that a new person let this client have.
    pub fn pair(&self, environment: &str, client: &Credential) -> (String, String) {
        let code = self.code(environment, client, &[]);
        pair(&self.redeem(environment, client, &code))
    }
}

/// Access and refresh token of an answer.
pub fn pair(answer: &Answer) -> (String, String) {
    let json = answer.json();
    let member = |name: &str| {
        json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {answer:?}"))
            .to_owned()
    };
    (member("access_token"), member("refresh_token"))
}

fn first_form(page: &Answer) -> (String, Vec<(String, String)>) {
    let text = page.text();
    let start = text
        .find("<form method=\"post\"")
        .unwrap_or_else(|| panic!("no form: {text}"));
    let form = &text[start..start + text[start..].find("</form>").unwrap()];
    let action = attribute(form, "action").unwrap();
    let hidden = form
        .split("<input ")
        .skip(1)
        .map(|input| &input[..input.find('>').unwrap()])
        .filter(|input| input.contains("type=\"hidden\""))
        .map(|input| {
            (
                attribute(input, "name").unwrap(),
                attribute(input, "value").unwrap(),
            )
        })
        .collect();
    (action, hidden)
}

fn attribute(element: &str, name: &str) -> Option<String> {
    let (_, rest) = element.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&#x2f;", "/")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

/// Seconds since 1970.
pub fn now_in_seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Asks for a second factor: the page that shows its secret, and an authenticator that has read it.
pub fn begin_second_factor(browser: &mut Browser) -> (Answer, totp_rs::Totp) {
    let security = browser.get("/portal/security");
    let csrf = between(security.text(), "name=\"csrf\" value=\"", "\"");
    let enrolment = browser.post("/portal/security/second-factor", &[("csrf", &csrf)]);
    let secret = between(enrolment.text(), "<pre id=\"secret\">", "<").replace(' ', "");
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap())
        .build_noncompliant();
    (enrolment, totp)
}

/// Turns the second factor on, with a code of the step before the present one.
pub fn turn_second_factor_on(browser: &mut Browser) -> totp_rs::Totp {
    let (enrolment, totp) = begin_second_factor(browser);
    let code = totp.generate(now_in_seconds() - 30).to_string();
    let on = browser.submit(&enrolment, &[("code", &code)]);
    assert_eq!(on.status, 200, "{}", on.text());
    totp
}

/// The first text between two others.
pub fn between(text: &str, before: &str, after: &str) -> String {
    let rest = text
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(after).next().unwrap().to_owned()
}
