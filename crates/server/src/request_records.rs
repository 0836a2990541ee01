//! The last requests of each credential with their answers, for a talk with support, secrets blotted out.
//!
//! A door hands over what it has anyway ([`Taken`]): nothing is copied or rendered while somebody waits. What was taken
//! waits in rings that are bounded in number and bytes ([`waiting`]); a few times a minute, and when somebody looks, it is
//! blotted out ([`blot`]) and written. Nothing reaches the database that was not blotted out, and what names no credential
//! of ours is written nowhere.
//!
//! Three kinds push out only their own: what was answered, what was refused, and what somebody sent in a credential's name
//! without proving to be it. So neither a busy client nor a stranger takes the refusal away that support asks for.

mod blot;
mod file;
mod media;
mod passing;
mod render;
mod taken;
mod waiting;
mod whose;
mod write;
mod xml;

pub use file::{milliseconds, target, text};
pub use media::Kind;
pub use passing::Passing;
pub use render::{Exchange, Message};
pub use taken::{Body, Door, Half, Taken, Whose};
pub use waiting::Waiting;
pub use write::write;
pub use xml::xml;

use store::RecordKind;

/// Records that are kept of a credential.
pub fn keep(kind: RecordKind) -> u32 {
    match kind {
        RecordKind::Answered | RecordKind::Refused => 100,
        RecordKind::Unproven => 20,
    }
}
