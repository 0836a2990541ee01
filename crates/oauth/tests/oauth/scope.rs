//! S074 to S076: scopes are compared byte for byte.

use oauth::Scope;
use oauth::scope::{MOST_SCOPE_TOKENS, ScopeOutsideGrammar, scope_value};

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

#[test]
fn s076_repeated_tokens_are_dropped_and_their_number_is_bounded() {
    assert_eq!(scope("a b a c b").as_str(), "a b c");
    let tokens = |count: usize| {
        (0..count)
            .map(|n| format!("s{n}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        scope(&tokens(MOST_SCOPE_TOKENS)).iter().count(),
        MOST_SCOPE_TOKENS
    );
    assert_eq!(
        Scope::parse(&tokens(MOST_SCOPE_TOKENS + 1)),
        Err(ScopeOutsideGrammar)
    );
    assert_eq!(scope(&"a ".repeat(500)[..999]).as_str(), "a");
}

#[test]
fn s075_no_case_folding_no_prefix_no_wildcard() {
    let has = scope("read read:all shifts.read");
    for asked in [
        "Read",
        "rea",
        "read:",
        "*",
        "read:*",
        "shifts",
        "shifts.",
        "shifts.READ",
    ] {
        assert!(!has.contains(asked), "{asked}");
        assert!(!scope(asked).is_subset_of(&has), "{asked}");
    }
    assert!(scope("shifts.read read").is_subset_of(&has));
    assert!(!scope("read write").is_subset_of(&has));
}

#[test]
fn the_empty_scope() {
    let none = Scope::from_tokens(Vec::<String>::new()).unwrap();
    assert!(none.is_empty());
    assert_eq!(none.iter().count(), 0);
    assert!(none.is_subset_of(&scope("a")) && !scope("a").is_subset_of(&none));
    assert!(!none.contains(""));
    assert_eq!(Scope::parse(""), Err(ScopeOutsideGrammar));
    assert_eq!(Scope::from_tokens(["a b"]), Err(ScopeOutsideGrammar));
}

#[test]
fn display_names_become_values() {
    for (name, value) in [
        ("Forecast Prediction", "forecast-prediction"),
        ("AI algorithms", "ai-algorithms"),
        (" Role  assignments ", "role-assignments"),
        ("api1", "api1"),
    ] {
        assert_eq!(scope_value(name).as_deref(), Ok(value));
    }
    for name in ["", "  ", "Größe", "a\"b", "a\\b"] {
        assert_eq!(scope_value(name), Err(ScopeOutsideGrammar), "{name}");
    }
}
