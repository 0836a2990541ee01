//! From what was taken to what may be kept: each half read by the rules of its door and blotted out.

use oauth::scope::Scope;
use serde::{Deserialize, Serialize};
use store::RequestRecord;

use super::blot::form::Verdict as Member;
use super::blot::json::Verdict;
use super::blot::{Blotter, blotted, form, headers, json, names, plain, xml};
use super::media::{self, Kind};
use super::taken::{Body, Door, Half, Taken};
use crate::clients::KnownClient;

/// Characters of a body, a query and a path that are kept.
const LONGEST_BODY: usize = 8 * 1024;
const LONGEST_QUERY: usize = 2 * 1024;
const LONGEST_PATH: usize = 1024;

/// Both halves of a record.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Exchange {
    /// The credential's client id.
    pub client_id: String,
    /// The query, where there was one.
    pub query: Option<String>,
    /// What was asked.
    pub request: Message,
    /// What was answered.
    pub answer: Message,
}

/// A head and a body, blotted out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Message {
    /// The header fields in their order.
    pub headers: Vec<(String, String)>,
    /// The body, or in brackets why there is none.
    pub body: String,
}

impl Exchange {
    /// Of a record that was found; nothing where it cannot be read.
    pub fn of(record: &RequestRecord) -> Self {
        serde_json::from_str(&record.exchange).unwrap_or_default()
    }
}

/// The record of a request.
pub fn record(taken: &Taken, owner: &KnownClient) -> RequestRecord {
    let rules = Rules {
        door: taken.door,
        client_id: owner.client_id(),
        scope: &owner.scope,
        is_refused: taken.reason.is_some(),
    };
    let id = taken.id.to_string();
    let mut blotter = Blotter::new(id.clone());
    let query = taken.uri.query().unwrap_or_default();
    headers::know(&taken.request.headers, &mut blotter);
    headers::know(&taken.answer.headers, &mut blotter);
    form::know(
        query,
        &|name, value| rules.member(name, value),
        &mut blotter,
    );
    rules.know(&taken.request, false, &mut blotter);
    rules.know(&taken.answer, true, &mut blotter);
    let message = |half: &Half, is_answer| Message {
        headers: headers::show(&half.headers, owner.client_id(), &blotter),
        body: rules.body(half, is_answer, &blotter),
    };
    let shown_query = form::show(query, &|name, value| rules.member(name, value), &blotter);
    let exchange = Exchange {
        client_id: owner.client_id().to_owned(),
        query: taken.uri.query().map(|_| cut(shown_query, LONGEST_QUERY)),
        request: message(&taken.request, false),
        answer: message(&taken.answer, true),
    };
    RequestRecord {
        id,
        credential_uuid: owner.uuid().to_owned(),
        kind: taken.kind,
        at: taken.at,
        door: taken.door.as_str().to_owned(),
        method: taken.method.to_string(),
        path: cut(blotter.scrub(taken.uri.path()), LONGEST_PATH),
        status: taken.status.as_u16(),
        reason: taken.reason.as_deref().map(str::to_owned),
        microseconds: u64::try_from(taken.took.as_micros()).unwrap_or(u64::MAX),
        remote_address: taken.remote_address.to_string(),
        exchange: serde_json::to_string(&exchange).unwrap_or_default(),
    }
}

/// How a door's messages are read.
struct Rules<'c> {
    door: Door,
    client_id: &'c str,
    scope: &'c Scope,
    /// The answer is a refusal of ours.
    is_refused: bool,
}

impl Rules<'_> {
    /// Of a form or a query.
    fn member(&self, name: &str, value: &str) -> Member {
        match self.door {
            Door::Gateway => form::at_gateway(name, value),
            Door::Token => match form::at_token_endpoint(name, value) {
                Member::Show if !self.fits(name, value) => Member::NameOnly,
                verdict => verdict,
            },
        }
    }

    /// Whether a harmless parameter holds what it is for.
    fn fits(&self, name: &str, value: &str) -> bool {
        match name {
            "client_id" => value == self.client_id,
            "redirect_uri" | "resource" | "audience" => url::Url::parse(value).is_ok_and(|url| {
                url.password().is_none() && url.query().is_none() && url.fragment().is_none()
            }),
            "scope" => {
                let owned = |word| self.scope.contains(word);
                value.split(' ').all(|word| owned(word) || is_a_word(word))
            }
            _ => is_a_word(value),
        }
    }

    /// Of JSON.
    fn judge(&self, is_answer: bool) -> impl Fn(usize, &str, Option<&str>) -> Verdict {
        move |depth, name, value| match self.door {
            // What we write ourselves speaks of tokens and credentials and holds none; it is what support wants to read. Of
            // what the request brought, its secrets are known by now.
            Door::Gateway if is_answer && self.is_refused => Verdict::Look,
            Door::Gateway => {
                match names::speaks_of_secrets(name) || value.is_some_and(names::speak_inside) {
                    true => Verdict::Blot,
                    false => Verdict::Look,
                }
            }
            Door::Token => match (depth, is_answer) {
                (0, _) => Verdict::Look,
                (1, true) if names::is_harmless_in_answers(name) => Verdict::Plain,
                (1, false) if names::is_harmless(name) => match value {
                    Some(value) if self.fits(name, value) => Verdict::Plain,
                    _ => Verdict::Blot,
                },
                _ => Verdict::Blot,
            },
        }
    }

    /// Tells the blotter what of a body will not be shown.
    fn know(&self, half: &Half, is_answer: bool, blotter: &mut Blotter) {
        let Some(text) = text_of(half) else { return };
        match Kind::of(&half.headers) {
            Kind::Form if form::is_document(&text) => {
                let secrets = json::secrets(&text, &self.judge(is_answer));
                secrets.iter().for_each(|secret| blotter.know(secret));
            }
            Kind::Json => {
                let secrets = json::secrets(&text, &self.judge(is_answer));
                secrets.iter().for_each(|secret| blotter.know(secret));
            }
            Kind::Form => {
                form::know(&text, &|name, value| self.member(name, value), blotter);
            }
            Kind::Xml => xml::know(&text, blotter),
            Kind::Text => plain::know(&text, blotter),
            Kind::Other => {}
        }
    }

    fn body(&self, half: &Half, is_answer: bool, blotter: &Blotter) -> String {
        let text = match &half.body {
            Body::NotRead => return "[not read]".to_owned(),
            Body::NotKept => return "[not kept, as configured]".to_owned(),
            Body::Length(0) => return String::new(),
            Body::Length(bytes) => return length(half, *bytes, blotter),
            Body::Pieces(pieces) => pieces.concat(),
        };
        let bytes = text.len() as u64;
        let Ok(text) = String::from_utf8(text) else {
            return length(half, bytes, blotter);
        };
        if text.is_empty() {
            return text;
        }
        let shown = match (Kind::of(&half.headers), self.door) {
            (Kind::Json, _) if self.is_nested(&text) => {
                json::show(&text, &self.judge(is_answer), blotter)
            }
            (Kind::Form, _) if form::is_document(&text) => None,
            (Kind::Form, _) => Some(form::show(
                &text,
                &|name, value| self.member(name, value),
                blotter,
            )),
            (Kind::Xml, Door::Gateway) => xml::show(&text, blotter),
            (Kind::Text, Door::Gateway) => Some(plain::show(&text, blotter)),
            _ => None,
        };
        shown.map_or_else(|| blotted(&text), |shown| cut(shown, LONGEST_BODY))
    }

    /// At the token endpoint JSON has members, by whose names it can be judged.
    fn is_nested(&self, text: &str) -> bool {
        self.door == Door::Gateway || text.trim_start().starts_with('{')
    }
}

/// What a parameter of the protocol is spelled with; few secrets are.
fn is_a_word(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || b"_.:/*-".contains(&byte);
    text.len() <= 80 && text.bytes().all(plain)
}

fn text_of(half: &Half) -> Option<String> {
    match &half.body {
        Body::Pieces(pieces) => String::from_utf8(pieces.concat()).ok(),
        _ => None,
    }
}

/// The media type and the length of a body that is not shown.
fn length(half: &Half, bytes: u64, blotter: &Blotter) -> String {
    let essence = blotter.scrub(&media::essence(&half.headers));
    match essence.is_empty() {
        true => format!("[{bytes} bytes, not kept]"),
        false => format!("[{bytes} bytes of {essence}, not kept]"),
    }
}

fn cut(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        let bytes = text.len();
        text.truncate(text.floor_char_boundary(longest));
        text.push_str(&format!(" [cut here, {bytes} bytes in all]"));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A body as a door's record shows it.
    fn shown(door: Door, kind: &str, text: &str) -> String {
        let scope = Scope::default();
        let rules = Rules {
            door,
            client_id: "abc",
            scope: &scope,
            is_refused: false,
        };
        let mut half = Half::default();
        half.headers.insert("content-type", kind.parse().unwrap());
        half.body = Body::Pieces(vec![text.to_owned().into()]);
        let mut blotter = Blotter::default();
        rules.know(&half, false, &mut blotter);
        rules.body(&half, false, &blotter)
    }

    #[test]
    fn nesting_that_no_stack_holds_is_blotted_out_whole() {
        let text = "[".repeat(32 * 1024) + &"]".repeat(32 * 1024);
        for door in [Door::Gateway, Door::Token] {
            for kind in ["application/json", "application/x-www-form-urlencoded"] {
                assert_eq!(shown(door, kind, &text), blotted(&text));
            }
        }
    }

    #[test]
    fn s299_harmless_members_of_json_are_shown_only_where_they_hold_what_they_are_for() {
        let text = r#"{"client_id":"abc","grant_type":"client_credentials","scope":"Hunter2x","audience":["a"],"redirect_uri":"https://x/?a=b"}"#;
        assert_eq!(
            shown(Door::Token, "application/json", text),
            r#"{"client_id":"abc","grant_type":"client_credentials","scope":"[blotted out, 8 characters]","audience":"[blotted out, 5 characters]","redirect_uri":"[blotted out, 14 characters]"}"#
        );
        let other = r#"{"client_id":"Hunter2x"}"#;
        assert!(!shown(Door::Token, "application/json", other).contains("Hunter2x"));
    }

    #[test]
    fn s299_json_that_is_called_a_form_is_blotted_out() {
        let text = r#"{"user":"anna","password":"hun&ter=2x"}"#;
        for door in [Door::Gateway, Door::Token] {
            let kind = "application/x-www-form-urlencoded";
            assert_eq!(shown(door, kind, text), blotted(text));
        }
        let rows = "user,password\nanna,hunter2x";
        assert_eq!(shown(Door::Gateway, "text/csv", rows), blotted(rows));
    }
}
