//! Every way in which an old server keeps a secret, each as token requests with that secret.

use super::{Place, SECRET, is_refused, is_token, on_each_database};
use crate::http::support::until;

/// Computed from the formats by other programs.
const VECTORS: &[(&str, &str, &str)] = &[
    ("plain", "plain", SECRET),
    (
        "sha256-hex",
        "sha256",
        "1bad8c4cc88eac27d75fca4771849969116c5c46234d24d0b9c3cae017e397e2",
    ),
    (
        "sha256-base64",
        "sha256",
        "G62MTMiOrCfXX8pHcYSZaRFsXEYjTSTQucPK4Bfjl+I=",
    ),
    (
        "sha256-base64url",
        "sha256",
        "G62MTMiOrCfXX8pHcYSZaRFsXEYjTSTQucPK4Bfjl-I",
    ),
    (
        "sha512-base64",
        "sha512",
        "bmOpFEKFD/nKEh0ZX+kdgag/sTotMMPoeVYk/46ITE5I4A+TOQgqY4uPSp4hDbRFcpxSXXcPgSUWcpRmVxVIrw==",
    ),
    (
        "aspnet",
        "aspnet",
        "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg9Grv4Mo8F9CdWY2YY6OwMi4nQnxpinLzePe5Yw/dd3SA==",
    ),
    (
        "pbkdf2-sha256",
        "pbkdf2",
        "$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$csVUxt/G/89WKbSEqji8kqnWWSOMCmd7pRotFD8vtKk",
    ),
    (
        "pbkdf2-sha512",
        "pbkdf2",
        "$pbkdf2-sha512$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$0tX6rb4pR/qnmVEvAhY6LLus2nz91CI6EHH+EYxHHKE",
    ),
    (
        "spring-pbkdf2-58",
        "spring",
        "{pbkdf2@SpringSecurity_v5_8}000102030405060708090a0b0c0d0e0ffd152f12fa04fea5996680811f41f3db1e3e13335f490f840da843aa4a7b0f4e",
    ),
    (
        "spring-pbkdf2",
        "spring",
        "{pbkdf2}0001020304050607ac26c387720ea507ef8ee8d9525e995bb99e38361287237bf0758036c33b2d75",
    ),
    (
        "spring-sha256",
        "spring",
        "{sha256}0001020304050607b1a00cfd0593fa7a1b80836fd40908388c32e462916080f300a8a2d071f70784",
    ),
    ("spring-noop", "spring", "{noop}s3cr3t-Test+%41"),
    (
        "django",
        "django",
        "pbkdf2_sha256$1000000$abcDEF123$lU7Ss2fEZe91elkJ3QN9ZCXlLTdHtz3zEVgFDLzakvc=",
    ),
];

/// One client for each way to send a secret, so that each is a first use.
const WAYS: [&str; 4] = ["raw", "encoded", "form", "json"];

fn ask(place: &Place, way: &str, id: &str, secret: &str) -> crate::http::support::Answer {
    match way {
        "raw" => place.by_basic(id, secret),
        "encoded" => place.by_encoded_basic(id, secret),
        "form" => place.by_form(id, secret),
        _ => place.by_json(id, secret),
    }
}

#[test]
fn b2_every_vector_in_basic_form_and_json_and_neither_a_wrong_secret_nor_the_stored_hash() {
    on_each_database(|place| {
        let mut csv = String::from("client_id,name,secret,secret_format\n");
        for (name, format, stored) in VECTORS {
            for way in WAYS {
                csv.push_str(&format!(
                    "{name}:{way}/ö,{name} {way},\"{stored}\",{format}\n"
                ));
            }
        }
        let file = place.file("clients.csv", &csv);
        let report = place.import("csv", &file, &[]);
        let all = VECTORS.len() * WAYS.len();
        assert_eq!(report["clients_new"], all, "{report:#}");
        assert_eq!(report["not_coming"], serde_json::json!([]));
        for (name, _, stored) in VECTORS {
            for way in WAYS {
                let id = format!("{name}:{way}/ö");
                // An id with a colon cannot be sent raw in Basic (RFC 7617 section 2), whoever the server is.
                let way = if way == "raw" { "encoded" } else { way };
                is_refused(&ask(place, way, &id, "s3cr3t-Test+%42"));
                if *stored != SECRET {
                    is_refused(&ask(place, way, &id, stored));
                }
                is_token(&ask(place, way, &id, SECRET));
            }
        }
        until("every secret is taken over", || {
            place.events("credential.secret_taken_over") == all
        });
        for (name, _, stored) in VECTORS {
            for way in WAYS {
                let id = format!("{name}:{way}/ö");
                is_token(&ask(
                    place,
                    if way == "raw" { "form" } else { way },
                    &id,
                    SECRET,
                ));
            }
            let id = format!("{name}:form/ö");
            is_refused(&place.by_form(&id, "s3cr3t-Test+%42"));
            if *stored != SECRET {
                is_refused(&place.by_form(&id, stored));
            }
        }
    });
}

#[test]
fn b2_a_raw_basic_header_is_read_as_the_old_server_read_it() {
    on_each_database(|place| {
        let (_, _, stored) = VECTORS[1];
        let file = place.file(
            "clients.csv",
            &format!(
                "client_id,secret,secret_format\nraw,{stored},sha256\nencoded,{stored},sha256\n"
            ),
        );
        for environment in ["production", "plain"] {
            let command = ["import", "csv", &file, "--environment", environment];
            assert_eq!(place.server.json(&command, None)["clients_new"], 2);
            let authority = place.server.at(environment);
            let ask = |id: &str, secret: &str| {
                crate::http::support::Request::post(super::TOKEN)
                    .basic_text(id, secret)
                    .form("grant_type=client_credentials")
                    .send(authority)
            };
            is_token(&ask("raw", SECRET));
            is_token(&ask("encoded", "s3cr3t-Test%2B%2541"));
            is_refused(&ask("raw", "s3cr3t-Test A"));
        }
    });
}
