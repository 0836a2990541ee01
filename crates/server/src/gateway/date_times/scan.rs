//! Looks at JSON as it passes (RFC 8259), byte by byte and however it is cut into pieces.
//!
//! Only as much of the grammar is followed as it takes to tell a key from a value, and to notice that something is no JSON.
//! A text is held back until it ends, or until it is longer than any date; nothing else is ever kept.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::config::Route;
use crate::config::date_time_format::{LONGEST, iso};

/// Each byte may be written as an escape of six.
const LONGEST_WRITTEN: usize = 6 * LONGEST;
/// How deep objects and lists are followed; what lies deeper passes.
const DEEPEST: usize = 1024;

/// Where the scan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before a value; `true` where a list may also end.
    Value(bool),
    /// Before a key; `true` where an object may also end.
    Key(bool),
    /// After a key.
    Colon,
    /// After a value inside a list or an object.
    Comma,
    /// In a number or a word.
    Word,
    /// In a text that is a value and may be a date, held back.
    Held,
    /// In another text.
    Text,
    /// Where it is no JSON any more.
    Lost,
}

/// The scan of one answer.
pub struct Scan {
    route: Arc<Route>,
    at: At,
    /// The text held back, without its quotes, as it was written.
    held: BytesMut,
    /// Inside a text: whether it is a key; how many bytes of an escape are still to come.
    is_key: bool,
    escape: Escape,
    nesting: Nesting,
    /// Bytes seen so far, as far as it takes to know the mark of byte order.
    seen: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    /// After the backslash.
    Begun,
    /// So many hex digits are to come.
    Hex(u8),
}

/// Which of the open brackets are braces.
struct Nesting {
    braces: [u64; DEEPEST / 64],
    depth: usize,
}

impl Scan {
    /// At the beginning of an answer.
    pub fn new(route: Arc<Route>) -> Self {
        Self {
            route,
            at: At::Value(false),
            held: BytesMut::new(),
            is_key: false,
            escape: Escape::None,
            nesting: Nesting {
                braces: [0; DEEPEST / 64],
                depth: 0,
            },
            seen: 0,
        }
    }

    /// What may go on of a piece, after what was held back before it.
    pub fn pass(&mut self, piece: &Bytes) -> Bytes {
        if self.at == At::Lost {
            return piece.clone();
        }
        let mut out = BytesMut::with_capacity(piece.len() + self.held.len());
        let mut rest: &[u8] = piece;
        while let Some((&byte, after)) = rest.split_first() {
            match self.at {
                At::Lost => {
                    out.extend_from_slice(rest);
                    break;
                }
                At::Held => {
                    self.hold(byte, &mut out);
                    rest = after;
                }
                _ => {
                    // Everything up to the next text that is held back goes on as it is.
                    let run = rest.iter().take_while(|byte| self.goes_on(**byte)).count();
                    let (run, after) = rest.split_at(run.min(rest.len()));
                    out.extend_from_slice(run);
                    rest = after;
                    if self.at == At::Held
                        && let Some((quote, after)) = rest.split_first()
                    {
                        out.extend_from_slice(&[*quote]);
                        rest = after;
                    }
                }
            }
        }
        out.freeze()
    }

    /// What was held back when the answer ended in the middle of it.
    pub fn finish(&mut self) -> Bytes {
        self.at = At::Lost;
        std::mem::take(&mut self.held).freeze()
    }

    /// Takes a byte outside of texts held back. False: a text begins with it that is held back, or nothing is JSON from it on.
    fn goes_on(&mut self, byte: u8) -> bool {
        const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
        if self.seen < 3 {
            // The mark of byte order that some servers write before everything.
            let mark = MARK.get(usize::from(self.seen)) == Some(&byte);
            self.seen = if mark { self.seen + 1 } else { 3 };
            if mark {
                return true;
            }
        }
        self.at = match self.at {
            At::Text => self.in_text(byte),
            At::Word if is_of_word(byte) => At::Word,
            At::Word => {
                self.at = self.nesting.after_value();
                self.between(byte)
            }
            _ => self.between(byte),
        };
        !matches!(self.at, At::Held | At::Lost)
    }

    /// A byte of a text that is not held back.
    fn in_text(&mut self, byte: u8) -> At {
        if !self.escape.is_followed_by(byte) {
            return At::Lost;
        }
        match (byte, self.escape.take(byte)) {
            (b'"', false) if self.is_key => At::Colon,
            (b'"', false) => self.nesting.after_value(),
            _ => At::Text,
        }
    }

    /// A byte outside of texts, numbers and words.
    fn between(&mut self, byte: u8) -> At {
        match (byte, self.at) {
            (b' ' | b'\t' | b'\r' | b'\n', at) => at,
            (b'"', At::Value(_)) => {
                self.is_key = false;
                At::Held
            }
            (b'"', At::Key(_)) => {
                self.is_key = true;
                At::Text
            }
            (b'{', At::Value(_)) => self.nesting.open(true, At::Key(true)),
            (b'[', At::Value(_)) => self.nesting.open(false, At::Value(true)),
            (b'}', At::Key(true)) => self.nesting.close(true),
            (b']', At::Value(true)) => self.nesting.close(false),
            (b'}', At::Comma) => self.nesting.close(true),
            (b']', At::Comma) => self.nesting.close(false),
            (b',', At::Comma) if self.nesting.is_object() => At::Key(false),
            (b',', At::Comma) => At::Value(false),
            (b':', At::Colon) => At::Value(false),
            (byte, At::Value(_)) if is_of_word(byte) => At::Word,
            _ => At::Lost,
        }
    }

    /// A byte of a text that may be a date.
    fn hold(&mut self, byte: u8, out: &mut BytesMut) {
        let follows = self.escape.is_followed_by(byte);
        if follows && byte == b'"' && self.escape == Escape::None {
            match rewritten(&self.route, &self.held) {
                Some(text) => out.extend_from_slice(text.as_bytes()),
                None => out.extend_from_slice(&self.held),
            }
            out.extend_from_slice(b"\"");
            self.held.clear();
            self.at = self.nesting.after_value();
            return;
        }
        self.escape.take(byte);
        self.held.extend_from_slice(&[byte]);
        if !follows || self.held.len() > LONGEST_WRITTEN {
            out.extend_from_slice(&self.held);
            self.held.clear();
            self.at = if follows { At::Text } else { At::Lost };
        }
    }
}

impl Escape {
    /// Whether JSON allows the byte there.
    fn is_followed_by(self, byte: u8) -> bool {
        match self {
            Self::None => byte >= 0x20,
            Self::Begun => b"\"\\/bfnrtu".contains(&byte),
            Self::Hex(_) => byte.is_ascii_hexdigit(),
        }
    }

    /// Goes on by one byte; whether that belonged to an escape.
    fn take(&mut self, byte: u8) -> bool {
        let (next, belongs) = match (*self, byte) {
            (Self::None, b'\\') => (Self::Begun, true),
            (Self::None, _) => (Self::None, false),
            (Self::Begun, b'u') => (Self::Hex(4), true),
            (Self::Begun, _) | (Self::Hex(0 | 1), _) => (Self::None, true),
            (Self::Hex(left), _) => (Self::Hex(left - 1), true),
        };
        *self = next;
        belongs
    }
}

impl Nesting {
    fn open(&mut self, brace: bool, inside: At) -> At {
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        let Some(word) = self.braces.get_mut(word) else {
            return At::Lost;
        };
        *word = if brace { *word | bit } else { *word & !bit };
        self.depth += 1;
        inside
    }

    fn close(&mut self, brace: bool) -> At {
        if self.depth == 0 || self.is_object() != brace {
            return At::Lost;
        }
        self.depth -= 1;
        self.after_value()
    }

    /// Outside of everything another document may follow, as in NDJSON.
    fn after_value(&self) -> At {
        if self.depth == 0 {
            At::Value(false)
        } else {
            At::Comma
        }
    }

    fn is_object(&self) -> bool {
        let Some(top) = self.depth.checked_sub(1) else {
            return false;
        };
        self.braces
            .get(top / 64)
            .is_some_and(|word| word & (1 << (top % 64)) != 0)
    }
}

/// What numbers, `true`, `false` and `null` are made of. Which of these words there are is the reader's matter.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}

/// The text in the one format, if it is wholly a date with a time and not in it already.
fn rewritten(route: &Route, written: &[u8]) -> Option<String> {
    // A cheap look first: every date has digits, and so has a digit that was written as an escape.
    if !written.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let text = unescaped(written)?;
    let by_format = route
        .date_time_formats
        .iter()
        .find_map(|format| format.read(&text));
    let utc = by_format
        .or_else(|| iso(&text))?
        .in_utc(&route.passage.time_zone)?;
    (utc != text).then_some(utc)
}

/// The text that was meant; None where it is no UTF-8.
fn unescaped(written: &[u8]) -> Option<String> {
    let written = std::str::from_utf8(written).ok()?;
    if !written.contains('\\') {
        return Some(written.to_owned());
    }
    serde_json::from_str(&format!("\"{written}\"")).ok()
}

#[cfg(test)]
mod tests;
