//! The clients that Grantor answers already: those of the configuration, and those of a file that may change meanwhile.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::clock::ticks;
use crate::config::Shadow;
use crate::listener::accept::stopped;

/// How soon a change of the file is noticed without a signal.
const LOOK: Duration = Duration::from_secs(2);

/// Who they are at the moment.
pub struct Canary {
    configured: Vec<String>,
    file: Option<PathBuf>,
    is_in_use: bool,
    clients: ArcSwap<HashSet<String>>,
}

impl Canary {
    /// Reads the configuration and the file.
    ///
    /// # Errors
    /// The file cannot be read: whoever names one means it.
    pub fn read(of: &Shadow) -> anyhow::Result<Self> {
        let file = of.canary_file.clone();
        let text = file.as_deref().map(text_of).transpose()?;
        let clients = together(&of.canary, text.as_deref().unwrap_or_default());
        Ok(Self {
            configured: of.canary.clone(),
            file,
            is_in_use: of.grantor.is_some(),
            clients: ArcSwap::from_pointee(clients),
        })
    }

    /// Whether a client is one of them.
    pub fn holds(&self, client_id: &str) -> bool {
        self.clients.load().contains(client_id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.clients.load().len()
    }

    /// Whether there may be clients with tokens of Grantor: the configuration speaks of a canary, however empty.
    pub fn is_in_use(&self) -> bool {
        self.is_in_use
    }

    /// Reads the file again when it has changed and at SIGHUP, until the stop. One that cannot be read changes nothing.
    pub async fn keep(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        // Heard in any case: whoever sends it to a process that has no file must not end it.
        let Ok(mut hang_up) = signal(SignalKind::hangup()) else {
            tracing::warn!("SIGHUP cannot be heard, and the canary stays as it is");
            return;
        };
        let Some(file) = &self.file else { return };
        let mut look = ticks(LOOK);
        let mut is_readable = true;
        loop {
            tokio::select! {
                _ = look.tick() => {}
                _ = hang_up.recv() => {}
                () = stopped(&mut stop) => return,
            }
            match text_of(file) {
                Ok(text) => {
                    is_readable = true;
                    self.replace(together(&self.configured, &text));
                }
                Err(error) if is_readable => {
                    is_readable = false;
                    tracing::warn!(error = %format!("{error:#}"), "the canary stays as it was");
                }
                Err(_) => {}
            }
        }
    }

    fn replace(&self, clients: HashSet<String>) {
        let known = self.clients.load();
        if **known == clients {
            return;
        }
        let (more, fewer) = (clients.difference(&known), known.difference(&clients));
        tracing::info!(
            clients = clients.len(),
            more = more.count(),
            fewer = fewer.count(),
            "the canary has changed"
        );
        drop(known);
        self.clients.store(Arc::new(clients));
    }
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file)
        .with_context(|| format!("shadow.canary_file, {}, cannot be read", file.display()))
}

/// A client id a line; what begins with `#` is a remark.
fn together(configured: &[String], text: &str) -> HashSet<String> {
    let lines = text.lines().map(str::trim);
    let named = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let configured = configured.iter().map(String::as_str);
    configured.chain(named).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_client_a_line() {
        let clients = together(&["a".to_owned()], "# first\n b \r\n\na\nc#d\n");
        let mut clients: Vec<_> = clients.into_iter().collect();
        clients.sort();
        assert_eq!(clients, ["a", "b", "c#d"]);
    }
}
