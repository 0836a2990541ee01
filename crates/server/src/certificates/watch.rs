//! Looks whether the files of a certificate have changed, and shows what they hold now if that can be shown.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::Files;
use super::by_name::{Names, Table};
use super::pair::{Pair, Unfit, Written};
use crate::clock;
use crate::metrics::front::Front;

/// How soon a new file is noticed.
const LOOK: Duration = Duration::from_secs(5);

/// One certificate that is shown, and what of its files was seen last.
pub struct Shown {
    label: String,
    files: Files,
    /// In lower case; none: for everybody that no other certificate is for.
    hosts: Vec<String>,
    pair: Pair,
    /// What tells the bytes that were judged last; None where they could not be read.
    seen: Option<[u8; 32]>,
}

impl Shown {
    /// Reads the files for the first time. One that has ended is shown all the same, since there is no other.
    ///
    /// # Errors
    /// See [`Unfit`].
    pub fn new(label: String, files: Files, hosts: Vec<String>) -> Result<Self, Unfit> {
        let written = Written::read(&files)?;
        let pair = Pair::of(&written)?;
        if pair.expires_at <= clock::now() {
            tracing::warn!(certificate = label, "the certificate has ended");
        }
        Ok(Self {
            label,
            files,
            hosts,
            pair,
            seen: Some(written.mark()),
        })
    }

    /// Looks again; whether there is another certificate now.
    fn look(&mut self, front: &Front) -> bool {
        let written = Written::read(&self.files);
        let mark = written.as_ref().ok().map(Written::mark);
        // What was refused is said once, and not at every look.
        if mark == self.seen {
            return false;
        }
        self.seen = mark;
        let fit = written
            .and_then(|written| Pair::of(&written))
            .and_then(|pair| {
                if pair.expires_at > clock::now() {
                    Ok(pair)
                } else {
                    Err(Unfit::Expired)
                }
            });
        front.reloaded(&self.label, fit.is_ok());
        match fit {
            Ok(pair) => {
                tracing::info!(certificate = self.label, "a new certificate is shown");
                self.pair = pair;
                true
            }
            Err(why) => {
                tracing::warn!(certificate = self.label, %why, "a changed certificate is refused, and the old one shown on");
                false
            }
        }
    }

    fn note_expiry(&self, front: &Front) {
        front.expires_in(&self.label, (self.pair.expires_at - clock::now()) / 1000);
    }
}

/// Shows certificates from now on, and looks at their files until the stop.
pub fn watch(
    mut all: Vec<Shown>,
    front: Front,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<Arc<Names>> {
    let names = Arc::new(Names::default());
    names.replace(table(&all));
    for shown in &all {
        shown.note_expiry(&front);
    }
    let mut told = signal(SignalKind::hangup())?;
    let showing = Arc::clone(&names);
    tokio::spawn(async move {
        let mut look = clock::ticks(LOOK);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                _ = told.recv() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let front = front.clone();
            // Files may lie on a network that is away: nobody else waits for it.
            let looked = tokio::task::spawn_blocking(move || {
                let changed = all
                    .iter_mut()
                    .filter_map(|shown| shown.look(&front).then_some(()));
                let changed = changed.count() > 0;
                all.iter().for_each(|shown| shown.note_expiry(&front));
                (all, changed)
            });
            let Ok((looked, changed)) = looked.await else {
                return;
            };
            all = looked;
            if changed {
                showing.replace(table(&all));
            }
        }
    });
    Ok(names)
}

fn table(all: &[Shown]) -> Table {
    let mut table = Table::default();
    for shown in all {
        if shown.hosts.is_empty() {
            table.otherwise = Some(Arc::clone(&shown.pair.certified));
        }
        for host in &shown.hosts {
            let certified = Arc::clone(&shown.pair.certified);
            table.by_name.insert(host.clone(), certified);
        }
    }
    table
}
