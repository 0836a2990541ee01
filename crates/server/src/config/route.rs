//! `[[routes]]`: what the gateway lets through, and to where.

use oauth::permission::Permission;
use store::EnvironmentName;
use url::Url;

/// One route of the gateway.
#[derive(Clone, Debug)]
pub struct Route {
    /// A whole-segment prefix in canonical form, without a trailing slash (but `/` itself).
    pub path: String,
    /// Only tokens of credentials made for this version.
    pub version: Option<String>,
    /// The scope value a token needs; None: any live token.
    pub scope: Option<String>,
    /// Whether the scope is split by permission in that version.
    pub permissions: bool,
    /// No token needed.
    pub public: bool,
    /// Where it goes; scheme and authority only count, the path reaches it unchanged.
    pub upstream: Url,
    /// Only in this environment, and there it wins over a route without one.
    pub environment: Option<EnvironmentName>,
    /// What a method means here, where it differs from GET and HEAD = read, POST = add, PUT and PATCH = write, DELETE = delete.
    pub methods: Vec<(String, Permission)>,
    /// jiff/strftime-like patterns as the platform writes them (`dd-MM-yyyy HH:mm:ss`); read, not applied yet.
    pub date_time_formats: Vec<String>,
}
