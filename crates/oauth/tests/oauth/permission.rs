//! QC4: what a permission stands for, and how it is said on the command line.

use oauth::permission::{AllowError, allowed_by};
use oauth::{Allow, Permission, Scope};

#[test]
fn qc4_methods() {
    for (method, permission) in [
        ("GET", Some(Permission::Read)),
        ("HEAD", Some(Permission::Read)),
        ("POST", Some(Permission::Add)),
        ("PUT", Some(Permission::Write)),
        ("PATCH", Some(Permission::Write)),
        ("DELETE", Some(Permission::Delete)),
        ("OPTIONS", None),
        ("get", None),
        ("QUERY", None),
        ("", None),
    ] {
        assert_eq!(Permission::of_method(method), permission, "{method}");
    }
}

#[test]
fn allow_is_read() {
    for (text, values) in [
        ("shifts=read,add", &["shifts.read", "shifts.add"][..]),
        ("shifts=add, read,add", &["shifts.read", "shifts.add"]),
        (
            "forecast-prediction=all",
            &[
                "forecast-prediction.read",
                "forecast-prediction.add",
                "forecast-prediction.write",
                "forecast-prediction.delete",
            ],
        ),
        ("api1", &["api1"]),
    ] {
        assert_eq!(
            text.parse::<Allow>().unwrap().scope_values(),
            values,
            "{text}"
        );
    }
    for (text, error) in [
        ("shifts=", AllowError::NotAPermission),
        ("shifts=READ", AllowError::NotAPermission),
        ("shifts=read,", AllowError::NotAPermission),
        ("shifts=all,read", AllowError::NotAPermission),
        ("Forecast Prediction=read", AllowError::NotAScopeValue),
        ("Shifts=read", AllowError::NotAScopeValue),
        ("=read", AllowError::NotAScopeValue),
        ("", AllowError::NotAScopeValue),
    ] {
        assert_eq!(Allow::parse(text), Err(error), "{text}");
    }
}

#[test]
fn scope_values_are_put_together_again_for_a_list() {
    let scope = Scope::parse("shifts.read tags.read shifts.delete api1 x.y").unwrap();
    let listed: Vec<_> = allowed_by(&scope)
        .into_iter()
        .map(|allow| (allow.scope, allow.permissions))
        .collect();
    assert_eq!(
        listed,
        [
            (
                "shifts".to_owned(),
                vec![Permission::Read, Permission::Delete]
            ),
            ("tags".to_owned(), vec![Permission::Read]),
            ("api1".to_owned(), vec![]),
            ("x.y".to_owned(), vec![]),
        ]
    );
}
