//! What can only be shown: nobody has vouched for the address that an answer would go to, or it is our own fault.

use axum::http::StatusCode;
use axum::response::Response;
use oauth::authorization_request::ShownRefusal;
use store::StoreError;

use crate::people::visit::Visit;
use crate::random::NoRandomness;

/// The reason.
#[derive(Debug)]
pub enum AuthorizationRefusal {
    /// The request.
    Shown(ShownRefusal),
    /// A flow that is too old, or another browser's.
    ContinuationUnknown,
    /// The database could not be asked.
    Store(StoreError),
    /// The operating system.
    Random(NoRandomness),
}

impl AuthorizationRefusal {
    /// The page that says so.
    pub fn answer(&self, visit: &Visit) -> Response {
        let (title, advice) = match self {
            Self::Store(error) => return visit.unavailable(error),
            Self::Random(error) => return visit.unavailable(error),
            Self::ContinuationUnknown => return visit.too_old(),
            Self::Shown(refusal) => {
                visit.refused(&refusal.to_string());
                match refusal {
                    ShownRefusal::Unreadable => {
                        ("error-unreadable-title", "error-unreadable-advice")
                    }
                    ShownRefusal::ClientIdMissing | ShownRefusal::ClientUnknown => {
                        ("error-client-title", "error-client-advice")
                    }
                    ShownRefusal::RedirectUriMissing | ShownRefusal::RedirectUriNotRegistered => {
                        ("error-redirect-title", "error-redirect-advice")
                    }
                }
            }
        };
        visit.error(StatusCode::BAD_REQUEST, title, advice)
    }
}

impl From<ShownRefusal> for AuthorizationRefusal {
    fn from(refusal: ShownRefusal) -> Self {
        Self::Shown(refusal)
    }
}

impl From<StoreError> for AuthorizationRefusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NoRandomness> for AuthorizationRefusal {
    fn from(error: NoRandomness) -> Self {
        Self::Random(error)
    }
}
