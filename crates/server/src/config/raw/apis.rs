//! `[[apis]]`, as written.

use serde::Deserialize;

/// `[[apis]]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawApi {
    /// What the documentation calls it. In URLs it stands in lower case with hyphens for blanks.
    #[cfg_attr(test, schemars(extend("x-example" = "Shifts", "x-required" = true)))]
    pub name: Option<String>,
    /// Its OpenAPI file, 3.0 or 3.1, in YAML or (`.json`) JSON. It is read at start and must refer to no other file.
    #[cfg_attr(test, schemars(extend("x-example" = "openapi/shifts.yaml", "x-required" = true)))]
    pub description: Option<String>,
    /// Only shown in this environment.
    #[cfg_attr(test, schemars(extend("x-example" = "production")))]
    pub environment: Option<String>,
}
