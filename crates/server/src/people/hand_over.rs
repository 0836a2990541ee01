//! Someone comes from the platform's own product, signed in there: as whom, and with which rights.
//!
//! The product says so by a call of the management API, or by a token that it signs and the browser brings
//! ([`assertion`]). Both are decided here: the person and the account are made if they are new, and a changed role ends
//! the sessions of the old. Nobody becomes an operator this way, and a name is never taken over from another account.

pub mod assertion;

use serde_json::json;
use store::{AuditEvent, Millis, NewPerson, Person, Refused, Role, StoreError};

use super::username::{self, NoUsername};
use crate::platform::{Issuer, Platform};
use crate::random::{self, NoRandomness};
use crate::text::{self, LONGEST_NAME, Unfit};

/// Who comes, and as what.
#[derive(Clone, Copy, Debug)]
pub struct Arriving<'a> {
    /// The account's name.
    pub account: &'a str,
    /// The name of the person, unique over all accounts.
    pub username: &'a str,
    /// What the product says the person may do.
    pub role: Role,
    /// By what the product says so, as the audit trail has it; nothing for a call of the management API.
    pub by: Option<&'static str>,
}

/// Why someone is not taken over.
#[derive(Debug, thiserror::Error)]
pub enum HandOverRefusal {
    /// The account's name is no name.
    #[error("{}", .0.sentence)]
    Account(Unfit),
    /// The person's is none.
    #[error(transparent)]
    Username(#[from] NoUsername),
    /// Operators are made by operators.
    #[error(
        "A customer's person is an account-manager or a member; operators are made by `grantor people create`."
    )]
    Operator,
    /// Someone of another account, or an operator, has the name.
    #[error(
        "This username is another account's here, or an operator's; send one that is unique over all accounts, such as an e-mail address."
    )]
    NameTaken,
    /// Disabled, or of a suspended account.
    #[error("This person is disabled, or the account is suspended; enable it first.")]
    NotEnabled,
    /// Removed while we looked.
    #[error("The person was removed in the same moment; ask again.")]
    Removed,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl HandOverRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Account(_) => "AccountNotNamed",
            Self::Username(_) => "UsernameUnfit",
            Self::Operator => "RoleNotHandedOver",
            Self::NameTaken => "UsernameTaken",
            Self::NotEnabled => "PersonDisabled",
            Self::Removed => "PersonRemoved",
            Self::Store(_) | Self::Random(_) => "StoreUnavailable",
        }
    }
}

/// The person of that name in that account, with that role. `event` makes an audit event of whoever says so.
///
/// # Errors
/// See [`HandOverRefusal`].
pub async fn take_over(
    platform: &Platform,
    issuer: &Issuer,
    arriving: Arriving<'_>,
    now: Millis,
    event: impl Fn(&'static str) -> AuditEvent,
) -> Result<Person, HandOverRefusal> {
    let Arriving {
        account,
        username,
        role,
        by,
    } = arriving;
    text::required("account", account, LONGEST_NAME).map_err(HandOverRefusal::Account)?;
    if role == Role::Operator {
        return Err(HandOverRefusal::Operator);
    }
    let canonical = username::canonical(username)?;
    let store = platform.store.in_environment(issuer.name());
    let event = |name, id: &str| AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(id.to_owned()),
        details: match by {
            Some(by) => json!({ "role": role.as_str(), "by": by }).to_string(),
            None => json!({ "role": role.as_str() }).to_string(),
        },
        ..event(name)
    };
    if store.find_person(&canonical).await?.is_none() {
        let id = random::uuid(now)?;
        let new = NewPerson {
            email: None,
            id: id.clone(),
            account_name: Some(account.to_owned()),
            new_account_id: random::uuid(now)?,
            username: username.trim().to_owned(),
            canonical_username: canonical.clone(),
            role,
            password: None,
            created_at: now,
        };
        match store.create_person(new, event("person.created", &id)).await {
            // Two at once: the other one made it.
            Ok(()) | Err(StoreError::Refused(Refused::Exists(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let found = store.find_person(&canonical).await?;
    let person = found.ok_or(HandOverRefusal::Removed)?;
    if person.role == Role::Operator || person.account_name.as_deref() != Some(account) {
        return Err(HandOverRefusal::NameTaken);
    }
    if !person.is_enabled() {
        return Err(HandOverRefusal::NotEnabled);
    }
    if person.role != role {
        let audit = AuditEvent {
            account_id: person.account_id.clone(),
            ..event("person.role_changed", &person.id)
        };
        store.set_role(&person.id, role, now, audit).await?;
    }
    Ok(person)
}
