//! What a command prints: JSON with stable members, or lines and tables for people.
//!
//! Text for people passes through a filter, since a name that somebody imported may hold what a
//! terminal takes for a command.

use std::io::Write;

use serde_json::Value;

use super::ended::Ended;
use crate::text::is_control;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// As JSON.
    pub json: bool,
}

/// A column or a line: its title, and the member it shows.
pub type Shown = (&'static str, &'static str);

impl Output {
    /// A list: one JSON array, or a table of the members shown.
    pub fn rows(self, rows: &[Value], shown: &[Shown]) -> Result<(), Ended> {
        if self.json {
            return print(&pretty(&Value::Array(rows.to_vec())));
        }
        print(&table(rows, shown))
    }

    /// One thing: its JSON, or a line for each of the members shown that it has.
    pub fn record(self, record: &Value, shown: &[Shown]) -> Result<(), Ended> {
        if self.json {
            return print(&pretty(record));
        }
        print(&lines(record, shown))
    }

    /// A remark for people, which JSON does not need.
    pub fn remark(self, sentence: &str) -> Result<(), Ended> {
        if self.json {
            Ok(())
        } else {
            print(&format!("{sentence}\n"))
        }
    }
}

/// A sentence on standard error. Where even that is closed, the exit status says enough.
pub fn complain(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "{}", sentence.trim_end());
}

/// Text on standard output. A reader that closed the pipe has read enough.
pub fn print(text: &str) -> Result<(), Ended> {
    match std::io::stdout()
        .write_all(text.as_bytes())
        .and_then(|()| std::io::stdout().flush())
    {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Ended::refused(
            format!("Standard output cannot be written to: {error}."),
        )),
        _ => Ok(()),
    }
}

/// JSON for people and programs alike.
pub fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn lines(record: &Value, shown: &[Shown]) -> String {
    let present: Vec<_> = shown
        .iter()
        .filter(|(_, member)| record.get(member).is_some())
        .collect();
    let width = present
        .iter()
        .map(|(title, _)| title.len() + 1)
        .max()
        .unwrap_or(0);
    let line = |(title, member): &&Shown| {
        format!(
            "{:width$} {}\n",
            format!("{title}:"),
            cell(record.get(member))
        )
    };
    present.iter().map(line).collect()
}

/// Rows under the titles of the members shown.
pub fn table(rows: &[Value], shown: &[Shown]) -> String {
    let head = shown
        .iter()
        .map(|(title, _)| (*title).to_owned())
        .collect::<Vec<_>>();
    let body = rows.iter().map(|row| {
        shown
            .iter()
            .map(|(_, member)| cell(row.get(member)))
            .collect::<Vec<_>>()
    });
    let grid: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
    let width = |column: usize| {
        grid.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..shown.len()).map(width).collect();
    let mut text = String::new();
    for row in &grid {
        let line: Vec<_> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(Value::String(text)) if text.is_empty() => "-".to_owned(),
        Some(Value::String(text)) => plain(text),
        Some(Value::Array(items)) if items.is_empty() => "-".to_owned(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| cell(Some(item)))
            .collect::<Vec<_>>()
            .join(", "),
        Some(other) => plain(&other.to_string()),
    }
}

/// Text without what a terminal would obey.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|character| {
            if is_control(character) || is_bidi(character) {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}

/// Characters that turn the order of others around.
fn is_bidi(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_is_aligned_and_says_what_is_missing() {
        let rows = [
            json!({"name": "Lön", "scopes": ["a", "b"], "on": true}),
            json!({"name": "Payroll", "scopes": [], "on": null}),
        ];
        let shown = [("NAME", "name"), ("SCOPES", "scopes"), ("ON", "on")];
        assert_eq!(
            table(&rows, &shown),
            "NAME     SCOPES  ON\nLön      a, b    yes\nPayroll  -       -\n"
        );
    }

    #[test]
    fn a_record_shows_the_members_it_has() {
        let record = json!({"uuid": "u", "client_id": "c", "secret": "not shown"});
        assert_eq!(
            lines(
                &record,
                &[
                    ("uuid", "uuid"),
                    ("client_id", "client_id"),
                    ("gone", "gone")
                ]
            ),
            "uuid:      u\nclient_id: c\n"
        );
    }

    #[test]
    fn s302_what_a_terminal_would_obey_is_not_printed() {
        assert_eq!(
            plain("a\u{1b}[2Jb\nc\u{202e}d"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d"
        );
    }
}
