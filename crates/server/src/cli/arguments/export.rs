//! What `grantor export` takes.

use std::path::PathBuf;

use clap::Args;

/// `grantor export FORMAT …`
#[derive(Args)]
pub struct ExportArguments {
    /// doorkeeper, hydra or keycloak.
    #[arg(value_name = "FORMAT")]
    pub format: String,
    /// Whose credentials.
    #[arg(long, value_name = "E")]
    pub environment: String,
    /// What was made before is there already: 2026-11-01, or a time (RFC 3339).
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// A new file, which only you can read; without it the text goes to standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
