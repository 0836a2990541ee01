//! Secrets: how they look, how they are kept, how they are checked.
//!
//! What we generate holds 256 random bits and is kept as an HMAC under the master key, which costs
//! a microsecond. What a person chose is kept under Argon2id, which costs what it must, and once
//! proven is remembered in memory under a key that dies with the process. What came from another server is checked as
//! that one did, and gets a hash of ours at its first use.

pub mod chosen;
pub mod generated;
pub mod hash;
pub mod imported;
pub mod master_key;
pub mod source;
