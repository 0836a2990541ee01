//! A signing key as it lies in its row.

use crate::database::Row;
use crate::{EnvironmentName, SigningKey, StoreError};

/// The columns [`read`] reads, in its order.
macro_rules! columns {
    () => {
        "environment, id, algorithm, public_jwk, wrapped_private_key, master_key_id, created_at, activates_at, retires_at, expires_at, revoked_at"
    };
}
pub(super) use columns;

pub(super) fn read(mut row: Row) -> Result<(EnvironmentName, SigningKey), StoreError> {
    let environment = EnvironmentName::new(&row.text()?);
    let key = SigningKey {
        id: row.text()?,
        algorithm: row.text()?,
        public_jwk: row.text()?,
        wrapped_private_key: row.blob()?,
        master_key_id: row.text()?,
        created_at: row.integer()?,
        activates_at: row.integer()?,
        retires_at: row.optional_integer()?,
        expires_at: row.optional_integer()?,
        revoked_at: row.optional_integer()?,
    };
    Ok((environment, key))
}
