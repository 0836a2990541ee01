//! How often tokens may be asked for: from one address, before anything is read, and with one credential, when it is proven.
//!
//! A limit that is only monitored refuses nothing: it is counted and told.

use axum::http::HeaderMap;

use super::refusal::TokenRefusal;
use crate::clients::KnownClient;
use crate::config::budgets::Enforcement;
use crate::context::Context;
use crate::limits::TooMany;
use crate::limits::rate::bucket;

const OF_ADDRESS: &str = "token_requests_per_minute";
const OF_CREDENTIAL: &str = "token_requests_per_minute_per_credential";

/// One more from this address.
///
/// # Errors
/// There were as many in the last minute as may be.
pub async fn of_address(context: &Context, headers: &HeaderMap) -> Result<(), TokenRefusal> {
    let limits = &context.issuer.limits;
    let address = bucket(context.remote_address);
    let trusted = &context.platform.config.server.trusted_proxies;
    if limits
        .own_proxy
        .passes_on(address, headers, trusted, context.steady())
    {
        let metrics = &context.platform.metrics;
        metrics.of_unlisted_proxy(context.issuer.realm());
    }
    let taken = limits.token_requests.take(&address, context.steady()).await;
    let Err(reached) = taken else { return Ok(()) };
    note(context, OF_ADDRESS, &reached, &address.to_string(), None);
    refuse(context, OF_ADDRESS, reached, TokenRefusal::TooMany)
}

/// One more with this credential.
///
/// # Errors
/// There were as many in the last minute as may be.
pub async fn of_credential(context: &Context, client: &KnownClient) -> Result<(), TokenRefusal> {
    let limits = &context.issuer.limits;
    let uuid = &client.shared_uuid;
    let taken = limits
        .token_requests_of_credential
        .take(uuid, context.steady())
        .await;
    let Err(reached) = taken else { return Ok(()) };
    note(context, OF_CREDENTIAL, &reached, uuid, Some(client));
    refuse(
        context,
        OF_CREDENTIAL,
        reached,
        TokenRefusal::TooManyOfCredential,
    )
}

fn refuse(
    context: &Context,
    limit: &'static str,
    reached: TooMany,
    refusal: impl FnOnce(TooMany) -> TokenRefusal,
) -> Result<(), TokenRefusal> {
    if context.issuer.environment.token_requests_mode == Enforcement::Enforce {
        return Err(refusal(reached));
    }
    let metrics = &context.platform.metrics;
    metrics.beyond_limit(context.issuer.realm(), limit);
    Ok(())
}

/// The company hears of it, from the background.
fn note(
    context: &Context,
    limit: &'static str,
    reached: &TooMany,
    who: &str,
    client: Option<&KnownClient>,
) {
    let credential = client.map(|client| &client.client.credential);
    let limits = &context.issuer.limits;
    limits
        .reached
        .note_of(context, (limit, reached.limit), who, credential);
}
