//! The schedule, by the real clock: nothing here is faster than a minute.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{CONFIG, on, sqlite};
use crate::http::support::database::Database;
use crate::http::support::{Server, Setup};

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

#[test]
fn qx5_the_schedule_fires_once_and_a_missed_run_is_made_up_for_on_sqlite() {
    on(sqlite, fires_once);
}

#[test]
fn qx5_the_schedule_fires_once_over_two_nodes_and_a_missed_run_is_made_up_for_on_postgres() {
    on(Database::postgres, fires_once);
}
