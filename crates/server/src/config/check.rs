//! What `grantor check` says: mistakes, warnings, keys without effect, and every relaxation of RFC 9700 in force.

use std::fmt;
use std::path::{Path, PathBuf};

use oauth::dialect::Relaxation;
use serde::Serialize;
use store::DatabaseUrl;

use super::findings::{ConfigError, Findings};
use super::key::Key;
use super::sign_in_by_others::SecretPlace;
use super::{Config, Environment, certificates, load, not_in_force, shadow};

/// Everything there is to say about a configuration. The members are the stable form of `grantor check --json`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The file that was read.
    pub file: PathBuf,
    /// What must be mended before Grantor starts.
    pub mistakes: Vec<ConfigError>,
    /// What works, but should be looked at.
    pub warnings: Vec<ConfigError>,
    /// Keys whose effect is not built yet.
    pub not_in_force: Vec<ConfigError>,
    /// Where limits are counted, when there are no mistakes.
    pub counters: Option<CheckedCounters>,
    /// The environments, when there are no mistakes.
    pub environments: Vec<CheckedEnvironment>,
}

/// Where limits are counted.
#[derive(Debug, Serialize)]
pub struct CheckedCounters {
    /// Whether nodes count together.
    pub shared: bool,
    /// How many nodes are assumed at least.
    pub nodes: u32,
}

/// An environment and what its dialect relaxes.
#[derive(Debug, Serialize)]
pub struct CheckedEnvironment {
    /// Its name.
    pub environment: String,
    /// Its issuer.
    pub url: String,
    /// Its dialect's name.
    pub dialect: String,
    /// Where it departs from the RFCs: axis, allows, departs_from, reason.
    pub relaxations: Vec<Relaxation>,
}

/// Reads a configuration as `serve` would, and says everything that can be said about it.
pub fn check(file: &Path, variables: &[(String, String)]) -> Report {
    let mut findings = Findings::new(file);
    let config = load::read(file, variables, &mut findings);
    if let Some(config) = &config {
        warn_about_files(config, variables, &mut findings);
        client_secrets(config, &mut findings);
        certificates::judge(config, &mut findings);
        shadow::judge(config.shadow.as_ref(), &mut findings);
    }
    Report {
        file: file.to_owned(),
        not_in_force: not_in_force::list(&findings),
        mistakes: findings.mistakes,
        warnings: findings.warnings,
        counters: config.as_ref().map(|config| CheckedCounters {
            shared: config.counters.redis.is_some(),
            nodes: config.counters.nodes,
        }),
        environments: config
            .iter()
            .flat_map(|config| &config.environments)
            .map(|environment| checked(environment))
            .collect(),
    }
}

/// What there is to say about one environment.
pub fn checked(environment: &Environment) -> CheckedEnvironment {
    let mut relaxations = environment.dialect.relaxations().to_vec();
    relaxations.extend(Relaxation::of_access_token_format(
        environment.access_token_format,
    ));
    relaxations.extend(Relaxation::of_access_token_lifetime(
        environment.access_token_lifetime,
    ));
    CheckedEnvironment {
        environment: environment.name.as_str().to_owned(),
        url: environment.url.clone(),
        dialect: environment.dialect.name.clone(),
        relaxations,
    }
}

/// Secrets in files that other users of this machine can read.
fn warn_about_files(config: &Config, variables: &[(String, String)], findings: &mut Findings) {
    let set = |name: &str| {
        variables
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
    };
    if set("GRANTOR_MASTER_KEY").is_none() {
        let key_file = set("GRANTOR_MASTER_KEY_FILE")
            .map_or(config.server.master_key_file.clone(), |(_, path)| {
                PathBuf::from(path)
            });
        if others_can_read(&key_file) {
            let shown = key_file.display();
            let message =
                format!("others on this machine can read the master key; run: chmod 600 {shown}");
            findings.warning(&Key::top("server").name("master_key_file"), message);
        }
    }
    warn_about_secrets_of_others(config, findings);
    let passwords = [
        ("storage", "database", holds_password(&config.database)),
        ("counters", "counters", config.counters.holds_password()),
    ];
    for (section, whose, held) in passwords {
        let key = Key::top(section).name("url");
        let in_the_file = !findings.origins.variables.contains_key(&key);
        if held && in_the_file && others_can_read(&config.file) {
            let shown = config.file.display();
            let message = format!(
                "others on this machine can read the {whose}'s password here; run: chmod 600 {shown}"
            );
            findings.warning(&key, message);
        }
    }
}

/// Whether what we prove ourselves with to identity providers can be read. It is read at each sign-in, so that only this looks before.
fn client_secrets(config: &Config, findings: &mut Findings) {
    for environment in &config.environments {
        let Some(staff) = &environment.staff_sign_in else {
            continue;
        };
        let key = Key::top("environments")
            .name(environment.name.as_str())
            .name("staff_sign_in");
        let unreadable = staff.client_secret.read().err();
        match (&staff.client_secret, unreadable) {
            (SecretPlace::File(_), Some(why)) => {
                findings.mistake(&key.name("client_secret_file"), why);
            }
            // The one who checks need not have the variables of the one who serves.
            (SecretPlace::Variable(_), Some(why)) => findings.warning(
                &key.name("client_secret_env"),
                format!("{why} here; nobody signs in by the provider where it is not"),
            ),
            (SecretPlace::File(file), None) if others_can_read(file) => {
                let shown = file.display();
                let message = format!(
                    "others on this machine can read the client's secret; run: chmod 600 {shown}"
                );
                findings.warning(&key.name("client_secret_file"), message);
            }
            (_, None) => {}
        }
    }
}

/// What webhooks are signed with, and the mail server's password: in a file of their own, or in the configuration.
fn warn_about_secrets_of_others(config: &Config, findings: &mut Findings) {
    let mut places = Vec::new();
    for (index, webhook) in config.webhooks.iter().enumerate() {
        let key = Key::top("webhooks").index(index);
        places.push((
            key.name("secret"),
            key.name("secret_file"),
            webhook.secret_file.as_deref(),
        ));
    }
    if let Some(mail) = config.mail.as_ref().filter(|mail| mail.login.is_some()) {
        let key = Key::top("mail");
        places.push((
            key.name("password"),
            key.name("password_file"),
            mail.password_file.as_deref(),
        ));
    }
    for (written, in_a_file, file) in places {
        let by_variable = findings.origins.variables.contains_key(&written);
        let (key, file) = match file {
            Some(file) => (in_a_file, file),
            None if by_variable => continue,
            None => (written, config.file.as_path()),
        };
        if others_can_read(file) {
            let shown = file.display();
            let message =
                format!("others on this machine can read this secret; run: chmod 600 {shown}");
            findings.warning(&key, message);
        }
    }
}

fn holds_password(database: &DatabaseUrl) -> bool {
    match database {
        DatabaseUrl::Sqlite(_) => false,
        DatabaseUrl::Postgres(url) => {
            url::Url::parse(url).is_ok_and(|url| url.password().is_some())
        }
    }
}

/// Whether somebody but the owner may read a file.
#[cfg(unix)]
pub fn others_can_read(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0)
}

/// Whether somebody but the owner may read a file: not known here.
#[cfg(not(unix))]
pub fn others_can_read(_file: &Path) -> bool {
    false
}

impl Report {
    /// Whether `serve` would refuse to start.
    pub fn has_mistakes(&self) -> bool {
        !self.mistakes.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.mistakes.len() {
            0 => "no mistakes".to_owned(),
            1 => "1 mistake".to_owned(),
            count => format!("{count} mistakes"),
        };
        writeln!(f, "{}: {verdict}", self.file.display())?;
        for (title, findings) in [
            ("Mistakes", &self.mistakes),
            ("Warnings", &self.warnings),
            ("Not in force yet", &self.not_in_force),
        ] {
            if !findings.is_empty() {
                writeln!(f, "\n{title}")?;
            }
            for finding in findings {
                writeln!(f, "  {finding}")?;
            }
        }
        for environment in &self.environments {
            write!(f, "\n{environment}")?;
        }
        if let Some(counters) = &self.counters {
            write!(f, "\n{counters}")?;
        }
        Ok(())
    }
}

impl fmt::Display for CheckedCounters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.nodes;
        if self.shared {
            writeln!(
                f,
                "Limits are counted over all nodes (counters.url). While those counters are away, each node enforces its share: the limit divided by the nodes seen last, at least {nodes}."
            )
        } else {
            writeln!(
                f,
                "Limits are counted by this node for itself: of several, each would let through the whole limit (counters.url)."
            )
        }
    }
}

impl fmt::Display for CheckedEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            url,
            dialect,
            relaxations,
        } = self;
        if relaxations.is_empty() {
            return writeln!(
                f,
                "{environment} ({url}, dialect {dialect}): no relaxation in force"
            );
        }
        writeln!(
            f,
            "{environment} ({url}, dialect {dialect}): relaxations in force of RFC 9700 and what it rests on"
        )?;
        for relaxation in relaxations {
            writeln!(f, "  {} ({})", relaxation.axis, relaxation.departs_from)?;
            writeln!(f, "    allows: {}", relaxation.allows)?;
            writeln!(f, "    reason: {}", relaxation.reason)?;
        }
        Ok(())
    }
}
