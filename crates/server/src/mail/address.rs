//! One grammar for a mailbox: what mail programs, identity providers and people read in the same way, and nothing else.
//!
//! RFC 5321 allows quotes, comments and addresses without a point; whoever compares such addresses is deceived by them
//! (CVE-2026-40574: `a@evil.example@good.example`). Here a mailbox is ASCII, has one `@`, a dot-atom before it and a name of
//! at least two labels behind it.

use lettre::Address;
use store::Person;

/// RFC 5321 §4.5.3.1.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
/// Signs of a dot-atom beside letters and digits (RFC 5322 §3.2.3).
const SIGNS: &[u8] = b"!#$%&'*+-/=?^_`{|}~";

/// Reads a mailbox. None when the text is anything else.
pub fn read(text: &str) -> Option<Address> {
    let (local, domain) = text.split_once('@')?;
    let fits = text.len() <= LONGEST && is_local(local) && is_domain(domain);
    // Case means nothing behind the `@`, and before it only to the receiver.
    let domain = domain.to_ascii_lowercase();
    fits.then(|| Address::new(local, domain).ok()).flatten()
}

/// Where mail for a person goes: the address that was set, else the username if it is one.
pub fn of(person: &Person) -> Option<Address> {
    match &person.email {
        Some(email) => read(email),
        None => read(&person.username),
    }
}

fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || SIGNS.contains(&byte))
    };
    local.len() <= LONGEST_LOCAL && local.split('.').all(is_atom)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let mut labels = domain.rsplit('.');
    // The last label is no number: 192.0.2.1 is no name.
    let ends_in_name = labels
        .next()
        .is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
    ends_in_name && domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s290_one_plain_mailbox_and_nothing_else() {
        for good in [
            "anna@acme.example",
            "anna.lind+api@mail.acme.example",
            "o'neil@acme.example",
            "a@xn--lund-toa.se",
        ] {
            assert_eq!(
                read(good).map(|address| address.to_string()).as_deref(),
                Some(good)
            );
        }
        assert_eq!(
            read("Anna@ACME.Example")
                .map(|address| address.to_string())
                .as_deref(),
            Some("Anna@acme.example")
        );
        let long = format!("{}@acme.example", "a".repeat(65));
        for bad in [
            "",
            "anna",
            "@acme.example",
            "anna@",
            "anna@acme",
            "a@evil.example@acme.example",
            "a@acme.example,b@acme.example",
            "a@acme.example b@acme.example",
            "Anna <anna@acme.example>",
            "\"anna\"@acme.example",
            "\"a@evil.example\"@acme.example",
            "anna(comment)@acme.example",
            "anna@[192.0.2.1]",
            "anna@192.0.2.1",
            "anna@acme..example",
            "anna@-acme.example",
            ".anna@acme.example",
            "an..na@acme.example",
            "anna@acme.example\r\nBcc: all@acme.example",
            "anna@acme.example\n",
            " anna@acme.example",
            "anna\0@acme.example",
            // A Cyrillic а, a full-width @, a Greek Α in the domain.
            "аnna@acme.example",
            "anna＠acme.example",
            "anna@Αcme.example",
            long.as_str(),
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
