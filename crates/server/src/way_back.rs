//! The way back: a company that moved in may return to its old server, with the credentials that were made here since.
//!
//! What we keep of a secret no old server can verify. So while an environment's `way_back` names one, each new secret is kept in
//! that server's form as well ([`form`]), sealed under the master key. [`journey`] decides what goes back and names what
//! cannot; a writer for each server (a file each) writes what its people can load; [`run`] is the whole.

mod doorkeeper;
pub mod form;
mod hydra;
pub mod journey;
mod keycloak;
pub mod run;
mod sql;

use crate::config::OldServer;
use journey::Journey;

/// What a server's people load.
fn written(server: OldServer, journey: &mut Journey<'_>, now: &str) -> String {
    match server {
        OldServer::Doorkeeper => doorkeeper::write(journey, now),
        OldServer::Hydra => hydra::write(journey, now),
        OldServer::Keycloak => keycloak::write(journey),
    }
}
