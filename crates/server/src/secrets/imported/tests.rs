#![allow(clippy::unwrap_used)]
use super::work::{Digest, Unfit, Variant};
use super::*;
use crate::secrets::chosen::ChosenSecrets;

const SECRET: &str = "s3cr3t-Test+%41";

fn hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn old(work: Work, digest: Vec<u8>) -> OldHash {
    OldHash {
        work,
        digest: Bytes(digest),
    }
}

/// As the old servers made them, computed by other programs.
fn vectors() -> Vec<OldHash> {
    let salt = || Bytes((0..16).collect());
    vec![
        old(Work::Plain, SECRET.as_bytes().to_vec()),
        old(
            Work::Digest {
                function: Digest::Sha256,
            },
            hex("1bad8c4cc88eac27d75fca4771849969116c5c46234d24d0b9c3cae017e397e2"),
        ),
        old(
            Work::Pbkdf2 {
                function: Digest::Sha256,
                iterations: 310_000,
                salt: salt(),
                length: 32,
            },
            hex("fd152f12fa04fea5996680811f41f3db1e3e13335f490f840da843aa4a7b0f4e"),
        ),
        old(
            Work::Pbkdf2 {
                function: Digest::Sha1,
                iterations: 185_000,
                salt: Bytes((0..8).collect()),
                length: 32,
            },
            hex("ac26c387720ea507ef8ee8d9525e995bb99e38361287237bf0758036c33b2d75"),
        ),
        old(
            Work::SaltBefore {
                rounds: 1024,
                salt: Bytes((0..8).collect()),
            },
            hex("b1a00cfd0593fa7a1b80836fd40908388c32e462916080f300a8a2d071f70784"),
        ),
    ]
}

#[tokio::test]
async fn every_scheme_accepts_the_secret_and_neither_another_nor_what_was_stored() {
    let key = MasterKey::new([1; 32]);
    let chosen = ChosenSecrets::new(1).unwrap();
    for vector in vectors() {
        vector.work.judge(&vector.digest.0).unwrap();
        let kept = vector.keep(&key, "c", None, 1).unwrap();
        let is = async |presented: &str| {
            is_secret(&chosen, &key, "c", &kept.hash, presented)
                .await
                .unwrap()
        };
        assert!(is(SECRET).await, "{vector:?}");
        assert!(!is("s3cr3t-Test+%42").await, "{vector:?}");
        assert!(!is("").await, "{vector:?}");
        let stored = String::from_utf8(kept.hash.clone()).unwrap();
        assert!(!is(&stored).await, "{vector:?}");
        if vector.work != Work::Plain {
            for old in [
                work::base64(&vector.digest.0),
                vector
                    .digest
                    .0
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            ] {
                assert!(!is(&old).await, "{vector:?}");
                assert!(!stored.contains(&old), "the old hash is not kept: {stored}");
            }
        }
        let moved = is_secret(&chosen, &key, "another", &kept.hash, SECRET)
            .await
            .unwrap();
        assert!(
            !moved,
            "a row that was moved to another credential proves nothing"
        );
    }
}

#[test]
fn what_would_cost_too_much_does_not_come_and_is_not_computed() {
    let salt = || Bytes(vec![7; 16]);
    let argon2 = |memory, passes, lanes| Work::Argon2 {
        variant: Variant::Argon2id,
        version: 19,
        memory,
        passes,
        lanes,
        salt: salt(),
        length: 32,
    };
    let scrypt = |log_n, r, p| Work::Scrypt {
        log_n,
        r,
        p,
        salt: salt(),
        length: 32,
    };
    let pbkdf2 = |iterations| Work::Pbkdf2 {
        function: Digest::Sha512,
        iterations,
        salt: salt(),
        length: 32,
    };
    for dear in [
        pbkdf2(u32::MAX),
        pbkdf2(0),
        argon2(u32::MAX, 1, 1),
        argon2(64, u32::MAX, 1),
        argon2(64, 1, u32::MAX),
        scrypt(63, 8, 1),
        scrypt(255, 8, 1),
        scrypt(20, 8, 1),
        scrypt(10, u32::MAX, u32::MAX),
        Work::SaltBefore {
            rounds: u32::MAX,
            salt: salt(),
        },
    ] {
        assert_eq!(dear.judge(&[0; 32]), Err(Unfit::TooDear), "{dear:?}");
        assert_eq!(dear.of(b"x"), None, "{dear:?}");
    }
    let bcrypt = |cost| Work::Bcrypt { cost, salt: salt() };
    assert_eq!(bcrypt(15).judge(&[0; 23]), Err(Unfit::TooDear));
    assert_eq!(bcrypt(31).of(b"x"), None);
    assert_eq!(bcrypt(10).judge(&[0; 23]), Ok(()));
    assert_eq!(bcrypt(10).judge(&[]), Err(Unfit::Length));
    for usual in [pbkdf2(1_500_000), argon2(65_536, 3, 4), scrypt(16, 8, 1)] {
        assert_eq!(usual.judge(&[0; 32]), Ok(()), "{usual:?}");
    }
    assert_eq!(pbkdf2(1).judge(&[0; 31]), Err(Unfit::Length));
    let short = Work::Pbkdf2 {
        function: Digest::Sha256,
        iterations: 1,
        salt: salt(),
        length: 1,
    };
    assert_eq!(
        short.judge(&[0]),
        Err(Unfit::Length),
        "one byte is met by chance"
    );
}

#[test]
fn bcrypt_looks_at_seventy_two_bytes_and_at_no_zero() {
    let work = Work::Bcrypt {
        cost: 4,
        salt: Bytes(vec![7; 16]),
    };
    let long = [b'x'; 100];
    assert_eq!(work.of(&long), work.of(&long[..72]));
    assert_ne!(work.of(&long), work.of(&long[..71]));
    assert_eq!(work.of(b"x\0y"), None);
    assert!(work.of(b"").is_some());
}

#[tokio::test]
async fn a_short_secret_gets_the_hash_of_chosen_ones_and_a_drawn_one_does_not() {
    let keys = MasterKeys::single(MasterKey::new([1; 32]));
    let chosen = ChosenSecrets::new(1).unwrap();
    let renew = async |kind, secret: &str| {
        let new = renewed(&keys, &chosen, kind, "c", &SecretString::from(secret), 1).await;
        new.unwrap().scheme
    };
    let drawn = "1bad8c4cc88eac27d75fca4771849969";
    assert_eq!(
        renew(SecretKind::Generated, drawn).await,
        SecretScheme::HmacSha256
    );
    assert_eq!(
        renew(SecretKind::Chosen, drawn).await,
        SecretScheme::Argon2id
    );
    assert_eq!(
        renew(SecretKind::Generated, "secret").await,
        SecretScheme::Argon2id
    );
    assert_eq!(
        renew(SecretKind::Generated, &"ab".repeat(40)).await,
        SecretScheme::Argon2id
    );
}

#[test]
fn a_mark_knows_a_secret_again_and_nothing_else() {
    let key = MasterKey::new([1; 32]);
    let one = old(Work::Plain, b"one".to_vec());
    let mark = one.mark(&key, "production", "a");
    assert_eq!(mark, one.mark(&key, "production", "a"));
    assert_ne!(mark, one.mark(&key, "production", "b"));
    assert_ne!(mark, one.mark(&key, "rc", "a"));
    assert_ne!(
        mark,
        old(Work::Plain, b"two".to_vec()).mark(&key, "production", "a")
    );
    assert!(!format!("{one:?}").contains("111, 110"));
}
