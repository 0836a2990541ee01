//! Paths as a description writes them: `/orders/{id}`.

use percent_encoding::percent_decode_str;

/// A path with places for parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    /// What is written out comes before what is left open, segment by segment (OpenAPI: "concrete before templated").
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Written(String),
    /// Text and names in turn, as in `{name}.json`.
    Open(Vec<Piece>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Text(String),
    Name(String),
}

/// What stands in the places of a path: name and value.
pub type Captured = Vec<(String, String)>;

impl Template {
    /// Reads a path of a description.
    pub fn of(path: &str) -> Self {
        let segments = path.split('/').skip(1).map(segment).collect();
        Self { segments }
    }

    /// What the places hold in a path that fits; None where it does not. The path is percent-encoded, as it came.
    pub fn fit(&self, path: &str) -> Option<Captured> {
        let asked: Vec<&str> = path.split('/').skip(1).collect();
        if asked.len() != self.segments.len() {
            return None;
        }
        let mut captured = Captured::new();
        for (segment, asked) in self.segments.iter().zip(asked) {
            // Decoded after the path was split, so that an encoded slash stays inside its segment.
            let asked = percent_decode_str(asked).decode_utf8().ok()?;
            match segment {
                Segment::Written(text) if *text == *asked => {}
                Segment::Written(_) => return None,
                Segment::Open(pieces) => capture(pieces, &asked, &mut captured)?,
            }
        }
        Some(captured)
    }
}

fn segment(text: &str) -> Segment {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, name, after)) = rest.split_once('{').and_then(|(before, behind)| {
        let (name, after) = behind.split_once('}')?;
        Some((before, name, after))
    }) {
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Name(name.to_owned()));
        rest = after;
    }
    if pieces.is_empty() {
        return Segment::Written(text.to_owned());
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Segment::Open(pieces)
}

/// A name takes as little as what follows it allows, and never nothing.
fn capture(pieces: &[Piece], asked: &str, captured: &mut Captured) -> Option<()> {
    let mut rest = asked;
    let mut pieces = pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => rest = rest.strip_prefix(text.as_str())?,
            Piece::Name(name) => {
                let ends = match pieces.peek() {
                    Some(Piece::Text(text)) => rest.get(1..)?.find(text.as_str())? + 1,
                    _ => rest.len(),
                };
                let (value, after) = rest.split_at_checked(ends)?;
                if value.is_empty() {
                    return None;
                }
                captured.push((name.clone(), value.to_owned()));
                rest = after;
            }
        }
    }
    rest.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(template: &str, path: &str) -> Option<Vec<String>> {
        let captured = Template::of(template).fit(path)?;
        Some(captured.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn a_path_fits_segment_by_segment() {
        assert_eq!(fit("/orders", "/orders"), Some(vec![]));
        assert_eq!(
            fit("/orders/{id}", "/orders/4%2F2"),
            Some(vec!["4/2".into()])
        );
        assert_eq!(
            fit("/files/{name}.{kind}", "/files/a.json"),
            Some(vec!["a".into(), "json".into()])
        );
        for (template, path) in [
            ("/orders", "/orders/"),
            ("/orders/{id}", "/orders/"),
            ("/orders/{id}", "/orders/1/2"),
            ("/files/{name}.json", "/files/.json"),
            ("/files/{name}.json", "/files/%FF.json"),
            ("/orders", "/Orders"),
        ] {
            assert_eq!(fit(template, path), None, "{template} {path}");
        }
    }

    #[test]
    fn what_is_written_out_comes_first() {
        let mut templates =
            ["/a/{b}/c", "/a/{b}/{c}", "/a/b/{c}", "/a/{b}.json/c"].map(Template::of);
        templates.sort();
        assert_eq!(templates.first(), Some(&Template::of("/a/b/{c}")));
    }
}
