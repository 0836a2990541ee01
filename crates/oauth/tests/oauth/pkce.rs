//! PKCE: what is a challenge, and what proves it.

use oauth::pkce::CodeChallenge;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn s110_s114_a_challenge_is_proven_by_its_verifier_alone() {
    let challenge = CodeChallenge::s256(CHALLENGE).unwrap();
    assert!(challenge.verify(VERIFIER));
    for wrong in [
        "",
        CHALLENGE,
        &VERIFIER[..42],
        &format!("{VERIFIER}\n"),
        &format!("{VERIFIER}="),
        &format!(" {VERIFIER}"),
        &VERIFIER.to_lowercase(),
        &"a".repeat(129),
    ] {
        assert!(!challenge.verify(wrong), "{wrong}");
    }
    for malformed in [
        "",
        &CHALLENGE[..42],
        &format!("{CHALLENGE}="),
        &"+".repeat(43),
        &"A".repeat(129),
        VERIFIER.trim_end_matches('k'),
    ] {
        assert!(CodeChallenge::s256(malformed).is_err(), "{malformed}");
    }
}
