//! stub
/// stub
pub async fn endpoint(_: crate::context::Context, _: axum::extract::Request) -> axum::http::StatusCode { axum::http::StatusCode::NOT_FOUND }
