//! The table `oauth_access_tokens`: an access token and what refreshes it in one row, which is as good as gone when it was revoked.

use aws_lc_rs::digest::{SHA256, digest};
use store::Millis;

use crate::import::client::{Obstacle, Reading};
use crate::import::fields::Row;
use crate::import::format::TokensAre;
use crate::import::people::People;
use crate::import::source::Tables;
use crate::import::token::{ForeignToken, ForeignTokens, without_times};
use crate::import::{Options, SourceError};
use crate::secrets::imported::work::Bytes;

const TABLE: &str = "oauth_access_tokens";

/// A row that lives, before it is known how tokens are kept.
struct Living {
    tokens: ForeignTokens,
    access: Option<(String, Option<Millis>)>,
    refresh: Option<String>,
}

/// Reads what lives; `applications` are client ids by the applications' ids.
///
/// # Errors
/// How tokens are kept is open, or people cannot be read.
pub async fn read(
    tables: &Tables,
    applications: &std::collections::HashMap<String, String>,
    options: &Options,
    reading: &mut Reading,
) -> Result<(), SourceError> {
    if options.no_tokens || !tables.has(TABLE) {
        return Ok(());
    }
    let people = People::read(tables, options.people.as_ref()).await?;
    let mut living = Vec::new();
    let take = |row: Row| {
        living.extend(one(&row, applications, &people, options.now, reading));
    };
    // Revoked rows are most of the table where tokens are refreshed often.
    tables.each(TABLE, Some("revoked_at"), take).await?;
    let kept = match options.tokens {
        Some(kept) => kept,
        None => told_by(&living)?,
    };
    for row in living {
        let Living {
            mut tokens,
            access,
            refresh,
        } = row;
        let mut held = |text: &str, ends_at| match digest_of(kept, text) {
            Some(digest) => Some(ForeignToken { digest, ends_at }),
            None => {
                let obstacle = Obstacle::new(
                    "It is no SHA-256, as tokens are said to be kept.",
                    "Look at that row in the old server. It is never taken for the token itself.",
                );
                let not_coming = &mut reading.tokens_not_coming;
                not_coming.add(&tokens.client_id, &tokens.place, 1, obstacle);
                None
            }
        };
        let access = access.and_then(|(text, ends_at)| held(&text, ends_at));
        let refresh = refresh.and_then(|text| held(&text, None));
        tokens.access.extend(access);
        tokens.refresh = refresh;
        if !tokens.is_empty() {
            reading.tokens.push(tokens);
        }
    }
    Ok(())
}

fn one(
    row: &Row,
    applications: &std::collections::HashMap<String, String>,
    people: &People,
    now: Millis,
    reading: &mut Reading,
) -> Option<Living> {
    let place = format!("{TABLE} {}", row.text("id").unwrap_or_default());
    let application = row.text("application_id");
    let client_id = application.and_then(|id| applications.get(&id).cloned());
    let client_id = client_id.unwrap_or_default();
    let mut refuse = |count: u64, obstacle| {
        let not_coming = &mut reading.tokens_not_coming;
        not_coming.add(&client_id, &place, count, obstacle);
    };
    let ends_at = ends_at(row);
    let access = row.text("token").filter(|_| match ends_at {
        Ok(end) => end.is_none_or(|end| end > now),
        Err(()) => true,
    });
    let refresh = row.text("refresh_token");
    let count = u64::from(access.is_some()) + u64::from(refresh.is_some());
    if count == 0 {
        return None;
    }
    let (Ok(ends_at), Ok(Some(issued_at))) = (ends_at, row.time("created_at")) else {
        refuse(count, without_times());
        return None;
    };
    if client_id.is_empty() {
        let obstacle = Obstacle::new(
            "It belongs to no application.",
            "Nothing here: tokens belong to a client. Its program needs one, and a new token.",
        );
        refuse(count, obstacle);
        return None;
    }
    let person = match row.text("resource_owner_id").map(|id| people.name(&id)) {
        None => None,
        Some(Ok(name)) => Some(name),
        Some(Err(obstacle)) => {
            refuse(count, obstacle);
            return None;
        }
    };
    Some(Living {
        access: access.map(|text| (text, ends_at)),
        refresh,
        tokens: ForeignTokens {
            place,
            client_id,
            person,
            scopes: Some(row.list("scopes", &[','])),
            issued_at,
            access: Vec::new(),
            refresh: None,
        },
    })
}

/// Without `expires_in`, never.
fn ends_at(row: &Row) -> Result<Option<Millis>, ()> {
    if row.get("expires_in").is_none() {
        return Ok(None);
    }
    let seconds = row
        .text("expires_in")
        .and_then(|text| text.parse::<i64>().ok());
    let made = row.time("created_at").ok().flatten();
    let end = seconds.zip(made).and_then(|(seconds, made)| {
        let millis = seconds.checked_mul(1000)?;
        made.checked_add(millis)
    });
    end.map(Some).ok_or(())
}

/// Tokens are kept as they are, unless one looks like a hash: then nobody but the operator knows.
fn told_by(living: &[Living]) -> Result<TokensAre, SourceError> {
    let texts = living.iter().flat_map(|row| {
        let access = row.access.iter().map(|(text, _)| text);
        access.chain(&row.refresh)
    });
    match texts.into_iter().any(|text| is_hash(text)) {
        true => Err(SourceError::new(
            "Tokens of 64 hex digits may be SHA-256 hashes or tokens kept as they are: say which by `--tokens sha256` or `--tokens plain` \
             (in the old server's initializer, `hash_token_secrets` means sha256), or leave them by `--no-tokens`.",
        )),
        false => Ok(TokensAre::Plain),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn digest_of(kept: TokensAre, text: &str) -> Option<Bytes> {
    match kept {
        TokensAre::Plain => Some(Bytes(digest(&SHA256, text.as_bytes()).as_ref().to_vec())),
        TokensAre::Sha256 if is_hash(text) => super::hashes::hex(text).map(Bytes),
        TokensAre::Sha256 => None,
    }
}
