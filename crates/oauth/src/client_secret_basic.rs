//! Client id and secret in HTTP Basic (RFC 6749 §2.3.1, RFC 7617).
//!
//! The client is meant to form-encode both, join them with a colon and encode that as base64. Many
//! leave the first step out, so the text has two readings wherever it holds a `%` or a `+`.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::dialect::quirks::BasicDecoding;
use crate::form;
use crate::parameters::LONGEST_CREDENTIAL;
use crate::presented_credentials::{Candidate, PresentedRefusal};

type Readings<'p> = (Option<Candidate<'p>>, Option<Candidate<'p>>);

/// What follows the scheme, where the scheme is Basic. Schemes know no case (RFC 9110 §11.1).
pub(crate) fn of_basic_scheme(header: &[u8]) -> Option<&[u8]> {
    let end = header
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(header.len());
    let (scheme, rest) = header.split_at(end);
    scheme
        .eq_ignore_ascii_case(b"basic")
        .then(|| rest.trim_ascii_start())
}

/// The readings of Basic credentials, the preferred one first; at least one.
pub(crate) fn read<'p>(
    encoded: &[u8],
    decoding: BasicDecoding,
) -> Result<Readings<'p>, PresentedRefusal> {
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| PresentedRefusal::BrokenBasic)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| PresentedRefusal::BrokenBasic)?;
    // The first colon: an id cannot hold one, a raw secret may.
    let (client_id, client_secret) = text.split_once(':').ok_or(PresentedRefusal::BrokenBasic)?;
    let raw = candidate(client_id.into(), client_secret.into());
    let plain = !text.contains(['%', '+']);
    if plain {
        return Ok((Some(raw?), None));
    }
    let decoded = match (
        form::decode(client_id.as_bytes()),
        form::decode(client_secret.as_bytes()),
    ) {
        (Ok(client_id), Ok(client_secret)) => candidate(client_id, client_secret),
        // Not form-encoded, then: a raw secret with a lone percent sign.
        _ => return Ok((Some(raw?), None)),
    };
    match (decoded, raw) {
        (Ok(decoded), Ok(raw)) if decoding == BasicDecoding::RawThenForm => {
            Ok((Some(raw), Some(decoded)))
        }
        (Ok(decoded), raw) => Ok((Some(decoded), raw.ok())),
        (Err(_), Ok(raw)) => Ok((Some(raw), None)),
        (Err(refusal), Err(_)) => Err(refusal),
    }
}

fn candidate<'p>(
    client_id: Cow<'_, str>,
    client_secret: Cow<'_, str>,
) -> Result<Candidate<'p>, PresentedRefusal> {
    if client_id.is_empty() || client_secret.is_empty() {
        return Err(PresentedRefusal::BrokenBasic);
    }
    // RFC 7617 §2: neither may hold control characters.
    if client_id
        .chars()
        .chain(client_secret.chars())
        .any(char::is_control)
    {
        return Err(PresentedRefusal::BrokenBasic);
    }
    if client_id.len().max(client_secret.len()) > LONGEST_CREDENTIAL {
        return Err(PresentedRefusal::BasicTooLong);
    }
    Ok(Candidate {
        client_id: Cow::Owned(client_id.into_owned()),
        client_secret: Some(Cow::Owned(client_secret.into_owned())),
    })
}
