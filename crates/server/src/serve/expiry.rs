//! Warns before a secret ends that nothing takes the place of: 30, 7 and 1 days ahead, once each, whichever node comes first.

use store::{Actor, AuditEvent, ExpiringSecret, Millis, StoreError};

use crate::platform::Platform;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// Days ahead, the longest first.
pub const WARNED: [i64; 3] = [30, 7, 1];

/// Looks once.
///
/// # Errors
/// The database; the next look tries again.
pub async fn warn(platform: &Platform, now: Millis) -> Result<(), StoreError> {
    let expiring = platform
        .store
        .expiring_secrets(now, now + WARNED[0] * DAY)
        .await?;
    for secret in expiring {
        let Some(days) = due(&secret, now) else {
            continue;
        };
        let details = serde_json::json!({
            "client_id": secret.client_id, "name": secret.credential_name, "days": days,
            "expires_at": crate::clock::rfc3339(secret.expires_at),
        });
        let audit = AuditEvent {
            at: now,
            actor: Actor::System,
            environment: None,
            account_id: None,
            event: "secret.expiring",
            subject: None,
            remote_address: None,
            request_id: None,
            details: details.to_string(),
        };
        if platform.store.note_warning(&secret, days, audit).await? {
            tracing::warn!(
                environment = secret.environment.as_str(),
                credential = secret.credential_uuid,
                days,
                "a secret ends soon and has no successor"
            );
        }
    }
    Ok(())
}

/// The warning that is due now: the nearest end that has been reached and not been told.
fn due(secret: &ExpiringSecret, now: Millis) -> Option<i64> {
    let left = secret.expires_at - now;
    let reached = WARNED.into_iter().filter(|days| left <= days * DAY).min()?;
    let told = secret.warned_days.is_some_and(|warned| warned <= reached);
    (!told).then_some(reached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::EnvironmentName;

    #[test]
    fn each_warning_is_due_once_and_the_nearest_counts() {
        let due_with = |left: Millis, warned_days| {
            let secret = ExpiringSecret {
                id: String::new(),
                credential_uuid: String::new(),
                environment: EnvironmentName::new("production"),
                account_id: String::new(),
                credential_name: String::new(),
                client_id: String::new(),
                expires_at: left,
                warned_days,
            };
            due(&secret, 0)
        };
        assert_eq!(due_with(31 * DAY, None), None);
        assert_eq!(due_with(30 * DAY, None), Some(30));
        assert_eq!(due_with(8 * DAY, Some(30)), None);
        assert_eq!(due_with(7 * DAY, Some(30)), Some(7));
        assert_eq!(due_with(DAY, Some(7)), Some(1));
        assert_eq!(due_with(1, Some(1)), None);
        // Who was asleep for weeks hears the last warning, not all of them.
        assert_eq!(due_with(DAY / 2, None), Some(1));
    }
}
