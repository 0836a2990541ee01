//! What a browser carries for us and cannot read: encrypted and authenticated under the master key, bound to the
//! environment, to its purpose and to the browser it was made for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cookies::CookieValue;
use crate::context::Context;
use crate::tokens::opaque::hex;

/// The longest text worth opening.
const LONGEST: usize = 64 * 1024;

/// As a form or an address carries it. None when it cannot be encrypted.
pub fn seal<T: Serialize>(
    context: &Context,
    browser: &CookieValue,
    purpose: &str,
    value: &T,
) -> Option<String> {
    let plain = serde_json::to_vec(value).ok()?;
    let bound = bound_to(context, browser, purpose);
    let masters = context.platform.master_keys.load();
    let sealed = masters.current().wrap(&bound, &plain)?;
    Some(URL_SAFE_NO_PAD.encode(sealed))
}

/// What was sealed for this browser and this purpose. How old it may be is for the caller to say.
pub fn open<T: DeserializeOwned>(
    context: &Context,
    browser: Option<&CookieValue>,
    purpose: &str,
    text: &str,
) -> Option<T> {
    if text.len() > LONGEST {
        return None;
    }
    let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
    let bound = bound_to(context, browser?, purpose);
    let masters = context.platform.master_keys.load();
    let plain = masters.iter().find_map(|key| key.unwrap(&bound, &sealed))?;
    serde_json::from_slice(&plain).ok()
}

fn bound_to(context: &Context, browser: &CookieValue, purpose: &str) -> String {
    format!(
        "{purpose}:{}:{}",
        context.issuer.realm(),
        hex(&browser.hash())
    )
}
