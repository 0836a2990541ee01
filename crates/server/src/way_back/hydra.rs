//! Statements for `hydra_client`: its own interface would hash the hash.

use serde_json::Value;

use super::journey::{Going, Journey};
use super::sql::{literal, name, written};

/// Writes them; what cannot stand in one is noted.
pub fn write(journey: &mut Journey<'_>, now: &str) -> String {
    let head = format!("For Ory Hydra 2; made by `grantor export hydra` on {now}.");
    written(journey, &head, |going| statement(going, now))
}

fn statement(going: &Going<'_>, now: &str) -> Option<String> {
    let credential = going.credential;
    let id = literal(&credential.client_id)?;
    let secret = literal(going.secret.as_ref().map_or("", |text| text.as_str()))?;
    if going.is_there {
        return Some(format!(
            "update hydra_client set client_secret = {secret}, updated_at = '{now}' where id = {id};\n"
        ));
    }
    let list = |items: &[String]| literal(&Value::from(items.to_vec()).to_string());
    let by_code = credential
        .grant_types
        .iter()
        .any(|grant| grant == "authorization_code");
    let columns = [
        ("id", id),
        // One server has one network.
        ("nid", "(select id from networks)".to_owned()),
        ("pk", literal(&credential.uuid)?),
        ("client_name", name(&credential.name)),
        ("client_secret", secret),
        ("scope", literal(&credential.scopes.join(" "))?),
        ("grant_types", list(&credential.grant_types)?),
        (
            "response_types",
            literal(if by_code { "[\"code\"]" } else { "[]" })?,
        ),
        ("redirect_uris", list(&credential.redirect_uris)?),
        (
            "token_endpoint_auth_method",
            literal(if credential.public {
                "none"
            } else {
                "client_secret_basic"
            })?,
        ),
        ("created_at", literal(now)?),
        ("updated_at", literal(now)?),
    ];
    let (mut names, mut values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    for (column, value) in REST {
        names.push(column);
        values.push(literal(value)?);
    }
    Some(format!(
        "insert into hydra_client ({}) values ({});\n",
        names.join(", "),
        values.join(", ")
    ))
}

/// Columns that must hold something, with what Hydra writes there when nothing is said.
const REST: [(&str, &str); 17] = [
    // The key before version 2; null there breaks every read of the row.
    ("pk_deprecated", "0"),
    ("owner", ""),
    ("policy_uri", ""),
    ("tos_uri", ""),
    ("client_uri", ""),
    ("logo_uri", ""),
    ("contacts", "[]"),
    ("sector_identifier_uri", ""),
    ("jwks", "{}"),
    ("jwks_uri", ""),
    ("request_uris", "[]"),
    ("request_object_signing_alg", ""),
    ("userinfo_signed_response_alg", "none"),
    ("subject_type", "public"),
    ("allowed_cors_origins", "[]"),
    ("audience", "[]"),
    ("metadata", "{}"),
];
