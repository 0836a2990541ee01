//! `/portal/staff`: signing in through the company's identity provider

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::http::support::browser::{between, location};
use crate::http::support::database::Database;
use crate::http::support::folder::Folder;
use crate::http::support::house::PASSWORD;
use crate::http::support::identity_provider::{Asked, CLIENT_ID, CLIENT_SECRET, IdentityProvider};
use crate::http::support::signer::{Signer, hmac, unsigned};
use crate::http::support::{Answer, Browser, House, Server, Setup, on_each_database};

const SESSION: &str = "grantor-production-session";
const STAFF: &[&str] = &["everyone", "grantor-operators"];

/// A server whose staff signs in at a provider of the test's own.
struct Place {
    server: Server,
    provider: IdentityProvider,
    /// Says in each answer whose it is.
    other: IdentityProvider,
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
    let secret = folder.join("client-secret");
    std::fs::write(&secret, format!("{CLIENT_SECRET}\n")).unwrap();
    let provider = IdentityProvider::start(Signer::rsa("r1"), false);
    let other = IdentityProvider::start(Signer::p256("e1"), true);
    let staff = |environment: &str, issuer: &str, more: &str| {
        format!(
            "[environments.{environment}]\n[environments.{environment}.staff_sign_in]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\n\
             client_secret_file = {:?}\noperator_groups = [\"grantor-operators\", \"on-call\"]\n{more}\n",
            secret.display().to_string()
        )
    };
    let config = [
        staff("production", &provider.issuer, ""),
        staff(
            "sandbox",
            &other.issuer,
            "password_sign_in = false\nlabel = \"Log in with <Acme>\"",
        ),
        staff("away", "http://127.0.0.1:1", ""),
        "[environments.without]\n".to_owned(),
    ];
    let names = ["production", "sandbox", "away", "without"];
    let server = Setup::written(&config.concat(), &names)
        .on(database)
        .start();
    Place {
        server,
        provider,
        other,
        _folder: folder,
    }
}

impl Place {
    fn browser(&self, environment: &str) -> Browser {
        Browser::at(self.server.at(environment))
    }

    fn provider_of(&self, environment: &str) -> &IdentityProvider {
        match environment {
            "production" => &self.provider,
            _ => &self.other,
        }
    }

    /// Follows the button to the provider.
    fn ask(&self, browser: &mut Browser) -> Asked {
        let page = browser.get("/portal");
        let href = between(page.text(), "id=\"staff-sign-in\" href=\"", "\"");
        let sent = browser.get(&href);
        assert_eq!(sent.status, 303, "{}", sent.text());
        Asked::read(&location(&sent).unwrap())
    }

    /// The whole way, with claims as they should be.
    fn sign_in(&self, environment: &str, subject: &str, groups: &[&str]) -> (Browser, Answer) {
        let mut browser = self.browser(environment);
        let provider = self.provider_of(environment);
        let asked = self.ask(&mut browser);
        let claims = provider.claims(&asked, subject, groups);
        let back = provider.grant(&asked, provider.signer.sign(&claims));
        let answer = browser.get(&back);
        (browser, answer)
    }

    fn person(&self, environment: &str, username: &str) -> Option<Value> {
        let how = [
            "people",
            "show",
            username,
            "--environment",
            environment,
            "--json",
        ];
        let output = self.server.grantor(&how, None);
        output
            .status
            .success()
            .then(|| serde_json::from_slice(&output.stdout).unwrap())
    }

    /// The names of the events about someone, the oldest first.
    fn events(&self, id: &str) -> Vec<(String, Value)> {
        let trail = self.server.json(&["audit", "list", "--subject", id], None);
        let rows = trail.as_array().unwrap().iter().rev();
        rows.map(|row| {
            (
                row["event"].as_str().unwrap().to_owned(),
                row["details"].clone(),
            )
        })
        .collect()
    }

    /// The answer is a page, and the log names the reason.
    fn refused(&self, answer: &Answer, status: u16, reason: &str) {
        assert_eq!(answer.status, status, "{reason}: {}", answer.text());
        let log = self.server.log_after(answer);
        let named = format!("\"reason\":\"{reason}\"");
        let found = log
            .lines()
            .any(|line| line.contains(answer.request_id()) && line.contains(&named));
        assert!(found, "no {reason} in the log of {}", answer.request_id());
        assert!(!answer.head.contains(SESSION), "{reason} signs in");
    }
}

/// A name that no other test has.
fn fresh(name: &str) -> String {
    static MADE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("{name}.{number}@corp.example")
}

on_each_database! {
    fn s211_s279_staff_signs_in_by_the_identity_provider_without_a_password_here(house) {
        let place = place(house);
        let name = fresh("sara");
        let mut browser = place.browser("production");
        // A cookie that somebody set before is never what is signed in.
        browser.cookies.insert(SESSION.to_owned(), "A".repeat(43));
        let asked = place.ask(&mut browser);
        let claims = place.provider.claims(&asked, &name, STAFF);
        let back = place.provider.grant(&asked, place.provider.signer.sign(&claims));
        let answer = browser.get(&back);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/portal")), "{}", answer.text());
        assert_ne!(browser.cookies[SESSION], "A".repeat(43));
        let home = browser.get("/portal");
        assert!(home.text().contains("id=\"sign-out\"") && home.text().contains("href=\"/portal/credentials\""), "{}", home.text());
        let person = place.person("production", &name).unwrap();
        assert_eq!((&person["role"], &person["account"], &person["password"], &person["identity_provider"]),
            (&json!("operator"), &Value::Null, &json!(false), &json!(true)));
        let id = person["id"].as_str().unwrap();
        let events = place.events(id);
        let names: Vec<&str> = events.iter().map(|(event, _)| event.as_str()).collect();
        assert_eq!(names, ["person.created", "session.begun"]);
        assert!(events.iter().all(|(_, details)| details.to_string().contains("staff-sign-in")), "{events:?}");
        // Again: the same person, by another name and in another group.
        let mut again = place.browser("production");
        let asked = place.ask(&mut again);
        let mut claims = place.provider.claims(&asked, &name, &["on-call"]);
        claims["preferred_username"] = json!("somebody-else");
        again.get(&place.provider.grant(&asked, place.provider.signer.sign(&claims)));
        assert!(again.get("/portal").text().contains(&name));
        assert!(place.person("production", "somebody-else").is_none());
        // No password: the answer of a wrong one, and none can be set.
        let wrong = place.browser("production").sign_in(&fresh("nobody"), PASSWORD);
        let refused = place.browser("production").sign_in(&name, PASSWORD);
        let sentence = between(wrong.text(), "id=\"sign-in-problem\"", "</");
        assert_eq!((refused.status, between(refused.text(), "id=\"sign-in-problem\"", "</")), (wrong.status, sentence));
        for how in [&["people", "invite"][..], &["people", "set-password"][..]] {
            let how = [how, &[&name, "--environment", "production"], if how[1] == "set-password" { &["--password-stdin"] } else { &[] }].concat();
            let output = place.server.grantor(&how, Some(PASSWORD));
            assert!(!output.status.success(), "{how:?}");
            assert!(String::from_utf8_lossy(&output.stderr).contains("identity provider"), "{output:?}");
        }
        // Disabled here, the provider helps nobody in; enabled and erased, the next sign-in makes another.
        place.server.json(&["people", "disable", id], None);
        let (_, answer) = place.sign_in("production", &name, STAFF);
        place.refused(&answer, 403, "PersonDisabled");
        place.server.json(&["people", "enable", id], None);
        place.server.json(&["people", "erase", id, "--yes"], None);
        let (_, answer) = place.sign_in("production", &name, STAFF);
        assert_eq!(answer.status, 303);
        assert_ne!(place.person("production", &name).unwrap()["id"], person["id"]);
    }

    fn s277_s291_groups_are_read_anew_and_who_lost_them_loses_the_sessions_too(house) {
        let place = place(house);
        let (name, stranger) = (fresh("tom"), fresh("stranger"));
        let (mut browser, _) = place.sign_in("production", &name, STAFF);
        assert!(browser.get("/portal").text().contains("id=\"sign-out\""));
        for groups in [&["everyone"][..], &[], &["Grantor-Operators"], &["grantor-operators "]] {
            let (_, answer) = place.sign_in("production", &stranger, groups);
            place.refused(&answer, 403, "InNoGroup");
            assert!(answer.text().contains("not allowed here"));
        }
        assert!(place.person("production", &stranger).is_none(), "something was made");
        let (_, answer) = place.sign_in("production", &name, &["everyone"]);
        place.refused(&answer, 403, "InNoGroup");
        assert!(browser.get("/portal").text().contains("id=\"password\""), "the older session goes on");
        let id = place.person("production", &name).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(place.events(&id).last().unwrap().0, "staff_sign_in.refused");
        // Given back, they let in again.
        assert_eq!(place.sign_in("production", &name, STAFF).1.status, 303);
    }

    fn s290_nobody_is_known_by_a_name(house) {
        let place = place(house);
        let name = fresh("anna");
        let local = place.server.json(&["people", "create", "--environment", "production", "--account", "Acme", "--username", &name, "--password-stdin"], Some(PASSWORD));
        let (mut first, answer) = place.sign_in("production", &name, STAFF);
        assert_eq!(answer.status, 303, "{}", answer.text());
        // Another person, by a name of its own; the customer's keeps account, role and password.
        let home = first.get("/portal");
        assert!(home.text().contains(&format!("{name} (")), "{}", home.text());
        let shown = place.person("production", &name).unwrap();
        assert_eq!((&shown["id"], &shown["role"], &shown["account"]), (&local["id"], &json!("member"), &json!("Acme")));
        assert!(place.browser("production").sign_in(&name, PASSWORD).text().contains("id=\"sign-out\""));
        // Two of the provider's people with one name are two.
        let (one, two) = (fresh("sub"), fresh("sub"));
        let shared = fresh("shared");
        let ids: Vec<String> = [&one, &two, &one].iter().map(|subject| {
            let mut browser = place.browser("production");
            let asked = place.ask(&mut browser);
            let mut claims = place.provider.claims(&asked, subject, STAFF);
            claims["preferred_username"] = json!(shared);
            browser.get(&place.provider.grant(&asked, place.provider.signer.sign(&claims)));
            between(browser.get("/portal").text(), &shared, "<")
        }).collect();
        assert!(ids[0] == ids[2] && ids[0] != ids[1], "{ids:?}");
    }

    fn s174_an_answer_counts_once_in_the_browser_and_the_environment_that_began_it(house) {
        let place = place(house);
        let name = fresh("uma");
        let mut browser = place.browser("production");
        let begin = |browser: &mut Browser| {
            let asked = place.ask(browser);
            let claims = place.provider.claims(&asked, &name, STAFF);
            place.provider.grant(&asked, place.provider.signer.sign(&claims))
        };
        let back = begin(&mut browser);
        // Another browser, with and without cookies of its own.
        let mut other = place.browser("production");
        place.refused(&other.get(&back), 400, "StateUnknown");
        other.get("/portal");
        place.refused(&other.get(&back), 400, "StateUnknown");
        // Another environment, to which the browser sends the same cookie.
        let mut elsewhere = place.browser("sandbox");
        for (cookie, value) in &browser.cookies {
            elsewhere.cookies.insert(cookie.replace("production", "sandbox"), value.clone());
        }
        place.refused(&elsewhere.get(&back), 400, "StateUnknown");
        // Nothing of ours: none, invented, another kind of sealed text, twice.
        let flow = between(browser.get("/portal").text(), "name=\"flow\" value=\"", "\"");
        for state in ["", "&state=AAAA", &format!("&state={flow}"), &back[back.find("&state=").unwrap()..].repeat(2)] {
            place.refused(&browser.get(&format!("/portal/staff/callback?code=x{state}")), 400, "StateUnknown");
        }
        // It was none of their business, and still counts here: once, of eight at a time.
        let cookies = browser.cookies.clone();
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| {
                let mut same = place.browser("production");
                same.cookies = cookies.clone();
                usize::from(same.get(&back).status == 303)
            })).collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
        place.refused(&browser.get(&back), 400, "StateSpent");
        // The provider's no spends it too.
        let asked = place.ask(&mut browser);
        let no = place.provider.back(&asked, &[("error", "access_denied"), ("error_description", "<script>alert(1)</script>")], false);
        let answer = browser.get(&no);
        place.refused(&answer, 400, "ProviderRefused");
        assert!(!answer.text().contains("alert(1)"));
        place.refused(&browser.get(&no), 400, "StateSpent");
        let asked = place.ask(&mut browser);
        place.refused(&browser.get(&place.provider.back(&asked, &[], false)), 400, "AnswerWithoutCode");
        let asked = place.ask(&mut browser);
        place.refused(&browser.get(&place.provider.back(&asked, &[("code", "invented")], false)), 400, "CodeRefused");
        // A link that another sent begins nothing here.
        assert_eq!(place.browser("production").get(&format!("/portal/staff/sign-in?flow={flow}")).status, 400);
        assert_eq!(place.browser("without").get("/portal/staff/callback?code=x&state=y").status, 404);
        assert!(!place.browser("without").get("/portal").text().contains("staff-sign-in"));
    }

    fn an_answer_of_another_provider_is_none(house) {
        let place = place(house);
        let name = fresh("vic");
        // This one says of each answer whose it is (RFC 9207), so that one that does not is not believed.
        let (mut browser, answer) = place.sign_in("sandbox", &name, STAFF);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let page = place.browser("sandbox").get("/portal");
        assert!(page.text().contains("Log in with &lt;Acme&gt;"), "{}", page.text());
        let asked = place.ask(&mut place.browser("sandbox"));
        assert!(place.provider_of("sandbox").back(&asked, &[], true).contains("iss="));
        for (iss, environment) in [("", "sandbox"), ("&iss=https%3A%2F%2Fevil.example", "sandbox"), ("&iss=https%3A%2F%2Fevil.example", "production")] {
            let mut browser = place.browser(environment);
            let provider = place.provider_of(environment);
            let asked = place.ask(&mut browser);
            let back = provider.back(&asked, &[("code", "x")], false);
            place.refused(&browser.get(&format!("{back}{iss}")), 400, "AnswerOfAnotherProvider");
        }
        browser.get("/portal");
    }

    fn an_id_token_is_believed_only_as_the_provider_made_it_for_us_and_now(house) {
        let place = place(house);
        let (provider, name) = (&place.provider, fresh("wim"));
        let signer = &provider.signer;
        let mallory = Signer::rsa(&signer.id);
        let (ed, stranger) = (Signer::ed25519(&signer.id), Signer::rsa("never-published"));
        let now = crate::http::support::browser::now_in_seconds();
        let with = |changes: Value| move |claims: &mut Value| {
            for (name, value) in changes.as_object().unwrap() {
                claims[name] = value.clone();
                if value.is_null() { claims.as_object_mut().unwrap().remove(name); }
            }
        };
        let signed = |claims: &Value| signer.sign(claims);
        type Change<'a> = Box<dyn Fn(&mut Value) + 'a>;
        type Sign<'a> = Box<dyn Fn(&Value) -> String + 'a>;
        let public = signer.jwk()["n"].as_str().unwrap().to_owned();
        let cases: Vec<(&str, Change<'_>, Sign<'_>)> = vec![
            ("AlgorithmNotAllowed", Box::new(|_| ()), Box::new(unsigned)),
            ("AlgorithmNotAllowed", Box::new(|_| ()), Box::new(|claims| hmac(public.as_bytes(), &signer.id, claims))),
            ("AlgorithmNotAllowed", Box::new(|_| ()), Box::new(|claims| signer.sign_as(&json!({"alg": "RS512", "kid": signer.id}), claims))),
            ("TokenUnreadable", Box::new(|_| ()), Box::new(|claims| signer.sign_as(&json!({"alg": "RS256", "kid": signer.id, "crit": ["b64"]}), claims))),
            ("TokenUnreadable", Box::new(|_| ()), Box::new(|claims| signer.sign_as(&json!({"alg": "RS256", "kid": signer.id, "typ": "at+jwt"}), claims))),
            ("TokenUnreadable", Box::new(|_| ()), Box::new(|_| "no token".to_owned())),
            ("SignatureWrong", Box::new(|_| ()), Box::new(|claims| mallory.sign(claims))),
            ("SignatureWrong", Box::new(|_| ()), Box::new(|claims| {
                let (token, other) = (signer.sign(claims), signer.sign(&json!({"sub": "other"})));
                let parts: Vec<&str> = token.split('.').collect();
                [parts[0], other.split('.').nth(1).unwrap(), parts[2]].join(".")
            })),
            ("KeyUnknown", Box::new(|_| ()), Box::new(|claims| ed.sign(claims))),
            ("KeyUnknown", Box::new(|_| ()), Box::new(|claims| stranger.sign(claims))),
            ("IssuerWrong", Box::new(with(json!({"iss": "https://evil.example"}))), Box::new(signed)),
            ("IssuerWrong", Box::new(with(json!({"iss": format!("{}/", provider.issuer)}))), Box::new(signed)),
            ("AudienceWrong", Box::new(with(json!({"aud": "another client"}))), Box::new(signed)),
            ("AudienceWrong", Box::new(with(json!({"aud": null}))), Box::new(signed)),
            ("AuthorizedPartyWrong", Box::new(with(json!({"aud": [CLIENT_ID, "other"]}))), Box::new(signed)),
            ("AuthorizedPartyWrong", Box::new(with(json!({"aud": [CLIENT_ID, "other"], "azp": "other"}))), Box::new(signed)),
            ("AuthorizedPartyWrong", Box::new(with(json!({"azp": "other"}))), Box::new(signed)),
            ("TokenExpired", Box::new(with(json!({"exp": now - 61}))), Box::new(signed)),
            ("TokenExpired", Box::new(with(json!({"exp": null}))), Box::new(signed)),
            ("TokenNotYetValid", Box::new(with(json!({"iat": now + 300}))), Box::new(signed)),
            ("TokenNotYetValid", Box::new(with(json!({"nbf": now + 300}))), Box::new(signed)),
            ("NonceWrong", Box::new(with(json!({"nonce": "another"}))), Box::new(signed)),
            ("NonceWrong", Box::new(with(json!({"nonce": null}))), Box::new(signed)),
            ("IdTokenWithoutSubject", Box::new(with(json!({"sub": ""}))), Box::new(signed)),
            ("IdTokenWithoutSubject", Box::new(with(json!({"sub": "x".repeat(256)}))), Box::new(signed)),
        ];
        for (reason, change, sign) in &cases {
            let mut browser = place.browser("production");
            let asked = place.ask(&mut browser);
            let mut claims = provider.claims(&asked, &name, STAFF);
            change(&mut claims);
            let answer = browser.get(&provider.grant(&asked, sign(&claims)));
            place.refused(&answer, 400, reason);
        }
        assert!(place.person("production", &name).is_none(), "something was made");
        assert!(provider.key_requests() <= 4, "keys are asked for too often: {}", provider.key_requests());
        // What a provider may do: another algorithm of the same key, no name of the key, a clock that is a little off, several audiences.
        let now = crate::http::support::browser::now_in_seconds();
        let oddities: [(Value, Value); 4] = [
            (json!({"alg": "PS256", "kid": signer.id}), json!({})),
            (json!({"alg": "RS256"}), json!({})),
            (json!({"alg": "RS256", "kid": signer.id}), json!({"iat": now + 30, "exp": now - 30})),
            (json!({"alg": "RS256", "kid": signer.id}), json!({"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID})),
        ];
        for (header, changes) in oddities {
            let mut browser = place.browser("production");
            let asked = place.ask(&mut browser);
            let mut claims = provider.claims(&asked, &name, STAFF);
            with(changes)(&mut claims);
            let answer = browser.get(&provider.grant(&asked, signer.sign_as(&header, &claims)));
            assert_eq!(answer.status, 303, "{header} {claims}: {}", answer.text());
        }
        // Nothing of it is in the log: no code, no state, no secret.
        let log = place.server.log();
        for secret in [CLIENT_SECRET, "code-1", "eyJ"] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }

    fn groups_that_only_the_userinfo_endpoint_knows_are_asked_there(house) {
        let place = place(house);
        let (name, thief) = (fresh("xan"), fresh("thief"));
        let sign_in = |subject: &str| {
            let mut browser = place.browser("production");
            let asked = place.ask(&mut browser);
            let mut claims = place.provider.claims(&asked, subject, &[]);
            claims.as_object_mut().unwrap().remove("groups");
            browser.get(&place.provider.grant(&asked, place.provider.signer.sign(&claims)))
        };
        place.refused(&sign_in(&name), 403, "InNoGroup");
        place.provider.says_of(&name, json!({"sub": name, "groups": "grantor-operators"}));
        assert_eq!(sign_in(&name).status, 303);
        place.provider.says_of(&thief, json!({"sub": name, "groups": ["grantor-operators"]}));
        place.refused(&sign_in(&thief), 400, "UserInfoOfAnother");
    }

    fn a_provider_that_is_away_is_named_and_keeps_nobody_else_out(house) {
        let place = place(house);
        let person = fresh("yve");
        place.server.json(&["people", "create", "--environment", "away", "--account", "Acme", "--username", &person, "--password-stdin"], Some(PASSWORD));
        let mut browser = place.browser("away");
        let page = browser.get("/portal");
        let href = between(page.text(), "id=\"staff-sign-in\" href=\"", "\"");
        let answer = browser.get(&href);
        place.refused(&answer, 503, "ProviderAway");
        assert!(answer.header("retry-after").is_some() && answer.text().contains("does not answer"));
        assert!(browser.sign_in(&person, PASSWORD).text().contains("id=\"sign-out\""));
    }

    fn s297_operators_sign_in_by_the_provider_alone_where_it_says_so(house) {
        let place = place(house);
        let (operator, member) = (fresh("zoe"), fresh("zed"));
        let make = |environment: &str, name: &str, more: &[&str]| {
            let how = ["people", "create", "--environment", environment, "--username", name, "--password-stdin"];
            place.server.json(&[&how, more].concat(), Some(PASSWORD))
        };
        make("sandbox", &operator, &["--role", "operator"]);
        make("sandbox", &member, &["--account", "Acme"]);
        make("production", &operator, &["--role", "operator"]);
        let refused = place.browser("sandbox").sign_in(&operator, PASSWORD);
        let wrong = place.browser("sandbox").sign_in(&fresh("nobody"), PASSWORD);
        assert_eq!((refused.status, wrong.status), (400, 400));
        place.refused(&refused, 400, "NotByPassword");
        assert!(place.browser("sandbox").sign_in(&member, PASSWORD).text().contains("id=\"sign-out\""));
        assert!(place.browser("production").sign_in(&operator, PASSWORD).text().contains("id=\"sign-out\""));
        // Nor by an invitation, which would set a password.
        let output = place.server.grantor(&["people", "invite", &operator, "--environment", "sandbox"], None);
        assert!(!output.status.success());
    }
}

#[test]
fn check_says_what_is_wrong_with_the_identity_provider() {
    let text = "[environments.production]\nurl = \"http://127.0.0.1:8080\"\n[environments.production.staff_sign_in]\n";
    let check = |more: &str| {
        let folder = Folder::new();
        std::fs::write(folder.join("secret"), "hidden\n").unwrap();
        let file = folder.join("grantor.toml");
        std::fs::write(&file, format!("{text}{more}")).unwrap();
        let mut command = crate::http::support::cli::binary();
        let output = command
            .args(["check", "--json", "--config"])
            .arg(&file)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let whole = "issuer = \"https://login.example.com\"\nclient_id = \"grantor\"\nclient_secret_file = \"secret\"\noperator_groups = [\"ops\"]\n";
    let said = check(whole);
    assert!(said.contains("\"mistakes\": []"), "{said}");
    assert!(
        said.contains("chmod 600") && !said.contains("hidden"),
        "{said}"
    );
    for (from, to, word) in [
        ("https://login", "http://login", "plain http"),
        ("\"secret\"", "\"nowhere\"", "cannot be read"),
        ("client_secret_file", "client_secret_env", "is not set"),
        ("[\"ops\"]", "[]", "operator_groups"),
        ("client_id = \"grantor\"\n", "", "client_id"),
        ("client_id", "clientid", "client_id"),
        (
            "operator_groups",
            "scopes = [\"email\"]\noperator_groups",
            "openid",
        ),
    ] {
        let said = check(&whole.replace(from, to));
        assert!(said.contains(word), "{from}: {said}");
    }
}
