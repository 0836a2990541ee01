//! Limits: how often an address may ask for tokens, how many requests an account may have running.
//!
//! Counted in this process. A limit of 0 is no limit.

pub mod budgets;
pub mod concurrency;
pub mod rate;
pub mod reached;

pub use budgets::Budgets;
pub use concurrency::{Concurrency, Place};
pub use rate::{Rate, TooMany};
pub use reached::{Hit, Reached};

/// The limits of one environment.
pub struct Limits {
    /// Token requests per minute and address.
    pub token_requests: Rate,
    /// Failed client authentications per minute, by address and client id: slows guessing from one place without locking the client out of another.
    pub failed_authentications: Rate,
    /// Requests at a time per account, through the gateway.
    pub concurrent_requests: Concurrency,
    /// Requests of one credential in a second and on a day, through the gateway.
    pub budgets: Budgets,
    /// Who reached one of the two that customers know.
    pub reached: Reached,
}

/// Failed authentications that one address may make for one client id within a minute.
const FAILURES_PER_MINUTE: u32 = 60;

impl Limits {
    /// From the configuration.
    pub fn new(environment: &crate::config::Environment) -> Self {
        Self {
            token_requests: Rate::per_minute(environment.token_requests_per_minute),
            failed_authentications: Rate::per_minute(FAILURES_PER_MINUTE),
            concurrent_requests: Concurrency::new(environment.concurrent_requests),
            budgets: Budgets::new(environment.budgets),
            reached: Reached::default(),
        }
    }
}
