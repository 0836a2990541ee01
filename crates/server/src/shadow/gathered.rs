//! The body of a request that is read here before it is passed on, where it is small enough for that.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use oauth::request::LONGEST_BODY;

use super::passage::NoAnswer;

/// How long a body may take to arrive: as at our own endpoints.
const WITHIN: Duration = Duration::from_secs(10);

/// A body.
pub enum Gathered {
    /// All of it.
    Whole(Bytes),
    /// Longer than 64 KiB, which no request of OAuth is that we could read; to be passed on as it comes.
    Large(Body),
}

/// Reads a body that is not too large.
///
/// # Errors
/// It did not arrive.
pub async fn gather(body: Body) -> Result<Gathered, NoAnswer> {
    let reading = read(body);
    match tokio::time::timeout(WITHIN, reading).await {
        Ok(gathered) => gathered,
        Err(_) => Err(NoAnswer::SenderBroke),
    }
}

async fn read(body: Body) -> Result<Gathered, NoAnswer> {
    let mut pieces = body.into_data_stream();
    let mut read = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| NoAnswer::SenderBroke)?;
        read.extend_from_slice(&piece);
        if read.len() > LONGEST_BODY {
            let first = stream::iter([Ok(Bytes::from(read))]);
            return Ok(Gathered::Large(Body::from_stream(first.chain(pieces))));
        }
    }
    Ok(Gathered::Whole(Bytes::from(read)))
}
