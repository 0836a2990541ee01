//! A request as pages show it.

use store::{RecordKind, RequestRecord};

use crate::pages::RequestRow;
use crate::people::visit::Visit;
use crate::request_records::milliseconds;

/// In the language of the visit.
pub fn of(visit: &Visit, record: RequestRecord) -> RequestRow {
    let reason = record.reason.unwrap_or_default();
    RequestRow {
        id: record.id,
        at: record.at,
        door: record.door,
        method: record.method,
        path: record.path,
        status: record.status,
        failed: record.status >= 400,
        unproven: record.kind == RecordKind::Unproven,
        why: visit.reason(&reason),
        reason,
        milliseconds: milliseconds(record.microseconds),
        remote_address: record.remote_address,
    }
}
