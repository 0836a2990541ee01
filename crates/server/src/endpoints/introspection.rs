//! Introspection (RFC 7662): is a token live, and what is it good for?
//!
//! A client may ask about its own tokens; a resource server (a credential made as one) about every
//! token of the environment. Everyone else hears what they would hear of a token that never was:
//! an integrator must not be able to tell another's token from noise.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use oauth::introspection::{ActiveToken, IntrospectionRequest};
use oauth::scope::Scope;

use super::answer;
use super::request::Received;
use super::revocation::{AskRefusal, Asked, ask};
use crate::clock::seconds;
use crate::context::Context;
use crate::elsewhere;
use crate::tokens::opaque::hex;
use crate::tokens::verify::{LiveToken, verify};

/// `POST` to the introspection path.
pub async fn endpoint(context: Context, request: Request) -> Response {
    answered(&context, request, |context, token| {
        let dialect = &context.issuer.environment.dialect;
        let body = with_claims(context, token, |claims| dialect.write_introspection(claims));
        answer::json(StatusCode::OK, body)
    })
    .await
}

/// `POST` to the check-token path, where a dialect has one: the same question, an older answer.
pub async fn check_token(context: Context, request: Request) -> Response {
    answered(&context, request, |context, token| {
        let dialect = &context.issuer.environment.dialect;
        answer::written(with_claims(context, token, |claims| {
            dialect.write_check_token(claims)
        }))
    })
    .await
}

async fn answered(
    context: &Context,
    request: Request,
    write: impl FnOnce(&Context, Option<&LiveToken>) -> Response,
) -> Response {
    match find(context, request).await {
        Ok(token) => write(context, token.as_ref()),
        Err(refusal) => refusal.answer(context, "introspection"),
    }
}

async fn find(context: &Context, request: Request) -> Result<Option<LiveToken>, AskRefusal> {
    let received = Received::receive(request).await.map_err(AskRefusal::Body)?;
    let fields = received.fields();
    let Asked { client, parameters } = ask(context, &received.parts(&fields)).await?;
    let token = IntrospectionRequest::read(&parameters)
        .map_err(AskRefusal::TokenMissing)?
        .token;
    let judged = verify(&context.platform, &context.issuer, token, context.now)
        .await
        .map_err(AskRefusal::Store)?;
    let live = match judged {
        Ok(live) => live,
        Err(dead) => {
            if dead.is_unknown() {
                elsewhere::token(context, token);
            }
            return Ok(None);
        }
    };
    let may_know = client.client.credential.resource_server || live.client.uuid() == client.uuid();
    Ok(may_know.then_some(live))
}

fn with_claims<T>(
    context: &Context,
    token: Option<&LiveToken>,
    write: impl FnOnce(Option<&ActiveToken<'_>>) -> T,
) -> T {
    let Some(token) = token else {
        return write(None);
    };
    let environment = &context.issuer.environment;
    let credential = &token.client.client.credential;
    let scope = Scope::parse(&token.scope).ok();
    let jti = hex(&token.id.0);
    write(Some(&ActiveToken {
        scope: scope.as_ref(),
        client_id: token.client.client_id(),
        username: token.person.as_ref().map(|person| person.username.as_str()),
        exp: seconds(token.expires_at),
        iat: seconds(token.issued_at),
        nbf: None,
        sub: Some(
            token
                .person
                .as_ref()
                .map_or(token.client.client_id(), |person| person.id.as_str()),
        ),
        aud: &[&environment.audience],
        iss: Some(&environment.issuer),
        jti: Some(&jti),
        credential: Some(&credential.uuid),
        credential_version: credential.version.as_deref(),
        account: Some(&credential.account_name),
    }))
}
