//! Limits: how often an address may ask for tokens, how many requests an account may have running.
//!
//! Counted where [`Counters`] says: in this process, or over all nodes. A limit of 0 is no limit.

pub mod budgets;
pub mod concurrency;
pub mod counters;
pub mod own_proxy;
pub mod rate;
pub mod rate_over_nodes;
pub mod reached;

pub use budgets::Budgets;
pub use concurrency::{Concurrency, Place};
pub use counters::Counters;
pub use rate::{Rate, TooMany};
pub use rate_over_nodes::RateOverNodes;
pub use reached::Reached;

/// The limits of one environment.
pub struct Limits {
    /// Token requests per minute and address.
    pub token_requests: RateOverNodes,
    /// Token requests per minute and credential.
    pub token_requests_of_credential: RateOverNodes,
    /// Addresses that pass requests of others on and are not listed as proxies.
    pub own_proxy: own_proxy::OwnProxy,
    /// Failed client authentications per minute, by address and client id: slows guessing from one place without locking the client out of another. Each node counts for itself.
    pub failed_authentications: Rate,
    /// Requests at a time per account, through the gateway.
    pub concurrent_requests: Concurrency,
    /// Requests of one credential in a second and on a day, through the gateway.
    pub budgets: Budgets,
    /// Who reached one of the two that customers know.
    pub reached: Reached,
}

/// Failed authentications that one address may make for one client id within a minute.
pub const FAILURES_PER_MINUTE: u32 = 60;

impl Limits {
    /// From the configuration.
    pub fn new(environment: &crate::config::Environment, counters: &Counters) -> Self {
        let name = environment.name.as_str();
        Self {
            token_requests: RateOverNodes::new(
                format!("{name}:address"),
                Rate::per_minute(environment.token_requests_per_minute),
                counters.clone(),
            ),
            token_requests_of_credential: RateOverNodes::new(
                format!("{name}:credential"),
                Rate::per_minute(environment.token_requests_per_minute_per_credential),
                counters.clone(),
            ),
            own_proxy: own_proxy::OwnProxy::default(),
            failed_authentications: Rate::per_minute(FAILURES_PER_MINUTE),
            concurrent_requests: Concurrency::new(
                name,
                environment.concurrent_requests,
                counters.clone(),
            ),
            budgets: Budgets::new(name, environment.budgets, counters.clone()),
            reached: Reached::default(),
        }
    }
}
