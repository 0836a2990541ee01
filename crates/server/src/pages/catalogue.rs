//! Every sentence that people read, one file per language (Project Fluent). English is the whole; a sentence that
//! another language lacks is shown in English, and a test says which.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use unic_langid::LanguageIdentifier;

/// As much of a header or parameter about languages is read.
const LONGEST: usize = 256;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Dutch.
    Dutch,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Dutch];

    /// BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
        }
    }

    /// The language of a tag as [`Language::tag`] spells it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The file.
    pub fn text(self) -> &'static str {
        match self {
            Self::English => include_str!("catalogue/en.ftl"),
            Self::Dutch => include_str!("catalogue/nl.ftl"),
        }
    }

    /// A sentence with its arguments in place; the key itself where there is none, which a test rules out.
    pub fn sentence(self, key: &str, arguments: &[(String, String)]) -> String {
        [self, Self::English]
            .into_iter()
            .find_map(|language| language.look_up(key, arguments))
            .unwrap_or_else(|| key.to_owned())
    }

    /// A refusal in words, by its name in the logs; None where there are none.
    pub fn reason(self, name: &str) -> Option<String> {
        // `ParameterMissing("code")`: what stands in brackets is for the log.
        let key = format!("reason-{}", name.split('(').next().unwrap_or_default());
        let words = self.sentence(&key, &[]);
        (words != key).then_some(words)
    }

    fn look_up(self, key: &str, arguments: &[(String, String)]) -> Option<String> {
        let bundle = self.bundle();
        let pattern = bundle.get_message(key)?.value()?;
        let mut named = FluentArgs::new();
        for (name, value) in arguments {
            // Numbers choose between singular and plural.
            match value.parse::<i64>() {
                Ok(number) => named.set(name.as_str(), number),
                Err(_) => named.set(name.as_str(), value.as_str()),
            }
        }
        let mut mistakes = Vec::new();
        let sentence = bundle.format_pattern(pattern, Some(&named), &mut mistakes);
        Some(sentence.into_owned())
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static BUNDLES: OnceLock<[FluentBundle<FluentResource>; 2]> = OnceLock::new();
        let [english, dutch] = BUNDLES.get_or_init(|| Self::ALL.map(Self::read));
        match self {
            Self::English => english,
            Self::Dutch => dutch,
        }
    }

    fn read(self) -> FluentBundle<FluentResource> {
        let mut bundle = FluentBundle::new_concurrent(vec![self.identifier()]);
        // What cannot be read is left out, and a test finds it.
        let resource = FluentResource::try_new(self.text().to_owned())
            .unwrap_or_else(|(readable, _)| readable);
        let _known = bundle.add_resource(resource);
        bundle
    }

    fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().unwrap_or_default()
    }
}

/// The first of the wishes that we have, else `own`.
pub fn negotiate(ui_locales: Option<&str>, accepted: Option<&str>, own: Language) -> Language {
    let spaced = ui_locales.filter(|text| text.len() <= LONGEST);
    let wanted: Vec<String> = match (spaced, accepted.filter(|text| text.len() <= LONGEST)) {
        (Some(locales), _) => locales.split(' ').map(str::to_owned).collect(),
        (None, Some(accepted)) => parse_accepted_languages(accepted)
            .into_iter()
            .map(|language| language.to_string())
            .collect(),
        (None, None) => return own,
    };
    let wanted: Vec<fluent_langneg::LanguageIdentifier> =
        wanted.iter().filter_map(|tag| tag.parse().ok()).collect();
    let available: Vec<fluent_langneg::LanguageIdentifier> = Language::ALL
        .iter()
        .filter_map(|language| language.tag().parse().ok())
        .collect();
    negotiate_languages(&wanted, &available, None, NegotiationStrategy::Lookup)
        .first()
        .and_then(|found| Language::of_tag(&found.to_string()))
        .unwrap_or(own)
}
