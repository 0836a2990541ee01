//! The neutral list against what is here: what is new, what came before, what cannot come. Nothing is written yet.

mod account;
mod permitted;
mod tokens;

use std::collections::HashSet;
use std::sync::Arc;

use oauth::parameters::LONGEST_CREDENTIAL;
use store::{ImportKnown, ImportedClient, LaterSecrets, MarkedSecret, Millis, NewImport};

use super::client::{ForeignClient, ForeignSecret, Obstacle};
use super::report::{NotComing, Report};
use super::token::ForeignTokens;
use crate::config::{Environment, Version};
use crate::random::{self, NoRandomness};
use crate::secrets::master_key::MasterKeys;
use crate::text::{LONGEST_DESCRIPTION, LONGEST_NAME, is_control};
use account::Accounts;
use permitted::LeftOuts;

/// Secrets of one client at most: each costs a check.
const MOST_SECRETS: usize = 10;

/// What a plan goes by.
pub struct Order {
    /// Where the clients come.
    pub environment: Arc<Environment>,
    /// The version of the API they are for.
    pub version: Option<Arc<Version>>,
    /// What hashes are made with.
    pub masters: Arc<MasterKeys>,
    /// The format's name.
    pub format: String,
    /// When tokens end here that never end there.
    pub tokens_until: Option<Millis>,
    /// Now.
    pub now: Millis,
}

/// A plan as it grows.
struct Plan<'o> {
    order: &'o Order,
    known: ImportKnown,
    accounts: Accounts,
    left_out: LeftOuts,
    import: NewImport,
    report: Report,
}

/// Works out what a run would bring.
///
/// # Errors
/// The operating system has no random numbers.
pub fn plan(
    order: &Order,
    clients: Vec<ForeignClient>,
    tokens: Vec<ForeignTokens>,
    known: ImportKnown,
) -> Result<(NewImport, Report), NoRandomness> {
    let mut plan = Plan {
        order,
        accounts: Accounts::new(&known),
        known,
        left_out: LeftOuts::default(),
        import: NewImport {
            format: order.format.clone(),
            accounts: Vec::new(),
            customers: Vec::new(),
            clients: Vec::new(),
            secrets: Vec::new(),
            tokens: Vec::new(),
            at: order.now,
        },
        report: Report {
            environment: order.environment.name.as_str().to_owned(),
            format: order.format.clone(),
            ..Report::default()
        },
    };
    let mut seen = HashSet::new();
    for client in clients {
        if let Some(obstacle) = unusable_id(&client.client_id) {
            plan.refuse(&client, obstacle);
        } else if !seen.insert(client.client_id.clone()) {
            plan.refuse(
                &client,
                Obstacle::new(
                    "Its client id stands more than once in the source; the first one comes.",
                    "Remove the one that is not in use.",
                ),
            );
        } else {
            plan.client(client)?;
        }
    }
    plan.tokens(tokens)?;
    Ok(plan.done())
}

/// Kept to the byte, but a client must be able to send it.
fn unusable_id(client_id: &str) -> Option<Obstacle> {
    let remedy = "Its programs could not use that id here; make a new credential for them.";
    if client_id.is_empty() || client_id.chars().any(char::is_control) {
        return Some(Obstacle::new(
            "Its client id is empty or holds control characters.",
            remedy,
        ));
    }
    let longest = LONGEST_CREDENTIAL;
    (client_id.len() > longest).then(|| {
        Obstacle::new(
            format!("Its client id is longer than {longest} bytes."),
            remedy,
        )
    })
}

impl Plan<'_> {
    fn refuse(&mut self, client: &ForeignClient, obstacle: Obstacle) {
        let row = NotComing::new("client", &client.client_id, &client.place, obstacle);
        self.report.not_coming.push(row);
    }

    fn client(&mut self, client: ForeignClient) -> Result<(), NoRandomness> {
        let here = self.known.credentials.get(&client.client_id).cloned();
        match (self.known.imported.get(&client.client_id), here) {
            (Some(came), Some(credential)) if *came == credential.uuid => {
                self.again(client, credential.uuid, credential.account_id)
            }
            (Some(_), _) => {
                self.refuse(
                    &client,
                    Obstacle::new(
                        "It came before, and was deleted here since.",
                        "Nothing, if that was meant. Otherwise make a new credential.",
                    ),
                );
                Ok(())
            }
            (None, Some(_)) => {
                self.refuse(
                    &client,
                    Obstacle::new(
                        "A credential with its client id was made here, not by an import.",
                        "Delete that one first, if this one is to take its place.",
                    ),
                );
                Ok(())
            }
            (None, None) => self.new_one(client),
        }
    }

    /// One that came before: only a secret that it got there since is new.
    fn again(
        &mut self,
        client: ForeignClient,
        uuid: String,
        account_id: String,
    ) -> Result<(), NoRandomness> {
        let marks = self
            .known
            .marks
            .get(&client.client_id)
            .cloned()
            .unwrap_or_default();
        let masters = &self.order.masters;
        let unreadable = marks.iter().any(|mark| {
            let key = mark.split(':').next().unwrap_or_default();
            masters.find(key).is_none()
        });
        let came = |secret: &ForeignSecret| {
            let environment = self.order.environment.name.as_str();
            let made = masters
                .iter()
                .map(|key| secret.hash.mark(key, environment, &client.client_id));
            made.into_iter().any(|mark| marks.contains(&mark))
        };
        let mut new = Vec::new();
        if !client.public {
            new.extend(
                client
                    .secrets
                    .iter()
                    .filter(|secret| !came(secret))
                    .cloned(),
            );
        }
        if new.is_empty() {
            self.report.clients_unchanged += 1;
            return Ok(());
        }
        if unreadable {
            self.report.clients_unchanged += 1;
            self.report.not_coming.push(NotComing::new("secret", &client.client_id, &client.place, Obstacle::new(
                "Whether its secret came before cannot be told, since the master key was replaced.",
                "If it got a new secret there, give it one here.",
            )));
            return Ok(());
        }
        let secrets = self.secrets(&client, &uuid, new)?;
        if secrets.is_empty() {
            self.report.clients_unchanged += 1;
            return Ok(());
        }
        self.report.clients_with_later_secrets += 1;
        self.import.secrets.push(LaterSecrets {
            uuid,
            client_id: client.client_id,
            account_id,
            secrets,
        });
        Ok(())
    }

    fn new_one(&mut self, client: ForeignClient) -> Result<(), NoRandomness> {
        let order = self.order;
        let permitted = match permitted::permitted(order, &client, &mut self.left_out) {
            Ok(permitted) => permitted,
            Err(obstacle) => {
                self.refuse(&client, obstacle);
                return Ok(());
            }
        };
        let uuid = random::uuid(order.now)?;
        let secrets = match client.public {
            true => Vec::new(),
            false => self.secrets(&client, &uuid, client.secrets.clone())?,
        };
        if !client.public && secrets.is_empty() {
            self.refuse(
                &client,
                Obstacle::new(
                    "None of its secrets can come.",
                    "Give it a new secret there, or make a credential for it here.",
                ),
            );
            return Ok(());
        }
        let name = tidy(&client.name, LONGEST_NAME).unwrap_or_else(|| client.client_id.clone());
        let account_id = self.accounts.of(&client, &name, order.now)?;
        self.report.clients_new += 1;
        self.import.clients.push(ImportedClient {
            uuid,
            account_id,
            description: tidy(&client.description, LONGEST_DESCRIPTION)
                .unwrap_or_else(|| format!("Imported ({}).", order.format)),
            version: order.version.as_ref().map(|version| version.name.clone()),
            scopes: permitted.scopes,
            grant_types: permitted
                .grants
                .iter()
                .map(|grant| grant.as_str().to_owned())
                .collect(),
            redirect_uris: permitted.redirect_uris,
            public: client.public,
            pkce_exempt: permitted.pkce_exempt,
            disabled: client.disabled,
            client_id: client.client_id,
            name,
            secrets,
        });
        Ok(())
    }

    /// In the form in which they are kept. They are judged here again: whoever sent the list may not have been our reader.
    fn secrets(
        &mut self,
        client: &ForeignClient,
        uuid: &str,
        secrets: Vec<ForeignSecret>,
    ) -> Result<Vec<MarkedSecret>, NoRandomness> {
        let order = self.order;
        let key = order.masters.current();
        let mut kept: Vec<MarkedSecret> = Vec::new();
        for secret in secrets {
            let mut refuse = |obstacle| {
                self.report.not_coming.push(NotComing::new(
                    "secret",
                    &client.client_id,
                    &client.place,
                    obstacle,
                ));
            };
            if secret.expires_at.is_some_and(|end| end <= order.now) {
                refuse(Obstacle::new(
                    "One of its secrets has ended.",
                    "Nothing: it is refused there as well.",
                ));
                continue;
            }
            if let Err(unfit) = secret.hash.work.judge(&secret.hash.digest.0) {
                refuse(Obstacle::new(
                    format!("The hash of one of its secrets {unfit}."),
                    "Give it a new secret.",
                ));
                continue;
            }
            if kept.len() == MOST_SECRETS {
                refuse(Obstacle::new(
                    format!(
                        "It has more than {MOST_SECRETS} secrets; the first {MOST_SECRETS} come."
                    ),
                    "End those there that are not in use.",
                ));
                break;
            }
            let mark = secret
                .hash
                .mark(key, order.environment.name.as_str(), &client.client_id);
            if kept.iter().all(|one| one.mark != mark) {
                let secret = secret.hash.keep(key, uuid, secret.expires_at, order.now)?;
                kept.push(MarkedSecret { secret, mark });
            }
        }
        self.report.secrets_new += kept.len() as u64;
        Ok(kept)
    }

    fn done(mut self) -> (NewImport, Report) {
        let (accounts, customers) = self.accounts.made();
        self.report.accounts_new = accounts.len() as u64;
        self.report.left_out = self.left_out.rows();
        self.import.accounts = accounts;
        self.import.customers = customers;
        (self.import, self.report)
    }
}

/// A text that people wrote elsewhere, as one of ours: on one line, trimmed and bounded. None where nothing is left.
pub(super) fn tidy(text: &str, longest: usize) -> Option<String> {
    let line: String = text
        .chars()
        .map(|c| if is_control(c) { ' ' } else { c })
        .collect();
    let cut: String = line.trim().chars().take(longest).collect();
    let cut = cut.trim();
    (!cut.is_empty()).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests;
