//! A database for one test, and things to put into it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use store::{
    Actor, AuditEvent, AuditFilter, DatabaseUrl, EnvironmentName, NewAccessToken, NewCredential,
    NewPassword, NewPerson, NewSecret, Role, SecretScheme, Store, TokenId,
};

/// The moment at which tests take place.
pub const NOW: i64 = 1_790_000_000_000;
pub const MASTER_KEY: &str = "mk-1";

/// Runs each named test on both databases.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test(&crate::fixture::Fixture::sqlite().await).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    let Some(fixture) = crate::fixture::Fixture::postgres().await else { return };
                    super::$test(&fixture).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_databases;

pub struct Fixture {
    pub store: Store,
    pub url: DatabaseUrl,
    folder: PathBuf,
    /// The admin database's URL and this test's database, on PostgreSQL.
    postgres: Option<(String, String)>,
}

fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!(
        "grantor_test_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

fn new_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(unique());
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The admin database's URL; None when PostgreSQL is to be skipped.
pub fn admin_url() -> Option<String> {
    if std::env::var("GRANTOR_TEST_SKIP_POSTGRES").is_ok_and(|value| value == "1") {
        return None;
    }
    Some(std::env::var("GRANTOR_TEST_POSTGRES").expect(
        "there is no PostgreSQL to test with: run ./test, which starts one, or set GRANTOR_TEST_POSTGRES to the URL of a database \
         whose role may create databases; GRANTOR_TEST_SKIP_POSTGRES=1 leaves this half out",
    ))
}

pub async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

/// An empty database of its own, which is not migrated.
pub async fn new_postgres() -> Option<(String, String)> {
    let admin = admin_url()?;
    let name = unique();
    connect(&admin)
        .await
        .batch_execute(&format!("create database {name}"))
        .await
        .unwrap();
    Some((admin, name))
}

pub fn url_of(admin: &str, name: &str) -> String {
    let mut url = url::Url::parse(admin).unwrap();
    url.set_path(name);
    url.to_string()
}

impl Fixture {
    pub async fn sqlite() -> Self {
        let folder = new_folder();
        let url = DatabaseUrl::Sqlite(folder.join("grantor.db"));
        let store = Store::open(&url, NOW).await.unwrap();
        Self {
            store,
            url,
            folder,
            postgres: None,
        }
        .with_master_key()
        .await
    }

    pub async fn postgres() -> Option<Self> {
        let fixture = Self::unmigrated_postgres().await?;
        fixture.store.migrate(NOW).await.unwrap();
        Some(fixture.with_master_key().await)
    }

    pub async fn unmigrated_postgres() -> Option<Self> {
        let (admin, name) = new_postgres().await?;
        let url = DatabaseUrl::Postgres(url_of(&admin, &name));
        let store = Store::open(&url, NOW).await.unwrap();
        Some(Self {
            store,
            url,
            folder: new_folder(),
            postgres: Some((admin, name)),
        })
    }

    async fn with_master_key(self) -> Self {
        self.store
            .register_master_key(MASTER_KEY, b"check", NOW, event("master-key.registered"))
            .await
            .unwrap();
        self
    }

    /// A second handle on the same database, as another process has it.
    pub async fn another(&self) -> Store {
        Store::open(&self.url, NOW).await.unwrap()
    }

    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    /// The database file, on SQLite.
    pub fn file(&self) -> PathBuf {
        self.folder.join("grantor.db")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A PostgreSQL connection past the store.
    pub async fn client(&self) -> tokio_postgres::Client {
        let (admin, name) = self.postgres.as_ref().unwrap();
        connect(&url_of(admin, name)).await
    }

    /// Runs SQL past the store.
    pub async fn raw(&self, sql: &str) -> Result<(), String> {
        match &self.postgres {
            Some(_) => self
                .client()
                .await
                .batch_execute(sql)
                .await
                .map_err(|error| format!("{:?}", error.as_db_error())),
            None => rusqlite::Connection::open(self.file())
                .unwrap()
                .execute_batch(sql)
                .map_err(|error| error.to_string()),
        }
    }

    /// One number past the store.
    pub async fn number(&self, sql: &str) -> i64 {
        match &self.postgres {
            Some(_) => self
                .client()
                .await
                .query_one(sql, &[])
                .await
                .unwrap()
                .get(0),
            None => rusqlite::Connection::open(self.file())
                .unwrap()
                .query_row(sql, [], |row| row.get(0))
                .unwrap(),
        }
    }

    /// How often an event stands in the trail.
    pub async fn audited(&self, event: &str) -> usize {
        let filter = AuditFilter {
            event: Some(event.into()),
            ..AuditFilter::default()
        };
        self.store
            .list_audit_events(&filter, 10_000)
            .await
            .unwrap()
            .len()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some((admin, name)) = self.postgres.take() {
            // Dropping cannot wait, and a runtime cannot be started inside another one.
            let dropping = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    connect(&admin)
                        .await
                        .batch_execute(&format!("drop database {name} with (force)"))
                        .await
                })
            });
            let _ = dropping.join();
        }
    }
}

pub fn production() -> EnvironmentName {
    EnvironmentName::new("production")
}

pub fn rc() -> EnvironmentName {
    EnvironmentName::new("rc")
}

pub fn event(event: &'static str) -> AuditEvent {
    AuditEvent {
        at: NOW,
        actor: Actor::CommandLine,
        environment: None,
        account_id: None,
        event,
        subject: None,
        remote_address: Some("192.0.2.7".into()),
        request_id: Some("req-1".into()),
        details: String::new(),
    }
}

pub fn secret(id: &str) -> NewSecret {
    NewSecret {
        id: id.into(),
        scheme: SecretScheme::HmacSha256,
        hash: format!("hash of {id}").into_bytes(),
        master_key_id: MASTER_KEY.into(),
        hint: "wxyz".into(),
        created_at: NOW,
        expires_at: None,
        way_back: None,
    }
}

pub fn credential(uuid: &str, account: &str) -> NewCredential {
    NewCredential {
        uuid: uuid.into(),
        client_id: format!("client-{uuid}"),
        account_name: account.into(),
        new_account_id: format!("id of {account}"),
        name: format!("name {uuid}"),
        description: "reads shifts".into(),
        version: Some("v2".into()),
        scopes: vec!["shifts.read".into(), "shifts.add".into()],
        grant_types: vec!["client_credentials".into()],
        redirect_uris: vec!["https://client.example/cb?a=1 b".into()],
        public: false,
        resource_server: false,
        pkce_exempt: false,
        created_at: NOW,
        secret: Some(secret(&format!("secret of {uuid}"))),
    }
}

/// An id that begins with its time.
/// Someone who signs in, with a password under [`MASTER_KEY`].
pub fn person(id: &str, account: &str) -> NewPerson {
    NewPerson {
        email: None,
        id: id.to_owned(),
        account_name: Some(account.to_owned()),
        new_account_id: format!("account of {id}"),
        username: id.to_owned(),
        canonical_username: id.to_owned(),
        role: Role::Member,
        password: Some(NewPassword {
            hash: vec![1],
            master_key_id: MASTER_KEY.to_owned(),
            must_change: false,
        }),
        created_at: NOW,
    }
}

pub fn token_id(at: i64, number: u64) -> TokenId {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&at.to_be_bytes()[2..]);
    id[8..].copy_from_slice(&number.to_be_bytes());
    TokenId(id)
}

pub fn token(id: TokenId, credential: &str, issued_at: i64, lifetime: i64) -> NewAccessToken {
    NewAccessToken {
        id,
        secret_hash: [7; 32],
        credential_uuid: credential.into(),
        scope: "shifts.read".into(),
        issued_at,
        expires_at: issued_at + lifetime,
    }
}
