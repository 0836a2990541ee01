//! `grantor people …`

use axum::http::Method;
use serde_json::{Value, json};

use super::arguments::{NamedPerson, NewPerson, PeopleCommand};
use super::ended::Ended;
use super::management::{Management, path, with_query};
use super::output::{Output, Shown};
use super::standard_input;

const CREATED: &[Shown] = &[
    ("id", "id"),
    ("username", "username"),
    ("account", "account"),
    ("role", "role"),
    ("environment", "environment"),
    ("email", "email"),
    ("invitation", "invitation"),
    ("mailed_to", "mailed_to"),
    ("not mailed", "mail_warning"),
];
const LISTED: &[Shown] = &[
    ("ID", "id"),
    ("USERNAME", "username"),
    ("ACCOUNT", "account"),
    ("ROLE", "role"),
    ("ENVIRONMENT", "environment"),
    ("STATE", "state"),
    ("LAST SIGN-IN", "last_sign_in_at"),
];
const SHOWN: &[Shown] = &[
    ("id", "id"),
    ("username", "username"),
    ("account", "account"),
    ("role", "role"),
    ("environment", "environment"),
    ("password", "password"),
    ("must_change_password", "must_change_password"),
    ("second_factor", "second_factor"),
    ("disabled", "disabled"),
    ("state", "state"),
    ("email", "email"),
    ("created_at", "created_at"),
    ("last_sign_in_at", "last_sign_in_at"),
    ("sessions_ended", "sessions_ended"),
    ("authorizations_ended", "authorizations_ended"),
];
const SESSIONS: &[Shown] = &[
    ("ID", "id"),
    ("STEP", "step"),
    ("FROM", "remote_address"),
    ("WITH", "user_agent"),
    ("BEGUN", "begun_at"),
    ("LAST SEEN", "last_seen_at"),
];
const ENDED: &[Shown] = &[
    ("id", "id"),
    ("username", "username"),
    ("sessions_ended", "sessions_ended"),
];
const INVITED: &[Shown] = &[
    ("id", "id"),
    ("username", "username"),
    ("invitation", "invitation"),
    ("expires_at", "invitation_expires_at"),
    ("mailed_to", "mailed_to"),
    ("not mailed", "mail_warning"),
];

const HANDED_OVER: &[Shown] = &[
    ("id", "id"),
    ("username", "username"),
    ("account", "account"),
    ("role", "role"),
    ("hand_over", "hand_over"),
    ("expires_at", "hand_over_expires_at"),
];

/// Runs one.
pub async fn run(
    management: &Management,
    command: PeopleCommand,
    out: Output,
) -> Result<(), Ended> {
    let to = People { management, out };
    match command {
        PeopleCommand::Create(new) => to.create(new).await,
        PeopleCommand::List {
            environment,
            account,
        } => {
            let query = [
                ("environment", environment.as_deref()),
                ("account", account.as_deref()),
            ];
            let rows = management
                .list(&with_query("/admin/v1/people", &query), usize::MAX)
                .await?;
            out.rows(&rows, LISTED)
        }
        PeopleCommand::Show(person) => to.call(Method::GET, &person, "", None, SHOWN).await,
        PeopleCommand::Disable(person) => {
            to.call(Method::POST, &person, "/disable", None, SHOWN)
                .await
        }
        PeopleCommand::Enable(person) => {
            to.call(Method::POST, &person, "/enable", None, SHOWN).await
        }
        PeopleCommand::Erase { person, yes } => to.erase(&person, yes).await,
        PeopleCommand::SetPassword { person, keep, .. } => {
            let body = json!({ "password": standard_input::secret()?, "must_change": !keep });
            to.call(Method::POST, &person, "/password", Some(&body), SHOWN)
                .await
        }
        PeopleCommand::SetEmail { person, email } => {
            let body = json!({ "email": email });
            to.call(Method::POST, &person, "/email", Some(&body), SHOWN)
                .await
        }
        PeopleCommand::SetRole { person, role } => {
            let body = json!({ "role": role });
            to.call(Method::POST, &person, "/role", Some(&body), SHOWN)
                .await
        }
        PeopleCommand::ResetSecondFactor(person) => {
            to.call(Method::POST, &person, "/second-factor/reset", None, SHOWN)
                .await
        }
        PeopleCommand::Invite(person) => {
            to.call(Method::POST, &person, "/invitation", None, INVITED)
                .await?;
            out.remark("\nThe link works once; pass it on now, it is not shown again.")
        }
        PeopleCommand::HandOver(asked) => {
            let body = json!({
                "environment": asked.environment, "account": asked.account,
                "username": asked.username, "role": asked.role,
            });
            let path = "/admin/v1/people/hand-over";
            let answer = management.call(Method::POST, path, Some(&body)).await?;
            out.record(&answer.value, HANDED_OVER)
        }
        PeopleCommand::Sessions(person) => {
            let address = address(&person, "/sessions");
            out.rows(&management.list(&address, usize::MAX).await?, SESSIONS)
        }
        PeopleCommand::EndSessions(person) => {
            to.call(Method::POST, &person, "/sessions/end", None, ENDED)
                .await
        }
    }
}

/// Where the commands go, and how their answers are shown.
struct People<'m> {
    management: &'m Management,
    out: Output,
}

impl People<'_> {
    async fn create(&self, new: NewPerson) -> Result<(), Ended> {
        let mut body = json!({
            "environment": new.environment,
            "username": new.username,
            "role": new.role,
            "must_change_password": new.must_change_password,
        });
        if let Some(account) = new.account {
            body["account"] = account.into();
        }
        if let Some(email) = new.email {
            body["email"] = email.into();
        }
        if new.password_stdin {
            body["password"] = standard_input::secret()?.into();
        }
        let answer = self
            .management
            .call(Method::POST, "/admin/v1/people", Some(&body))
            .await?;
        self.out.record(&answer.value, CREATED)?;
        if answer.value.get("invitation").is_some() {
            self.out
                .remark("\nThe link works once; pass it on now, it is not shown again.")?;
        }
        Ok(())
    }

    async fn erase(&self, person: &NamedPerson, yes: bool) -> Result<(), Ended> {
        if !yes {
            return Err(Ended::refused(
                "Erasing removes the person, the sign-ins, second factor, consents and authorizations for good; the audit trail keeps the id alone. Say `--yes` to do it.".to_owned(),
            ));
        }
        self.call(Method::DELETE, person, "", None, &[("id", "id")])
            .await
    }

    async fn call(
        &self,
        method: Method,
        person: &NamedPerson,
        verb: &str,
        body: Option<&Value>,
        shown: &[Shown],
    ) -> Result<(), Ended> {
        let answer = self
            .management
            .call(method, &address(person, verb), body)
            .await?;
        self.out.record(&answer.value, shown)?;
        match answer.value.get("warning").and_then(Value::as_str) {
            Some(warning) => self.out.remark(&format!("\n{warning}")),
            None => Ok(()),
        }
    }
}

fn address(person: &NamedPerson, verb: &str) -> String {
    let query = [("environment", person.environment.as_deref())];
    path("people/", &person.person, verb, &query)
}
