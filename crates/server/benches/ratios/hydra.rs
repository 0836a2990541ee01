//! What is compared with: Ory Hydra with an SQLite file, as its own quick start shows it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::cpu::Processes;
use crate::http::{self, Connection};
use crate::machine::SERVER_CORE;
use crate::server::{free_addresses, stop, wait_for};

/// Its version.
pub const VERSION: &str = "2.3.0";
/// Its client's id and secret in a form.
pub const FORM: &str = "client_id=bench&client_secret=bench-bench-bench-bench";
/// Its token endpoint.
pub const TOKEN: &str = "/oauth2/token";
/// Its introspection endpoint, on the address of its administration, where it asks nobody who they are.
pub const INTROSPECTION: &str = "/admin/oauth2/introspect";

const CLIENT: &str = r#"{"client_id":"bench","client_secret":"bench-bench-bench-bench","grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_post"}"#;

/// Builds it in the target folder, once: it is offered as a Go module, but not as a program that `go install` takes.
pub fn install() -> Result<PathBuf> {
    let folder = crate::target().join("bench-go");
    let program = folder.join(format!("hydra-{VERSION}"));
    if program.exists() {
        return Ok(program);
    }
    fs::create_dir_all(&folder)?;
    let module = format!("github.com/ory/hydra/v2@v{VERSION}");
    let found = run(Command::new("go")
        .args(["mod", "download", "-json", &module])
        .current_dir(&folder))?;
    let found: serde_json::Value = serde_json::from_slice(&found)?;
    let downloaded = found["Dir"].as_str().context("go says no folder")?;
    let source = folder.join("hydra");
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    run(Command::new("cp").args(["-r", downloaded]).arg(&source))?;
    run(Command::new("chmod").args(["-R", "u+w"]).arg(&source))?;
    // Its client library stands in a folder that the module does not hold; the published one serves.
    let manifest = source.join("go.mod");
    let kept: Vec<String> = fs::read_to_string(&manifest)?
        .lines()
        .filter(|line| !line.starts_with("replace github.com/ory/hydra-client-go"))
        .map(str::to_owned)
        .collect();
    fs::write(&manifest, kept.join("\n"))?;
    let tags = "sqlite,sqlite_omit_load_extension,json1";
    run(Command::new("go")
        .args(["build", "-mod=mod", "-tags", tags, "-o"])
        .arg(&program)
        .arg(".")
        .env("CGO_ENABLED", "1")
        .current_dir(&source))?;
    fs::remove_dir_all(&source)?;
    Ok(program)
}

fn run(command: &mut Command) -> Result<Vec<u8>> {
    let what = format!("{command:?}");
    let done = command
        .output()
        .with_context(|| format!("{what} cannot be started; is Go installed?"))?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "{what} failed: {}", said.trim());
    Ok(done.stdout)
}

/// Ends with the value.
pub struct Hydra {
    child: Child,
    /// Where tokens are asked for.
    pub public: SocketAddr,
    /// Where it is administered.
    pub admin: SocketAddr,
}

impl Hydra {
    /// Starts it on a database of its own, with one client and waits for its first answer.
    pub fn serve(program: &Path, folder: &Path) -> Result<Self> {
        let [public, admin] = free_addresses()?;
        // In memory it loses everything when its pool closes a connection.
        let file = folder.join("hydra.db");
        let database = format!(
            "sqlite://{}?_fk=true&_journal_mode=WAL&_busy_timeout=5000",
            file.display()
        );
        run(Command::new(program)
            .args(["migrate", "sql", "-e", "--yes"])
            .env("DSN", &database))?;
        let child = Command::new("taskset")
            .args(["-c", SERVER_CORE])
            .arg(program)
            .args(["serve", "all", "--dev"])
            .env("DSN", &database)
            .env("SERVE_PUBLIC_HOST", public.ip().to_string())
            .env("SERVE_PUBLIC_PORT", public.port().to_string())
            .env("SERVE_ADMIN_HOST", admin.ip().to_string())
            .env("SERVE_ADMIN_PORT", admin.port().to_string())
            .env("URLS_SELF_ISSUER", format!("http://{public}/"))
            .env("SECRETS_SYSTEM", "bench-bench-bench-bench")
            // It would tell its makers of its use.
            .env("SQA_OPT_OUT", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("Hydra cannot be started")?;
        let running = Self {
            child,
            public,
            admin,
        };
        wait_for("Hydra", || {
            http::get(admin, "/health/ready").is_ok_and(|(status, _)| status == 200)
        })?;
        let (status, body) =
            Connection::open(admin)?.exchange(&http::post_json(admin, "/admin/clients", CLIENT))?;
        ensure!(status == 201, "Hydra made no client: {status} {body}");
        Ok(running)
    }

    /// Its process as what CPU time is read of.
    pub fn processes(&self) -> Processes {
        Processes::One(self.child.id())
    }
}

impl Drop for Hydra {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}
