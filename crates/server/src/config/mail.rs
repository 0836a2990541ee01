//! `[mail]`: by which server mail goes, and from whom.

use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Url;

use super::base_url;
use super::findings::Findings;
use super::key::Key;
use super::raw::RawMail;

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub protection: Protection,
    /// Who signs in there, and with what.
    pub login: Option<(String, SecretString)>,
    /// Where the password was read from, when that was a file.
    pub password_file: Option<PathBuf>,
    /// Who the mail is from.
    pub from: Mailbox,
    /// Where answers go, if not there.
    pub reply_to: Option<Mailbox>,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte.
    Tls,
    /// TLS by STARTTLS, or nothing is sent.
    StartTls,
    /// None: the server is on this machine.
    Plain,
}

/// Resolves `[mail]`. None where there is none, or a mistake was found.
pub fn resolve(raw: &RawMail, folder: &Path, findings: &mut Findings) -> Option<Mail> {
    let section = Key::top("mail");
    let Some(text) = &raw.url else {
        let others = [&raw.password_file, &raw.password, &raw.from, &raw.reply_to];
        if others.iter().any(|key| key.is_some()) {
            findings.mistake(
                &section.name("url"),
                "name the mail server, such as \"smtps://grantor@mail.acme.example:465\"; without it no mail is sent",
            );
        }
        return None;
    };
    let url = server(text).map_err(|mistake| findings.mistake(&section.name("url"), mistake));
    let from = mailbox(&section.name("from"), raw.from.as_deref(), findings);
    if raw.from.is_none() {
        findings.mistake(
            &section.name("from"),
            "say who the mail is from, such as \"Acme API <api@acme.example>\"",
        );
    }
    let reply_to = mailbox(&section.name("reply_to"), raw.reply_to.as_deref(), findings);
    let password_file = raw.password_file.as_deref().map(|file| folder.join(file));
    let password = password(&section, raw, password_file.as_deref(), findings);
    let url = url.ok()?;
    let (url, port) = url;
    let user = percent_encoding::percent_decode_str(url.username()).decode_utf8_lossy();
    let login = match (user.as_ref(), password) {
        ("", None) => None,
        ("", Some(_)) => {
            findings.mistake(
                &section.name("url"),
                "there is a password, but no user: write \"smtps://USER@HOST\"",
            );
            None
        }
        (user, Some(password)) => Some((user.to_owned(), password)),
        (_, None) => {
            findings.mistake(
                &section.name("password_file"),
                "the user in the url needs a password",
            );
            None
        }
    };
    let protection = match text.split_once("://") {
        Some(("smtps", _)) => Protection::Tls,
        _ if base_url::is_loopback(&url) => Protection::Plain,
        _ => Protection::StartTls,
    };
    Some(Mail {
        host: url
            .host_str()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .to_owned(),
        port: port.unwrap_or(match protection {
            Protection::Tls => 465,
            Protection::StartTls => 587,
            Protection::Plain => 25,
        }),
        protection,
        login,
        password_file,
        from: from?,
        reply_to,
    })
}

/// The server's address, and its port if one is named. No message repeats the URL, which may hold a password.
fn server(text: &str) -> Result<(Url, Option<u16>), String> {
    // Of a scheme that it does not know `url` takes any host as it stands; with http it is judged as every other.
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    if !matches!(scheme, "smtp" | "smtps") {
        return Err(
            "the mail server is \"smtps://USER@HOST:465\" or \"smtp://USER@HOST:587\"".into(),
        );
    }
    let judged = Url::parse(&format!("http://{rest}"))
        .map_err(|error| format!("this is not the address of a mail server ({error})"))?;
    if judged.password().is_some() {
        return Err(
            "the password does not belong into the url; write it into a password_file".into(),
        );
    }
    if !matches!(judged.path(), "" | "/") || judged.query().is_some() || judged.fragment().is_some()
    {
        return Err("the address ends after host and port".into());
    }
    // The port of http is no port that was left out.
    let named = Url::parse(text).ok().and_then(|url| url.port());
    Ok((judged, named))
}

fn mailbox(key: &Key, text: Option<&str>, findings: &mut Findings) -> Option<Mailbox> {
    let read = text?.parse::<Mailbox>();
    if read.is_err() {
        findings.mistake(
            key,
            "this is no address; write it as \"Acme API <api@acme.example>\"",
        );
    }
    read.ok()
}

fn password(
    section: &Key,
    raw: &RawMail,
    file: Option<&Path>,
    findings: &mut Findings,
) -> Option<SecretString> {
    match (&raw.password, file) {
        (Some(_), Some(_)) => {
            findings.mistake(
                &section.name("password"),
                "there is a password_file too; take one of them out",
            );
            Some(SecretString::default())
        }
        (Some(password), None) => Some(password.clone().into()),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).into()),
            Err(error) => {
                findings.mistake(
                    &section.name("password_file"),
                    format!("the file cannot be read ({error})"),
                );
                Some(SecretString::default())
            }
        },
        (None, None) => None,
    }
}
