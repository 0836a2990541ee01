//! `[environments.NAME]`, as written.

use serde::Deserialize;

use super::Texts;
use super::forward_auth::RawForwardAuth;
use super::server::RawTls;
use super::sign_in_by_others::{RawHandOver, RawStaffSignIn};
use crate::config::duration::Seconds;

/// `[environments.NAME]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawEnvironment {
    /// Base of every endpoint, and the issuer of tokens unless `issuer` is another: scheme, host and port, without a path. Plain http is for loopback addresses, or for
    /// life behind a trusted proxy.
    #[cfg_attr(test, schemars(extend("x-example" = "http://127.0.0.1:8080", "x-required" = true)))]
    pub url: Option<String>,
    /// Other base URLs of the same environment. Requests to them are answered in the name of `url`.
    #[cfg_attr(test, schemars(extend("x-default" = [])))]
    pub aliases: Option<Texts>,
    /// The name under which tokens are vouched for (`iss`), where programs know another one than `url`: with a path
    /// (metadata is found below it too), or with a slash at the end. Default: `url`.
    #[cfg_attr(test, schemars(extend("x-example" = "http://127.0.0.1:8080/realms/shop")))]
    pub issuer: Option<String>,
    /// How requests are read and answers are written: rfc6749, spring, doorkeeper, identityserver, dotnetopenauth, hydra,
    /// keycloak, openiddict, spring-authorization-server, auth0, or a file of your own ("dialects/ours.toml", from this
    /// file's folder). `grantor check` lists what a dialect relaxes.
    #[cfg_attr(test, schemars(extend("x-default" = "rfc6749")))]
    pub dialect: Option<String>,
    /// Paths that differ from the dialect's.
    pub paths: RawPaths,
    /// How long an access token lives. Default: as the dialect says; 10 minutes in rfc6749.
    #[cfg_attr(test, schemars(extend("x-default" = "10m")))]
    pub access_token_lifetime: Option<Seconds>,
    /// How long a refresh token lives. Default: as the dialect says; 30 days in rfc6749.
    #[cfg_attr(test, schemars(extend("x-default" = "30d")))]
    pub refresh_token_lifetime: Option<Seconds>,
    /// How long an authorization code lives. Default: as the dialect says; 60 seconds in rfc6749.
    #[cfg_attr(test, schemars(extend("x-default" = "60s")))]
    pub authorization_code_lifetime: Option<Seconds>,
    /// However often a person's authorization is refreshed, it ends after this long and the person is asked again.
    #[cfg_attr(test, schemars(extend("x-default" = "365d")))]
    pub refresh_token_absolute_lifetime: Option<Seconds>,
    /// Whether a person is asked before a client may act for them, once for each client and scope. Default: as the dialect says;
    /// true in rfc6749.
    #[cfg_attr(test, schemars(extend("x-default" = true)))]
    pub consent: Option<bool>,
    /// How long someone stays signed in to the portal at most.
    #[cfg_attr(test, schemars(extend("x-default" = "12h")))]
    pub session_lifetime: Option<Seconds>,
    /// After how long without a request someone is signed out.
    #[cfg_attr(test, schemars(extend("x-default" = "2h")))]
    pub session_idle_lifetime: Option<Seconds>,
    /// What the pages show of the platform.
    pub branding: RawBranding,
    /// Token requests in any 60 seconds from one IP address; the next is answered 429. 0: no limit.
    #[cfg_attr(test, schemars(extend("x-default" = 0)))]
    pub token_requests_per_minute: Option<u32>,
    /// The same with one credential, from wherever. 0: no limit.
    #[cfg_attr(test, schemars(extend("x-default" = 0)))]
    pub token_requests_per_minute_per_credential: Option<u32>,
    /// What happens at these two limits: "enforce" refuses what is beyond, "monitor" lets it pass and only counts and tells.
    #[cfg_attr(test, schemars(extend("x-default" = "enforce")))]
    pub token_requests_mode: Option<String>,
    /// Requests of one account at a time, through the gateway; the next is answered 429. 0: no limit.
    #[cfg_attr(test, schemars(extend("x-default" = 0)))]
    pub concurrent_requests: Option<u32>,
    /// What one credential may ask for through the gateway.
    pub budgets: RawBudgets,
    /// What new access tokens look like: opaque, opaque-hex64, opaque-hex32, opaque-base64url or jwt. Older looks stay valid.
    /// Default: as the dialect says; opaque in rfc6749.
    #[cfg_attr(test, schemars(extend("x-default" = "opaque")))]
    pub access_token_format: Option<String>,
    /// What signs JWTs: EdDSA, ES256 or RS256. Default: as the dialect says; EdDSA in rfc6749.
    #[cfg_attr(test, schemars(extend("x-default" = "EdDSA")))]
    pub signing_algorithm: Option<String>,
    /// Who makes client secrets: "generated" (Grantor, 256 random bits) or "chosen" (the person, kept under Argon2id).
    #[cfg_attr(test, schemars(extend("x-default" = "generated")))]
    pub secrets: Option<String>,
    /// The old server that you may still return to: doorkeeper, hydra or keycloak. Each secret made here is then kept in its form
    /// as well, encrypted under the master key, for `grantor export`. Leave it out when nobody will return: what was kept is thrown away.
    #[cfg_attr(test, schemars(extend("x-example" = "doorkeeper")))]
    pub way_back: Option<String>,
    /// `aud` of JWT access tokens: whom they are for. Default: the environment's `url`.
    #[cfg_attr(test, schemars(extend("x-example" = "https://api.example.com")))]
    pub audience: Option<String>,
    /// The grant of a credential that is made without naming one: client_credentials, authorization_code or password.
    #[cfg_attr(test, schemars(extend("x-default" = "client_credentials")))]
    pub default_grant: Option<String>,
    /// The grants that people choose between when they make a credential in the portal: client_credentials, authorization_code. Default: default_grant alone.
    #[cfg_attr(test, schemars(extend("x-example" = ["client_credentials", "authorization_code"])))]
    pub offered_grants: Option<Vec<String>>,
    /// At most so many grants per credential; refresh_token is not counted. Default: any number.
    #[cfg_attr(test, schemars(extend("x-example" = 1)))]
    pub grants_per_credential: Option<usize>,
    /// How long a new signing key is published before it signs: at least as long as any resource server keeps our key set.
    #[cfg_attr(test, schemars(extend("x-default" = "1h")))]
    pub key_announcement: Option<Seconds>,
    /// What is kept of each credential's latest requests, for a talk with support.
    pub request_records: RawRequestRecords,
    /// Overwrites this environment with another one's data on a schedule. Credentials, tokens and keys never cross.
    pub refresh: Option<RawRefresh>,
    /// The certificate that is shown to whoever asks for a host of `url` or `aliases`. Default: server.tls.
    pub tls: Option<RawTls>,
    /// Your staff sign in through the company's own identity provider (OpenID Connect).
    pub staff_sign_in: Option<RawStaffSignIn>,
    /// People come from your own product, which signs who they are, without a password here.
    pub hand_over: Option<RawHandOver>,
    /// A proxy of yours asks at `/forward-auth` whether a request may pass, and passes it on itself.
    pub forward_auth: Option<RawForwardAuth>,
}

/// `[environments.NAME.paths]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawPaths {
    /// Token endpoint.
    #[cfg_attr(test, schemars(extend("x-default" = "/oauth/token")))]
    pub token: Option<String>,
    /// Authorization endpoint.
    #[cfg_attr(test, schemars(extend("x-default" = "/oauth/authorize")))]
    pub authorization: Option<String>,
    /// Introspection endpoint.
    #[cfg_attr(test, schemars(extend("x-default" = "/oauth/introspect")))]
    pub introspection: Option<String>,
    /// The older shape of introspection. Default: only where the dialect has such a path.
    #[cfg_attr(test, schemars(extend("x-example" = "/oauth/check_token")))]
    pub check_token: Option<String>,
    /// Where the key set is found too, and where metadata says that it is. Default: as the dialect says; in rfc6749 at
    /// /.well-known/jwks.json alone.
    #[cfg_attr(test, schemars(extend("x-example" = "/oauth2/jwks")))]
    pub jwks: Option<String>,
    /// What a token says about itself to whoever holds it. Default: only where the dialect has such a path.
    #[cfg_attr(test, schemars(extend("x-example" = "/oauth/token/info")))]
    pub token_info: Option<String>,
    /// Revocation endpoint.
    #[cfg_attr(test, schemars(extend("x-default" = "/oauth/revoke")))]
    pub revocation: Option<String>,
    /// Where a user who must change the password does so. Default: only where the dialect has such a path.
    #[cfg_attr(test, schemars(extend("x-example" = "/token/ChangePassword")))]
    pub change_password: Option<String>,
    /// The documentation page.
    #[cfg_attr(test, schemars(extend("x-default" = "/docs")))]
    pub docs: Option<String>,
}

/// `[environments.NAME.branding]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawBranding {
    /// The platform's name. Default: the environment's.
    #[cfg_attr(test, schemars(extend("x-example" = "Acme")))]
    pub name: Option<String>,
    /// An SVG, PNG or WebP file of at most 64 KiB, such as "acme.svg". Empty: the name in letters.
    #[cfg_attr(test, schemars(extend("x-default" = "")))]
    pub logo: Option<String>,
    /// The colour of buttons and links; made darker or lighter where text on it could not be read.
    #[cfg_attr(test, schemars(extend("x-default" = "#2458d3")))]
    pub colour: Option<String>,
    /// The language of the pages where a browser asks for none that we have: en or nl.
    #[cfg_attr(test, schemars(extend("x-default" = "en")))]
    pub language: Option<String>,
}

/// `[environments.NAME.request_records]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawRequestRecords {
    /// Days after which a request is forgotten, 365 at most. 0: none is kept.
    #[cfg_attr(test, schemars(extend("x-default" = 14)))]
    pub days: Option<u32>,
    /// Whether the bodies of requests through the gateway and of their answers are kept, as far as they are text and short, with
    /// members blotted out whose names speak of secrets. They are your customers' data: false keeps only the heads.
    #[cfg_attr(test, schemars(extend("x-default" = true)))]
    pub bodies: Option<bool>,
}

/// `[environments.NAME.budgets]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawBudgets {
    /// Requests of one credential in any second; the next is answered 429. 0: no limit. A credential can be given a number of its
    /// own (`grantor credentials budget`).
    #[cfg_attr(test, schemars(extend("x-default" = 0)))]
    pub requests_per_second: Option<u32>,
    /// Requests of one credential on one day, which begins at midnight UTC; the next is answered 429. 0: no limit. At 60, 80 and
    /// 100 % the event `budget.reached` is told.
    #[cfg_attr(test, schemars(extend("x-default" = 0)))]
    pub requests_per_day: Option<u64>,
    /// "enforce" refuses what is beyond, "monitor" lets it pass and only counts and tells.
    #[cfg_attr(test, schemars(extend("x-default" = "enforce")))]
    pub mode: Option<String>,
}

/// `environments.NAME.refresh`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawRefresh {
    /// The environment whose data is taken.
    #[cfg_attr(test, schemars(extend("x-example" = "production", "x-required" = true)))]
    pub from: Option<String>,
    /// When, as five cron fields: minute, hour, day of the month, month, day of the week.
    #[cfg_attr(test, schemars(extend("x-example" = "0 20 1 * *", "x-required" = true)))]
    pub schedule: Option<String>,
    /// The IANA time zone in which `schedule` is read.
    #[cfg_attr(test, schemars(extend("x-default" = "UTC")))]
    pub timezone: Option<String>,
    /// How recent the data is: "now", or "end-of-last-month".
    #[cfg_attr(test, schemars(extend("x-default" = "now")))]
    pub data_until: Option<String>,
    /// Which personal data comes over: "username", "email". What is not named is replaced by made-up values.
    /// With "email", and where mail is configured, whoever is new is invited by mail.
    #[cfg_attr(test, schemars(extend("x-default" = [])))]
    pub personal_data: Option<Vec<String>>,
}
