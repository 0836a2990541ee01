#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn texts_of_elsewhere_become_one_line() {
    assert_eq!(tidy(" a\nb\u{2028}c ", 100).unwrap(), "a b c");
    assert_eq!(tidy("ab cd", 3).unwrap(), "ab");
    assert_eq!(tidy(" \n\0", 10), None);
}

#[test]
fn an_id_is_kept_whatever_stands_in_it_as_long_as_it_can_be_sent() {
    for good in ["a", "ö:/ %+", "01HXYZ", &"x".repeat(256)] {
        assert_eq!(unusable_id(good), None, "{good}");
    }
    for bad in ["", "a\nb", "a\0", &"x".repeat(257)] {
        assert!(unusable_id(bad).is_some(), "{bad:?}");
    }
}
