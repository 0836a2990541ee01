//! `[environments.NAME]`: one issuer with its own URL, credentials, keys and lifetimes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use oauth::dialect::{AccessTokenFormat, ClientIdLook, Dialect, Paths, SigningAlgorithm};
use oauth::grant_type::GrantType;
use store::EnvironmentName;
use url::Url;

use super::branding::{self, Branding};
use super::budgets::{self, Budgets, Enforcement};
use super::findings::Findings;
use super::forward_auth::{self, ForwardAuth};
use super::key::Key;
use super::raw::RawEnvironment;
use super::refresh::{self, Refresh};
use super::request_records::{self, RequestRecords};
use super::sign_in_by_others::{self, HandOver, StaffSignIn};
use super::way_back::{self, OldServer};
use super::{base_url, dialect, issuer, paths, tls};
use crate::certificates::Files;

/// Who makes the client secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// We do: 256 random bits.
    Generated,
    /// The person does; judged by length, kept under Argon2id.
    Chosen,
}

/// One environment, resolved.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The table's name.
    pub name: EnvironmentName,
    /// Base of every endpoint, without a trailing slash.
    pub url: String,
    /// The issuer of its tokens: `url`, unless something else was written.
    pub issuer: String,
    /// `url` and `aliases`, parsed: the authorities this environment answers on.
    pub bases: Vec<Url>,
    /// How requests are read and answers written.
    pub dialect: Arc<Dialect>,
    /// The dialect's paths, `paths.*` of the environment laid over them.
    pub paths: Paths,
    /// Seconds.
    pub access_token_lifetime: u64,
    /// Seconds.
    pub refresh_token_lifetime: u64,
    /// Seconds.
    pub authorization_code_lifetime: u64,
    /// Seconds after which a refreshed authorization ends all the same.
    pub refresh_token_absolute_lifetime: u64,
    /// Whether people are asked before a client may act for them.
    pub consent: bool,
    /// Seconds.
    pub session_lifetime: u64,
    /// Seconds without a request.
    pub session_idle_lifetime: u64,
    /// What the pages show of the platform.
    pub branding: Branding,
    /// What new access tokens look like; older looks stay valid.
    pub access_token_format: AccessTokenFormat,
    /// What signs JWTs.
    pub signing_algorithm: SigningAlgorithm,
    /// `aud` of JWTs; the environment's url when the configuration is silent.
    pub audience: String,
    /// How new client ids look.
    pub client_id_look: ClientIdLook,
    /// Who makes client secrets.
    pub secrets: SecretKind,
    /// In whose form new secrets are kept besides, for a return.
    pub way_back: Option<OldServer>,
    /// The grant of a credential made without `--grant-type`.
    pub default_grant: GrantType,
    /// The grants that people choose between in the portal; never the password grant.
    pub offered_grants: Vec<GrantType>,
    /// At most so many grants per credential; None: any number.
    pub grants_per_credential: Option<usize>,
    /// Token requests per minute and address; 0: no limit.
    pub token_requests_per_minute: u32,
    /// Token requests per minute and credential; 0: no limit.
    pub token_requests_per_minute_per_credential: u32,
    /// What happens at these two.
    pub token_requests_mode: Enforcement,
    /// Requests at a time per account through the gateway; 0: no limit.
    pub concurrent_requests: u32,
    /// What one credential may ask for through the gateway.
    pub budgets: Budgets,
    /// What is kept of each credential's latest requests.
    pub request_records: RequestRecords,
    /// Seconds between announcing a signing key and signing with it: at least as long as anyone caches our JWKS.
    pub key_announcement: u64,
    /// When and from where this environment is overwritten.
    pub refresh: Option<Refresh>,
    /// The certificate for its hosts, where it has one of its own.
    pub tls: Option<Files>,
    /// The identity provider of the platform's own staff.
    pub staff_sign_in: Option<StaffSignIn>,
    /// Whose signed hand-overs are believed.
    pub hand_over: Option<HandOver>,
    /// Which proxy asks whether a request may pass; None: nobody can ask.
    pub forward_auth: Option<ForwardAuth>,
}

impl Environment {
    /// Every path that Grantor answers itself under this environment, and everything beneath each: no route may take one.
    pub fn own_paths(&self) -> impl Iterator<Item = &str> {
        // `/oauth` as a whole, since endpoints stand there that no dialect renames.
        let named = paths::named(&self.paths).into_iter().map(|(_, path)| path);
        paths::FIXED.into_iter().chain(["/oauth"]).chain(named)
    }
}

/// Resolves `[environments.*]`. Relative paths start at `folder`; `proxied` says that a trusted proxy ends TLS.
pub fn resolve(
    raw: &BTreeMap<String, RawEnvironment>,
    folder: &Path,
    proxied: bool,
    findings: &mut Findings,
) -> Vec<Arc<Environment>> {
    let section = Key::top("environments");
    if raw.is_empty() {
        findings.mistake(
            &section,
            "no environment is configured; write [environments.production] with a url",
        );
    }
    let mut environments: Vec<Arc<Environment>> = Vec::new();
    let mut all_bases = base_url::Bases::new(proxied);
    for (name, written) in raw {
        let key = section.name(name);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        // The name stands in cookie names, challenges and variables.
        if name.is_empty() || !name.bytes().all(plain) || name.contains("__") {
            findings.mistake(
                &key,
                "an environment's name is made of letters, digits, hyphens and single underscores",
            );
        }
        let bases = all_bases.of(&key, name, written, findings);
        let refresh = written.refresh.as_ref().and_then(|refresh| {
            refresh::resolve(&key.name("refresh"), name, refresh, raw, findings)
        });
        let dialect = written.dialect.as_deref().unwrap_or("rfc6749");
        let Some(dialect) = dialect::resolve(&key.name("dialect"), dialect, folder, findings)
        else {
            continue;
        };
        let beyond = Beyond {
            name: EnvironmentName::new(name),
            bases,
            refresh,
            dialect,
        };
        let environment = resolve_one(&key, written, beyond, folder, findings);
        warn(&key, &environment, findings);
        way_back::warn(&key, &environment, findings);
        environments.push(Arc::new(environment));
    }
    environments
}

/// What is found out about an environment by looking beyond its own table.
struct Beyond {
    name: EnvironmentName,
    bases: Vec<Url>,
    refresh: Option<Refresh>,
    dialect: Arc<Dialect>,
}

/// Where a value is a mistake the dialect's stands in: nobody gets a configuration with mistakes to see.
fn resolve_one(
    key: &Key,
    raw: &RawEnvironment,
    beyond: Beyond,
    folder: &Path,
    findings: &mut Findings,
) -> Environment {
    let Beyond {
        name,
        bases,
        refresh,
        dialect,
    } = beyond;
    if raw.grants_per_credential == Some(0) {
        findings.mistake(
            &key.name("grants_per_credential"),
            "a credential needs a grant; write 1 or more, or leave the key out",
        );
    }
    if raw.audience.as_deref() == Some("") {
        findings.mistake(
            &key.name("audience"),
            "the audience is empty; name the API, or leave the key out",
        );
    }
    let request_records =
        request_records::resolve(&key.name("request_records"), &raw.request_records, findings);
    let url = bases.first().map(base_url::issuer).unwrap_or_default();
    let issuer = issuer::resolve(&key.name("issuer"), raw.issuer.as_ref(), &bases, findings);
    let branding = branding::resolve(
        &key.name("branding"),
        &raw.branding,
        name.as_str(),
        folder,
        findings,
    );
    let staff_sign_in = raw.staff_sign_in.as_ref().and_then(|staff| {
        sign_in_by_others::staff(&key.name("staff_sign_in"), staff, folder, findings)
    });
    let hand_over = raw.hand_over.as_ref().and_then(|written| {
        sign_in_by_others::hand_over(&key.name("hand_over"), written, folder, findings)
    });
    let forward_auth = raw.forward_auth.as_ref().and_then(|written| {
        let limit = raw.concurrent_requests.unwrap_or(0);
        forward_auth::resolve(&key.name("forward_auth"), written, limit, findings)
    });
    let tls = raw
        .tls
        .as_ref()
        .and_then(|written| tls::resolve(&key.name("tls"), written, folder, findings));
    let mut choice = Choice { key, findings };
    let access_token_format = choice.of("access_token_format", &raw.access_token_format, &FORMATS);
    let signing_algorithm = choice.of("signing_algorithm", &raw.signing_algorithm, &ALGORITHMS);
    let secrets = choice.of("secrets", &raw.secrets, &SECRETS);
    let way_back = choice.of("way_back", &raw.way_back, &OldServer::NAMES);
    let token_requests_mode = choice.of(
        "token_requests_mode",
        &raw.token_requests_mode,
        &Enforcement::NAMES,
    );
    let default_grant = choice
        .of("default_grant", &raw.default_grant, &GRANTS)
        .unwrap_or(GrantType::ClientCredentials);
    let offered = offered_grants(&mut choice, raw.offered_grants.as_deref(), default_grant);
    Environment {
        name,
        bases,
        paths: paths::resolve(&key.name("paths"), &raw.paths, &dialect.paths, findings),
        access_token_lifetime: raw
            .access_token_lifetime
            .map_or(dialect.defaults.access_token_lifetime, |lifetime| {
                lifetime.0
            }),
        refresh_token_lifetime: raw
            .refresh_token_lifetime
            .map_or(dialect.defaults.refresh_token_lifetime, |lifetime| {
                lifetime.0
            }),
        authorization_code_lifetime: raw
            .authorization_code_lifetime
            .map_or(dialect.defaults.authorization_code_lifetime, |lifetime| {
                lifetime.0
            }),
        refresh_token_absolute_lifetime: raw
            .refresh_token_absolute_lifetime
            .map_or(365 * 86_400, |lifetime| lifetime.0),
        consent: raw.consent.unwrap_or(dialect.defaults.consent),
        session_lifetime: raw
            .session_lifetime
            .map_or(12 * 3600, |lifetime| lifetime.0),
        session_idle_lifetime: raw
            .session_idle_lifetime
            .map_or(2 * 3600, |lifetime| lifetime.0),
        branding,
        access_token_format: access_token_format.unwrap_or(dialect.defaults.access_token_format),
        signing_algorithm: signing_algorithm.unwrap_or(dialect.defaults.signing_algorithm),
        audience: raw.audience.clone().unwrap_or_else(|| url.clone()),
        client_id_look: dialect.defaults.client_id_look,
        secrets: secrets.unwrap_or(SecretKind::Generated),
        way_back,
        default_grant,
        offered_grants: offered,
        grants_per_credential: raw.grants_per_credential,
        token_requests_per_minute: raw.token_requests_per_minute.unwrap_or(0),
        token_requests_per_minute_per_credential: raw
            .token_requests_per_minute_per_credential
            .unwrap_or(0),
        token_requests_mode: token_requests_mode.unwrap_or(Enforcement::Enforce),
        concurrent_requests: raw.concurrent_requests.unwrap_or(0),
        budgets: budgets::resolve(&key.name("budgets"), &raw.budgets, findings),
        request_records,
        key_announcement: raw
            .key_announcement
            .map_or(60 * 60, |announcement| announcement.0),
        url,
        issuer,
        dialect,
        refresh,
        tls,
        staff_sign_in,
        hand_over,
        forward_auth,
    }
}

const FORMATS: [(&str, AccessTokenFormat); 5] = [
    ("opaque", AccessTokenFormat::Opaque),
    ("opaque-hex64", AccessTokenFormat::OpaqueHex64),
    ("opaque-hex32", AccessTokenFormat::OpaqueHex32),
    ("opaque-base64url", AccessTokenFormat::OpaqueBase64url),
    ("jwt", AccessTokenFormat::Jwt),
];

const ALGORITHMS: [(&str, SigningAlgorithm); 3] = [
    ("EdDSA", SigningAlgorithm::EdDSA),
    ("ES256", SigningAlgorithm::ES256),
    ("RS256", SigningAlgorithm::RS256),
];

const SECRETS: [(&str, SecretKind); 2] = [
    ("generated", SecretKind::Generated),
    ("chosen", SecretKind::Chosen),
];

const GRANTS: [(&str, GrantType); 3] = [
    ("client_credentials", GrantType::ClientCredentials),
    ("authorization_code", GrantType::AuthorizationCode),
    ("password", GrantType::Password),
];

/// What can be offered in the portal: the password grant is for an operator to allow.
const OFFERED: [(&str, GrantType); 2] = [
    ("client_credentials", GrantType::ClientCredentials),
    ("authorization_code", GrantType::AuthorizationCode),
];

/// Those people choose between in the portal; what nobody wrote down is the one that credentials get anyway.
fn offered_grants(
    choice: &mut Choice<'_>,
    names: Option<&[String]>,
    default_grant: GrantType,
) -> Vec<GrantType> {
    let Some(names) = names else {
        let offered = (default_grant != GrantType::Password).then_some(default_grant);
        return offered.into_iter().collect();
    };
    names
        .iter()
        .filter_map(|name| choice.of("offered_grants", &Some(name.clone()), &OFFERED))
        .collect()
}

/// Reads the keys of one table whose values are names.
struct Choice<'f> {
    key: &'f Key,
    findings: &'f mut Findings,
}

impl Choice<'_> {
    fn of<T: Clone>(
        &mut self,
        name: &str,
        text: &Option<String>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        self.findings
            .choose(&self.key.name(name), text.as_deref()?, choices)
    }
}

/// What can be done, but should not be done without thought.
fn warn(key: &Key, environment: &Environment, findings: &mut Findings) {
    if environment.access_token_format == AccessTokenFormat::Jwt
        && environment.access_token_lifetime > 60 * 60
    {
        findings.warning(
            &key.name("access_token_lifetime"),
            "a JWT that a resource server checks by itself cannot be called back; over an hour is long (RFC 9068 §6, RFC 9700 §4.9)",
        );
    }
    if environment.authorization_code_lifetime > 10 * 60 {
        findings.warning(
            &key.name("authorization_code_lifetime"),
            "RFC 6749 §4.1.2 recommends ten minutes at most",
        );
    }
    if environment.refresh_token_lifetime < environment.access_token_lifetime {
        findings.warning(
            &key.name("refresh_token_lifetime"),
            "refresh tokens die before the access tokens that they are to renew",
        );
    }
    if environment.secrets == SecretKind::Chosen && environment.token_requests_per_minute == 0 {
        findings.warning(
            &key.name("secrets"),
            "checking a chosen secret is slow on purpose; set token_requests_per_minute, or anyone can keep the processors busy with wrong ones",
        );
    }
}
