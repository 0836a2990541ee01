//! A record as XML, to be sent to support. Well-formed, whatever bytes the request was made of.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use store::RequestRecord;

use super::file::{milliseconds, proven};
use super::render::{Exchange, Message};
use crate::clock::rfc3339;
use crate::pages::catalogue::Language;

/// The record as an `.xml` file.
pub fn xml(environment: &str, record: &RequestRecord) -> String {
    write(environment, record)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

type Written<T> = std::io::Result<T>;

fn write(environment: &str, record: &RequestRecord) -> Written<Vec<u8>> {
    let exchange = Exchange::of(record);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (at, status) = (rfc3339(record.at), record.status.to_string());
    let took = milliseconds(record.microseconds);
    let mut attributes = vec![
        ("id", record.id.as_str()),
        ("time", &at),
        ("environment", environment),
        ("credential", &record.credential_uuid),
        ("client-id", &exchange.client_id),
        ("proven", proven(record)),
        ("door", &record.door),
        ("address", &record.remote_address),
        ("milliseconds", &took),
    ];
    if let Some(reason) = &record.reason {
        attributes.push(("reason", reason));
    }
    start(&mut writer, "request-record", &attributes)?;
    if let Some(words) = record
        .reason
        .as_deref()
        .and_then(|reason| Language::English.reason(reason))
    {
        element(&mut writer, "reason", &[], &words)?;
    }
    let query = exchange.query.as_deref().map(|query| ("query", query));
    let mut attributes = vec![("method", record.method.as_str()), ("path", &record.path)];
    attributes.extend(query);
    start(&mut writer, "request", &attributes)?;
    message(&mut writer, &exchange.request, "request")?;
    start(&mut writer, "answer", &[("status", &status)])?;
    message(&mut writer, &exchange.answer, "answer")?;
    end(&mut writer, "request-record")?;
    Ok(writer.into_inner())
}

fn message(writer: &mut Writer<Vec<u8>>, message: &Message, name: &'static str) -> Written<()> {
    for (name, value) in &message.headers {
        element(writer, "header", &[("name", name)], value)?;
    }
    element(writer, "body", &[], &message.body)?;
    end(writer, name)
}

fn start(writer: &mut Writer<Vec<u8>>, name: &str, attributes: &[(&str, &str)]) -> Written<()> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, allowed(value).as_str()));
    }
    writer.write_event(Event::Start(element))
}

fn end(writer: &mut Writer<Vec<u8>>, name: &str) -> Written<()> {
    writer.write_event(Event::End(BytesEnd::new(name)))
}

fn element(
    writer: &mut Writer<Vec<u8>>,
    name: &str,
    attributes: &[(&str, &str)],
    text: &str,
) -> Written<()> {
    start(writer, name, attributes)?;
    writer.write_event(Event::Text(BytesText::new(&allowed(text))))?;
    end(writer, name)
}

/// Characters that XML 1.0 (§2.2) cannot hold in any spelling are replaced.
fn allowed(text: &str) -> String {
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars()
        .map(|c| if fits(c) { c } else { '\u{fffd}' })
        .collect()
}
