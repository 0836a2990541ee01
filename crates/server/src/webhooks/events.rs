//! Which events are offered. A name stays once it stands here: programs outside wait for it.

/// Every event that a webhook can be told. What programs do all day (tokens, sessions) is not among them.
pub const OFFERED: &[&str] = &[
    "account.restored",
    "account.suspended",
    "account.tokens_revoked",
    "activity.exported",
    "authorization_code.replayed",
    "budget.reached",
    "consent.given",
    "consent.withdrawn",
    "credential.budget_changed",
    "credential.created",
    "credential.deleted",
    "credential.disabled",
    "credential.enabled",
    "credential.foreign_refused",
    "credential.secret_rotated",
    "credential.tokens_revoked",
    "credential.updated",
    "environment.exported",
    "environment.imported",
    "environment.refreshed",
    "forward_auth.refused",
    "incident.opened",
    "incident.resolved",
    "incident.updated",
    "limit.reached",
    "master_key.added",
    "master_key.retired",
    "operator.refused",
    "operator_token.created",
    "operator_token.revoked",
    "person.created",
    "person.disabled",
    "person.email_changed",
    "person.enabled",
    "person.erased",
    "person.foreign_refused",
    "person.handed_over",
    "person.invitation_taken_up",
    "person.invited",
    "person.passkey_added",
    "person.passkey_removed",
    "person.password_changed",
    "person.password_set",
    "person.recovery_code_used",
    "person.role_changed",
    "person.second_factor_reset",
    "person.second_factor_turned_off",
    "person.second_factor_turned_on",
    "person.sessions_ended",
    "refresh_token.replayed",
    "request.exported",
    "secret.expiring",
    "signing_key.announced",
    "signing_key.created",
    "signing_key.revoked",
    "staff_sign_in.refused",
];

/// What an operator sends to see whether a webhook works.
pub const TEST: &str = "webhook.test";

/// The events that a name, or a beginning with a star, means.
pub fn matching(pattern: &str) -> Vec<&'static str> {
    let meant = |event: &&&str| match pattern.strip_suffix('*') {
        // A star stands after a point or alone, so that what it means can be read off it.
        Some(beginning) => {
            (beginning.is_empty() || beginning.ends_with('.')) && event.starts_with(beginning)
        }
        None => **event == pattern,
    };
    OFFERED.iter().filter(meant).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_means_what_follows_a_point() {
        assert_eq!(matching("*"), OFFERED);
        assert_eq!(matching("account.*").len(), 3);
        assert_eq!(matching("credential.created"), ["credential.created"]);
        for none in ["", "cred*", "credential", "token.issued", "session.*"] {
            assert_eq!(matching(none), <[&str; 0]>::default(), "{none}");
        }
    }
}
