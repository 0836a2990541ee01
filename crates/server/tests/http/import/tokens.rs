//! Tokens that the old server gave out and that live: they go on working here, until they end or are ended.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Place, SECRET, reason};
use crate::http::support::browser::{now_in_seconds, pair};
use crate::http::support::database::Database;
use crate::http::support::house::access_token;
use crate::http::support::request::form;
use crate::http::support::upstream::Upstream;
use crate::http::support::{Answer, Request, Server, Setup, until};

/// The first reads JSON and keeps a used refresh token until its successor is used; in the second a replay ends the family.
const CONFIG: &str = r#"
[[versions]]
name = "v1"
scopes = ["Orders", "Tags"]

[environments.production]
dialect = "doorkeeper"
[environments.production.forward_auth]
kind = "caddy"
trusted_peers = ["127.0.0.1"]

[environments.strict]
dialect = "dotnetopenauth"
[environments.strict.paths]
token = "/oauth/token"

[[routes]]
path = "/orders"
scope = "orders"
upstream = "http://127.0.0.1:9000"
"#;

/// What Doorkeeper's own migrations make, as far as it is read.
const DOORKEEPER: &str = "create table oauth_applications (
    id integer primary key, name varchar not null, uid varchar not null, secret varchar not null, owner_id bigint, owner_type varchar,
    redirect_uri text, scopes varchar not null default '', confidential boolean not null default true);
create table oauth_access_tokens (
    id integer primary key, resource_owner_id bigint, application_id bigint, token varchar not null, refresh_token varchar, expires_in integer,
    scopes varchar, created_at timestamp not null, revoked_at timestamp, previous_refresh_token varchar not null default '');
create table users (id integer primary key, email varchar);
insert into oauth_applications (id, name, uid, secret, owner_type, redirect_uri, scopes) values
    (1, 'Shop', 'shop', 's3cr3t-Test+%41', 'Acme', 'https://app.example.com/back', 'orders tags public'),
    (2, 'Other', 'other', 's3cr3t-Test+%41', 'Globex', 'https://app.example.com/back', 'orders');
insert into users values (7, 'Anna@Example.com'), (8, 'bert@example.com'), (9, 'nobody@example.com');";

/// A row of its tokens.
#[derive(Clone, Default)]
struct Row<'r> {
    token: &'r str,
    refresh: Option<&'r str>,
    owner: Option<u32>,
    application: Option<u32>,
    /// Seconds before now.
    age: i64,
    /// Seconds; none is never.
    lives: Option<i64>,
    scopes: &'r str,
    revoked: bool,
}

/// An hour is left of it.
fn token(text: &str) -> Row<'_> {
    Row {
        token: text,
        application: Some(1),
        age: 3600,
        lives: Some(7200),
        scopes: "orders public",
        ..Row::default()
    }
}

fn time(seconds_from_now: i64) -> String {
    let now = i64::try_from(now_in_seconds()).unwrap();
    let at = jiff::Timestamp::from_second(now + seconds_from_now).unwrap();
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn doorkeeper(rows: &[Row]) -> String {
    let or_null = |value: Option<String>| value.unwrap_or_else(|| "null".to_owned());
    let quoted = |text: &str| format!("'{text}'");
    let mut statements = DOORKEEPER.to_owned();
    for (at, row) in rows.iter().enumerate() {
        statements.push_str(&format!(
            "insert into oauth_access_tokens (id, resource_owner_id, application_id, token, refresh_token, expires_in, scopes, created_at, revoked_at) \
             values ({}, {}, {}, '{}', {}, {}, '{}', '{}', {});",
            at + 1,
            or_null(row.owner.map(|id| id.to_string())),
            or_null(row.application.map(|id| id.to_string())),
            row.token,
            or_null(row.refresh.map(quoted)),
            or_null(row.lives.map(|seconds| seconds.to_string())),
            row.scopes,
            time(-row.age),
            or_null(row.revoked.then(|| quoted(&time(-60)))),
        ));
    }
    statements
}

fn sha256(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A server of one's own, with something behind its route.
struct Moved {
    place: Place,
    _upstream: Upstream,
}

fn on_each_database(test: fn(&Moved)) {
    let databases = [Some(Database::Sqlite), Database::postgres()];
    for database in databases.into_iter().flatten() {
        let upstream = Upstream::start();
        let server = Setup::written(CONFIG, &["production", "strict"])
            .upstream(&upstream.authority)
            .on(database)
            .start();
        test(&Moved {
            place: Place { server },
            _upstream: upstream,
        });
    }
}

const PLAIN: &[&str] = &["--account-by", "owner_type"];

impl Moved {
    fn server(&self) -> &Server {
        &self.place.server
    }

    fn import(&self, source: &str, more: &[&str]) -> Value {
        self.place
            .import("doorkeeper", source, &[PLAIN, more].concat())
    }

    fn introspect(&self, client: &str, token: &str) -> Value {
        let answer = Request::post("/oauth/introspect")
            .basic_text(client, SECRET)
            .form(form(&[("token", token)]))
            .send(self.server().at("production"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    fn gateway(&self, environment: &str, token: &str) -> u16 {
        let request = Request::get("/orders/1").bearer(token);
        request.send(self.server().at(environment)).status
    }

    fn forward_auth(&self, token: &str) -> u16 {
        let host = self.server().at("production");
        let asked = Request::get("/forward-auth")
            .header("X-Forwarded-Method", "GET")
            .header("X-Forwarded-Uri", "/orders/1")
            .header("X-Forwarded-Host", host)
            .header("X-Forwarded-Proto", "http");
        asked.bearer(token).send(host).status
    }

    /// Wherever tokens are judged.
    fn lives(&self, token: &str) -> bool {
        let judged = [
            self.introspect("shop", token)["active"] == true,
            self.gateway("production", token) == 200,
            self.forward_auth(token) == 200,
        ];
        assert!(
            judged.iter().all(|one| *one == judged[0]),
            "{token}: introspection, gateway, forward-auth: {judged:?}"
        );
        judged[0]
    }

    fn revoke(&self, client: &str, token: &str) {
        let answer = Request::post("/oauth/revoke")
            .basic_text(client, SECRET)
            .form(form(&[("token", token)]))
            .send(self.server().at("production"));
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    fn refresh(&self, environment: &str, client: &str, token: &str) -> Answer {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", client),
            ("client_secret", SECRET),
        ];
        Request::post("/oauth/token")
            .form(form(&fields))
            .send(self.server().at(environment))
    }

    fn command(&self, arguments: &[&str]) -> Value {
        self.server().json(arguments, None)
    }
}

fn is_no_grant(answer: &Answer) {
    assert_eq!(
        answer.refusal(),
        (400, "invalid_grant".to_owned()),
        "{answer:?}"
    );
}

fn counts(report: &Value) -> (u64, u64, u64) {
    let count = |name: &str| report[name].as_u64().unwrap();
    (
        count("tokens_new"),
        count("tokens_unchanged"),
        count("tokens_not_coming"),
    )
}

#[test]
fn b2_a_token_of_there_is_good_here_wherever_tokens_are_judged_and_a_second_run_changes_nothing() {
    on_each_database(|moved| {
        let text = "QmFzZTY0LWxvb2tpbmctdG9rZW4tb2Ytb2xkLXNlcnZlcg";
        let dead = [
            Row {
                revoked: true,
                ..token("revoked-there")
            },
            Row {
                age: 7201,
                ..token("over-there")
            },
        ];
        let source = moved.place.source(
            "old.db",
            &doorkeeper(&[&[token(text), token("to-be-revoked")], &dead[..]].concat()),
        );
        assert!(moved.forward_auth(text) == 401);
        assert_eq!(counts(&moved.import(&source, &["--dry-run"])), (2, 0, 0));
        assert_eq!(moved.gateway("production", text), 401);
        let report = moved.import(&source, &[]);
        assert_eq!(counts(&report), (2, 0, 0), "{report:#}");
        assert!(moved.lives(text));
        let told = moved.introspect("shop", text);
        let age = i64::try_from(now_in_seconds()).unwrap() - told["iat"].as_i64().unwrap();
        assert!(
            (3600..3700).contains(&age),
            "issued there, not here: {told}"
        );
        let left = told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap();
        assert_eq!(
            (left, &told["scope"]),
            (7200, &"orders".into()),
            "no longer than there"
        );
        assert_eq!(
            moved.introspect("other", text)["active"],
            false,
            "another client's"
        );
        for wrong in [
            "revoked-there",
            "over-there",
            &hex(&sha256(text)),
            &STANDARD.encode(sha256(text)),
            "",
        ] {
            assert_eq!(
                moved.introspect("shop", &format!("{wrong} "))["active"],
                false
            );
            assert_eq!(moved.gateway("production", wrong), 401, "{wrong}");
        }
        // RFC 7009: nobody but its client ends it, and the next run does not wake it.
        moved.revoke("other", "to-be-revoked");
        assert!(moved.lives("to-be-revoked"));
        moved.revoke("shop", "to-be-revoked");
        assert!(!moved.lives("to-be-revoked"));
        let events = moved.place.events("environment.imported");
        assert_eq!(counts(&moved.import(&source, &[])), (0, 2, 0));
        assert!(!moved.lives("to-be-revoked") && moved.lives(text));
        assert_eq!(moved.place.events("environment.imported"), events);
        assert_eq!(moved.place.events("token.revoked"), 1);
    });
}

#[test]
fn what_stood_in_the_old_table_is_no_token() {
    on_each_database(|moved| {
        let text = "0f3b1c5a7d9e2f40516273849506a7b8c9d0e1f2031425364758697a8b9cadbe";
        let stored = hex(&sha256(text));
        let rows = [token(&stored), token("not-a-hash")];
        let source = moved.place.source("old.db", &doorkeeper(&rows));
        let complaint = moved.place.refused("doorkeeper", &source, PLAIN);
        assert!(
            complaint.contains("--tokens sha256"),
            "64 hex digits can be either: {complaint}"
        );
        let report = moved.import(&source, &["--tokens", "sha256"]);
        assert_eq!(counts(&report), (1, 0, 1), "{report:#}");
        assert!(reason(&report, "shop").contains("no SHA-256"));
        assert!(moved.lives(text));
        for wrong in [stored.as_str(), "not-a-hash", &hex(&sha256(&stored))] {
            assert!(!moved.lives(wrong), "{wrong}");
        }
    });
}

#[test]
fn b2_a_token_ends_at_its_time() {
    on_each_database(|moved| {
        let brief = Row {
            age: 0,
            lives: Some(8),
            ..token("ends-soon")
        };
        let source = moved
            .place
            .source("old.db", &doorkeeper(&[brief, token("ends-later")]));
        moved.import(&source, &[]);
        assert_eq!(moved.gateway("production", "ends-soon"), 200);
        until("its time is over", || {
            moved.gateway("production", "ends-soon") == 401
        });
        assert!(!moved.lives("ends-soon") && moved.lives("ends-later"));
    });
}

#[test]
fn b2_what_stops_a_client_stops_the_tokens_that_came_with_it() {
    on_each_database(|moved| {
        let text = "of-a-client-that-is-stopped";
        let source = moved
            .place
            .source("old.db", &doorkeeper(&[token(text), token("later")]));
        moved.import(&source, &[]);
        let client = ["shop", "--environment", "production"];
        assert!(moved.lives(text), "and it is remembered");
        moved.command(&[&["credentials", "disable"], &client[..]].concat());
        assert_eq!(moved.gateway("production", text), 401);
        moved.command(&[&["credentials", "enable"], &client[..]].concat());
        assert!(moved.lives(text));
        let stopped = moved.command(&["accounts", "suspend", "Acme"]);
        assert_eq!(moved.gateway("production", text), 401, "{stopped}");
        assert_eq!(
            stopped["live_tokens"], 2,
            "what stopped is counted: {stopped}"
        );
        moved.command(&["accounts", "restore", "Acme"]);
        assert!(moved.lives(text));
        moved.command(&[
            "tokens",
            "revoke",
            "--credential",
            "shop",
            "--environment",
            "production",
        ]);
        assert!(!moved.lives(text));
        // Nor does a token come that was given out there before all of them were ended here.
        let again = moved.place.source(
            "again.db",
            &doorkeeper(&[token(text), token("given-out-before")]),
        );
        moved.import(&again, &[]);
        assert!(!moved.lives(text) && !moved.lives("given-out-before"));
        moved.command(&[&["credentials", "delete"], &client[..]].concat());
        assert_eq!(moved.gateway("production", text), 401);
        let report = moved.import(&source, &[]);
        assert_eq!(counts(&report).0, 0, "{report:#}");
    });
}

#[test]
fn s294_tokens_that_cannot_come_are_named_and_counted() {
    on_each_database(|moved| {
        let of = |owner| Row {
            owner: Some(owner),
            ..token("x")
        };
        moved.server().person("production", "bert@example.com", &[]);
        let mut rows = vec![
            Row {
                token: "never-ends",
                lives: None,
                ..token("x")
            },
            Row {
                token: "of-no-application",
                application: None,
                ..token("x")
            },
            Row {
                token: "of-nobody-here",
                ..of(9)
            },
            Row {
                token: "of-another-account",
                application: Some(2),
                ..of(8)
            },
            Row {
                token: "of-nobody-there",
                ..of(77)
            },
            Row {
                token: "refreshes-itself",
                refresh: Some("of-a-client-alone"),
                ..token("x")
            },
        ];
        let names: Vec<_> = (0..12).map(|number| format!("many-{number}")).collect();
        rows.extend(names.iter().map(|name| Row {
            token: name,
            ..of(9)
        }));
        let source = moved.place.source("old.db", &doorkeeper(&rows));
        let without = moved.import(&source, &["--dry-run"]);
        assert_eq!(counts(&without), (1, 0, 18), "nobody is known: {without:#}");
        let report = moved.import(&source, &["--people", "users.email"]);
        assert_eq!(counts(&report), (1, 0, 18), "{report:#}");
        let told = report["not_coming"].to_string();
        for why in [
            "never ends there",
            "no application",
            "nobody of that name",
            "another account",
            "not in the table",
            "client for itself",
            "and 3 more",
        ] {
            assert!(told.contains(why), "{why}: {report:#}");
        }
        for text in ["never-ends", "of-nobody-here", "of-another-account"] {
            assert_eq!(moved.gateway("production", text), 401, "{text}");
        }
        assert!(moved.lives("refreshes-itself"));
        // With an end that the operator names, the one that never ended comes; what else came is as it was.
        let ends = time(600).replace(' ', "T");
        let report = moved.import(&source, &["--tokens-until", &ends]);
        assert_eq!(counts(&report).0, 1, "{report:#}");
        let told = moved.introspect("shop", "never-ends");
        let left = told["exp"].as_i64().unwrap() - i64::try_from(now_in_seconds()).unwrap();
        assert!((1..=600).contains(&left), "{told}");
        let none = moved.import(&source, &["--no-tokens", "--dry-run"]);
        assert_eq!(counts(&none), (0, 0, 0));
        let wrong = moved
            .place
            .refused("doorkeeper", &source, &["--people", "users"]);
        assert!(wrong.contains("TABLE.COLUMN"), "{wrong}");
    });
}

#[test]
fn b2_a_token_for_a_person_speaks_for_the_person_of_that_name_here_and_ends_with_them() {
    on_each_database(|moved| {
        let id = moved.server().person("production", "anna@example.com", &[]);
        let text = "for-anna";
        let rows = [Row {
            owner: Some(7),
            ..token(text)
        }];
        let source = moved.place.source("old.db", &doorkeeper(&rows));
        let report = moved.import(&source, &["--people", "users.email"]);
        assert_eq!(counts(&report), (1, 0, 0), "{report:#}");
        assert!(moved.lives(text));
        let told = moved.introspect("shop", text);
        assert_eq!(
            (&told["sub"], &told["username"]),
            (&id.into(), &"anna@example.com".into())
        );
        moved.command(&[
            "people",
            "disable",
            "anna@example.com",
            "--environment",
            "production",
        ]);
        assert_eq!(moved.gateway("production", text), 401);
        assert_eq!(
            counts(&moved.import(&source, &["--people", "users.email"])),
            (0, 1, 0)
        );
        assert!(!moved.lives(text));
    });
}

#[test]
fn b2_s120_a_refresh_token_of_there_is_used_once_and_a_replay_ends_all_that_came_of_it() {
    on_each_database(|moved| {
        let import = |source: &str| {
            let command = [
                &[
                    "import",
                    "doorkeeper",
                    source,
                    "--environment",
                    "strict",
                    "--people",
                    "users.email",
                ],
                PLAIN,
            ];
            moved.command(&command.concat())
        };
        moved.server().person("strict", "anna@example.com", &[]);
        // The access token is over; what refreshes it is not.
        let rows = [
            Row {
                owner: Some(7),
                age: 9000,
                refresh: Some("refresh-of-anna"),
                ..token("over")
            },
            Row {
                owner: Some(7),
                refresh: Some("second"),
                ..token("of-the-second")
            },
        ];
        let source = moved.place.source("old.db", &doorkeeper(&rows));
        let report = import(&source);
        assert_eq!(counts(&report), (3, 0, 0), "{report:#}");
        is_no_grant(&moved.refresh("strict", "other", "refresh-of-anna"));
        is_no_grant(&moved.refresh("strict", "shop", &hex(&sha256("refresh-of-anna"))));
        assert_eq!(
            moved.gateway("strict", "refresh-of-anna"),
            401,
            "it opens nothing itself"
        );
        let (access, next) = pair(&moved.refresh("strict", "shop", "refresh-of-anna"));
        assert_eq!(moved.gateway("strict", &access), 200);
        let (newer, last) = pair(&moved.refresh("strict", "shop", &next));
        assert_eq!(moved.gateway("strict", &newer), 200);
        // Used before: everything that came of it ends, and a second run does not wake it.
        is_no_grant(&moved.refresh("strict", "shop", "refresh-of-anna"));
        for dead in [&access, &newer] {
            assert_eq!(moved.gateway("strict", dead), 401);
        }
        is_no_grant(&moved.refresh("strict", "shop", &last));
        assert_eq!(counts(&import(&source)), (0, 3, 0));
        is_no_grant(&moved.refresh("strict", "shop", "refresh-of-anna"));
        // Another authorization of hers is untouched; RFC 7009 section 2.1: with the refresh token goes what it came with.
        assert_eq!(moved.gateway("strict", "of-the-second"), 200);
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..20)
                .map(|_| {
                    scope.spawn(|| {
                        usize::from(moved.refresh("strict", "shop", "second").status == 200)
                    })
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(won, 1, "one of twenty at once");
        is_no_grant(&moved.refresh("strict", "shop", "second"));
        assert_eq!(
            moved.gateway("strict", "of-the-second"),
            401,
            "what it came with ends with it"
        );
    });
}

#[test]
fn b2_a_refresh_token_is_revoked_with_the_access_token_that_came_with_it() {
    on_each_database(|moved| {
        moved.server().person("production", "anna@example.com", &[]);
        let rows = [Row {
            owner: Some(7),
            refresh: Some("refresh"),
            ..token("access")
        }];
        let source = moved.place.source("old.db", &doorkeeper(&rows));
        moved.import(&source, &["--people", "users.email"]);
        moved.revoke("other", "refresh");
        assert!(moved.lives("access"));
        moved.revoke("shop", "refresh");
        assert!(!moved.lives("access"));
        is_no_grant(&moved.refresh("production", "shop", "refresh"));
        assert_eq!(moved.place.events("token_family.revoked"), 1);
    });
}

#[test]
fn b2_another_node_hears_of_tokens_that_came() {
    on_each_database(|moved| {
        let mut other = moved.server().another_node();
        other.start();
        let source = moved
            .place
            .source("old.db", &doorkeeper(&[token("for-all-nodes")]));
        moved.import(&source, &[]);
        until("the other node knows it", || {
            let request = Request::get("/orders/1").bearer("for-all-nodes");
            request.send(other.at("production")).status != 401
        });
        moved.revoke("shop", "for-all-nodes");
        until("the other node knows that it was ended", || {
            let request = Request::get("/orders/1").bearer("for-all-nodes");
            request.send(other.at("production")).status == 401
        });
    });
}

#[test]
fn b2_reference_tokens_of_duende_in_both_forms_of_their_keys() {
    on_each_database(|moved| {
        let key = |handle: &str, kind: &str| sha256(&format!("{handle}:{kind}"));
        let upper = |bytes: Vec<u8>| hex(&bytes).to_uppercase();
        let (old, new) = ("5D1C7A9E-old-handle", "5D1C7A9E3B-1");
        let data = r#"{"Lifetime":3600,"Claims":[{"Type":"client_id","Value":"shop"},{"Type":"scope","Value":"orders"}],"Version":4}"#;
        let wrapped = format!(
            r#"{{"PersistentGrantDataContainerVersion":1,"DataProtected":false,"Payload":"{}"}}"#,
            data.replace('"', "\\\"")
        );
        let sealed =
            r#"{"PersistentGrantDataContainerVersion":1,"DataProtected":true,"Payload":"CfDJ8Nq"}"#;
        let row = |key: &str, kind: &str, subject: &str, consumed: &str, data: &str| {
            format!(
                "insert into \"PersistedGrants\" values ('{key}', '{kind}', {subject}, 'shop', '{}', '{}', {consumed}, '{data}');",
                time(-60),
                time(3600)
            )
        };
        let anna = moved.server().person("production", "anna@example.com", &[]);
        let rows = [
            row(
                &STANDARD.encode(key(old, "reference_token")),
                "reference_token",
                "null",
                "null",
                data,
            ),
            row(
                &upper(key(new, "reference_token")),
                "reference_token",
                "null",
                "null",
                &wrapped,
            ),
            row(
                &upper(key("sealed-1", "reference_token")),
                "reference_token",
                "null",
                "null",
                sealed,
            ),
            row(
                &upper(key("used-1", "reference_token")),
                "reference_token",
                "null",
                "'2026-01-01'",
                data,
            ),
            row(
                &upper(key("refresh-1", "refresh_token")),
                "refresh_token",
                "'7'",
                "null",
                sealed,
            ),
            row("garbled", "reference_token", "null", "null", data),
            row(
                &upper(key("code-1", "authorization_code")),
                "authorization_code",
                "'7'",
                "null",
                data,
            ),
        ];
        let source = moved.place.source("old.db", &format!(
            r#"create table "Clients" ("Id" integer primary key, "Enabled" boolean, "ClientId" varchar(200), "ClientName" varchar(200), "RequireClientSecret" boolean, "AllowOfflineAccess" boolean);
               create table "ClientSecrets" ("Id" integer primary key, "ClientId" integer, "Type" varchar(250), "Value" varchar(4000));
               create table "ClientScopes" ("Id" integer primary key, "ClientId" integer, "Scope" varchar(200));
               create table "ClientGrantTypes" ("Id" integer primary key, "ClientId" integer, "GrantType" varchar(250));
               create table "ClientRedirectUris" ("Id" integer primary key, "ClientId" integer, "RedirectUri" varchar(400));
               create table "PersistedGrants" ("Key" varchar(200), "Type" varchar(50), "SubjectId" varchar(200), "ClientId" varchar(200), "CreationTime" timestamp, "Expiration" timestamp, "ConsumedTime" timestamp, "Data" text);
               create table "AspNetUsers" ("Id" varchar(50), "UserName" varchar(50));
               insert into "AspNetUsers" values ('7', 'anna@example.com');
               insert into "Clients" values (1, true, 'shop', 'Acme', true, true);
               insert into "ClientSecrets" values (1, 1, 'SharedSecret', 'G62MTMiOrCfXX8pHcYSZaRFsXEYjTSTQucPK4Bfjl+I=');
               insert into "ClientScopes" values (1, 1, 'orders'), (2, 1, 'tags');
               insert into "ClientGrantTypes" values (1, 1, 'client_credentials'), (2, 1, 'authorization_code');
               insert into "ClientRedirectUris" values (1, 1, 'https://app.example.com/back');
               {}"#,
            rows.concat()
        ));
        let more = [
            "--account-by",
            "ClientName",
            "--people",
            "AspNetUsers.UserName",
        ];
        let report = moved.place.import("duende", &source, &more);
        assert_eq!(counts(&report), (4, 0, 1), "{report:#}");
        for text in [old, new, "sealed-1"] {
            assert!(moved.lives(text), "{text}");
        }
        assert_eq!(moved.introspect("shop", old)["scope"], "orders");
        assert_eq!(moved.introspect("shop", new)["scope"], "orders");
        assert_eq!(
            moved.introspect("shop", "sealed-1")["scope"],
            "orders tags",
            "its client's"
        );
        for wrong in [
            "used-1",
            "code-1",
            "garbled",
            "refresh-1",
            &STANDARD.encode(key(old, "reference_token")),
        ] {
            assert_eq!(moved.gateway("production", wrong), 401, "{wrong}");
        }
        let (access, _) = pair(&moved.refresh("production", "shop", "refresh-1"));
        assert_eq!(moved.introspect("shop", &access)["sub"], anna.as_str());
    });
}

#[test]
fn b2_reference_tokens_of_openiddict() {
    on_each_database(|moved| {
        let reference = |text: &str| STANDARD.encode(sha256(text));
        moved.server().person("production", "anna@example.com", &[]);
        let row = |id: u32,
                   text: &str,
                   kind: &str,
                   status: &str,
                   subject: &str,
                   authorization: &str| {
            format!(
                "insert into \"OpenIddictTokens\" values ('{id}', 'a1', {authorization}, '{}', '{}', '{}', '{status}', {subject}, '{kind}');",
                time(-60),
                time(3600),
                reference(text)
            )
        };
        let rows = [
            row(1, "own", "access_token", "valid", "'shop'", "null"),
            row(2, "revoked", "access_token", "revoked", "'shop'", "null"),
            row(
                3,
                "annas",
                "urn:ietf:params:oauth:token-type:access_token",
                "valid",
                "'7'",
                "'z1'",
            ),
            row(4, "refresh", "refresh_token", "valid", "'7'", "'z1'"),
            row(5, "redeemed", "refresh_token", "redeemed", "'7'", "'z1'"),
            row(6, "code", "authorization_code", "valid", "'7'", "'z1'"),
        ];
        let source = moved.place.source("old.db", &format!(
            r#"create table "OpenIddictApplications" ("Id" varchar(50), "ClientId" varchar(100), "ClientSecret" text, "ClientType" varchar(50), "DisplayName" text, "Permissions" text, "RedirectUris" text);
               create table "OpenIddictAuthorizations" ("Id" varchar(50), "Scopes" text);
               create table "OpenIddictTokens" ("Id" varchar(50), "ApplicationId" varchar(50), "AuthorizationId" varchar(50), "CreationDate" timestamp, "ExpirationDate" timestamp, "ReferenceId" varchar(100), "Status" varchar(50), "Subject" varchar(400), "Type" varchar(150));
               create table "AspNetUsers" ("Id" varchar(50), "UserName" varchar(50));
               insert into "AspNetUsers" values ('7', 'anna@example.com');
               insert into "OpenIddictApplications" values ('a1', 'shop', 'AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg9Grv4Mo8F9CdWY2YY6OwMi4nQnxpinLzePe5Yw/dd3SA==', 'confidential', 'Acme',
                   '["gt:client_credentials","gt:authorization_code","gt:refresh_token","scp:orders","scp:tags"]', '["https://app.example.com/back"]');
               insert into "OpenIddictAuthorizations" values ('z1', '["orders","offline_access"]');
               {}"#,
            rows.concat()
        ));
        let more = [
            "--account-by",
            "DisplayName",
            "--people",
            "AspNetUsers.UserName",
        ];
        let report = moved.place.import("openiddict", &source, &more);
        assert_eq!(counts(&report), (3, 0, 0), "{report:#}");
        assert!(moved.lives("own") && moved.lives("annas"));
        assert_eq!(moved.introspect("shop", "own")["scope"], "orders tags");
        assert_eq!(moved.introspect("shop", "annas")["scope"], "orders");
        for wrong in ["revoked", "redeemed", "code", "refresh", &reference("own")] {
            assert_eq!(moved.gateway("production", wrong), 401, "{wrong}");
        }
        pair(&moved.refresh("production", "shop", "refresh"));
        is_no_grant(&moved.refresh("production", "shop", "redeemed"));
        moved.revoke("shop", "refresh");
        assert!(!moved.lives("annas"), "one authorization ends together");
    });
}

#[test]
fn b2_a_token_says_about_itself_what_it_said_there() {
    on_each_database(|moved| {
        let anna = moved.server().person("production", "anna@example.com", &[]);
        let rows = [
            token("its-own"),
            Row {
                owner: Some(7),
                ..token("for-anna")
            },
        ];
        let source = moved.place.source("old.db", &doorkeeper(&rows));
        moved.import(&source, &["--people", "users.email"]);
        let ask = |environment: &str, token: &str| {
            let request = Request::get("/oauth/token/info").bearer(token);
            request.send(moved.server().at(environment))
        };
        let told = ask("production", "its-own");
        assert_eq!(told.status, 200, "{told:?}");
        let answer = told.json();
        let left = answer["expires_in"].as_i64().unwrap();
        assert!((3500..=3600).contains(&left), "{answer}");
        let made = answer["created_at"].as_i64().unwrap();
        assert_eq!(
            told.text(),
            format!(
                r#"{{"resource_owner_id":null,"scope":["orders"],"expires_in":{left},"application":{{"uid":"shop"}},"created_at":{made}}}"#
            )
        );
        assert_eq!(
            told.header("cache-control"),
            Some("no-store"),
            "nobody keeps it"
        );
        assert_eq!(
            ask("production", "for-anna").json()["resource_owner_id"],
            anna.as_str()
        );
        let native = access_token(&moved.place.by_form("shop", SECRET));
        assert_eq!(
            ask("production", &native).json()["application"]["uid"],
            "shop"
        );
        moved.revoke("shop", "its-own");
        let dead = ask("production", "its-own");
        let missing = Request::get("/oauth/token/info").send(moved.server().at("production"));
        let in_query = Request::get("/oauth/token/info?access_token=for-anna");
        for refused in [
            dead,
            missing,
            in_query.send(moved.server().at("production")),
        ] {
            assert_eq!(refused.status, 401);
            assert_eq!(
                refused.text(),
                r#"{"error":"invalid_token","error_description":"The access token is invalid","state":"unauthorized"}"#
            );
            assert_eq!(
                refused.header("www-authenticate"),
                Some(
                    r#"Bearer realm="production", error="invalid_token", error_description="The access token is invalid""#
                )
            );
        }
        assert_eq!(
            ask("strict", "for-anna").status,
            404,
            "another dialect has no such path"
        );
        let described = Request::get("/openapi.json")
            .send(moved.server().at("production"))
            .json();
        let operation = &described["paths"]["/oauth/token/info"]["get"];
        assert_eq!(operation["operationId"], "tokenInfo");
        let example = &operation["responses"]["401"]["content"]["application/json"]["examples"]["invalid_token"];
        assert_eq!(example["value"]["state"], "unauthorized");
    });
}
