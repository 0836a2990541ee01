//! A running `grantor serve` on free ports, with its own folder, database and log.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use super::cli::binary;
use super::database::Database;
use super::folder::{Folder, Watchman};
use super::request::Request;
use super::wire::{Answer, Connection};

/// How long a fact may take to come true.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What is to be started.
pub struct Setup {
    config: PathBuf,
    pub folder: Folder,
    /// Name of each environment and of each alias, written `production+` for the first one.
    bases: Vec<String>,
    variables: Vec<(String, String)>,
    database: Database,
    scheme: &'static str,
    files: Option<u32>,
}

impl Setup {
    /// A configuration written for the test. Addresses, storage and keys are filled in by variables.
    pub fn written(text: &str, environments: &[&str]) -> Self {
        let folder = Folder::new();
        let config = folder.join("grantor.toml");
        std::fs::write(&config, text).unwrap();
        Self::of(config, folder, environments)
    }

    /// One of the files in `examples/`, as it is.
    pub fn example(platform: &str, environments: &[&str]) -> Self {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        Self::of(
            examples.join(platform).with_extension("toml"),
            Folder::new(),
            environments,
        )
    }

    fn of(config: PathBuf, folder: Folder, environments: &[&str]) -> Self {
        let bases = environments.iter().map(|&name| name.to_owned()).collect();
        let mut setup = Self {
            config,
            folder,
            bases,
            variables: Vec::new(),
            database: Database::Sqlite,
            scheme: "http",
            files: None,
        };
        setup.set("LOG__FORMAT", "json");
        setup.set("LOG__LEVEL", "info");
        setup
    }

    /// Sets a key of the configuration.
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, value);
        self
    }

    fn set(&mut self, key: &str, value: &str) {
        self.variables
            .push((format!("GRANTOR__{key}"), value.to_owned()));
    }

    /// Sets a variable that is none of ours.
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn on(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// Every environment's url is https.
    pub fn over_https(mut self) -> Self {
        self.scheme = "https";
        self
    }

    /// The most files that the server may open.
    pub fn files(mut self, most: u32) -> Self {
        self.files = Some(most);
        self
    }

    /// The folder that the server will stand in.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Every route leads to this upstream.
    pub fn upstream(mut self, authority: &str) -> Self {
        let routes = std::fs::read_to_string(&self.config)
            .unwrap()
            .matches("[[routes]]")
            .count();
        for route in 0..routes {
            self.set(
                &format!("ROUTES__{route}__UPSTREAM"),
                &format!("http://{authority}"),
            );
        }
        self
    }

    /// Starts it and waits until it is ready.
    pub fn start(self) -> Server {
        let mut server = self.prepare();
        server.start();
        server
    }

    /// All but the process.
    pub fn prepare(self) -> Server {
        let Self {
            config,
            folder,
            bases,
            mut variables,
            database,
            scheme,
            files,
        } = self;
        let admin = free_address();
        let mut set = |key: &str, value: String| variables.push((format!("GRANTOR__{key}"), value));
        let authorities: BTreeMap<String, String> = bases
            .iter()
            .map(|base| (base.clone(), free_address()))
            .collect();
        set(
            "SERVER__LISTEN",
            authorities.values().cloned().collect::<Vec<_>>().join(","),
        );
        set("SERVER__ADMIN", admin.clone());
        set(
            "SERVER__MASTER_KEY_FILE",
            folder.join("grantor.key").display().to_string(),
        );
        for (base, authority) in &authorities {
            let key = if base.ends_with('+') {
                "ALIASES"
            } else {
                "URL"
            };
            let name = base.trim_end_matches('+').to_uppercase();
            set(
                &format!("ENVIRONMENTS__{name}__{key}"),
                format!("{scheme}://{authority}"),
            );
        }
        match &database {
            Database::Sqlite => set(
                "STORAGE__URL",
                format!("sqlite:{}", folder.join("grantor.db").display()),
            ),
            Database::Postgres(url) => set("STORAGE__URL", url.clone()),
        }
        set("STORAGE__MIGRATE", "true".to_owned());
        Server {
            config,
            folder,
            variables,
            admin,
            authorities,
            database,
            files,
            running: None,
        }
    }
}

struct Running {
    process: Child,
    _watchman: Watchman,
}

pub struct Server {
    config: PathBuf,
    pub folder: Folder,
    variables: Vec<(String, String)>,
    pub admin: String,
    authorities: BTreeMap<String, String>,
    pub database: Database,
    files: Option<u32>,
    running: Option<Running>,
}

impl Server {
    /// `127.0.0.1:port` of an environment.
    pub fn at(&self, environment: &str) -> &str {
        self.authorities
            .get(environment)
            .unwrap_or_else(|| panic!("there is no environment {environment}"))
    }

    /// Sets a key of the configuration for the next start.
    pub fn set(&mut self, key: &str, value: &str) {
        self.variables
            .push((format!("GRANTOR__{key}"), value.to_owned()));
    }

    /// Another node, not started: addresses of its own, the same configuration, database and master key's file.
    pub fn another_node(&self) -> Self {
        let own: BTreeMap<String, String> = self
            .authorities
            .values()
            .chain([&self.admin])
            .map(|address| (address.clone(), free_address()))
            .collect();
        let moved = |text: &String| {
            own.iter().fold(text.clone(), |text, (theirs, ours)| {
                text.replace(theirs.as_str(), ours)
            })
        };
        Self {
            config: self.config.clone(),
            folder: Folder::new(),
            variables: self
                .variables
                .iter()
                .map(|(key, value)| (key.clone(), moved(value)))
                .collect(),
            admin: moved(&self.admin),
            authorities: self
                .authorities
                .iter()
                .map(|(name, authority)| (name.clone(), moved(authority)))
                .collect(),
            database: self.database.clone(),
            files: self.files,
            running: None,
        }
    }

    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The binary with this server's variables.
    pub fn command(&self) -> Command {
        let mut command = binary();
        command
            .envs(self.variables.iter().cloned())
            .current_dir(self.folder.path());
        command
    }

    /// Starts the process and waits until `GET /readyz` answers 200.
    pub fn start(&mut self) {
        self.spawn();
        let end = Instant::now() + PATIENCE;
        while !self.is_ready() {
            let ended = self
                .running
                .as_mut()
                .and_then(|running| running.process.try_wait().unwrap());
            assert!(
                ended.is_none(),
                "the server ended with {ended:?}:\n{}",
                self.end_of_log()
            );
            assert!(
                Instant::now() < end,
                "the server is not ready:\n{}",
                self.end_of_log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts the process and goes on, where it is not asked in plain HTTP whether it is ready.
    pub fn start_without_asking(&mut self) {
        self.spawn();
    }

    /// Starts a server that cannot start; its status and what it said.
    pub fn fail_to_start(&mut self) -> (ExitStatus, String) {
        self.spawn();
        let mut running = self.running.take().unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = running.process.try_wait().unwrap() {
                return (status, self.end_of_log());
            }
            if Instant::now() > end {
                let _ = running.process.kill();
                panic!("the server goes on:\n{}", self.end_of_log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn spawn(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("serve.log"))
            .unwrap();
        let mut command = self.command();
        if let Some(files) = self.files {
            let program = command.get_program().to_owned();
            let mut limited = Command::new("sh");
            let limit = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
            limited.arg("-c").arg(limit).arg(program);
            limited.env_clear().current_dir(self.folder.path());
            limited.envs(std::env::vars_os().filter(|(name, _)| name == "PATH"));
            limited.envs(self.variables.iter().cloned());
            command = limited;
        }
        let process = command
            .arg("serve")
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let watchman = Watchman::over(process.id(), self.folder.path());
        self.running = Some(Running {
            process,
            _watchman: watchman,
        });
    }

    fn is_ready(&self) -> bool {
        let Ok(mut connection) = Connection::try_open(&self.admin) else {
            return false;
        };
        let asked = connection.send(&Request::get("/readyz").bytes(&self.admin));
        asked.is_ok()
            && connection
                .try_answer(false)
                .is_ok_and(|answer| answer.is_some_and(|answer| answer.status == 200))
    }

    /// The running process, for what the operating system says of it.
    pub fn process_id(&self) -> u32 {
        self.running.as_ref().unwrap().process.id()
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.process.kill();
            let _ = running.process.wait();
        }
    }

    /// Asks it to end, as an operating system does.
    pub fn tell_to_stop(&self) {
        let asked = Command::new("kill")
            .args(["-TERM", &self.process_id().to_string()])
            .status()
            .unwrap();
        assert!(asked.success());
    }

    /// The same, and waits until it has.
    pub fn stop(&mut self) {
        self.tell_to_stop();
        self.ended_well();
    }

    /// Waits until one that was told to stop has ended.
    pub fn ended_well(&mut self) {
        let mut running = self.running.take().unwrap();
        let status = running.process.wait().unwrap();
        assert!(status.success(), "{status}:\n{}", self.end_of_log());
    }

    /// All that was logged so far.
    pub fn log(&self) -> String {
        let mut text = Vec::new();
        if let Ok(mut file) = File::open(self.folder.join("serve.log")) {
            file.read_to_end(&mut text).unwrap();
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// As much of it as a person wants to read in a failure.
    pub fn end_of_log(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// The log, once the request behind this answer has its closing line in it.
    pub fn log_after(&self, answer: &Answer) -> String {
        let name = answer.request_id();
        let mut log = String::new();
        until("the request is in the log", || {
            log = self.log();
            log.lines()
                .any(|line| line.contains(name) && line.contains("answered"))
        });
        log
    }

    /// The value of a counter: the sum over the lines of `/metrics` that begin with its name and hold the label text.
    pub fn counter(&self, name: &str, label: &str) -> f64 {
        let metrics = Request::get("/metrics").send(&self.admin);
        let of_it = |line: &&str| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(['{', ' ']))
                && line.contains(label)
        };
        metrics
            .text()
            .lines()
            .filter(of_it)
            .map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap())
            .sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.end_of_log());
        }
        self.kill();
    }
}

/// Waits until a fact is true.
pub fn until(what: &str, mut fact: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !fact() {
        assert!(Instant::now() < end, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// An address that nothing listens on, below the ports that the system gives to outgoing connections. Each is given once.
pub fn free_address() -> String {
    const FIRST: u16 = 15_000;
    const COUNT: u16 = 16_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % u32::from(COUNT)) as u16;
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (start.wrapping_mul(37) % COUNT).wrapping_add(step) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return format!("127.0.0.1:{port}");
        }
    }
}
