//! `/portal/people`: the people of an account, for those who manage it; for the platform's staff those of every account.
//!
//! An operator is never among them: staff is made on the command line.

pub mod change;
pub mod list;
pub mod new;
pub mod show;

use axum::extract::Request;
use axum::response::Response;
use store::{AuditEvent, Person, Role};

use super::access::Manager;
use super::form::Form;
use crate::context::Context;
use crate::mail::address;
use crate::pages::PersonRow;
use crate::people::standing::Standing;

/// The roles that can be given here.
const ROLES: [Role; 2] = [Role::Member, Role::AccountManager];

/// The role that a form asks for: one of those that can be given here.
fn role_of(form: &Form) -> Option<Role> {
    let asked = form.get("role");
    ROLES.into_iter().find(|role| role.as_str() == asked)
}

/// A person as pages show one.
pub fn row(manager: &Manager, person: Person) -> PersonRow {
    let now = manager.visit.context.now;
    PersonRow {
        second_factor: person.has_second_factor(),
        state: Standing::of(&person, now).as_str(),
        mail: address::of(&person).map(|address| address.to_string()),
        is_self: person.id == manager.session.person.id,
        role: person.role.as_str(),
        id: person.id,
        username: person.username,
        account_id: person.account_id.unwrap_or_default(),
        account: person.account_name.unwrap_or_default(),
        created_at: person.created_at,
        last_sign_in_at: person.last_sign_in_at,
    }
}

/// A form about one person.
async fn of_form(
    context: Context,
    id: &str,
    request: Request,
) -> Result<(Manager, Form, Person), Response> {
    let (manager, form) = Manager::of_form(context, request).await?;
    let person = manager.person(id).await?;
    Ok((manager, form, person))
}

/// An audit event about a person.
fn about(manager: &Manager, person: &Person, event: &'static str) -> AuditEvent {
    AuditEvent {
        account_id: person.account_id.clone(),
        subject: Some(person.id.clone()),
        ..manager.audit(event)
    }
}
