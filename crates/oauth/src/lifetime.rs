//! Lifetimes as text: `60s`, `10m`, `24h`, `7d`.

/// The text is no lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A lifetime is a whole number above zero with s, m, h or d behind it, such as \"60m\".")]
pub struct NotALifetime;

/// The seconds of a lifetime.
///
/// # Errors
/// Zero, a fraction, another unit or none, or more than a hundred years.
pub fn seconds(text: &str) -> Result<u64, NotALifetime> {
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(NotALifetime),
    };
    text[..text.len() - 1]
        .parse::<u64>()
        .ok()
        .filter(|_| !text.starts_with('+'))
        .and_then(|count| count.checked_mul(unit))
        .filter(|seconds| (1..=A_HUNDRED_YEARS).contains(seconds))
        .ok_or(NotALifetime)
}

const A_HUNDRED_YEARS: u64 = 36_525 * 86_400;
