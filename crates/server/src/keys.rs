//! Signing keys: made at first start, kept encrypted, announced before they sign, published until
//! the last token they signed is dead.

pub mod rekey;
pub mod ring;
pub mod rotation;
pub mod signing_key;
