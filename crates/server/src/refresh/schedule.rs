//! When a refresh is due: five cron fields, read on the clock of a time zone.
//!
//! The fields are looked up on the wall clock, and what they say is then a moment. Where the clock is set forward the hour that is
//! missing comes as much later; where it is set back, the first of the two hours counts. So 02:30 is once on every night.

use std::fmt;

use croner::parser::{CronParser, Seconds, Year};
use croner::{Cron, Direction};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use store::Millis;

/// More than any clock was ever set by: what lies so near on the wall clock may come in another order.
const AROUND: SignedDuration = SignedDuration::from_hours(26);

/// Five cron fields and the time zone they are read in.
#[derive(Clone)]
pub struct Schedule {
    text: String,
    cron: Cron,
    timezone: TimeZone,
}

/// Fields that make no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSchedule {
    /// In the words of the library that reads them.
    #[error("the schedule makes no sense: {0}")]
    Unreadable(String),
    /// The 31st of February.
    #[error("the schedule names a day that never comes")]
    Never,
}

impl Schedule {
    /// Reads the fields: minute, hour, day of the month, month, day of the week. Where both days are named, either is enough.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(fields: &[String; 5], timezone: TimeZone) -> Result<Self, NoSchedule> {
        let text = fields.join(" ");
        let cron = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(&text)
            .map_err(|error| NoSchedule::Unreadable(error.to_string()))?;
        let schedule = Self {
            text,
            cron,
            timezone,
        };
        match schedule.next_after(0) {
            Some(_) => Ok(schedule),
            None => Err(NoSchedule::Never),
        }
    }

    /// The five fields.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The time zone's name.
    pub fn timezone(&self) -> &str {
        self.timezone.iana_name().unwrap_or("UTC")
    }

    /// The first moment after this one.
    pub fn next_after(&self, at: Millis) -> Option<Millis> {
        let wall = self.wall(at)?.datetime();
        let from = wall.checked_sub(AROUND).ok()?;
        self.around(from, Direction::Forward, |moment| moment > at)
            .into_iter()
            .min()
    }

    /// The last moment that this one is not before.
    pub fn last_until(&self, at: Millis) -> Option<Millis> {
        let wall = self.wall(at)?.datetime();
        let from = wall.checked_add(AROUND).ok()?;
        self.around(from, Direction::Backward, |moment| moment <= at)
            .into_iter()
            .max()
    }

    /// The moment at which the month of this moment began: the end of the month before.
    pub fn end_of_last_month(&self, at: Millis) -> Option<Millis> {
        let first = self.wall(at)?.first_of_month().ok()?;
        let first = first.start_of_day().ok()?;
        Some(first.timestamp().as_millisecond())
    }

    /// The first moment that is wanted, with all that lie so near that the clock may have changed their order.
    fn around(
        &self,
        from: DateTime,
        direction: Direction,
        wanted: impl Fn(Millis) -> bool,
    ) -> Vec<Millis> {
        let mut found = Vec::new();
        let mut last: Option<DateTime> = None;
        let mut wall = from;
        loop {
            let next = match direction {
                Direction::Forward => self.cron.find_next_occurrence(&wall, false),
                Direction::Backward => self.cron.find_previous_occurrence(&wall, false),
            };
            let Ok(next) = next else { return found };
            if last.is_some_and(|last| last.duration_until(next).abs() > AROUND) {
                return found;
            }
            if let Some(moment) = self.moment(next).filter(|moment| wanted(*moment)) {
                last = last.or(Some(next));
                found.push(moment);
            }
            wall = next;
        }
    }

    fn wall(&self, at: Millis) -> Option<Zoned> {
        let at = Timestamp::from_millisecond(at).ok()?;
        Some(at.to_zoned(self.timezone.clone()))
    }

    fn moment(&self, wall: DateTime) -> Option<Millis> {
        let zoned = self.timezone.to_zoned(wall).ok()?;
        Some(zoned.timestamp().as_millisecond())
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.timezone())
    }
}

#[cfg(test)]
#[path = "schedule/tests.rs"]
mod tests;
