//! What a token request asks, read as our own token endpoint reads it: who asks, for which grant, and what of it is secret.

use axum::http::request::Parts;
use bytes::Bytes;
use oauth::dialect::Dialect;
use oauth::grant_type::GrantType;
use zeroize::Zeroizing;

use crate::endpoints::request::Received;

/// A token request, as far as it can be read.
pub struct Asked {
    /// The client ids it may mean: HTTP Basic has two readings.
    pub client_ids: Vec<String>,
    /// None where it names none that we know, and then nothing of it can be spent here.
    pub grant: Option<GrantType>,
    /// What must be seen nowhere, the client ids among them where somebody else echoes them.
    pub secrets: Vec<Zeroizing<String>>,
}

/// Parameters that are, or may be, secrets.
const SECRET: [&str; 8] = [
    "client_secret",
    "password",
    "code",
    "code_verifier",
    "refresh_token",
    "assertion",
    "client_assertion",
    "token",
];

impl Asked {
    /// Reads a request in a dialect. What cannot be read is left open: our endpoint refuses it before it does anything.
    pub fn read(dialect: &Dialect, head: &Parts, body: &Bytes) -> Self {
        let received = Received {
            head: head.clone(),
            body: body.clone(),
        };
        let fields = received.fields();
        let parts = received.parts(&fields);
        let mut asked = Self {
            client_ids: Vec::new(),
            grant: None,
            secrets: Vec::new(),
        };
        let Ok(parameters) = dialect.read_token_parameters(&parts) else {
            return asked;
        };
        asked.grant = dialect.read_grant_type(&parameters).ok();
        let sent = SECRET.iter().filter_map(|name| parameters.get(name));
        asked
            .secrets
            .extend(sent.map(|text| Zeroizing::new(text.to_owned())));
        if let Ok(presented) = dialect.read_client_credentials(&parts, &parameters) {
            for candidate in presented.candidates() {
                asked.client_ids.push(candidate.client_id.to_string());
                // People put secrets into the wrong field.
                let id = Zeroizing::new(candidate.client_id.to_string());
                asked.secrets.push(id);
                let secret = candidate.client_secret.as_deref();
                let secret = secret.map(|text| Zeroizing::new(text.to_owned()));
                asked.secrets.extend(secret);
            }
        }
        asked
    }

    /// Why running it twice would take something from whom it belongs to; None: it takes nothing.
    pub fn spends(&self) -> Option<NotCompared> {
        match self.grant? {
            GrantType::ClientCredentials => None,
            GrantType::AuthorizationCode => Some(NotCompared::AuthorizationCode),
            GrantType::RefreshToken => Some(NotCompared::RefreshToken),
            GrantType::Password => Some(NotCompared::Password),
        }
    }

    /// Whether it brings what only the server that gave it out knows.
    pub fn brings_what_was_given_out(&self) -> bool {
        matches!(
            self.grant,
            Some(GrantType::AuthorizationCode | GrantType::RefreshToken)
        )
    }
}

/// Why a token request was not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotCompared {
    /// A code is good once, on the server that made it.
    AuthorizationCode,
    /// The same of a refresh token.
    RefreshToken,
    /// A person's password; a wrong one counts against the person.
    Password,
    /// More rehearsals were under way than there may be.
    Busy,
    /// Grantor's database is not open here yet, or away.
    GrantorAway,
    /// Grantor took too long.
    GrantorSlow,
    /// The old server gave no answer, or one of 5xx.
    OldServerFailed,
    /// The old server said 429: it counts requests of which we see only some.
    OldServerLimited,
    /// The old answer is compressed, and was not opened.
    Compressed,
    /// The request or the old answer is larger than 64 KiB.
    TooLarge,
    /// Its sender went away before the old answer was whole.
    BrokenOff,
}

impl NotCompared {
    /// Its name in the report and the metrics, and what it means.
    pub fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::AuthorizationCode => (
                "authorization_code",
                "a code is good once, on the server that made it",
            ),
            Self::RefreshToken => (
                "refresh_token",
                "a refresh token is good on the server that gave it out",
            ),
            Self::Password => (
                "password",
                "a person's password is tried once: a wrong one counts against the person",
            ),
            Self::Busy => (
                "busy",
                "as many rehearsals were under way as there may be (shadow.rehearsals_at_once)",
            ),
            Self::GrantorAway => (
                "grantor_away",
                "Grantor could not answer: its database or a key was away",
            ),
            Self::GrantorSlow => ("grantor_slow", "Grantor did not answer within 10 seconds"),
            Self::OldServerFailed => (
                "old_server_failed",
                "the old server did not answer, or with 5xx",
            ),
            Self::OldServerLimited => ("old_server_limited", "the old server answered 429"),
            Self::Compressed => (
                "compressed",
                "the old answer is compressed; switch that off at its token endpoint while you rehearse",
            ),
            Self::TooLarge => ("too_large", "the request or the old answer exceeds 64 KiB"),
            Self::BrokenOff => (
                "broken_off",
                "the client went away before the old answer was whole",
            ),
        }
    }
}
