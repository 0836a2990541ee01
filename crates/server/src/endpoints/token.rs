//! The token endpoint (RFC 6749 §3.2): from a request to a token, in seven steps.

mod limits;
mod record;
mod refusal;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use oauth::dialect::quirks::{RedirectUriAtToken, RefreshRotation, RefreshTokenChecked};
use oauth::grant_type::GrantType;
use oauth::resource_indicator::read_resources;
use oauth::token_request::TokenRequest;
use oauth::token_response::TokenResponse;
use store::RotationRule;

use self::refusal::TokenRefusal;
use super::answer;
use super::request::Received;
use crate::client_authentication::{self, ClientRefusal};
use crate::clients::KnownClient;
use crate::context::{Context, RefusedFor};
use crate::grants::{
    GrantRefusal, authorization_code, client_credentials, password, refresh_token,
};
use crate::people::authenticate::SignInRefusal;
use crate::tokens::Authorization;
use crate::tokens::issue::issue;
use crate::tokens::opaque::hex;
use crate::uses::Used;

/// `POST` to the environment's token path.
pub async fn endpoint(context: Context, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let (mut received, mut proven) = (Received::of_head(head), None);
    let (response, refusal) = match exchange(&context, &mut received, body, &mut proven).await {
        Ok(response) => (response, None),
        Err(refusal) => (refuse(&context, &refusal), Some(refusal)),
    };
    if context.rehearses {
        return told_beside(response, refusal.as_ref());
    }
    record::remember(&context, received, proven, response, refusal.as_ref()).await
}

async fn exchange(
    context: &Context,
    received: &mut Received,
    body: Body,
    proven: &mut Option<Arc<KnownClient>>,
) -> Result<Response, TokenRefusal> {
    let environment = &context.issuer.environment;
    let dialect = &environment.dialect;

    // 1. Take the limits: before anything is read, so that refusing costs nothing.
    if !context.rehearses {
        limits::of_address(context, &received.head.headers).await?;
    }

    // 2. Read the request in the dialect.
    received.wait_for(body).await?;
    let fields = received.fields();
    let parts = received.parts(&fields);
    let parameters = dialect.read_token_parameters(&parts)?;
    let presented = dialect.read_client_credentials(&parts, &parameters)?;
    let grant_type = dialect.read_grant_type(&parameters)?;

    // 3. Authenticate the client.
    let client = client_authentication::authenticate(context, &presented).await?;
    *proven = Some(Arc::clone(&client));
    if !context.rehearses {
        limits::of_credential(context, &client).await?;
    }

    // 4. May it use this grant?
    permit(&client, grant_type, dialect.quirks.refresh_token_checked)?;
    let token_request = dialect.read_token_request(&parameters)?;
    let resources = read_resources(&parameters)?;
    if resources
        .iter()
        .any(|resource| *resource != environment.audience)
    {
        return Err(GrantRefusal::ResourceNotAllowed.into());
    }

    // 5. Let the grant authorize.
    let authorization: Authorization = match token_request {
        TokenRequest::ClientCredentials { scope } => {
            client_credentials::authorize(client, scope, environment.access_token_lifetime)?
        }
        TokenRequest::AuthorizationCode {
            code,
            redirect_uri,
            code_verifier,
        } => {
            let presented = authorization_code::Presented {
                code,
                redirect_uri,
                code_verifier,
            };
            let repeated = dialect.quirks.redirect_uri_at_token == RedirectUriAtToken::AsRfc6749;
            authorization_code::authorize(context, client, presented, repeated).await?
        }
        TokenRequest::RefreshToken {
            refresh_token,
            scope,
        } => {
            let rule = rotation_rule(dialect.quirks.refresh_rotation);
            refresh_token::authorize(context, client, refresh_token, scope, rule).await?
        }
        TokenRequest::Password {
            username,
            password,
            scope,
        } => password::authorize(context, client, username, password, scope).await?,
    };

    // 6. Issue.
    let issued = issue(context, &authorization).await?;
    if !context.rehearses {
        let uses = &context.platform.credential_uses;
        uses.count(authorization.client.uuid(), Used::Token, context.now);
    }

    // 7. Write the answer in the dialect.
    Ok(answer::json(
        StatusCode::OK,
        dialect.write_token_response(&TokenResponse {
            access_token: &issued.access_token,
            expires_in: authorization.lifetime,
            created_at: crate::clock::seconds(context.now),
            scope: Some(&authorization.scope),
            refresh_token: issued.refresh_token.as_deref(),
            refresh_expires_in: context.issuer.environment.refresh_token_lifetime,
            jti: Some(&hex(&issued.id.0)),
        }),
    ))
}

/// The answer of a rehearsal, with the reason of a refusal for whoever rehearses.
fn told_beside(mut response: Response, refusal: Option<&TokenRefusal>) -> Response {
    if let Some(refusal) = refusal {
        let reason = RefusedFor(refusal.name().into_owned());
        response.extensions_mut().insert(reason);
    }
    response
}

/// Each credential has the grants it was made for. `refresh_token` comes with the grants that give one.
fn permit(
    client: &KnownClient,
    grant_type: GrantType,
    checked: RefreshTokenChecked,
) -> Result<(), GrantRefusal> {
    let gives_refresh_tokens =
        |grant: &GrantType| matches!(grant, GrantType::AuthorizationCode | GrantType::Password);
    let allowed = match (grant_type, checked) {
        (GrantType::RefreshToken, RefreshTokenChecked::TokenFirst) => true,
        (GrantType::RefreshToken, RefreshTokenChecked::ClientFirst) => {
            client.grants.iter().any(gives_refresh_tokens)
        }
        (grant, _) => client.grants.contains(&grant),
    };
    if allowed {
        Ok(())
    } else {
        Err(GrantRefusal::GrantNotAllowed)
    }
}

fn rotation_rule(rotation: RefreshRotation) -> RotationRule {
    match rotation {
        RefreshRotation::RetryWhileSuccessorUnused => RotationRule::RetryWhileSuccessorUnused,
        RefreshRotation::UntilSuccessorUsed => RotationRule::UntilSuccessorUsed,
        RefreshRotation::OneTime => RotationRule::OneTime,
        RefreshRotation::Strict => RotationRule::Strict,
    }
}

fn refuse(context: &Context, refusal: &TokenRefusal) -> Response {
    let reason = refusal.name();
    context
        .platform
        .metrics
        .refused(context.issuer.realm(), "token", &reason);
    if let Some(error) = refusal.our_fault() {
        tracing::error!(reason = &*reason, %error, "a token request could not be answered");
    } else {
        tracing::info!(reason = &*reason, "a token request was refused");
    }
    match refusal {
        TokenRefusal::TooMany(limit) => {
            answer::too_many(context, *limit, answer::TOKENS_OF_ADDRESS)
        }
        TokenRefusal::TooManyOfCredential(limit) => {
            answer::too_many(context, *limit, answer::TOKENS_OF_CREDENTIAL)
        }
        TokenRefusal::Body(refusal) => answer::body_refused(context, *refusal),
        TokenRefusal::Request(refusal) => {
            let dialect = &context.issuer.environment.dialect;
            answer::written(dialect.write_request_refusal(*refusal, context.issuer.realm()))
        }
        TokenRefusal::Client(refusal @ ClientRefusal::TooManyFailures(_)) => {
            answer::client_refused(context, refusal)
        }
        TokenRefusal::Grant(GrantRefusal::PasswordMustChange(person)) => {
            let dialect = &context.issuer.environment.dialect;
            answer::written(dialect.write_password_change_required(person, context.issuer.realm()))
        }
        TokenRefusal::Grant(GrantRefusal::SignIn(SignInRefusal::TooMany(limit))) => {
            answer::too_many(
                context,
                *limit,
                "Failed sign-ins of one person from this address",
            )
        }
        other => answer::error(context, other.code()),
    }
}
