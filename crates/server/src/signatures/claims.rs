//! What a token claims (RFC 7519 §4), and the judgement that every kind of it shares: from whom, for whom, and when.

use serde::Deserialize;
use serde_json::{Map, Value};
use store::Millis;

/// How far the clocks of two machines may be apart.
pub const LEEWAY: Millis = 60 * 1000;

/// A token's claims. Signed, and not judged yet.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

/// Why a token that is rightly signed is not for us, or not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsRefusal {
    /// Another signer, or none.
    #[error("the issuer is another one")]
    IssuerWrong,
    /// For someone else, or for nobody.
    #[error("the audience is another one")]
    AudienceWrong,
    /// Its end is over, or it has none.
    #[error("it has expired, or never does")]
    Expired,
    /// From the future, or without a beginning.
    #[error("it is not valid yet, or says not since when")]
    NotYetValid,
}

impl ClaimsRefusal {
    /// The name in the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::IssuerWrong => "IssuerWrong",
            Self::AudienceWrong => "AudienceWrong",
            Self::Expired => "TokenExpired",
            Self::NotYetValid => "TokenNotYetValid",
        }
    }
}

impl Claims {
    /// A claim that is a text with something in it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A claim that is a list of texts, or one text.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        match self.0.get(name) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// A moment: seconds since 1970, perhaps with a fraction (RFC 7519 §2, NumericDate).
    pub fn moment(&self, name: &str) -> Option<Millis> {
        let seconds = self.0.get(name)?.as_f64()?;
        // Nobody means a year after 9999, and no sum of two such moments overflows.
        (0.0..253_402_300_800.0)
            .contains(&seconds)
            .then_some((seconds * 1000.0) as Millis)
    }

    /// Whether it says anything of that name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes what others say and this one does not.
    pub fn complete(&mut self, others: Self) {
        for (name, value) in others.0 {
            self.0.entry(name).or_insert(value);
        }
    }

    /// From whom, for whom, and when: `iss`, `aud`, `exp`, `iat` and `nbf`, with a minute between the clocks.
    ///
    /// # Errors
    /// See [`ClaimsRefusal`].
    pub fn judge(&self, issuer: &str, audience: &str, now: Millis) -> Result<(), ClaimsRefusal> {
        if self.text("iss") != Some(issuer) {
            return Err(ClaimsRefusal::IssuerWrong);
        }
        if !self.texts("aud").contains(&audience) {
            return Err(ClaimsRefusal::AudienceWrong);
        }
        if self.moment("exp").is_none_or(|end| end + LEEWAY <= now) {
            return Err(ClaimsRefusal::Expired);
        }
        if self.moment("iat").is_none_or(|begin| begin - LEEWAY > now) {
            return Err(ClaimsRefusal::NotYetValid);
        }
        let early = |begin: Millis| begin - LEEWAY > now;
        if self.has("nbf") && self.moment("nbf").is_none_or(early) {
            return Err(ClaimsRefusal::NotYetValid);
        }
        Ok(())
    }
}
