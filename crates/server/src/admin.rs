//! stub
use std::sync::Arc;
/// stub
pub fn router(_: Arc<crate::platform::Platform>) -> axum::Router { axum::Router::new() }
