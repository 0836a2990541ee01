#![allow(clippy::unwrap_used)]
use super::*;

const SECRET: &str = "s3cr3t-Test+%41";

/// A text and its reader.
type Vector = (&'static str, fn(&str) -> Taken);

/// Computed from the formats by other programs.
fn vectors() -> Vec<Vector> {
    vec![
        (
            "1bad8c4cc88eac27d75fca4771849969116c5c46234d24d0b9c3cae017e397e2",
            digest,
        ),
        ("G62MTMiOrCfXX8pHcYSZaRFsXEYjTSTQucPK4Bfjl+I=", digest),
        ("G62MTMiOrCfXX8pHcYSZaRFsXEYjTSTQucPK4Bfjl-I", digest),
        (
            "bmOpFEKFD/nKEh0ZX+kdgag/sTotMMPoeVYk/46ITE5I4A+TOQgqY4uPSp4hDbRFcpxSXXcPgSUWcpRmVxVIrw==",
            digest,
        ),
        (
            "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg9Grv4Mo8F9CdWY2YY6OwMi4nQnxpinLzePe5Yw/dd3SA==",
            aspnet,
        ),
        (
            "$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$csVUxt/G/89WKbSEqji8kqnWWSOMCmd7pRotFD8vtKk",
            self_describing,
        ),
        (
            "$pbkdf2-sha512$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$0tX6rb4pR/qnmVEvAhY6LLus2nz91CI6EHH+EYxHHKE",
            self_describing,
        ),
        (
            "{pbkdf2@SpringSecurity_v5_8}000102030405060708090a0b0c0d0e0ffd152f12fa04fea5996680811f41f3db1e3e13335f490f840da843aa4a7b0f4e",
            spring,
        ),
        (
            "{pbkdf2}0001020304050607ac26c387720ea507ef8ee8d9525e995bb99e38361287237bf0758036c33b2d75",
            spring,
        ),
        (
            "{sha256}0001020304050607b1a00cfd0593fa7a1b80836fd40908388c32e462916080f300a8a2d071f70784",
            spring,
        ),
        (
            "pbkdf2_sha256$1000000$abcDEF123$lU7Ss2fEZe91elkJ3QN9ZCXlLTdHtz3zEVgFDLzakvc=",
            self_describing,
        ),
        ("{noop}s3cr3t-Test+%41", spring),
    ]
}

fn proves(taken: &OldHash, secret: &str) -> bool {
    taken
        .work
        .of(secret.as_bytes())
        .is_some_and(|made| *made == taken.digest.0)
}

#[test]
fn every_vector_is_read_and_proves_its_secret_and_not_itself() {
    for (text, read) in vectors() {
        let taken = read(text).unwrap();
        assert!(proves(&taken, SECRET), "{text}");
        assert!(!proves(&taken, "s3cr3t-Test+%42"), "{text}");
        assert!(!proves(&taken, text), "{text}");
    }
}

#[test]
fn encodings_of_other_products_are_read() {
    for (text, secret) in [
        // Published with OpenBSD's and with jBCrypt's tests.
        (
            "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.",
            "",
        ),
        (
            "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
            "abc",
        ),
        (
            "{bcrypt}$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
            "abc",
        ),
    ] {
        assert!(proves(&self_describing(text).unwrap(), secret), "{text}");
    }
}

#[test]
fn a_text_that_is_cut_changed_or_foreign_is_refused_and_never_taken_for_the_secret() {
    for (text, read) in vectors() {
        if text.starts_with("{noop}") {
            continue;
        }
        let cut = &text[..text.len() - 3];
        assert!(
            read(cut).is_err() || !proves(&read(cut).unwrap(), SECRET),
            "{cut}"
        );
        let longer = format!("{text}AA");
        assert!(read(&longer).is_err(), "{longer}");
    }
    for text in [
        "",
        "secret",
        "**********",
        "${vault.x}",
        "$2a$10$short",
        "{unknown}x",
        "{",
        "$",
        "$$$$$",
        "é",
        "{noop}",
    ] {
        assert!(self_describing(text).is_err(), "{text}");
        assert!(spring(text).is_err(), "{text}");
        assert!(digest(text).is_err(), "{text}");
        assert!(aspnet(text).is_err(), "{text}");
    }
    assert_eq!(plain(""), Err(Unreadable::NotSendable));
    assert_eq!(plain("a\nb"), Err(Unreadable::NotSendable));
    assert_eq!(plain(&"a".repeat(257)), Err(Unreadable::NotSendable));
}

#[test]
fn a_hash_that_costs_too_much_is_named_so() {
    let dear = |text: &str| self_describing(text).unwrap_err();
    let key = "csVUxt/G/89WKbSEqji8kqnWWSOMCmd7pRotFD8vtKk";
    let salt = "AAECAwQFBgcICQoLDA0ODw";
    for text in [
        format!("$pbkdf2-sha256$i=4000000000,l=32${salt}${key}"),
        format!("$argon2id$v=19$m=4194304,t=3,p=1${salt}${key}"),
        "$2b$31$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i".to_owned(),
        format!("{{scrypt}}$ff0801${salt}${key}"),
    ] {
        assert_eq!(dear(&text), Unreadable::Unfit(Unfit::TooDear), "{text}");
    }
    let short = dear("$pbkdf2-sha256$i=1,l=4$AAECAwQFBgcICQoLDA0ODw$csVUxg");
    assert_eq!(short, Unreadable::Unfit(Unfit::Length));
    assert_eq!(
        dear("$pbkdf2-sha384$i=1,l=32$AA$AA"),
        Unreadable::Scheme("pbkdf2-sha384".into())
    );
}
