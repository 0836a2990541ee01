//! The one place that draws random numbers, from the operating system's generator by way of aws-lc.

use std::sync::atomic::{AtomicU64, Ordering};

use store::{Millis, TokenId};
use uuid::Uuid;

/// The operating system would not give random numbers.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gives no random numbers; is /dev/urandom there?")]
pub struct NoRandomness;

/// `N` unpredictable bytes.
#[allow(clippy::disallowed_methods)]
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A time-ordered UUID (RFC 9562 §5.7) in its usual spelling.
pub fn uuid(now: Millis) -> Result<String, NoRandomness> {
    let millis = u64::try_from(now).unwrap_or(0);
    let random = bytes::<10>()?;
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random)
        .into_uuid()
        .hyphenated()
        .to_string())
}

/// Reads a UUID back out of any of its spellings, in lower case with hyphens.
pub fn canonical_uuid(text: &str) -> Option<String> {
    Uuid::try_parse(text)
        .ok()
        .map(|uuid| uuid.hyphenated().to_string())
}

/// `N` bytes that sort by time: 48 bits of milliseconds, 16 bits that count within this process, the rest unpredictable.
///
/// What one process makes within a millisecond keeps its order, so that rows are appended at the end
/// of the table's tree; the random rest keeps two nodes apart. `N` is at least 8.
pub fn ordered<const N: usize>(now: Millis) -> Result<[u8; N], NoRandomness> {
    const { assert!(N >= 8) };
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut all = bytes::<N>()?;
    let count = COUNTER.fetch_add(1, Ordering::Relaxed) as u16;
    all[..6].copy_from_slice(&now.to_be_bytes()[2..]);
    all[6..8].copy_from_slice(&count.to_be_bytes());
    Ok(all)
}

/// An id for a token.
pub fn token_id(now: Millis) -> Result<TokenId, NoRandomness> {
    Ok(TokenId(ordered(now)?))
}
