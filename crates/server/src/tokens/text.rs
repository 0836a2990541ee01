//! What Grantor's own artefacts look like: a prefix that says the kind, base64url, a checksum.
//!
//! | prefix | kind |
//! |---|---|
//! | `gra_` | access token |
//! | `grc_` | authorization code |
//! | `grr_` | refresh token |
//!
//! One kind offered as another is not even looked up; a mistyped one neither.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secrets::generated;

/// Characters of checksum at the end.
const CHECKSUM: usize = 6;

/// Prefix, the bytes, checksum.
pub fn write(prefix: &str, bytes: &[u8]) -> String {
    let mut text = String::with_capacity(prefix.len() + bytes.len() * 4 / 3 + 2 + CHECKSUM);
    text.push_str(prefix);
    URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
    let checksum = generated::checksum(&text);
    text.push_str(&checksum);
    text
}

/// The bytes of a text that [`write`] made with this prefix; None for every other text.
pub fn read<const N: usize>(prefix: &str, text: &str) -> Option<[u8; N]> {
    let body = text.get(..text.len().checked_sub(CHECKSUM)?)?;
    let encoded = body.strip_prefix(prefix)?;
    // The length first: nothing long is decoded or summed.
    if encoded.len() != (N * 4).div_ceil(3) || text.get(body.len()..)? != generated::checksum(body)
    {
        return None;
    }
    URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s107_s119_only_what_was_written_is_read_and_only_as_what_it_is() {
        let bytes: [u8; 48] = std::array::from_fn(|at| at as u8);
        let text = write("grc_", &bytes);
        assert_eq!(read("grc_", &text), Some(bytes));
        assert_eq!(read::<48>("gra_", &text), None);
        assert_eq!(read::<52>("grc_", &text), None);
        for broken in [
            "",
            "grc_",
            "é",
            &text[..text.len() - 1],
            &format!("{text}A"),
            &format!("{text}\0"),
            &text.replacen('A', "B", 1),
            &text.to_lowercase(),
        ] {
            assert_eq!(read::<48>("grc_", broken), None, "{broken}");
        }
    }
}
