//! Passwords that everybody who tries passwords out begins with (NIST SP 800-63B §5.1.1.2).
//!
//! The list is shipped as four bytes of SHA-256 per password, sorted: small, and no list to copy.
//! Of other passwords about one in 75,000 is refused by chance. `scripts/breached-passwords` makes the file.

use aws_lc_rs::digest::{SHA256, digest};

const LIST: &[u8] = include_bytes!("breached.bin");

/// Whether a password, in lower case, is on the list.
pub fn contains(password: &str) -> bool {
    let hash = digest(&SHA256, password.as_bytes());
    let Some(wanted) = hash.as_ref().first_chunk::<4>() else {
        return false;
    };
    let (prefixes, _) = LIST.as_chunks::<4>();
    prefixes.binary_search(wanted).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_on_the_list_and_others_are_not() {
        for known in [
            "password",
            "password1",
            "12345678",
            "qwertyuiop",
            "iloveyou",
        ] {
            assert!(contains(known), "{known}");
        }
        for other in ["tomato bicycle", "correct horse battery staple", "x", ""] {
            assert!(!contains(other), "{other}");
        }
        let (prefixes, rest) = LIST.as_chunks::<4>();
        assert!(rest.is_empty() && prefixes.is_sorted() && prefixes.len() > 10_000);
    }
}
