//! Whose a client is. Two clients share an account only where the operator named the field that says so: whoever manages an
//! account sees all of its credentials.

use std::collections::{BTreeSet, HashMap};

use store::{ImportKnown, Millis};

use super::tidy;
use crate::import::client::ForeignClient;
use crate::random::{self, NoRandomness};
use crate::text::LONGEST_NAME;

/// Accounts that are here, and those that a run makes.
pub struct Accounts {
    ids: HashMap<String, String>,
    new: Vec<(String, String)>,
    customers: BTreeSet<String>,
}

impl Accounts {
    /// With those that are here.
    pub fn new(known: &ImportKnown) -> Self {
        Self {
            ids: known.accounts.clone(),
            new: Vec::new(),
            customers: BTreeSet::new(),
        }
    }

    /// The id of a client's account.
    ///
    /// # Errors
    /// The operating system has no random numbers.
    pub fn of(
        &mut self,
        client: &ForeignClient,
        name: &str,
        now: Millis,
    ) -> Result<String, NoRandomness> {
        let named = client
            .account
            .as_deref()
            .and_then(|account| tidy(account, LONGEST_NAME));
        let account = named.unwrap_or_else(|| self.own(client, name));
        let id = match self.ids.get(&account) {
            Some(id) => id.clone(),
            None => {
                let id = random::uuid(now)?;
                self.ids.insert(account.clone(), id.clone());
                self.new.push((id.clone(), account));
                id
            }
        };
        self.customers.insert(id.clone());
        Ok(id)
    }

    /// An account of its own: under its name, or where that is taken, with its client id.
    fn own(&self, client: &ForeignClient, name: &str) -> String {
        if !self.ids.contains_key(name) {
            return name.to_owned();
        }
        let short: String = name.chars().take(100).collect();
        let with_id = format!("{short} ({})", client.client_id);
        tidy(&with_id, LONGEST_NAME).unwrap_or(with_id)
    }

    /// Those that are to be made, and all that got a client.
    pub fn made(&mut self) -> (Vec<(String, String)>, Vec<String>) {
        let customers = std::mem::take(&mut self.customers);
        (
            std::mem::take(&mut self.new),
            customers.into_iter().collect(),
        )
    }
}
