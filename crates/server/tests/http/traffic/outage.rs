//! The database is away: what is remembered passes for a while, and everything else is 503.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::support::api::Api;
use super::super::support::database::Database;
use super::super::support::{Request, until};
use super::{begin, client, serve, setup, token};

/// A wire to the database that can be cut.
#[derive(Clone, Default)]
pub struct Line {
    is_cut: Arc<AtomicBool>,
    ends: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    /// Answers the address to use in the database's place.
    pub fn to(&self, database: String) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let line = self.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if line.is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let server = TcpStream::connect(&database).unwrap();
                for (mut from, mut to) in [
                    (client.try_clone().unwrap(), server.try_clone().unwrap()),
                    (server.try_clone().unwrap(), client.try_clone().unwrap()),
                ] {
                    std::thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                line.ends.lock().unwrap().extend([client, server]);
            }
        });
        address
    }

    pub fn cut(&self, cut: bool) {
        self.is_cut.store(cut, Ordering::SeqCst);
        for end in self.ends.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

#[test]
fn f34_without_the_database_what_is_remembered_passes_until_the_bound_and_then_nothing() {
    let Some(Database::Postgres(url)) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let (before, rest) = url.split_once('@').unwrap();
    let (authority, name) = rest.split_once('/').unwrap();
    let line = Line::default();
    let through = line.to(authority.to_owned());
    let api = Api::start(serve);
    let server = setup(&api)
        .on(Database::Postgres(format!("{before}@{through}/{name}")))
        .start();
    let (client, _) = client(&server, "production");
    let (known, unknown) = (
        token(&server, "production", &client),
        token(&server, "production", &client),
    );
    let call = |token: &str| {
        let begun = Instant::now();
        let answer = Request::get("/api/plain")
            .bearer(token)
            .send(server.at("production"));
        assert!(
            begun.elapsed() < Duration::from_secs(4),
            "{:?}",
            begun.elapsed()
        );
        answer.status
    };
    assert_eq!(call(&known), 200);
    let (mut events, _) = begin(
        &server,
        "production",
        &Request::get("/api/events").bearer(&known),
    );
    let since = Instant::now();
    line.cut(true);
    assert_eq!(call(&unknown), 503, "a token that has to be asked for");
    assert_eq!(call(&known), 200, "a token that is remembered");
    // A balancer keeps the node for a while, as it keeps all the others that have the same database.
    let ready = || Request::get("/readyz").send(&server.admin);
    let answer = ready();
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("does not answer"), "{answer:?}");
    until("it is not ready any more", || ready().status == 503);
    assert!(
        (9..20).contains(&since.elapsed().as_secs()),
        "{:?}",
        since.elapsed()
    );
    until("nothing is believed any more", || call(&known) == 503);
    assert!(
        (25..45).contains(&since.elapsed().as_secs()),
        "{:?}",
        since.elapsed()
    );
    events.ends();
    assert_eq!(call(&unknown), 503);
    line.cut(false);
    until("it heals by itself", || call(&unknown) == 200);
    until("it is ready again", || ready().text() == "ready\n");
    assert_eq!(call(&known), 200);
}
