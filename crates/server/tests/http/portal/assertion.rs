//! `/portal/hand-over/assertion`: who comes from the platform's own product, signed by it

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::http::support::browser::{location, now_in_seconds};
use crate::http::support::database::Database;
use crate::http::support::folder::Folder;
use crate::http::support::house::PASSWORD;
use crate::http::support::identity_provider::IdentityProvider;
use crate::http::support::request::form;
use crate::http::support::signer::{Signer, hmac, unsigned};
use crate::http::support::{Answer, Browser, House, Request, Server, Setup, on_each_database};

const PRODUCT: &str = "https://app.example.com";
const ARRIVE: &str = "/portal/hand-over/assertion";
const SESSION: &str = "grantor-production-session";

struct Place {
    server: Server,
    /// Its key lies in a file as PEM.
    product: Signer,
    /// Its keys are published.
    published: IdentityProvider,
    _folder: Folder,
}

fn place(house: &House) -> &'static Place {
    static SQLITE: OnceLock<Place> = OnceLock::new();
    static POSTGRES: OnceLock<Place> = OnceLock::new();
    match &house.server.database {
        Database::Sqlite => SQLITE.get_or_init(|| open(Database::Sqlite)),
        Database::Postgres(_) => POSTGRES.get_or_init(|| open(Database::postgres().unwrap())),
    }
}

fn open(database: Database) -> Place {
    let folder = Folder::new();
    let product = Signer::ed25519("p1");
    let file = folder.join("product.pem");
    std::fs::write(&file, product.pem()).unwrap();
    let published = IdentityProvider::start(Signer::p256("e1"), false);
    let file = file.display().to_string();
    let config = format!(
        "[environments.production]\n[environments.production.hand_over]\nissuer = \"{PRODUCT}\"\nkeys = [{file:?}]\n\
         [environments.sandbox]\n[environments.sandbox.hand_over]\nissuer = \"{PRODUCT}\"\njwks_url = \"{}/keys\"\n\
         [environments.away]\n[environments.away.hand_over]\nissuer = \"{PRODUCT}\"\njwks_url = \"http://127.0.0.1:1/\"\n\
         [environments.without]\n",
        published.issuer
    );
    let names = ["production", "sandbox", "away", "without"];
    let server = Setup::written(&config, &names).on(database).start();
    Place {
        server,
        product,
        published,
        _folder: folder,
    }
}

impl Place {
    fn claims(&self, environment: &str, username: &str) -> Value {
        let now = now_in_seconds();
        json!({
            "iss": PRODUCT, "aud": format!("http://{}", self.server.at(environment)), "sub": username, "account": "Acme",
            "role": "member", "iat": now, "exp": now + 60, "jti": fresh("jti"),
        })
    }

    fn arrive(&self, environment: &str, token: &str) -> Answer {
        arriving(token).send(self.server.at(environment))
    }

    /// The page of the link that an arrival leads to.
    fn landed(&self, browser: &mut Browser, environment: &str, token: &str) -> Answer {
        let answer = self.arrive(environment, token);
        let link = location(&answer).unwrap_or_else(|| panic!("{}", answer.text()));
        let own = format!("http://{}", self.server.at(environment));
        browser.get(link.strip_prefix(&own).expect("the configured host"))
    }

    fn refused(&self, answer: &Answer, reason: &str) {
        assert_eq!(answer.status, 400, "{reason}: {}", answer.text());
        assert!(answer.text().contains("does not work any more"), "{reason}");
        let log = self.server.log_after(answer);
        let named = format!("\"reason\":\"{reason}\"");
        let of_it = |line: &&str| line.contains(answer.request_id());
        assert!(
            log.lines().filter(of_it).any(|line| line.contains(&named)),
            "no {reason}: {:?}",
            log.lines().filter(of_it).collect::<Vec<_>>()
        );
    }

    fn person(&self, username: &str) -> Option<Value> {
        let how = [
            "people",
            "show",
            username,
            "--environment",
            "production",
            "--json",
        ];
        let output = self.server.grantor(&how, None);
        output
            .status
            .success()
            .then(|| serde_json::from_slice(&output.stdout).unwrap())
    }
}

/// What a browser sends from a page of the product: another site's form, without our cookies.
fn arriving(token: &str) -> Request {
    Request::post(ARRIVE)
        .header("Origin", PRODUCT)
        .header("Sec-Fetch-Site", "cross-site")
        .form(form(&[("assertion", token)]))
}

fn fresh(name: &str) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    format!("{name}{}", MADE.fetch_add(1, Ordering::Relaxed))
}

on_each_database! {
    fn another_sites_form_changes_no_browsers_cookie(house) {
        let place = place(house);
        let answer = place.arrive("production", "no token");
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert_eq!(answer.header("set-cookie"), None, "it would end the sign-ins under way");
        // The same form without that word comes from a browser that has no cookie yet.
        let fields = form(&[("assertion", "no token")]);
        let answer = Request::post(ARRIVE).form(fields).send(place.server.at("production"));
        assert!(answer.header("set-cookie").is_some());
    }

    fn a_signed_hand_over_shows_who_one_would_be_and_only_the_button_signs_in(house) {
        let place = place(house);
        let name = fresh("Berta@acme.example");
        let mut claims = place.claims("production", &name);
        claims["role"] = json!("account-manager");
        let mut browser = Browser::at(place.server.at("production"));
        let page = place.landed(&mut browser, "production", &place.product.sign(&claims));
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains(&name) && page.text().contains("Acme"));
        assert!(!browser.cookies.contains_key(SESSION), "signed in by arriving");
        let entered = browser.submit(&page, &[]);
        let home = browser.follow(entered);
        assert!(home.text().contains("id=\"sign-out\"") && home.text().contains("href=\"/portal/credentials\""), "{}", home.text());
        let person = place.person(&name).unwrap();
        assert_eq!((&person["role"], &person["account"], &person["password"]), (&json!("account-manager"), &json!("Acme"), &json!(false)));
        let trail = place.server.json(&["audit", "list", "--subject", person["id"].as_str().unwrap()], None);
        let events: Vec<(&str, bool)> = trail.as_array().unwrap().iter().rev()
            .map(|row| (row["event"].as_str().unwrap(), row["details"].to_string().contains("\"by\""))).collect();
        assert_eq!(events, [("person.created", true), ("person.handed_over", true), ("session.begun", true)]);
        // Someone else's hand-over in a browser that is signed in changes nothing until its own button is pressed.
        let before = browser.cookies[SESSION].clone();
        let other = place.product.sign(&place.claims("production", &fresh("mallory")));
        let page = place.landed(&mut browser, "production", &other);
        assert!(page.text().contains("mallory") && browser.cookies[SESSION] == before);
        // The link's ticket signs nobody in without the page's own value.
        let ticket = crate::http::support::browser::between(page.text(), "name=\"token\" value=\"", "\"");
        let forged = Request::post("/portal/hand-over").header("Sec-Fetch-Site", "cross-site").form(form(&[("token", &ticket)])).send(place.server.at("production"));
        assert_eq!(forged.status, 403);
    }

    fn s290_a_signed_hand_over_is_refused_by_name(house) {
        let place = place(house);
        let (product, name) = (&place.product, fresh("carl"));
        let (mallory, ec) = (Signer::ed25519("p1"), Signer::p256("p1"));
        let now = now_in_seconds();
        let sandbox = format!("http://{}", place.server.at("sandbox"));
        let here = format!("http://{}", place.server.at("production"));
        let made = |changes: Value| {
            let mut claims = place.claims("production", &name);
            for (claim, value) in changes.as_object().unwrap() {
                claims[claim] = value.clone();
                if value.is_null() { claims.as_object_mut().unwrap().remove(claim); }
            }
            claims
        };
        let plain = || made(json!({}));
        let pem = product.pem();
        let cases: Vec<(&str, String)> = vec![
            ("TokenUnreadable", String::new()),
            ("TokenUnreadable", "a.b".to_owned()),
            ("TokenUnreadable", "A".repeat(20_000)),
            ("TokenUnreadable", product.sign_as(&json!({"alg": "EdDSA", "crit": ["exp"]}), &plain())),
            ("TokenUnreadable", product.sign_as(&json!(null), &plain())),
            ("SignatureWrong", product.sign(&json!([plain()]))),
            ("AlgorithmNotAllowed", unsigned(&plain())),
            ("AlgorithmNotAllowed", hmac(pem.as_bytes(), "p1", &plain())),
            ("SignatureWrong", mallory.sign(&plain())),
            ("KeyUnknown", ec.sign(&plain())),
            ("IssuerWrong", product.sign(&made(json!({"iss": "https://evil.example"})))),
            ("AudienceWrong", product.sign(&made(json!({"aud": sandbox})))),
            ("AudienceWrong", product.sign(&made(json!({"aud": format!("{here}/")})))),
            ("SeveralAudiences", product.sign(&made(json!({"aud": [here, sandbox]})))),
            ("TokenExpired", product.sign(&made(json!({"iat": now - 200, "exp": now - 61})))),
            ("TokenExpired", product.sign(&made(json!({"exp": null})))),
            ("TokenNotYetValid", product.sign(&made(json!({"iat": now + 200, "exp": now + 260})))),
            ("TokenNotYetValid", product.sign(&made(json!({"iat": null})))),
            ("TokenNotYetValid", product.sign(&made(json!({"nbf": now + 200})))),
            ("TokenLivesTooLong", product.sign(&made(json!({"exp": now + 301})))),
            ("TokenLivesTooLong", product.sign(&made(json!({"iat": now - 86_400})))),
            ("TokenWithoutId", product.sign(&made(json!({"jti": null})))),
            ("TokenWithoutId", product.sign(&made(json!({"jti": "x".repeat(257)})))),
            ("ClaimMissing", product.sign(&made(json!({"sub": null})))),
            ("ClaimMissing", product.sign(&made(json!({"account": 7})))),
            ("ClaimMissing", product.sign(&made(json!({"role": null})))),
            ("ClaimMissing", product.sign(&made(json!({"role": "king"})))),
            ("RoleNotHandedOver", product.sign(&made(json!({"role": "operator"})))),
            ("AccountNotNamed", product.sign(&made(json!({"account": " Acme"})))),
            ("UsernameUnfit", product.sign(&made(json!({"sub": "a\u{7}b"})))),
        ];
        for (reason, token) in &cases {
            place.refused(&place.arrive("production", token), reason);
        }
        assert!(place.person(&name).is_none(), "something was made");
        // Another account's name, an operator's, and someone who was disabled.
        let taken = fresh("dora");
        place.server.json(&["people", "create", "--environment", "production", "--account", "Other", "--username", &taken, "--password-stdin"], Some(PASSWORD));
        let operator = fresh("otto");
        place.server.json(&["people", "create", "--environment", "production", "--role", "operator", "--username", &operator, "--password-stdin"], Some(PASSWORD));
        for someone in [&taken, &operator, &taken.to_uppercase()] {
            place.refused(&place.arrive("production", &product.sign(&made(json!({"sub": someone})))), "UsernameTaken");
        }
        assert_eq!(place.arrive("production", &product.sign(&plain())).status, 303);
        place.server.json(&["people", "disable", &name, "--environment", "production"], None);
        place.refused(&place.arrive("production", &product.sign(&plain())), "PersonDisabled");
        // In an address it is nothing, and where nothing is configured neither.
        let token = product.sign(&plain());
        assert_eq!(Request::get(&format!("{ARRIVE}?assertion={token}")).send(place.server.at("production")).status, 405);
        assert_eq!(place.arrive("without", &token).status, 404);
        assert!(!place.server.log().contains("eyJ"), "a token is in the log");
    }

    fn s220_a_signed_hand_over_counts_once_and_an_older_role_never_comes_back(house) {
        let place = place(house);
        let name = fresh("emil");
        let mut claims = place.claims("production", &name);
        claims["role"] = json!("account-manager");
        let first = place.product.sign(&claims);
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| usize::from(place.arrive("production", &first).status == 303))).collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
        // The same id in a token signed anew is the same one.
        claims["exp"] = json!(now_in_seconds() + 90);
        place.refused(&place.arrive("production", &place.product.sign(&claims)), "TokenUsedBefore");
        let second = place.product.sign(&place.claims("production", &name));
        assert_eq!(place.arrive("production", &second).status, 303);
        assert_eq!(place.person(&name).unwrap()["role"], "member");
        place.refused(&place.arrive("production", &first), "TokenUsedBefore");
        assert_eq!(place.person(&name).unwrap()["role"], "member");
    }

    fn keys_that_the_product_publishes_are_found_by_name(house) {
        let place = place(house);
        let signer = &place.published.signer;
        let name = fresh("frans");
        let mut browser = Browser::at(place.server.at("sandbox"));
        let page = place.landed(&mut browser, "sandbox", &signer.sign(&place.claims("sandbox", &name)));
        assert!(page.text().contains(&name), "{}", page.text());
        let asked = place.published.key_requests();
        for _ in 0..5 {
            let unknown = Signer::p256("invented");
            place.refused(&place.arrive("sandbox", &unknown.sign(&place.claims("sandbox", &name))), "KeyUnknown");
        }
        assert_eq!(place.published.key_requests(), asked, "an invented name makes us ask");
        // Keys that cannot be had are no refusal: the same token may do later.
        let token = signer.sign(&place.claims("away", &name));
        let answer = place.arrive("away", &token);
        assert!(answer.status == 503 && answer.header("retry-after").is_some());
    }
}

#[test]
fn the_documented_lines_make_a_hand_over() {
    let page = include_str!("../../../../../docs/people.md");
    let lines = crate::http::support::browser::between(page, "this prints one:\n\n```sh\n", "```");
    let folder = Folder::new();
    let shell = |line: &str, url: &str| {
        let mut command = std::process::Command::new("bash");
        let command = command
            .args(["-e", "-c", line])
            .env("URL", url)
            .current_dir(folder.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    for made in page.split('`').filter(|code| code.starts_with("openssl ")) {
        shell(made, "");
    }
    let pem = folder.join("product.pem").display().to_string();
    let config = format!(
        "[environments.production]\n[environments.production.hand_over]\nissuer = \"{PRODUCT}\"\nkeys = [{pem:?}]\n"
    );
    let server = Setup::written(&config, &["production"]).start();
    let token = shell(&lines, &format!("http://{}", server.at("production")));
    let answer = arriving(&token).send(server.at("production"));
    assert_eq!(answer.status, 303, "{token}: {}", answer.text());
}
