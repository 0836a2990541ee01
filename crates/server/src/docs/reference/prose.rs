//! Descriptions as text: paragraphs, and code between backticks. What else CommonMark knows stays as it was written.

use crate::pages::Paragraph;

/// The paragraphs of a text; each in pieces that are code or not.
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(pieces)
        .collect()
}

fn pieces(paragraph: &str) -> Paragraph {
    let parts: Vec<&str> = paragraph.split('`').collect();
    // A backtick without its other half is a backtick.
    if parts.len().is_multiple_of(2) {
        return vec![(false, paragraph.to_owned())];
    }
    parts
        .iter()
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(at, part)| (at % 2 == 1, (*part).to_owned()))
        .collect()
}
