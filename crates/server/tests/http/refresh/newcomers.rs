//! Whom a refresh brings: invited by mail where the configuration lets the address cross, else waiting for somebody to invite them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{on, sqlite};
use crate::http::support::database::{Database, psql};
use crate::http::support::house::PASSWORD;
use crate::http::support::mail_sink::{Letter, MailSink};
use crate::http::support::{Browser, Server, Setup, until};

const CONFIG: &str = r#"
[environments.production]
[environments.rc]
refresh = { from = "production", schedule = "0 20 1 * *", personal_data = ["username", "email"] }
[environments.quiet]
refresh = { from = "production", schedule = "0 20 1 * *", personal_data = ["username"] }
[mail]
from = "Acme API <api@acme.example>"
"#;

const BOTH: [&str; 3] = ["production", "rc", "quiet"];
/// What the refreshed environment's people have chosen, which is not production's.
const OWN: &str = "a password of the sandbox";

fn set_up(database: Database, sink: &MailSink) -> Server {
    Setup::written(CONFIG, &BOTH)
        .with("MAIL__URL", &format!("smtp://{}", sink.authority))
        .on(database)
        .start()
}

/// Somebody of production with a password, whose mail goes elsewhere than to the name.
fn person(server: &Server, name: &str, role: &str) -> Value {
    let how = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        "Acme",
        "--username",
        name,
        "--email",
        &format!("{name}@mail.acme.example"),
        "--role",
        role,
        "--password-stdin",
    ];
    server.json(&how, Some(PASSWORD))
}

fn refresh(server: &Server, environment: &str) {
    server.json(&["environments", "refresh", environment], None);
}

/// Letters to an address that lead to one of these nodes' RC.
fn invitations(sink: &MailSink, nodes: &[&Server], to: &str) -> Vec<Letter> {
    let leads_there = |letter: &Letter| {
        nodes.iter().any(|node| {
            let link = format!("http://{}/portal/invitation?token=", node.at("rc"));
            letter.text().contains(&link)
        })
    };
    let mut taken = sink.taken(to);
    taken.retain(leads_there);
    taken
}

/// The path of the link in a letter.
fn link_of(letter: &Letter, server: &Server) -> String {
    let text = letter.text();
    let base = format!("http://{}", server.at("rc"));
    let link = text.lines().find(|line| line.starts_with(&base)).unwrap();
    link.trim()[base.len()..].to_owned()
}

fn state_of(server: &Server, environment: &str, name: &str) -> Value {
    let how = ["people", "show", name, "--environment", environment];
    server.json(&how, None)["state"].clone()
}

/// Where the sign-in page says the same as to anybody whom nobody knows.
fn is_a_stranger(server: &Server, environment: &str, name: &str) -> bool {
    let told = |name: &str| {
        let mut browser = Browser::at(server.at(environment));
        let page = browser.get("/portal");
        let answer = browser.submit(&page, &[("username", name), ("password", PASSWORD)]);
        let text = answer.text().replace(name, "");
        let told = text.split("role=\"alert\"").nth(1).unwrap_or_default();
        let told = told.split("</p>").next().unwrap_or_default().to_owned();
        assert!(text.contains("or never had one here?"), "{text}");
        (answer.status, told)
    };
    let (status, sentence) = told("nobody-of-that-name");
    assert!(sentence.contains("is not right"), "{sentence}");
    told(name) == (status, sentence)
}

fn are_invited_by_mail(database: Database) {
    let sink = MailSink::start();
    let mut server = set_up(database, &sink);
    person(&server, "bert", "account-manager");
    refresh(&server, "rc");
    until("he is invited", || {
        !invitations(&sink, &[&server], "bert@mail.acme.example").is_empty()
    });
    assert_eq!(state_of(&server, "rc", "bert"), "invited");
    assert!(
        is_a_stranger(&server, "rc", "bert"),
        "production's password"
    );
    let letter = invitations(&sink, &[&server], "bert@mail.acme.example").remove(0);
    assert!(
        letter.text().contains("Username: bert"),
        "{}",
        letter.text()
    );
    let link = link_of(&letter, &server);
    let token = link.rsplit('=').next().unwrap().to_owned();
    let mut bert = Browser::at(server.at("rc"));
    let page = bert.get(&link);
    let chosen = bert.submit(&page, &[("newpassword", OWN)]);
    let home = bert.follow(chosen);
    assert_eq!(home.status, 200);
    assert_eq!(bert.get("/portal/people").status, 200, "as production says");
    assert_eq!(state_of(&server, "rc", "bert"), "active");
    // One link, once, written down like the portal's; the secret lies nowhere.
    let trail = server.json(&["audit", "list", "--event", "person.invited"], None);
    let rows: Vec<&Value> = trail.as_array().unwrap().iter().collect();
    let [row] = rows.as_slice() else {
        panic!("{trail}")
    };
    assert_eq!(row["environment"], "rc");
    assert!(row["actor"].to_string().contains("system"), "{row}");
    assert!(!row["account_id"].is_null() || !row["account"].is_null());
    assert!(row["details"].to_string().contains("refresh"), "{row}");
    assert!(!server.log().contains(&token));
    let kept: Vec<u8> = server
        .folder
        .files()
        .into_iter()
        .flat_map(|(_, bytes)| bytes)
        .chain(server.database.dump())
        .collect();
    let found = kept.windows(token.len()).any(|w| w == token.as_bytes());
    assert!(!found, "the link lies in no database");
    // A restart and a second refresh find nobody new, and somebody who comes then is.
    server.stop();
    server.start();
    person(&server, "nora", "member");
    refresh(&server, "rc");
    until("she is invited", || {
        !invitations(&sink, &[&server], "nora@mail.acme.example").is_empty()
    });
    assert_eq!(
        invitations(&sink, &[&server], "bert@mail.acme.example").len(),
        1
    );
    assert!(sink.taken("bert@mail.acme.example").len() == 1);
}

fn wait_where_no_address_crosses(database: Database) {
    let sink = MailSink::start();
    let server = set_up(database, &sink);
    let operator = [
        "people",
        "create",
        "--environment",
        "quiet",
        "--username",
        "olga",
        "--role",
        "operator",
        "--password-stdin",
    ];
    server.json(&operator, Some(PASSWORD));
    person(&server, "bert", "member");
    refresh(&server, "quiet");
    assert_eq!(state_of(&server, "quiet", "bert"), "waiting");
    assert!(is_a_stranger(&server, "quiet", "bert"));
    // Whoever comes into another environment after him is invited; he was looked at by then.
    refresh(&server, "rc");
    until("somebody else is invited", || {
        !invitations(&sink, &[&server], "bert@mail.acme.example").is_empty()
    });
    let quiet = format!("http://{}", server.at("quiet"));
    let letters = sink.taken("bert@mail.acme.example");
    assert!(letters.iter().all(|one| !one.text().contains(&quiet)));
    assert_eq!(state_of(&server, "quiet", "bert"), "waiting");

    // The pages make it plain, and so does the list on the command line.
    let listed = server.grantor(&["people", "list", "--environment", "quiet"], None);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains("waiting"), "{listed}");
    let mut olga = Browser::at(server.at("quiet"));
    olga.sign_in("olga", PASSWORD);
    let preview = olga.get("/portal/operations/environments/refresh");
    let text = preview.text();
    assert!(text.contains("are not mailed"), "{text}");
    let people = olga.get("/portal/people");
    assert!(people.text().contains("waits for an invitation"));
    let how = ["people", "show", "bert", "--environment", "quiet"];
    let id = server.json(&how, None)["id"].as_str().unwrap().to_owned();
    let page = olga.get(&format!("/portal/people/{id}"));
    let text = page.text();
    assert!(
        text.contains("id=\"waiting\"") && text.contains("No mail address is known here"),
        "{text}"
    );
    // When somebody knows an address, inviting anew works as for anyone.
    server.json(
        &["people", "set-email", &id, "--email", "b@acme.example"],
        None,
    );
    let page = olga.get(&format!("/portal/people/{id}"));
    assert!(!page.text().contains("No mail address is known here"));
    let made = olga.submit(&page, &[]);
    assert!(
        made.text().contains("id=\"mailed\""),
        "{} {}",
        made.status,
        made.text()
    );
    assert_eq!(sink.taken("b@acme.example").len(), 1);
    assert_eq!(state_of(&server, "quiet", "bert"), "invited");
    let again = server.json(&["people", "invite", &id], None);
    assert_eq!(again["mailed_to"], "b@acme.example");
}

/// Minutes of a busy machine: whoever was being mailed when a process was killed is mailed a minute later.
const PATIENCE: Duration = Duration::from_secs(120);
const CROWD: usize = 24;

fn restarts_lose_none(database: Database) {
    let sink = MailSink::start();
    let mut first = set_up(database.clone(), &sink);
    if let Database::Postgres(url) = &database {
        psql(
            url,
            "insert into accounts (id, name, created_at) values ('a1', 'Acme', 1); \
             insert into account_environments values ('production', 'a1', 1); \
             insert into people (id, environment, account_id, username, canonical_username, role, must_change_password, created_at, updated_at, email) \
             select 'p' || i, 'production', 'a1', 'p' || i, 'p' || i, 'member', 0, 1, 1, 'p' || i || '@mail.acme.example' from generate_series(0, 23) i",
        );
    } else {
        for one in 0..CROWD {
            let how = [
                "people",
                "create",
                "--environment",
                "production",
                "--account",
                "Acme",
                "--username",
                &format!("p{one}"),
                "--email",
                &format!("p{one}@mail.acme.example"),
            ];
            first.json(&how, None);
        }
    }
    let nodes = usize::from(matches!(database, Database::Postgres(_)));
    let mut others: Vec<Server> = (0..nodes).map(|_| first.another_node()).collect();
    others.iter_mut().for_each(Server::start);
    refresh(&first, "rc");
    let counted = |first: &Server, others: &[Server]| -> Vec<Vec<Letter>> {
        let all: Vec<&Server> = others.iter().chain([first]).collect();
        let of = |one| invitations(&sink, &all, &format!("p{one}@mail.acme.example"));
        (0..CROWD).map(of).collect()
    };
    let arrived = |letters: &[Vec<Letter>]| letters.iter().filter(|one| !one.is_empty()).count();
    until("some are invited", || {
        arrived(&counted(&first, &others)) >= 3
    });
    first.stop();
    assert!(
        counted(&first, &others).iter().all(|one| one.len() <= 1),
        "whoever is asked to end ends what is under way"
    );
    first.start();
    until("more are invited", || {
        arrived(&counted(&first, &others)) >= 12
    });
    first.kill();
    first.start();
    let end = Instant::now() + PATIENCE;
    while arrived(&counted(&first, &others)) < CROWD {
        assert!(Instant::now() < end, "{}", first.end_of_log());
        std::thread::sleep(Duration::from_millis(100));
    }
    // Once each; of those whose mail the killed process was sending a second copy is known by its Message-ID.
    let letters = counted(&first, &others);
    let ids = |one: &Vec<Letter>| -> BTreeSet<String> {
        one.iter()
            .flat_map(|letter| letter.header("Message-ID"))
            .collect()
    };
    assert!(letters.iter().all(|one| ids(one).len() == 1));
    let twice = letters.iter().filter(|one| one.len() > 1).count();
    assert!(twice <= 8, "{twice}");
}

/// Two nodes that nobody disturbs.
fn two_nodes_send_once(database: Database) {
    let Database::Postgres(url) = database.clone() else {
        return;
    };
    let sink = MailSink::start();
    let first = set_up(database, &sink);
    let mut second = first.another_node();
    second.start();
    psql(
        &url,
        "insert into accounts (id, name, created_at) values ('a1', 'Acme', 1); \
         insert into account_environments values ('production', 'a1', 1); \
         insert into people (id, environment, account_id, username, canonical_username, role, must_change_password, created_at, updated_at, email) \
         select 'p' || i, 'production', 'a1', 'p' || i, 'p' || i, 'member', 0, 1, 1, 'p' || i || '@mail.acme.example' from generate_series(0, 39) i",
    );
    refresh(&second, "rc");
    let delivered = |node: &Server| {
        let label = "kind=\"mail\",outcome=\"delivered\"";
        node.counter("grantor_deliveries_total", label)
    };
    until("all are invited", || {
        delivered(&first) + delivered(&second) >= 40.0
    });
    let nodes = [&first, &second];
    for one in 0..40 {
        let to = format!("p{one}@mail.acme.example");
        assert_eq!(invitations(&sink, &nodes, &to).len(), 1, "{to}");
    }
    // Either may have been the quicker one each time: what counts is that nobody was invited twice.
}

#[test]
fn qx5_new_people_are_invited_by_mail_on_sqlite() {
    on(sqlite, are_invited_by_mail);
}

#[test]
fn qx5_new_people_are_invited_by_mail_on_postgres() {
    on(Database::postgres, are_invited_by_mail);
}

#[test]
fn qx5_new_people_wait_where_no_address_crosses_on_sqlite() {
    on(sqlite, wait_where_no_address_crosses);
}

#[test]
fn qx5_new_people_wait_where_no_address_crosses_on_postgres() {
    on(Database::postgres, wait_where_no_address_crosses);
}

#[test]
fn qx5_a_restart_loses_no_invitation_on_sqlite() {
    on(sqlite, restarts_lose_none);
}

#[test]
fn qx5_a_restart_loses_no_invitation_on_postgres() {
    on(Database::postgres, restarts_lose_none);
}

#[test]
fn qx5_two_nodes_invite_once() {
    on(Database::postgres, two_nodes_send_once);
}

/// Mail that is refused for now takes its link along, and the next attempt brings a new one.
#[test]
fn qx5_a_link_that_was_not_mailed_is_none() {
    let sink = MailSink::start();
    let server = set_up(Database::usual(), &sink);
    person(&server, "bert", "member");
    sink.will_answer(&["451 later"]);
    refresh(&server, "rc");
    let label = "kind=\"mail\",outcome=\"failed\"";
    until("it was tried", || {
        server.counter("grantor_deliveries_total", label) >= 1.0
    });
    assert_eq!(state_of(&server, "rc", "bert"), "waiting");
    // Somebody invites him by hand before the next attempt.
    let made = server.json(&["people", "invite", "bert", "--environment", "rc"], None);
    assert_eq!(made["mailed_to"], "bert@mail.acme.example");
    assert_eq!(state_of(&server, "rc", "bert"), "invited");
}
