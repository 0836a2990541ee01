//! `--allow`: from `shifts=read,add` to the scope values a credential gets.
//!
//! What is not allowed by name is refused: there is no wildcard and no default.

use std::sync::Arc;

use oauth::permission::{Allow, Permission};

use super::{CredentialRefusal, Field};
use crate::config::Version;

fn unfit(sentence: impl Into<String>) -> CredentialRefusal {
    CredentialRefusal::asked(Field::Allow, "credential-not-possible", sentence)
}

/// The version a credential is made for: implied where there is one, asked for where there are more.
pub fn version<'v>(
    versions: &'v [Arc<Version>],
    asked: Option<&str>,
) -> Result<Option<&'v Version>, CredentialRefusal> {
    let known = || {
        versions
            .iter()
            .map(|version| version.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (versions, asked) {
        ([], None) => Ok(None),
        ([], Some(_)) => Err(unfit(
            "This platform has no versions, so leave the version (`--version`) out.",
        )),
        ([only], None) => Ok(Some(only)),
        (_, None) => Err(unfit(format!(
            "Name the version (`--version`) that the credential is for: {}.",
            known()
        ))),
        (_, Some(asked)) => {
            let found = versions.iter().find(|version| version.name == asked);
            found.map(|version| Some(&**version)).ok_or_else(|| {
                unfit(format!(
                    "There is no such version; the configuration has {}.",
                    known()
                ))
            })
        }
    }
}

/// The scope values of a list of `--allow`, in the version's order, each once.
pub fn scopes(
    version: Option<&Version>,
    allow: &[String],
) -> Result<Vec<String>, CredentialRefusal> {
    let Some(version) = version.filter(|version| !version.scopes.is_empty()) else {
        return if allow.is_empty() {
            Ok(Vec::new())
        } else {
            Err(unfit(
                "This platform has no scopes, so leave `--allow` out: every live token is good for everything.",
            ))
        };
    };
    let mut allowed = Vec::new();
    for text in allow {
        let one = Allow::parse(text).map_err(|error| unfit(error.to_string()))?;
        check(version, &one)?;
        allowed.extend(one.scope_values());
    }
    let mut possible = possible(version);
    possible.retain(|value| allowed.contains(value));
    Ok(possible)
}

/// Every scope value that a credential of a version can have.
pub fn possible(version: &Version) -> Vec<String> {
    let scopes = version.scopes.iter();
    scopes
        .flat_map(|(_, value)| values(version, value))
        .collect()
}

fn check(version: &Version, allow: &Allow) -> Result<(), CredentialRefusal> {
    let name = &version.name;
    if !version
        .scopes
        .iter()
        .any(|(_, value)| *value == allow.scope)
    {
        let known: Vec<_> = version
            .scopes
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        return Err(unfit(format!(
            "Version {name} has no scope {}; it has {}.",
            allow.scope,
            known.join(", ")
        )));
    }
    match (version.permissions, allow.permissions.is_empty()) {
        (true, true) => Err(unfit(format!(
            "Say what is permitted within {0}: read, add, write, delete or all, as in '{0}=read,add'.",
            allow.scope
        ))),
        (false, false) => Err(unfit(format!(
            "Version {name} has no permissions: write '{}' without anything after it.",
            allow.scope
        ))),
        _ => Ok(()),
    }
}

/// Every value a scope can have in a version.
fn values(version: &Version, scope: &str) -> Vec<String> {
    if version.permissions {
        Permission::ALL
            .map(|permission| permission.of_scope(scope))
            .to_vec()
    } else {
        vec![scope.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn a_version(name: &str, permissions: bool) -> Arc<Version> {
        let scopes = [
            ("Shifts", "shifts"),
            ("Forecast Prediction", "forecast-prediction"),
        ];
        let scopes = scopes
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        Arc::new(Version {
            name: name.to_owned(),
            scopes,
            permissions,
        })
    }

    fn allowed(permissions: bool, allow: &[&str]) -> Result<Vec<String>, String> {
        let allow: Vec<_> = allow.iter().map(|text| (*text).to_owned()).collect();
        scopes(Some(&a_version("v2", permissions)), &allow).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn permissions_become_scope_values_in_one_order_and_once() {
        assert_eq!(
            allowed(
                true,
                &["forecast-prediction=read", "shifts=add,read", "shifts=read"]
            )
            .unwrap(),
            ["shifts.read", "shifts.add", "forecast-prediction.read"]
        );
        assert_eq!(
            allowed(true, &["shifts=all"]).unwrap(),
            ["shifts.read", "shifts.add", "shifts.write", "shifts.delete"]
        );
        assert_eq!(allowed(false, &["shifts"]).unwrap(), ["shifts"]);
        assert_eq!(allowed(true, &[]).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_the_version_does_not_have_is_refused_with_what_it_has() {
        assert!(
            allowed(true, &["tags=read"])
                .unwrap_err()
                .contains("shifts, forecast-prediction")
        );
        assert!(
            allowed(true, &["shifts"])
                .unwrap_err()
                .contains("'shifts=read,add'")
        );
        assert!(
            allowed(false, &["shifts=read"])
                .unwrap_err()
                .contains("no permissions")
        );
        for text in [
            "Shifts=read",
            "shifts=",
            "shifts=read,",
            "shifts=*",
            "shifts.read",
            "*",
            "",
            "shifts=READ",
            "shifts=all,read",
        ] {
            assert!(allowed(true, &[text]).is_err(), "{text}");
        }
        assert!(scopes(None, &["api1".to_owned()]).is_err());
    }

    #[test]
    fn a_version_is_implied_only_where_there_is_no_choice() {
        let (v2, v3) = (a_version("v2", true), a_version("v3", true));
        let both = [v2.clone(), v3];
        assert_eq!(version(&[], None).unwrap(), None);
        assert_eq!(
            version(std::slice::from_ref(&v2), None).unwrap(),
            Some(&*v2)
        );
        assert!(version(&both, None).is_err());
        assert_eq!(version(&both, Some("v2")).unwrap(), Some(&*v2));
        assert!(version(&both, Some("V2")).is_err());
        assert!(version(&[], Some("v2")).is_err());
    }
}
