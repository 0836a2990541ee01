//! Which grants a new credential has, and where its authorization codes may be sent.

use oauth::grant_type::GrantType;
use url::{Host, Url};

use crate::admin::problem::Problem;
use crate::config::Environment;

/// The most redirect URIs of one credential.
const MOST_REDIRECT_URIS: usize = 50;
/// The longest redirect URI, in bytes.
const LONGEST_REDIRECT_URI: usize = 2048;

/// Reads the grants asked for; none asked for is the environment's default.
pub fn grants(
    environment: &Environment,
    asked: &[String],
    public: bool,
) -> Result<Vec<GrantType>, Problem> {
    let mut grants = Vec::new();
    for name in asked {
        let grant: GrantType =
            name.parse()
                .map_err(|error: oauth::grant_type::UnknownGrantType| {
                    Problem::bad_request(error.to_string())
                })?;
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
        return Err(Problem::bad_request(
            "A refresh_token comes from authorization_code or password: add one of these grants.",
        ));
    }
    if let Some(most) = environment.grants_per_credential
        && chosen.len() > most
    {
        return Err(Problem::bad_request(format!(
            "A credential of environment {} has at most {most} grant type; make one credential for each.",
            environment.name.as_str()
        )));
    }
    if public && grants.contains(&GrantType::ClientCredentials) {
        // RFC 6749 §4.4: only confidential clients.
        return Err(Problem::bad_request(
            "A public client cannot prove who it is, so client_credentials is not for it.",
        ));
    }
    Ok(grants)
}

/// Checks the redirect URIs of a credential with these grants. They are kept and compared byte for byte (RFC 9700 §2.1).
pub fn redirect_uris(uris: &[String], grants: &[GrantType]) -> Result<(), Problem> {
    let needed = grants.contains(&GrantType::AuthorizationCode);
    match (needed, uris.is_empty()) {
        (true, true) => {
            return Err(Problem::bad_request(
                "The grant authorization_code needs a redirect URI (`--redirect-uri`).",
            ));
        }
        (false, false) => {
            return Err(Problem::bad_request(
                "Only the grant authorization_code has redirect URIs.",
            ));
        }
        _ => {}
    }
    if uris.len() > MOST_REDIRECT_URIS {
        return Err(Problem::bad_request(format!(
            "A credential has at most {MOST_REDIRECT_URIS} redirect URIs."
        )));
    }
    uris.iter().try_for_each(|uri| {
        redirect_uri(uri).map_err(|why| Problem::bad_request(format!("A redirect URI {why}.")))
    })
}

fn redirect_uri(text: &str) -> Result<(), &'static str> {
    if text.len() > LONGEST_REDIRECT_URI {
        return Err("has at most 2048 characters");
    }
    // A parser forgives what a byte-for-byte comparison later would not.
    if !text.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
        || text.contains(['\\', '"', '<', '>'])
    {
        return Err("has only printable ASCII characters, the others percent-encoded");
    }
    let url =
        Url::parse(text).map_err(|_| "is a whole URL, such as https://app.example.com/callback")?;
    if url.fragment().is_some() {
        return Err("has no fragment (RFC 6749 section 3.1.2)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has no user name in it");
    }
    if text.contains('*') {
        return Err("has no wildcard: it is compared character by character");
    }
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" if url.host().is_some() => Ok(()),
        "http" if loopback => Ok(()),
        _ => Err(
            "begins with https://, or with http:// on this machine (127.0.0.1, [::1], localhost)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_are_https_or_loopback_and_exact() {
        for good in [
            "https://app.example.com/callback",
            "https://app.example.com/cb?x=1",
            "http://127.0.0.1:3000/cb",
            "http://[::1]/cb",
            "http://localhost/cb",
        ] {
            assert_eq!(redirect_uri(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "callback",
            "/callback",
            "http://app.example.com/cb",
            "https://app.example.com/cb#x",
            "https://u:p@app.example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://*.example.com/",
            "https://app.example.com/\u{202e}",
            "https:\\\\example.com",
            " https://app.example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "com.example.app:/cb",
        ] {
            assert!(redirect_uri(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn redirect_uris_and_the_code_grant_belong_together() {
        let uri = ["https://app.example.com/callback".to_owned()];
        assert!(redirect_uris(&uri, &[GrantType::AuthorizationCode]).is_ok());
        assert!(redirect_uris(&[], &[GrantType::AuthorizationCode]).is_err());
        assert!(redirect_uris(&uri, &[GrantType::ClientCredentials]).is_err());
        assert!(redirect_uris(&[], &[GrantType::ClientCredentials]).is_ok());
    }
}
