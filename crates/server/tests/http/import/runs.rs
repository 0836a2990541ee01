//! Runs: once and again, all or nothing, and what cannot come.

use super::{Place, SECRET, is_refused, is_token, on_each_database, reason};
use crate::http::support::house::{GRANT, PASSWORD};
use crate::http::support::{Browser, Credential, house, until};

const SHA256: &str = "1bad8c4cc88eac27d75fca4771849969116c5c46234d24d0b9c3cae017e397e2";

#[test]
fn a_dry_run_and_a_second_run_change_nothing_and_a_later_one_brings_what_is_new() {
    on_each_database(|place| {
        let row = |id: &str, hash: &str| format!("{id},{id},Acme,{hash},sha256,orders\n");
        let head = "client_id,name,account,secret,secret_format,scopes\n";
        let file = place.file("a.csv", &format!("{head}{}", row("one", SHA256)));
        let dry = place.import("csv", &file, &["--dry-run"]);
        assert_eq!(
            (&dry["clients_new"], &dry["dry_run"]),
            (&1.into(), &true.into())
        );
        is_refused(&place.by_form("one", SECRET));
        let first = place.import("csv", &file, &[]);
        assert_eq!(
            (&first["clients_new"], &first["accounts_new"]),
            (&1.into(), &1.into())
        );
        is_token(&place.by_form("one", SECRET));
        assert_eq!(place.events("environment.imported"), 1);
        assert_eq!(place.events("credential.imported"), 1);
        let second = place.import("csv", &file, &[]);
        assert_eq!(
            (&second["clients_new"], &second["clients_unchanged"]),
            (&0.into(), &1.into())
        );
        assert_eq!(
            place.events("environment.imported"),
            1,
            "nothing came, so nothing is told"
        );
        // There, somebody made a client and gave the first one another secret.
        let other = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"; // of `password`
        let file = place.file(
            "b.csv",
            &format!("{head}{}{}", row("one", other), row("two", SHA256)),
        );
        let third = place.import("csv", &file, &[]);
        assert_eq!(
            (&third["clients_new"], &third["clients_with_later_secrets"]),
            (&1.into(), &1.into())
        );
        assert_eq!(third["accounts_new"], 0, "both are Acme's");
        for (id, secret) in [("one", SECRET), ("one", "password"), ("two", SECRET)] {
            is_token(&place.by_form(id, secret));
        }
        let fourth = place.import("csv", &file, &[]);
        assert_eq!(fourth["clients_unchanged"], 2, "{fourth:#}");
    });
}

#[test]
fn what_was_ended_or_deleted_here_does_not_come_back() {
    on_each_database(|place| {
        let file = place.file(
            "a.csv",
            &format!(
                "client_id,secret,secret_format\ndeleted,{SHA256},sha256\nrotated,{SHA256},sha256\n"
            ),
        );
        place.import("csv", &file, &[]);
        place.server.json(
            &[
                "credentials",
                "delete",
                "deleted",
                "--environment",
                "production",
            ],
            None,
        );
        let rotate = [
            "credentials",
            "rotate",
            "rotated",
            "--environment",
            "production",
            "--overlap",
            "0d",
        ];
        place.server.json(&rotate, None);
        is_refused(&place.by_form("rotated", SECRET));
        let again = place.import("csv", &file, &[]);
        assert_eq!(
            (&again["clients_new"], &again["secrets_new"]),
            (&0.into(), &0.into())
        );
        assert!(reason(&again, "deleted").contains("deleted here"));
        is_refused(&place.by_form("deleted", SECRET));
        is_refused(&place.by_form("rotated", SECRET));
    });
}

#[test]
fn s294_rows_that_cannot_come_are_named_and_the_others_come() {
    on_each_database(|place| {
        let made = place
            .server
            .credential("production", &["--allow", "orders"]);
        let long = "x".repeat(257);
        let file = place.file(
            "a.csv",
            &format!(
                "client_id,name,account,secret,secret_format,scopes,grant_types,redirect_uris,secret_expires_at\n\
                 good,=cmd|' /C calc'!A0,Acme,{SHA256},sha256,orders gone,client_credentials implicit,,\n\
                 good,twice,Acme,{SHA256},sha256,,,,\n\
                 garbled,n,Acme,{SHA256}ff,sha256,,,,\n\
                 unsaid,n,Acme,{SHA256},,,,,\n\
                 none,n,Acme,,,,,,\n\
                 dear,n,Acme,$2b$31$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i,bcrypt,,,,\n\
                 grantless,n,Acme,{SHA256},sha256,,implicit,,\n\
                 ended,n,Acme,{SHA256},sha256,,,,2020-01-01T00:00:00Z\n\
                 someday,n,Acme,{SHA256},sha256,,,,someday\n\
                 {long},n,Acme,{SHA256},sha256,,,,\n\
                 {},n,Acme,{SHA256},sha256,,,,\n",
                made.client_id
            ),
        );
        let report = place.import("csv", &file, &[]);
        assert_eq!(report["clients_new"], 1, "{report:#}");
        for (id, why) in [
            ("good", "more than once"),
            ("garbled", "form"),
            ("unsaid", "hashed"),
            ("none", "no secret"),
            ("dear", "costs more"),
            ("grantless", "grants"),
            ("ended", "ended"),
            ("someday", "no time"),
            (&long, "longer than"),
            (&made.client_id, "made here"),
        ] {
            assert!(
                reason(&report, id).contains(why),
                "{id}: {}",
                reason(&report, id)
            );
        }
        let left_out: Vec<_> = report["left_out"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["value"].clone())
            .collect();
        assert!(
            left_out.contains(&"gone".into()) && left_out.contains(&"implicit".into()),
            "{report:#}"
        );
        is_token(&place.by_form("good", SECRET));
        is_refused(&place.by_form("dear", SECRET));
        let listed = place.server.json(&["credentials", "list"], None);
        let good = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["client_id"] == "good")
            .unwrap()
            .clone();
        assert_eq!(
            (&good["name"], &good["account"]),
            (&"=cmd|' /C calc'!A0".into(), &"Acme".into())
        );
        assert_eq!(good["scopes"], serde_json::json!(["orders"]));
    });
}

#[test]
fn clients_share_an_account_only_where_a_field_says_so() {
    on_each_database(|place| {
        let rows = format!(
            "client_id,name,customer,secret,secret_format\n1,Payroll,A,{SHA256},sha256\n2,Payroll,A,{SHA256},sha256\n"
        );
        let file = place.file("a.csv", &rows);
        assert_eq!(
            place.import("csv", &file, &["--dry-run"])["accounts_new"],
            2
        );
        let report = place.import("csv", &file, &["--account-by", "customer"]);
        assert_eq!(report["accounts_new"], 1, "{report:#}");
        let accounts = place.server.json(&["accounts", "list"], None);
        assert_eq!(accounts[0]["name"], "A");
    });
}

#[test]
fn a_source_that_makes_no_sense_is_refused_whole_and_without_its_secrets() {
    on_each_database(|place| {
        let broken = place.file("a.csv", "client_id,secret\none,hunter2-canary,z\n");
        for complaint in [
            place.refused("csv", &broken, &[]),
            place.refused("csv", "/nowhere/at/all.csv", &[]),
            place.refused(
                "csv",
                &place.file("b.csv", "id,secret\n1,hunter2-canary\n"),
                &[],
            ),
            place.refused(
                "keycloak",
                &place.file("c.json", "{\"clients\": \"hunter2-canary\", "),
                &[],
            ),
            place.refused("doorkeeper", "mysql://u:hunter2-canary@127.0.0.1/x", &[]),
            place.refused(
                "doorkeeper",
                "postgres://u:hunter2-canary@127.0.0.1:1/x",
                &[],
            ),
            place.refused(
                "doorkeeper",
                &place.source("empty.db", "create table x (y text);"),
                &[],
            ),
            place.refused("nothing", &broken, &[]),
        ] {
            assert!(!complaint.contains("hunter2"), "{complaint}");
            assert!(
                complaint.len() > 20 && !complaint.contains("panicked"),
                "{complaint}"
            );
        }
        assert_eq!(place.events("environment.imported"), 0);
    });
}

#[test]
fn many_programs_that_come_at_once_make_one_hash_of_ours() {
    on_each_database(|place: &Place| {
        let hash = "$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$csVUxt/G/89WKbSEqji8kqnWWSOMCmd7pRotFD8vtKk";
        let file = place.file(
            "a.csv",
            &format!("client_id,secret,secret_format\nbusy,\"{hash}\",pbkdf2\n"),
        );
        place.import("csv", &file, &[]);
        let waits = || {
            let shown = ["credentials", "show", "busy", "--environment", "production"];
            place.server.json(&shown, None)["secrets"][0]["awaits_first_use"].clone()
        };
        assert_eq!(waits(), true);
        std::thread::scope(|scope| {
            let asking: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| is_token(&place.by_form("busy", SECRET))))
                .collect();
            asking.into_iter().for_each(|one| one.join().unwrap());
        });
        until("it is taken over", || {
            place.events("credential.secret_taken_over") > 0
        });
        is_token(&place.by_form("busy", SECRET));
        assert_eq!(place.events("credential.secret_taken_over"), 1);
        assert_eq!(waits(), false);
    });
}

#[test]
fn the_portal_says_which_secrets_wait_for_their_first_use() {
    let house = house();
    let rows = format!(
        "client_id,name,account,secret,secret_format\nimported-and-waiting,Waiting,Imported Ltd,{SHA256},sha256\n"
    );
    let file = house.server.folder.join("waiting.csv");
    std::fs::write(&file, rows).unwrap();
    let command = [
        "import",
        "csv",
        file.to_str().unwrap(),
        "--environment",
        "production",
        "--version",
        "v1",
    ];
    house.server.json(&command, None);
    let how = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        "Imported Ltd",
        "--username",
        "ida",
        "--password-stdin",
    ];
    let role = ["--role", "account-manager"];
    house
        .server
        .json(&[&how[..], &role].concat(), Some(PASSWORD));
    let mut browser = Browser::at(house.server.at("production"));
    browser.sign_in("ida", PASSWORD);
    let list = browser.get("/portal/credentials");
    assert!(
        list.text().contains("imported, not used yet"),
        "{}",
        list.text()
    );
    let client = Credential {
        client_id: "imported-and-waiting".into(),
        client_secret: SECRET.into(),
        ..Credential::default()
    };
    is_token(&house.ask("production", &client, GRANT));
    until("the list no longer says so", || {
        !browser
            .get("/portal/credentials")
            .text()
            .contains("imported, not used yet")
    });
}
