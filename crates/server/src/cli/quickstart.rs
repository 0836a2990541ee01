//! `grantor quickstart`

use super::ended::Ended;

/// Takes the tour.
pub fn run(_once: bool) -> Result<(), Ended> {
    Err(Ended::usage("The quickstart is not built yet."))
}
