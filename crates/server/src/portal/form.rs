//! A form that was sent: read within bounds, and refused unless it came from a page of ours.

use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};

use crate::context::Context;
use crate::people::csrf;
use crate::people::visit::Visit;

/// The largest form. A sealed authorization request is the largest part of one.
const LARGEST: usize = 64 * 1024;
/// How long a form may take to arrive.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The fields of a form.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form and checks where it came from.
    ///
    /// # Errors
    /// The answer: 413 for what is too large, 403 for what is not ours.
    pub async fn receive(context: Context, request: Request) -> Result<(Visit, Self), Response> {
        let (visit, form) = Self::from_anywhere(context, request).await?;
        if !csrf::is_ours(&visit.context, &visit.headers, form.get("csrf")) {
            visit.refused("FormNotOurs");
            return Err(refuse(&visit, StatusCode::FORBIDDEN));
        }
        Ok((visit, form))
    }

    /// Reads a form that another site may have sent: what it holds has to prove itself, and nothing comes of it at once.
    ///
    /// # Errors
    /// The answer: 413 for what is too large.
    pub async fn from_anywhere(
        context: Context,
        request: Request,
    ) -> Result<(Visit, Self), Response> {
        let (parts, body) = request.into_parts();
        let visit = Visit::begin(context, parts.headers, None)
            .map(Visit::of_form)
            .map_err(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())?;
        let body = match tokio::time::timeout(TIMEOUT, Limited::new(body, LARGEST).collect()).await
        {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(_)) => return Err(refuse(&visit, StatusCode::PAYLOAD_TOO_LARGE)),
            Err(_) => return Err(refuse(&visit, StatusCode::REQUEST_TIMEOUT)),
        };
        let form = Self(
            form_urlencoded::parse(&body)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        );
        Ok((visit, form))
    }

    /// Every value of a field, as it was sent.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let values = self.0.iter().filter(move |(known, _)| known == name);
        values.map(|(_, value)| value.as_str())
    }

    /// The one value of a field; nothing where it is missing or repeated.
    pub fn get(&self, name: &str) -> &str {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => value,
            _ => "",
        }
    }
}

fn refuse(visit: &Visit, status: StatusCode) -> Response {
    visit.error(status, "error-form-title", "error-form-advice")
}
