//! Lists in pages: an opaque cursor, and a `Link` header to the next page (RFC 8288).
//!
//! A cursor holds the last row's key, not a number of rows, so that rows made or removed in between
//! neither repeat nor hide others.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// Rows of a page when the request does not say.
const USUAL: u32 = 100;
/// Rows of a page at most.
pub const MOST: u32 = 200;

/// How many rows a page has.
pub fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Problem::bad_request(format!(
            "A page has 1 to {MOST} rows; the header Link leads to the next one."
        ))),
    }
}

/// The cursor of a key.
pub fn write_cursor<T: Serialize>(key: &T) -> Result<String, Problem> {
    serde_json::to_vec(key)
        .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
        .map_err(|error| Problem::internal(&error))
}

/// The key of a cursor.
pub fn read_cursor<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let key = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    key.map(Some).ok_or_else(|| {
        Problem::bad_request(
            "This cursor is none of ours; follow the header Link of the page before.",
        )
    })
}

/// Of rows that were read, one more than a page has if there are more: leaves a page, and answers the cursor of the next.
pub fn cut<T>(
    rows: &mut Vec<T>,
    limit: u32,
    cursor: impl Fn(&T) -> Result<String, Problem>,
) -> Result<Option<String>, Problem> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    match rows.last() {
        Some(last) if more => cursor(last).map(Some),
        _ => Ok(None),
    }
}

/// A page of rows: a JSON array, and where the next page is. `query` holds the other parameters of the request.
pub fn page<T: Serialize>(
    path: &str,
    query: &[(&str, Option<&str>)],
    rows: &[T],
    next: Option<String>,
) -> Response {
    let mut response = Json(rows).into_response();
    if let Some(cursor) = next {
        let mut link = form_urlencoded::Serializer::new(String::new());
        for (name, value) in query {
            if let Some(value) = value {
                link.append_pair(name, value);
            }
        }
        link.append_pair("cursor", &cursor);
        let link = format!("</admin/v1/{path}?{}>; rel=\"next\"", link.finish());
        if let Ok(link) = HeaderValue::try_from(link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    response
}

/// A page of rows that were all read, each with its key: for lists that are short by nature and bounded all the same.
pub fn part<K, T>(
    path: &str,
    query: &[(&str, Option<&str>)],
    mut rows: Vec<(K, T)>,
    cursor: Option<&str>,
    limit: Option<u32>,
) -> Result<Response, Problem>
where
    K: Ord + Serialize + DeserializeOwned,
    T: Serialize,
{
    let limit = self::limit(limit)?;
    if let Some(after) = read_cursor::<K>(cursor)? {
        rows.retain(|(key, _)| *key > after);
    }
    rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let next = cut(&mut rows, limit, |(last, _)| write_cursor(last))?;
    let limit = limit.to_string();
    let query = [query, &[("limit", Some(limit.as_str()))]].concat();
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(page(path, &query, &rows, next))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_a_foreign_one_is_refused() {
        let key = ("production".to_owned(), "Lön & mér".to_owned());
        let cursor = write_cursor(&key).unwrap();
        assert_eq!(read_cursor(Some(&cursor)).unwrap(), Some(key));
        assert_eq!(read_cursor::<String>(None).unwrap(), None);
        for foreign in ["", "x", "'; drop table credentials; --", &cursor[1..]] {
            assert!(
                read_cursor::<(String, String)>(Some(foreign)).is_err(),
                "{foreign}"
            );
        }
    }

    #[test]
    fn s292_pages_are_bounded() {
        assert_eq!(limit(None).unwrap(), USUAL);
        assert_eq!(limit(Some(1)).unwrap(), 1);
        assert!(limit(Some(0)).is_err());
        assert!(limit(Some(1_000_000_000)).is_err());
    }

    #[test]
    fn the_link_keeps_the_other_parameters() {
        let response = page(
            "credentials",
            &[("account", Some("A & B")), ("environment", None)],
            &[1],
            Some("abc".into()),
        );
        assert_eq!(
            response.headers()["link"],
            "</admin/v1/credentials?account=A+%26+B&cursor=abc>; rel=\"next\""
        );
    }
}
