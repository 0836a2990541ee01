//! Media types (RFC 9110 §8.3.1), and which of them somebody accepts (§12.5.1).

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// `application/json`, or a range as descriptions and `Accept` have them: `application/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    kind: String,
    sub: String,
}

impl MediaType {
    /// Reads one; what follows a semicolon does not count.
    pub fn of(text: &str) -> Option<Self> {
        let essence = text.split(';').next()?.trim().to_ascii_lowercase();
        let (kind, sub) = essence.split_once('/')?;
        let is_token = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte))
        };
        (is_token(kind) && is_token(sub)).then(|| Self {
            kind: kind.to_owned(),
            sub: sub.to_owned(),
        })
    }

    /// Whether the other one is this one, or lies in this range.
    pub fn covers(&self, other: &Self) -> bool {
        let covers = |one: &str, other: &str| one == "*" || one == other;
        covers(&self.kind, &other.kind) && covers(&self.sub, &other.sub)
    }

    /// Whether it is a range.
    pub fn is_range(&self) -> bool {
        self.sub == "*"
    }

    /// JSON, or something that is written in it.
    pub fn is_json(&self) -> bool {
        self.sub == "json" || self.sub.ends_with("+json")
    }

    /// A form as browsers send it.
    pub fn is_form(&self) -> bool {
        self.kind == "application" && self.sub == "x-www-form-urlencoded"
    }

    /// Text that is nothing else.
    pub fn is_text(&self) -> bool {
        self.kind == "text" && self.sub == "plain"
    }

    /// How closely a range names it: the closest counts.
    fn weight_of(&self, ranges: &[(Self, u16)]) -> u16 {
        let closeness = |range: &Self| u8::from(range.kind != "*") + u8::from(range.sub != "*");
        let covering = ranges.iter().filter(|(range, _)| range.covers(self));
        covering
            .max_by_key(|(range, _)| closeness(range))
            .map_or(0, |(_, weight)| *weight)
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.sub)
    }
}

/// Which of several is accepted best; of equals the first one, and that where nothing is said.
pub fn accepted(headers: &HeaderMap, offered: &[MediaType]) -> Option<usize> {
    let lines = headers.get_all(ACCEPT).iter();
    let ranges: Vec<(MediaType, u16)> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|range| Some((MediaType::of(range)?, quality(range))))
        .collect();
    let weight = |offered: &MediaType| {
        if ranges.is_empty() {
            1
        } else {
            offered.weight_of(&ranges)
        }
    };
    let mut best: Option<(usize, u16)> = None;
    for (index, weight) in offered.iter().map(weight).enumerate() {
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((index, weight));
        }
    }
    best.map(|(index, _)| index)
}

/// In thousandths.
fn quality(range: &str) -> u16 {
    let mut parameters = range
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='));
    let stated = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let Some((_, value)) = stated else {
        return 1000;
    };
    let value: f32 = value.trim().parse().unwrap_or(0.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 1000
    let thousandths = (value.clamp(0.0, 1.0) * 1000.0) as u16;
    thousandths
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_best_that_is_accepted_is_chosen() {
        let offered = ["application/json", "text/csv", "application/xml"]
            .map(|text| MediaType::of(text).unwrap());
        let chosen = |accept: &str| {
            let mut headers = HeaderMap::new();
            if !accept.is_empty() {
                headers.insert(ACCEPT, accept.parse().unwrap());
            }
            accepted(&headers, &offered)
        };
        assert_eq!(chosen(""), Some(0));
        assert_eq!(chosen("*/*"), Some(0));
        assert_eq!(chosen("text/*, application/json;q=0.9"), Some(1));
        assert_eq!(chosen("application/json;q=0, */*;q=0.1"), Some(1));
        assert_eq!(chosen("application/xml;charset=utf-8"), Some(2));
        assert_eq!(chosen("image/png"), None);
        assert!(
            MediaType::of("application/problem+json; charset=utf-8")
                .unwrap()
                .is_json()
        );
        assert!(MediaType::of("json").is_none() && MediaType::of("a b/c").is_none());
    }
}
