//! `GET /portal/requests/{id}`: one request with its answer; with `.txt` or `.xml` behind it, the same as a file.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::export::{self, Format};
use super::row;
use crate::context::Context;
use crate::pages::{ShownHalf, ShownRequest};
use crate::portal::access::Manager;
use crate::request_records::{Exchange, Message, target};

/// `GET /portal/requests/{id}`
pub async fn show(context: Context, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let (id, format) = Format::of(&name);
    // A sign-in leads to the page, where the file can be chosen.
    let path = format!("/portal/requests/{id}");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let (record, client) = match super::request(&manager, id).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    if let Some(format) = format {
        return export::file(&manager, &record, &client, format).await;
    }
    let exchange = Exchange::of(&record);
    let first = format!("{} {}", record.method, target(&record, &exchange));
    let status = record.status.to_string();
    let page = ShownRequest {
        shell: manager.shell("credentials"),
        uuid: client.credential.uuid,
        name: client.credential.name,
        client_id: exchange.client_id,
        row: row::of(&manager.visit, record),
        request: half(first, exchange.request),
        answer: half(status, exchange.answer),
    };
    manager.visit.show(StatusCode::OK, &page)
}

fn half(first: String, message: Message) -> ShownHalf {
    ShownHalf {
        first,
        headers: message.headers,
        body: message.body,
    }
}
