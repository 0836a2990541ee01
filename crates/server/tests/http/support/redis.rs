//! A Redis of a test's own, on a free port, with nothing in it and nothing on disk. Valkey is spoken to in the same way.

use std::process::{Child, Command, Stdio};

use redis::{Client, Cmd, FromRedisValue};

use super::folder::{Folder, Watchman};
use super::server::{free_address, until};

/// The program that every test of shared counters needs.
pub const REDIS: &str = "redis-server";
/// The one that is tested where it is installed.
pub const VALKEY: &str = "valkey-server";

pub struct Redis {
    program: &'static str,
    pub authority: String,
    pub folder: Folder,
    running: Option<(Child, Watchman)>,
}

impl Redis {
    pub fn start() -> Self {
        let mut redis = Self::not_started(REDIS);
        redis.begin(&[]);
        redis
    }

    pub fn not_started(program: &'static str) -> Self {
        assert!(
            is_installed(program),
            "{program} is not installed: `apt-get install {program}`, or run ./test as root, which does"
        );
        Self {
            program,
            authority: free_address(),
            folder: Folder::new(),
            running: None,
        }
    }

    /// Starts it, again or for the first time, and waits until it answers anything at all.
    pub fn begin(&mut self, more: &[&str]) {
        let (_, port) = self.authority.split_once(':').unwrap();
        let mut command = Command::new(self.program);
        command
            .args(["--bind", "127.0.0.1", "--port", port, "--save", ""])
            .args(["--appendonly", "no", "--daemonize", "no", "--dir"])
            .arg(self.folder.path())
            .args(["--enable-debug-command", "local"])
            .args(more);
        let process = command.stdout(Stdio::null()).spawn().unwrap();
        let watchman = Watchman::over(process.id(), self.folder.path());
        self.running = Some((process, watchman));
        until("Redis answers", || {
            let client = Client::open(format!("redis://{}", self.authority)).unwrap();
            let answer = client.get_connection().map(|mut connection| {
                let asked: redis::RedisResult<String> = redis::cmd("PING").query(&mut connection);
                asked
            });
            // An error of Redis itself is an answer too: it is loading, or wants a password.
            match answer {
                Ok(Ok(_)) => true,
                Ok(Err(error)) | Err(error) => !error.is_io_error(),
            }
        });
    }

    /// What nodes are to be configured with.
    pub fn url(&self) -> String {
        format!("redis://{}/0", self.authority)
    }

    /// Asks something; it must be answered.
    pub fn ask<T: FromRedisValue>(&self, command: &Cmd) -> T {
        let client = Client::open(self.url()).unwrap();
        let mut connection = client.get_connection().unwrap();
        command.query(&mut connection).unwrap()
    }

    /// A command of words.
    pub fn say(&self, words: &[&str]) {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        let _: redis::Value = self.ask(&command);
    }

    /// Every key that begins so.
    pub fn keys(&self, beginning: &str) -> Vec<String> {
        // Braces are not special in its patterns.
        self.ask(redis::cmd("KEYS").arg(format!("{beginning}*")))
    }

    /// Leases of running requests.
    pub fn leases(&self) -> usize {
        let keys = self.keys("{grantor}:running:");
        keys.iter()
            .map(|key| self.ask::<usize>(redis::cmd("ZCARD").arg(key)))
            .sum()
    }

    /// `kill -9`, and all is forgotten.
    pub fn kill(&mut self) {
        if let Some((mut process, _watchman)) = self.running.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// `STOP`: it takes connections and bytes, and does nothing. `CONT`: it goes on.
    pub fn signal(&self, name: &str) {
        let (process, _) = self.running.as_ref().unwrap();
        let done = Command::new("kill")
            .args([format!("-{name}"), process.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
