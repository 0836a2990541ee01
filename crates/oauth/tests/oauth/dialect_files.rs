//! Dialect files: the five that ship are sound, and a broken one says where.

use oauth::Dialect;
use oauth::dialect::{AccessTokenFormat, DialectError, PathOverrides, Relaxation};
use oauth::lifetime::seconds;

#[test]
fn every_dialect_that_ships_is_sound() {
    for name in Dialect::NAMES {
        let dialect = Dialect::named(name).unwrap();
        assert_eq!(dialect.name, name);
        for relaxation in dialect.relaxations() {
            assert!(
                relaxation.departs_from.starts_with("RFC "),
                "{relaxation:?}"
            );
            assert!(relaxation.reason.ends_with('.'), "{relaxation:?}");
        }
    }
}

#[test]
fn b6_a_relaxation_says_what_it_allows_where_from_and_why() {
    let dialect = Dialect::named("dotnetopenauth").unwrap();
    let pkce = dialect
        .relaxations()
        .iter()
        .find(|r| r.axis == "pkce")
        .unwrap();
    assert_eq!(
        *pkce,
        Relaxation {
            axis: "pkce",
            allows: "authorization codes without PKCE".to_owned(),
            departs_from: "RFC 9700 section 2.1.1",
            reason: "The documented authorization request has no code_challenge; the clients in use are older than PKCE.".to_owned(),
        }
    );
}

#[test]
fn an_environment_can_be_a_relaxation_too() {
    assert!(Relaxation::of_access_token_format(AccessTokenFormat::OpaqueHex64).is_none());
    assert!(Relaxation::of_access_token_format(AccessTokenFormat::OpaqueHex32).is_some());
    assert!(Relaxation::of_access_token_lifetime(3_600).is_none());
    assert!(Relaxation::of_access_token_lifetime(604_800).is_some());
}

#[test]
fn there_is_no_other_name() {
    let error = Dialect::named("mainframe").unwrap_err();
    assert_eq!(
        error.to_string(),
        "There is no dialect \"mainframe\": use rfc6749, spring, doorkeeper, identityserver, dotnetopenauth, hydra, keycloak, openiddict, spring-authorization-server, auth0, or the path of a dialect file."
    );
}

/// Line and key of a broken file, and whether the message holds a phrase.
#[track_caller]
fn broken(text: &str, line: usize, key: &str, phrase: &str) {
    let error = Dialect::from_toml("mine.toml", text).unwrap_err();
    let sentence = error.to_string();
    let DialectError::Broken {
        line: at,
        key: under,
        message,
        ..
    } = error
    else {
        panic!("{sentence}");
    };
    assert_eq!((at, under.as_str()), (line, key), "{sentence}");
    assert!(message.contains(phrase), "{sentence}");
    assert!(
        sentence.starts_with("The dialect mine.toml is wrong in line "),
        "{sentence}"
    );
    assert!(!sentence.contains('\n'));
}

#[test]
fn a_broken_file_names_line_and_key() {
    broken("[paths]\ntokn = \"/t\"", 2, "paths.tokn", "unknown field");
    broken("\n\n[pathes]\n", 3, "pathes", "unknown field");
    broken(
        "[paths]\n\ntoken = \"token\"",
        3,
        "paths.token",
        "begins with /",
    );
    broken(
        "[paths]\ntoken = \"/a/../b\"",
        2,
        "paths.token",
        "begins with /",
    );
    broken(
        "[paths]\ntoken = \"/a?b\"",
        2,
        "paths.token",
        "begins with /",
    );
    broken(
        "[defaults]\naccess_token_lifetime = \"60\"",
        2,
        "defaults.access_token_lifetime",
        "lifetime",
    );
    broken(
        "[defaults]\naccess_token_lifetime = 60",
        2,
        "defaults.access_token_lifetime",
        "string",
    );
    broken(
        "[defaults]\naccess_token_format = \"paper\"",
        2,
        "defaults.access_token_format",
        "unknown variant",
    );
    broken(
        "# mine\n[quirks.pkce]\nvalue = \"never\"\nreason = \"x\"",
        3,
        "quirks.pkce.value",
        "unknown variant",
    );
    broken(
        "# mine\n[quirks.pkce]\nvalue = \"optional\"",
        2,
        "quirks.pkce",
        "reason",
    );
    broken(
        "[quirks.pkce]\nvalue = \"optional\"\nreason = \" \"",
        3,
        "quirks.pkce.reason",
        "reason is empty",
    );
    broken(
        "[quirks.error_descriptions]\nreason = \"x\"\n[quirks.error_descriptions.value]\ninvalid_client = \"a \\\"b\\\"\"",
        4,
        "quirks.error_descriptions.value.invalid_client",
        "printable ASCII",
    );
    broken(
        "[quirks.token_response_members]\nvalue = [\"access_token\", \"token_type\"]\nreason = \"x\"",
        2,
        "quirks.token_response_members.value",
        "refresh_token",
    );
    broken("[paths\n", 1, "paths", "");
}

#[test]
fn a_configuration_states_paths_in_the_same_words() {
    assert!(toml::from_str::<PathOverrides>("token = \"/v2/oauth/token\"").is_ok());
    assert!(toml::from_str::<PathOverrides>("token = \"v2\"").is_err());
    assert!(toml::from_str::<PathOverrides>("tokens = \"/v2\"").is_err());
}

#[test]
fn lifetimes() {
    for (text, expected) in [
        ("60s", 60),
        ("60m", 3_600),
        ("24h", 86_400),
        ("7d", 604_800),
    ] {
        assert_eq!(seconds(text), Ok(expected));
    }
    for text in [
        "",
        "s",
        "0s",
        "60",
        "1.5h",
        "-1s",
        "+1s",
        "1w",
        "1 s",
        "99999999999999999999s",
        "36526d",
        "1ü",
    ] {
        assert!(seconds(text).is_err(), "{text}");
    }
}
