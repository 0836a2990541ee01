//! Which kind of body a `Content-Type` announces (RFC 9110 §8.3).
//!
//! A charset other than UTF-8 is refused: a body is never decoded with a charset that the sender
//! picks, since that is how one text passes a check and another is acted on.

use crate::request::RequestRefusal;

/// The kinds of body that a dialect may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/json`
    Json,
}

/// The media type of the one `Content-Type`, or none where the header is absent.
pub(crate) fn announced(fields: &[&[u8]]) -> Result<Option<MediaType>, RequestRefusal> {
    match fields {
        [] => Ok(None),
        [field] => std::str::from_utf8(field)
            .ok()
            .and_then(read)
            .map(Some)
            .ok_or(RequestRefusal::UnsupportedMediaType),
        _ => Err(RequestRefusal::UnsupportedMediaType),
    }
}

fn read(field: &str) -> Option<MediaType> {
    let mut pieces = field.split(';');
    let kind = pieces.next()?.trim();
    let media_type = if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        MediaType::Form
    } else if kind.eq_ignore_ascii_case("application/json") {
        MediaType::Json
    } else {
        return None;
    };
    let charset_is_utf8 = pieces
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .all(|(_, value)| {
            let value = value.trim();
            let bare = value
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
                .unwrap_or(value);
            bare.eq_ignore_ascii_case("utf-8")
        });
    charset_is_utf8.then_some(media_type)
}
