//! The only mint and the only judge of access tokens.
//!
//! [`issue`] makes a token out of an [`Authorization`]; [`verify`] says whether a presented one is
//! live. Everything before the mint decides, everything after it executes.

pub mod authorization;
pub mod cache;
pub mod issue;
pub mod jwt;
pub mod opaque;
pub mod revoke;
#[cfg(test)]
mod tests;
pub mod verify;

pub use authorization::Authorization;
