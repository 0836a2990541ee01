//! The shortest text that a regular expression matches, for the plain expressions that descriptions hold.
//!
//! Read are literals, classes, groups, alternatives, counts and anchors. What looks around itself or back is not.

use std::iter::Peekable;
use std::str::Chars;

/// Longer texts are not made.
const LONGEST: usize = 4096;
/// Groups in groups.
const DEEPEST: usize = 32;
/// Tried for a class that says what it is not.
const OTHERS: &str = "a0A-_ ./b1B~";

/// Text of at least `least` characters that the expression matches; None where it is none of the plain ones.
pub fn text(expression: &str, least: usize) -> Option<String> {
    // What may be repeated is repeated more often until the text is long enough.
    for more in 0..=least {
        let mut reader = Reader {
            rest: expression.chars().peekable(),
            more,
            depth: 0,
        };
        let made = reader.alternatives()?;
        if reader.rest.next().is_some() {
            return None;
        }
        if made.chars().count() >= least {
            return Some(made);
        }
    }
    None
}

struct Reader<'e> {
    rest: Peekable<Chars<'e>>,
    more: usize,
    depth: usize,
}

impl Reader<'_> {
    /// The first of several; the others are read over.
    fn alternatives(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let first = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            self.sequence()?;
        }
        self.depth -= 1;
        Some(first)
    }

    fn sequence(&mut self) -> Option<String> {
        let mut made = String::new();
        while let Some(&next) = self.rest.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            self.rest.next();
            let atom = match next {
                '^' | '$' => continue,
                '.' => "a".to_owned(),
                '[' => self.class()?.to_string(),
                '(' => self.group()?,
                '\\' => match self.escaped()? {
                    Some(one) => one.to_string(),
                    None => continue,
                },
                '*' | '+' | '?' | '{' => return None,
                other => other.to_string(),
            };
            let count = self.count()?;
            if made.len() + atom.len().saturating_mul(count) > LONGEST {
                return None;
            }
            made.push_str(&atom.repeat(count));
        }
        Some(made)
    }

    fn group(&mut self) -> Option<String> {
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                '<' => {
                    // A name; what begins with one of these looks behind instead.
                    if matches!(self.rest.peek(), Some('=' | '!')) {
                        return None;
                    }
                    self.rest.find(|&sign| sign == '>')?;
                }
                _ => return None,
            }
        }
        let made = self.alternatives()?;
        self.rest.next_if_eq(&')').map(|_| made)
    }

    /// What stands behind a backslash; `Some(None)` for a place that has no width.
    fn escaped(&mut self) -> Option<Option<char>> {
        Some(Some(match self.rest.next()? {
            'd' => '0',
            'w' | 'D' | 'S' => 'a',
            's' => ' ',
            'W' => '-',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'b' | 'A' | 'z' | 'Z' => return Some(None),
            sign if !sign.is_alphanumeric() => sign,
            _ => return None,
        }))
    }

    /// One of a class.
    fn class(&mut self) -> Option<char> {
        let is_not = self.rest.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let from = match self.rest.next()? {
                ']' if !ranges.is_empty() => break,
                '[' => return None,
                '\\' if self.rest.next_if_eq(&'d').is_some() => {
                    ranges.push(('0', '9'));
                    continue;
                }
                '\\' if self.rest.next_if_eq(&'w').is_some() => {
                    ranges.extend([('a', 'z'), ('0', '9'), ('A', 'Z'), ('_', '_')]);
                    continue;
                }
                '\\' => self.escaped()??,
                sign => sign,
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|to| to != ']');
            let mut to = from;
            if is_range {
                self.rest.next();
                to = match self.rest.next()? {
                    '\\' => self.escaped()??,
                    sign => sign,
                };
            }
            ranges.push((from, to));
        }
        if !is_not {
            return ranges.first().map(|&(first, _)| first);
        }
        let is_in = |sign: char| ranges.iter().any(|&(from, to)| (from..=to).contains(&sign));
        OTHERS.chars().find(|&sign| !is_in(sign))
    }

    /// How often, at least, and more often where that is wanted.
    fn count(&mut self) -> Option<usize> {
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                self.rest.next();
                let bounds = self.braces()?;
                self.rest.next_if_eq(&'?');
                return Some(bounds.0.saturating_add(self.more).min(bounds.1));
            }
            _ => return Some(1),
        };
        self.rest.next();
        self.rest.next_if_eq(&'?');
        Some((least + self.more).min(most))
    }

    fn braces(&mut self) -> Option<(usize, usize)> {
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '}' => break,
                sign => text.push(sign),
            }
        }
        let (least, most) = match text.split_once(',') {
            None => (text.parse().ok()?, text.parse().ok()?),
            Some((least, "")) => (least.parse().ok()?, usize::MAX),
            Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
        };
        (least <= LONGEST).then_some((least, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_expressions_have_a_text_and_others_have_none() {
        for (expression, least, made) in [
            ("^[0-9a-f]{4}$", 0, "0000"),
            ("^SKU-\\d{3}$", 0, "SKU-000"),
            ("^(red|green)(-x)?$", 0, "red"),
            ("^[a-z]+$", 3, "aaa"),
            ("^[a-z]*\\.[a-z]{2,3}$", 5, "aa.aaaa"),
            ("^[^a-z]$", 0, "0"),
            ("^[\\w.-]+@x$", 0, "a@x"),
            ("^(?<year>\\d{4})-(?:\\d\\d)$", 0, "0000-00"),
            ("^#[A-F]{1,8}$", 0, "#A"),
            ("a|", 0, "a"),
        ] {
            let found = text(expression, least);
            let fits = found.as_ref().is_some_and(|found| found.len() >= least);
            assert!(fits, "{expression}: {found:?}");
            if least == 0 {
                assert_eq!(found.as_deref(), Some(made), "{expression}");
            }
        }
        for expression in [
            "^(?=a)b$", "^(?!a)b$", "(a", "a{", "*", "[a", "\\p{L}", "a{5000}", "(a)\\1",
        ] {
            assert_eq!(text(expression, 0), None, "{expression}");
        }
    }
}
