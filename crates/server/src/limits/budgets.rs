//! Budgets: how many requests one credential may make in a second and on a day.
//!
//! A day begins at midnight UTC. What was used of it is in the database, with what waits to be written on top: right after
//! a restart, and over several nodes as right as what the others wrote within the last seconds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::{Actor, AuditEvent, Credential, EnvironmentName, Millis};

use super::{Counters, Rate, RateOverNodes};
use crate::config::budgets::{Budgets as Configured, Enforcement};
use crate::context::Context;
use crate::uses::{CredentialUses, Spending, Used, day_of};

const SECOND: Millis = 1000;
const DAY: Millis = 24 * 60 * 60 * SECOND;
/// Told when so much of a day is used.
const PERCENTS: [u8; 3] = [100, 80, 60];

/// The budgets of one environment.
pub struct Budgets {
    configured: Configured,
    seconds: RateOverNodes,
    told: Mutex<Told>,
}

/// Who was told what of today, and what is still to be told.
#[derive(Default)]
struct Told {
    day: i64,
    percents: HashMap<String, u8>,
    waiting: Vec<Warning>,
}

/// A credential that used so much of its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// When.
    pub at: Millis,
    /// Whose, by UUID.
    pub credential: String,
    /// 60, 80 or 100.
    pub percent: u8,
    /// Requests on a day.
    pub most: u64,
}

/// What is left of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Of so many.
    pub most: u64,
    /// So many.
    pub left: u64,
    /// Seconds until the next day.
    pub renewed_in: u64,
}

/// A budget is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedUp {
    /// `requests_per_second` or `requests_per_day`, as the configuration calls it.
    pub limit: &'static str,
    /// How many are allowed.
    pub most: u64,
    /// The credential, by UUID.
    pub credential: String,
    /// Whole seconds until there is one again.
    pub retry_after: u64,
}

impl Budgets {
    /// What a credential may that has nothing of its own.
    pub fn new(environment: &str, configured: Configured, counters: Counters) -> Self {
        Self {
            configured,
            seconds: RateOverNodes::new(
                format!("{environment}:credential-second"),
                Rate::new(u32::MAX, SECOND),
                counters,
            ),
            told: Mutex::default(),
        }
    }

    /// Requests of a credential in any second; 0: no limit.
    pub fn per_second(&self, credential: &Credential) -> u64 {
        let own = credential.budget.requests_per_second;
        own.unwrap_or(self.configured.requests_per_second.into())
    }

    /// Requests of a credential on one day; 0: no limit.
    pub fn per_day(&self, credential: &Credential) -> u64 {
        let own = credential.budget.requests_per_day;
        own.unwrap_or(self.configured.requests_per_day)
    }

    /// Whether what is beyond is refused.
    pub fn are_enforced(&self) -> bool {
        self.configured.mode == Enforcement::Enforce
    }

    /// What waits to be told.
    pub fn take_warnings(&self) -> Vec<Warning> {
        std::mem::take(&mut self.told().waiting)
    }

    /// What could not be told waits again.
    pub fn put_back(&self, warnings: Vec<Warning>) {
        self.told().waiting.extend(warnings);
    }

    fn warn(&self, credential: &str, at: Millis, used: u64, most: u64) {
        let is_reached =
            |percent: &&u8| u128::from(used) * 100 >= u128::from(most) * u128::from(**percent);
        let Some(&percent) = PERCENTS.iter().find(is_reached) else {
            return;
        };
        let mut told = self.told();
        if told.day != day_of(at) {
            told.day = day_of(at);
            told.percents.clear();
        }
        let before = told.percents.get(credential).copied().unwrap_or(0);
        if percent <= before {
            return;
        }
        told.percents.insert(credential.to_owned(), percent);
        told.waiting.push(Warning {
            at,
            credential: credential.to_owned(),
            percent,
            most,
        });
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one request out of a credential's budgets and counts it. Nothing is taken of either when none is left of the other.
///
/// # Errors
/// The budget that is used up; never where it is only monitored.
pub async fn spend(context: &Context, credential: &Credential) -> Result<Option<Left>, UsedUp> {
    let budgets = &context.issuer.limits.budgets;
    let uses = &context.platform.credential_uses;
    let per_second = budgets.per_second(credential);
    let per_day = budgets.per_day(credential);
    let renewed_in = (DAY - context.now.rem_euclid(DAY))
        .unsigned_abs()
        .div_ceil(1000);
    let is_limited = per_day > 0 && budgets.are_enforced();
    if is_limited && uses.is_used_up(&credential.uuid, context.now, per_day) {
        beyond(context, credential, "requests_per_day", per_day, renewed_in)?;
    }
    if per_second > 0 {
        let most = u32::try_from(per_second).unwrap_or(u32::MAX);
        let seconds = &budgets.seconds;
        let taken = seconds
            .take_of(&credential.uuid, most, context.steady())
            .await;
        if let Err(full) = taken {
            beyond(
                context,
                credential,
                "requests_per_second",
                per_second,
                full.retry_after,
            )?;
        }
    }
    if per_day == 0 {
        uses.count(&credential.uuid, Used::Request, context.now);
        return Ok(None);
    }
    let most = if is_limited { per_day } else { u64::MAX };
    let Some(used) = spend_of_day(context, uses, credential, most).await else {
        beyond(context, credential, "requests_per_day", per_day, renewed_in)?;
        return Ok(None);
    };
    budgets.warn(&credential.uuid, context.now, used, per_day);
    if used > per_day {
        beyond(context, credential, "requests_per_day", per_day, renewed_in)?;
    }
    Ok(Some(Left {
        most: per_day,
        left: per_day.saturating_sub(used),
        renewed_in,
    }))
}

/// How many of the day are used with this one; None where there was none left.
async fn spend_of_day(
    context: &Context,
    uses: &CredentialUses,
    credential: &Credential,
    most: u64,
) -> Option<u64> {
    let spending = uses.spend(&credential.uuid, context.now, most);
    let spending = match spending {
        Spending::Unknown => {
            let day = day_of(context.now);
            let read = context
                .platform
                .store
                .credential_uses(&credential.uuid, day)
                .await;
            let known = read.unwrap_or_else(|error| {
                // Who may call was decided; how much was used before is not worth refusing everyone.
                tracing::warn!(%error, credential = credential.uuid, "what was used of a day could not be read, and counts from now");
                Vec::new()
            });
            let known = known.first().filter(|used| used.day == day);
            uses.learn(&credential.uuid, day, known.map_or(0, |used| used.requests));
            uses.spend(&credential.uuid, context.now, most)
        }
        known => known,
    };
    match spending {
        Spending::Counted(used) => Some(used),
        Spending::UsedUp => None,
        // Forgotten again in the same moment, which happens at midnight at most: the next one is counted.
        Spending::Unknown => Some(0),
    }
}

/// Tells, and refuses unless the budget is only monitored.
fn beyond(
    context: &Context,
    credential: &Credential,
    limit: &'static str,
    most: u64,
    retry_after: u64,
) -> Result<(), UsedUp> {
    let limits = &context.issuer.limits;
    let told = (limit, u32::try_from(most).unwrap_or(u32::MAX));
    limits
        .reached
        .note_of(context, told, &credential.uuid, Some(credential));
    if !limits.budgets.are_enforced() {
        let metrics = &context.platform.metrics;
        metrics.beyond_limit(context.issuer.realm(), limit);
        return Ok(());
    }
    Err(UsedUp {
        limit,
        most,
        credential: credential.uuid.clone(),
        retry_after,
    })
}

impl Warning {
    /// The day it is about.
    pub fn day(&self) -> i64 {
        day_of(self.at)
    }

    /// The event that tells it.
    pub fn audit(&self, environment: &EnvironmentName) -> AuditEvent {
        let details = serde_json::json!({
            "limit": "requests_per_day",
            "most": self.most,
            "percent": self.percent,
        });
        AuditEvent {
            at: self.at,
            actor: Actor::Credential(self.credential.clone()),
            environment: Some(environment.clone()),
            account_id: None,
            event: "budget.reached",
            subject: Some(self.credential.clone()),
            remote_address: None,
            request_id: None,
            details: details.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_day_is_told_once_and_a_jump_tells_the_highest() {
        let configured = Configured {
            requests_per_second: 0,
            requests_per_day: 10,
            mode: Enforcement::Monitor,
        };
        let budgets = Budgets::new("production", configured, Counters::Memory);
        let told = |used, at| {
            budgets.warn("a", at, used, 10);
            let taken = budgets.take_warnings();
            taken
                .iter()
                .map(|warning| warning.percent)
                .collect::<Vec<_>>()
        };
        assert!(told(5, 0).is_empty());
        assert_eq!(told(6, 0), [60]);
        assert!(told(7, 0).is_empty());
        assert_eq!(told(10, 0), [100]);
        assert!(told(8, 0).is_empty());
        assert!(told(12, 0).is_empty());
        assert_eq!(told(9, DAY), [80]);
    }
}
