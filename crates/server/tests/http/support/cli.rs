//! The command line beside a running server: `grantor … --json`, with the same configuration.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::house::{CALLBACK, PASSWORD};
use super::server::Server;

/// What `grantor credentials create` prints, as far as tests need it.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    pub uuid: String,
    pub client_id: String,
    /// Empty for a public client.
    pub client_secret: String,
}

impl Credential {
    pub fn read(printed: &Value) -> Self {
        let member = |name: &str| printed[name].as_str().unwrap_or_default().to_owned();
        let credential = Self {
            uuid: member("uuid"),
            client_id: member("client_id"),
            client_secret: member("client_secret"),
        };
        assert!(
            !credential.uuid.is_empty() && !credential.client_id.is_empty(),
            "{printed}"
        );
        credential
    }
}

impl Server {
    /// Runs a command to its end.
    pub fn grantor(&self, arguments: &[&str], input: Option<&str>) -> Output {
        let mut command = self.command();
        let with = ["--config", self.config().to_str().unwrap()];
        let mut child = command
            .args(arguments)
            .args(with)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that reads nothing may have ended already.
        let _ = stdin.write_all(
            input
                .map(|line| format!("{line}\n"))
                .unwrap_or_default()
                .as_bytes(),
        );
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    /// Runs a command that must succeed and print JSON.
    pub fn json(&self, arguments: &[&str], input: Option<&str>) -> Value {
        let output = self.grantor(&[arguments, &["--json"]].concat(), input);
        let (told, complaint) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            output.status.success(),
            "grantor {arguments:?}: {complaint}"
        );
        serde_json::from_str(&told)
            .unwrap_or_else(|_| panic!("grantor {arguments:?} printed no JSON: {told}"))
    }

    /// Makes somebody of the account `Acme` with [`PASSWORD`]; answers the id.
    pub fn person(&self, environment: &str, username: &str, more: &[&str]) -> String {
        let how = [
            "people",
            "create",
            "--environment",
            environment,
            "--account",
            "Acme",
            "--username",
            username,
            "--password-stdin",
        ];
        let made = self.json(&[&how, more].concat(), Some(PASSWORD));
        made["id"].as_str().unwrap().to_owned()
    }

    /// Makes a confidential client of a grant that involves a person.
    pub fn client_of(&self, environment: &str, grant: &str, more: &[&str]) -> Credential {
        let mut how = vec![
            "--version",
            "v1",
            "--allow",
            "orders=read,add",
            "--grant-type",
            grant,
        ];
        if grant == "authorization_code" {
            how.extend(["--redirect-uri", CALLBACK]);
        }
        how.extend(more);
        self.credential(environment, &how)
    }

    /// Makes a credential of the account `Acme`.
    pub fn credential(&self, environment: &str, arguments: &[&str]) -> Credential {
        self.credential_of("Acme", environment, arguments, None)
    }

    pub fn chosen_credential(
        &self,
        environment: &str,
        secret: &str,
        arguments: &[&str],
    ) -> Credential {
        let mut made = self.credential_of(
            "Acme",
            environment,
            &[arguments, &["--secret-stdin"]].concat(),
            Some(secret),
        );
        made.client_secret = secret.to_owned();
        made
    }

    pub fn credential_of(
        &self,
        account: &str,
        environment: &str,
        arguments: &[&str],
        secret: Option<&str>,
    ) -> Credential {
        let common = [
            "credentials",
            "create",
            "--environment",
            environment,
            "--account",
            account,
            "--name",
            "Test",
            "--description",
            "Made by a test",
        ];
        Credential::read(&self.json(&[&common, arguments].concat(), secret))
    }
}

/// The binary with none of our own environment's `GRANTOR` variables.
pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantor"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GRANTOR") {
            command.env_remove(name);
        }
    }
    command
}
