//! All that can be edited: the name and the description. Everything else is what clients were told.

use super::{CredentialRefusal, Field};
use crate::text::{self, LONGEST_DESCRIPTION, LONGEST_NAME};

/// Whether a name will do.
///
/// # Errors
/// Empty, too long, or with control characters.
pub fn name(text: &str) -> Result<(), CredentialRefusal> {
    text::required("name", text, LONGEST_NAME)
        .map_err(|unfit| CredentialRefusal::unfit(Field::Name, unfit))
}

/// Whether a description will do.
///
/// # Errors
/// As for [`name`].
pub fn description(text: &str) -> Result<(), CredentialRefusal> {
    text::required("description", text, LONGEST_DESCRIPTION)
        .map_err(|unfit| CredentialRefusal::unfit(Field::Description, unfit))
}
