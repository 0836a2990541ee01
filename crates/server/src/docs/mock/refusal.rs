//! Why a mock does not give the answer that is documented for a success.

use axum::http::StatusCode;

use super::body::Unfit;
use super::checks::Fault;
use super::operations::Unknown;
use crate::endpoints::request::BodyRefusal;

/// Why a request was refused.
#[derive(Debug)]
pub enum MockRefusal {
    /// No API of that name, or no such path in its description.
    PathUnknown,
    /// The path has no such method; `Allow` says which there are.
    MethodUnknown(String),
    /// The body did not arrive.
    Body(BodyRefusal),
    /// The body is of another kind than those that are described.
    MediaTypeUnknown(String),
    /// The request is not what the description says: each a sentence.
    Broken(Vec<Wrong>),
    /// The query wishes for what is not documented; the sentence says what is.
    Undocumented(String),
    /// The answer is documented in none of the kinds that are accepted; the kinds there are.
    NotAcceptable(String),
}

/// What is wrong with a part of a request.
#[derive(Debug)]
pub struct Wrong {
    /// `The body`, or a parameter.
    pub part: String,
    /// Its own name, where it has one.
    pub name: String,
    /// What is wrong.
    pub fault: Fault,
}

impl MockRefusal {
    /// The name, as the log has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::PathUnknown => "PathUnknown",
            Self::MethodUnknown(_) => "MethodUnknown",
            Self::Body(BodyRefusal::TooLarge) => "BodyTooLarge",
            Self::Body(BodyRefusal::TooSlow) => "BodyTooSlow",
            Self::Body(BodyRefusal::Broken) => "BodyBroken",
            Self::MediaTypeUnknown(_) => "MediaTypeUnknown",
            Self::Broken(_) => "DescriptionBroken",
            Self::Undocumented(_) => "Undocumented",
            Self::NotAcceptable(_) => "NotAcceptable",
        }
    }

    /// The status, and the word for it where the answer is in no documented shape.
    pub fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::PathUnknown => (StatusCode::NOT_FOUND, "not_found"),
            Self::Undocumented(_) => (StatusCode::NOT_FOUND, "not_documented"),
            Self::MethodUnknown(_) => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Body(BodyRefusal::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::Body(BodyRefusal::TooSlow) => (StatusCode::REQUEST_TIMEOUT, "request_timeout"),
            Self::Body(BodyRefusal::Broken) | Self::Broken(_) => {
                (StatusCode::BAD_REQUEST, "invalid_request")
            }
            Self::MediaTypeUnknown(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::NotAcceptable(_) => (StatusCode::NOT_ACCEPTABLE, "not_acceptable"),
        }
    }

    /// What the sender is told.
    pub fn sentence(&self) -> String {
        match self {
            Self::PathUnknown => "The description that is mocked here has no such path.".to_owned(),
            Self::MethodUnknown(allow) => {
                format!("The description has no such method for this path; it has {allow}.")
            }
            Self::Body(BodyRefusal::TooLarge) => "The body is longer than 64 KiB.".to_owned(),
            Self::Body(BodyRefusal::TooSlow) => "The body did not come in time.".to_owned(),
            Self::Body(BodyRefusal::Broken) => "The body could not be read to its end.".to_owned(),
            Self::MediaTypeUnknown(kinds) if kinds.is_empty() => {
                "The description has no body of any kind here.".to_owned()
            }
            Self::MediaTypeUnknown(kinds) => {
                format!("The description has no body of this Content-Type here; it has {kinds}.")
            }
            Self::Broken(wrong) => {
                let sentences: Vec<String> = wrong.iter().map(Wrong::sentence).collect();
                sentences.join(" ")
            }
            Self::Undocumented(sentence) => sentence.clone(),
            Self::NotAcceptable(kinds) => {
                format!("The answer is documented as {kinds}, none of which Accept allows.")
            }
        }
    }

    /// What an answer in the words of OAuth (RFC 6749 §5.2) would call it.
    pub fn oauth_error(&self) -> &'static str {
        let is_grant = |wrong: &Wrong| {
            let grant_type = wrong.fault.at == "/grant_type" || wrong.name == "grant_type";
            grant_type && wrong.fault.is_none_of
        };
        match self {
            Self::Broken(wrong) if wrong.iter().any(is_grant) => "unsupported_grant_type",
            _ => "invalid_request",
        }
    }
}

impl Wrong {
    fn sentence(&self) -> String {
        let Fault { at, what, .. } = &self.fault;
        let is_verb = ["is missing", "is no ", "is there ", "has "];
        let (part, at) = (&self.part, at.as_str());
        if is_verb.iter().any(|verb| what.starts_with(verb)) {
            return format!("{part} {what}.");
        }
        if at.is_empty() {
            return format!("{part} is not what the description says: {what}.");
        }
        format!("{part} is not what the description says at {at}: {what}.")
    }
}

impl From<Unknown> for MockRefusal {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Path => Self::PathUnknown,
            Unknown::Method(allow) => Self::MethodUnknown(allow),
        }
    }
}

impl From<Unfit> for MockRefusal {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::MediaType(kinds) => Self::MediaTypeUnknown(kinds),
            Unfit::Broken(faults) => {
                let wrong = faults.into_iter().map(|fault| Wrong {
                    part: "The body".to_owned(),
                    name: String::new(),
                    fault,
                });
                Self::Broken(wrong.collect())
            }
        }
    }
}
