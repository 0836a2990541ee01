//! Two nodes on one PostgreSQL: what is spent on one is spent on the other.

use super::support::browser::{VERIFIER, pair, parameter, request_of};
use super::support::database::{Database, psql};
use super::support::house::{CALLBACK, access_token, setup};
use super::support::request::form;
use super::support::upstream::Upstream;
use super::support::{Answer, Browser, Credential, Request, Server, until};

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
    let client = first.client_of("production", "authorization_code", &[]);
    first.person("production", "anna", &[]);
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

/// What a node that remembered a token says of it after something was changed on the other one; asked until it is refused.
fn refused_within_five_seconds(node: &Server, token: &str, what: &str) {
    let begun = std::time::Instant::now();
    until(what, || {
        let answer = Request::get("/any")
            .bearer(token)
            .send(node.at("production"));
        assert!(matches!(answer.status, 200 | 401), "{what}: {answer:?}");
        answer.status == 401
    });
    // What we promise, and what nobody should have to wait for.
    assert!(begun.elapsed().as_secs() < 5, "{what}");
}

#[test]
fn s246_what_ends_on_one_node_ends_on_the_other_within_five_seconds() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let Database::Postgres(url) = database.clone() else {
        unreachable!("a PostgreSQL was asked for")
    };
    let upstream = Upstream::start();
    let first = setup().upstream(&upstream.authority).on(database).start();
    let mut second = first.another_node();
    second.start();
    let made = |account: &str| {
        let how = ["--version", "v1", "--allow", "orders=read"];
        first.credential_of(account, "production", &how, None)
    };
    let remembered = |client: &Credential| {
        let grant = [("grant_type", "client_credentials")];
        let token = access_token(&ask(&second, client, &grant));
        refused_never(&second, &token);
        token
    };

    let client = made("Acme");
    let token = remembered(&client);
    let hint = Request::post("/oauth/revoke").basic(&client);
    let revoked = hint
        .form(form(&[("token", &token)]))
        .send(first.at("production"));
    assert_eq!(revoked.status, 200);
    refused_within_five_seconds(&second, &token, "a token that was revoked");

    let token = remembered(&client);
    first.json(&["credentials", "disable", &client.uuid], None);
    refused_within_five_seconds(&second, &token, "a credential that was switched off");

    // The same where no word of changes comes through, as behind some poolers.
    let deaf = "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen grantor_changes' and datname = current_database()";
    let client = made("Globex");
    let token = remembered(&client);
    psql(&url, deaf);
    first.json(&["accounts", "suspend", "Globex"], None);
    refused_within_five_seconds(&second, &token, "an account that was suspended");
}

fn refused_never(node: &Server, token: &str) {
    for _ in 0..2 {
        let answer = Request::get("/any")
            .bearer(token)
            .send(node.at("production"));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[test]
fn a_node_that_stops_says_so_and_serves_on_until_balancers_have_noticed() {
    let mut server = setup().with("SERVER__SHUTDOWN_DELAY", "2s").start();
    let client = server.credential_of(
        "Acme",
        "production",
        &["--version", "v1", "--allow", "orders=read"],
        None,
    );
    server.tell_to_stop();
    until("it says that it is not ready", || {
        Request::get("/readyz").send(&server.admin).status == 503
    });
    // On a connection of its own each.
    access_token(&ask(
        &server,
        &client,
        &[("grant_type", "client_credentials")],
    ));
    access_token(&ask(
        &server,
        &client,
        &[("grant_type", "client_credentials")],
    ));
    server.ended_well();
}
