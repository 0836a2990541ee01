//! How far somebody is: invited, waiting for an invitation, here, or not let in.

use store::{Millis, Person};

/// How somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Let in no more.
    Disabled,
    /// Has a password, or came in by another way.
    Active,
    /// Never came in, and has a link to do so.
    Invited,
    /// Never came in and has no link, or none that works any more: a refresh brought them, or the link ran out.
    Waiting,
}

impl Standing {
    /// Of a person at a moment.
    pub fn of(person: &Person, now: Millis) -> Self {
        let came = person.password.is_some() || person.last_sign_in_at.is_some();
        let invited = person.invited_until.is_some_and(|until| until > now);
        match person.disabled_at {
            Some(_) => Self::Disabled,
            None if came => Self::Active,
            None if invited => Self::Invited,
            None => Self::Waiting,
        }
    }

    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Waiting => "waiting",
        }
    }
}
