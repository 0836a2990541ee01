//! The table: a row per ratio, the same for people and as Markdown.

use crate::pairs::Figure;

/// How a figure stands to what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The goal is met.
    Met,
    /// Not the goal, but within what must never be exceeded.
    Within,
    /// Beyond that.
    Missed,
    /// Could not be measured.
    Unknown,
}

/// One line.
#[derive(Clone, Debug)]
pub struct Row {
    /// `P3`
    pub name: &'static str,
    /// What is compared.
    pub what: String,
    /// Goal and limit.
    pub goal: String,
    pub limit: String,
    /// Median and spread, written out.
    pub figure: String,
    pub spread: String,
    pub requests: u64,
    pub verdict: Verdict,
    /// What a reader must know, and the absolute figures for orientation.
    pub note: String,
}

/// What is asked: a figure at most (or, for throughput, at least) the goal, never beyond the limit.
#[derive(Clone, Copy)]
pub struct Asked {
    pub goal: f64,
    pub limit: f64,
    /// Behind the number: `""`, `" MB"`, …
    pub unit: &'static str,
    pub digits: usize,
}

impl Asked {
    /// A ratio of CPU times.
    pub const fn ratio(goal: f64, limit: f64) -> Self {
        Self {
            goal,
            limit,
            unit: "",
            digits: 2,
        }
    }

    /// How many times of something another needs: more is better.
    pub const fn times(goal: f64, limit: f64) -> Self {
        Self {
            goal,
            limit,
            unit: " ×",
            digits: 1,
        }
    }

    /// Judges a figure and writes the row.
    pub fn row(self, name: &'static str, what: &str, figure: Figure) -> Row {
        let Self {
            goal,
            limit,
            unit,
            digits,
        } = self;
        // Where the limit lies below the goal, more is better.
        let reaches = |bound: f64| {
            if limit < goal {
                figure.median >= bound
            } else {
                figure.median <= bound
            }
        };
        let verdict = if reaches(goal) {
            Verdict::Met
        } else if reaches(limit) {
            Verdict::Within
        } else {
            Verdict::Missed
        };
        let sign = if limit < goal { "≥" } else { "≤" };
        let spread = if figure.least == figure.most {
            String::new()
        } else {
            format!("{:.digits$}–{:.digits$}", figure.least, figure.most)
        };
        Row {
            name,
            what: what.to_owned(),
            goal: format!("{sign} {goal:.digits$}{unit}"),
            limit: format!("{limit:.digits$}{unit}"),
            figure: format!("{:.digits$}{unit}", figure.median),
            spread,
            requests: 0,
            verdict,
            note: String::new(),
        }
    }
}

impl Row {
    /// The row of something that could not be measured, with the reason.
    pub fn unknown(name: &'static str, what: &str, reason: impl ToString) -> Self {
        Self {
            name,
            what: what.to_owned(),
            goal: String::new(),
            limit: String::new(),
            figure: "–".to_owned(),
            spread: String::new(),
            requests: 0,
            verdict: Verdict::Unknown,
            note: reason.to_string(),
        }
    }

    /// Adds the number of requests measured and a note.
    pub fn with(self, requests: u64, note: impl Into<String>) -> Self {
        Self {
            requests,
            note: note.into(),
            ..self
        }
    }

    fn cells(&self) -> [String; 9] {
        let verdict = match self.verdict {
            Verdict::Met => "met",
            Verdict::Within => "within",
            Verdict::Missed => "MISSED",
            Verdict::Unknown => "not measured",
        };
        let requests = if self.requests == 0 {
            String::new()
        } else {
            self.requests.to_string()
        };
        [
            self.name.to_owned(),
            self.what.clone(),
            self.goal.clone(),
            self.limit.clone(),
            self.figure.clone(),
            self.spread.clone(),
            requests,
            verdict.to_owned(),
            self.note.clone(),
        ]
    }
}

const HEADS: [&str; 9] = [
    "#",
    "what",
    "goal",
    "never beyond",
    "figure",
    "spread",
    "requests",
    "",
    "note",
];

/// For a terminal.
pub fn aligned(rows: &[Row]) -> String {
    let mut lines = vec![HEADS.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    let written = lines.iter().map(|line| {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    });
    written.collect()
}

/// For a document.
pub fn markdown(rows: &[Row]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads = line(&HEADS.map(str::to_owned));
    let rule = line(&HEADS.map(|_| "---".to_owned()));
    heads
        + &rule
        + &rows
            .iter()
            .map(|row| line(&row.cells()))
            .collect::<String>()
}
