//! Changing a password by program: a request of one dialect's clients, beside the OAuth of the RFCs.
//!
//! It is answered with status 200 and a sentence for the person, whatever the outcome; only a client
//! that is not proven hears an OAuth error.

use std::fmt;

use serde::Serialize;

use crate::dialect::Dialect;
use crate::dialect::quirks::ForcedPasswordChange;
use crate::error_response::{ErrorCode, WrittenResponse};
use crate::json;
use crate::parameters::Parameters;

/// What a client sends, borrowed from its parameters. What is absent is empty, since the person is told what is missing.
#[derive(Clone, Copy)]
pub struct ChangePasswordRequest<'p> {
    /// The person's id, as a refused token request told it.
    pub userid: &'p str,
    /// The password so far.
    pub password: &'p str,
    /// The password from now on.
    pub newpassword: &'p str,
}

impl<'p> ChangePasswordRequest<'p> {
    /// Reads the request.
    pub fn read(parameters: &'p Parameters<'_>) -> Self {
        let value = |name| parameters.get(name).unwrap_or_default();
        Self {
            userid: value("userid"),
            password: value("password"),
            newpassword: value("newpassword"),
        }
    }
}

impl fmt::Debug for ChangePasswordRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangePasswordRequest")
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct MustChange<'a> {
    userid: &'a str,
    #[serde(rename = "RequireChangePassword")]
    require_change_password: bool,
}

#[derive(Serialize)]
struct Changed<'a> {
    success: bool,
    message: &'a str,
}

impl Dialect {
    /// The answer to a token request whose password is right and must be changed.
    pub fn write_password_change_required(&self, userid: &str, realm: &str) -> WrittenResponse {
        match self.quirks.forced_password_change {
            ForcedPasswordChange::InvalidGrant => self.write_error(ErrorCode::InvalidGrant, realm),
            ForcedPasswordChange::Answered => WrittenResponse {
                status: 200,
                body: json::written(&MustChange {
                    userid,
                    require_change_password: true,
                }),
                www_authenticate: None,
            },
        }
    }

    /// The answer to a request to change a password.
    pub fn write_password_changed(&self, success: bool, message: &str) -> WrittenResponse {
        WrittenResponse {
            status: 200,
            body: json::written(&Changed { success, message }),
            www_authenticate: None,
        }
    }
}
