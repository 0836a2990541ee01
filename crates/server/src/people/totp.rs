//! The second factor: codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds).

use store::{Person, StoreError};
use totp_rs::{Builder, Totp};

use crate::context::Context;
use crate::random;

/// Steps before and after the present one that are accepted: clocks differ, people type.
const SKEW: i64 = 1;
const STEP: i64 = 30;

/// Begins an enrolment: keeps a new secret, unconfirmed; answers the secret as base32 and as an `otpauth` address. None
/// where an app is in force already.
///
/// # Errors
/// The database or the operating system.
pub async fn begin(context: &Context, person: &Person) -> anyhow::Result<Option<(String, String)>> {
    let secret = random::bytes::<20>()?;
    let masters = context.platform.master_keys.load_full();
    let key = masters.current();
    let wrapped = key
        .wrap(&belongs_to(&person.id), &secret)
        .ok_or_else(|| anyhow::anyhow!("the second factor's secret could not be encrypted"))?;
    let begun = context
        .platform
        .store
        .in_environment(context.issuer.name())
        .begin_totp(&person.id, wrapped, key.id(), context.now)
        .await?;
    match begun {
        true => Ok(Some(told(context, person, &secret)?)),
        false => Ok(None),
    }
}

/// The secret of an enrolment that is not confirmed yet, as [`begin`] told it. One in force is never told again.
pub fn begun(context: &Context, person: &Person) -> Option<(String, String)> {
    if person.has_authenticator_app() {
        return None;
    }
    told(context, person, &secret_of(context, person)?).ok()
}

/// The secret as a person types it and as an app reads it.
fn told(
    context: &Context,
    person: &Person,
    secret: &[u8],
) -> Result<(String, String), totp_rs::TotpError> {
    // The label of an `otpauth` address is divided by a colon.
    let plain = |text: &str| text.replace(':', " ");
    let totp = Builder::new()
        .with_secret(secret.to_vec())
        .with_issuer(Some(plain(&context.issuer.environment.branding.name)))
        .with_account_name(plain(&person.username))
        .build()?;
    Ok((totp.secret().to_base32(), totp.to_url()?))
}

/// The time step in which a code is right, if it is.
pub fn step_of(context: &Context, person: &Person, code: &str) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let secret = secret_of(context, person)?;
    let totp: Totp = Builder::new()
        .with_secret(secret.to_vec())
        .build_noncompliant();
    let now = crate::clock::seconds(context.now).div_euclid(STEP);
    (now - SKEW..=now + SKEW).find(|step| {
        let at = u64::try_from(step * STEP).unwrap_or(0);
        let right = totp.generate(at).to_string();
        bool::from(subtle::ConstantTimeEq::ct_eq(
            right.as_bytes(),
            code.as_bytes(),
        ))
    })
}

/// Whether a code is right and was not used before: one conditional write in the database.
///
/// # Errors
/// The database could not be asked.
pub async fn spend(context: &Context, person: &Person, code: &str) -> Result<bool, StoreError> {
    let Some(step) = step_of(context, person, code) else {
        return Ok(false);
    };
    context
        .platform
        .store
        .in_environment(context.issuer.name())
        .spend_totp_step(&person.id, step)
        .await
}

/// What the secret is encrypted for.
pub fn belongs_to(person_id: &str) -> String {
    format!("totp:{person_id}")
}

fn secret_of(context: &Context, person: &Person) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    let kept = person.totp.as_ref()?;
    let masters = context.platform.master_keys.load();
    masters
        .find(&kept.master_key_id)?
        .unwrap(&belongs_to(&person.id), &kept.wrapped_secret)
}
