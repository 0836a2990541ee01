//! `[[versions]]` and `[[routes]]`, as written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Texts;
use crate::config::duration::Seconds;

/// `[[versions]]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawVersion {
    /// What `--version` calls it.
    #[cfg_attr(test, schemars(extend("x-example" = "v2", "x-required" = true)))]
    pub name: Option<String>,
    /// Its scopes, as people read them. In requests and tokens they stand in lower case with hyphens for blanks:
    /// "Forecast Prediction" is forecast-prediction.
    #[cfg_attr(test, schemars(extend("x-example" = ["Shifts", "Forecast Prediction"])))]
    pub scopes: Option<Texts>,
    /// Whether each scope is split into read, add, write and delete (`shifts.read`) or stands bare (`shifts`).
    #[cfg_attr(test, schemars(extend("x-default" = false)))]
    pub permissions: Option<bool>,
}

/// `[[routes]]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawRoute {
    /// A prefix of whole segments: "/v2/shifts" covers "/v2/shifts/7", not "/v2/shiftsmen". It reaches the upstream unchanged.
    #[cfg_attr(test, schemars(extend("x-example" = "/v2/shifts", "x-required" = true)))]
    pub path: Option<String>,
    /// Only for tokens of credentials made for this version.
    #[cfg_attr(test, schemars(extend("x-example" = "v2")))]
    pub version: Option<String>,
    /// The scope a token must have. Without it, any live token will do.
    #[cfg_attr(test, schemars(extend("x-example" = "shifts")))]
    pub scope: Option<String>,
    /// No token is needed at all.
    #[cfg_attr(test, schemars(extend("x-default" = false)))]
    pub public: Option<bool>,
    /// Where requests go: scheme, host and port of the API. The certificate of one with https is always verified.
    #[cfg_attr(test, schemars(extend("x-example" = "http://127.0.0.1:9000", "x-required" = true)))]
    pub upstream: Option<String>,
    /// Only in this environment, where it wins over a route of the same path without one.
    #[cfg_attr(test, schemars(extend("x-example" = "production")))]
    pub environment: Option<String>,
    /// What a method means here where it differs from read = GET and HEAD, add = POST, write = PUT and PATCH, delete = DELETE.
    #[cfg_attr(test, schemars(extend("x-example" = serde_json::json!({ "POST": "read" }))))]
    pub methods: Option<BTreeMap<String, String>>,
    /// How the API writes dates with times in JSON, in the letters of Java and .NET. Whoever sends `request_iso8601: true` gets
    /// them, and those in ISO 8601, as yyyy-MM-ddTHH:mm:ssZ. A date without a time of day stays as it is.
    #[cfg_attr(test, schemars(extend("x-example" = ["dd-MM-yyyy HH:mm:ss"])))]
    pub date_time_formats: Option<Texts>,
    /// The time zone of those that are written without an offset.
    #[cfg_attr(test, schemars(extend("x-default" = "UTC")))]
    pub date_time_zone: Option<String>,
    /// The certificate authorities, in PEM, that an upstream with https is believed by. Without it, the machine's own.
    #[cfg_attr(test, schemars(extend("x-example" = "upstream-ca.pem")))]
    pub upstream_ca: Option<String>,
    /// HTTP/2 to an upstream without TLS, which must speak it without being asked. With https the two agree by themselves.
    #[cfg_attr(test, schemars(extend("x-default" = false)))]
    pub upstream_http2: Option<bool>,
    /// How long the upstream may take, after the request, to begin its answer.
    #[cfg_attr(test, schemars(extend("x-default" = "30s")))]
    pub timeout: Option<Seconds>,
    /// How long an answer that has begun, or a WebSocket, may stand still.
    #[cfg_attr(test, schemars(extend("x-default" = "5m")))]
    pub idle_timeout: Option<Seconds>,
}
