//! `[environments.NAME.budgets]`: how much one credential may ask for.

use super::findings::Findings;
use super::key::Key;
use super::raw::RawBudgets;

/// What happens at a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// Beyond it requests are refused.
    Enforce,
    /// It is only counted and told.
    Monitor,
}

impl Enforcement {
    /// The names of the two.
    pub const NAMES: [(&str, Self); 2] = [("enforce", Self::Enforce), ("monitor", Self::Monitor)];
}

/// What a credential may ask for that has no budget of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// Requests in any second; 0: no limit.
    pub requests_per_second: u32,
    /// Requests on one day, UTC; 0: no limit.
    pub requests_per_day: u64,
    /// What happens then.
    pub mode: Enforcement,
}

/// Judges the table.
pub fn resolve(key: &Key, raw: &RawBudgets, findings: &mut Findings) -> Budgets {
    let mode = raw
        .mode
        .as_deref()
        .and_then(|mode| findings.choose(&key.name("mode"), mode, &Enforcement::NAMES));
    Budgets {
        requests_per_second: raw.requests_per_second.unwrap_or(0),
        requests_per_day: raw.requests_per_day.unwrap_or(0),
        mode: mode.unwrap_or(Enforcement::Enforce),
    }
}
