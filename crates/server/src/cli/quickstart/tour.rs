//! The tour: real requests, printed as the curl lines that would send them, with what came back.

use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use secrecy::ExposeSecret;

use super::credential::Credential;
use super::folder::Folder;
use super::person::Person;
use super::say;

/// Longest part of an answer that is shown.
const SHOWN: usize = 240;

/// One request of the tour.
struct Step<'a> {
    title: &'a str,
    method: Method,
    path: &'a str,
    /// `(header, as the curl line shows it)`
    authorization: Option<(String, String)>,
    form: Option<&'a str>,
    expected: u16,
}

/// Walks it. An answer with another status than the promised one ends it with a sentence.
pub async fn take(folder: &Folder, credential: &Credential, person: &Person) -> anyhow::Result<()> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let (id, secret) = (
        &credential.client_id,
        credential.client_secret.expose_secret(),
    );
    let basic = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("{id}:{secret}"),
    );
    let answer = walk(
        &client,
        folder,
        &Step {
            title: "1. A token, for the client id and the secret",
            method: Method::POST,
            path: "/oauth/token",
            authorization: Some((format!("Basic {basic}"), format!("-u '{id}:{secret}'"))),
            form: Some("grant_type=client_credentials"),
            expected: 200,
        },
    )
    .await?;
    let token: serde_json::Value = serde_json::from_str(&answer)?;
    let token = token["access_token"]
        .as_str()
        .ok_or_else(|| anyhow::anyhow!("the token endpoint answered no access_token"))?;
    let bearer = || {
        Some((
            format!("Bearer {token}"),
            format!("-H 'Authorization: Bearer {token}'"),
        ))
    };
    let orders = |title, method, authorization, expected| Step {
        title,
        method,
        path: "/v1/orders",
        authorization,
        form: None,
        expected,
    };
    for step in [
        orders(
            "2. A call with it: the gateway lets it through to the sample API",
            Method::GET,
            bearer(),
            200,
        ),
        orders(
            "3. A call outside its permissions: it may read orders, not add any",
            Method::POST,
            bearer(),
            403,
        ),
        orders("4. A call without a token", Method::GET, None, 401),
        Step {
            title: "5. The portal",
            method: Method::GET,
            path: "/portal",
            authorization: None,
            form: None,
            expected: 200,
        },
    ] {
        walk(&client, folder, &step).await?;
    }
    say(&format!(
        "\nThe portal's address is {}/portal. Sign in as {} with the password {}",
        folder.url(),
        person.username,
        person.password.expose_secret()
    ));
    Ok(())
}

async fn walk(
    client: &Client<HttpConnector, Body>,
    folder: &Folder,
    step: &Step<'_>,
) -> anyhow::Result<String> {
    let url = format!("{}{}", folder.url(), step.path);
    let mut request = Request::builder().method(step.method.clone()).uri(&url);
    let mut curl = String::from("curl -i");
    if step.method != Method::GET && step.form.is_none() {
        curl.push_str(&format!(" -X {}", step.method));
    }
    if let Some((value, shown)) = &step.authorization {
        request = request.header(header::AUTHORIZATION, value);
        curl.push_str(&format!(" {shown}"));
    }
    if let Some(form) = step.form {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        curl.push_str(&format!(" -d {form}"));
    }
    say(&format!("\n{}\n\n  {curl} {url}\n", step.title));
    let response = client
        .request(request.body(Body::from(step.form.unwrap_or_default().to_owned()))?)
        .await?;
    let status = response.status().as_u16();
    let body =
        String::from_utf8_lossy(&response.into_body().collect().await?.to_bytes()).into_owned();
    let line = if body.starts_with("<!doctype") {
        "(a page)".to_owned()
    } else {
        body.chars().take(SHOWN).collect()
    };
    say(&format!("  → {status}  {line}"));
    if status != step.expected {
        anyhow::bail!(
            "the tour expected {} here; please report this with the lines above",
            step.expected
        );
    }
    Ok(body)
}
