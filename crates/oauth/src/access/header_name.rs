//! When two names of a header are one.
//!
//! Servers differ in how they read a header's name: to many, `X_Grantor_Account` and `X.Grantor.Account` are
//! `X-Grantor-Account`. So whatever is spelled alike counts as the same.

/// Whether to many a server a name is the same as `wanted`, which is lower case with hyphens.
pub fn spelled_alike(name: &str, wanted: &str) -> bool {
    name.len() == wanted.len() && begins_alike(name, wanted)
}

/// Whether to many a server a name begins with `prefix`, which is lower case with hyphens.
pub fn begins_alike(name: &str, prefix: &str) -> bool {
    let alike = |(byte, wanted): (u8, u8)| {
        byte.eq_ignore_ascii_case(&wanted) || (wanted == b'-' && !byte.is_ascii_alphanumeric())
    };
    name.len() >= prefix.len() && name.bytes().zip(prefix.bytes()).all(alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s237_a_name_is_the_same_in_every_spelling() {
        for name in [
            "X-Method-Override",
            "x_method_override",
            "X.METHOD~Override",
        ] {
            assert!(spelled_alike(name, "x-method-override"), "{name}");
            assert!(begins_alike(name, "x-method-"), "{name}");
        }
        for name in [
            "X-Method-Overrides",
            "XMethodOverride",
            "X-Method0Override",
            "",
        ] {
            assert!(!spelled_alike(name, "x-method-override"), "{name}");
        }
    }
}
