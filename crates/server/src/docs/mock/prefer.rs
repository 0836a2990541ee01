//! What the sender would like to be answered: `Prefer: code=401, example=NAME` (RFC 7240), or `?__code=401&__example=NAME`.

use axum::http::HeaderMap;

/// What is asked for. The query counts before the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// A status.
    pub code: Option<u16>,
    /// The name of an example.
    pub example: Option<String>,
    /// Something of it stands in the query. A preference that cannot be met is ignored (RFC 7240 §2); a query is not.
    pub in_query: bool,
}

impl Wish {
    /// Reads the wish of a request.
    pub fn of(headers: &HeaderMap, query: Option<&str>) -> Self {
        let mut wish = Self::default();
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        for (name, value) in query {
            let taken = match &*name {
                "__code" => wish.take("code", &value),
                "__example" => wish.take("example", &value),
                _ => false,
            };
            wish.in_query |= taken;
        }
        for line in headers.get_all("prefer") {
            for preference in line.to_str().unwrap_or_default().split([',', ';']) {
                let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
                wish.take(&name.trim().to_ascii_lowercase(), unquoted(value.trim()));
            }
        }
        wish
    }

    /// Of two that contradict each other the first counts (RFC 7240 §2).
    fn take(&mut self, name: &str, value: &str) -> bool {
        match name {
            "code" if self.code.is_none() => self.code = value.parse().ok(),
            "example" if self.example.is_none() && !value.is_empty() => {
                self.example = Some(value.to_owned());
            }
            _ => return false,
        }
        true
    }

    /// Whether nothing is asked for.
    pub fn is_none(&self) -> bool {
        self.code.is_none() && self.example.is_none()
    }
}

fn unquoted(value: &str) -> &str {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wish(lines: &[&str], query: Option<&str>) -> (Option<u16>, Option<String>) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("prefer", line.parse().unwrap());
        }
        let wish = Wish::of(&headers, query);
        (wish.code, wish.example)
    }

    #[test]
    fn a_wish_is_read_from_every_line_and_from_the_query() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(wish(&[], None), (None, None));
        assert_eq!(wish(&["code=401"], None), (Some(401), None));
        assert_eq!(
            wish(&["respond-async, Code = 401; example=\"a b\""], None),
            (Some(401), some("a b"))
        );
        assert_eq!(
            wish(&["code=401", "example=c"], None),
            (Some(401), some("c"))
        );
        assert_eq!(wish(&["code=401, code=400"], None), (Some(401), None));
        assert_eq!(wish(&["code=x"], None), (None, None));
        assert_eq!(
            wish(&["code=401"], Some("a=1&__code=503&__example=d")),
            (Some(503), some("d"))
        );
    }
}
