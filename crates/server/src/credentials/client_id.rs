//! How new client ids look: public names, but drawn at random, so that nobody learns from one how many there are.

use oauth::dialect::ClientIdLook;

use crate::random::{self, NoRandomness};
use crate::tokens::opaque::hex;

/// A new client id.
pub fn new(look: ClientIdLook) -> Result<String, NoRandomness> {
    match look {
        ClientIdLook::Uuid => {
            let uuid = uuid::Builder::from_random_bytes(random::bytes::<16>()?).into_uuid();
            Ok(uuid.hyphenated().to_string())
        }
        ClientIdLook::Prefixed => Ok(format!("gc_{}", hex(&random::bytes::<12>()?))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn client_ids_have_the_look_that_was_asked_for() {
        let uuid = new(ClientIdLook::Uuid).unwrap();
        assert_eq!(uuid::Uuid::parse_str(&uuid).unwrap().get_version_num(), 4);
        let prefixed = new(ClientIdLook::Prefixed).unwrap();
        assert_eq!((prefixed.len(), prefixed.get(..3)), (27, Some("gc_")));
        assert_ne!(prefixed, new(ClientIdLook::Prefixed).unwrap());
    }
}
