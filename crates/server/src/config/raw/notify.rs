//! `[[webhooks]]` and `[mail]`, as written.

use serde::Deserialize;

use super::Texts;
use crate::config::duration::Seconds;

/// `[[webhooks]]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawWebhook {
    /// What commands and logs call it. Keep it: what waits to be sent waits under this name.
    #[cfg_attr(test, schemars(extend("x-example" = "crm", "x-required" = true)))]
    pub name: Option<String>,
    /// Where events are sent by POST: https, or http on this machine. Redirects are not followed.
    #[cfg_attr(test, schemars(extend("x-example" = "https://hooks.acme.example/grantor", "x-required" = true)))]
    pub url: Option<String>,
    /// File with the signing secret: `whsec_` and base64 of 24 to 64 random bytes. During a change two lines, the new secret
    /// first: each delivery is signed with both.
    #[cfg_attr(test, schemars(extend("x-example" = "webhook.secret")))]
    pub secret_file: Option<String>,
    /// The signing secret itself, in place of `secret_file`: better set by the variable than written here.
    #[cfg_attr(test, schemars(extend("x-example" = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))]
    pub secret: Option<String>,
    /// Which events: names, or a beginning with a star, such as "credential.*". docs/webhooks.md lists them.
    #[cfg_attr(test, schemars(extend("x-default" = ["*"])))]
    pub events: Option<Texts>,
    /// Only what happens in these environments. Without it also what belongs to none, such as a suspended account.
    #[cfg_attr(test, schemars(extend("x-example" = ["production"])))]
    pub environments: Option<Texts>,
    /// How long to wait after each failure before the next try; after the last one the delivery is given up.
    #[cfg_attr(test, schemars(extend("x-default" = ["5s", "30s", "2m", "10m", "30m", "1h", "3h", "6h", "12h", "24h", "24h"])))]
    pub retry_after: Option<Vec<Seconds>>,
}

/// `[mail]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawMail {
    /// The SMTP server: "smtps://USER@HOST:465" speaks TLS from the first byte, "smtp://USER@HOST:587" begins with STARTTLS and
    /// refuses to go on without; on this machine ("smtp://127.0.0.1:25") it is plain. Without a url no mail is sent.
    #[cfg_attr(test, schemars(extend("x-example" = "smtps://grantor@mail.acme.example:465")))]
    pub url: Option<String>,
    /// File with the password of the user in `url`.
    #[cfg_attr(test, schemars(extend("x-example" = "mail.password")))]
    pub password_file: Option<String>,
    /// The password itself, in place of `password_file`: better set by the variable than written here.
    #[cfg_attr(test, schemars(extend("x-example" = "a long password")))]
    pub password: Option<String>,
    /// Who the mail is from. Needed with `url`.
    #[cfg_attr(test, schemars(extend("x-example" = "Acme API <api@acme.example>")))]
    pub from: Option<String>,
    /// Where answers go, if not to `from`.
    #[cfg_attr(test, schemars(extend("x-example" = "support@acme.example")))]
    pub reply_to: Option<String>,
}
