//! From when on something counts as impaired or down. Every threshold stands here, and the page says them.

use serde::Serialize;

/// Of ten thousand answers of a day so many may fail before it is amber: 0.1 %.
pub const DAY_DEGRADED: u64 = 10;
/// The same before it is red: 5 %.
pub const DAY_DOWN: u64 = 500;
/// Of ten thousand answers of the last minutes so many may fail before a part is impaired: 1 %.
pub const NOW_DEGRADED: u64 = 100;
/// The same before it is down: 50 %.
pub const NOW_DOWN: u64 = 5_000;
/// The minutes that say how it is now.
pub const NOW_MINUTES: i64 = 5;
/// Fewer failures than these say nothing, however few answers there were: one that failed in a quiet hour is no outage.
pub const FEWEST: u64 = 3;
/// Days that are shown.
pub const DAYS: i64 = 90;

/// How a part is doing, or did on a day. The later the worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nobody was there to count.
    #[default]
    NoData,
    /// As it should be.
    Operational,
    /// Away for as long as was said.
    Maintenance,
    /// Some of it fails.
    Degraded,
    /// Most of it fails.
    Down,
}

impl Standing {
    /// As programs and the catalogue spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoData => "no-data",
            Self::Operational => "operational",
            Self::Maintenance => "maintenance",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

/// How many of ten thousand failed, rounded up; nothing where nothing was asked.
pub fn share(answered: u64, failed: u64) -> u64 {
    let all = u128::from(answered) + u128::from(failed);
    if all == 0 {
        return 0;
    }
    u64::try_from((u128::from(failed) * 10_000).div_ceil(all)).unwrap_or(10_000)
}

/// A day.
pub fn of_day(answered: u64, failed: u64) -> Standing {
    judge(answered, failed, DAY_DEGRADED, DAY_DOWN)
}

/// The last minutes.
pub fn of_now(answered: u64, failed: u64) -> Standing {
    judge(answered, failed, NOW_DEGRADED, NOW_DOWN)
}

fn judge(answered: u64, failed: u64, degraded: u64, down: u64) -> Standing {
    match share(answered, failed) {
        _ if failed < FEWEST => Standing::Operational,
        share if share > down => Standing::Down,
        share if share > degraded => Standing::Degraded,
        _ => Standing::Operational,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_amber_above_a_thousandth_and_red_above_a_twentieth() {
        for (answered, failed, expected) in [
            (0, 0, Standing::Operational),
            (2, 2, Standing::Operational),
            (0, 3, Standing::Down),
            (999_000, 1_000, Standing::Operational),
            (998_999, 1_001, Standing::Degraded),
            (950, 50, Standing::Degraded),
            (949, 51, Standing::Down),
            (u64::MAX, u64::MAX, Standing::Down),
        ] {
            assert_eq!(of_day(answered, failed), expected, "{answered} {failed}");
        }
        assert_eq!(of_now(950, 50), Standing::Degraded);
        assert_eq!(of_now(49, 51), Standing::Down);
        assert_eq!(of_now(990, 10), Standing::Operational);
    }
}
