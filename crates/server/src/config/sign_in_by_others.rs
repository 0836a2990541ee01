//! `[environments.NAME.staff_sign_in]` and `[environments.NAME.hand_over]`: who signs people in for us, and how we know them.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use super::base_url::is_loopback;
use super::findings::Findings;
use super::key::Key;
use super::raw::{RawHandOver, RawStaffSignIn};
use crate::signatures::key::VerificationKey;

/// The company's identity provider, for its own staff.
#[derive(Clone, Debug)]
pub struct StaffSignIn {
    /// As its discovery document has to name itself, byte for byte.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// Where our secret lies.
    pub client_secret: SecretPlace,
    /// What we ask for, separated by blanks.
    pub scope: String,
    /// The claim that lists groups.
    pub groups_claim: String,
    /// The groups of operators.
    pub operator_groups: Vec<String>,
    /// The claims that may name a person, the first that is there.
    pub username_claims: Vec<String>,
    /// The button's words; none: those of the catalogue.
    pub label: Option<String>,
    /// Whether operators may also have passwords.
    pub password_sign_in: bool,
}

/// Where a secret lies. It is never part of the configuration itself, so that nothing prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// In a file, without the line end behind it.
    File(PathBuf),
    /// In a variable of the process.
    Variable(String),
}

impl SecretPlace {
    /// Reads it.
    ///
    /// # Errors
    /// A sentence that names the place and not what it holds.
    pub fn read(&self) -> Result<SecretString, String> {
        let read = match self {
            Self::File(path) => std::fs::read_to_string(path).map_err(|error| {
                format!("the secret in {} cannot be read: {error}", path.display())
            }),
            Self::Variable(name) => {
                std::env::var(name).map_err(|_| format!("the variable {name} is not set"))
            }
        };
        let text = zeroize::Zeroizing::new(read?);
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(match self {
                Self::File(path) => format!("the file {} is empty", path.display()),
                Self::Variable(name) => format!("the variable {name} is empty"),
            }),
            secret => Ok(SecretString::from(secret)),
        }
    }
}

/// The platform's own product, which signs who comes from it.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// Its `iss`.
    pub issuer: String,
    /// How its signatures are checked.
    pub keys: SignersKeys,
}

/// Whose signatures are believed.
#[derive(Clone, Debug)]
pub enum SignersKeys {
    /// Those of files.
    Files(Vec<VerificationKey>),
    /// Those published there.
    Published(String),
}

/// Resolves `staff_sign_in`.
pub fn staff(
    key: &Key,
    raw: &RawStaffSignIn,
    folder: &Path,
    findings: &mut Findings,
) -> Option<StaffSignIn> {
    let issuer = needed(key, "issuer", &raw.issuer, findings);
    if let Some(issuer) = &issuer {
        judge_url(&key.name("issuer"), issuer, findings);
    }
    let client_id = needed(key, "client_id", &raw.client_id, findings);
    let client_secret = match (&raw.client_secret_file, &raw.client_secret_env) {
        (Some(file), None) => Some(SecretPlace::File(folder.join(file))),
        (None, Some(name)) => Some(SecretPlace::Variable(name.clone())),
        _ => {
            findings.mistake(
                &key.name("client_secret_file"),
                "name the client's secret by client_secret_file or by client_secret_env, and not by both",
            );
            None
        }
    };
    let operator_groups = raw.operator_groups.clone().unwrap_or_default();
    if operator_groups.is_empty() || operator_groups.iter().any(String::is_empty) {
        findings.mistake(
            &key.name("operator_groups"),
            "name the groups whose members are operators, such as [\"grantor-operators\"]; without any nobody could sign in",
        );
    }
    let default = ["openid", "profile", "email", "groups"].map(str::to_owned);
    let scopes = raw.scopes.clone().unwrap_or_else(|| default.to_vec());
    if !scopes.iter().any(|scope| scope == "openid") {
        findings.mistake(
            &key.name("scopes"),
            "without the scope openid the provider says nothing about who signed in",
        );
    }
    let named = raw.username_claim.clone().map(|claim| vec![claim]);
    Some(StaffSignIn {
        issuer: issuer?,
        client_id: client_id?,
        client_secret: client_secret?,
        scope: scopes.join(" "),
        groups_claim: raw
            .groups_claim
            .clone()
            .unwrap_or_else(|| "groups".to_owned()),
        operator_groups,
        username_claims: named
            .unwrap_or_else(|| vec!["preferred_username".to_owned(), "email".to_owned()]),
        label: raw.label.clone().filter(|label| !label.is_empty()),
        password_sign_in: raw.password_sign_in.unwrap_or(true),
    })
}

/// Resolves `hand_over`.
pub fn hand_over(
    key: &Key,
    raw: &RawHandOver,
    folder: &Path,
    findings: &mut Findings,
) -> Option<HandOver> {
    let issuer = needed(key, "issuer", &raw.issuer, findings);
    let files = raw.keys.as_deref().unwrap_or_default();
    let keys = match (&raw.jwks_url, files) {
        (Some(url), []) => {
            judge_url(&key.name("jwks_url"), url, findings);
            Some(SignersKeys::Published(url.clone()))
        }
        (None, [_, ..]) => Some(SignersKeys::Files(read_keys(
            &key.name("keys"),
            files,
            folder,
            findings,
        ))),
        _ => {
            findings.mistake(
                &key.name("keys"),
                "name the product's public keys by files in keys or by jwks_url, and not by both",
            );
            None
        }
    };
    Some(HandOver {
        issuer: issuer?,
        keys: keys?,
    })
}

fn read_keys(
    key: &Key,
    files: &[String],
    folder: &Path,
    findings: &mut Findings,
) -> Vec<VerificationKey> {
    let mut all = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let read = std::fs::read(folder.join(file))
            .map_err(|_| "there is no such file that can be read".to_owned())
            .and_then(|bytes| VerificationKey::of_file(&bytes).map_err(|why| why.to_string()));
        match read {
            Ok(keys) => all.extend(keys),
            Err(why) => findings.mistake(&key.index(index), why),
        }
    }
    all
}

fn needed(key: &Key, name: &str, text: &Option<String>, findings: &mut Findings) -> Option<String> {
    let found = text.clone().filter(|text| !text.is_empty());
    if found.is_none() {
        findings.mistake(
            &key.name(name),
            "this is missing, and nothing can stand in for it",
        );
    }
    found
}

/// An address that is asked over the network, where nobody else may answer.
fn judge_url(key: &Key, text: &str, findings: &mut Findings) {
    if let Err(message) = address(text) {
        findings.mistake(key, message);
    }
}

/// Reads an absolute URL whose answers can be believed: https, or plain http on this machine.
///
/// # Errors
/// A sentence without the URL in it.
pub fn address(text: &str) -> Result<Url, &'static str> {
    let url =
        Url::parse(text).map_err(|_| "this is not a URL; write it as https://login.example.com")?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err("plain http is for loopback addresses only; write https");
    }
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("only http and https are spoken here; write it as https://login.example.com");
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("this holds a user name, a password or a fragment; take it out");
    }
    Ok(url)
}
