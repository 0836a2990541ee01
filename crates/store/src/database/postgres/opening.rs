//! Connecting, and what is asked of a PostgreSQL before it is trusted.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;
use tokio_postgres::config::SslMode;

use super::{
    CONNECTIONS, IS_STANDBY, Inner, PATIENCE, Postgres, errors, group_commit, milliseconds,
};
use crate::outbox::Outbox;
use crate::{DatabaseUrl, StoreError};

/// How long connecting, or waiting for a free connection, may take.
const CONNECT: Duration = Duration::from_secs(2);
const STANDBY: &str = "PostgreSQL is a read-only standby: point [storage] url at the primary";

impl Postgres {
    /// Connects and checks; migrates nothing.
    ///
    /// # Errors
    /// `Operator` for a wrong user, password or database and for a standby; `Unavailable` when nobody answers.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let shown = DatabaseUrl::Postgres(url.to_owned());
        let mut config = tokio_postgres::Config::from_str(url).map_err(|_| {
            StoreError::Operator(format!(
                "{shown} cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE"
            ))
        })?;
        if matches!(config.get_ssl_mode(), SslMode::Require) {
            return Err(StoreError::Operator(
                "TLS to PostgreSQL is not built in yet: leave sslmode out and reach the database over a private network or a tunnel".into(),
            ));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_application_name().is_none() {
            config.application_name("grantor");
        }
        // A line that went dead without a word is noticed by its system, not only by the next verb.
        config
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(10));
        let durability_warning = examine(&config, &shown).await?;
        let pool = pool(config.clone(), CONNECTIONS)?;
        let appends = self::pool(config.clone(), 1)?;
        let queue = group_commit::start(appends.clone());
        Ok(Self(Arc::new(Inner {
            config,
            pool,
            appends,
            queue,
            outbox: Outbox::default(),
            durability_warning,
        })))
    }
}

/// Asks one connection whether this is a primary, and whether what it commits is durable.
async fn examine(
    config: &tokio_postgres::Config,
    shown: &DatabaseUrl,
) -> Result<Option<String>, StoreError> {
    let connected = tokio::time::timeout(PATIENCE, config.connect(NoTls)).await;
    let (client, connection) = match connected {
        Err(_) => {
            return Err(StoreError::Unavailable(format!(
                "{shown} did not answer within {} seconds",
                PATIENCE.as_secs()
            )));
        }
        Ok(Err(error)) if errors::is_configuration(&error) => {
            return Err(StoreError::Operator(format!(
                "{shown} refuses us: {}; check [storage] url",
                errors::reason(&error)
            )));
        }
        Ok(Err(error)) => {
            return Err(StoreError::Unavailable(format!(
                "{shown} cannot be reached: {}",
                errors::reason(&error)
            )));
        }
        Ok(Ok(connected)) => connected,
    };
    // Ends by itself when the client below is dropped.
    tokio::spawn(connection);
    super::within(PATIENCE, async {
        if client.query_one(IS_STANDBY, &[]).await.map_err(super::failure)?.try_get(0).unwrap_or(true) {
            return Err(StoreError::Operator(STANDBY.into()));
        }
        let mut weak = Vec::new();
        for (setting, question) in [("fsync", "show fsync"), ("synchronous_commit", "show synchronous_commit"), ("full_page_writes", "show full_page_writes")] {
            let value: String = client.query_one(question, &[]).await.map_err(super::failure)?.try_get(0).unwrap_or_default();
            if value == "off" {
                weak.push(setting);
            }
        }
        Ok((!weak.is_empty()).then(|| {
            format!("PostgreSQL runs with {} off: a token that was answered can be lost when its machine fails; switch it on", weak.join(" and "))
        }))
    })
    .await
}

fn pool(config: tokio_postgres::Config, connections: usize) -> Result<Pool, StoreError> {
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    // The server gives up first, so that what it gave up is known to have failed; this side's patience is the fallback.
    let settings = format!(
        "set statement_timeout = {}; set lock_timeout = {}; set idle_in_transaction_session_timeout = {}",
        milliseconds(PATIENCE) - 500,
        milliseconds(PATIENCE) - 700,
        milliseconds(PATIENCE) * 5,
    );
    Pool::builder(manager)
        .max_size(connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(CONNECT))
        .create_timeout(Some(CONNECT))
        .recycle_timeout(Some(CONNECT))
        .post_create(Hook::async_fn(move |client, _| {
            let settings = settings.clone();
            Box::pin(async move {
                client
                    .batch_execute(&settings)
                    .await
                    .map_err(HookError::Backend)?;
                // After a failover the same address may lead to a standby.
                let standby = client
                    .query_one(IS_STANDBY, &[])
                    .await
                    .and_then(|row| row.try_get(0))
                    .map_err(HookError::Backend)?;
                if standby {
                    Err(HookError::message(STANDBY))
                } else {
                    Ok(())
                }
            })
        }))
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}
