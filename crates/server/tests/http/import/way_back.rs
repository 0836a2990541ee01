//! `grantor export`: what was made here goes back to the old server, proved by reading it as that server's.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::{Place, SECRET, for_each, is_refused, is_token, sqlite};
use crate::http::support::database::Database;
use crate::http::support::request::form;
use crate::http::support::{Answer, Credential, Request, Setup, until};

const HYDRA: &str = include_str!("fixtures/hydra.sql");
const DOORKEEPER: &str = include_str!("fixtures/doorkeeper.sql");
/// SHA-256 of the secret of all vectors.
const SHA256: &str = "1bad8c4cc88eac27d75fca4771849969116c5c46234d24d0b9c3cae017e397e2";
/// A name by which somebody tries to end the statement that it stands in.
const HOSTILE: &str = "Rob\\'); drop table oauth_applications; --";

const CONFIG: &str = r#"
[[versions]]
name = "v1"
scopes = ["Orders"]

[environments.production]
way_back = "doorkeeper"

[environments.second]
way_back = "hydra"

[environments.third]
way_back = "keycloak"

[environments.plain]
"#;

fn each(test: fn(&mut Place)) {
    for_each(CONFIG, &["production", "second", "third", "plain"], test);
}

fn ask(place: &Place, environment: &str, id: &str, secret: &str) -> Answer {
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
    ];
    Request::post(super::TOKEN)
        .form(form(&pairs))
        .send(place.server.at(environment))
}

fn credential(place: &Place, environment: &str, name: &str) -> Credential {
    let create = [
        "credentials",
        "create",
        "--environment",
        environment,
        "--account",
        "Acme",
        "--name",
        name,
        "--description",
        "Made by a test",
        "--allow",
        "orders",
    ];
    Credential::read(&place.server.json(&create, None))
}

fn rotated(place: &Place, environment: &str, id: &str, overlap: &str) -> String {
    let rotate = [
        "credentials",
        "rotate",
        id,
        "--environment",
        environment,
        "--overlap",
        overlap,
    ];
    let answer = place.server.json(&rotate, None);
    answer["client_secret"].as_str().unwrap().to_owned()
}

/// Writes the export to a file, and gives its text and the report.
fn export(
    place: &Place,
    format: &str,
    environment: &str,
    name: &str,
    more: &[&str],
) -> (String, Value) {
    let file = place.server.folder.join(name);
    let command = [
        "export",
        format,
        "--environment",
        environment,
        "--output",
        file.to_str().unwrap(),
    ];
    let report = place.server.json(&[&command[..], more].concat(), None);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    (std::fs::read_to_string(&file).unwrap(), report)
}

fn reasons(report: &Value, id: &str) -> String {
    let rows = report["not_going"].as_array().unwrap();
    let own = rows.iter().filter(|row| row["client_id"] == id);
    own.map(|row| row["reason"].as_str().unwrap().to_owned() + " ")
        .collect()
}

fn import_into_plain(place: &Place, format: &str, source: &str, more: &[&str]) -> Value {
    let command = ["import", format, source, "--environment", "plain"];
    place.server.json(&[&command[..], more].concat(), None)
}

/// Nothing that the server keeps on disk holds the text.
fn is_nowhere(place: &Place, text: &str) {
    let held = |bytes: &[u8]| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(!held(&place.server.database.dump()));
    for (name, bytes) in place.server.folder.files() {
        assert!(!held(&bytes), "{name}");
    }
}

#[test]
fn b2_back_to_doorkeeper_goes_what_was_made_or_rotated_here() {
    each(|place| {
        // What came from there, and what became of it here.
        let rows = format!(
            "client_id,secret,secret_format\nsame,{SHA256},sha256\nrotated,{SHA256},sha256\ndeleted,{SHA256},sha256\n"
        );
        let file = place.file("came.csv", &rows);
        place.import("csv", &file, &[]);
        is_token(&ask(place, "production", "same", SECRET));
        let changed = rotated(place, "production", "rotated", "0d");
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

        let made = credential(place, "production", HOSTILE);
        let overlapping = credential(place, "production", "Two secrets");
        let newest = rotated(place, "production", &overlapping.client_id, "7d");
        let off = credential(place, "production", "Off");
        place.server.json(
            &[
                "credentials",
                "disable",
                &off.client_id,
                "--environment",
                "production",
            ],
            None,
        );
        let hash = {
            let hashed = aws_lc_rs::digest::digest(
                &aws_lc_rs::digest::SHA256,
                made.client_secret.as_bytes(),
            );
            hashed
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        is_nowhere(place, &hash);

        let (text, report) = export(place, "doorkeeper", "production", "back.sql", &[]);
        assert!(text.contains(&hash), "{text}");
        assert!(
            !text.contains(&made.client_secret) && !text.contains('\\'),
            "{text}"
        );
        assert_eq!(
            (
                &report["credentials_new"],
                &report["credentials_with_new_secret"]
            ),
            (&2.into(), &1.into()),
            "{report:#}"
        );
        assert!(reasons(&report, &overlapping.client_id).contains("older secret"));
        assert!(reasons(&report, &off.client_id).contains("switched off"));
        assert!(reasons(&report, "deleted").contains("deleted here"));
        assert_eq!(reasons(&report, "same"), "");
        assert_eq!(place.events("environment.exported"), 1);
        // A file that is there is left alone.
        let file = place.server.folder.join("back.sql");
        let again = [
            "export",
            "doorkeeper",
            "--environment",
            "production",
            "--output",
            file.to_str().unwrap(),
        ];
        assert!(!place.server.grantor(&again, None).status.success());
        std::fs::remove_file(&file).unwrap();

        // At the old server, which still has what it had.
        let old = place.server.folder.join("old.db");
        sqlite(&old, DOORKEEPER);
        for (number, id) in ["same", "rotated", "deleted"].iter().enumerate() {
            sqlite(
                &old,
                &format!(
                    "insert into oauth_applications (id, name, uid, secret, redirect_uri, scopes, created_at, updated_at) values ({}, '{id}', '{id}', '{SHA256}', '', 'orders', '2020-01-01', '2020-01-01');",
                    number + 100
                ),
            );
        }
        sqlite(&old, &text);
        let source = format!("sqlite:{}", old.display());
        import_into_plain(place, "doorkeeper", &source, &["--secrets", "sha256"]);
        is_token(&ask(place, "plain", &made.client_id, &made.client_secret));
        is_token(&ask(place, "plain", &overlapping.client_id, &newest));
        is_refused(&ask(
            place,
            "plain",
            &overlapping.client_id,
            &overlapping.client_secret,
        ));
        is_token(&ask(place, "plain", "same", SECRET));
        is_token(&ask(place, "plain", "rotated", &changed));
        is_refused(&ask(place, "plain", "rotated", SECRET));
        is_refused(&ask(place, "plain", &off.client_id, &off.client_secret));
        let shown = [
            "credentials",
            "show",
            &made.client_id,
            "--environment",
            "plain",
        ];
        assert_eq!(
            place.server.json(&shown, None)["scopes"],
            serde_json::json!(["orders"])
        );

        // What was there already when the last export was made does not go again.
        let (text, report) = export(
            place,
            "doorkeeper",
            "production",
            "later.sql",
            &["--since", "2099-01-01"],
        );
        assert!(
            !text.contains("insert") && !text.contains("update"),
            "{text}"
        );
        assert_eq!(report["credentials_new"], 0);
    });
}

#[test]
fn b2_back_to_hydra_and_to_keycloak() {
    each(|place| {
        let made = credential(place, "second", "It's \"new\"");
        let (text, report) = export(place, "hydra", "second", "back.sql", &[]);
        assert_eq!(report["credentials_new"], 1, "{report:#}");
        assert!(!text.contains(&made.client_secret), "{text}");
        let old = place.server.folder.join("hydra.db");
        sqlite(
            &old,
            &format!("create table networks (id text); insert into networks values ('n');{HYDRA}"),
        );
        sqlite(&old, &text);
        import_into_plain(place, "hydra", &format!("sqlite:{}", old.display()), &[]);
        is_token(&ask(place, "plain", &made.client_id, &made.client_secret));
        is_refused(&ask(place, "plain", &made.client_id, "another"));

        let made = credential(place, "third", "New");
        is_nowhere(place, &made.client_secret);
        let off = credential(place, "third", "Off");
        place.server.json(
            &[
                "credentials",
                "disable",
                &off.client_id,
                "--environment",
                "third",
            ],
            None,
        );
        let (text, report) = export(place, "keycloak", "third", "back.json", &[]);
        assert_eq!(report["credentials_new"], 2, "{report:#}");
        // A partial import makes no service account, and without one the real server refuses: seen by scripts/moving/keycloak.
        let users = &serde_json::from_str::<serde_json::Value>(&text).unwrap()["users"];
        let of = |client_id: &str| {
            let mut users = users.as_array().unwrap().iter();
            users.any(|user| user["serviceAccountClientId"] == client_id)
        };
        assert!(of(&made.client_id) && of(&off.client_id), "{users:#}");
        let file = place.file("realm.json", &text);
        import_into_plain(place, "keycloak", &file, &[]);
        is_token(&ask(place, "plain", &made.client_id, &made.client_secret));
        is_refused(&ask(place, "plain", &off.client_id, &off.client_secret));
    });
}

#[test]
fn what_is_kept_for_a_way_back_follows_the_master_key_and_the_configuration() {
    each(|place| {
        let unkept = credential(place, "plain", "Before");
        let (_, report) = export(place, "doorkeeper", "plain", "plain.sql", &[]);
        assert!(
            reasons(&report, &unkept.client_id).contains("way_back"),
            "{report:#}"
        );
        let made = credential(place, "production", "Kept");
        // Of another server's form nothing is known.
        let (_, report) = export(place, "keycloak", "production", "other.json", &[]);
        assert!(
            reasons(&report, &made.client_id).contains("way_back"),
            "{report:#}"
        );

        place.server.json(&["keys", "rekey"], None);
        is_token(&ask(
            place,
            "production",
            &made.client_id,
            &made.client_secret,
        ));
        is_token(&ask(
            place,
            "plain",
            &unkept.client_id,
            &unkept.client_secret,
        ));
        until("every secret is hashed anew", || {
            place.server.json(&["keys", "rekey", "--status"], None)["retiring"][0]["secrets"] == 0
        });
        place.server.json(&["keys", "rekey", "--finish"], None);
        let (_, report) = export(place, "doorkeeper", "production", "anew.sql", &[]);
        assert_eq!(report["credentials_new"], 1, "{report:#}");

        // With its secret it goes.
        rotated(place, "production", &made.client_id, "0d");
        place.server.json(
            &[
                "credentials",
                "delete",
                &made.client_id,
                "--environment",
                "production",
            ],
            None,
        );
        let kept = credential(place, "production", "Kept until it is off");
        place.server.stop();
        place
            .server
            .set("ENVIRONMENTS__PRODUCTION__WAY_BACK", "hydra");
        place.server.start();
        until("it is thrown away", || {
            let log = place.server.log();
            log.contains("for a way back is thrown away")
        });
        place.server.stop();
        place
            .server
            .set("ENVIRONMENTS__PRODUCTION__WAY_BACK", "doorkeeper");
        place.server.start();
        let (_, report) = export(place, "doorkeeper", "production", "off.sql", &[]);
        assert!(
            reasons(&report, &kept.client_id).contains("way_back"),
            "{report:#}"
        );
    });
}

#[test]
fn an_export_needs_the_scope_of_keys_and_check_says_that_a_way_back_is_on() {
    let setup = Setup::written(CONFIG, &["production", "second", "third", "plain"]);
    let server = setup.on(Database::Sqlite).start();
    let checked = server.grantor(&["check"], None);
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(
        text.contains("environments.third.way_back") && text.contains("kept as it is"),
        "{text}"
    );
    let token = server.json(
        &[
            "operators",
            "token",
            "--name",
            "Billing",
            "--scopes",
            "credentials:write",
        ],
        None,
    );
    let answer = Request::post("/admin/v1/environments/production/export")
        .bearer(token["operator_token"].as_str().unwrap())
        .body("application/json", r#"{"format":"keycloak"}"#)
        .send(&server.admin);
    assert_eq!(answer.status, 403, "{answer:?}");
    for (format, more) in [("auth0", None), ("hydra", Some("yesterday"))] {
        let mut command = vec!["export", format, "--environment", "second"];
        command.extend(more.iter().flat_map(|since| ["--since", since]));
        assert!(!server.grantor(&command, None).status.success());
    }
}
