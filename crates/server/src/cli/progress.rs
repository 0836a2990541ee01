//! A bar on standard error, where a person watches. Elsewhere, nothing.

use std::future::Future;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;

use crate::clock;

/// Bytes that are handed over at once.
const PIECE: usize = 64 * 1024;
/// Characters of the bar.
const WIDTH: usize = 30;

/// Where a person is told how far it is.
#[derive(Clone, Copy)]
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Shown if standard error is a terminal.
    pub fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
        }
    }

    /// What is being done, in place of what was said before.
    pub fn say(self, what: &str) {
        if self.shown {
            let mut stderr = std::io::stderr();
            let _ = write!(stderr, "\r\x1b[K{what} …");
            let _ = stderr.flush();
        }
    }

    /// Clears the line.
    pub fn end(self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    /// Sends a body piece by piece, and says how much is sent; then, how long the answer takes.
    pub async fn sending<T, F: Future<Output = T>>(
        self,
        bytes: Bytes,
        send: impl FnOnce(Body) -> F,
    ) -> T {
        let answer = send(self.body(bytes));
        tokio::pin!(answer);
        let mut ticks = clock::ticks(Duration::from_secs(1));
        let mut seconds = 0;
        loop {
            tokio::select! {
                answered = &mut answer => return answered,
                _ = ticks.tick() => {
                    if seconds > 0 {
                        self.say(&format!("Bringing what was sent, {seconds} s"));
                    }
                    seconds += 1;
                }
            }
        }
    }

    fn body(self, bytes: Bytes) -> Body {
        let total = bytes.len();
        let pieces = (0..total.div_ceil(PIECE)).map(move |number| {
            let from = number * PIECE;
            let to = total.min(from + PIECE);
            self.say(&bar(to, total));
            Ok::<_, std::convert::Infallible>(bytes.slice(from..to))
        });
        Body::from_stream(stream::iter(pieces))
    }
}

/// `[######      ] 50 %`
fn bar(done: usize, total: usize) -> String {
    let share = |of: usize| done.saturating_mul(of).checked_div(total).unwrap_or(of);
    let filled = share(WIDTH);
    format!(
        "[{}{}] {} %",
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        share(100)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_at_its_end_as_at_its_beginning() {
        assert!(bar(0, 10).ends_with("] 0 %"));
        assert!(bar(10, 10).starts_with(&format!("[{}]", "#".repeat(WIDTH))));
        assert!(bar(5, 10).ends_with("50 %"));
        assert!(bar(0, 0).ends_with("100 %"));
    }
}
