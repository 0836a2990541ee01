//! `environments.NAME.refresh`: an environment that is overwritten with another one's data on a schedule.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use store::{EnvironmentName, PersonalData};

use super::findings::Findings;
use super::key::Key;
use super::raw::{RawEnvironment, RawRefresh};
use super::suggestion;
use crate::refresh::schedule::Schedule;

/// How recent the data of a refresh is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataUntil {
    /// Everything there is.
    Now,
    /// What was there when the last month ended, in the refresh's time zone.
    EndOfLastMonth,
}

impl DataUntil {
    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::EndOfLastMonth => "end-of-last-month",
        }
    }
}

/// A scheduled refresh.
#[derive(Clone, Debug)]
pub struct Refresh {
    /// The environment whose data is taken.
    pub from: EnvironmentName,
    /// When.
    pub schedule: Schedule,
    /// How recent the data is.
    pub data_until: DataUntil,
    /// Which personal data comes over.
    pub personal_data: PersonalData,
}

/// Resolves the refresh of environment `name`, which stands at `key`.
pub fn resolve(
    key: &Key,
    name: &str,
    raw: &RawRefresh,
    all: &BTreeMap<String, RawEnvironment>,
    findings: &mut Findings,
) -> Option<Refresh> {
    let from = source(&key.name("from"), name, raw, all, findings);
    let fields = fields(&key.name("schedule"), raw.schedule.as_deref(), findings);
    let timezone = timezone(
        &key.name("timezone"),
        raw.timezone.as_deref().unwrap_or("UTC"),
        findings,
    );
    let schedule = match (fields, timezone) {
        (Some(fields), Some(timezone)) => {
            let schedule = Schedule::new(&fields, timezone);
            if let Err(why) = &schedule {
                findings.mistake(&key.name("schedule"), why.to_string());
            }
            schedule.ok()
        }
        _ => None,
    };
    let personal_data = personal_data(&key.name("personal_data"), raw, findings);
    let choices = [DataUntil::Now, DataUntil::EndOfLastMonth].map(|one| (one.as_str(), one));
    let data_until = findings.choose(
        &key.name("data_until"),
        raw.data_until.as_deref().unwrap_or("now"),
        &choices,
    );
    Some(Refresh {
        from: from?,
        schedule: schedule?,
        data_until: data_until?,
        personal_data: personal_data?,
    })
}

fn personal_data(key: &Key, raw: &RawRefresh, findings: &mut Findings) -> Option<PersonalData> {
    let mut named = PersonalData::default();
    for field in raw.personal_data.iter().flatten() {
        match field.as_str() {
            "username" => named.username = true,
            "email" => named.email = true,
            other => {
                findings.mistake(
                    key,
                    suggestion::unknown_value(other, &["username", "email"]),
                );
                return None;
            }
        }
    }
    Some(named)
}

fn source(
    key: &Key,
    name: &str,
    raw: &RawRefresh,
    all: &BTreeMap<String, RawEnvironment>,
    findings: &mut Findings,
) -> Option<EnvironmentName> {
    let Some(from) = raw.from.as_deref() else {
        findings.mistake(
            key,
            "a refresh needs an environment to take data from; name it",
        );
        return None;
    };
    if from == name {
        findings.mistake(
            key,
            "an environment cannot be refreshed from itself; name another one",
        );
        return None;
    }
    if !all.contains_key(from) {
        let names: Vec<&str> = all
            .keys()
            .map(String::as_str)
            .filter(|other| *other != name)
            .collect();
        findings.mistake(key, suggestion::unknown_value(from, &names));
        return None;
    }
    Some(EnvironmentName::new(from))
}

fn fields(key: &Key, text: Option<&str>, findings: &mut Findings) -> Option<[String; 5]> {
    let Some(text) = text else {
        findings.mistake(
            key,
            "a refresh needs a schedule, such as \"0 20 1 * *\": at 20:00 on the 1st of each month",
        );
        return None;
    };
    let fields: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let plain = |field: &String| {
        field
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"*/,-".contains(&byte))
    };
    match <[String; 5]>::try_from(fields) {
        Ok(fields) if fields.iter().all(plain) => Some(fields),
        Ok(_) => {
            findings.mistake(
                key,
                "a field of a schedule holds digits, names, and the signs * / , - only",
            );
            None
        }
        Err(fields) => {
            let message = format!(
                "a schedule has five fields (minute, hour, day, month, day of the week); here are {}",
                fields.len()
            );
            findings.mistake(key, message);
            None
        }
    }
}

fn timezone(key: &Key, name: &str, findings: &mut Findings) -> Option<TimeZone> {
    let timezone = TimeZone::get(name).ok();
    if timezone.is_none() {
        let message = format!(
            "\"{}\" is no time zone of the IANA database; write one such as \"Europe/Stockholm\"",
            name.escape_debug()
        );
        findings.mistake(key, message);
    }
    timezone
}
