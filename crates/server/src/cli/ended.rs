//! How a command ends when it does not end well.

use crate::text;

/// A sentence for standard error and the exit status that goes with it.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct Ended {
    /// 1: refused, not found. 2: wrong usage or configuration.
    pub status: u8,
    /// Empty when everything was said already.
    pub sentence: String,
}

impl Ended {
    /// Refused, not found, or not possible at the moment.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self {
            status: 1,
            sentence: sentence.into(),
        }
    }

    /// Wrong usage.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self {
            status: 2,
            sentence: sentence.into(),
        }
    }

    /// Something that the configuration names cannot be used.
    pub fn wrong(error: &anyhow::Error) -> Self {
        Self::usage(text::sentence(&format!("{error:#}")))
    }
}
