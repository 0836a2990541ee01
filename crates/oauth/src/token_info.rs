//! What a token says about itself: whoever holds it asks with it, as resource servers of some older platforms do.
//!
//! It stands in no RFC. The token is the only proof, so nothing is told that its holder could not find out by using it.

use serde::Serialize;

use crate::dialect::Dialect;
use crate::error_response::{ErrorCode, WrittenResponse, quotable};
use crate::json;
use crate::scope::Scope;

/// What is told of a token that lives.
#[derive(Clone, Copy, Debug)]
pub struct TokenInfo<'a> {
    /// The person for whom it speaks, by id; none where it is the client's own.
    pub resource_owner: Option<&'a str>,
    /// What it opens.
    pub scope: &'a Scope,
    /// Seconds that are left of it.
    pub expires_in: i64,
    /// Whose credential it is.
    pub client_id: &'a str,
    /// When it was issued, in seconds since 1970.
    pub created_at: i64,
}

impl Dialect {
    /// The answer of the token-info endpoint: 200 with what is known, or 401 with the challenge of RFC 6750 §3, which says the
    /// same of every token that is dead or missing.
    pub fn write_token_info(&self, token: Option<&TokenInfo<'_>>, realm: &str) -> WrittenResponse {
        match token {
            Some(token) => WrittenResponse {
                status: 200,
                body: json::written(&Told::of(token)),
                www_authenticate: None,
            },
            None => self.refused_token_info(realm),
        }
    }

    fn refused_token_info(&self, realm: &str) -> WrittenResponse {
        let code = ErrorCode::InvalidToken;
        let description = self.quirks.error_descriptions.of(code);
        let mut challenge = format!(
            "Bearer realm=\"{}\", error=\"invalid_token\"",
            quotable(realm)
        );
        if let Some(description) = description {
            challenge.push_str(&format!(
                ", error_description=\"{}\"",
                quotable(description)
            ));
        }
        WrittenResponse {
            status: self.error_status(code),
            body: json::written(&Refused {
                error: code.as_str(),
                error_description: description,
                state: "unauthorized",
            }),
            www_authenticate: Some(challenge),
        }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    resource_owner_id: Option<&'a str>,
    scope: Vec<&'a str>,
    expires_in: i64,
    application: Application<'a>,
    created_at: i64,
}

#[derive(Serialize)]
struct Application<'a> {
    uid: &'a str,
}

impl<'a> Told<'a> {
    fn of(token: &TokenInfo<'a>) -> Self {
        Self {
            resource_owner_id: token.resource_owner,
            scope: token.scope.iter().collect(),
            expires_in: token.expires_in,
            application: Application {
                uid: token.client_id,
            },
            created_at: token.created_at,
        }
    }
}

/// The third member stands in no RFC either; programs compare it.
#[derive(Serialize)]
struct Refused<'a> {
    error: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<&'a str>,
    state: &'static str,
}
