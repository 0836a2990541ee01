//! `client_credentials` (RFC 6749 §4.4): a client acts for itself. Never gives a refresh token (§4.4.3).

use std::sync::Arc;

use oauth::scope::Scope;

use super::GrantRefusal;
use crate::clients::KnownClient;
use crate::tokens::Authorization;
use crate::tokens::authorization::Subject;

/// Decides. Without `scope` the client gets all it has (RFC 6749 §3.3); with one, exactly that or nothing.
pub fn authorize(
    client: Arc<KnownClient>,
    scope: Option<Scope>,
    lifetime: u64,
) -> Result<Authorization, GrantRefusal> {
    if client.client.credential.public {
        return Err(GrantRefusal::PublicClient);
    }
    let scope = match scope {
        None => client.scope.clone(),
        Some(scope) if scope.is_subset_of(&client.scope) => scope,
        Some(_) => return Err(GrantRefusal::ScopeNotAllowed),
    };
    Ok(Authorization {
        client,
        subject: Subject::Client,
        scope,
        lifetime,
    })
}
