//! Is this the person? One path and one cost for every way in which it is not.

use store::{Person, Role, StoreError};

use super::{password, username};
use crate::config::Environment;
use crate::context::Context;
use crate::limits::TooMany;
use crate::limits::rate::bucket;
use crate::secrets::chosen::HashingBusy;

/// Why someone is not let in. Only the last three are told apart outside.
#[derive(Debug)]
pub enum SignInRefusal {
    /// No such person in this environment.
    UnknownPerson,
    /// Not the password.
    WrongPassword,
    /// Invited, and has not set a password yet.
    NoPassword,
    /// An operator, where operators sign in by the company's identity provider alone.
    NotByPassword,
    /// Disabled by an operator.
    PersonDisabled,
    /// Of a suspended account.
    AccountSuspended,
    /// Too many failures from this address.
    TooMany(TooMany),
    /// Too many passwords are checked at once.
    Busy,
    /// The database could not be asked.
    Store(StoreError),
}

impl SignInRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownPerson => "UnknownPerson",
            Self::WrongPassword => "WrongPassword",
            Self::NoPassword => "NoPassword",
            Self::NotByPassword => "NotByPassword",
            Self::PersonDisabled => "PersonDisabled",
            Self::AccountSuspended => "PersonOfSuspendedAccount",
            Self::TooMany(_) => "TooManySignIns",
            Self::Busy => "HashingBusy",
            Self::Store(_) => "StoreUnavailable",
        }
    }
}

impl From<StoreError> for SignInRefusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<HashingBusy> for SignInRefusal {
    fn from(_: HashingBusy) -> Self {
        Self::Busy
    }
}

/// Name and password, checked. What else stands before the person (a second factor, a password to be changed) is the
/// caller's to ask, now that it may be told.
///
/// # Errors
/// See [`SignInRefusal`].
pub async fn authenticate(
    context: &Context,
    username: &str,
    presented: &str,
) -> Result<Person, SignInRefusal> {
    let store = context.platform.store.in_environment(context.issuer.name());
    // A text that is no name is nobody's name.
    let name = username::canonical(username).unwrap_or_default();
    let throttle = &context.issuer.sign_ins;
    let attempt = throttle
        .attempt(&name, bucket(context.remote_address), context.steady())
        .map_err(SignInRefusal::TooMany)?;
    tokio::time::sleep(throttle.delay(&name, context.steady())).await;
    let person = store.find_person(&name).await?;
    let kept = person
        .as_ref()
        .and_then(|person| Some((person.id.as_str(), person.password.as_ref()?)));
    let presented = password::bounded(presented);
    let right = password::verify(&context.platform, kept, presented).await?;
    let person = person.ok_or(SignInRefusal::UnknownPerson)?;
    if person.password.is_none() {
        return Err(SignInRefusal::NoPassword);
    }
    if !right {
        return Err(SignInRefusal::WrongPassword);
    }
    if !may_have_password(&context.issuer.environment, &person) {
        return Err(SignInRefusal::NotByPassword);
    }
    if person.disabled_at.is_some() {
        return Err(SignInRefusal::PersonDisabled);
    }
    if person.account_suspended_at.is_some() {
        return Err(SignInRefusal::AccountSuspended);
    }
    attempt.succeeded();
    renew(context, &person, presented).await;
    Ok(person)
}

/// Whether a password of ours may let this person in: nobody whom an identity provider vouches for has one, and no
/// operator where the configuration says that operators sign in there (`staff_sign_in.password_sign_in`).
pub fn may_have_password(environment: &Environment, person: &Person) -> bool {
    let operators_may = environment
        .staff_sign_in
        .as_ref()
        .is_none_or(|staff| staff.password_sign_in);
    !person.vouched_for && (operators_may || person.role != Role::Operator)
}

/// Makes the hash anew under the current master key, now that the password is known for a moment.
async fn renew(context: &Context, person: &Person, presented: &str) {
    let platform = &context.platform;
    let Some(old) = &person.password else { return };
    if old.master_key_id == platform.master_keys.load().current().id() {
        return;
    }
    let store = platform.store.in_environment(context.issuer.name());
    let written = match password::hash(platform, &person.id, presented, false).await {
        Ok(new) => {
            let new = store::PasswordHash {
                hash: new.hash,
                master_key_id: new.master_key_id,
            };
            store
                .rehash_password(&person.id, old.hash.clone(), new)
                .await
                .map_err(anyhow::Error::from)
        }
        Err(error) => Err(error.into()),
    };
    if let Err(error) = written {
        tracing::warn!(%error, person = person.id, "a password could not be hashed under the new master key; the next sign-in tries again");
    }
}
