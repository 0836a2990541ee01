//! What a form does once, however often it is sent: the id of what it will make is drawn when the page is, and sealed
//! for the session that it was made in. Going back, loading anew or pressing twice makes nothing twice.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use store::{Millis, Session};

use crate::context::Context;
use crate::random::{self, NoRandomness};
use crate::tokens::opaque::hex;

/// How long a form can be sent.
const LIFETIME: Millis = 12 * 60 * 60 * 1000;

/// A new id for what the form makes, as the form carries it.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn draw(context: &Context, session: &Session, what: &str) -> Result<String, NoRandomness> {
    let id = random::uuid(context.now)?;
    let masters = context.platform.master_keys.load();
    let sealed = masters
        .current()
        .wrap(&bound_to(context, session, what), id.as_bytes());
    Ok(sealed
        .map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
        .unwrap_or_default())
}

/// The id that was drawn for this session and this purpose.
pub fn open(context: &Context, session: &Session, what: &str, text: &str) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
    let bound = bound_to(context, session, what);
    let masters = context.platform.master_keys.load();
    let id = masters.iter().find_map(|key| key.unwrap(&bound, &sealed))?;
    let id = String::from_utf8(id.to_vec()).ok()?;
    let age = context.now - drawn_at(&id)?;
    (age <= LIFETIME).then_some(id)
}

/// When an id was drawn, which it holds itself (UUIDv7, RFC 9562 §5.7).
pub fn drawn_at(id: &str) -> Option<Millis> {
    let (seconds, nanoseconds) = uuid::Uuid::try_parse(id).ok()?.get_timestamp()?.to_unix();
    Some(Millis::try_from(seconds).ok()? * 1000 + Millis::from(nanoseconds / 1_000_000))
}

fn bound_to(context: &Context, session: &Session, what: &str) -> String {
    format!(
        "once:{}:{what}:{}",
        context.issuer.realm(),
        hex(&session.facts.id_hash)
    )
}
