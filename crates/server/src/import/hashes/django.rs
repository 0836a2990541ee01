//! The hashers of Django: the hasher's name, then what it needs, with `$` between them.

use base64::Engine;

use super::modular::{name_of, number};
use super::{Bytes, Digest, STANDARD, Taken, Unreadable, Work, argon2, bcrypt, judged};

/// Hashers by name, those that are not verified here among them.
const NAMES: [&str; 11] = [
    "pbkdf2_sha256",
    "pbkdf2_sha1",
    "argon2",
    "bcrypt_sha256",
    "bcrypt",
    "scrypt",
    "sha1",
    "md5",
    "unsalted_sha1",
    "unsalted_md5",
    "crypt",
];

/// Whether a text begins as a hasher of Django begins it.
pub fn is_django(text: &str) -> bool {
    let name = text.split_once('$').map(|(name, _)| name);
    name.is_some_and(|name| NAMES.contains(&name))
}

/// `pbkdf2_sha256$1000000$salt$` and base64, or another of its hashers. Salts are text.
pub fn django(text: &str) -> Taken {
    let (name, rest) = text.split_once('$').ok_or(Unreadable::Garbled)?;
    match name {
        "pbkdf2_sha1" => pbkdf2(rest, Digest::Sha1),
        "pbkdf2_sha256" => pbkdf2(rest, Digest::Sha256),
        "argon2" => argon2(&format!("${rest}")),
        "bcrypt" => bcrypt(rest),
        "scrypt" => scrypt(rest),
        name if NAMES.contains(&name) || name.starts_with("pbkdf2_") => {
            Err(Unreadable::Scheme(name_of(name)))
        }
        _ => Err(Unreadable::Garbled),
    }
}

fn pbkdf2(rest: &str, function: Digest) -> Taken {
    let parts: Vec<_> = rest.split('$').collect();
    let [iterations, salt, key] = parts[..] else {
        return Err(Unreadable::Garbled);
    };
    let digest = STANDARD.decode(key).map_err(|_| Unreadable::Garbled)?;
    let work = Work::Pbkdf2 {
        function,
        iterations: number(iterations).ok_or(Unreadable::Garbled)?,
        salt: Bytes(salt.as_bytes().to_vec()),
        length: digest.len(),
    };
    judged(work, digest)
}

/// `16384$salt$8$5$` and base64: N, salt, r, p.
fn scrypt(rest: &str) -> Taken {
    let parts: Vec<_> = rest.split('$').collect();
    let [n, salt, r, p, key] = parts[..] else {
        return Err(Unreadable::Garbled);
    };
    let read = |text| number(text).ok_or(Unreadable::Garbled);
    let n = read(n)?;
    if !n.is_power_of_two() {
        return Err(Unreadable::Garbled);
    }
    let digest = STANDARD.decode(key).map_err(|_| Unreadable::Garbled)?;
    let work = Work::Scrypt {
        log_n: u8::try_from(n.ilog2()).unwrap_or(u8::MAX),
        r: read(r)?,
        p: read(p)?,
        salt: Bytes(salt.as_bytes().to_vec()),
        length: digest.len(),
    };
    judged(work, digest)
}
