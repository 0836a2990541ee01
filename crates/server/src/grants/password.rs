//! `password` (RFC 6749 §4.3): a client passes a person's name and password on.
//!
//! RFC 9700 §2.4 forbids it. It is here for programs that know nothing else, for those credentials
//! that an operator made for it, and `grantor check` names it.

use std::sync::Arc;

use oauth::scope::Scope;

use super::GrantRefusal;
use crate::clients::KnownClient;
use crate::context::Context;
use crate::people::authenticate::authenticate;
use crate::tokens::Authorization;
use crate::tokens::authorization::{Proof, Subject};

/// Decides.
///
/// # Errors
/// Whatever is wrong about the person is `invalid_grant`; only after the right password is anything told apart.
pub async fn authorize(
    context: &Context,
    client: Arc<KnownClient>,
    username: &str,
    password: &str,
    scope: Option<Scope>,
) -> Result<Authorization, GrantRefusal> {
    let scope = match scope {
        None => client.scope.clone(),
        Some(scope) if scope.is_subset_of(&client.scope) => scope,
        Some(_) => return Err(GrantRefusal::ScopeNotAllowed),
    };
    let person = authenticate(context, username, password).await?;
    if person.account_id.as_ref() != Some(&client.client.credential.account_id) {
        return Err(GrantRefusal::PersonOfAnotherAccount);
    }
    // A program cannot ask for the second factor, and it is not skipped.
    if person.has_second_factor() {
        return Err(GrantRefusal::SecondFactorNeeded);
    }
    if person.must_change_password {
        return Err(GrantRefusal::PasswordMustChange(person.id));
    }
    Ok(Authorization {
        client,
        subject: Subject::Person {
            id: person.id,
            by: Proof::Password,
        },
        scope,
        lifetime: context.issuer.environment.access_token_lifetime,
    })
}
