//! Guessing is slowed; nobody is locked out from elsewhere.
//!
//! | counted | window | at the limit |
//! |---|---|---|
//! | attempts on one name from one address | 10 failures in 10 minutes | refused, with the time to come back |
//! | attempts from one address | 100 failures in 10 minutes | refused, with the time to come back |
//! | attempts on one name from anywhere | from the 20th failure in 10 minutes | answered later, up to two seconds |
//!
//! A place is taken before the password is looked at and given back when it was right, so that many
//! requests at once count as many. Names that nobody has count like others.

use std::net::IpAddr;
use std::time::Duration;

use store::Millis;

use crate::limits::{Rate, TooMany};

const WINDOW: Millis = 10 * 60 * 1000;
const PER_NAME_AND_ADDRESS: u32 = 10;
const PER_ADDRESS: u32 = 100;
/// So many failures on one name are answered at once, wherever they come from.
const BEFORE_SLOWING: usize = 20;
const SLOWED_BY_EACH: Duration = Duration::from_millis(50);
const SLOWEST: Duration = Duration::from_secs(2);

/// The counters of one environment, in this process.
pub struct Throttle {
    by_name_and_address: Rate,
    by_address: Rate,
    by_name: Rate,
}

/// A place that was taken: give it back when the password was right.
pub struct Attempt<'t> {
    throttle: &'t Throttle,
    name: String,
    address: IpAddr,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            by_name_and_address: Rate::new(PER_NAME_AND_ADDRESS, WINDOW),
            by_address: Rate::new(PER_ADDRESS, WINDOW),
            // Never a limit: only counted, as far as the count makes a difference.
            by_name: Rate::new(100, WINDOW),
        }
    }
}

impl Throttle {
    /// Takes a place for an attempt on a canonical name from an address bucket.
    ///
    /// # Errors
    /// Too many failures from there.
    pub fn attempt(
        &self,
        name: &str,
        address: IpAddr,
        now: Millis,
    ) -> Result<Attempt<'_>, TooMany> {
        self.by_name_and_address.take((name, address), now)?;
        if let Err(limit) = self.by_address.take(address, now) {
            self.by_name_and_address.give_back((name, address));
            return Err(limit);
        }
        let _counted = self.by_name.take(name, now);
        Ok(Attempt {
            throttle: self,
            name: name.to_owned(),
            address,
        })
    }

    /// How long the answer about a name is held back.
    pub fn delay(&self, name: &str, now: Millis) -> Duration {
        let beyond = self.by_name.taken(name, now).saturating_sub(BEFORE_SLOWING);
        SLOWED_BY_EACH
            .saturating_mul(u32::try_from(beyond).unwrap_or(u32::MAX))
            .min(SLOWEST)
    }
}

impl Attempt<'_> {
    /// The password was right.
    pub fn succeeded(self) {
        self.throttle
            .by_name_and_address
            .give_back((self.name.as_str(), self.address));
        self.throttle.by_address.give_back(self.address);
        self.throttle.by_name.give_back(self.name.as_str());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s096_s097_one_address_is_refused_and_another_is_only_slowed() {
        let throttle = Throttle::default();
        let [attacker, victim]: [IpAddr; 2] =
            ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        for _ in 0..10 {
            throttle.attempt("anna", attacker, 0).unwrap();
        }
        assert!(throttle.attempt("anna", attacker, 1).is_err());
        assert_eq!(throttle.delay("anna", 1), Duration::ZERO);
        throttle.attempt("anna", victim, 1).unwrap().succeeded();
        for host in 0..90_u8 {
            let _ = throttle.attempt("anna", IpAddr::from([198, 51, 100, host]), 2);
        }
        assert_eq!(throttle.delay("anna", 2), SLOWEST);
        throttle.attempt("anna", victim, 3).unwrap();
        assert_eq!(throttle.delay("berta", 3), Duration::ZERO);
        assert!(throttle.attempt("anna", attacker, WINDOW + 1).is_ok());
    }
}
