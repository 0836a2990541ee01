//! `[[versions]]`: what credentials can be made for.

/// A version of the platform's API and its scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// `v2`
    pub name: String,
    /// Display name and scope value of each: `("Forecast Prediction", "forecast-prediction")`.
    pub scopes: Vec<(String, String)>,
    /// Whether a scope is split into Read, Add, Write, Delete (`shifts.read`) or stands bare (`api1`).
    pub permissions: bool,
}
