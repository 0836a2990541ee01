//! `/oauth/…`

mod introspect;
mod methods;
mod revoke;
mod token;
