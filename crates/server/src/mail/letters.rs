//! What is written: each letter out of an event, in the language of the environment.

use serde_json::Value;
use store::{Delivery, Millis, Person};

use crate::pages::{Letter, WrittenLetter};
use crate::people::tickets::Link;
use crate::platform::Issuer;

/// A secret ends soon. None when the event does not say which.
pub fn expiring(issuer: &Issuer, delivery: &Delivery) -> Option<WrittenLetter> {
    let facts: Value = serde_json::from_str(&delivery.payload).ok()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (details, credential) = (&facts["details"], &facts["credential"]);
    let ends = details["expires_at"].as_str()?.parse::<jiff::Timestamp>();
    let days = details["days"].as_i64()?;
    Some(
        Letter {
            key: "letter-expiring",
            number: days,
            facts: vec![
                ("letter-credential", text(&details["name"])),
                ("letter-uuid", text(&credential["uuid"])),
                ("letter-client-id", text(&details["client_id"])),
                ("letter-account", text(&facts["account"]["name"])),
                ("letter-ends", moment(ends.ok()?.as_millisecond())),
            ],
            link: issuer.url("/portal"),
        }
        .write(&issuer.environment),
    )
}

/// Something happened to a person's own sign-in. None for events that nobody is written about.
pub fn security(
    issuer: &Issuer,
    event: &str,
    person: &Person,
    at: Millis,
) -> Option<WrittenLetter> {
    let key = match event {
        "person.password_changed" | "person.password_set" => "letter-password",
        "person.second_factor_turned_off" | "person.second_factor_reset" => "letter-factor",
        _ => return None,
    };
    let letter = Letter {
        key,
        number: 0,
        facts: vec![
            ("letter-username", person.username.clone()),
            ("letter-when", moment(at)),
        ],
        link: issuer.url("/portal/security"),
    };
    Some(letter.write(&issuer.environment))
}

/// A link by which the person sets a password.
pub fn invitation(issuer: &Issuer, link: &Link) -> WrittenLetter {
    Letter {
        key: "letter-invitation",
        number: 0,
        facts: vec![("letter-until", moment(link.expires_at))],
        link: link.url.clone(),
    }
    .write(&issuer.environment)
}

/// The same for whom a refresh brought: the name to sign in with may be one that the person does not know yet.
pub fn newcomer(issuer: &Issuer, link: &Link, username: &str) -> WrittenLetter {
    Letter {
        key: "letter-invitation",
        number: 0,
        facts: vec![
            ("letter-username", username.to_owned()),
            ("letter-until", moment(link.expires_at)),
        ],
        link: link.url.clone(),
    }
    .write(&issuer.environment)
}

/// Nothing but that mail arrives.
pub fn test(issuer: &Issuer, now: Millis) -> WrittenLetter {
    Letter {
        key: "letter-test",
        number: 0,
        facts: vec![("letter-when", moment(now))],
        link: issuer.url("/portal"),
    }
    .write(&issuer.environment)
}

/// A moment that reads the same in every language and place.
fn moment(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(
        |_| at.to_string(),
        |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}
