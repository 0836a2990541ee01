//! Two nodes on one PostgreSQL: what is spent on one is spent on the other.

use super::support::browser::{VERIFIER, pair, parameter, request_of};
use super::support::database::Database;
use super::support::house::{CALLBACK, PASSWORD, setup};
use super::support::request::form;
use super::support::{Answer, Browser, Credential, Request, Server};

fn ask(node: &Server, client: &Credential, fields: &[(&str, &str)]) -> Answer {
    Request::post("/oauth/token")
        .basic(client)
        .form(form(fields))
        .send(node.at("production"))
}

fn redeem(node: &Server, client: &Credential, code: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    ask(node, client, &fields)
}

fn refresh(node: &Server, client: &Credential, token: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    ask(node, client, &fields)
}

/// Fifty at once, half of them on each node; those that won.
fn race(nodes: [&Server; 2], one: impl Fn(&Server) -> Answer + Sync) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let tries: Vec<_> = (0..50)
            .map(|number| {
                let (node, one) = (nodes[number % 2], &one);
                scope.spawn(move || one(node))
            })
            .collect();
        tries
            .into_iter()
            .map(|one| one.join().unwrap())
            .filter(|answer| answer.status == 200)
            .collect()
    })
}

#[test]
fn s124_two_nodes_never_have_two_winners_and_a_killed_one_forgets_nothing() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let mut first = setup().on(database).start();
    let mut second = first.another_node();
    second.start();
    let how = [
        "--version",
        "v1",
        "--allow",
        "orders=read",
        "--grant-type",
        "authorization_code",
        "--redirect-uri",
        CALLBACK,
    ];
    let client = first.credential("production", &how);
    let person = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        "Acme",
        "--username",
        "anna",
        "--password-stdin",
    ];
    first.json(&person, Some(PASSWORD));
    let mut browser = Browser::at(first.at("production"));
    let mut code = || {
        let back = browser.walk(&request_of(&client, &[]), "anna");
        parameter(&back, "code").unwrap()
    };

    let raced = code();
    let won = race([&first, &second], |node| redeem(node, &client, &raced));
    assert_eq!(won.len(), 1, "one code, one answer");

    let (_, r1) = pair(&redeem(&first, &client, &code()));
    let won = race([&first, &second], |node| refresh(node, &client, &r1));
    let introspected = |access: &str| {
        let answer = Request::post("/oauth/introspect")
            .basic(&client)
            .form(form(&[("token", access)]))
            .send(second.at("production"));
        answer.json()["active"].as_bool().unwrap()
    };
    let living = won
        .iter()
        .filter(|answer| introspected(&pair(answer).0))
        .count();
    assert_eq!(living, 1, "of {} answers one lives", won.len());

    // Spent on one node, used there; the node is killed; the old one is refused on the other and after a restart.
    let (_, r1) = pair(&redeem(&first, &client, &code()));
    let (_, r2) = pair(&refresh(&first, &client, &r1));
    let (_, r3) = pair(&refresh(&first, &client, &r2));
    first.kill();
    assert_eq!(refresh(&second, &client, &r1).error(), "invalid_grant");
    first.start();
    assert_eq!(refresh(&first, &client, &r3).error(), "invalid_grant");
}
