//! The way to the mail server, and how a letter is put into a message.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{Error as SmtpError, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use crate::config::{Mail, Protection};
use crate::pages::WrittenLetter;

/// For each step of the conversation with the mail server.
const PATIENCE: Duration = Duration::from_secs(10);
/// For the whole of it.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Connections at a time.
const CONNECTIONS: u32 = 4;

/// Sends letters.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

/// Why a letter was not sent. No address and nothing of the letter is in it.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server says that there is no such mailbox, or none that takes mail from us.
    #[error("the mail server answered {0}")]
    NoSuchMailbox(String),
    /// The server refused otherwise.
    #[error("the mail server answered {0}")]
    Refused(String),
    /// No conversation took place.
    #[error("the mail server cannot be reached or broke off ({0})")]
    Unreachable(String),
    /// Too slow.
    #[error("the mail server did not answer in time")]
    TooSlow,
    /// The message could not be made.
    #[error("the message could not be made ({0})")]
    Malformed(String),
}

impl Mailer {
    /// From the configuration.
    ///
    /// # Errors
    /// The machine's certificate authorities cannot be read.
    pub fn new(config: &Mail) -> anyhow::Result<Self> {
        let parameters = || {
            TlsParameters::new(config.host.clone())
                .context("mail cannot be sent: the machine's certificate authorities cannot be read; is ca-certificates installed?")
        };
        let tls = match config.protection {
            Protection::Tls => Tls::Wrapper(parameters()?),
            Protection::StartTls => Tls::Required(parameters()?),
            Protection::Plain => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        if let Some((user, password)) = &config.login {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            from: config.from.clone(),
            reply_to: config.reply_to.clone(),
        })
    }

    /// Sends a letter. A second one with the same id is known by its `Message-ID`.
    ///
    /// # Errors
    /// See [`MailError`].
    pub async fn send(
        &self,
        to: &Address,
        id: &str,
        letter: &WrittenLetter,
    ) -> Result<(), MailError> {
        let message = self.message(to, id, letter)?;
        let sent = tokio::time::timeout(ANSWER_WITHIN, self.transport.send(message)).await;
        match sent {
            Err(_) => Err(MailError::TooSlow),
            Ok(Err(error)) => Err(refusal(&error)),
            Ok(Ok(_)) => Ok(()),
        }
    }

    fn message(
        &self,
        to: &Address,
        id: &str,
        letter: &WrittenLetter,
    ) -> Result<Message, MailError> {
        let domain = self.from.email.domain();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(&letter.subject)
            .message_id(Some(format!("<{id}@{domain}>")));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let bodies = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
        let mut message = builder
            .multipart(bodies)
            .map_err(|error| MailError::Malformed(error.to_string()))?;
        // RFC 3834 §5: nobody's holiday answers this.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        message
            .headers_mut()
            .insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        Ok(message)
    }
}

/// What the server says may repeat the address; its code says enough.
fn refusal(error: &SmtpError) -> MailError {
    match error.status().map(|code| code.to_string()) {
        Some(code) if matches!(code.as_str(), "550" | "551" | "553") => {
            MailError::NoSuchMailbox(code)
        }
        Some(code) => MailError::Refused(code),
        None if error.is_timeout() => MailError::TooSlow,
        None => MailError::Unreachable(error.to_string()),
    }
}
