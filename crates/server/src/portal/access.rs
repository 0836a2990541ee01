//! Who may look: the door to everything about credentials.
//!
//! Read anew from the database with every request, so that a role that was taken away is away at once.
//! Whoever may not look gets the answer of a page that does not exist.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use store::{Actor, AuditEvent, Client, Person, Role, Session};

use super::form::Form;
use super::sign_in_before;
use crate::context::Context;
use crate::pages::Shell;
use crate::people::sessions;
use crate::people::visit::Visit;
use crate::random::canonical_uuid;

/// Where a sign-in leads back to: a page of `list` about one of its things, or the list where the id is none. An address is
/// made of nothing that a path merely held.
pub fn back_to(list: &str, id: &str, rest: &str) -> String {
    canonical_uuid(id).map_or_else(|| list.to_owned(), |id| format!("{list}/{id}{rest}"))
}

/// Someone who manages credentials: an account manager those of the own account, an operator all.
pub struct Manager {
    /// The request's browser.
    pub visit: Visit,
    /// Who.
    pub session: Session,
}

impl Manager {
    /// For a page that is looked at. `path` is where a sign-in leads back to.
    ///
    /// # Errors
    /// The answer: the sign-in, or that there is no such page.
    pub async fn of_request(
        context: Context,
        headers: HeaderMap,
        path: &str,
    ) -> Result<Self, Response> {
        let Ok(visit) = Visit::begin(context, headers, None) else {
            return Err(StatusCode::SERVICE_UNAVAILABLE.into_response());
        };
        Self::of(visit, path).await
    }

    /// For a form.
    ///
    /// # Errors
    /// The answer.
    pub async fn of_form(context: Context, request: Request) -> Result<(Self, Form), Response> {
        let (visit, form) = Form::receive(context, request).await?;
        // A form that came too late leads back to the list: it cannot be sent once more by itself.
        Ok((Self::of(visit, "/portal/credentials").await?, form))
    }

    /// For a page of the platform's own staff. To everyone else it does not exist.
    ///
    /// # Errors
    /// The answer.
    pub async fn of_staff(
        context: Context,
        headers: HeaderMap,
        path: &str,
    ) -> Result<Self, Response> {
        let manager = Self::of_request(context, headers, path).await?;
        manager.staff().map_err(|answer| *answer)
    }

    /// For a form of the platform's own staff.
    ///
    /// # Errors
    /// The answer.
    pub async fn of_staff_form(
        context: Context,
        request: Request,
    ) -> Result<(Self, Form), Response> {
        let (manager, form) = Self::of_form(context, request).await?;
        Ok((manager.staff().map_err(|answer| *answer)?, form))
    }

    fn staff(self) -> Result<Self, Box<Response>> {
        match self.session.person.role {
            Role::Operator => Ok(self),
            Role::AccountManager | Role::Member => Err(Box::new(nothing_here(&self.visit))),
        }
    }

    async fn of(visit: Visit, path: &str) -> Result<Self, Response> {
        match sessions::full(&visit.context, &visit.headers).await {
            Ok(Some(session)) if session.person.role != Role::Member => Ok(Self { visit, session }),
            Ok(Some(_)) => Err(nothing_here(&visit)),
            Ok(None) => Err(sign_in_before(&visit, path)),
            Err(error) => Err(visit.unavailable(&error)),
        }
    }

    /// The account whose credentials are managed; none means all of them.
    pub fn account_id(&self) -> Option<&str> {
        match self.session.person.role {
            Role::Operator => None,
            // Without an account there is nothing: no id is the empty one.
            Role::AccountManager | Role::Member => Some(
                self.session
                    .person
                    .account_id
                    .as_deref()
                    .unwrap_or_default(),
            ),
        }
    }

    /// A credential that this person manages. Another account's is answered like one that does not exist, and noted.
    ///
    /// # Errors
    /// The answer.
    pub async fn credential(&self, uuid: &str) -> Result<Client, Response> {
        let context = &self.visit.context;
        let store = context.platform.store.in_environment(context.issuer.name());
        let Some(uuid) = canonical_uuid(uuid) else {
            return Err(nothing_here(&self.visit));
        };
        // Whoever looks wants to know whether it is used now.
        let written = context.platform.write_uses().await;
        written.map_err(|error| self.visit.unavailable(&error))?;
        let found = store
            .find_client_by_uuid(&uuid)
            .await
            .map_err(|error| self.visit.unavailable(&error))?;
        let Some(client) = found else {
            return Err(nothing_here(&self.visit));
        };
        let own = self
            .account_id()
            .is_none_or(|account| account == client.credential.account_id);
        if own {
            return Ok(client);
        }
        Err(self.foreign("credential.foreign_refused", uuid).await)
    }

    /// One of the people whom this person manages; never the platform's staff. Another account's is answered like one that does not
    /// exist, and noted.
    ///
    /// # Errors
    /// The answer.
    pub async fn person(&self, id: &str) -> Result<Person, Response> {
        let context = &self.visit.context;
        let store = context.platform.store.in_environment(context.issuer.name());
        let Some(id) = canonical_uuid(id) else {
            return Err(nothing_here(&self.visit));
        };
        let found = store
            .find_person_by_id(&id)
            .await
            .map_err(|error| self.visit.unavailable(&error))?;
        let Some(person) = found else {
            return Err(nothing_here(&self.visit));
        };
        let own = match (self.account_id(), person.account_id.as_deref()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(mine), Some(account)) => mine == account,
        };
        if own && person.role != Role::Operator {
            return Ok(person);
        }
        Err(self.foreign("person.foreign_refused", id).await)
    }

    /// The answer about what belongs to somebody else.
    async fn foreign(&self, event: &'static str, subject: String) -> Response {
        // Of no account, so that the one who asked does not learn from the trail that it exists.
        let audit = AuditEvent {
            account_id: None,
            subject: Some(subject),
            ..self.audit(event)
        };
        match self.visit.context.platform.store.record(audit).await {
            Ok(()) => nothing_here(&self.visit),
            Err(error) => self.visit.unavailable(&error),
        }
    }

    /// An audit event of this person's.
    pub fn audit(&self, event: &'static str) -> AuditEvent {
        let person = &self.session.person;
        AuditEvent {
            account_id: person.account_id.clone(),
            ..self
                .visit
                .context
                .audit(event, Actor::Person(person.id.clone()))
        }
    }

    /// What stands around a page.
    pub fn shell(&self, current: &'static str) -> Shell {
        shell(&self.visit, &self.session, current)
    }
}

/// What stands around a page of someone who is signed in.
pub fn shell(visit: &Visit, session: &Session, current: &'static str) -> Shell {
    let platform = &visit.context.platform;
    let here = &visit.context.issuer;
    let environments = platform.issuers.iter().map(|issuer| {
        let name = issuer.realm().to_owned();
        let is_here = issuer.name() == here.name();
        (name, issuer.url("/portal"), is_here)
    });
    Shell {
        username: session.person.username.clone(),
        account: session.person.account_name.clone(),
        manages: session.person.role != Role::Member,
        operates: session.person.role == Role::Operator,
        current,
        docs_url: here.environment.paths.docs.clone(),
        environments: environments.collect(),
    }
}

/// A page that does not exist, or not for this person.
pub fn nothing_here(visit: &Visit) -> Response {
    visit.refused("PageNotThere");
    visit.error(
        StatusCode::NOT_FOUND,
        "error-nothing-title",
        "error-nothing-advice",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_lead_back_to_holds_an_id_or_is_the_list() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let list = "/portal/credentials";
        assert_eq!(
            back_to(list, &id.to_uppercase(), "/rotate"),
            format!("{list}/{id}/rotate")
        );
        for id in [
            "",
            "..",
            "../../oauth/authorize?x=",
            "a\r\nb",
            "%2e%2e",
            "x#y",
        ] {
            assert_eq!(back_to(list, id, "/rotate"), list, "{id}");
        }
    }
}
