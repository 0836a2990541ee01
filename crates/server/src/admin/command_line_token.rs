//! The token that the command line makes for itself.
//!
//! Whoever can read the master key can do anything to this database anyway, so holding it is the
//! one login that the command line needs. `grl_` and base64url of eight bytes of expiry and a
//! seal under the master key; it lives half a minute, is good for everything and is never stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use store::Millis;
use subtle::ConstantTimeEq;

use crate::secrets::master_key::{MasterKey, MasterKeys};

/// What tells it from an operator token.
pub const PREFIX: &str = "grl_";
/// How long a new one lives, in milliseconds.
const LIFETIME: Millis = 30_000;
/// No token may claim to live longer than this from now on, in milliseconds.
const LONGEST: Millis = 60_000;
/// Keeps this seal apart from every other use of the same key.
const PURPOSE: &[u8] = b"grantor/command-line-token/";

/// A token for the next half minute.
pub fn seal(key: &MasterKey, now: Millis) -> String {
    write(key, now.saturating_add(LIFETIME))
}

/// Whether a text is such a token, of one of our keys and alive.
pub fn opens(keys: &MasterKeys, text: &str, now: Millis) -> bool {
    let Some((expiry, seal)) = read(text) else {
        return false;
    };
    let ours = keys
        .iter()
        .any(|key| key.seal_operator(&claim(expiry)).ct_eq(&seal).into());
    ours && expiry > now && expiry <= now.saturating_add(LONGEST)
}

fn write(key: &MasterKey, expiry: Millis) -> String {
    let mut bytes = expiry.to_be_bytes().to_vec();
    bytes.extend_from_slice(&key.seal_operator(&claim(expiry)));
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn read(text: &str) -> Option<(Millis, [u8; 32])> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
    let (expiry, seal) = bytes.split_first_chunk::<8>()?;
    Some((Millis::from_be_bytes(*expiry), seal.try_into().ok()?))
}

fn claim(expiry: Millis) -> Vec<u8> {
    [PURPOSE, &expiry.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_790_000_000_000;

    fn keys() -> MasterKeys {
        MasterKeys::single(MasterKey::new([1; 32]))
    }

    #[test]
    fn a_token_opens_until_its_half_minute_is_over() {
        let token = seal(keys().current(), NOW);
        assert!(opens(&keys(), &token, NOW));
        assert!(opens(&keys(), &token, NOW + LIFETIME - 1));
        assert!(!opens(&keys(), &token, NOW + LIFETIME));
    }

    #[test]
    fn a_token_of_a_retiring_key_opens_and_one_of_another_key_does_not() {
        let token = seal(keys().current(), NOW);
        assert!(opens(
            &keys().with_new(MasterKey::new([2; 32])),
            &token,
            NOW
        ));
        assert!(!opens(
            &MasterKeys::single(MasterKey::new([2; 32])),
            &token,
            NOW
        ));
    }

    #[test]
    fn one_that_claims_to_live_longer_than_a_minute_is_refused_even_with_our_seal() {
        let token = write(keys().current(), NOW + LONGEST + 1);
        assert!(!opens(&keys(), &token, NOW));
        assert!(!opens(&keys(), &write(keys().current(), Millis::MAX), NOW));
    }

    #[test]
    fn a_changed_expiry_or_seal_is_refused_wherever_it_was_changed() {
        let token = seal(keys().current(), NOW);
        let bytes = URL_SAFE_NO_PAD.decode(&token[4..]).unwrap_or_default();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(
                !opens(
                    &keys(),
                    &format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(changed)),
                    NOW
                ),
                "{at}"
            );
        }
        for text in [
            "",
            "grl_",
            "grl_AAAA",
            "gro_x",
            &token[4..],
            &format!("{token}AAAA"),
        ] {
            assert!(!opens(&keys(), text, NOW), "{text}");
        }
    }
}
