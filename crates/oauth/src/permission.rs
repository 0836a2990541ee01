//! What may be done within a scope, and how an operator says so.
//!
//! A permission stands for HTTP methods: Read is GET and HEAD, Add is POST, Write is PUT and PATCH,
//! Delete is DELETE. In tokens it is the scope value `shifts.read`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::scope::{Scope, scope_value};

/// One thing that may be done within a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// GET, HEAD
    Read,
    /// POST
    Add,
    /// PUT, PATCH
    Write,
    /// DELETE
    Delete,
}

impl Permission {
    /// Every permission, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Read, Self::Add, Self::Write, Self::Delete];

    /// The permission that a method needs; none for methods that no permission opens.
    /// Methods are case-sensitive (RFC 9110 §9.1).
    pub fn of_method(method: &str) -> Option<Self> {
        match method {
            "GET" | "HEAD" => Some(Self::Read),
            "POST" => Some(Self::Add),
            "PUT" | "PATCH" => Some(Self::Write),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }

    /// The spelling in scopes and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Add => "add",
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }

    /// The scope value of this permission within a scope: `shifts.read`.
    pub fn of_scope(self, scope: &str) -> String {
        [scope, ".", self.as_str()].concat()
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A permission is read, add, write or delete.")]
pub struct UnknownPermission;

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.as_str() == text)
            .ok_or(UnknownPermission)
    }
}

/// What `--allow` says: a scope, and what may be done within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The scope's value, such as `forecast-prediction`.
    pub scope: String,
    /// In the order of [`Permission::ALL`], each once. Empty where none was named (`--allow api1`),
    /// which is what a platform without permissions wants.
    pub permissions: Vec<Permission>,
}

/// Why an `--allow` cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowError {
    /// The scope part is no scope value.
    #[error(
        "An --allow names a scope by its value, as in 'forecast-prediction=read,add': lower case, hyphens instead of blanks."
    )]
    NotAScopeValue,
    /// Something after the `=` is no permission.
    #[error(
        "An --allow names permissions out of read, add, write, delete, or all, as in 'shifts=read,add'."
    )]
    NotAPermission,
}

impl Allow {
    /// Reads `shifts=read,add`, `shifts=all` or `api1`.
    ///
    /// # Errors
    /// A scope that is not written as a value, or an unknown or missing permission after `=`.
    pub fn parse(text: &str) -> Result<Self, AllowError> {
        let (scope, permissions) = match text.split_once('=') {
            Some((scope, list)) => (scope, permissions(list)?),
            None => (text, Vec::new()),
        };
        let is_value = scope_value(scope).is_ok_and(|value| value == scope);
        if !is_value {
            return Err(AllowError::NotAScopeValue);
        }
        Ok(Self {
            scope: scope.to_owned(),
            permissions,
        })
    }

    /// The scope values that are granted: one for each permission, or the bare scope.
    pub fn scope_values(&self) -> Vec<String> {
        if self.permissions.is_empty() {
            return vec![self.scope.clone()];
        }
        self.permissions
            .iter()
            .map(|permission| permission.of_scope(&self.scope))
            .collect()
    }
}

impl FromStr for Allow {
    type Err = AllowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

fn permissions(list: &str) -> Result<Vec<Permission>, AllowError> {
    if list == "all" {
        return Ok(Permission::ALL.to_vec());
    }
    let mut named = list
        .split(',')
        .map(|name| name.trim().parse())
        .collect::<Result<Vec<Permission>, _>>()
        .map_err(|_| AllowError::NotAPermission)?;
    named.sort_unstable();
    named.dedup();
    Ok(named)
}

/// Splits scope values back into `--allow` form: `shifts.read shifts.add` is one [`Allow`] of
/// `shifts` with two permissions. For listings; only of use where the version has permissions.
pub fn allowed_by(scope: &Scope) -> Vec<Allow> {
    let mut allowed: Vec<Allow> = Vec::new();
    for value in scope.iter() {
        let (name, permission) = match value.rsplit_once('.') {
            Some((name, last)) => match last.parse() {
                Ok(permission) => (name, Some(permission)),
                Err(UnknownPermission) => (value, None),
            },
            None => (value, None),
        };
        match allowed.iter_mut().find(|allow| allow.scope == name) {
            Some(allow) => allow.permissions.extend(permission),
            None => allowed.push(Allow {
                scope: name.to_owned(),
                permissions: permission.into_iter().collect(),
            }),
        }
    }
    allowed
}
