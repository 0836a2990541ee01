//! `grantor incidents …`

use clap::{Args, Subcommand};

/// `grantor incidents …`
#[derive(Subcommand)]
pub enum IncidentsCommand {
    /// Tell everyone on the status page that something is wrong, or announce maintenance.
    Create(NewIncident),
    /// What was told, newest first.
    List {
        /// Whose status page; may be left out where there is one environment.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
        /// Only what is not over.
        #[arg(long)]
        open: bool,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Tell how it goes on.
    Update {
        /// As `incidents list` shows it.
        id: String,
        /// Plain text.
        #[arg(long, value_name = "TEXT")]
        text: String,
        /// investigating, identified or monitoring; as it was when left out.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
    },
    /// Correct title, components and times; what was told stays.
    Edit {
        /// As `incidents list` shows it.
        id: String,
        /// One line.
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        /// What it concerns; replaces all.
        #[arg(long = "component", value_name = "ID")]
        components: Vec<String>,
        /// When it began, or is to begin.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Of maintenance.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Tell that it is over.
    Resolve {
        /// As `incidents list` shows it.
        id: String,
        /// Plain text.
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
}

/// What `grantor incidents create` takes.
#[derive(Args)]
pub struct NewIncident {
    /// Whose status page; may be left out where there is one environment.
    #[arg(long, value_name = "E")]
    pub environment: Option<String>,
    /// One line.
    #[arg(long, value_name = "TEXT")]
    pub title: String,
    /// What is told first: plain text.
    #[arg(long, value_name = "TEXT")]
    pub text: String,
    /// What it concerns, as /status.json calls it: tokens, api, portal, documentation. May be given more than once.
    #[arg(long = "component", value_name = "ID")]
    pub components: Vec<String>,
    /// investigating, identified, monitoring or resolved; investigating when left out.
    #[arg(long, value_name = "STATE", conflicts_with = "maintenance")]
    pub state: Option<String>,
    /// Announce maintenance.
    #[arg(long, requires_all = ["from", "until"])]
    pub maintenance: bool,
    /// When it began, or is to begin (2026-11-27T02:00:00Z); now when left out.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// When maintenance is to end.
    #[arg(long, value_name = "TIME", requires = "maintenance")]
    pub until: Option<String>,
}
