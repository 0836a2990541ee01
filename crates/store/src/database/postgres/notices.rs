//! Word of changes, as PostgreSQL sends it (`LISTEN`): on a connection of its own, which is made anew when it is lost.
//!
//! It is a help and no promise: a pooler between us and the database may swallow it. So whoever waits for it also looks
//! at the change mark from time to time.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_postgres::{AsyncMessage, Config, Error, NoTls};

use super::errors;

/// The channel that [`MOVE_MARK_AND_TELL`](super::MOVE_MARK_AND_TELL) tells. `LISTEN` cannot be prepared.
const LISTEN: &str = "listen grantor_changes";
/// Between two tries to connect.
const AGAIN: Duration = Duration::from_secs(2);

/// Tells `word` of every notice, and of every time some may have been missed. Never ends by itself.
pub(super) async fn listen(config: Config, word: Arc<Notify>) {
    loop {
        if let Err(error) = hear(&config, &word).await {
            tracing::debug!(reason = %errors::reason(&error), "PostgreSQL tells of no changes at the moment; they are looked for");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Listens until the connection ends.
async fn hear(config: &Config, word: &Notify) -> Result<(), Error> {
    let (client, mut connection) = config.connect(NoTls).await?;
    let listening = async {
        client.batch_execute(LISTEN).await?;
        // What was told before now, nobody heard.
        word.notify_one();
        // The connection ends when its client does.
        std::future::pending::<Result<(), Error>>().await
    };
    let notices = async {
        while let Some(message) = poll_fn(|task| connection.poll_message(task)).await {
            if let AsyncMessage::Notification(_) = message? {
                word.notify_one();
            }
        }
        Ok(())
    };
    tokio::select! {
        ended = listening => ended,
        ended = notices => ended,
    }
}
