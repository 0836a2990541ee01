//! Every reason for which the gateway does not pass a request on, by name.
//!
//! The name goes to the log, the metrics and the tests; what the sender hears is in
//! [`answer`](super::answer).

use std::net::IpAddr;

use oauth::access::bearer::NoToken;
use oauth::access::{Closed, NotCanonical};

use crate::limits::budgets::UsedUp;
use crate::tokens::verify::DeadToken;

/// Why a request was not passed on, or why its answer was not passed back.
#[derive(Debug)]
pub enum GatewayRefusal {
    /// Nobody is to ask about requests here: forward-auth is not configured, or asks at another path.
    NotAskedHere,
    /// Whoever asks about somebody's request is none of the proxies that may.
    ProxyUnlisted(IpAddr),
    /// The headers that describe the request leave open what is asked.
    ForwardedUnusable(Unusable),
    /// The request that is asked about was sent to another host than this environment's.
    HostForeign,
    /// The sender claims to be somebody, in the words that only we say.
    IdentityClaimed,
    /// The path is not in its one form.
    PathNotCanonical(NotCanonical),
    /// No route knows this method; `Allow` says which there are.
    MethodUnknown(String),
    /// No route leads there.
    NoRoute,
    /// The route is protected and nothing that can be granted opens this method there.
    MethodNotGrantable(String),
    /// A header asks the upstream to take the request for another method than the one judged.
    MethodOverridden,
    /// No bearer token was sent.
    TokenMissing,
    /// What was sent is no token.
    TokenMalformed,
    /// More than one `Authorization` header.
    TokenRepeated,
    /// The token is not live here.
    TokenDead(DeadToken),
    /// The credential was made for another version of the API.
    VersionForeign(Box<Lacking>),
    /// The token does not reach this far.
    ScopeMissing(Box<Lacking>),
    /// The account has as many requests running as it may.
    TooManyRequests(AtLimit),
    /// The credential has made as many requests as it may.
    BudgetUsedUp(Box<UsedUp>),
    /// As many connections of other protocols are open as there may be.
    TooManyTunnels,
    /// A transfer coding beside `chunked`.
    TransferCodingUnknown,
    /// The database could not be asked about the token.
    DatabaseUnavailable(String),
    /// No connection to the upstream.
    UpstreamUnreachable(String),
    /// There was no file descriptor for a connection to the upstream.
    NoFileForUpstream,
    /// The upstream broke off, or answered something that is not HTTP.
    UpstreamBroken(String),
    /// No head of an answer in time.
    UpstreamSilent,
    /// The sender stopped in the middle of the request.
    RequestStalled,
    /// The request's body could not be read to its end.
    RequestBroken,
}

/// Why it cannot be told which request a proxy asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// A header that this kind of proxy always sends is not there.
    Missing(&'static str),
    /// There are two of them, or two values in one.
    Repeated(&'static str),
    /// Another kind's header is there as well, or one with another spelling of the same name.
    Contradicting,
    /// What it says is no method, no path, no host.
    Malformed(&'static str),
}

/// Who lacks what.
#[derive(Debug)]
pub struct Lacking {
    /// The scope value that opens the method on the route, if the route has a scope.
    pub needed: Option<String>,
    /// `POST`
    pub method: String,
    /// The route, as configured.
    pub route: String,
    /// The route's version.
    pub route_version: Option<String>,
    /// The UUID of the token's credential.
    pub credential: String,
    /// The version the credential was made for.
    pub credential_version: Option<String>,
    /// What the token is good for.
    pub token_scope: String,
    /// What the credential may ask for.
    pub credential_scope: String,
}

/// Whose limit was reached.
#[derive(Debug)]
pub struct AtLimit {
    /// The account's name.
    pub account: String,
    /// Requests at a time.
    pub limit: u32,
}

impl From<Closed> for GatewayRefusal {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::PathNotCanonical(why) => Self::PathNotCanonical(why),
            Closed::MethodUnknown(allow) => Self::MethodUnknown(allow),
            Closed::NoRoute => Self::NoRoute,
            Closed::MethodNotGrantable(allow) => Self::MethodNotGrantable(allow),
            Closed::MethodOverridden => Self::MethodOverridden,
        }
    }
}

impl From<NoToken> for GatewayRefusal {
    fn from(none: NoToken) -> Self {
        match none {
            NoToken::Missing => Self::TokenMissing,
            NoToken::Malformed => Self::TokenMalformed,
            NoToken::Repeated => Self::TokenRepeated,
        }
    }
}

impl GatewayRefusal {
    /// The name, as logs, metrics and tests have it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotAskedHere => "NotAskedHere",
            Self::ProxyUnlisted(_) => "ProxyUnlisted",
            Self::ForwardedUnusable(_) => "ForwardedUnusable",
            Self::HostForeign => "HostForeign",
            Self::IdentityClaimed => "IdentityClaimed",
            Self::PathNotCanonical(_) => "PathNotCanonical",
            Self::MethodUnknown(_) => "MethodUnknown",
            Self::NoRoute => "NoRoute",
            Self::MethodNotGrantable(_) => "MethodNotGrantable",
            Self::MethodOverridden => "MethodOverridden",
            Self::TokenMissing => "TokenMissing",
            Self::TokenMalformed => "TokenMalformed",
            Self::TokenRepeated => "TokenRepeated",
            Self::TokenDead(DeadToken::Unknown) => "TokenUnknown",
            Self::TokenDead(DeadToken::Jwt(_)) => "JwtRefused",
            Self::TokenDead(DeadToken::Expired) => "TokenExpired",
            Self::TokenDead(DeadToken::Revoked) => "TokenRevoked",
            Self::TokenDead(DeadToken::ClientGone) => "ClientGone",
            Self::TokenDead(DeadToken::FamilyEnded) => "FamilyEnded",
            Self::VersionForeign(_) => "VersionForeign",
            Self::ScopeMissing(_) => "ScopeMissing",
            Self::TooManyRequests(_) => "TooManyRequests",
            Self::BudgetUsedUp(budget) if budget.limit == "requests_per_second" => "SecondUsedUp",
            Self::BudgetUsedUp(_) => "DayUsedUp",
            Self::TooManyTunnels => "TooManyTunnels",
            Self::TransferCodingUnknown => "TransferCodingUnknown",
            Self::DatabaseUnavailable(_) => "StoreUnavailable",
            Self::UpstreamUnreachable(_) => "UpstreamUnreachable",
            Self::NoFileForUpstream => "NoFileForUpstream",
            Self::UpstreamBroken(_) => "UpstreamBroken",
            Self::UpstreamSilent => "UpstreamSilent",
            Self::RequestStalled => "RequestStalled",
            Self::RequestBroken => "RequestBroken",
        }
    }

    /// The UUID of the credential whose live token did not reach this far, or whose budget is used up.
    pub fn credential(&self) -> Option<&str> {
        match self {
            Self::VersionForeign(lacking) | Self::ScopeMissing(lacking) => {
                Some(&lacking.credential)
            }
            Self::BudgetUsedUp(budget) => Some(&budget.credential),
            _ => None,
        }
    }

    /// What the operator should know beyond the name. Never a token.
    pub fn detail(&self) -> String {
        match self {
            Self::ProxyUnlisted(peer) => peer.to_string(),
            Self::ForwardedUnusable(why) => format!("{why:?}"),
            Self::PathNotCanonical(why) => format!("{why:?}"),
            Self::TokenDead(DeadToken::Jwt(why)) => format!("{why:?}"),
            Self::VersionForeign(lacking) | Self::ScopeMissing(lacking) => format!(
                "credential {} lacks {} on {}",
                lacking.credential,
                lacking.needed.as_deref().unwrap_or("the version"),
                lacking.route
            ),
            Self::TooManyRequests(at) => {
                format!("account {:?} has {} running", at.account, at.limit)
            }
            Self::BudgetUsedUp(budget) => {
                format!(
                    "credential {} has {} {}",
                    budget.credential, budget.most, budget.limit
                )
            }
            Self::DatabaseUnavailable(cause)
            | Self::UpstreamUnreachable(cause)
            | Self::UpstreamBroken(cause) => cause.clone(),
            _ => String::new(),
        }
    }
}
