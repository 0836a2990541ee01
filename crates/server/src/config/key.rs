//! The name of a place in the configuration, as messages spell it: `environments.production.url`, `routes[3].path`.

use std::fmt;

/// One step from the top of the file to a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A key of a table.
    Name(String),
    /// A place in an array, counted from 0.
    Index(usize),
}

/// The way from the top of the file to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Vec<Step>);

impl Key {
    /// The key of a table at the top of the file.
    pub fn top(name: &str) -> Self {
        Self::default().name(name)
    }

    /// This key, one table key further in.
    pub fn name(&self, name: &str) -> Self {
        self.with(Step::Name(name.to_owned()))
    }

    /// This key, one array place further in.
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps, from the top.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The table or list that this key stands in.
    pub fn around(&self) -> Self {
        self.outwards().nth(1).unwrap_or_default()
    }

    /// Every key on the way here, longest first: this one, the table around it, and so on.
    pub fn outwards(&self) -> impl Iterator<Item = Self> {
        (0..=self.0.len())
            .rev()
            .map(|length| Self(self.0.iter().take(length).cloned().collect()))
    }

    /// The nearest key at or around this one that is a table's key, since that is what can be taken out of a document.
    pub fn nearest_name(&self) -> Self {
        self.outwards()
            .find(|key| matches!(key.0.last(), Some(Step::Name(_))))
            .unwrap_or_default()
    }
}

impl FromIterator<Step> for Key {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl From<&serde_path_to_error::Path> for Key {
    fn from(path: &serde_path_to_error::Path) -> Self {
        use serde_path_to_error::Segment;
        path.iter()
            .filter_map(|segment| match segment {
                Segment::Seq { index } => Some(Step::Index(*index)),
                Segment::Map { key } => Some(Step::Name(key.clone())),
                Segment::Enum { variant } => Some(Step::Name(variant.clone())),
                Segment::Unknown => None,
            })
            .collect()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Name(name) if position == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}
