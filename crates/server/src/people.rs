//! People: who they are, how they prove it, and what their browsers are remembered by.
//!
//! Two doors use this room: the portal, where a person signs in, and the token endpoint, where a
//! client passes a password on. Both go through [`authenticate`], so that guessing at one counts at
//! the other.

pub mod authenticate;
pub mod breached;
pub mod change_password;
pub mod continuation;
pub mod cookies;
pub mod csrf;
pub mod hand_over;
pub mod newcomers;
pub mod once;
#[cfg(not(feature = "passkeys"))]
#[path = "people/no_passkeys.rs"]
pub mod passkeys;
#[cfg(feature = "passkeys")]
pub mod passkeys;
pub mod password;
pub mod recovery_codes;
pub mod sealed;
pub mod sessions;
pub mod staff;
pub mod standing;
pub mod throttle;
pub mod tickets;
pub mod totp;
pub mod username;
pub mod visit;
