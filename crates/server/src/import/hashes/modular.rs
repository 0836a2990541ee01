//! Hashes that name their scheme and its parameters themselves.

use super::{Bytes, Digest, STANDARD, Taken, Unreadable, Variant, Work, base64, judged};
use base64::Engine;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

/// Of bcrypt. Its 22 characters hold four bits more than the 16 bytes of a salt.
const BCRYPT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// `$2a$10$` and 53 characters. The prefixes a, b and y mean the same.
pub fn bcrypt(text: &str) -> Taken {
    let mut parts = text.split('$');
    let (Some(""), Some("2a" | "2b" | "2y"), Some(cost), Some(rest), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(Unreadable::Garbled);
    };
    let decode = |text: Option<&str>| BCRYPT.decode(text?).ok();
    let cost = number(cost).ok_or(Unreadable::Garbled)?;
    let salt = decode(rest.get(..22)).ok_or(Unreadable::Garbled)?;
    let digest = decode(rest.get(22..)).ok_or(Unreadable::Garbled)?;
    judged(
        Work::Bcrypt {
            cost,
            salt: Bytes(salt),
        },
        digest,
    )
}

/// `$pbkdf2-sha256$i=25000,l=32$` and two pieces of base64.
pub fn pbkdf2(text: &str) -> Taken {
    let mut parts = text.split('$');
    let (Some(""), Some(scheme), Some(parameters), Some(salt), Some(key), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(Unreadable::Garbled);
    };
    let function = match scheme {
        "pbkdf2-sha1" => Digest::Sha1,
        "pbkdf2-sha256" => Digest::Sha256,
        "pbkdf2-sha512" => Digest::Sha512,
        other => return Err(Unreadable::Scheme(name_of(other))),
    };
    let iterations = parameter(parameters, "i").ok_or(Unreadable::Garbled)?;
    let length = parameter(parameters, "l").ok_or(Unreadable::Garbled)?;
    let salt = base64(salt).ok_or(Unreadable::Garbled)?;
    let key = base64(key).ok_or(Unreadable::Garbled)?;
    let work = Work::Pbkdf2 {
        function,
        iterations,
        salt: Bytes(salt),
        length: usize::try_from(length).unwrap_or(usize::MAX),
    };
    judged(work, key)
}

/// `$argon2id$v=19$m=65536,t=3,p=4$` and two pieces of base64.
pub fn argon2(text: &str) -> Taken {
    let parts: Vec<_> = text.split('$').collect();
    // Before version 19 the version was left out.
    let (scheme, version, parameters, salt, key) = match parts[..] {
        ["", scheme, version, parameters, salt, key] => {
            (scheme, parameter(version, "v"), parameters, salt, key)
        }
        ["", scheme, parameters, salt, key] => (scheme, Some(16), parameters, salt, key),
        _ => return Err(Unreadable::Garbled),
    };
    let variant = match scheme {
        "argon2d" => Variant::Argon2d,
        "argon2i" => Variant::Argon2i,
        "argon2id" => Variant::Argon2id,
        _ => return Err(Unreadable::Garbled),
    };
    let read = |name| parameter(parameters, name).ok_or(Unreadable::Garbled);
    let digest = base64(key).ok_or(Unreadable::Garbled)?;
    let work = Work::Argon2 {
        variant,
        version: version.ok_or(Unreadable::Garbled)?,
        memory: read("m")?,
        passes: read("t")?,
        lanes: read("p")?,
        salt: Bytes(base64(salt).ok_or(Unreadable::Garbled)?),
        length: digest.len(),
    };
    judged(work, digest)
}

/// Base64 of a version byte, three numbers, a salt and a key: version 3 of ASP.NET Core Identity.
pub fn aspnet(text: &str) -> Taken {
    let bytes = STANDARD.decode(text).map_err(|_| Unreadable::Garbled)?;
    let number = |at: usize| -> Option<u32> {
        let four = bytes.get(at..at + 4)?;
        Some(u32::from_be_bytes(four.try_into().ok()?))
    };
    let (Some(1), Some(function), Some(iterations), Some(length)) =
        (bytes.first(), number(1), number(5), number(9))
    else {
        return Err(Unreadable::Garbled);
    };
    let function = match function {
        0 => Digest::Sha1,
        1 => Digest::Sha256,
        2 => Digest::Sha512,
        other => {
            return Err(Unreadable::Scheme(format!(
                "PBKDF2 with the function {other}"
            )));
        }
    };
    let length = usize::try_from(length).map_err(|_| Unreadable::Garbled)?;
    let rest = bytes.get(13..).unwrap_or_default();
    let (salt, key) = rest.split_at_checked(length).ok_or(Unreadable::Garbled)?;
    // As its own server: a shorter salt is no salt of its making.
    if salt.len() < 16 {
        return Err(Unreadable::Garbled);
    }
    let work = Work::Pbkdf2 {
        function,
        iterations,
        salt: Bytes(salt.to_vec()),
        length: key.len(),
    };
    judged(work, key.to_vec())
}

/// The number of `name=number` among parameters with commas between them.
fn parameter(parameters: &str, name: &str) -> Option<u32> {
    let mut pairs = parameters
        .split(',')
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    number(value)
}

/// Digits alone.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A scheme's name for the report: what stands there may be anything.
pub(super) fn name_of(scheme: &str) -> String {
    let plain: String = scheme
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_@".contains(*c))
        .take(40)
        .collect();
    if plain.is_empty() {
        "something unknown".to_owned()
    } else {
        plain
    }
}
