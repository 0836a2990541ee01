//! Scopes: which parts of an API a token opens (RFC 6749 §3.3).
//!
//! Tokens are compared byte for byte; there is no wildcard, no prefix and no case folding.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// How many scope tokens one scope may have.
pub const MOST_SCOPE_TOKENS: usize = 200;

/// The text is no scope: outside the grammar of RFC 6749 §3.3, or more than [`MOST_SCOPE_TOKENS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "A scope is a list of at most 200 names in printable ASCII without quotes and backslashes, one blank between them."
)]
pub struct ScopeOutsideGrammar;

/// A set of scope tokens in the order of their first mention. May be empty, though the empty text
/// is no scope on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Joined with one blank: the form in which it is sent, stored and compared.
    text: String,
}

impl Scope {
    /// Reads a `scope` parameter. Repeated tokens are dropped.
    ///
    /// # Errors
    /// Text outside the grammar (empty, leading, trailing or double blanks, other characters), or
    /// too many tokens.
    pub fn parse(text: &str) -> Result<Self, ScopeOutsideGrammar> {
        Self::from_tokens(text.split(' '))
    }

    /// Puts a scope together from single tokens; none at all is the empty scope.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn from_tokens<T: AsRef<str>>(
        tokens: impl IntoIterator<Item = T>,
    ) -> Result<Self, ScopeOutsideGrammar> {
        let mut scope = Self::default();
        let mut count = 0;
        for token in tokens {
            let token = token.as_ref();
            if !is_token(token) {
                return Err(ScopeOutsideGrammar);
            }
            if scope.contains(token) {
                continue;
            }
            count += 1;
            if count > MOST_SCOPE_TOKENS {
                return Err(ScopeOutsideGrammar);
            }
            if !scope.text.is_empty() {
                scope.text.push(' ');
            }
            scope.text.push_str(token);
        }
        Ok(scope)
    }

    /// The tokens joined with one blank.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The tokens in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ').filter(|token| !token.is_empty())
    }

    /// What both hold, in this one's order.
    pub fn intersection(&self, other: &Self) -> Self {
        let both: Vec<&str> = self.iter().filter(|token| other.contains(token)).collect();
        // Tokens of a scope are tokens of the grammar.
        Self::from_tokens(&both).unwrap_or_default()
    }

    /// Whether this very token is in the set.
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|known| known == token)
    }

    /// Whether every token of this scope is also in the other.
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.iter().all(|token| other.contains(token))
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl FromStr for Scope {
    type Err = ScopeOutsideGrammar;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

/// The scope value of a display name: lower case, blanks as hyphens
/// (`Forecast Prediction` becomes `forecast-prediction`).
///
/// # Errors
/// The name is blank or has characters that no scope may have.
pub fn scope_value(display_name: &str) -> Result<String, ScopeOutsideGrammar> {
    let words: Vec<&str> = display_name.split_whitespace().collect();
    let value = words.join("-").to_ascii_lowercase();
    if is_token(&value) {
        Ok(value)
    } else {
        Err(ScopeOutsideGrammar)
    }
}
