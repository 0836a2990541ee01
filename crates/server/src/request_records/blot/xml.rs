//! XML, element by element: names, attributes and texts, without comments, instructions and document types.

use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::{Blotter, blotted, names};

/// The document as it may be shown; None when it cannot be read to its end.
pub fn show(text: &str, blotter: &Blotter) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::new());
    // Depth below the outermost element that speaks of a secret.
    let mut secret: usize = 0;
    let mut depth: usize = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                depth += 1;
                if secret > 0 || speaks(&element) {
                    secret += 1;
                }
                let shown = start(&element, secret > 0, blotter)?;
                writer.write_event(Event::Start(shown)).ok()?;
            }
            Event::Empty(element) => {
                let hidden = secret > 0 || speaks(&element);
                let shown = start(&element, hidden, blotter)?;
                writer.write_event(Event::Empty(shown)).ok()?;
            }
            Event::End(end) => {
                depth = depth.checked_sub(1)?;
                secret = secret.saturating_sub(1);
                writer.write_event(Event::End(end)).ok()?;
            }
            Event::Text(text) => {
                let content = quick_xml::escape::unescape(&text).ok()?.into_owned();
                write_text(&mut writer, &content, secret > 0, blotter)?;
            }
            Event::CData(data) => write_text(&mut writer, &data, secret > 0, blotter)?,
            Event::GeneralRef(_) if secret > 0 => {}
            Event::GeneralRef(reference) => {
                writer.write_event(Event::GeneralRef(reference)).ok()?;
            }
            Event::Decl(_) => {}
            // What stands there is for programs; none of it is shown.
            Event::Comment(_) | Event::PI(_) => {}
            Event::DocType(_) => return None,
            Event::Eof => break,
        }
    }
    (depth == 0).then(|| String::from_utf8(writer.into_inner()).ok())?
}

fn speaks(element: &BytesStart<'_>) -> bool {
    names::speaks_of_secrets(element.local_name().as_ref())
}

fn start(element: &BytesStart<'_>, hidden: bool, blotter: &Blotter) -> Option<BytesStart<'static>> {
    let name = element.name().as_ref().to_owned();
    let mut shown = BytesStart::new(name);
    for attribute in element.attributes() {
        let attribute = attribute.ok()?;
        let key: String = attribute.key.as_ref().to_owned();
        let value = quick_xml::escape::unescape(&attribute.value)
            .ok()?
            .into_owned();
        let value = match hidden || names::speaks_of_secrets(&key) {
            true => blotted(&value),
            false => blotter.scrub(&value),
        };
        shown.push_attribute((key.as_str(), value.as_str()));
    }
    Some(shown)
}

fn write_text(
    writer: &mut Writer<Vec<u8>>,
    content: &str,
    hidden: bool,
    blotter: &Blotter,
) -> Option<()> {
    let shown = match hidden && !content.trim().is_empty() {
        true => blotted(content),
        false => blotter.scrub(content),
    };
    writer.write_event(Event::Text(BytesText::new(&shown))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_attributes_that_speak_of_secrets_are_blotted_out() {
        let text = "<?xml version=\"1.0\"?><!-- hidden --><s:Envelope><wsse:Username>anna</wsse:Username>\
                    <wsse:Password Type=\"x\"><b>hun&amp;ter</b></wsse:Password><a key=\"1\" b=\"2\"/><![CDATA[1 < 2]]></s:Envelope>";
        assert_eq!(
            show(text, &Blotter::default()).as_deref(),
            Some(
                "<s:Envelope><wsse:Username>anna</wsse:Username>\
                 <wsse:Password Type=\"[blotted out, 1 characters]\"><b>[blotted out, 3 characters][blotted out, 3 characters]</b></wsse:Password>\
                 <a key=\"[blotted out, 1 characters]\" b=\"2\"/>1 &lt; 2</s:Envelope>"
            )
        );
        for broken in [
            "<a>",
            "<a></b>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>",
            "<a",
        ] {
            assert_eq!(show(broken, &Blotter::default()), None, "{broken}");
        }
    }
}
