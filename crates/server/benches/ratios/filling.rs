//! Fills a database as years of use would: accounts, credentials, people, tokens.

use std::path::Path;

use anyhow::Result;
use futures_util::future::try_join_all;
use store::{
    Actor, AuditEvent, DatabaseUrl, EnvironmentName, NewAccessToken, NewCredential, NewPerson,
    Role, Store, TokenId,
};

/// Writes that wait for the same commit.
const AT_ONCE: usize = 1_000;

/// How much of everything.
#[derive(Clone, Copy, Default)]
pub struct Amount {
    pub accounts: usize,
    /// Shared out evenly.
    pub credentials: usize,
    pub tokens: usize,
    /// Shared out evenly; without passwords.
    pub people: usize,
}

/// When the tokens begin and end, in milliseconds since 1970.
#[derive(Clone, Copy)]
pub struct Lifetime {
    pub issued_at: i64,
    pub expires_at: i64,
}

/// Runs something on a runtime of its own.
pub fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// Opens a database beside whoever serves it.
pub async fn open(database: &Path) -> Result<Store> {
    Ok(Store::open(&DatabaseUrl::Sqlite(database.to_owned()), millis()).await?)
}

/// Fills one environment; the tokens have ids in the order of their number.
pub fn fill(database: &Path, environment: &str, amount: Amount, tokens: Lifetime) -> Result<()> {
    run(async {
        let store = open(database).await?;
        let environment = EnvironmentName::new(environment);
        in_batches(amount.credentials, |number| {
            let (store, environment) = (store.clone(), environment.clone());
            async move {
                let new = credential(number, number % amount.accounts);
                let made = event("credential.created", &environment);
                let verbs = store.in_environment(&environment);
                verbs.create_credential(new, made).await.map(drop)
            }
        })
        .await?;
        in_batches(amount.people, |number| {
            let (store, environment) = (store.clone(), environment.clone());
            async move {
                let new = person(number, number % amount.accounts);
                let made = event("person.created", &environment);
                store
                    .in_environment(&environment)
                    .create_person(new, made)
                    .await
            }
        })
        .await?;
        in_batches(amount.tokens, |number| {
            let (store, environment) = (store.clone(), environment.clone());
            async move {
                let new = token(number, number % amount.credentials, tokens);
                let issued = event("token.issued", &environment);
                store
                    .in_environment(&environment)
                    .issue_access_token(new, issued)
                    .await
            }
        })
        .await?;
        store.close().await;
        Ok(())
    })
}

/// Writes so many things, some of them for the same commit.
pub async fn in_batches<W>(count: usize, write: impl Fn(usize) -> W) -> Result<()>
where
    W: Future<Output = Result<(), store::StoreError>>,
{
    for from in (0..count).step_by(AT_ONCE) {
        let until = count.min(from + AT_ONCE);
        try_join_all((from..until).map(&write)).await?;
    }
    Ok(())
}

fn event(event: &'static str, environment: &EnvironmentName) -> AuditEvent {
    AuditEvent {
        at: millis(),
        actor: Actor::Anonymous,
        environment: Some(environment.clone()),
        account_id: None,
        event,
        subject: None,
        remote_address: Some("192.0.2.7".to_owned()),
        request_id: None,
        details: "{}".to_owned(),
    }
}

/// The name of an account.
pub fn account(number: usize) -> String {
    format!("Account {number}")
}

/// A credential of that number in that account.
pub fn credential(number: usize, in_account: usize) -> NewCredential {
    NewCredential {
        uuid: uuid(number),
        client_id: format!("bench-{number}"),
        account_name: account(in_account),
        new_account_id: format!("account-{in_account}"),
        name: format!("Integration number {number}"),
        description: "Made for measuring".to_owned(),
        version: Some("v2".to_owned()),
        scopes: vec!["shifts.read".to_owned(), "tags.read".to_owned()],
        grant_types: vec!["client_credentials".to_owned()],
        redirect_uris: Vec::new(),
        public: false,
        resource_server: false,
        pkce_exempt: false,
        created_at: millis() - number as i64,
        secret: None,
    }
}

fn person(number: usize, in_account: usize) -> NewPerson {
    let username = format!("person{number}@bench.example");
    NewPerson {
        id: format!("01930000-0000-7000-9000-{number:012x}"),
        account_name: Some(account(in_account)),
        new_account_id: format!("account-{in_account}"),
        canonical_username: username.clone(),
        username,
        role: Role::Member,
        password: None,
        email: None,
        created_at: millis(),
    }
}

fn token(number: usize, of_credential: usize, lifetime: Lifetime) -> NewAccessToken {
    NewAccessToken {
        id: token_id(number, lifetime),
        secret_hash: [7; 32],
        credential_uuid: uuid(of_credential),
        scope: "shifts.read".to_owned(),
        issued_at: lifetime.issued_at,
        expires_at: lifetime.expires_at,
    }
}

/// 48 bits of milliseconds, then the number: as ids of tokens are, in order of time.
pub fn token_id(number: usize, lifetime: Lifetime) -> TokenId {
    TokenId((((lifetime.issued_at as u128) << 80) | number as u128).to_be_bytes())
}

/// The UUID of a credential of that number.
pub fn uuid(number: usize) -> String {
    format!("01930000-0000-7000-8000-{number:012x}")
}

/// The product's clock is not this program's to use.
#[allow(clippy::disallowed_methods)]
pub fn millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}
