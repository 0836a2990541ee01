//! `kill -9` of the server while an import is written: all of it is there afterwards, or nothing.

use std::process::{Child, Stdio};

use serde_json::Value;

use super::{CONFIG, is_token};
use crate::http::support::database::Database;
use crate::http::support::request::form;
use crate::http::support::{Request, Server, Setup, until};

const CLIENTS: usize = 3_000;
const ACCOUNTS: usize = 300;

/// How much CPU time, in hundredths of a second, the server has spent on an import when it is killed: reading, planning, writing.
const MOMENTS: [u64; 4] = [15, 60, 120, 200];

fn clients() -> String {
    let mut text = "client_id,name,account,secret,secret_format,grant_types\n".to_owned();
    for number in 0..CLIENTS {
        let account = number % ACCOUNTS;
        text.push_str(&format!(
            "client-{number},Integration {number},Account {account},secret of {number},plain,client_credentials\n"
        ));
    }
    text
}

fn begin(server: &Server, file: &str) -> Child {
    let import = [
        "import",
        "csv",
        file,
        "--environment",
        "production",
        "--account-by",
        "account",
    ];
    server
        .command()
        .args(import)
        .args(["--config", server.config().to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn dry_run(server: &Server, file: &str) -> Value {
    let import = ["import", "csv", file, "--environment", "production"];
    let how = ["--account-by", "account", "--dry-run"];
    server.json(&[&import[..], &how].concat(), None)
}

/// User and system time so far (proc(5)), in hundredths of a second.
fn cpu(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, behind) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = behind.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn b2_an_import_that_is_killed_leaves_nothing_behind() {
    let databases = [Some(Database::Sqlite), Database::postgres()];
    for database in databases.into_iter().flatten() {
        let setup = Setup::written(CONFIG, &["production", "plain"]);
        let mut server = setup.on(database).start();
        let file = server.folder.join("clients.csv");
        std::fs::write(&file, clients()).unwrap();
        let file = file.to_str().unwrap().to_owned();
        let mut killed = 0;
        for moment in MOMENTS {
            let process = server.process_id();
            let before = cpu(process);
            let mut import = begin(&server, &file);
            let mut ended = false;
            until("the import has got so far", || {
                ended = import.try_wait().unwrap().is_some();
                ended || cpu(process) - before >= moment
            });
            server.kill();
            import.wait().unwrap();
            server.start();
            let left = dry_run(&server, &file);
            let new = left["clients_new"].as_u64().unwrap();
            let unchanged = left["clients_unchanged"].as_u64().unwrap();
            let accounts = left["accounts_new"].as_u64().unwrap();
            let events = ["audit", "list", "--event", "environment.imported"];
            let events = server.json(&events, None).as_array().unwrap().len();
            if unchanged > 0 {
                // It was written before the blow fell.
                assert_eq!(
                    (new, unchanged as usize, accounts, events),
                    (0, CLIENTS, 0, 1)
                );
                break;
            }
            assert!(!ended, "what was said to be there is not: {left}");
            assert_eq!(
                (new as usize, accounts as usize, events),
                (CLIENTS, ACCOUNTS, 0)
            );
            killed += 1;
        }
        assert!(killed > 0, "no import was killed before it was written");
        assert!(begin(&server, &file).wait().unwrap().success());
        let last = format!("client-{}", CLIENTS - 1);
        let secret = format!("secret of {}", CLIENTS - 1);
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", last.as_str()),
            ("client_secret", secret.as_str()),
        ];
        let ask = Request::post("/oauth/token").form(form(&pairs));
        is_token(&ask.send(server.at("production")));
    }
}
