//! `[environments.NAME.branding]`: the platform's own name, picture and colour on the pages.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::findings::Findings;
use super::key::Key;
use super::raw::RawBranding;

/// The largest logo, in bytes: it stands in every page.
const LARGEST_LOGO: usize = 64 * 1024;
/// The colour where none is configured.
const COLOUR: Colour = Colour([0x24, 0x58, 0xd3]);
/// The contrast that WCAG 2.2 asks between text and its ground (AA, §1.4.3).
const ENOUGH: f64 = 4.5;

/// What the pages show of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branding {
    /// The platform's name.
    pub name: String,
    /// The logo as a `data:` address.
    pub logo: Option<String>,
    /// The accent on a light ground, dark enough for text and for white text on it.
    pub light_accent: String,
    /// The accent on a dark ground, light enough for text and for black text on it.
    pub dark_accent: String,
    /// The language of the pages where a browser asks for none that we have.
    pub language: String,
}

/// Resolves the table. `environment` is the name where no other is given.
pub fn resolve(
    key: &Key,
    raw: &RawBranding,
    environment: &str,
    folder: &Path,
    findings: &mut Findings,
) -> Branding {
    let colour = match raw.colour.as_deref().map(Colour::parse) {
        None => COLOUR,
        Some(Some(colour)) => colour,
        Some(None) => {
            findings.mistake(
                &key.name("colour"),
                "a colour is # and six hex digits, such as #2458d3",
            );
            COLOUR
        }
    };
    let language = raw.language.as_deref().unwrap_or("en");
    if !["en", "nl"].contains(&language) {
        findings.mistake(&key.name("language"), "the pages are written in en and nl");
    }
    let file = raw.logo.as_deref().filter(|file| !file.is_empty());
    let logo = file.and_then(|file| {
        logo(&folder.join(file))
            .map_err(|why| findings.mistake(&key.name("logo"), why))
            .ok()
    });
    Branding {
        name: raw.name.clone().unwrap_or_else(|| environment.to_owned()),
        logo,
        light_accent: colour.until_it_can_be_read([255; 3], 0).to_string(),
        dark_accent: colour
            .until_it_can_be_read([0x12, 0x16, 0x1b], 255)
            .to_string(),
        language: language.to_owned(),
    }
}

fn logo(file: &Path) -> Result<String, &'static str> {
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        _ => return Err("a logo is an .svg, .png or .webp file"),
    };
    let bytes = std::fs::read(file).map_err(|_| "there is no such file that can be read")?;
    if bytes.len() > LARGEST_LOGO {
        return Err("a logo has at most 64 KiB");
    }
    Ok(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let all = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = all.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The colour, moved towards black or white until it can be told from the ground.
    fn until_it_can_be_read(self, ground: [u8; 3], towards: u8) -> Self {
        (0..=20)
            .map(|step| {
                let mixed = self.0.map(|channel| {
                    let mixed = f64::from(channel)
                        + (f64::from(towards) - f64::from(channel)) * f64::from(step) / 20.0;
                    mixed.round() as u8
                });
                Self(mixed)
            })
            .find(|colour| colour.contrast(ground) >= ENOUGH)
            .unwrap_or(Self([towards; 3]))
    }

    /// WCAG 2.2, "contrast ratio".
    fn contrast(self, other: [u8; 3]) -> f64 {
        let (one, two) = (luminance(self.0), luminance(other));
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_colour_can_be_read_on_both_grounds() {
        for text in [
            "#000000", "#ffffff", "#ffff00", "#2458d3", "#777777", "#ff0055",
        ] {
            let colour = Colour::parse(text).unwrap();
            let (white, night) = ([255; 3], [0x12, 0x16, 0x1b]);
            assert!(
                colour.until_it_can_be_read(white, 0).contrast(white) >= ENOUGH,
                "{text}"
            );
            assert!(
                colour.until_it_can_be_read(night, 255).contrast(night) >= ENOUGH,
                "{text}"
            );
        }
        assert_eq!(COLOUR.until_it_can_be_read([255; 3], 0), COLOUR);
        for wrong in ["2458d3", "#2458d", "#gggggg", "red", "#2458d3;}"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }
}
