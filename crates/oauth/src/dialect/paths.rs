//! Where the endpoints are, below the environment's URL.

use serde::{Deserialize, Deserializer};

/// The paths of the endpoints. Each begins with `/` and has neither query nor fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// RFC 6749 §3.2
    pub token: String,
    /// RFC 6749 §3.1
    pub authorization: String,
    /// RFC 7662
    pub introspection: String,
    /// The older shape of introspection, where the dialect has it.
    pub check_token: Option<String>,
    /// Where the key set is found beside `/.well-known/jwks.json`, if anywhere.
    pub jwks: Option<String>,
    /// What a token says about itself to whoever holds it, where the dialect has that.
    pub token_info: Option<String>,
    /// RFC 7009
    pub revocation: String,
    /// Where a person who must change the password does so by program, where the dialect has it.
    pub change_password: Option<String>,
    /// The documentation page.
    pub docs: String,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            token: "/oauth/token".to_owned(),
            authorization: "/oauth/authorize".to_owned(),
            introspection: "/oauth/introspect".to_owned(),
            check_token: None,
            jwks: None,
            token_info: None,
            revocation: "/oauth/revoke".to_owned(),
            change_password: None,
            docs: "/docs".to_owned(),
        }
    }
}

/// The paths that a dialect file or an environment states; the others stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PathOverrides {
    /// See [`Paths::token`].
    #[serde(deserialize_with = "path")]
    pub token: Option<String>,
    /// See [`Paths::authorization`].
    #[serde(deserialize_with = "path")]
    pub authorization: Option<String>,
    /// See [`Paths::introspection`].
    #[serde(deserialize_with = "path")]
    pub introspection: Option<String>,
    /// See [`Paths::check_token`].
    #[serde(deserialize_with = "path")]
    pub check_token: Option<String>,
    /// See [`Paths::jwks`].
    #[serde(deserialize_with = "path")]
    pub jwks: Option<String>,
    /// See [`Paths::token_info`].
    #[serde(deserialize_with = "path")]
    pub token_info: Option<String>,
    /// See [`Paths::revocation`].
    #[serde(deserialize_with = "path")]
    pub revocation: Option<String>,
    /// See [`Paths::change_password`].
    #[serde(deserialize_with = "path")]
    pub change_password: Option<String>,
    /// See [`Paths::docs`].
    #[serde(deserialize_with = "path")]
    pub docs: Option<String>,
}

impl Paths {
    /// Where metadata says that the key set is (RFC 7517).
    pub fn key_set(&self) -> &str {
        self.jwks.as_deref().unwrap_or("/.well-known/jwks.json")
    }

    /// These paths with those of `overrides` that are stated.
    #[must_use]
    pub fn overridden_by(&self, overrides: &PathOverrides) -> Self {
        let or = |stated: &Option<String>, own: &String| stated.as_ref().unwrap_or(own).clone();
        Self {
            token: or(&overrides.token, &self.token),
            authorization: or(&overrides.authorization, &self.authorization),
            introspection: or(&overrides.introspection, &self.introspection),
            check_token: overrides
                .check_token
                .clone()
                .or_else(|| self.check_token.clone()),
            jwks: overrides.jwks.clone().or_else(|| self.jwks.clone()),
            token_info: overrides
                .token_info
                .clone()
                .or_else(|| self.token_info.clone()),
            revocation: or(&overrides.revocation, &self.revocation),
            change_password: overrides
                .change_password
                .clone()
                .or_else(|| self.change_password.clone()),
            docs: or(&overrides.docs, &self.docs),
        }
    }
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let path = String::deserialize(deserializer)?;
    let canonical = path.starts_with('/')
        && path[1..]
            .split('/')
            .all(|segment| !matches!(segment, "" | "." | ".."))
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
    if canonical {
        Ok(Some(path))
    } else {
        Err(serde::de::Error::custom(
            "a path begins with / and has only letters, digits and -._~ between single slashes",
        ))
    }
}
