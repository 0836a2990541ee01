//! The only mint and the only judge of tokens.
//!
//! [`issue`] makes a token out of an [`Authorization`]; [`verify`] says whether a presented one is
//! live. Everything before the mint decides, everything after it executes.

pub mod authorization;
pub mod authorization_code;
pub mod cache;
pub mod imported;
pub mod issue;
pub mod jwt;
pub mod opaque;
pub mod refresh_token;
pub mod revoke;
#[cfg(test)]
mod tests;
pub mod text;
pub mod verify;

pub use authorization::Authorization;
