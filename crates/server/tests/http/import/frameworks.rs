//! Servers that are a part of a web framework or of a gateway; hashes of several schemes, made by the hashers they use.

use serde_json::json;

use super::formats::{credential, moved};
use super::{Place, SECRET, is_refused, is_token, on_each_database, reason};

const DJANGO: &str = "pbkdf2_sha256$1000000$abcDEF123$lU7Ss2fEZe91elkJ3QN9ZCXlLTdHtz3zEVgFDLzakvc=";
const BCRYPT: &str = "$2y$06$B8d67svm1v9UMLFICIyq9eQ6iiBSPU8R5.dJVj2LN3SK66wCUAXp6";
const KONG: &str = "$pbkdf2-sha512$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$0tX6rb4pR/qnmVEvAhY6LLus2nz91CI6EHH+EYxHHKE";

/// Of the other hashers that Django has; the last is not verified here.
const HASHERS: [(&str, &str); 5] = [
    (
        "sha1",
        "pbkdf2_sha1$1000000$1Mz1oOwV0Y3ayeug4cyjOF$8XbtN9U7g86+APnySt+enDf9oHw=",
    ),
    (
        "argon2",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$bFEycjhtRmU5RnhmZFY4UlZ2c2NqYg$GEgEGoviZDUAqC6hXQtugeOAwPpANcAuzOxi8smJp1g",
    ),
    (
        "bcrypt",
        "bcrypt$$2b$12$jM2gEqZuiE4jK8EPVElJg.jeQr.l1uP.djFgtgEQYxWg.dx1KaC92",
    ),
    (
        "scrypt",
        "scrypt$16384$XsuJ2vp13Ud0n4yPBkaLs8$8$5$BHDAxYIMJI2j7dgqf3mxlO9NOtM4buh4U58BgVGFxz9JwurL9U3b9Hkkt8Bwq2VVzViI3yKqD0N83fhoft6C+A==",
    ),
    (
        "odd",
        "bcrypt_sha256$$2b$12$GoWtFnKq1gTmuIr/UjGBguw9X.c5cnV83/OqmxFjyUa6MX5pD.RDW",
    ),
];

#[test]
fn b2_django_oauth_toolkit() {
    on_each_database(|place| {
        let row = |number: usize, id: &str, kind: &str, grant: &str, secret: &str, hashed: bool| {
            format!(
                "insert into oauth2_provider_application values ({number}, '{id}', 'https://a.example/x https://a.example/y', '{kind}', '{grant}', '{secret}', 'App {id}', 7, {hashed});"
            )
        };
        let mut statements = "create table oauth2_provider_application (id bigint primary key, client_id varchar(255), redirect_uris text, client_type varchar(32),
                authorization_grant_type varchar(44), client_secret varchar(255), name varchar(255), user_id bigint, hash_client_secret boolean);".to_owned();
        for (number, (id, kind, grant, secret, hashed)) in [
            ("hashed", "confidential", "client-credentials", DJANGO, true),
            ("plain", "confidential", "client-credentials", SECRET, false),
            (
                "switched",
                "confidential",
                "client-credentials",
                DJANGO,
                false,
            ),
            (
                "garbled",
                "confidential",
                "client-credentials",
                SECRET,
                true,
            ),
            ("spa", "public", "authorization-code", DJANGO, true),
            ("implicit", "confidential", "implicit", DJANGO, true),
        ]
        .into_iter()
        .enumerate()
        {
            statements.push_str(&row(number, id, kind, grant, secret, hashed));
        }
        for (number, (id, secret)) in HASHERS.into_iter().enumerate() {
            statements.push_str(&row(
                100 + number,
                id,
                "confidential",
                "client-credentials",
                secret,
                true,
            ));
        }
        let source = place.source("old.db", &statements);
        let report = place.import(
            "django",
            &source,
            &["--account-by", "user_id", "--scope", "orders"],
        );
        assert_eq!(report["clients_new"], 8, "{report:#}");
        assert_eq!(report["accounts_new"], 1);
        assert!(reason(&report, "garbled").contains("form"));
        assert!(reason(&report, "implicit").contains("grants"));
        assert!(reason(&report, "odd").contains("bcrypt_sha256"));
        moved(place, "hashed", DJANGO);
        moved(place, "plain", SECRET);
        // Its own server asks its hashers first, whatever the row says.
        moved(place, "switched", DJANGO);
        for (id, stored) in HASHERS.into_iter().take(4) {
            is_refused(&place.by_form(id, stored));
            is_token(&place.by_form(id, SECRET));
        }
        is_refused(&place.by_form("garbled", SECRET));
        let made = credential(place, "hashed");
        assert_eq!(
            (&made["account"], &made["scopes"], &made["redirect_uris"]),
            (&"7".into(), &json!(["orders"]), &json!([]))
        );
        let spa = credential(place, "spa");
        assert_eq!(
            (&spa["public"], &spa["grant_types"], &spa["redirect_uris"]),
            (
                &true.into(),
                &json!(["authorization_code", "refresh_token"]),
                &json!(["https://a.example/x", "https://a.example/y"])
            )
        );
    });
}

#[test]
fn b2_laravel_passport() {
    on_each_database(|place| {
        let before_13 = |rows: &str| {
            format!(
                "create table oauth_clients (id integer primary key, user_id bigint, name varchar(255), secret varchar(100), provider varchar(255), redirect text,
                     personal_access_client boolean, password_client boolean, revoked boolean);
                 insert into oauth_clients values {rows};"
            )
        };
        let source = place.source(
            "old.db",
            &before_13(&format!(
                "(1, null, 'Personal', '{BCRYPT}', null, 'http://localhost', true, false, false),
                 (2, null, 'Machine', '{BCRYPT}', null, '', false, false, false),
                 (3, 9, 'Web', '{BCRYPT}', null, 'https://a.example/x,https://a.example/y', false, false, false),
                 (4, null, 'Mobile', null, null, 'https://a.example/app', false, false, false),
                 (5, null, 'Off', '{BCRYPT}', null, '', false, false, true),
                 (6, null, 'First party', '{BCRYPT}', 'users', 'http://localhost', false, true, false)"
            )),
        );
        let report = place.import("passport", &source, &[]);
        assert_eq!(report["clients_new"], 5, "{report:#}");
        assert!(reason(&report, "1").contains("personal"));
        moved(place, "2", BCRYPT);
        is_refused(&place.by_form("5", SECRET));
        assert_eq!(
            credential(place, "3")["redirect_uris"],
            json!(["https://a.example/x", "https://a.example/y"])
        );
        let mobile = credential(place, "4");
        assert_eq!(
            (&mobile["public"], &mobile["grant_types"]),
            (
                &true.into(),
                &json!(["authorization_code", "refresh_token"])
            )
        );
        assert_eq!(
            credential(place, "6")["grant_types"],
            json!(["password", "refresh_token"])
        );

        let mixed = place.source(
            "mixed.db",
            &before_13(&format!(
                "(7, null, 'A', '{SECRET}', null, '', false, false, false), (8, null, 'B', '{BCRYPT}', null, '', false, false, false)"
            )),
        );
        assert!(place.refused("passport", &mixed, &[]).contains("--secrets"));
        let report = place.import("passport", &mixed, &["--secrets", "bcrypt"]);
        assert!(reason(&report, "7").contains("form"));
        is_refused(&place.by_form("7", SECRET));

        let since_13 = place.source(
            "new.db",
            &format!(
                "create table oauth_clients (id varchar(36) primary key, owner_type varchar(255), owner_id bigint, name varchar(255), secret varchar(255), provider varchar(255),
                     redirect_uris text, grant_types text, revoked boolean);
                 insert into oauth_clients values ('0193', 'App\\Models\\Company', 7, 'New', '{BCRYPT}', null, '[]', '[\"client_credentials\"]', false);"
            ),
        );
        place.import("passport", &since_13, &["--account-by", "owner_id"]);
        moved(place, "0193", BCRYPT);
        assert_eq!(credential(place, "0193")["account"], "7");
    });
}

#[test]
fn b2_kong() {
    on_each_database(|place: &Place| {
        // Its arrays are PostgreSQL's own, and JSON where there are none.
        let (list, none, uris) = match place.server.database {
            crate::http::support::database::Database::Postgres(_) => {
                ("text[]", "null", "array['https://a.example/x']")
            }
            _ => ("text", "null", "'[\"https://a.example/x\"]'"),
        };
        let source = place.source("kong.db", &format!(
            "create table consumers (id varchar(36) primary key, username text, custom_id text);
             create table oauth2_credentials (id varchar(36) primary key, name text, consumer_id varchar(36), client_id text, client_secret text, redirect_uris {list},
                 client_type text, hash_secret boolean);
             create table plugins (id varchar(36) primary key, name text, config text);
             insert into consumers values ('c1', 'acme', 'A-1'), ('c2', null, 'G-2');
             insert into plugins values ('p1', 'oauth2', '{{\"scopes\":[\"orders\",\"mail\"],\"enable_client_credentials\":true,\"enable_authorization_code\":false}}'),
                 ('p2', 'rate-limiting', '{{\"enable_password_grant\":true}}'), ('p3', 'oauth2', '{{\"enable_authorization_code\":true}}');
             insert into oauth2_credentials values ('1', 'Nightly', 'c1', 'hashed', '{KONG}', {none}, 'confidential', true),
                 ('2', 'Plain', 'c2', 'plain', '{SECRET}', {uris}, 'confidential', false),
                 ('3', 'Garbled', 'c1', 'garbled', '{SECRET}', {none}, 'confidential', true),
                 ('4', 'App', 'c1', 'app', null, {uris}, 'public', false);"
        ));
        let report = place.import("kong", &source, &["--account-by", "consumer"]);
        assert_eq!(
            (&report["clients_new"], &report["accounts_new"]),
            (&3.into(), &2.into()),
            "{report:#}"
        );
        assert!(reason(&report, "garbled").contains("form"));
        moved(place, "hashed", KONG);
        moved(place, "plain", SECRET);
        let made = credential(place, "plain");
        assert_eq!(
            (&made["account"], &made["scopes"], &made["redirect_uris"]),
            (
                &"G-2".into(),
                &json!(["orders"]),
                &json!(["https://a.example/x"])
            )
        );
        assert_eq!(
            made["grant_types"],
            json!(["client_credentials", "authorization_code", "refresh_token"])
        );
        assert_eq!(credential(place, "app")["public"], true);

        let yaml = format!(
            "_format_version: '3.0'\n\
             services:\n- name: api\n  routes:\n  - name: all\n    plugins:\n    - name: oauth2\n      config: {{ enable_client_credentials: true, scopes: [orders] }}\n\
             consumers:\n- username: acme\n  custom_id: A-1\n  oauth2_credentials:\n  - name: Inside\n    client_id: inside\n    client_secret: '{KONG}'\n    hash_secret: true\n\
             oauth2_credentials:\n- name: Beside\n  consumer: globex\n  client_id: beside\n  client_secret: '{SECRET}'\n- name: Idless\n  consumer: globex\n"
        );
        let file = place.file("kong.yml", &yaml);
        let report = place.import("kong", &file, &["--account-by", "consumer"]);
        assert_eq!(report["clients_new"], 2, "{report:#}");
        assert!(reason(&report, "Idless").contains("client_id"));
        moved(place, "inside", KONG);
        moved(place, "beside", SECRET);
        assert_eq!(credential(place, "beside")["account"], "globex");
        assert_eq!(credential(place, "inside")["scopes"], json!(["orders"]));
        place.refused("kong", &place.file("empty.yml", "consumers: []\n"), &[]);
    });
}
