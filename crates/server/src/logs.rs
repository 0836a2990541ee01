//! Log lines: one event, one line, with the request's name on it; JSON for machines, text for people.
//!
//! Whatever a stranger sent is escaped, so that one event can never look like two. [`writer`] takes
//! the lines to standard error.

mod writer;

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::io::IsTerminal;

use store::Millis;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

use crate::clock;
use crate::config::{Log, LogFormat};
use crate::listener::request_id::RequestId;
use writer::{LineWriter, WriterGuard};

/// Keep it until the process ends: dropping it writes what still waits.
pub struct LogGuard {
    /// None when there is no thread for the log, and then there is no log.
    writer: Option<WriterGuard>,
}

impl LogGuard {
    /// Lines that were dropped so far.
    pub fn dropped(&self) -> u64 {
        self.writer.as_ref().map_or(0, WriterGuard::dropped)
    }
}

/// Starts logging to standard error.
pub fn start(log: &Log) -> LogGuard {
    let Ok((writer, guard)) = LineWriter::start() else {
        return LogGuard { writer: None };
    };
    let format = match log.format {
        LogFormat::Auto if std::io::stderr().is_terminal() => LogFormat::Text,
        LogFormat::Auto => LogFormat::Json,
        stated => stated,
    };
    // The configuration was read before, and says so when the level is none.
    let levels = log
        .level
        .parse::<Targets>()
        .unwrap_or_else(|_| Targets::new().with_default(tracing::Level::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false)
        .event_format(Line {
            json: format == LogFormat::Json,
        });
    let subscriber = tracing_subscriber::registry().with(levels).with(lines);
    // Fails only when logging was started already, and then it goes on as it is.
    let _ = tracing::subscriber::set_global_default(subscriber);
    LogGuard {
        writer: Some(guard),
    }
}

struct Line {
    json: bool,
}

/// Bytes set aside for a line: most are shorter.
const LIKELY: usize = 384;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = event.metadata().level();
        let mut line = String::with_capacity(LIKELY);
        if self.json {
            line.push_str(r#"{"at":""#);
            push_now(&mut line);
            line.push_str(r#"","level":""#);
            line.push_str(level.as_str());
            line.push_str(r#"","target":""#);
            line.push_str(event.metadata().target());
            line.push('"');
            if let Some(id) = RequestId::current() {
                line.push_str(r#","request_id":""#);
                line.push_str(id.digits().as_str());
                line.push('"');
            }
            event.record(&mut JsonFields(&mut line));
            line.push_str("}\n");
        } else {
            push_now(&mut line);
            write!(line, " {level:5}")?;
            event.record(&mut TextFields(&mut line));
            if let Some(id) = RequestId::current() {
                line.push_str(" request_id=");
                line.push_str(id.digits().as_str());
            }
            line.push('\n');
        }
        writer.write_str(&line)
    }
}

/// The time of a line. What is the same for all lines of a second is written once.
fn push_now(line: &mut String) {
    thread_local! {
        static SECOND: RefCell<(Millis, String)> = const { RefCell::new((Millis::MIN, String::new())) };
    }
    let now = clock::now();
    let (second, thousandths) = (now.div_euclid(1000), now.rem_euclid(1000));
    SECOND.with_borrow_mut(|(known, text)| {
        if *known != second {
            *text = clock::rfc3339(second * 1000);
            // The thousandths and the `Z`, which follow.
            text.truncate(text.len().saturating_sub("000Z".len()));
            *known = second;
        }
        line.push_str(text);
    });
    let digit = |value: Millis| char::from(b"0123456789"[(value % 10) as usize]);
    line.extend([
        digit(thousandths / 100),
        digit(thousandths / 10),
        digit(thousandths),
        'Z',
    ]);
}

struct JsonFields<'a>(&'a mut String);

impl Visit for JsonFields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        self.0.push('"');
        escape(self.0, value);
        self.0.push('"');
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.name(field);
        self.0.push('"');
        let _ = write!(Escaped(self.0), "{value:?}");
        self.0.push('"');
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.bare(field, format_args!("{value}"));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.bare(field, format_args!("{value}"));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.bare(field, format_args!("{value}"));
    }
}

impl JsonFields<'_> {
    fn name(&mut self, field: &Field) {
        self.0.push_str(",\"");
        self.0.push_str(field.name());
        self.0.push_str("\":");
    }
    fn bare(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.name(field);
        let _ = self.0.write_fmt(value);
    }
}

/// Escapes what is written to a line.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

struct TextFields<'a>(&'a mut String);

impl Visit for TextFields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push(' ');
        if field.name() == "message" {
            return escape(self.0, value);
        }
        self.0.push_str(field.name());
        self.0.push('=');
        let plain = !value.is_empty()
            && value
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if plain {
            self.0.push_str(value);
        } else {
            self.0.push('"');
            escape(self.0, value);
            self.0.push('"');
        }
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// JSON's escapes, and one for every character that could start a line, move a cursor or turn the reading direction.
fn escape(line: &mut String, value: &str) {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if value.bytes().all(plain) {
        return line.push_str(value);
    }
    for character in value.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s302_nothing_a_stranger_sends_starts_a_second_line() {
        let mut line = String::new();
        escape(
            &mut line,
            "a\r\nlevel=ERROR \u{1b}[31m \"quoted\" \u{2028} \u{202e}",
        );
        assert_eq!(
            line,
            r#"a\r\nlevel=ERROR \u001b[31m \"quoted\" \u2028 \u202e"#
        );
    }
}
