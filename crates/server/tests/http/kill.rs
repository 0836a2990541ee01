//! `kill -9` under load: no token that was answered is lost.
//!
//! A few rounds here, as many as `GRANTOR_ROUNDS` says in `./soak`. The ledger lies outside the server: each token is
//! written and synced after its answer arrived, and after the restart every one of them must be live.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::support::database::Database;
use super::support::house::{GRANT, INTROSPECT, TOKEN, setup};
use super::support::request::form;
use super::support::{Connection, Credential, Request, Server, until};

/// Clients that ask at the same time.
const CLIENTS: usize = 4;

fn rounds(usual: u64) -> u64 {
    std::env::var("GRANTOR_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

/// A generator whose every run can be repeated from its seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// Asks for tokens on one connection until the server is gone.
fn load(authority: &str, client: &Credential, ledger: &Mutex<File>) {
    let ask = Request::post(TOKEN)
        .basic(client)
        .header("Connection", "keep-alive")
        .form(GRANT)
        .bytes(authority);
    let Ok(mut connection) = Connection::try_open(authority) else {
        return;
    };
    while connection.send(&ask).is_ok() {
        let Ok(Some(answer)) = connection.try_answer(false) else {
            return;
        };
        assert_eq!(
            answer.status, 200,
            "a server that is about to die refuses nobody: {answer:?}"
        );
        let line = format!("{}\n", answer.json()["access_token"].as_str().unwrap());
        let mut ledger = ledger.lock().unwrap();
        ledger.write_all(line.as_bytes()).unwrap();
        ledger.sync_data().unwrap();
    }
}

/// How many tokens of the ledger from a line on are not live.
fn lost(server: &Server, environment: &str, client: &Credential, tokens: &[String]) -> Vec<String> {
    let authority = server.at(environment);
    let mut connection = Connection::open(authority);
    let is_lost = |token: &&String| {
        let asked = Request::post(INTROSPECT)
            .basic(client)
            .header("Connection", "keep-alive")
            .form(form(&[("token", token)]));
        connection.send(&asked.bytes(authority)).unwrap();
        let answer = connection.answer(false).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["active"] != true
    };
    tokens.iter().filter(is_lost).cloned().collect()
}

fn tokens_of(ledger: &std::path::Path) -> Vec<String> {
    BufReader::new(File::open(ledger).unwrap())
        .lines()
        .map(Result::unwrap)
        .collect()
}

fn kill_and_look(database: Database, rounds: u64) {
    let seed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos() as u64;
    println!("seed {seed}");
    let mut chance = Chance(seed);
    let mut server = setup().on(database).start();
    let environments = ["production", "eddsa"];
    let clients = environments.map(|environment| {
        server.credential(environment, &["--version", "v1", "--allow", "orders=read"])
    });
    let mut first_token = None;
    for round in 0..rounds {
        let (environment, client) = (
            environments[(round % 2) as usize],
            &clients[(round % 2) as usize],
        );
        let path = server.folder.join(&format!("ledger-{round}"));
        let ledger = Mutex::new(File::create(&path).unwrap());
        let pause = Duration::from_millis(50 + chance.next(250));
        let failed = AtomicBool::new(false);
        let authority = server.at(environment).to_owned();
        std::thread::scope(|scope| {
            let loads: Vec<_> = (0..CLIENTS)
                .map(|_| scope.spawn(|| load(&authority, client, &ledger)))
                .collect();
            until("tokens are answered", || {
                ledger.lock().unwrap().metadata().unwrap().len() > 0
            });
            // When it dies is the one thing left to chance.
            std::thread::sleep(pause);
            server.kill();
            for load in loads {
                failed.fetch_or(load.join().is_err(), Ordering::Relaxed);
            }
        });
        assert!(
            !failed.load(Ordering::Relaxed),
            "round {round}, seed {seed}"
        );
        server.start();
        let tokens = tokens_of(&path);
        let lost = lost(&server, environment, client, &tokens);
        assert!(
            lost.is_empty(),
            "round {round}, seed {seed}: {} of {} answered tokens are lost",
            lost.len(),
            tokens.len()
        );
        first_token.get_or_insert_with(|| (environment, client, tokens[0].clone()));
        std::fs::remove_file(path).unwrap();
    }
    let (environment, client, token) = first_token.unwrap();
    assert!(
        lost(&server, environment, client, &[token]).is_empty(),
        "a token of the first round outlived them all"
    );
    assert_eq!(server.json(&["audit", "verify"], None)["intact"], true);
}

#[test]
fn kill_9_rounds_lose_no_answered_token_on_sqlite() {
    kill_and_look(Database::Sqlite, rounds(5));
}

#[test]
fn kill_9_rounds_lose_no_answered_token_on_postgres() {
    match Database::postgres() {
        Some(database) => kill_and_look(database, rounds(3)),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}
