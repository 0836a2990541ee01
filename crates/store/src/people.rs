//! People: those who sign in, with what they sign in with.

pub(crate) mod change;
pub(crate) mod history;
pub(crate) mod identities;
pub(crate) mod members;
pub(crate) mod passkeys;
pub(crate) mod search;
pub(crate) mod second_factor;

use std::fmt;
use std::str::FromStr;

use crate::credentials::creation::account_of;
use crate::database::{Row, params};
use crate::statements::statements;
use crate::{AuditEvent, EnvironmentName, InEnvironment, Millis, Refused, StoreError};

/// The columns that [`Person::read`] reads, in its order.
macro_rules! person_columns {
    () => {
        "p.id, p.environment, p.account_id, a.name, a.suspended_at, p.username, p.role, p.password_hash, p.password_master_key_id, \
         p.must_change_password, p.password_changed_at, p.totp_wrapped_secret, p.totp_master_key_id, p.totp_confirmed_at, p.totp_last_step, \
         p.created_at, p.updated_at, p.disabled_at, p.last_sign_in_at, \
         (select count(*) from passkeys k where k.person_id = p.id), (select count(*) from identities j where j.person_id = p.id), p.email, \
         (select max(n.expires_at) from tickets n where n.person_id = p.id and n.kind = 'invitation' and n.used_at is null)"
    };
}
pub(crate) use person_columns;

macro_rules! person_where {
    ($condition:literal) => {
        concat!(
            "select ",
            person_columns!(),
            " from present_people p left join accounts a on a.id = p.account_id where ",
            $condition
        )
    };
}

/// Whoever never came in cannot manage anything yet.
macro_rules! manages {
    () => {
        "role = 'account-manager' and disabled_at is null and (password_hash is not null or last_sign_in_at is not null)"
    };
}
pub(crate) use manages;

statements! {
    pub(crate) INSERT = "insert into people (id, environment, account_id, username, canonical_username, role, password_hash, password_master_key_id, \
        must_change_password, created_at, updated_at, email) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11) on conflict do nothing";
    SELECT_BY_NAME = person_where!("p.canonical_username = $1 and p.environment = $2");
    pub(crate) SELECT_BY_ID = person_where!("p.id = $1 and p.environment = $2");
    SELECT_LIST = person_where!("p.environment = $1 and (cast($2 as text) is null or p.account_id in (select id from accounts where id = $2 or name = $2)) \
        and (cast($3 as text) is null or p.canonical_username > $3) order by p.canonical_username limit $4");
    pub(crate) SIGNED_IN = "update people set last_sign_in_at = $1 where id = $2 and environment = $3";
}

/// What a person may do in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The platform's own staff, over all accounts.
    Operator,
    /// Makes and ends an account's credentials.
    AccountManager,
    /// Reads.
    Member,
}

impl Role {
    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::AccountManager => "account-manager",
            Self::Member => "member",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is operator, account-manager or member")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        [Self::Operator, Self::AccountManager, Self::Member]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

/// A password as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordHash {
    /// Argon2id, in its PHC spelling.
    pub hash: Vec<u8>,
    /// The master key that peppered it.
    pub master_key_id: String,
}

/// A shared secret of RFC 6238, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totp {
    /// Encrypted.
    pub wrapped_secret: Vec<u8>,
    /// Under that master key.
    pub master_key_id: String,
    /// Set once the person has shown a code; before that it protects nothing.
    pub confirmed_at: Option<Millis>,
    /// The last time step that was accepted.
    pub last_step: i64,
}

/// Someone who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: String,
    /// Where.
    pub environment: EnvironmentName,
    /// Whose; none for an operator.
    pub account_id: Option<String>,
    /// That account's name.
    pub account_name: Option<String>,
    /// Set while that account is suspended.
    pub account_suspended_at: Option<Millis>,
    /// As it was first spelled.
    pub username: String,
    /// What the person may do.
    pub role: Role,
    /// None until an invitation is taken up.
    pub password: Option<PasswordHash>,
    /// The password is somebody else's choice, and good only for changing it.
    pub must_change_password: bool,
    /// When it was last changed.
    pub password_changed_at: Option<Millis>,
    /// The second factor, confirmed or begun.
    pub totp: Option<Totp>,
    /// When the person was made.
    pub created_at: Millis,
    /// When something about the person last changed.
    pub updated_at: Millis,
    /// Set while the person may not sign in.
    pub disabled_at: Option<Millis>,
    /// When a session was last begun.
    pub last_sign_in_at: Option<Millis>,
    /// How many passkeys the person has.
    pub passkeys: u64,
    /// Whether an identity provider vouches for the person, who then has no password here and gets none.
    pub vouched_for: bool,
    /// Where mail goes, if not to the username.
    pub email: Option<String>,
    /// Until when an invitation that was not used is good.
    pub invited_until: Option<Millis>,
}

impl Person {
    /// Whether a second factor stands between the password and a session.
    pub fn has_second_factor(&self) -> bool {
        self.has_authenticator_app() || self.passkeys > 0
    }

    /// Whether codes of an authenticator app are that second factor, or one of them.
    pub fn has_authenticator_app(&self) -> bool {
        self.totp
            .as_ref()
            .is_some_and(|totp| totp.confirmed_at.is_some())
    }

    /// Whether the person may sign in at all: neither disabled nor of a suspended account.
    pub fn is_enabled(&self) -> bool {
        self.disabled_at.is_none() && self.account_suspended_at.is_none()
    }

    pub(crate) fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            environment: EnvironmentName::new(&row.text()?),
            account_id: row.optional_text()?,
            account_name: row.optional_text()?,
            account_suspended_at: row.optional_integer()?,
            username: row.text()?,
            role: row
                .text()?
                .parse()
                .map_err(|error: UnknownRole| StoreError::Corrupt(error.to_string()))?,
            password: match (row.optional_blob()?, row.optional_text()?) {
                (Some(hash), Some(master_key_id)) => Some(PasswordHash {
                    hash,
                    master_key_id,
                }),
                _ => None,
            },
            must_change_password: row.flag()?,
            password_changed_at: row.optional_integer()?,
            totp: match (
                row.optional_blob()?,
                row.optional_text()?,
                row.optional_integer()?,
                row.integer()?,
            ) {
                (Some(wrapped_secret), Some(master_key_id), confirmed_at, last_step) => {
                    Some(Totp {
                        wrapped_secret,
                        master_key_id,
                        confirmed_at,
                        last_step,
                    })
                }
                _ => None,
            },
            created_at: row.integer()?,
            updated_at: row.integer()?,
            disabled_at: row.optional_integer()?,
            last_sign_in_at: row.optional_integer()?,
            passkeys: row.count()?,
            vouched_for: row.count()? > 0,
            email: row.optional_text()?,
            invited_until: row.optional_integer()?,
        })
    }
}

/// A password to be kept.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// Argon2id, in its PHC spelling.
    pub hash: Vec<u8>,
    /// The master key that peppered it.
    pub master_key_id: String,
    /// Good only for changing it.
    pub must_change: bool,
}

/// A person to be made.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Id.
    pub id: String,
    /// Whose, by name; none for an operator. The account is made if it is new.
    pub account_name: Option<String>,
    /// The id of that account if it is new.
    pub new_account_id: String,
    /// As it is spelled.
    pub username: String,
    /// The form in which all spellings of it meet.
    pub canonical_username: String,
    /// What the person may do.
    pub role: Role,
    /// None where an invitation will set it.
    pub password: Option<NewPassword>,
    /// Where mail goes, if not to the username.
    pub email: Option<String>,
    /// Now.
    pub created_at: Millis,
}

/// What ended with a change to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonEnded {
    /// Browsers that were signed in.
    pub sessions: u64,
    /// Authorizations given to clients.
    pub families: u64,
}

impl InEnvironment<'_> {
    /// Makes a person.
    ///
    /// # Errors
    /// `Refused::Exists` when the name is taken in this environment, in whatever spelling.
    pub async fn create_person(
        &self,
        person: NewPerson,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    let account = match &person.account_name {
                        Some(name) => {
                            let new_id = &person.new_account_id;
                            Some(
                                account_of(tx, &environment, name, new_id, person.created_at)
                                    .await?,
                            )
                        }
                        None => None,
                    };
                    let password = person.password.as_ref();
                    if let Some(password) = password {
                        tx.need_master_key(&password.master_key_id).await?;
                    }
                    let params = params![
                        &person.id,
                        &environment,
                        &account,
                        &person.username,
                        &person.canonical_username,
                        person.role.as_str(),
                        password.map(|password| &password.hash),
                        password.map(|password| &password.master_key_id),
                        password.is_some_and(|password| password.must_change),
                        person.created_at,
                        &person.email
                    ];
                    if tx.execute(INSERT, params).await? == 0 {
                        return Err(Refused::Exists("person").into());
                    }
                    tx.record(audit.about(Some(&environment), account.as_deref(), Some(&person.id)))
                        .await
                })
            })
            .await
    }

    /// By the form in which all spellings of the name meet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_person(
        &self,
        canonical_username: &str,
    ) -> Result<Option<Person>, StoreError> {
        self.one_person(SELECT_BY_NAME, canonical_username).await
    }

    /// By id.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_person_by_id(&self, id: &str) -> Result<Option<Person>, StoreError> {
        self.one_person(SELECT_BY_ID, id).await
    }

    async fn one_person(&self, sql: &str, key: &str) -> Result<Option<Person>, StoreError> {
        if key.contains('\0') {
            return Ok(None);
        }
        let rows = self
            .store
            .database
            .query(sql, params![key, self.environment])
            .await?;
        rows.into_iter()
            .next()
            .map(|mut row| Person::read(&mut row))
            .transpose()
    }

    /// By name, at most `limit` after the canonical name given, of one account or of all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn list_people(
        &self,
        account: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Person>, StoreError> {
        self.store
            .database
            .query(
                SELECT_LIST,
                params![self.environment, account, after, limit],
            )
            .await?
            .into_iter()
            .map(|mut row| Person::read(&mut row))
            .collect()
    }
}
