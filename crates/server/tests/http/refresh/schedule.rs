//! The schedule, by the real clock: nothing here is faster than a minute.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{CONFIG, on, sqlite};
use crate::http::support::database::{Database, psql};
use crate::http::support::{Server, Setup, until};

/// A minute, and some of a busy machine.
const A_MINUTE: Duration = Duration::from_secs(100);

fn moments(server: &Server) -> Vec<String> {
    let how = ["audit", "list", "--event", "environment.refreshed"];
    let trail = server.json(&how, None);
    let rows = trail.as_array().unwrap().iter();
    let moment = |row: &Value| {
        let details = &row["details"];
        let details: Value = match details.as_str() {
            Some(text) => serde_json::from_str(text).unwrap(),
            None => details.clone(),
        };
        details["scheduled_at"].as_str().unwrap().to_owned()
    };
    rows.map(moment).collect()
}

fn runs_until(server: &Server, number: usize) -> Vec<String> {
    let end = Instant::now() + A_MINUTE;
    loop {
        let found = moments(server);
        if found.len() >= number {
            return found;
        }
        assert!(Instant::now() < end, "{found:?}\n{}", server.end_of_log());
        std::thread::sleep(Duration::from_millis(250));
    }
}

fn fires_once(database: Database) {
    // Both nodes are there before the first moment comes.
    until("the minute has room for two starts", || {
        let now = std::time::SystemTime::now();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
        now.as_secs() % 60 < 45
    });
    let nodes = usize::from(matches!(database, Database::Postgres(_)));
    let mut server = Setup::written(CONFIG, &["production", "rc"])
        .with("ENVIRONMENTS__RC__REFRESH__SCHEDULE", "* * * * *")
        .with("WEBHOOKS__0__URL", "http://127.0.0.1:9/hook")
        .with("WEBHOOKS__0__SECRET", super::SECRET)
        .on(database)
        .start();
    let mut others: Vec<Server> = (0..nodes).map(|_| server.another_node()).collect();
    others.iter_mut().for_each(Server::start);
    assert!(
        moments(&server).is_empty(),
        "what was due before the schedule was known was not missed"
    );
    let first = runs_until(&server, 1);
    // The next moment passes while nobody is there, and is made up for at the start.
    server.kill();
    others.iter_mut().for_each(Server::kill);
    let last = first.last().unwrap().clone();
    let passed = |moment: &str| {
        let now = std::time::SystemTime::now();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 60;
        // The minute of a moment is two digits before its seconds.
        format!("{:02}", now % 60) != moment[14..16]
    };
    while !passed(&last) {
        std::thread::sleep(Duration::from_millis(250));
    }
    server.start();
    others.iter_mut().for_each(Server::start);
    let all = runs_until(&server, first.len() + 1);
    let different: BTreeSet<&String> = all.iter().collect();
    assert_eq!(
        different.len(),
        all.len(),
        "each moment once over all nodes: {all:?}"
    );
}

fn set_up(database: &Database) -> Server {
    Setup::written(CONFIG, &["production", "rc"])
        .with("WEBHOOKS__0__URL", "http://127.0.0.1:9/hook")
        .with("WEBHOOKS__0__SECRET", super::SECRET)
        .on(database.clone())
        .start()
}

/// As many people as take a second or two.
const CROWD: &str = "insert into accounts (id, name, created_at) values ('a1', 'Acme', 1); \
    insert into account_environments values ('production', 'a1', 1); \
    insert into people (id, environment, account_id, username, canonical_username, role, must_change_password, created_at, updated_at) \
    select 'p' || i, 'production', 'a1', 'p' || i, 'p' || i, 'member', 0, 1, 1 from generate_series(1, 40000) i";

#[test]
fn qx5_a_run_that_is_killed_changed_nothing_and_the_next_is_whole() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let Database::Postgres(url) = database.clone() else {
        unreachable!()
    };
    let mut server = set_up(&database);
    psql(&url, CROWD);
    let number = |sql: &str| psql(&url, sql).trim().parse::<u64>().unwrap();
    let here = "select count(*) from present_people where environment = 'rc'";
    let on_the_way = "select count(*) from people where arrives is not null";
    std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            let mut command = server.command();
            command.args(["environments", "refresh", "rc", "--config"]);
            command.arg(server.config()).output().unwrap()
        });
        until("somebody is on the way", || number(on_the_way) > 0);
        let killed = std::process::Command::new("kill")
            .args(["-9", &server.process_id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        assert!(!running.join().unwrap().status.success());
    });
    assert_eq!(number(here), 0, "nobody of those on the way is here");
    server.kill();
    server.start();
    let end = Instant::now() + A_MINUTE;
    let mut refused = String::new();
    loop {
        let again = server.grantor(&["environments", "refresh", "rc"], None);
        if again.status.success() {
            break;
        }
        refused = String::from_utf8_lossy(&again.stderr).into_owned();
        assert_eq!(number(here), 0);
        assert!(Instant::now() < end, "{refused}");
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(
        refused.contains("already"),
        "the killed run held its place for a while: {refused}"
    );
    assert_eq!(number(here), 40_000);
    assert_eq!(
        number("select count(*) from people where environment = 'rc'"),
        40_000
    );
    until("all is cleared", || number(on_the_way) == 0);
}

#[test]
fn qx5_the_schedule_fires_once_and_a_missed_run_is_made_up_for_on_sqlite() {
    on(sqlite, fires_once);
}

#[test]
fn qx5_the_schedule_fires_once_over_two_nodes_and_a_missed_run_is_made_up_for_on_postgres() {
    on(Database::postgres, fires_once);
}
