//! stub
/// stub
pub async fn ensure_first_key(_: &crate::platform::Platform, _: &crate::platform::Issuer, _: store::Millis) -> anyhow::Result<()> { Ok(()) }
