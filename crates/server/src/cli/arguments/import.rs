//! What `grantor import` takes.

use clap::Args;
use store::Millis;

use crate::import::format::{Format, SecretsAre, TokensAre};
use crate::import::people::PeopleColumn;
use crate::status::incidents::moment;

/// `grantor import FORMAT SOURCE …`
#[derive(Args)]
pub struct ImportArguments {
    /// csv, doorkeeper, duende, openiddict, hydra, spring, keycloak, auth0, django, passport or kong.
    #[arg(value_name = "FORMAT")]
    pub format: Format,
    /// A file, or the old server's database: postgres://USER:PASSWORD@HOST/DATABASE, mysql://… or sqlite:FILE.
    #[arg(
        value_name = "SOURCE",
        env = "GRANTOR_IMPORT_SOURCE",
        hide_env_values = true
    )]
    pub source: String,
    /// Where the clients come.
    #[arg(long, value_name = "E")]
    pub environment: String,
    /// The field of the source that names the account; without it each client gets an account of its own.
    #[arg(long, value_name = "FIELD")]
    pub account_by: Option<String>,
    /// The version of the API that the clients are for; may be left out where there is one.
    #[arg(long, value_name = "V")]
    pub version: Option<String>,
    /// How secrets are kept there, where the rows do not say: plain, sha256 or bcrypt.
    #[arg(long, value_name = "HOW")]
    pub secrets: Option<SecretsAre>,
    /// A grant of every client, where the format keeps none. May be repeated.
    #[arg(long, value_name = "G")]
    pub grant_type: Vec<String>,
    /// Leave live tokens where they are.
    #[arg(long)]
    pub no_tokens: bool,
    /// How tokens are kept there, where the rows do not say: plain or sha256.
    #[arg(long, value_name = "HOW")]
    pub tokens: Option<TokensAre>,
    /// Where people have the names by which they sign in here, such as users.email: tokens for them come then.
    #[arg(long, value_name = "TABLE.COLUMN")]
    pub people: Option<PeopleColumn>,
    /// When tokens end here that never end there: a date, or RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub tokens_until: Option<Millis>,
    /// A scope of every client for which the source names none. May be repeated.
    #[arg(long, value_name = "S")]
    pub scope: Vec<String>,
    /// Only say what would come.
    #[arg(long)]
    pub dry_run: bool,
}

fn until(text: &str) -> Result<Millis, String> {
    moment(text).ok_or_else(|| "write a date as 2027-01-31, or 2027-01-31T12:00:00Z".to_owned())
}
