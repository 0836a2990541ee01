//! The kinds of difference between two answers, and what to do about each.

use std::fmt;

/// One kind. Members are counted by their names, since each is another question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The status codes.
    Status,
    /// One is a JSON object, and the other is not.
    Body,
    /// A member of theirs that ours has not.
    MissingHere(String),
    /// A member of ours that theirs has not.
    MoreHere(String),
    /// A member of both, of another JSON type.
    Type(String),
    /// `scope`, as a set.
    Scope,
    /// `expires_in`, by more than a second.
    Lifetime,
    /// `token_type` is another.
    TokenType,
    /// `token_type` is the same in other letters.
    TokenTypeSpelling,
    /// `error`.
    ErrorCode,
    /// `error_description` is there on one side alone.
    ErrorDescription,
    /// `Content-Type`, whatever its letters, and without a charset of JSON.
    ContentType,
    /// The directives of `Cache-Control`.
    CacheControl,
    /// `WWW-Authenticate` is there on one side alone, or has another scheme.
    WwwAuthenticate,
}

/// One difference, with what may be shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its kind.
    pub kind: Kind,
    /// The old server's side.
    pub there: String,
    /// Ours.
    pub here: String,
}

impl Kind {
    /// Its name, and the member it is about.
    pub fn name(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Status => ("status", None),
            Self::Body => ("body", None),
            Self::MissingHere(member) => ("missing_here", Some(member)),
            Self::MoreHere(member) => ("more_here", Some(member)),
            Self::Type(member) => ("type", Some(member)),
            Self::Scope => ("scope", None),
            Self::Lifetime => ("lifetime", None),
            Self::TokenType => ("token_type", None),
            Self::TokenTypeSpelling => ("token_type_spelling", None),
            Self::ErrorCode => ("error", None),
            Self::ErrorDescription => ("error_description", None),
            Self::ContentType => ("content_type", None),
            Self::CacheControl => ("cache_control", None),
            Self::WwwAuthenticate => ("www_authenticate", None),
        }
    }

    /// Whether the name of our reason explains it.
    pub fn has_reason(&self) -> bool {
        matches!(self, Self::Status | Self::ErrorCode)
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Status => {
                "Where it is granted there and refused here: is the client imported, with all of its secrets, scopes and grants? The reason beside the example says which. Look before you cut over."
            }
            Self::Body => "One side answers something else than JSON; look at the two by hand.",
            Self::MissingHere(_) => {
                "Programs may read this member. Choose the dialect that writes it (environments.E.dialect), or add a quirk: docs/adding-a-dialect.md."
            }
            Self::MoreHere(_) => {
                "Programs ignore members they do not know, but for the strictest; a dialect can leave it out."
            }
            Self::Type(_) => {
                "Typed programs break on this: choose the dialect that writes it as the old server does."
            }
            Self::Scope => {
                "The credential has other scopes than the old client: compare them in the portal or with `grantor credentials show`."
            }
            Self::Lifetime => {
                "Set environments.E.access_token_lifetime to what the old server gives, or tell your integrators."
            }
            Self::TokenType => "Another kind of token: programs will send it in another way.",
            Self::TokenTypeSpelling => {
                "RFC 6749 section 5.1 has it case-insensitive, and some programs compare letters: choose the dialect that spells it so."
            }
            Self::ErrorCode => {
                "Programs that look at the code act in another way; the dialect says which codes are given when."
            }
            Self::ErrorDescription => {
                "For people who read logs; no program should depend on it. The dialect decides whether it is there."
            }
            Self::ContentType => {
                "Programs that look at it read the answer in another way, or not at all."
            }
            Self::CacheControl => {
                "Grantor says no-store, as RFC 6749 section 5.1 demands; nothing to do."
            }
            Self::WwwAuthenticate => {
                "Some HTTP clients ask again with Basic when they see the challenge; the dialect decides whether it is sent."
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            (name, Some(member)) => write!(f, "{name} {member}"),
            (name, None) => f.write_str(name),
        }
    }
}
