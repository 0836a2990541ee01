//! `grantor credentials …`

use clap::{Args, Subcommand};

use crate::cli::duration;

/// `grantor credentials …`
#[derive(Subcommand)]
pub enum CredentialsCommand {
    /// Make a credential, and its account if that is new. The secret is shown this once.
    Create(Box<NewCredential>),
    /// List credentials with their scopes.
    List {
        /// Only of this environment.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
        /// Only of this account.
        #[arg(long, value_name = "A")]
        account: Option<String>,
    },
    /// Show one, with its live tokens.
    Show(Named),
    /// Change the name, the description, or both; nothing else can be changed.
    Update {
        /// Which.
        #[command(flatten)]
        named: Named,
        /// The new name.
        #[arg(long)]
        name: Option<String>,
        /// The new description.
        #[arg(long)]
        description: Option<String>,
    },
    /// Make a new secret; the old one stays good for a while.
    Rotate {
        /// Which.
        #[command(flatten)]
        named: Named,
        /// How long the old secret stays good; 0s ends it at once.
        #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = duration::seconds)]
        overlap: u64,
        /// After how long the new secret ends by itself; without it, never.
        #[arg(long, value_name = "DURATION", value_parser = duration::seconds)]
        secret_expires: Option<u64>,
        /// Read the new secret from standard input, where secrets are chosen.
        #[arg(long)]
        secret_stdin: bool,
    },
    /// Its latest requests, the newest first.
    Requests {
        /// Which.
        #[command(flatten)]
        named: Named,
        /// Only what failed.
        #[arg(long)]
        failures: bool,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Refuse its secrets and tokens until it is enabled again.
    Disable {
        /// Which.
        #[command(flatten)]
        named: Named,
        /// Only say what would stop.
        #[arg(long)]
        dry_run: bool,
    },
    /// Undo `disable`.
    Enable {
        /// Which.
        #[command(flatten)]
        named: Named,
        /// Only say what would come back.
        #[arg(long)]
        dry_run: bool,
    },
    /// Give it a budget of its own: what it may ask for through the gateway.
    #[command(group(clap::ArgGroup::new("budget").required(true).multiple(true)))]
    Budget {
        /// Which.
        #[command(flatten)]
        named: Named,
        /// Requests in any second: a number, 0 for no limit, "default" for what its environment says.
        #[arg(long, value_name = "N", group = "budget", value_parser = most)]
        requests_per_second: Option<Most>,
        /// Requests on one day (UTC), said in the same way.
        #[arg(long, value_name = "N", group = "budget", value_parser = most)]
        requests_per_day: Option<Most>,
    },
    /// Remove it; its tokens are dead at once.
    Delete(Named),
}

/// A number of requests; None for what the environment says.
#[derive(Clone, Copy, Debug)]
pub struct Most(pub Option<u64>);

fn most(text: &str) -> Result<Most, String> {
    match text {
        "default" => Ok(Most(None)),
        number => number
            .parse()
            .map(|number| Most(Some(number)))
            .map_err(|_| "write a number, 0 for no limit, or default".to_owned()),
    }
}

/// A credential by its UUID or client id.
#[derive(Args)]
pub struct Named {
    /// UUID or client id.
    pub id: String,
    /// Its environment, needed when several have this client id.
    #[arg(long, value_name = "E")]
    pub environment: Option<String>,
}

/// What `grantor credentials create` takes.
#[derive(Args)]
pub struct NewCredential {
    /// Where it will be good.
    #[arg(long, value_name = "E")]
    pub environment: String,
    /// Whose it is; made if it is new.
    #[arg(long, value_name = "A")]
    pub account: String,
    /// What people call it.
    #[arg(long, value_name = "N")]
    pub name: String,
    /// What it is for.
    #[arg(long, value_name = "D")]
    pub description: String,
    /// The version of the API, where there are several.
    #[arg(long, value_name = "V")]
    pub version: Option<String>,
    /// A scope and what is permitted within it: shifts=read,add, shifts=all, api1. May be repeated.
    #[arg(long, value_name = "SCOPE")]
    pub allow: Vec<String>,
    /// A grant it may use. May be repeated.
    #[arg(long = "grant-type", value_name = "G")]
    pub grant_types: Vec<String>,
    /// Where authorization codes may be sent. May be repeated.
    #[arg(long = "redirect-uri", value_name = "U")]
    pub redirect_uris: Vec<String>,
    /// Read the secret from standard input, where secrets are chosen.
    #[arg(long)]
    pub secret_stdin: bool,
    /// After how long the secret ends by itself; without it, never.
    #[arg(long, value_name = "DURATION", value_parser = duration::seconds)]
    pub secret_expires: Option<u64>,
    /// A public client: no secret.
    #[arg(long)]
    pub public: bool,
    /// A resource server: may introspect the tokens of every client.
    #[arg(long)]
    pub resource_server: bool,
    /// A confidential client that cannot do PKCE: its authorization codes are good without (`grantor check` lists it).
    #[arg(long)]
    pub pkce_exempt: bool,
}
