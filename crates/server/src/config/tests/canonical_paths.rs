//! A path of the configuration has one spelling.

use super::super::canonical_path::{fault, is_beneath};

#[test]
fn paths_with_a_second_spelling_are_refused() {
    for path in [
        "", "a", "/a/", "//", "/a//b", "/./a", "/a/..", "/%61", "/a%2fb", "/a?b", "/a#b", "/a b",
        "/a\\b", "/a;b", "/ä", "/a\n",
    ] {
        assert!(fault(path).is_some(), "{path:?}");
    }
    for path in [
        "/",
        "/a",
        "/v2/forecast-prediction",
        "/a.b/_c~",
        "/.a",
        "/a..b",
    ] {
        assert_eq!(fault(path), None, "{path:?}");
    }
}

#[test]
fn beneath_counts_whole_segments() {
    assert!(is_beneath("/a", "/a") && is_beneath("/a/b", "/a") && is_beneath("/a", "/"));
    assert!(!is_beneath("/ab", "/a") && !is_beneath("/a", "/a/b"));
}
