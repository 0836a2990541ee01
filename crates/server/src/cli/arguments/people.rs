//! `grantor people …`

use clap::{Args, Subcommand};

/// `grantor people …`
#[derive(Subcommand)]
pub enum PeopleCommand {
    /// Make a person, and the account if that is new.
    Create(NewPerson),
    /// List people.
    List {
        /// Only of this environment.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
        /// Only of this account.
        #[arg(long, value_name = "A")]
        account: Option<String>,
    },
    /// Show one.
    Show(NamedPerson),
    /// Let a person in no more; ends what the person has.
    Disable(NamedPerson),
    /// Undo `disable`; what was ended stays ended.
    Enable(NamedPerson),
    /// Remove a person and all that hangs on it, on the person's request. The audit trail keeps the id.
    Erase {
        /// Who.
        #[command(flatten)]
        person: NamedPerson,
        /// Do it: this cannot be undone.
        #[arg(long)]
        yes: bool,
    },
    /// Set a password that the person must change at the next sign-in.
    SetPassword {
        /// Who.
        #[command(flatten)]
        person: NamedPerson,
        /// Read it from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// The person chose it: it need not be changed.
        #[arg(long)]
        keep: bool,
    },
    /// Set where mail for a person goes; without --email, to the username again if that is an address.
    SetEmail {
        /// Who.
        #[command(flatten)]
        person: NamedPerson,
        /// One plain mailbox.
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
    },
    /// Give another role; ends the person's sessions.
    SetRole {
        /// Who.
        #[command(flatten)]
        person: NamedPerson,
        /// operator, account-manager or member.
        #[arg(long, value_name = "ROLE")]
        role: String,
    },
    /// Take a lost second factor away; ends the person's sessions.
    ResetSecondFactor(NamedPerson),
    /// Make a link by which the person sets a password, once, within a week.
    Invite(NamedPerson),
    /// Make a link by which your own product lets one of its users into the portal, once, within a minute.
    HandOver(HandOver),
    /// List the browsers in which a person is signed in.
    Sessions(NamedPerson),
    /// End a person's sessions.
    EndSessions(NamedPerson),
}

/// What `grantor people hand-over` takes.
#[derive(Args)]
pub struct HandOver {
    /// Where the person goes.
    #[arg(long, value_name = "E")]
    pub environment: String,
    /// Whose person; made if it is new.
    #[arg(long, value_name = "A")]
    pub account: String,
    /// Who, by a name that is unique over all accounts; made if it is new.
    #[arg(long, value_name = "U")]
    pub username: String,
    /// account-manager or member.
    #[arg(long, value_name = "ROLE", default_value = "member")]
    pub role: String,
}

/// What `grantor people create` takes.
#[derive(Args)]
pub struct NewPerson {
    /// Where the person signs in.
    #[arg(long, value_name = "E")]
    pub environment: String,
    /// Whose person; made if it is new. An operator needs none.
    #[arg(long, value_name = "A")]
    pub account: Option<String>,
    /// What to sign in with, such as an e-mail address.
    #[arg(long, value_name = "U")]
    pub username: String,
    /// Where mail for the person goes, if not to the username.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Read the password from standard input. Without it an invitation is printed, and mailed where mail is configured.
    #[arg(long)]
    pub password_stdin: bool,
    /// operator, account-manager or member.
    #[arg(long, value_name = "ROLE", default_value = "member")]
    pub role: String,
    /// The password is good only for changing it.
    #[arg(long, requires = "password_stdin")]
    pub must_change_password: bool,
}

/// A person by id or username.
#[derive(Args)]
pub struct NamedPerson {
    /// Id or username.
    pub person: String,
    /// The environment, needed when several have this username.
    #[arg(long, value_name = "E")]
    pub environment: Option<String>,
}
