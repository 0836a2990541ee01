//! The strict reading of `application/x-www-form-urlencoded`.
//!
//! Common parsers keep a broken `%zz` as it stands and turn invalid UTF-8 into U+FFFD, so that two
//! different client ids compare equal. Here both are refused.

use std::borrow::Cow;

use crate::request::RequestRefusal;

/// The pairs of a form or query, still encoded, in order. Empty pieces (`a=1&&b=2`) are skipped.
pub(crate) fn pairs(encoded: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    encoded
        .split(|&byte| byte == b'&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| match piece.iter().position(|&byte| byte == b'=') {
            Some(at) => (&piece[..at], &piece[at + 1..]),
            None => (piece, &[][..]),
        })
}

/// Decodes one name or value: `+` is a blank, `%xx` a byte, and the whole must be UTF-8.
/// Borrows where nothing was encoded.
pub(crate) fn decode(encoded: &[u8]) -> Result<Cow<'_, str>, RequestRefusal> {
    let Some(first) = encoded.iter().position(|byte| matches!(byte, b'%' | b'+')) else {
        return std::str::from_utf8(encoded)
            .map(Cow::Borrowed)
            .map_err(|_| RequestRefusal::InvalidUtf8);
    };
    let mut decoded = Vec::with_capacity(encoded.len());
    decoded.extend_from_slice(&encoded[..first]);
    let mut rest = encoded[first..].iter();
    while let Some(&byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_pair(rest.next(), rest.next())?,
            other => other,
        });
    }
    String::from_utf8(decoded)
        .map(Cow::Owned)
        .map_err(|_| RequestRefusal::InvalidUtf8)
}

fn hex_pair(high: Option<&u8>, low: Option<&u8>) -> Result<u8, RequestRefusal> {
    let digit = |byte: Option<&u8>| {
        byte.and_then(|&byte| char::from(byte).to_digit(16))
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or(RequestRefusal::BrokenPercentEncoding)
    };
    Ok(digit(high)? << 4 | digit(low)?)
}
