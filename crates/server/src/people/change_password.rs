//! Changing a password: the old one proven, the new one judged, and everything of the old one ended.

use store::{Actor, AuditEvent, Change, Person};

use super::password::{self, Unfit};
use super::username;
use crate::context::Context;
use crate::limits::TooMany;
use crate::limits::rate::bucket;
use crate::secrets::chosen::{HashingBusy, PasswordNotHashed};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The new password holds.
    Done,
    /// The old password is not right, or was changed by someone else in the meantime.
    WrongPassword,
    /// The new password may not be used.
    Unfit(Unfit),
    /// Too many failures from this address.
    TooMany(TooMany),
}

/// Why it could not be tried: always ours.
#[derive(Debug, thiserror::Error)]
pub enum NotTried {
    /// Too many passwords are checked at once.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The machine.
    #[error(transparent)]
    Hash(#[from] PasswordNotHashed),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Whether a password is the person's: counted like every other attempt.
///
/// # Errors
/// See [`NotTried`].
pub async fn is_password(
    context: &Context,
    person: &Person,
    presented: &str,
) -> Result<bool, NotTried> {
    let name = username::canonical(&person.username).unwrap_or_default();
    let address = bucket(context.remote_address);
    let sign_ins = &context.issuer.sign_ins;
    let Ok(attempt) = sign_ins.attempt(&name, address, context.steady()) else {
        return Ok(false);
    };
    let known = person
        .password
        .as_ref()
        .map(|kept| (person.id.as_str(), kept));
    let right = password::verify(&context.platform, known, password::bounded(presented)).await?
        && known.is_some();
    if right {
        attempt.succeeded();
    }
    Ok(right)
}

/// Changes a person's password. One conditional write decides between two changes at once; it ends the person's sessions,
/// codes and authorizations.
///
/// # Errors
/// See [`NotTried`].
pub async fn change(
    context: &Context,
    person: &Person,
    old: &str,
    new: &str,
) -> Result<Changed, NotTried> {
    let name = username::canonical(&person.username).unwrap_or_default();
    let throttle = &context.issuer.sign_ins;
    let address = bucket(context.remote_address);
    let attempt = match throttle.attempt(&name, address, context.steady()) {
        Ok(attempt) => attempt,
        Err(limit) => return Ok(Changed::TooMany(limit)),
    };
    let kept = person.password.as_ref();
    let old = password::bounded(old);
    let known = kept.map(|kept| (person.id.as_str(), kept));
    let right = password::verify(&context.platform, known, old).await?;
    let (true, Some(kept)) = (right && person.is_enabled(), kept) else {
        return Ok(Changed::WrongPassword);
    };
    attempt.succeeded();
    if let Err(unfit) = password::judge(new, &person.username) {
        return Ok(Changed::Unfit(unfit));
    }
    if password::is_same(old, new) {
        return Ok(Changed::Unfit(Unfit::Unchanged));
    }
    let hashed = password::hash(&context.platform, &person.id, new, false).await?;
    let audit = AuditEvent {
        account_id: person.account_id.clone(),
        ..context.audit("person.password_changed", Actor::Person(person.id.clone()))
    };
    let written = context
        .platform
        .store
        .in_environment(context.issuer.name())
        .set_password(
            &person.id,
            hashed,
            Some(kept.hash.clone()),
            context.now,
            audit,
        )
        .await?;
    // What this node remembers of the person's tokens.
    context.issuer.forget(&Change::Person(person.id.clone()));
    Ok(if written {
        Changed::Done
    } else {
        Changed::WrongPassword
    })
}
