//! PAGES: what an account manager waits for, in an account with ten thousand credentials and a million audit events.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use store::{Actor, AuditEvent, DayOfUse, EnvironmentName, NewCredential};

use super::Bench;
use crate::filling::{self, millis, uuid};
use crate::http::Connection;
use crate::pairs::Figure;
use crate::server::Place;
use crate::table::{Asked, Row};

const CREDENTIALS: usize = 10_000;
const EVENTS: usize = 1_000_000;
/// Days of use that each credential has.
const DAYS: i64 = 30;
/// How often each page is asked for.
const ROUNDS: usize = 30;

const ENVIRONMENT: &str = "opaque";
const ACCOUNT: &str = "Bench";
const USERNAME: &str = "manager@bench.example";
const PASSWORD: &str = "a phrase for measuring";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Each page, and what is done there.
const PAGES: [(&str, &str); 5] = [
    ("the list", "/portal/credentials"),
    (
        "the list, searched",
        "/portal/credentials?search=number+9876",
    ),
    ("one credential", "/portal/credentials/UUID"),
    ("activity", "/portal/activity"),
    (
        "activity of one credential",
        "/portal/activity?subject=UUID",
    ),
];

pub fn pages(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let place = Place::new(bench.folder, "pages", None)?;
    place.person(ENVIRONMENT, ACCOUNT, USERNAME, PASSWORD)?;
    let uuid = filling::run(fill(&place.database()))?;

    let server = place.serve()?;
    let mut browser = Browser::sign_in(place.address(ENVIRONMENT), USERNAME, PASSWORD)?;
    let asked = Asked {
        goal: 100.0,
        limit: 200.0,
        unit: " ms",
        digits: 1,
    };
    let rows = PAGES.iter().map(|(what, path)| {
        let path = path.replace("UUID", &uuid);
        browser.get(&path)?;
        let times = (0..ROUNDS).map(|_| browser.timed(&path));
        let figure = Figure::of(times.collect::<Result<_>>()?);
        Ok(asked.row("PAGES", &format!("portal: {what}"), figure).with(
            ROUNDS as u64,
            format!("{CREDENTIALS} credentials, {EVENTS} events in one account"),
        ))
    });
    let rows = rows.collect();
    drop(server);
    rows
}

/// Fills the account; the UUID of one of its credentials.
async fn fill(database: &Path) -> Result<String> {
    let now = millis();
    let store = filling::open(database).await?;
    let environment = EnvironmentName::new(ENVIRONMENT);
    let account = store
        .find_account(ACCOUNT)
        .await?
        .context("the account of the person")?;
    let event = |number: usize, event: &'static str| AuditEvent {
        at: now - (EVENTS - number) as i64,
        actor: Actor::Person("00000000-0000-7000-8000-000000000000".to_owned()),
        environment: Some(environment.clone()),
        account_id: Some(account.id.clone()),
        event,
        subject: Some(uuid(number % CREDENTIALS)),
        remote_address: Some("192.0.2.7".to_owned()),
        request_id: None,
        details: "{}".to_owned(),
    };
    filling::in_batches(CREDENTIALS, |number| {
        let (store, environment) = (store.clone(), environment.clone());
        let audit = event(number, "credential.created");
        async move {
            let verbs = store.in_environment(&environment);
            verbs
                .create_credential(credential(number), audit)
                .await
                .map(drop)?;
            let uses = (0..DAYS).map(|back| {
                let day = DayOfUse {
                    day: now / DAY - back,
                    tokens: 24,
                    requests: 1_440,
                    refusals: 2,
                };
                (uuid(number), day)
            });
            store.add_credential_uses(uses.collect()).await.map(drop)
        }
    })
    .await?;
    filling::in_batches(EVENTS, |number| {
        // What programs do all day, and now and then what a person did.
        let what = match number % 2 {
            0 => "token.issued",
            _ => "credential.updated",
        };
        store.record(event(number, what))
    })
    .await?;
    store.close().await;
    Ok(uuid(CREDENTIALS / 2))
}

fn credential(number: usize) -> NewCredential {
    NewCredential {
        account_name: ACCOUNT.to_owned(),
        new_account_id: String::new(),
        created_at: millis() - number as i64 * 1_000,
        ..filling::credential(number, 0)
    }
}

/// A browser that is signed in.
pub struct Browser {
    connection: Connection,
    address: SocketAddr,
    cookies: Vec<String>,
}

impl Browser {
    /// Signs in at the portal.
    pub fn sign_in(address: SocketAddr, username: &str, password: &str) -> Result<Self> {
        let connection = Connection::open(address)?;
        let mut browser = Self {
            connection,
            address,
            cookies: Vec::new(),
        };
        let page = browser.get("/portal")?;
        let field = |name: &str| {
            let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
            after
                .and_then(|rest| rest.split('"').next())
                .with_context(|| format!("a sign-in page without {name}"))
        };
        let form: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("flow", field("flow")?)
            .append_pair("csrf", field("csrf")?)
            .append_pair("username", username)
            .append_pair("password", password)
            .finish();
        let head = browser.head("POST", "/portal/sign-in");
        let length = form.len();
        let request = format!(
            "{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        let (status, _) = browser.ask(&request)?;
        ensure!(status == 303, "the sign-in was answered {status}");
        Ok(browser)
    }

    /// Milliseconds until a page's last byte.
    pub fn timed(&mut self, path: &str) -> Result<f64> {
        let begun = Instant::now();
        self.get(path)?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    }

    /// A page that must be there.
    fn get(&mut self, path: &str) -> Result<String> {
        let request = self.head("GET", path) + "\r\n";
        let (status, body) = self.ask(&request)?;
        ensure!(status == 200, "{path} was answered {status}");
        Ok(body)
    }

    fn head(&self, method: &str, path: &str) -> String {
        let (address, cookies) = (self.address, self.cookies.join("; "));
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\n")
    }

    fn ask(&mut self, request: &str) -> Result<(u16, String)> {
        let (status, body) = self.connection.exchange(request)?;
        for line in self.connection.head().lines() {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("set-cookie")
            {
                let cookie = value.split(';').next().unwrap_or_default().trim();
                self.cookies.push(cookie.to_owned());
            }
        }
        Ok((status, body))
    }
}
