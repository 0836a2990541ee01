//! Mail: warnings before a secret ends, invitations, word of what happened to somebody's own sign-in.

use serde_json::Value;

use super::support::database::Database;
use super::support::house::PASSWORD;
use super::support::mail_sink::MailSink;
use super::support::server::free_address;
use super::support::{Browser, Request, Server, Setup, until};

const CONFIG: &str = r#"
[environments.production.branding]
name = "Acme <API>"
[environments.nl.branding]
name = "Acme"
language = "nl"
[mail]
from = "Acme API <api@acme.example>"
reply_to = "support@acme.example"
"#;

fn setup(authority: &str) -> Setup {
    Setup::written(CONFIG, &["production", "nl"]).with("MAIL__URL", &format!("smtp://{authority}"))
}

fn person(server: &Server, environment: &str, username: &str, more: &[&str]) -> Value {
    let how = [
        "people",
        "create",
        "--environment",
        environment,
        "--account",
        "Acme & Co",
        "--username",
        username,
    ];
    let password = more.contains(&"--password-stdin").then_some(PASSWORD);
    server.json(&[&how, more].concat(), password)
}

fn on(database: fn() -> Option<Database>, body: impl Fn(Database)) {
    match database() {
        Some(database) => body(database),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}

const MANAGER: [&str; 3] = ["--role", "account-manager", "--password-stdin"];

/// A credential whose secret ends after that long.
fn soon(server: &Server, environment: &str, name: &str, expires: &str) -> Value {
    let how = [
        "credentials",
        "create",
        "--environment",
        environment,
        "--account",
        "Acme & Co",
        "--name",
        name,
        "--description",
        "x",
        "--secret-expires",
        expires,
    ];
    server.json(&how, None)
}

fn warned(database: Database) {
    let sink = MailSink::start();
    let mut server = setup(&sink.authority).on(database).start();
    person(&server, "production", "anna@acme.example", &MANAGER);
    person(
        &server,
        "production",
        "bo",
        &[&MANAGER[..], &["--email", "Bo.Lund@ACME.example"]].concat(),
    );
    person(&server, "production", "nobody", &MANAGER);
    person(
        &server,
        "production",
        "member@acme.example",
        &["--password-stdin"],
    );
    person(&server, "nl", "jan@acme.example", &MANAGER);
    let gone = person(&server, "production", "gone@acme.example", &MANAGER);
    server.json(&["people", "disable", gone["id"].as_str().unwrap()], None);

    let name = "Pay <script>alert(1)</script> \u{202e}roll & Björk";
    let made = soon(&server, "production", name, "6d");
    soon(&server, "nl", name, "12h");
    // A start looks at once for what ends soon.
    server.stop();
    server.start();
    until("all are warned", || {
        [
            "anna@acme.example",
            "Bo.Lund@acme.example",
            "jan@acme.example",
        ]
        .iter()
        .all(|to| !sink.taken(to).is_empty())
    });
    let letter = &sink.taken("anna@acme.example")[0];
    let text = letter.text();
    assert_eq!(
        letter.header("Subject"),
        ["Acme <API>: a secret ends within 7 days"]
    );
    assert_eq!(letter.header("Auto-Submitted"), ["auto-generated"]);
    assert_eq!(letter.header("Reply-To"), ["support@acme.example"]);
    assert_eq!(letter.from, "api@acme.example");
    assert!(letter.header("From")[0].contains("<api@acme.example>"));
    assert!(letter.header("Message-ID")[0].starts_with("<msg_"));
    let (uuid, client_id) = (
        made["uuid"].as_str().unwrap(),
        made["client_id"].as_str().unwrap(),
    );
    let portal = format!("http://{}/portal", server.at("production"));
    for wanted in [
        uuid,
        client_id,
        &portal,
        "Acme & Co",
        "Pay <script>alert(1)</script> roll & Björk",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    // The same as HTML, escaped; no secret in either.
    assert!(
        text.contains("Pay &lt;script&gt;alert(1)&lt;&#x2f;script&gt; roll &amp; Björk"),
        "{text}"
    );
    assert!(!text.contains(made["client_secret"].as_str().unwrap()));
    assert_eq!(
        letter.to,
        ["anna@acme.example"],
        "nobody sees who else is told"
    );
    let dutch = sink.taken("jan@acme.example")[0].text();
    assert!(
        dutch.contains("Geef de credential in het portaal een nieuw geheim"),
        "{dutch}"
    );
    for nobody in ["member@acme.example", "gone@acme.example", "nobody"] {
        assert!(sink.taken(nobody).is_empty(), "{nobody}");
    }
    until("each is told once", || {
        server.counter("grantor_deliveries_total", "kind=\"mail\"") >= 4.0
    });
    assert_eq!(sink.taken("anna@acme.example").len(), 1);
}

fn invited(database: Database) {
    let sink = MailSink::start();
    let server = setup(&sink.authority).on(database).start();
    let made = person(
        &server,
        "production",
        "eva",
        &["--email", "eva@acme.example"],
    );
    assert_eq!(made["mailed_to"], "eva@acme.example", "{made}");
    assert_eq!(made["email"], "eva@acme.example");
    let link = made["invitation"].as_str().unwrap();
    let letter = &sink.taken("eva@acme.example")[0];
    assert!(letter.text().contains(link), "{}", letter.text());
    // The link is a secret: it is in the mail and the answer alone.
    let token = link.rsplit('=').next().unwrap();
    assert!(!server.log().contains(token));
    let kept: Vec<u8> = server
        .folder
        .files()
        .into_iter()
        .flat_map(|(_, bytes)| bytes)
        .chain(server.database.dump())
        .collect();
    assert!(
        !kept
            .windows(token.len())
            .any(|window| window == token.as_bytes())
    );

    // Without an address it is said so, and the link is there to be passed on.
    let made = person(&server, "production", "otto", &[]);
    assert!(
        made["mailed_to"].is_null()
            && made["mail_warning"]
                .as_str()
                .unwrap()
                .contains("no e-mail address"),
        "{made}"
    );
    sink.will_answer(&["550 no such mailbox"]);
    let made = person(&server, "production", "typo@acme.example", &[]);
    assert!(
        made["mail_warning"].as_str().unwrap().contains("550") && made["invitation"].is_string(),
        "{made}"
    );
    let id = made["id"].as_str().unwrap();
    server.json(
        &["people", "set-email", id, "--email", "right@acme.example"],
        None,
    );
    let again = server.json(&["people", "invite", id], None);
    assert_eq!(again["mailed_to"], "right@acme.example");
    let back = server.json(&["people", "set-email", id], None);
    assert_eq!(back["email"], "typo@acme.example", "the username again");

    // An account manager invites in the portal, and the page says that it was mailed.
    person(&server, "production", "maria@acme.example", &MANAGER);
    let mut maria = Browser::at(server.at("production"));
    maria.sign_in("maria@acme.example", PASSWORD);
    let form = maria.get("/portal/people/new");
    let fields = [("username", "nina@acme.example"), ("role", "member")];
    let page = maria.submit(&form, &fields);
    assert_eq!(page.status, 201, "{}", page.text());
    assert!(page.text().contains("id=\"mailed\""), "{}", page.text());
    let shown = page
        .text()
        .split("id=\"invitation\" data-copy>")
        .nth(1)
        .unwrap();
    let shown = shown.split('<').next().unwrap();
    assert!(sink.taken("nina@acme.example")[0].text().contains(shown));
    let form = maria.get("/portal/people/new");
    let page = maria.submit(&form, &[("username", "no mailbox"), ("role", "member")]);
    assert!(page.text().contains("id=\"not-mailed\""), "{}", page.text());

    // S290: one mailbox.
    for bad in [
        "a@evil.example@acme.example",
        "eva@acme.example\r\nBcc: x@evil.example",
        "evа@acme.example",
        "Eva <eva@acme.example>",
        "",
    ] {
        let refused = server.grantor(&["people", "set-email", id, "--email", bad], None);
        assert_eq!(refused.status.code(), Some(2), "{bad:?}");
    }
    let odd = person(
        &server,
        "production",
        "a@evil.example@acme.example",
        &["--password-stdin"],
    );
    assert_eq!(
        odd["email"],
        Value::Null,
        "a name that is no mailbox is no address"
    );
}

fn own_sign_in(database: Database) {
    let sink = MailSink::start();
    let server = setup(&sink.authority).on(database).start();
    let made = person(
        &server,
        "production",
        "anna@acme.example",
        &["--password-stdin"],
    );
    server.json(
        &[
            "people",
            "set-password",
            made["id"].as_str().unwrap(),
            "--password-stdin",
        ],
        Some("another good password"),
    );
    until("she hears of it", || {
        !sink.taken("anna@acme.example").is_empty()
    });
    let letter = &sink.taken("anna@acme.example")[0];
    assert!(letter.header("Subject")[0].contains("your password was changed"));
    assert!(!letter.text().contains("another good password"));
}

macro_rules! on_both {
    ($($name:ident: $body:ident;)*) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$body(super::Database::Sqlite);
            }
            #[test]
            fn on_postgres() {
                super::on(super::Database::postgres, super::$body);
            }
        }
    )*};
}

on_both! {
    s280_account_managers_are_warned_by_mail_before_a_secret_ends: warned;
    s290_an_invitation_is_mailed_to_one_mailbox_and_lies_nowhere_else: invited;
    somebody_hears_of_changes_to_the_own_sign_in: own_sign_in;
}

#[test]
fn a_mail_server_that_is_down_fails_nothing_but_the_mail() {
    let server = setup(&free_address()).start();
    let made = person(&server, "production", "eva@acme.example", &[]);
    let warning = made["mail_warning"].as_str().unwrap();
    assert!(
        warning.contains("cannot be reached") && warning.contains("Pass the link on yourself"),
        "{warning}"
    );
    let tried = server.grantor(&["mail", "test", "--to", "x@acme.example", "--json"], None);
    assert_eq!(tried.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&tried.stdout).contains("\"sent\": false"));
    assert_eq!(
        Request::get("/portal").send(server.at("production")).status,
        200
    );
}

#[test]
fn mail_can_be_tried_and_off_is_off() {
    let sink = MailSink::start();
    let server = setup(&sink.authority).start();
    let tried = server.json(
        &[
            "mail",
            "test",
            "--to",
            "operator@acme.example",
            "--environment",
            "nl",
        ],
        None,
    );
    assert_eq!(tried["sent"], true);
    assert!(
        sink.taken("operator@acme.example")[0]
            .text()
            .contains("Mail komt aan.")
    );
    let off = Setup::written("[environments.production]\n", &["production"]).start();
    let refused = off.grantor(&["mail", "test", "--to", "operator@acme.example"], None);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("No mail is configured"));
    let made = person(&off, "production", "eva@acme.example", &[]);
    assert!(
        made["mailed_to"].is_null() && made["mail_warning"].is_null(),
        "{made}"
    );
}
