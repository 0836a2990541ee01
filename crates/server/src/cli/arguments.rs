//! Every command and its arguments; the two nouns with the most of them have a page of their own.

mod credentials;
mod export;
mod import;
mod incidents;
mod people;
mod shadow;
mod webhooks;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use credentials::{CredentialsCommand, Most, Named, NewCredential};
pub use export::ExportArguments;
pub use import::ImportArguments;
pub use incidents::IncidentsCommand;
pub use people::{NamedPerson, NewPerson, PeopleCommand};
pub use shadow::{ShadowArguments, ShadowCommand};
pub use webhooks::{MailCommand, WebhooksCommand};

use super::duration;
use super::requests::RequestsCommand;

/// The OAuth 2 authorization server for companies that sell an API.
#[derive(Parser)]
#[command(name = "grantor", version)]
pub struct Arguments {
    /// The configuration file.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "GRANTOR_CONFIG",
        default_value = "grantor.toml"
    )]
    pub config: PathBuf,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What Grantor can be told.
#[derive(Subcommand)]
pub enum Command {
    /// Show everything working on an example platform, from nothing.
    Quickstart {
        /// End after the tour.
        #[arg(long)]
        once: bool,
    },
    /// Serve every environment of the configuration.
    Serve,
    /// Say what is wrong with the configuration, and what it relaxes.
    Check,
    /// Credentials: clients with their secrets and permissions.
    #[command(subcommand)]
    Credentials(CredentialsCommand),
    /// Accounts: the customers.
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// People who sign in: to the portal, and to let clients act for them.
    #[command(subcommand)]
    People(PeopleCommand),
    /// Access tokens.
    #[command(subcommand)]
    Tokens(TokensCommand),
    /// Signing keys and the master key.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Bearer tokens for the management API.
    #[command(subcommand)]
    Operators(OperatorsCommand),
    /// Programs of the platform that hear of events.
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Mail to people.
    #[command(subcommand)]
    Mail(MailCommand),
    /// What everyone is told on the status page.
    #[command(subcommand)]
    Incidents(IncidentsCommand),
    /// Environments of the configuration.
    #[command(subcommand)]
    Environments(EnvironmentsCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Requests: the latest of each credential with their answers, for a talk with support.
    #[command(subcommand)]
    Requests(RequestsCommand),
    /// The database's schema. SQLite migrates at start, PostgreSQL by `up`.
    #[command(subcommand)]
    Migrate(MigrateCommand),
    /// Write a copy of the whole database to a new file, while `serve` goes on.
    Backup {
        /// Must not exist yet.
        file: PathBuf,
    },
    /// Fill an empty database from a backup.
    Restore {
        /// Made by `backup`, on either database.
        file: PathBuf,
    },
    /// Bring clients of another server, with their ids and secrets.
    Import(ImportArguments),
    /// Stand before the old server: pass everything on, and see what Grantor would have answered.
    Shadow(ShadowArguments),
    /// Write the credentials made here since, for the server that you return to.
    Export(ExportArguments),
    /// Print the OpenAPI description of an environment, or of the management API.
    Openapi {
        /// The environment's name.
        #[arg(required_unless_present = "management")]
        environment: Option<String>,
        /// Describe the management API, which is the same for all environments.
        #[arg(long, conflicts_with = "environment")]
        management: bool,
    },
}

/// `grantor accounts …`
#[derive(Subcommand)]
pub enum AccountsCommand {
    /// List accounts.
    List {
        /// Only those with this in the name, or with this id.
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Stop every credential and token of an account, reversibly.
    Suspend(SwitchAccount),
    /// Undo `suspend`.
    Restore(SwitchAccount),
}

/// What `grantor accounts suspend` and `restore` take.
#[derive(Args)]
pub struct SwitchAccount {
    /// Name or id.
    pub account: String,
    /// Only say what would stop, or come back.
    #[arg(long)]
    pub dry_run: bool,
    /// Why, for the audit trail.
    #[arg(long, value_name = "TEXT", conflicts_with = "dry_run")]
    pub reason: Option<String>,
}

/// `grantor tokens …`
#[derive(Subcommand)]
pub enum TokensCommand {
    /// End the live tokens of a credential or an account, now.
    Revoke {
        /// UUID or client id.
        #[arg(
            long,
            value_name = "ID",
            required_unless_present = "account",
            conflicts_with = "account"
        )]
        credential: Option<String>,
        /// Name or id.
        #[arg(long, value_name = "A")]
        account: Option<String>,
        /// The credential's environment, needed when several have this client id.
        #[arg(long, value_name = "E", requires = "credential")]
        environment: Option<String>,
    },
}

/// `grantor keys …`
#[derive(Subcommand)]
pub enum KeysCommand {
    /// List signing keys.
    List {
        /// Only of this environment.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
    },
    /// Announce a new signing key, which takes over when everyone has seen it.
    Rotate {
        /// Whose key; may be left out where there is one environment.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
        /// Take over at once, in an emergency.
        #[arg(long)]
        now: bool,
    },
    /// End a key that leaked, and every token it signed.
    Revoke {
        /// As `keys list` shows it.
        kid: String,
        /// Its environment.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
    },
    /// Replace the master key; the old one is read until nothing needs it.
    Rekey {
        /// Say what still needs an old key.
        #[arg(long, conflicts_with_all = ["finish", "print_key"])]
        status: bool,
        /// Retire the old key; refused while something needs it.
        #[arg(long, conflicts_with = "print_key")]
        finish: bool,
        /// Print a value for GRANTOR_MASTER_KEY with a new key in front; changes nothing.
        #[arg(long)]
        print_key: bool,
    },
}

/// `grantor operators …`
#[derive(Subcommand)]
pub enum OperatorsCommand {
    /// Make a bearer token for the management API. It is shown this once.
    Token {
        /// As the audit trail will call it.
        #[arg(long, value_name = "N")]
        name: String,
        /// What it is good for, such as credentials:read,credentials:write; everything when left out.
        #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
        scopes: Vec<String>,
        /// How long it lives.
        #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = duration::seconds)]
        expires: u64,
    },
    /// List operator tokens.
    List,
    /// End one.
    Revoke {
        /// Id, or the name of a live one.
        id: String,
    },
}

/// `grantor environments …`
#[derive(Subcommand)]
pub enum EnvironmentsCommand {
    /// List environments.
    List,
    /// Overwrite an environment with the accounts and people of another, as the configuration says.
    Refresh {
        /// The environment that is overwritten.
        #[arg(value_name = "ENVIRONMENT")]
        environment: String,
        /// Only say what would change.
        #[arg(long)]
        dry_run: bool,
    },
}

/// `grantor audit …`
#[derive(Subcommand)]
pub enum AuditCommand {
    /// The newest events.
    List {
        /// Only of this environment.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
        /// Only of this account.
        #[arg(long, value_name = "A")]
        account: Option<String>,
        /// Only about this UUID, key id, …
        #[arg(long, value_name = "ID")]
        subject: Option<String>,
        /// Only of this kind, such as credential.created.
        #[arg(long, value_name = "EVENT")]
        event: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Check that no event was changed or removed.
    Verify,
}

/// `grantor migrate …`
#[derive(Subcommand)]
pub enum MigrateCommand {
    /// Which migrations the database has.
    Status,
    /// Apply those it lacks.
    Up,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn config_and_json_may_follow_the_command() {
        let arguments = Arguments::try_parse_from([
            "grantor",
            "credentials",
            "list",
            "--json",
            "--config",
            "x.toml",
        ])
        .unwrap();
        assert!(arguments.json);
        assert_eq!(arguments.config, PathBuf::from("x.toml"));
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            &["grantor"][..],
            &["grantor", "openapi"],
            &["grantor", "openapi", "production", "--management"],
            &["grantor", "tokens", "revoke"],
            &[
                "grantor",
                "tokens",
                "revoke",
                "--credential",
                "x",
                "--account",
                "y",
            ],
            &[
                "grantor",
                "credentials",
                "update",
                "x",
                "--allow",
                "shifts=read",
            ],
            &["grantor", "credentials", "rotate", "x", "--overlap", "soon"],
            &[
                "grantor",
                "credentials",
                "create",
                "--environment",
                "e",
                "--account",
                "a",
                "--name",
                "n",
            ],
        ] {
            assert!(Arguments::try_parse_from(line).is_err(), "{line:?}");
        }
    }
}
