//! Whom the provider's claims make: one of its groups is ours, or nobody comes in.
//!
//! The groups are read anew at each sign-in. Who is in none of ours any more loses the sessions begun before. Of the
//! roles only the operator's makes sense without an account.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;
use store::{Actor, AuditEvent, Identity, NewPerson, Person, Refused, Role, StoreError};

use crate::config::StaffSignIn;
use crate::context::Context;
use crate::people::staff::StaffRefusal;
use crate::people::username;
use crate::random;
use crate::signatures::claims::Claims;
use crate::tokens::opaque::hex;

/// Characters of the provider's name for someone that are kept; the rest is for what tells two apart.
const LONGEST_NAME: usize = 100;

/// Why somebody whom the provider knows is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// None of the groups gives a role.
    #[error("none of the person's groups gives a role here")]
    InNoGroup,
    /// An operator disabled the person here.
    #[error("the person is disabled here")]
    Disabled,
    /// Every name that was tried is someone else's.
    #[error("the person's username is someone else's here")]
    NameTaken,
}

impl NotAllowed {
    /// The name in the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::InNoGroup => "InNoGroup",
            Self::Disabled => "PersonDisabled",
            Self::NameTaken => "UsernameTaken",
        }
    }
}

/// The person of judged claims, made at the first sign-in.
///
/// # Errors
/// [`StaffRefusal::NotAllowed`], and what is ours.
pub async fn of_claims(
    context: &Context,
    configured: &StaffSignIn,
    claims: &Claims,
) -> Result<Person, StaffRefusal> {
    let identity = Identity {
        issuer: configured.issuer.clone(),
        subject: claims.text("sub").unwrap_or_default().to_owned(),
    };
    let groups = claims.texts(&configured.groups_claim);
    let is_operator = configured
        .operator_groups
        .iter()
        .any(|group| groups.contains(&group.as_str()));
    if !is_operator {
        return refuse(context, identity, NotAllowed::InNoGroup).await;
    }
    let store = context.platform.store.in_environment(context.issuer.name());
    let person = match store.find_person_by_identity(&identity).await? {
        Some(person) => person,
        None => match make(context, configured, claims, &identity).await? {
            Some(person) => person,
            None => return refuse(context, identity, NotAllowed::NameTaken).await,
        },
    };
    match person.is_enabled() {
        true => Ok(person),
        false => refuse(context, identity, NotAllowed::Disabled).await,
    }
}

/// Makes the person, under a name of its own: never somebody who has the same name. None where there is no free one.
async fn make(
    context: &Context,
    configured: &StaffSignIn,
    claims: &Claims,
    identity: &Identity,
) -> Result<Option<Person>, StaffRefusal> {
    let store = context.platform.store.in_environment(context.issuer.name());
    let subject = digest(&SHA256, identity.subject.as_bytes());
    let apart: String = hex(subject.as_ref()).chars().take(8).collect();
    let named = configured.username_claims.iter();
    let named = named.filter_map(|claim| claims.text(claim));
    let named = named.chain([identity.subject.as_str()]);
    let name = named
        .map(|name| name.trim().chars().take(LONGEST_NAME).collect::<String>())
        .find(|name| username::canonical(name).is_ok())
        .unwrap_or_else(|| apart.clone());
    for username in [name.clone(), format!("{name} ({apart})")] {
        let canonical_username = username::canonical(&username).unwrap_or_default();
        let id = random::uuid(context.now)?;
        let new = NewPerson {
            email: None,
            id: id.clone(),
            account_name: None,
            new_account_id: String::new(),
            username,
            canonical_username,
            role: Role::Operator,
            password: None,
            created_at: context.now,
        };
        let audit = AuditEvent {
            subject: Some(id.clone()),
            details: json!({ "role": Role::Operator.as_str(), "by": "staff-sign-in" }).to_string(),
            ..context.audit("person.created", Actor::Person(id))
        };
        let made = store.create_person_of_identity(new, identity.clone(), audit);
        match made.await {
            // Two sign-ins at once: the other one made it.
            Ok(()) | Err(StoreError::Refused(Refused::Exists("identity"))) => {
                return Ok(store.find_person_by_identity(identity).await?);
            }
            // Under this name stands someone else, or the other one of two at once.
            Err(StoreError::Refused(Refused::Exists(_))) => {
                if let Some(person) = store.find_person_by_identity(identity).await? {
                    return Ok(Some(person));
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Writes down that the provider's person was refused, and ends what was begun before.
async fn refuse(
    context: &Context,
    identity: Identity,
    why: NotAllowed,
) -> Result<Person, StaffRefusal> {
    let audit = AuditEvent {
        details: json!({ "reason": why.name() }).to_string(),
        ..context.audit("staff_sign_in.refused", Actor::Anonymous)
    };
    // The trail names people by id alone; whoever mends this wants to know whom the provider sent.
    tracing::warn!(
        reason = why.name(),
        subject = %identity.subject.escape_debug(),
        "the identity provider's person is not let in"
    );
    let store = context.platform.store.in_environment(context.issuer.name());
    store.refuse_identity(identity, context.now, audit).await?;
    Err(why.into())
}
