//! `{id}encoded`, as Spring Security's password encoders write it.

use super::{Bytes, Digest, Taken, Unreadable, Work, argon2, base64, bcrypt, hex, judged, plain};

/// What its encoders derive, in bytes.
const KEY: usize = 32;

/// A text with the encoder's name in braces before it. Without one, only what is bcrypt beyond doubt.
pub fn spring(text: &str) -> Taken {
    let Some((id, encoded)) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return bcrypt(text);
    };
    match id {
        "bcrypt" => bcrypt(encoded),
        "noop" => plain(encoded),
        "pbkdf2" => pbkdf2(encoded, Digest::Sha1, 185_000, 8),
        "pbkdf2@SpringSecurity_v5_8" => pbkdf2(encoded, Digest::Sha256, 310_000, 16),
        "scrypt" | "scrypt@SpringSecurity_v5_8" => scrypt(encoded),
        "argon2" | "argon2@SpringSecurity_v5_8" => argon2(encoded),
        "sha256" => salted_rounds(encoded),
        "SHA-256" => braced_salt(encoded, Digest::Sha256),
        "SHA-1" => braced_salt(encoded, Digest::Sha1),
        "ldap" => ldap(encoded),
        "MD4" | "MD5" => Err(Unreadable::Scheme(id.to_owned())),
        _ => Err(Unreadable::Garbled),
    }
}

fn pbkdf2(encoded: &str, function: Digest, iterations: u32, salt: usize) -> Taken {
    let bytes = hex(encoded).ok_or(Unreadable::Garbled)?;
    let (salt, key) = bytes.split_at_checked(salt).ok_or(Unreadable::Garbled)?;
    let work = Work::Pbkdf2 {
        function,
        iterations,
        salt: Bytes(salt.to_vec()),
        length: KEY,
    };
    judged(work, key.to_vec())
}

/// `$` and its parameters in one number, the salt and the key.
fn scrypt(encoded: &str) -> Taken {
    let parts: Vec<_> = encoded.split('$').collect();
    let ["", parameters, salt, key] = parts[..] else {
        return Err(Unreadable::Garbled);
    };
    let parameters = u64::from_str_radix(parameters, 16).map_err(|_| Unreadable::Garbled)?;
    let key = base64(key).ok_or(Unreadable::Garbled)?;
    let work = Work::Scrypt {
        log_n: u8::try_from(parameters >> 16).unwrap_or(u8::MAX),
        r: u32::try_from((parameters >> 8) & 0xff).unwrap_or_default(),
        p: u32::try_from(parameters & 0xff).unwrap_or_default(),
        salt: Bytes(base64(salt).ok_or(Unreadable::Garbled)?),
        length: key.len(),
    };
    judged(work, key)
}

/// Eight bytes of salt, and SHA-256 applied 1024 times.
fn salted_rounds(encoded: &str) -> Taken {
    let bytes = hex(encoded).ok_or(Unreadable::Garbled)?;
    let (salt, digest) = bytes.split_at_checked(8).ok_or(Unreadable::Garbled)?;
    let work = Work::SaltBefore {
        rounds: 1024,
        salt: Bytes(salt.to_vec()),
    };
    judged(work, digest.to_vec())
}

/// `{salt}` and hex: the braces are part of what is hashed.
fn braced_salt(encoded: &str, function: Digest) -> Taken {
    let end = encoded.find('}').ok_or(Unreadable::Garbled)?;
    let (salt, digest) = encoded.split_at(end + 1);
    if !salt.starts_with('{') {
        return Err(Unreadable::Garbled);
    }
    let work = Work::SaltBehind {
        function,
        salt: Bytes(salt.as_bytes().to_vec()),
    };
    judged(work, hex(digest).ok_or(Unreadable::Garbled)?)
}

/// `{SSHA}` and base64 of digest and salt; `{SHA}` has no salt.
fn ldap(encoded: &str) -> Taken {
    let (salted, encoded) = match encoded.strip_prefix("{SSHA}") {
        Some(rest) => (true, rest),
        None => (
            false,
            encoded.strip_prefix("{SHA}").ok_or(Unreadable::Garbled)?,
        ),
    };
    let bytes = base64(encoded).ok_or(Unreadable::Garbled)?;
    let (digest, salt) = bytes
        .split_at_checked(Digest::Sha1.length())
        .ok_or(Unreadable::Garbled)?;
    let function = Digest::Sha1;
    match salted {
        true => judged(
            Work::SaltBehind {
                function,
                salt: Bytes(salt.to_vec()),
            },
            digest.to_vec(),
        ),
        false if salt.is_empty() => judged(Work::Digest { function }, digest.to_vec()),
        false => Err(Unreadable::Garbled),
    }
}
