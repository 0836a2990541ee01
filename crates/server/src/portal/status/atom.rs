//! Incidents and maintenance as a feed (Atom, RFC 4287): an entry for each, which is new again whenever something is told of it.

use store::{Incident, Millis};

use super::cards;
use crate::clock::rfc3339;
use crate::platform::Issuer;
use crate::status::view::View;
use crate::text::is_control;

/// Writes it.
pub fn write(issuer: &Issuer, view: &View) -> String {
    let page = issuer.url("/status");
    let mut told: Vec<&Incident> = view.incidents.iter().chain(&view.maintenance).collect();
    told.sort_by_key(|incident| std::cmp::Reverse(incident.updated_at));
    // Without entries nothing was ever told: the feed is the same each time it is read.
    let updated = told.first().map_or(0, |incident| incident.updated_at);
    let name = &issuer.environment.branding.name;
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{page}</id>\n\
        <title type=\"text\">{name}: {environment}</title>\n<updated>{updated}</updated>\n<author><name>{name}</name></author>\n\
        <link rel=\"self\" type=\"application/atom+xml\" href=\"{feed}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{page}\"/>\n",
        page = escaped(&page),
        feed = escaped(&issuer.url("/status.atom")),
        name = escaped(name),
        environment = escaped(issuer.realm()),
        updated = rfc3339(updated),
    );
    for incident in told {
        feed.push_str(&entry(&page, incident, view.at));
    }
    feed.push_str("</feed>\n");
    feed
}

fn entry(page: &str, incident: &Incident, now: Millis) -> String {
    let updates = incident.updates.iter().rev().map(|update| {
        let at = rfc3339(update.at);
        format!("{at} {}\n{}", update.state.as_str(), update.text)
    });
    let text = updates.collect::<Vec<_>>().join("\n\n");
    format!(
        "<entry>\n<id>urn:uuid:{id}</id>\n<title type=\"text\">{title}</title>\n<published>{published}</published>\n<updated>{updated}</updated>\n\
        <link rel=\"alternate\" type=\"text/html\" href=\"{page}#i-{id}\"/>\n<category term=\"{kind}\"/>\n<category term=\"{state}\"/>\n\
        <content type=\"text\">{text}</content>\n</entry>\n",
        id = escaped(&incident.id),
        title = escaped(&incident.title),
        published = rfc3339(incident.created_at),
        updated = rfc3339(incident.updated_at),
        page = escaped(page),
        kind = incident.kind.as_str(),
        state = cards::state(incident, now),
        text = escaped(&text),
    )
}

/// As XML holds it in text and in attributes; what XML has no way to hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => {}
            character if is_control(character) => {}
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s284_a_text_stays_a_text_in_xml() {
        assert_eq!(
            escaped("]]></content><script a='\"&\u{0}\u{1b}\n"),
            "]]&gt;&lt;/content&gt;&lt;script a=&#39;&quot;&amp;\n"
        );
    }
}
