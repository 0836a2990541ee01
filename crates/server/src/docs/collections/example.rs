//! The documented answers of an operation, saved beside its request.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::mock::documented::{self, Choice, shown};
use super::super::mock::place::Place;

/// One for each example of each status.
pub fn all(document: &Value, operation: &Place<'_>, request: &Value) -> Vec<Value> {
    let choices = documented::all(operation).into_iter();
    choices
        .flat_map(|choice| {
            let names = documented::names(&choice.response);
            if names.is_empty() {
                return vec![saved(document, &choice, request)];
            }
            let named = names.into_iter().map(|name| Choice {
                example: Some(name),
                ..choice.clone()
            });
            named
                .map(|choice| saved(document, &choice, request))
                .collect()
        })
        .collect()
}

fn saved(document: &Value, choice: &Choice<'_>, request: &Value) -> Value {
    let shown = shown(document, choice).into_iter().next();
    let kind = shown.as_ref().map(|shown| shown.kind.to_string());
    let is_json = shown.as_ref().is_some_and(|shown| shown.kind.is_json());
    let body = shown.map(|shown| match &shown.value {
        value if is_json => format!("{value:#}"),
        _ => String::from_utf8_lossy(&shown.written()).into_owned(),
    });
    let status = StatusCode::from_u16(choice.status).ok();
    let reason = status
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let name = choice.example.as_deref().unwrap_or(reason);
    let header: Vec<Value> = kind
        .iter()
        .map(|kind| json!({ "key": "Content-Type", "value": kind }))
        .collect();
    json!({
        "name": format!("{} {name}", choice.status),
        "originalRequest": request,
        "status": reason,
        "code": choice.status,
        "_postman_previewlanguage": if is_json { "json" } else { "text" },
        "header": header,
        "cookie": [],
        "body": body,
    })
}
