//! What an operator token may be good for. Reading and writing are apart, and neither implies the other.

/// A scope as a type: naming it is how a handler learns who asks.
pub trait Needs: Send + 'static {
    /// The scope value, such as `credentials:read`.
    const SCOPE: &'static str;
}

macro_rules! scopes {
    ($($(#[$what:meta])+ $type:ident = $scope:literal,)+) => {
        $($(#[$what])+ pub enum $type {}
        impl Needs for $type {
            const SCOPE: &'static str = $scope;
        })+
        /// Every scope, for checking what a new token is given and for saying what there is.
        pub const ALL: &[&str] = &[$($scope),+];
    };
}

scopes! {
    /// List and show accounts.
    ReadAccounts = "accounts:read",
    /// Suspend and restore accounts.
    WriteAccounts = "accounts:write",
    /// Read and verify the audit trail.
    ReadAudit = "audit:read",
    /// List and show credentials.
    ReadCredentials = "credentials:read",
    /// Make, change, rotate, disable and delete credentials.
    WriteCredentials = "credentials:write",
    /// List environments.
    ReadEnvironments = "environments:read",
    /// Overwrite an environment from another, as the configuration says.
    WriteEnvironments = "environments:write",
    /// List and show what everyone is told on the status page.
    ReadIncidents = "incidents:read",
    /// Tell everyone of incidents and maintenance.
    WriteIncidents = "incidents:write",
    /// List signing keys, and what still needs an old master key.
    ReadKeys = "keys:read",
    /// Rotate and revoke signing keys, replace the master key.
    WriteKeys = "keys:write",
    /// List operator tokens.
    ReadOperators = "operators:read",
    /// Make and revoke operator tokens, of no more than the own scopes.
    WriteOperators = "operators:write",
    /// List and show people, their sessions and consents.
    ReadPeople = "people:read",
    /// Make, invite, change, disable and erase people, end their sessions.
    WritePeople = "people:write",
    /// List and show the latest requests of credentials, secrets blotted out.
    ReadRequests = "requests:read",
    /// End live access tokens.
    WriteTokens = "tokens:write",
    /// List webhooks and what they were sent.
    ReadWebhooks = "webhooks:read",
    /// Send again, try webhooks and mail.
    WriteWebhooks = "webhooks:write",
}

/// Every scope, those of later versions included.
pub const EVERYTHING: &str = "*";

/// The scopes of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted(Vec<String>);

impl Granted {
    /// As they were stored.
    pub fn new(scopes: Vec<String>) -> Self {
        Self(scopes)
    }

    /// All there are.
    pub fn everything() -> Self {
        Self(vec![EVERYTHING.to_owned()])
    }

    /// Whether they include one. Scopes are compared whole.
    pub fn include(&self, scope: &str) -> bool {
        self.0
            .iter()
            .any(|granted| granted == EVERYTHING || granted == scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_is_not_reading_and_a_prefix_is_not_a_scope() {
        let granted = Granted::new(vec!["credentials:write".into(), "keys".into()]);
        assert!(granted.include("credentials:write"));
        for other in ["credentials:read", "keys:read", "keys:write", "*", ""] {
            assert!(!granted.include(other), "{other}");
        }
        assert!(ALL.iter().all(|scope| Granted::everything().include(scope)));
        assert!(!Granted::new(Vec::new()).include("credentials:read"));
    }
}
