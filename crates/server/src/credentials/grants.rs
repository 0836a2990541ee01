//! Which grants a new credential has, and where its authorization codes may be sent.

use oauth::grant_type::GrantType;
use oauth::redirect_uri::may_be_registered;

use super::{CredentialRefusal, Field};
use crate::config::Environment;

/// The most redirect URIs of one credential.
const MOST_REDIRECT_URIS: usize = 50;

fn unfit(sentence: impl Into<String>) -> CredentialRefusal {
    CredentialRefusal::asked(Field::GrantType, "credential-not-possible", sentence)
}

fn unusable(sentence: impl Into<String>) -> CredentialRefusal {
    CredentialRefusal::asked(Field::RedirectUri, "redirect-uri-unfit", sentence)
}

/// Reads the grants asked for; none asked for is the environment's default.
pub fn grants(
    environment: &Environment,
    asked: &[String],
    public: bool,
) -> Result<Vec<GrantType>, CredentialRefusal> {
    let mut grants = Vec::new();
    for name in asked {
        let grant: GrantType = name
            .parse()
            .map_err(|error: oauth::grant_type::UnknownGrantType| unfit(error.to_string()))?;
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    if grants.is_empty() {
        grants.push(environment.default_grant);
    }
    // A refresh token is what another grant leaves behind (RFC 6749 §1.5), so it is no choice between grants.
    let chosen: Vec<_> = grants
        .iter()
        .filter(|grant| **grant != GrantType::RefreshToken)
        .collect();
    if !chosen
        .iter()
        .any(|grant| matches!(grant, GrantType::AuthorizationCode | GrantType::Password))
        && chosen.len() < grants.len()
    {
        return Err(unfit(
            "A refresh_token comes from authorization_code or password: add one of these grants.",
        ));
    }
    if let Some(most) = environment.grants_per_credential
        && chosen.len() > most
    {
        return Err(unfit(format!(
            "A credential of environment {} has at most {most} grant type; make one credential for each.",
            environment.name.as_str()
        )));
    }
    if public && grants.contains(&GrantType::ClientCredentials) {
        // RFC 6749 §4.4: only confidential clients.
        return Err(unfit(
            "A public client cannot prove who it is, so client_credentials is not for it.",
        ));
    }
    Ok(grants)
}

/// Checks the redirect URIs of a credential with these grants. They are kept and compared byte for byte (RFC 9700 §2.1).
pub fn redirect_uris(uris: &[String], grants: &[GrantType]) -> Result<(), CredentialRefusal> {
    let needed = grants.contains(&GrantType::AuthorizationCode);
    match (needed, uris.is_empty()) {
        (true, true) => {
            return Err(unusable(
                "The grant authorization_code needs a redirect URI (`--redirect-uri`).",
            ));
        }
        (false, false) => {
            return Err(unusable(
                "Only the grant authorization_code has redirect URIs.",
            ));
        }
        _ => {}
    }
    if uris.len() > MOST_REDIRECT_URIS {
        return Err(unusable(format!(
            "A credential has at most {MOST_REDIRECT_URIS} redirect URIs."
        )));
    }
    uris.iter().try_for_each(|uri| {
        may_be_registered(uri).map_err(|why| unusable(format!("A redirect URI {why}.")))
    })
}
