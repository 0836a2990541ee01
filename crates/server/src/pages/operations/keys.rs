//! What stands in the pages of signing keys.

use serde::Serialize;
use store::Millis;

use crate::pages::{Page, Problem, Shell, Told};

/// A stretch of a key's life in its picture.
#[derive(Debug, Default, Serialize)]
pub struct Stretch {
    /// `announced`, `signing` or `retired`.
    pub kind: &'static str,
    /// Where it begins, in thousandths of the picture.
    pub x: i64,
    /// How long it is, in the same.
    pub width: i64,
    /// When it begins.
    pub from: Millis,
    /// When it ends, if that is known.
    pub to: Option<Millis>,
}

/// A signing key.
#[derive(Debug, Default, Serialize)]
pub struct KeyRow {
    /// Its name in the set that is published.
    pub kid: String,
    /// Such as `EdDSA`.
    pub algorithm: String,
    /// `announced`, `signing`, `retired`, `expired` or `revoked`.
    pub state: &'static str,
    /// When it was made.
    pub created_at: Millis,
    /// From when it signs.
    pub activates_at: Millis,
    /// Until when it signs.
    pub retires_at: Option<Millis>,
    /// Until when it is published.
    pub expires_at: Option<Millis>,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
    /// The master key that it is encrypted under.
    pub master_key: String,
    /// Its life.
    pub stretches: Vec<Stretch>,
}

/// The keys of an environment.
#[derive(Debug, Default, Serialize)]
pub struct Keys {
    /// Around it.
    pub shell: Shell,
    /// The newest first.
    pub rows: Vec<KeyRow>,
    /// Where now is in the pictures.
    pub now_at: i64,
    /// Where the set is published.
    pub jwks_url: String,
    /// What was just done.
    pub done: Option<Told>,
}

impl Page for Keys {
    const TEMPLATE: &'static str = "operations/keys";
}

/// A successor is about to be announced.
#[derive(Debug, Default, Serialize)]
pub struct RotateKey {
    /// Around it.
    pub shell: Shell,
    /// Of the new key.
    pub algorithm: &'static str,
    /// Seconds until it signs.
    pub announcement: u64,
    /// From when it signs.
    pub activates_at: Millis,
    /// Until when the keys so far stay published.
    pub old_expire_at: Millis,
    /// A successor is announced already.
    pub announced: bool,
    /// Why it was not done.
    pub problem: Option<Problem>,
}

impl Page for RotateKey {
    const TEMPLATE: &'static str = "operations/rotate_key";
}

/// A key is about to be revoked.
#[derive(Debug, Default, Serialize)]
pub struct RevokeKey {
    /// Around it.
    pub shell: Shell,
    /// Which.
    pub kid: String,
    /// Whether it signs now: another takes its place at once.
    pub signs: bool,
    /// What was typed is not the environment's name.
    pub problem: Option<Problem>,
}

impl Page for RevokeKey {
    const TEMPLATE: &'static str = "operations/revoke_key";
}
