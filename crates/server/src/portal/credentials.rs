//! `/portal/credentials`: Account settings → Access rights → Integration credentials.

pub mod delete;
pub mod list;
mod made;
pub mod new;
pub mod rotate;
mod row;
pub mod show;
pub mod switch;

use axum::http::StatusCode;
use axum::response::Response;

use super::access::Manager;
use super::form::Form;
use crate::credentials::CredentialRefusal;
use crate::pages::Problem;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;
/// Days after which a secret may end by itself; 0 is never.
const LIFETIMES: [u64; 4] = [0, 90, 180, 365];

/// The lifetime that a form asks for, in seconds: one of those that are offered.
fn lifetime_of(form: &Form) -> Option<u64> {
    let days: u64 = form.get("ends").parse().ok()?;
    let offered = LIFETIMES.into_iter().find(|offered| *offered == days)?;
    (offered > 0).then_some(offered * DAY)
}

/// A refusal that is no field's: the answer, where it is ours, else the sentence for the top of the page.
fn whole(
    manager: &Manager,
    refusal: CredentialRefusal,
) -> Result<(StatusCode, Problem), Box<Response>> {
    match refusal {
        CredentialRefusal::Asked { key, .. } => Ok((StatusCode::BAD_REQUEST, Problem::of(key))),
        CredentialRefusal::Conflict { key, .. } => Ok((StatusCode::CONFLICT, Problem::of(key))),
        CredentialRefusal::Busy => Ok((
            StatusCode::SERVICE_UNAVAILABLE,
            Problem::of("credential-busy"),
        )),
        CredentialRefusal::Store(store::StoreError::Refused(refused)) => {
            tracing::info!(%refused, "a credential was not changed");
            Ok((StatusCode::CONFLICT, Problem::of("credential-conflict")))
        }
        error => Err(Box::new(manager.visit.unavailable(&error))),
    }
}
