//! What a client may do here: of its scopes, grants and redirect URIs those that there are. What it comes without is counted.

use std::collections::BTreeMap;

use oauth::grant_type::GrantType;
use oauth::redirect_uri::may_be_registered;

use super::Order;
use crate::credentials::allow;
use crate::import::client::{ForeignClient, Obstacle};
use crate::import::report::LeftOut;

/// Redirect URIs of one credential at most, as for one that is made here.
const MOST_REDIRECT_URIS: usize = 50;

/// What a client comes with.
pub struct Permitted {
    /// In the version's order.
    pub scopes: Vec<String>,
    /// One at least.
    pub grants: Vec<GrantType>,
    /// Only with the authorization code grant.
    pub redirect_uris: Vec<String>,
    /// Its programs may not know PKCE, and the old server did not ask for it.
    pub pkce_exempt: bool,
}

/// What clients come without: how many, and one of them.
#[derive(Default)]
pub struct LeftOuts(BTreeMap<(&'static str, String, &'static str), (u64, String)>);

impl LeftOuts {
    fn add(
        &mut self,
        what: &'static str,
        value: &str,
        reason: &'static str,
        client: &ForeignClient,
    ) {
        self.count(what, value, reason, &client.client_id);
    }

    /// A scope of tokens that their client has not.
    pub fn scope_of_token(&mut self, scope: &str, client_id: &str) {
        let reason = "Their client does not have it here.";
        self.count("token's scope", scope, reason, client_id);
    }

    fn count(&mut self, what: &'static str, value: &str, reason: &'static str, client_id: &str) {
        let key = (what, value.to_owned(), reason);
        let counted = self.0.entry(key);
        counted.or_insert_with(|| (0, client_id.to_owned())).0 += 1;
    }

    /// For the report.
    pub fn rows(self) -> Vec<LeftOut> {
        let row =
            |((what, value, reason), (clients, example)): ((&str, String, &str), (u64, String))| {
                LeftOut {
                    what: what.to_owned(),
                    value,
                    reason: reason.to_owned(),
                    clients,
                    example,
                }
            };
        self.0.into_iter().map(row).collect()
    }
}

/// Works it out.
///
/// # Errors
/// None of its grants is here.
pub fn permitted(
    order: &Order,
    client: &ForeignClient,
    left_out: &mut LeftOuts,
) -> Result<Permitted, Obstacle> {
    let redirect_uris = redirect_uris(client, left_out);
    let grants = grants(order, client, !redirect_uris.is_empty(), left_out)?;
    let by_code = grants.contains(&GrantType::AuthorizationCode);
    Ok(Permitted {
        scopes: scopes(order, client, left_out),
        pkce_exempt: by_code && !client.public && !client.pkce_required,
        redirect_uris: if by_code { redirect_uris } else { Vec::new() },
        grants,
    })
}

fn scopes(order: &Order, client: &ForeignClient, left_out: &mut LeftOuts) -> Vec<String> {
    let possible = order
        .version
        .as_deref()
        .map(allow::possible)
        .unwrap_or_default();
    for scope in client
        .scopes
        .iter()
        .filter(|scope| !possible.contains(scope))
    {
        left_out.add(
            "scope",
            scope,
            "The configuration has no such scope.",
            client,
        );
    }
    let mut scopes = possible;
    scopes.retain(|scope| client.scopes.contains(scope));
    scopes
}

fn redirect_uris(client: &ForeignClient, left_out: &mut LeftOuts) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for uri in &client.redirect_uris {
        if kept.contains(uri) {
            continue;
        }
        if may_be_registered(uri).is_err() {
            left_out.add(
                "redirect URI",
                uri,
                "Codes cannot be sent there safely.",
                client,
            );
        } else if kept.len() == MOST_REDIRECT_URIS {
            left_out.add("redirect URI", uri, "A credential has at most 50.", client);
        } else {
            kept.push(uri.clone());
        }
    }
    kept
}

fn grants(
    order: &Order,
    client: &ForeignClient,
    redirects: bool,
    left_out: &mut LeftOuts,
) -> Result<Vec<GrantType>, Obstacle> {
    let mut grants = Vec::new();
    let usual = [order.environment.default_grant.as_str().to_owned()];
    let named = match client.grant_types.is_empty() {
        true => &usual[..],
        false => &client.grant_types[..],
    };
    for name in named {
        let reason = match name.parse::<GrantType>() {
            Err(_) => Some("Grantor has no such grant."),
            Ok(GrantType::ClientCredentials) if client.public => {
                Some("A public client cannot prove who it is (RFC 6749 section 4.4).")
            }
            Ok(GrantType::AuthorizationCode) if !redirects => {
                Some("It has no redirect URI that codes can be sent to.")
            }
            Ok(grant) => {
                if !grants.contains(&grant) {
                    grants.push(grant);
                }
                None
            }
        };
        if let Some(reason) = reason {
            left_out.add("grant type", name, reason, client);
        }
    }
    // What another grant leaves behind is none by itself.
    if !grants
        .iter()
        .any(|grant| matches!(grant, GrantType::AuthorizationCode | GrantType::Password))
    {
        grants.retain(|grant| *grant != GrantType::RefreshToken);
    }
    if grants.is_empty() {
        return Err(Obstacle::new(
            "None of its grants can be used here.",
            "Look under what is left out; name grants by `--grant-type` where the format keeps none.",
        ));
    }
    Ok(grants)
}
