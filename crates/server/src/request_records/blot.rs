//! Blots out secrets: what a request is known to have carried as one, and what looks like one of ours.
//!
//! Who writes a record decides by name what may be shown at all; this is the second line behind it. Whatever was blotted
//! out by name is looked for everywhere else in the same record, in the spellings that programs give a text on its way.

pub mod form;
pub mod headers;
pub mod json;
pub mod names;
pub mod plain;
pub mod xml;

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::tokens::opaque::hex;

/// Shorter texts are looked for nowhere: they stand in everything.
const SHORTEST: usize = 5;
/// Texts that are looked for in one record.
const MOST: usize = 64;
/// What begins like this is ours: tokens, codes, secrets, keys.
const OURS: [&str; 7] = ["gra_", "grc_", "grr_", "grs_", "gro_", "grm_", "grl_"];

/// What stands in the place of a text.
pub fn blotted(text: &str) -> String {
    format!("[blotted out, {} characters]", text.chars().count())
}

/// What is known about the secrets of one record.
#[derive(Default)]
pub struct Blotter {
    /// Every spelling, the longest first when they are looked for.
    known: BTreeSet<(std::cmp::Reverse<usize>, String)>,
    /// Shown although it looks like a token: the record's own name.
    own: String,
}

impl Blotter {
    /// For the record of that name.
    pub fn new(own: String) -> Self {
        Self {
            known: BTreeSet::new(),
            own,
        }
    }

    /// This text was blotted out somewhere: it is a secret everywhere.
    pub fn know(&mut self, secret: &str) {
        let decoded = percent_decode_str(secret).decode_utf8_lossy().into_owned();
        for text in [secret, &decoded] {
            let text = text.trim();
            if text.len() < SHORTEST || self.known.len() >= MOST * 9 {
                continue;
            }
            let bytes = text.as_bytes();
            let spellings = [
                text.to_owned(),
                utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
                form_urlencoded::byte_serialize(bytes).collect(),
                STANDARD.encode(bytes),
                STANDARD_NO_PAD.encode(bytes),
                URL_SAFE.encode(bytes),
                URL_SAFE_NO_PAD.encode(bytes),
                hex(bytes),
                hex(bytes).to_uppercase(),
            ];
            self.known
                .extend(spellings.map(|text| (std::cmp::Reverse(text.len()), text)));
        }
    }

    /// The text without secrets.
    pub fn scrub(&self, text: &str) -> String {
        if text == self.own {
            return text.to_owned();
        }
        let mut scrubbed = text.to_owned();
        for (_, known) in &self.known {
            if scrubbed.contains(known.as_str()) {
                scrubbed = scrubbed.replace(known.as_str(), &blotted(known));
            }
        }
        without_look_alikes(&scrubbed)
    }

    /// Whether nothing of it is a secret.
    pub fn is_clean(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        self.scrub(text) == text
            && !self
                .known
                .iter()
                .any(|(_, known)| known.len() >= SHORTEST && lower.contains(&known.to_lowercase()))
    }
}

/// Blots out every word that looks like a token or a secret of ours, live or not.
fn without_look_alikes(text: &str) -> String {
    let mut scrubbed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(in_a_word) {
        let (before, from) = rest.split_at(begin);
        scrubbed.push_str(before);
        let end = from.find(|c| !in_a_word(c)).unwrap_or(from.len());
        let (mut word, mut after) = from.split_at(end);
        // The three parts of a JWT are one.
        if word.starts_with("eyJ") && word.len() > 10 {
            let end = from
                .find(|c| !(in_a_word(c) || c == '.'))
                .unwrap_or(from.len());
            (word, after) = from.split_at(end);
            scrubbed.push_str(&blotted(word));
        } else if looks_like_ours(word) {
            scrubbed.push_str(&blotted(word));
        } else {
            scrubbed.push_str(word);
        }
        rest = after;
    }
    scrubbed.push_str(rest);
    scrubbed
}

fn in_a_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn looks_like_ours(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let begins = |prefix: &&str| lower.find(*prefix).is_some_and(|at| word.len() - at >= 12);
    let is_hex = || word.bytes().all(|byte| byte.is_ascii_hexdigit());
    OURS.iter().any(begins) || (matches!(word.len(), 32 | 64) && is_hex()) || word.len() >= 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s299_a_secret_is_found_in_every_spelling() {
        let mut blotter = Blotter::default();
        blotter.know("pa/ss w+ord");
        for spelled in [
            "pa/ss w+ord",
            "pa%2Fss%20w%2Bord",
            "pa%2Fss+w%2Bord",
            "cGEvc3MgdytvcmQ=",
            "cGEvc3MgdytvcmQ",
            "70612f737320772b6f7264",
        ] {
            let text = format!("before {spelled} after");
            let scrubbed = blotter.scrub(&text);
            assert!(!scrubbed.contains(spelled), "{scrubbed}");
            assert!(scrubbed.starts_with("before [blotted out, ") && scrubbed.ends_with("] after"));
        }
        assert_eq!(blotter.scrub("password"), "password");
    }

    #[test]
    fn s299_what_looks_like_ours_is_blotted_out_wherever_it_came_from() {
        let hexes = ["a".repeat(32), "0".repeat(64), "Zz-_".repeat(32)];
        let jwt = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl";
        let ours = "grs_0123456789abcdefghijklmnopqrstuvwxyz";
        for text in [
            &hexes[0],
            &hexes[1],
            &hexes[2],
            jwt,
            ours,
            &format!("x{ours}"),
        ] {
            let scrubbed = Blotter::default().scrub(&format!("<{text}>"));
            assert_eq!(scrubbed, format!("<{}>", blotted(text)));
        }
        for kept in [
            "01927c1e-7a3b-7c00-8000-000000000001",
            "shifts.read",
            "grs_",
            "congratulations",
            "",
        ] {
            assert_eq!(Blotter::default().scrub(kept), kept);
        }
        let own = Blotter::new("b".repeat(32));
        assert_eq!(own.scrub(&"b".repeat(32)), "b".repeat(32));
    }
}
