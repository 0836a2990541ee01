//! `grantor keys …`

use axum::http::Method;
use serde_json::{Value, json};

use super::arguments::KeysCommand;
use super::ended::Ended;
use super::management::{Management, path, with_query};
use super::output::{self, Output, Shown};
use crate::config::Config;
use crate::secrets::master_key::{MasterKey, MasterKeys};
use crate::secrets::source;

const LISTED: &[Shown] = &[
    ("KID", "kid"),
    ("ENVIRONMENT", "environment"),
    ("ALGORITHM", "algorithm"),
    ("STATE", "state"),
    ("ACTIVATES", "activates_at"),
    ("RETIRES", "retires_at"),
    ("EXPIRES", "expires_at"),
];

const ROTATED: &[Shown] = &[
    ("environment", "environment"),
    ("kid", "kid"),
    ("activates_at", "activates_at"),
    ("old_keys_expire_at", "old_keys_expire_at"),
];

const REVOKED: &[Shown] = &[
    ("environment", "environment"),
    ("kid", "kid"),
    ("revoked", "revoked"),
    ("replacement", "replacement"),
];
const RETIRING: &[Shown] = &[
    ("RETIRING KEY", "master_key"),
    ("SIGNING KEYS", "signing_keys"),
    ("SECRETS", "secrets"),
    ("PASSWORDS", "passwords"),
    ("SECOND FACTORS", "second_factors"),
];
const NEEDING: &[Shown] = &[
    ("ENVIRONMENT", "environment"),
    ("CLIENT ID", "client_id"),
    ("NAME", "name"),
];
const FINISHED: &[Shown] = &[("current", "current"), ("retired", "retired")];

/// Runs one.
pub async fn run(management: &Management, command: KeysCommand, out: Output) -> Result<(), Ended> {
    match command {
        KeysCommand::List { environment } => {
            let path = with_query("/admin/v1/keys", &[("environment", environment.as_deref())]);
            out.rows(&management.list(&path, usize::MAX).await?, LISTED)
        }
        KeysCommand::Rotate { environment, now } => {
            let body = json!({ "environment": environment, "now": now });
            out.record(
                &management
                    .call(Method::POST, "/admin/v1/keys/rotate", Some(&body))
                    .await?
                    .value,
                ROTATED,
            )
        }
        KeysCommand::Revoke { kid, environment } => {
            let path = path(
                "keys/",
                &kid,
                "/revoke",
                &[("environment", environment.as_deref())],
            );
            out.record(
                &management.call(Method::POST, &path, None).await?.value,
                REVOKED,
            )
        }
        KeysCommand::Rekey { finish: true, .. } => {
            let answer = management
                .call(Method::POST, "/admin/v1/keys/rekey/finish", None)
                .await?;
            out.record(&answer.value, FINISHED)?;
            if std::env::var_os("GRANTOR_MASTER_KEY").is_some() {
                return out.remark("\nNow remove the retired key from GRANTOR_MASTER_KEY.");
            }
            Ok(())
        }
        KeysCommand::Rekey { status, .. } => {
            let method = if status { Method::GET } else { Method::POST };
            report(
                &management
                    .call(method, "/admin/v1/keys/rekey", None)
                    .await?
                    .value,
                out,
            )
        }
    }
}

/// What still needs an old master key.
fn report(standing: &Value, out: Output) -> Result<(), Ended> {
    out.record(standing, &[("current", "current")])?;
    let retiring = standing
        .get("retiring")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if out.json {
        return Ok(());
    }
    if retiring.is_empty() {
        return out.remark("No older master key is in use.");
    }
    out.remark("")?;
    out.rows(retiring, RETIRING)?;
    let needing: Vec<_> = retiring
        .iter()
        .filter_map(|key| key.get("credentials").and_then(Value::as_array))
        .flatten()
        .cloned()
        .collect();
    let waits_for_people = retiring.iter().any(|key| key["passwords"] != 0);
    if waits_for_people {
        out.remark("\nPasswords move to the new key when their people next sign in; `grantor people invite` lets one who never comes choose another.")?;
    }
    if needing.is_empty() {
        if waits_for_people {
            return Ok(());
        }
        return out.remark("\nNothing needs the old key any more: grantor keys rekey --finish");
    }
    out.remark("\nThese credentials move to the new key when they are next used, or when their secret is rotated:")?;
    out.rows(&needing, NEEDING)?;
    out.remark("\nOther nodes need the new key file and a restart; until then they refuse secrets made since.")
}

/// Prints a value for `GRANTOR_MASTER_KEY`: a new key, then those in use. The only place that shows a
/// master key, and only to who can read the present one anyway.
pub fn print_key(config: &Config, out: Output) -> Result<(), Ended> {
    let wrong = |error: &dyn std::fmt::Display| Ended::usage(error.to_string());
    let place = source::place(config).map_err(|error| wrong(&error))?;
    let present = source::read(&place).map_err(|error| wrong(&error))?;
    let present = present.ok_or_else(|| {
        Ended::usage(format!(
            "There is no master key in {place}; start Grantor once to make it."
        ))
    })?;
    let new = MasterKey::generate().map_err(|error| wrong(&error))?;
    let value = list(&present.with_new(new));
    if out.json {
        return output::print(&output::pretty(&json!({ "GRANTOR_MASTER_KEY": value })));
    }
    output::print(&format!("GRANTOR_MASTER_KEY={value}\n"))
}

fn list(keys: &MasterKeys) -> String {
    keys.iter()
        .map(MasterKey::to_line)
        .collect::<Vec<_>>()
        .join(",")
}
