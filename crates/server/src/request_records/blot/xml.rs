//! XML, element by element: names, attributes and texts, without comments, instructions and document types.

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::{Blotter, blotted, names};

/// The document as it may be shown; None when it cannot be read to its end, or when a name in it holds a secret.
pub fn show(text: &str, blotter: &Blotter) -> Option<String> {
    let mut walk = Walk::new(blotter);
    walk.walk(text)?;
    String::from_utf8(walk.writer.into_inner()).ok()
}

/// Tells the blotter of what will not be shown.
pub fn know(text: &str, blotter: &mut Blotter) {
    let nothing = Blotter::default();
    let mut walk = Walk::new(&nothing);
    // What was read before a mistake is known as well.
    let _ = walk.walk(text);
    for secret in walk.hidden {
        blotter.know(&secret);
    }
}

/// An element that is open.
#[derive(Default)]
struct Open {
    name: String,
    /// It, or one around it, speaks of a secret.
    is_hidden: bool,
    /// An element in it said that the next one is a secret: `<key>password</key><value>…</value>`.
    owes_a_value: bool,
}

struct Walk<'b> {
    writer: Writer<Vec<u8>>,
    open: Vec<Open>,
    /// Text, CDATA and references since the last tag: programs read them as one, whatever they are split into.
    text: String,
    hidden: Vec<String>,
    blotter: &'b Blotter,
}

impl<'b> Walk<'b> {
    fn new(blotter: &'b Blotter) -> Self {
        Self {
            writer: Writer::new(Vec::new()),
            open: Vec::new(),
            text: String::new(),
            hidden: Vec::new(),
            blotter,
        }
    }

    fn walk(&mut self, text: &str) -> Option<()> {
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event().ok()? {
                Event::Start(element) => {
                    self.write_text()?;
                    let (shown, open) = self.start(&element)?;
                    self.writer.write_event(Event::Start(shown)).ok()?;
                    self.open.push(open);
                }
                Event::Empty(element) => {
                    self.write_text()?;
                    let (shown, _) = self.start(&element)?;
                    self.writer.write_event(Event::Empty(shown)).ok()?;
                }
                Event::End(_) => {
                    let names_one = names::speaks_of_secrets(self.text.trim());
                    self.write_text()?;
                    let closed = self.open.pop()?;
                    let (_, local) = closed.name.rsplit_once(':').unwrap_or(("", &closed.name));
                    if let Some(around) = self.open.last_mut() {
                        around.owes_a_value |= names_one && names::is_naming(local);
                    }
                    let end = BytesEnd::new(closed.name);
                    self.writer.write_event(Event::End(end)).ok()?;
                }
                Event::Text(text) => {
                    let content = quick_xml::escape::unescape(&text).ok()?;
                    self.text.push_str(&content);
                }
                Event::CData(data) => self.text.push_str(&data),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                    Some(character) => self.text.push(character),
                    None => {
                        let resolved = quick_xml::escape::resolve_xml_entity(&reference)?;
                        self.text.push_str(resolved);
                    }
                },
                Event::Decl(_) => {}
                // What stands there is for programs; none of it is shown.
                Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => return None,
                Event::Eof => break,
            }
        }
        self.write_text()?;
        self.open.is_empty().then_some(())
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Option<(BytesStart<'static>, Open)> {
        let name: String = element.name().as_ref().to_owned();
        let local: String = element.local_name().as_ref().to_owned();
        let mut attributes: Vec<(String, String)> = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.ok()?;
            let value = quick_xml::escape::unescape(&attribute.value).ok()?;
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        let names_one = |(key, value): &(String, String)| {
            names::is_naming(key) && names::speaks_of_secrets(value)
        };
        // `<param name="password">…</param>`
        let is_named = attributes.iter().any(names_one);
        let around = self.open.last();
        let is_hidden = names::speaks_of_secrets(&local)
            || is_named
            || around.is_some_and(|around| {
                around.is_hidden || (around.owes_a_value && names::is_value(&local))
            });
        if !self.blotter.is_clean(&name) {
            return None;
        }
        let mut shown = BytesStart::new(name.clone());
        for (key, value) in &attributes {
            if !self.blotter.is_clean(key) {
                return None;
            }
            let names_it = is_named && names::is_naming(key);
            let speaks = names::speaks_of_secrets(key) || names::speak_inside(value);
            let value = match !names_it && (is_hidden || speaks) {
                true => {
                    self.hidden.push(value.clone());
                    blotted(value)
                }
                false => self.blotter.scrub(value),
            };
            shown.push_attribute((key.as_str(), value.as_str()));
        }
        let open = Open {
            name,
            is_hidden,
            owes_a_value: false,
        };
        Some((shown, open))
    }

    /// What was read since the last tag.
    fn write_text(&mut self) -> Option<()> {
        let content = std::mem::take(&mut self.text);
        let is_hidden = self.open.last().is_some_and(|open| open.is_hidden);
        let is_secret = is_hidden || names::speak_inside(&content);
        let shown = match is_secret && !content.trim().is_empty() {
            true => blotted(&content),
            false => self.blotter.scrub(&content),
        };
        if is_secret {
            self.hidden.push(content);
        }
        let text = BytesText::new(&shown);
        self.writer.write_event(Event::Text(text)).ok()
    }
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
                 <wsse:Password Type=\"[blotted out, 1 characters]\"><b>[blotted out, 7 characters]</b></wsse:Password>\
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

    #[test]
    fn s299_secrets_in_pieces_in_names_and_beside_names_are_found() {
        let shown = |text: &str| {
            let mut blotter = Blotter::default();
            blotter.know("hunter2x");
            know(text, &mut blotter);
            show(text, &blotter)
        };
        for (text, expected) in [
            (
                "<a>hun<![CDATA[te]]>r&#50;<!-- -->x</a>",
                Some("<a>[blotted out, 8 characters]</a>"),
            ),
            ("<hunter2x/>", None),
            ("<a hunter2x=\"1\"/>", None),
            ("<a>&unknown;</a>", None),
            (
                "<p name=\"password\">Sesame1</p><p name=\"city\">Delft Sesame1</p>",
                Some(
                    "<p name=\"password\">[blotted out, 7 characters]</p><p name=\"city\">Delft [blotted out, 7 characters]</p>",
                ),
            ),
            (
                "<e><key>apiToken</key><value>Sesame1</value></e>",
                Some(
                    "<e><key>[blotted out, 8 characters]</key><value>[blotted out, 7 characters]</value></e>",
                ),
            ),
            (
                "<a>{\"password\":\"x\"}</a>",
                Some("<a>[blotted out, 16 characters]</a>"),
            ),
        ] {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }
}
