//! In place of passkeys in a build without them: none is offered, and none lets anyone in.

use store::Session;

use crate::config::Environment;
use crate::context::Context;

/// What became of an answer to a challenge.
pub enum Added {
    /// Never here.
    #[expect(dead_code, reason = "the portal knows both answers")]
    Yes(Vec<String>),
    /// Always.
    No,
}

/// Never.
pub fn available(_: &Environment) -> bool {
    false
}

/// None.
///
/// # Errors
/// Never.
#[allow(clippy::unused_async)]
pub async fn begin_registration(_: &Context, _: &Session) -> anyhow::Result<Option<String>> {
    Ok(None)
}

/// Refused.
///
/// # Errors
/// Never.
#[allow(clippy::unused_async)]
pub async fn finish_registration(
    _: &Context,
    _: &Session,
    _: &str,
    _: &str,
) -> anyhow::Result<Added> {
    Ok(Added::No)
}

/// None.
///
/// # Errors
/// Never.
#[allow(clippy::unused_async)]
pub async fn begin_authentication(_: &Context, _: &Session) -> anyhow::Result<Option<String>> {
    Ok(None)
}

/// Refused.
///
/// # Errors
/// Never.
#[allow(clippy::unused_async)]
pub async fn finish_authentication(_: &Context, _: &Session, _: &str) -> anyhow::Result<bool> {
    Ok(false)
}
