//! `grantor credentials …`

use axum::http::Method;
use serde_json::{Value, json};

use super::accounts::NOTHING_CHANGED;
use super::arguments::{CredentialsCommand, Most, Named, NewCredential};
use super::ended::Ended;
use super::management::{Management, path, with_query};
use super::output::{Output, Shown};
use super::{requests, standard_input};

const CREATED: &[Shown] = &[
    ("uuid", "uuid"),
    ("client_id", "client_id"),
    ("client_secret", "client_secret"),
    ("environment", "environment"),
    ("account", "account"),
    ("name", "name"),
    ("version", "version"),
    ("scopes", "scopes"),
    ("grant_types", "grant_types"),
    ("token_url", "token_url"),
    ("docs_url", "docs_url"),
    ("secret_expires_at", "secret_expires_at"),
];

const LISTED: &[Shown] = &[
    ("UUID", "uuid"),
    ("CLIENT ID", "client_id"),
    ("ENVIRONMENT", "environment"),
    ("ACCOUNT", "account"),
    ("NAME", "name"),
    ("VERSION", "version"),
    ("SCOPES", "scopes"),
    ("DISABLED", "disabled"),
    ("LAST USED", "last_used_at"),
];

const RECORD: &[Shown] = &[
    ("uuid", "uuid"),
    ("client_id", "client_id"),
    ("environment", "environment"),
    ("account", "account"),
    ("account_suspended", "account_suspended"),
    ("name", "name"),
    ("description", "description"),
    ("version", "version"),
    ("scopes", "scopes"),
    ("grant_types", "grant_types"),
    ("redirect_uris", "redirect_uris"),
    ("public", "public"),
    ("resource_server", "resource_server"),
    ("pkce_exempt", "pkce_exempt"),
    ("disabled", "disabled"),
    ("requests_per_second", "requests_per_second"),
    ("requests_per_day", "requests_per_day"),
    ("created_at", "created_at"),
    ("last_used_at", "last_used_at"),
    ("live_tokens", "live_tokens"),
];

const SECRETS: &[Shown] = &[
    ("SECRET", "id"),
    ("ENDS IN", "hint"),
    ("CREATED", "created_at"),
    ("EXPIRES", "expires_at"),
    ("LAST USED", "last_used_at"),
    ("FROM", "last_used_address"),
];

const ROTATED: &[Shown] = &[
    ("uuid", "uuid"),
    ("client_id", "client_id"),
    ("client_secret", "client_secret"),
    ("environment", "environment"),
    ("secret_expires_at", "secret_expires_at"),
    ("others_expire_at", "others_expire_at"),
];

const DELETED: &[Shown] = &[
    ("uuid", "uuid"),
    ("client_id", "client_id"),
    ("environment", "environment"),
    ("name", "name"),
    ("deleted", "deleted"),
    ("live_tokens", "live_tokens"),
    ("last_used_at", "last_used_at"),
];

/// Runs one.
pub async fn run(
    management: &Management,
    command: CredentialsCommand,
    out: Output,
) -> Result<(), Ended> {
    match command {
        CredentialsCommand::Create(new) => create(management, *new, out).await,
        CredentialsCommand::List {
            environment,
            account,
        } => {
            let query = [
                ("environment", environment.as_deref()),
                ("account", account.as_deref()),
            ];
            let rows = management
                .list(&with_query("/admin/v1/credentials", &query), usize::MAX)
                .await?;
            out.rows(&rows, LISTED)
        }
        CredentialsCommand::Show(named) => {
            show(&act(management, Method::GET, &named, "", None).await?, out)
        }
        CredentialsCommand::Update {
            named,
            name,
            description,
        } => {
            let mut body = serde_json::Map::new();
            name.map(|name| body.insert("name".to_owned(), name.into()));
            description
                .map(|description| body.insert("description".to_owned(), description.into()));
            show(
                &act(
                    management,
                    Method::PATCH,
                    &named,
                    "",
                    Some(Value::Object(body)),
                )
                .await?,
                out,
            )
        }
        CredentialsCommand::Rotate {
            named,
            overlap,
            secret_expires,
            secret_stdin,
        } => {
            let mut body =
                json!({ "overlap_seconds": overlap, "secret_expires_in": secret_expires });
            if secret_stdin {
                body["secret"] = standard_input::secret()?.into();
            }
            out.record(
                &act(management, Method::POST, &named, "/rotate", Some(body)).await?,
                ROTATED,
            )?;
            remark_on_secret(secret_stdin, out)
        }
        CredentialsCommand::Disable { named, dry_run } => {
            switch(management, &named, "/disable", dry_run, out).await
        }
        CredentialsCommand::Enable { named, dry_run } => {
            switch(management, &named, "/enable", dry_run, out).await
        }
        CredentialsCommand::Budget {
            named,
            requests_per_second,
            requests_per_day,
        } => {
            let mut body = serde_json::Map::new();
            let members = [
                ("requests_per_second", requests_per_second),
                ("requests_per_day", requests_per_day),
            ];
            for (name, most) in members {
                most.map(|Most(most)| body.insert(name.to_owned(), most.into()));
            }
            let body = Some(Value::Object(body));
            show(
                &act(management, Method::PATCH, &named, "/budget", body).await?,
                out,
            )
        }
        CredentialsCommand::Requests {
            named,
            failures,
            limit,
        } => requests::of_credential(management, &named, failures, limit, out).await,
        CredentialsCommand::Delete(named) => delete(
            &act(management, Method::DELETE, &named, "", None).await?,
            out,
        ),
    }
}

async fn create(management: &Management, new: NewCredential, out: Output) -> Result<(), Ended> {
    let mut body = json!({
        "environment": new.environment,
        "account": new.account,
        "name": new.name,
        "description": new.description,
        "allow": new.allow,
        "grant_types": new.grant_types,
        "redirect_uris": new.redirect_uris,
        "public": new.public,
        "resource_server": new.resource_server,
        "pkce_exempt": new.pkce_exempt,
        "secret_expires_in": new.secret_expires,
    });
    if let Some(version) = new.version {
        body["version"] = version.into();
    }
    if new.secret_stdin {
        body["secret"] = standard_input::secret()?.into();
    }
    let answer = management
        .call(Method::POST, "/admin/v1/credentials", Some(&body))
        .await?;
    out.record(&answer.value, CREATED)?;
    remark_on_secret(new.secret_stdin || new.public, out)
}

fn remark_on_secret(known: bool, out: Output) -> Result<(), Ended> {
    if known {
        Ok(())
    } else {
        out.remark("\nThe secret is shown this once; keep it now.")
    }
}

async fn switch(
    management: &Management,
    named: &Named,
    verb: &str,
    dry_run: bool,
    out: Output,
) -> Result<(), Ended> {
    let query = [
        ("environment", named.environment.as_deref()),
        ("dry_run", dry_run.then_some("true")),
    ];
    let path = path("credentials/", &named.id, verb, &query);
    show(
        &management.call(Method::POST, &path, None).await?.value,
        out,
    )?;
    match dry_run {
        true => out.remark(NOTHING_CHANGED),
        false => Ok(()),
    }
}

async fn act(
    management: &Management,
    method: Method,
    named: &Named,
    verb: &str,
    body: Option<Value>,
) -> Result<Value, Ended> {
    let path = path(
        "credentials/",
        &named.id,
        verb,
        &[("environment", named.environment.as_deref())],
    );
    Ok(management.call(method, &path, body.as_ref()).await?.value)
}

fn show(credential: &Value, out: Output) -> Result<(), Ended> {
    out.record(credential, RECORD)?;
    match credential.get("secrets").and_then(Value::as_array) {
        Some(secrets) if !out.json && !secrets.is_empty() => {
            out.remark("")?;
            out.rows(secrets, SECRETS)
        }
        _ => Ok(()),
    }
}

fn delete(deleted: &Value, out: Output) -> Result<(), Ended> {
    out.record(deleted, DELETED)?;
    match deleted.get("live_tokens").and_then(Value::as_u64) {
        Some(live) if live > 0 => out.remark("\nIt was in use: its live tokens stopped working."),
        _ => Ok(()),
    }
}
