//! Two ways a verb can fail: the database could not do it, or the rows forbid it.

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is full, is read-only, is locked: nothing is known about the rows. Callers answer 503.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The rows forbid it; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A row that makes no sense, or a statement that does not fit the schema.
    #[error("the database holds something unexpected: {0}")]
    Corrupt(String),
    /// A sentence for the operator about opening, migrating, backing up or restoring.
    #[error("{0}")]
    Operator(String),
}

/// Why the rows forbid a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// What should be changed is not there.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What should be made is there already.
    #[error("a {0} of that name exists already")]
    Exists(&'static str),
    /// A rule about the rows, as a sentence.
    #[error("{0}")]
    Conflict(&'static str),
}
