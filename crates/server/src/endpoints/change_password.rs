//! Changing a password by program, where a dialect has such an endpoint: a client passes on what a person typed.
//!
//! The client proves itself as at the token endpoint. Whatever becomes of the change is told with status 200 and a
//! sentence for the person.

use axum::extract::Request;
use axum::response::Response;
use oauth::change_password::ChangePasswordRequest;
use oauth::grant_type::GrantType;
use store::Person;

use super::answer;
use super::request::Received;
use super::revocation::{AskRefusal, Asked, ask};
use crate::context::Context;
use crate::people::change_password::{Changed, NotTried, change};

/// `POST` to the change-password path.
pub async fn endpoint(context: Context, request: Request) -> Response {
    match answered(&context, request).await {
        Ok((success, message)) => {
            let dialect = &context.issuer.environment.dialect;
            answer::written(dialect.write_password_changed(success, &message))
        }
        Err(refusal) => refusal.answer(&context, "change_password"),
    }
}

async fn answered(context: &Context, request: Request) -> Result<(bool, String), AskRefusal> {
    let received = Received::receive(request).await.map_err(AskRefusal::Body)?;
    let fields = received.fields();
    let Asked { client, parameters } = ask(context, &received.parts(&fields)).await?;
    let asked = ChangePasswordRequest::read(&parameters);
    for (value, name) in [
        (asked.userid, "userid"),
        (asked.password, "password"),
        (asked.newpassword, "newpassword"),
    ] {
        if value.is_empty() {
            return Ok((false, format!("The field {name} is missing.")));
        }
    }
    if !client.grants.contains(&GrantType::Password) {
        return Ok((
            false,
            "This application may not change passwords. Sign in in a browser to change yours."
                .to_owned(),
        ));
    }
    let store = context.platform.store.in_environment(context.issuer.name());
    let account = &client.client.credential.account_id;
    let person = store
        .find_person_by_id(asked.userid)
        .await
        .map_err(AskRefusal::Store)?
        .filter(|person| person.account_id.as_ref() == Some(account));
    let person = person.unwrap_or_else(|| nobody(context, asked.userid));
    match change(context, &person, asked.password, asked.newpassword).await {
        Ok(changed) => Ok(told(changed)),
        Err(NotTried::Store(error)) => Err(AskRefusal::Store(error)),
        Err(error) => {
            tracing::error!(%error, "a password could not be changed");
            Err(AskRefusal::Busy)
        }
    }
}

/// Someone who does not exist: the same work is done and the same is told as for a wrong password.
fn nobody(context: &Context, userid: &str) -> Person {
    Person {
        email: None,
        invited_until: None,
        id: String::new(),
        environment: context.issuer.name().clone(),
        account_id: None,
        account_name: None,
        account_suspended_at: None,
        username: userid.to_owned(),
        role: store::Role::Member,
        password: None,
        must_change_password: false,
        password_changed_at: None,
        totp: None,
        created_at: 0,
        updated_at: 0,
        disabled_at: None,
        last_sign_in_at: None,
        passkeys: 0,
        vouched_for: false,
    }
}

/// The sentence for each way it can end.
fn told(changed: Changed) -> (bool, String) {
    match changed {
        Changed::Done => (true, "Your password has been changed.".to_owned()),
        Changed::WrongPassword => (
            false,
            "The user or the current password is not right. Check both and try again.".to_owned(),
        ),
        Changed::Unfit(unfit) => {
            let sentence = unfit.to_string();
            let mut letters = sentence.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            (
                false,
                first.into_iter().chain(letters).collect::<String>() + ".",
            )
        }
        Changed::TooMany(limit) => (
            false,
            format!(
                "Too many failed attempts. Try again in {} minutes.",
                limit.retry_after.div_ceil(60)
            ),
        ),
    }
}
