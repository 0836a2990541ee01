//! The crate `oauth2` as its documentation shows it: `exchange_client_credentials` with a blocking client that follows no
//! redirect, and token introspection. (Its revocation insists on https, so it is not tried on loopback.)

use std::env::var;
use std::error::Error;

use oauth2::basic::{BasicClient, BasicErrorResponseType};
use oauth2::reqwest::blocking::ClientBuilder;
use oauth2::reqwest::redirect::Policy;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IntrospectionUrl,
    PkceCodeChallenge, RedirectUrl, RequestTokenError, Scope, TokenIntrospectionResponse,
    TokenResponse, TokenUrl,
};

fn step(what: &str, truth: bool, seen: &dyn std::fmt::Debug) {
    if !truth {
        println!("not ok {what}: {seen:?}");
        std::process::exit(1);
    }
    println!("ok {what}");
}

/// The crate's example of the authorization code with PKCE, and of refreshing.
fn code(auth_type: AuthType) -> Result<(), Box<dyn Error>> {
    let client = BasicClient::new(ClientId::new(var("CLIENT_ID")?))
        .set_client_secret(ClientSecret::new(var("CLIENT_SECRET")?))
        .set_auth_uri(AuthUrl::new(var("AUTHORIZATION_URL")?)?)
        .set_token_uri(TokenUrl::new(var("TOKEN_URL")?)?)
        .set_redirect_uri(RedirectUrl::new(var("REDIRECT_URI")?)?)
        .set_auth_type(auth_type);
    let http = ClientBuilder::new().redirect(Policy::none()).build()?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let scopes = var("SCOPE")?;
    let (url, state) = client
        .authorize_url(CsrfToken::new_random)
        .add_scopes(scopes.split_whitespace().map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let walked = std::process::Command::new(var("WALK")?).arg(url.as_str()).output()?;
    let back = oauth2::url::Url::parse(String::from_utf8(walked.stdout)?.trim())?;
    let told = |wanted: &str| {
        let found = back.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    step("the state comes back", told("state") == *state.secret(), &back);
    let token = client
        .exchange_code(AuthorizationCode::new(told("code")))
        .set_pkce_verifier(verifier)
        .request(&http)?;
    let refresh = token.refresh_token().ok_or("no refresh token")?;
    let answer = http.get(var("API_URL")?).bearer_auth(token.access_token().secret()).send()?.status();
    step("the API lets the token in", answer == 200, &answer);
    let next = client.exchange_refresh_token(refresh).request(&http)?;
    let newer = next.refresh_token().ok_or("no new refresh token")?;
    step("a refreshed pair", newer.secret() != refresh.secret(), &"the same");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let auth_type = match var("AUTH_METHOD")?.as_str() {
        "client_secret_basic" => AuthType::BasicAuth,
        _ => AuthType::RequestBody,
    };
    if var("FLOW").is_ok_and(|flow| flow == "code") {
        return code(auth_type);
    }
    let client = BasicClient::new(ClientId::new(var("CLIENT_ID")?))
        .set_client_secret(ClientSecret::new(var("CLIENT_SECRET")?))
        .set_token_uri(TokenUrl::new(var("TOKEN_URL")?)?)
        .set_introspection_url(IntrospectionUrl::new(var("INTROSPECTION_URL")?)?)
        .set_auth_type(auth_type);
    let scopes: Vec<Scope> = var("SCOPE")?
        .split_whitespace()
        .map(|scope| Scope::new(scope.to_owned()))
        .collect();
    // Following redirects opens the client up to SSRF, says the documentation.
    let http = ClientBuilder::new().redirect(Policy::none()).build()?;

    let token = client
        .exchange_client_credentials()
        .add_scopes(scopes.clone())
        .request(&http)?;
    step("a token", token.expires_in().is_some(), &token.token_type());

    let answer = http
        .get(var("API_URL")?)
        .bearer_auth(token.access_token().secret())
        .send()?
        .status();
    step("the API lets the token in", answer == 200, &answer);

    let seen = client.introspect(token.access_token()).request(&http)?;
    step("introspection says active", seen.active(), &seen);

    let wrong = client
        .clone()
        .set_client_secret(ClientSecret::new("wrong".to_owned()));
    match wrong
        .exchange_client_credentials()
        .add_scopes(scopes)
        .request(&http)
    {
        Err(RequestTokenError::ServerResponse(refused)) => step(
            "a wrong secret is refused",
            *refused.error() == BasicErrorResponseType::InvalidClient,
            &refused,
        ),
        other => step("a wrong secret is refused", false, &other),
    }
    Ok(())
}
