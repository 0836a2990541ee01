//! `/oauth/…`

mod authorize;
mod introspect;
mod methods;
mod revoke;
mod token;
