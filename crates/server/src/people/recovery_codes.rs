//! Recovery codes: ten, shown once, each good once, for the day the authenticator is lost.

use aws_lc_rs::digest::{SHA256, digest};
use store::{Actor, Person, StoreError};

use crate::context::Context;
use crate::random::{self, NoRandomness};

/// How many a person gets.
const CODES: usize = 10;
/// No letter that is taken for a digit.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// New codes: as they are shown, and as they are kept.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn generate() -> Result<(Vec<String>, Vec<[u8; 32]>), NoRandomness> {
    let mut shown = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        // Sixteen letters of five bits: 80 bits.
        let code: String = random::bytes::<16>()?
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect();
        let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..16]
            .into_iter()
            .filter_map(|range| code.get(range))
            .collect();
        shown.push(groups.join("-"));
    }
    let kept = shown.iter().map(|code| hash(code)).collect();
    Ok((shown, kept))
}

/// Uses a code up, if it is one of the person's that was not used.
///
/// # Errors
/// The database could not be asked.
pub async fn spend(context: &Context, person: &Person, code: &str) -> Result<bool, StoreError> {
    let audit = store::AuditEvent {
        account_id: person.account_id.clone(),
        ..context.audit(
            "person.recovery_code_used",
            Actor::Person(person.id.clone()),
        )
    };
    context
        .platform
        .store
        .in_environment(context.issuer.name())
        .spend_recovery_code(&person.id, hash(code), context.now, audit)
        .await
}

/// SHA-256 of the letters and digits alone: how a person groups them does not matter.
fn hash(code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, plain.as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn codes_are_different_and_read_however_they_are_typed() {
        let (shown, kept) = generate().unwrap();
        assert_eq!((shown.len(), kept.len()), (CODES, CODES));
        assert_eq!(
            shown.iter().collect::<std::collections::HashSet<_>>().len(),
            CODES
        );
        assert_eq!(hash(&shown[0].replace('-', " ").to_uppercase()), kept[0]);
    }
}
