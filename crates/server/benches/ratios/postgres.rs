//! A PostgreSQL of the bench's own, made the way `./test` makes one: unprivileged, on loopback, in a temporary folder.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::cpu::Processes;
use crate::machine::SERVER_CORE;

/// The shell holds the cluster for as long as its standard input is open, so that it goes away however this program ends. A line
/// restarts it.
const HOLD: &str = r#"
set -euo pipefail
. scripts/postgres.sh
postgres_install >&2
trap postgres_stop EXIT
trap 'exit 1' INT TERM HUP
postgres_start >&2
echo "$GRANTOR_TEST_POSTGRES"
head -1 "$postgres_folder/data/postmaster.pid"
while read -r _; do
    postgres_as "$(postgres_programs)/pg_ctl" restart --wait --silent --mode fast --pgdata "$postgres_folder/data" >&2
    echo restarted
done
"#;

/// A running cluster.
pub struct Postgres {
    shell: Child,
    said: Lines<BufReader<ChildStdout>>,
    /// Its address, with the password.
    pub url: String,
    /// The server and its connections' processes.
    pub processes: Processes,
}

impl Postgres {
    /// Makes and starts it on the server's core, so that the load has its own to itself.
    pub fn start() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut shell = Command::new("taskset")
            .args(["-c", SERVER_CORE, "bash", "-c", HOLD])
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("taskset and bash are needed")?;
        let mut said = BufReader::new(shell.stdout.take().context("its output is piped")?).lines();
        let (Some(Ok(url)), Some(Ok(first))) = (said.next(), said.next()) else {
            let output = shell.wait_with_output()?;
            anyhow::bail!(
                "PostgreSQL did not start: {}",
                String::from_utf8_lossy(&output.stderr)
                    .lines()
                    .last()
                    .unwrap_or_default()
            );
        };
        ensure!(
            url.starts_with("postgres://"),
            "scripts/postgres.sh gave no address"
        );
        Ok(Self {
            processes: Processes::Family(first.parse()?),
            shell,
            said,
            url,
        })
    }

    /// Breaks every connection off, stops and starts again, and waits until it does. Its processes are others then.
    pub fn restart(&mut self) -> Result<()> {
        let input = self.shell.stdin.as_mut().context("its input is piped")?;
        writeln!(input)?;
        let said = self.said.next().transpose()?;
        ensure!(said.is_some(), "PostgreSQL did not start again");
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
