//! What would become of a request here, without an upstream that it goes to: the mock of an API asks, for whoever sends it a
//! token.
//!
//! The decision, the limits and the refusals are the gateway's own, so that nothing can be done at a mock that could not be
//! done here, and what is done there counts as if it had been done here.

use axum::http::HeaderMap;
use axum::response::Response;
use oauth::access::Head;

use super::decision::decide;
use super::refusal::GatewayRefusal;
use super::{answer, count, count_refusal, proxy, spend, take_place};
use crate::context::Context;
use crate::limits::Place;
use crate::limits::budgets::Left;
use crate::uses::Used;

/// A request that would pass. Keep it until the answer is made: it has a place among its account's running requests.
pub struct Rehearsal {
    _place: Option<Place>,
    left: Option<Left>,
}

impl Rehearsal {
    /// Says on the answer what is left of the credential's day, as the gateway does.
    pub fn say(&self, headers: &mut HeaderMap) {
        if let Some(left) = self.left {
            answer::too_many::say_left(headers, left);
        }
    }
}

/// Judges a request, and takes it out of its credential's limits.
///
/// # Errors
/// What the gateway would answer.
pub async fn rehearse(
    context: &Context,
    head: Head<'_>,
    headers: &HeaderMap,
) -> Result<Rehearsal, Box<Response>> {
    judge(context, head, headers).await.map_err(|refusal| {
        count_refusal(context, &refusal);
        Box::new(answer::refuse(context, &refusal))
    })
}

async fn judge(
    context: &Context,
    head: Head<'_>,
    headers: &HeaderMap,
) -> Result<Rehearsal, GatewayRefusal> {
    let decision = decide(context, head, headers).await?;
    if proxy::has_unknown_coding(headers) {
        return Err(GatewayRefusal::TransferCodingUnknown);
    }
    let place = take_place(context, &decision)
        .await
        .inspect_err(|_| count(context, &decision, Used::Refusal))?;
    let left = spend(context, &decision).await?;
    Ok(Rehearsal {
        _place: place,
        left,
    })
}
