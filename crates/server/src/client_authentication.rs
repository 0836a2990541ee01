//! Who is asking? Proves the client of a request (RFC 6749 §2.3), or refuses it without telling why.
//!
//! A success may be decided from memory, a refusal only on what the database holds now: see
//! [`crate::clients`]. A client that does not exist costs the same work as a wrong secret.

pub mod client_secret;
pub mod refusal;

use std::sync::Arc;

use oauth::presented_credentials::{PresentedCredentials, PresentedMethod};

use crate::clients::KnownClient;
use crate::context::Context;
use crate::elsewhere;
pub use refusal::ClientRefusal;

/// Proves the client, confidential or public.
pub async fn authenticate(
    context: &Context,
    presented: &PresentedCredentials<'_>,
) -> Result<Arc<KnownClient>, ClientRefusal> {
    match presented.method {
        PresentedMethod::ClientSecretBasic | PresentedMethod::ClientSecretPost => {
            client_secret::authenticate(context, presented).await
        }
        PresentedMethod::None => public(context, presented).await,
    }
}

/// A client that has no secret says only who it is (RFC 6749 §2.1); a confidential one must not get away with that.
async fn public(
    context: &Context,
    presented: &PresentedCredentials<'_>,
) -> Result<Arc<KnownClient>, ClientRefusal> {
    let Some(client_id) = presented.client_id() else {
        return Err(ClientRefusal::NothingPresented);
    };
    let store = context.platform.store.in_environment(context.issuer.name());
    match context.issuer.clients.fresh(store, client_id).await? {
        Some(client) if client.client.credential.public && client.is_enabled() => Ok(client),
        Some(_) => Err(ClientRefusal::SecretMissing),
        None => {
            elsewhere::client(context, client_id);
            Err(ClientRefusal::UnknownClient)
        }
    }
}
