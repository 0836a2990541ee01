//! `[telemetry]`, as written.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `[telemetry]`
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawTelemetry {
    /// An OpenTelemetry collector that takes OTLP over HTTP: each request becomes a span, with what its upstream was asked.
    /// Without it, nothing is exported. Plain http for this machine only.
    #[cfg_attr(test, schemars(extend("x-example" = "http://127.0.0.1:4318")))]
    pub otlp: Option<String>,
    /// Headers sent to it, such as a key.
    #[cfg_attr(test, schemars(extend("x-example" = serde_json::json!({ "x-api-key": "..." }))))]
    pub headers: Option<BTreeMap<String, String>>,
    /// What this is called there.
    #[cfg_attr(test, schemars(extend("x-default" = "grantor")))]
    pub service_name: Option<String>,
    /// The share of requests that is exported, from 0 to 1. A request that comes with a trace follows the one who began it.
    #[cfg_attr(test, schemars(extend("x-default" = 1.0)))]
    pub sample: Option<f64>,
}

impl std::fmt::Debug for RawTelemetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Headers may hold a key.
        f.debug_struct("RawTelemetry").finish_non_exhaustive()
    }
}
