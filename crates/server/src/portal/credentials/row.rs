//! A credential as pages show it.

use std::collections::HashMap;

use oauth::permission::Permission;
use store::{Client, DayOfUse, Millis, Secret, SecretScheme, StoreError};

use crate::context::Context;
use crate::pages::{CredentialRow, ScopeLine, SecretLine};
use crate::platform::Platform;
use crate::uses::day_of;

/// Days in the picture.
const DAYS: i64 = 30;
/// The height of the picture's tallest bar.
const TALLEST: u64 = 26;

/// With the uses of the last thirty days.
pub async fn row(context: &Context, client: Client) -> Result<CredentialRow, StoreError> {
    let today = day_of(context.now);
    let uses = context
        .platform
        .store
        .credential_uses(&client.credential.uuid, today - DAYS + 1)
        .await?;
    Ok(of(&context.platform, client, &uses, today))
}

fn of(platform: &Platform, client: Client, uses: &[DayOfUse], today: i64) -> CredentialRow {
    let credential = client.credential;
    let (last_used_at, last_used_address) = last_use(&client.secrets);
    let (requests, days) = days(uses, today);
    let of_today = uses.iter().find(|used| used.day == today);
    CredentialRow {
        today: of_today.map_or(0, |used| used.requests),
        scopes: scopes(platform, credential.version.as_deref(), &credential.scopes),
        summary: summary(&credential.scopes),
        everything: platform.config.versions.is_empty(),
        uuid: credential.uuid,
        client_id: credential.client_id,
        account: credential.account_name,
        name: credential.name,
        description: credential.description,
        version: credential.version,
        grants: credential.grant_types,
        redirect_uris: credential.redirect_uris,
        secrets: client.secrets.iter().map(secret).collect(),
        last_used_at,
        last_used_address,
        disabled: credential.disabled_at.is_some(),
        disabled_by_refresh: credential.disabled_by_refresh,
        created_at: credential.created_at,
        requests,
        days,
    }
}

/// When any of the secrets was last used, and from where.
pub fn last_use(secrets: &[Secret]) -> (Option<Millis>, Option<String>) {
    let last = secrets.iter().max_by_key(|secret| secret.last_used_at);
    last.map_or((None, None), |secret| {
        (secret.last_used_at, secret.last_used_address.clone())
    })
}

fn secret(secret: &Secret) -> SecretLine {
    SecretLine {
        hint: secret.hint.clone(),
        imported: secret.scheme == SecretScheme::Imported,
        created_at: secret.created_at,
        expires_at: secret.expires_at,
        last_used_at: secret.last_used_at,
        last_used_address: secret.last_used_address.clone(),
    }
}

/// `shifts.read` as the scope and the permission; a bare scope has none.
pub fn parts(value: &str) -> (&str, Option<Permission>) {
    let split = value.rsplit_once('.').and_then(|(scope, permission)| {
        let known = Permission::ALL
            .into_iter()
            .find(|known| known.as_str() == permission)?;
        Some((scope, Some(known)))
    });
    split.unwrap_or((value, None))
}

/// Scope by scope, under the names people know.
fn scopes(platform: &Platform, version: Option<&str>, values: &[String]) -> Vec<ScopeLine> {
    let version = platform
        .config
        .versions
        .iter()
        .find(|known| Some(known.name.as_str()) == version);
    let names: HashMap<&str, &str> = version
        .iter()
        .flat_map(|version| &version.scopes)
        .map(|(name, value)| (value.as_str(), name.as_str()))
        .collect();
    let mut lines: Vec<(&str, ScopeLine)> = Vec::new();
    for value in values {
        let (scope, permission) = parts(value);
        if lines.last().is_none_or(|(last, _)| *last != scope) {
            let name = names.get(scope).unwrap_or(&scope);
            let line = ScopeLine {
                name: (*name).to_owned(),
                permissions: Vec::new(),
            };
            lines.push((scope, line));
        }
        if let (Some((_, line)), Some(permission)) = (lines.last_mut(), permission) {
            line.permissions.push(permission.as_str());
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn summary(values: &[String]) -> Vec<(&'static str, usize)> {
    let count = |wanted: Option<Permission>| {
        let matching = values.iter().filter(|value| parts(value).1 == wanted);
        matching.count()
    };
    let words = Permission::ALL.map(|permission| (permission.as_str(), count(Some(permission))));
    let bare = ("use", count(None));
    words
        .into_iter()
        .chain([bare])
        .filter(|(_, number)| *number > 0)
        .collect()
}

/// All requests, and each day's bar from the oldest to today.
fn days(uses: &[DayOfUse], today: i64) -> (u64, Vec<u8>) {
    let total = |day: &DayOfUse| day.tokens + day.requests;
    let most = uses.iter().map(total).max().unwrap_or(0).max(1);
    let bar = |day: i64| {
        let used = uses.iter().find(|used| used.day == day).map_or(0, total);
        // A day with any use is seen.
        let height = (used * TALLEST).div_ceil(most);
        u8::try_from(height).unwrap_or(u8::MAX)
    };
    (
        uses.iter().map(total).sum(),
        (today - DAYS + 1..=today).map(bar).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_a_bar_for_each_day_and_shows_every_use() {
        let used = |day, requests| DayOfUse {
            day,
            requests,
            ..DayOfUse::default()
        };
        let (total, bars) = days(&[used(71, 1), used(100, 5_000)], 100);
        assert_eq!((total, bars.len()), (5_001, 30));
        assert_eq!((bars[0], bars[1], bars[29]), (1, 0, 26));
        assert_eq!(days(&[], 100), (0, vec![0; 30]));
    }

    #[test]
    fn permissions_are_counted_for_the_summary() {
        let values = ["a.b.read", "c.read", "c.add", "api1", "d.dance"].map(str::to_owned);
        assert_eq!(summary(&values), [("read", 2), ("add", 1), ("use", 2)]);
    }
}
