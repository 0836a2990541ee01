//! `grantor serve`: opens what the configuration names, serves it, and ends without breaking anything off.

mod background;
mod build;
mod expiry;
pub mod front;
mod sweep;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::Config;
use crate::listener::accept::{self, bind};
use crate::listener::admin::AdminDoor;
use crate::listener::dispatch::Dispatch;
use crate::listener::ext_authz::{self, ExtAuthz};
use crate::listener::files::raise_limit;
use crate::logs;
use crate::platform::Platform;
use crate::pulse;
use crate::refresh::{due, newcomers};
use crate::status;

pub use background::notice;
pub use build::{build, ready_keys};

/// The longest that a stop waits for a collector that takes the last spans.
const FLUSHED_WITHIN: Duration = Duration::from_secs(5);
/// How often a stop that waits looks whether it may end.
const SECOND: Duration = Duration::from_secs(1);

/// A server whose sockets are open: from here on connections are accepted, and answered as soon as [`Started::run`] is polled.
pub struct Started {
    platform: Arc<Platform>,
    public: Vec<TcpListener>,
    admin: TcpListener,
    ext_authz: Option<TcpListener>,
    /// How many this process may have open.
    files: u64,
    log: logs::LogGuard,
}

/// Opens the database, the keys and the sockets. An error is one sentence for the operator.
pub async fn start(config: Config) -> anyhow::Result<Started> {
    let log = logs::start(&config.log);
    forbid_core_dumps();
    let files = raise_limit();
    let mut public = Vec::new();
    for address in &config.server.listen {
        public.push(bind(*address, "server.listen").await?);
    }
    let admin = bind(config.server.admin, "server.admin").await?;
    let ext_authz = match config.server.ext_authz {
        Some(address) => Some(bind(address, "server.ext_authz").await?),
        None => None,
    };
    let platform = build(config, crate::clock::now()).await?;
    build::ready_keys(&platform).await?;
    platform.counters.begin().await;
    Ok(Started {
        platform,
        public,
        admin,
        ext_authz,
        files,
        log,
    })
}

/// A core dump would write every secret in memory to the disk.
pub fn forbid_core_dumps() {
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, nothing) {
        tracing::warn!(%error, "core dumps could not be forbidden");
    }
}

impl Started {
    /// What it serves.
    pub fn platform(&self) -> &Arc<Platform> {
        &self.platform
    }

    /// Serves until a stop signal comes, then lets running requests finish within the grace period.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self {
            platform,
            public,
            admin,
            ext_authz,
            files,
            log,
        } = self;
        let (stop, stopped) = watch::channel(false);
        let mut doors = tokio::task::JoinSet::new();
        let dispatch = Arc::new(Dispatch::new(Arc::clone(&platform)));
        let front = front::Front::new(&platform.config, &platform.metrics, files, &stopped)?;
        for listener in public {
            let listening = front.public(listener)?;
            doors.spawn(accept::serve(
                listening,
                Arc::clone(&dispatch),
                stopped.clone(),
            ));
        }
        if let Some(listener) = ext_authz {
            let answers = ExtAuthz::new(Arc::clone(&platform), Arc::clone(&dispatch));
            doors.spawn(ext_authz::serve(
                listener,
                Arc::new(answers),
                stopped.clone(),
            ));
        }
        // The admin address goes on answering while the others finish, so that a balancer sees "not ready".
        let (stop_admin, admin_stopped) = watch::channel(false);
        let admin_door = tokio::spawn(accept::serve(
            front.admin(admin),
            Arc::new(AdminDoor::new(Arc::clone(&platform))),
            admin_stopped,
        ));
        #[cfg(feature = "bare")]
        crate::bare::start().await?;
        tokio::spawn(pulse::run(Arc::clone(&platform), stopped.clone()));
        let refreshes = tokio::spawn(due::keep(Arc::clone(&platform), stopped.clone()));
        tokio::spawn(newcomers::keep(Arc::clone(&platform), stopped.clone()));
        tokio::spawn(status::keep::run(Arc::clone(&platform), stopped.clone()));
        let background = tokio::spawn(background::run(Arc::clone(&platform), stopped, log));
        // Leases are renewed for as long as requests run.
        let (stop_counters, counters_stopped) = watch::channel(false);
        let counters = tokio::spawn(platform.counters.clone().keep(counters_stopped));
        for issuer in &platform.issuers {
            tracing::info!(
                environment = issuer.realm(),
                url = issuer.environment.url,
                dialect = issuer.environment.dialect.name,
                "serving"
            );
        }
        tracing::info!(admin = %platform.config.server.admin, version = env!("CARGO_PKG_VERSION"), "ready");

        wait_for_stop().await?;
        platform.stopping.store(true, Ordering::Relaxed);
        let delay = platform.config.server.shutdown_delay;
        if delay > 0 {
            tracing::info!(
                seconds = delay,
                "stopping: not ready any more, and everything is still served"
            );
            tokio::time::sleep(SECOND * u32::try_from(delay).unwrap_or(u32::MAX)).await;
        }
        let grace = platform.config.server.shutdown_grace;
        tracing::info!(
            seconds = grace,
            "stopping: new connections are refused, running requests finish"
        );
        let _ = stop.send(true);
        let stopping = tokio::time::Instant::now();
        let finished = async {
            while doors.join_next().await.is_some() {}
            platform.tunnels_ended().await;
        };
        if tokio::time::timeout(SECOND * u32::try_from(grace).unwrap_or(u32::MAX), finished)
            .await
            .is_err()
        {
            tracing::warn!("some requests did not finish in time and are broken off");
        }
        let left = (SECOND * u32::try_from(grace).unwrap_or(u32::MAX))
            .saturating_sub(stopping.elapsed())
            .clamp(SECOND, FLUSHED_WITHIN);
        platform.telemetry.flush(left).await;
        // One that is under way has changed nothing yet, or everything; what it leaves is cleared at the next start.
        refreshes.abort();
        let _ = stop_counters.send(true);
        let _ = tokio::time::timeout(SECOND, counters).await;
        let _ = stop_admin.send(true);
        let _ = tokio::time::timeout(SECOND, admin_door).await;
        let _log = background.await;
        // What the last requests used.
        background::write_all(&platform).await;
        platform.store.close().await;
        Ok(())
    }
}

/// Returns at the first SIGTERM or SIGINT; a second one ends the process at once.
pub async fn wait_for_stop() -> anyhow::Result<()> {
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(())
}
