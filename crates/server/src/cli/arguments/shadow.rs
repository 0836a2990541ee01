//! What `grantor shadow` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `grantor shadow …`
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ShadowArguments {
    /// Where to listen instead of shadow.listen.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The old server, instead of shadow.upstream.
    #[arg(long, value_name = "URL")]
    pub upstream: Option<String>,
    /// The environment that its clients came to, instead of shadow.environment.
    #[arg(long, value_name = "E")]
    pub environment: Option<String>,
    /// Write the report as JSON when it ends.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// What else.
    #[command(subcommand)]
    pub command: Option<ShadowCommand>,
}

/// `grantor shadow report`
#[derive(Subcommand)]
pub enum ShadowCommand {
    /// Show what the running `grantor shadow` has seen so far.
    Report,
}
