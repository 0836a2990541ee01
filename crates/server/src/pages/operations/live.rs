//! What stands in the live picture.

use serde::Serialize;
use store::Millis;

use crate::pages::{Page, Shell};

/// A column of a picture, with what is told when it is pointed at.
#[derive(Debug, Default, Serialize)]
pub struct Bar {
    /// From the left.
    pub x: usize,
    /// Its parts from below: the class of each, its top, its height.
    pub parts: Vec<(&'static str, u64, u64)>,
    /// The time of day it stands for (UTC).
    pub at: String,
    /// What it says.
    pub says: String,
}

/// A picture of columns.
#[derive(Debug, Default, Serialize)]
pub struct Bars {
    /// In order of time.
    pub bars: Vec<Bar>,
    /// What the top of the picture stands for.
    pub top: String,
    /// Over all of it, for those who do not see it.
    pub whole: String,
}

/// A picture of lines.
#[derive(Debug, Default, Serialize)]
pub struct Lines {
    /// The class of each and its points; one that is interrupted is several.
    pub lines: Vec<(&'static str, String)>,
    /// What is told where: nothing is drawn of them.
    pub bars: Vec<Bar>,
    /// What the top of the picture stands for.
    pub top: String,
    /// Over all of it.
    pub whole: String,
}

/// A reason of refusals.
#[derive(Debug, Default, Serialize)]
pub struct RefusalBar {
    /// The door: `token`, `gateway`.
    pub door: &'static str,
    /// As the logs and the metrics name it.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// In hundredths of the most frequent one.
    pub width: u64,
}

/// A line of the table.
#[derive(Debug, Default, Serialize)]
pub struct Numbers {
    /// The time of day (UTC).
    pub at: String,
    /// Per second.
    pub tokens: String,
    /// Per second.
    pub requests: String,
    /// Of all kinds.
    pub refusals: u64,
    /// Of 50, 95 and 99 of a hundred answers.
    pub latency: Vec<String>,
}

/// The live picture.
#[derive(Debug, Default, Serialize)]
pub struct Live {
    /// Around it.
    pub shell: Shell,
    /// `10m` or `1h`.
    pub range: &'static str,
    /// From when this node knows.
    pub since: Option<Millis>,
    /// Tokens per second.
    pub tokens: Bars,
    /// Requests per second, by class of status.
    pub requests: Bars,
    /// How long answers took.
    pub latency: Lines,
    /// The most frequent first.
    pub refusals: Vec<RefusalBar>,
    /// The same numbers as a table, the newest first.
    pub table: Vec<Numbers>,
}

impl Page for Live {
    const TEMPLATE: &'static str = "operations/live";
    const SCRIPT: &'static str = include_str!("live.js");
    const ASKS_US: bool = true;
}
