//! Whether what is refused here is good in another environment. The caller hears what a stranger hears; the log says where it belongs, since
//! that is what an integrator who mixes two environments up asks support.
//!
//! Looked up beside the request, after the refusal is decided, by a few at a time; whoever finds no place is not looked up.
//! So no answer is slower for it, and nobody can make work out of it.

use std::sync::Arc;

use store::{InEnvironment, StoreError};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::context::Context;
use crate::platform::Issuer;
use crate::tokens::{authorization_code, imported, jwt, opaque, refresh_token};

/// Lookups at a time.
static PLACES: Semaphore = Semaphore::const_new(2);
/// The longest text worth a look.
const LONGEST: usize = 8 * 1024;

/// What was presented.
enum Presented {
    ClientId(String),
    /// An access token, a refresh token or a code: its text tells.
    Token(secrecy::SecretString),
    Session([u8; 32]),
}

/// A client that this environment does not know.
pub fn client(context: &Context, client_id: &str) {
    look(context, client_id, |id| Presented::ClientId(id.to_owned()));
}

/// An access token, refresh token or code that this environment does not know.
pub fn token(context: &Context, text: &str) {
    look(context, text, |text| Presented::Token(text.into()));
}

/// A session's cookie that this environment does not know, by its hash.
pub fn session(context: &Context, id_hash: [u8; 32]) {
    look(context, "", |_| Presented::Session(id_hash));
}

fn look(context: &Context, text: &str, presented: impl FnOnce(&str) -> Presented) {
    if context.platform.issuers.len() < 2 || text.len() > LONGEST || text.contains('\0') {
        return;
    }
    let Ok(place) = PLACES.try_acquire() else {
        return;
    };
    let (context, presented) = (context.clone(), presented(text));
    tokio::spawn(async move {
        let _place = place;
        for issuer in &context.platform.issuers {
            if issuer.name() == context.issuer.name() {
                continue;
            }
            match knows(&context, issuer, &presented).await {
                Ok(true) => {
                    tracing::warn!(
                        environment = context.issuer.realm(),
                        of_environment = issuer.realm(),
                        what = presented.name(),
                        request_id = %context.request_id,
                        remote_address = %context.remote_address,
                        "what was refused belongs to another environment"
                    );
                    return;
                }
                Ok(false) => {}
                // The request said already that the database is away, if it is.
                Err(_) => return,
            }
        }
    });
}

impl Presented {
    fn name(&self) -> &'static str {
        match self {
            Self::ClientId(_) => "client",
            Self::Token(_) => "token",
            Self::Session(_) => "session",
        }
    }
}

async fn knows(
    context: &Context,
    issuer: &Arc<Issuer>,
    presented: &Presented,
) -> Result<bool, StoreError> {
    let store = context.platform.store.in_environment(issuer.name());
    match presented {
        Presented::ClientId(id) => Ok(store.find_client(id).await?.is_some()),
        Presented::Session(hash) => Ok(store.find_session(hash, context.now).await?.is_some()),
        Presented::Token(text) => {
            let text = secrecy::ExposeSecret::expose_secret(text);
            if jwt::looks_like_one(text) {
                let environment = &issuer.environment;
                let (iss, audience) = (&environment.issuer, &environment.audience);
                let keys = issuer.keys.load();
                return Ok(jwt::verify(&keys, iss, audience, text, context.now).is_ok());
            }
            Ok(knows_opaque(store, text).await? || knows_imported(context, issuer, text).await?)
        }
    }
}

/// The same of a token that another server gave out.
async fn knows_imported(
    context: &Context,
    issuer: &Issuer,
    text: &str,
) -> Result<bool, StoreError> {
    if !issuer.imported_until.may_live(context.now) {
        return Ok(false);
    }
    let store = context.platform.store.in_environment(issuer.name());
    let found = imported::find_access(store, issuer.name(), text, &opaque::hash(text)).await?;
    Ok(found.is_some())
}

/// The proof of possession is asked for as the judge asks: an id alone says nothing.
async fn knows_opaque(store: InEnvironment<'_>, text: &str) -> Result<bool, StoreError> {
    let hash = opaque::hash(text);
    let kept = if let Some((family, generation)) = refresh_token::read(text) {
        let row = store.find_refresh_token(family, generation).await?;
        row.map(|row| row.secret_hash)
    } else if let Some(id) = authorization_code::id_of(text) {
        let row = store.find_authorization_code(id).await?;
        row.map(|row| row.secret_hash)
    } else if let Some(id) = opaque::id_of(text, &hash) {
        let row = store.find_access_token(id).await?;
        row.map(|row| row.secret_hash)
    } else {
        None
    };
    Ok(kept.is_some_and(|kept| bool::from(kept.ct_eq(&hash))))
}
