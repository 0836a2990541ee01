#![allow(clippy::unwrap_used)]

use super::*;

fn schedule(text: &str, timezone: &str) -> Schedule {
    let fields: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let timezone = TimeZone::get(timezone).unwrap();
    Schedule::new(&fields.try_into().unwrap(), timezone).unwrap()
}

fn at(text: &str) -> Millis {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// The moments after one, so many.
fn moments(schedule: &Schedule, after: &str, number: usize) -> Vec<String> {
    let mut now = at(after);
    let mut found = Vec::new();
    for _ in 0..number {
        now = schedule.next_after(now).unwrap();
        assert_eq!(schedule.last_until(now), Some(now));
        assert_eq!(schedule.last_until(now + 1), Some(now));
        found.push(Timestamp::from_millisecond(now).unwrap().to_string());
    }
    found
}

#[test]
fn the_evening_of_the_first_is_another_moment_in_summer_and_in_winter() {
    let monthly = schedule("0 20 1 * *", "Europe/Stockholm");
    assert_eq!(
        moments(&monthly, "2026-02-10T00:00:00Z", 3),
        [
            "2026-03-01T19:00:00Z",
            "2026-04-01T18:00:00Z",
            "2026-05-01T18:00:00Z"
        ]
    );
    assert_eq!(
        monthly.last_until(at("2026-03-31T23:59:59Z")),
        Some(at("2026-03-01T19:00:00Z"))
    );
}

#[test]
fn on_the_night_without_half_past_two_it_is_an_hour_later_and_once() {
    let nightly = schedule("30 2 * * *", "Europe/Stockholm");
    assert_eq!(
        moments(&nightly, "2026-03-28T00:00:00Z", 3),
        [
            "2026-03-28T01:30:00Z",
            "2026-03-29T01:30:00Z",
            "2026-03-30T00:30:00Z"
        ]
    );
}

#[test]
fn on_the_night_with_two_of_them_it_is_the_first_and_once() {
    let nightly = schedule("30 2 * * *", "Europe/Stockholm");
    assert_eq!(
        moments(&nightly, "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    // Between the two, and at the second.
    for later in ["2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z"] {
        assert_eq!(
            nightly.last_until(at(later)),
            Some(at("2026-10-25T00:30:00Z"))
        );
        assert_eq!(
            nightly.next_after(at(later)),
            Some(at("2026-10-26T01:30:00Z"))
        );
    }
}

#[test]
fn what_the_clock_brings_out_of_order_comes_in_order() {
    // 02:30 is not there and comes at 03:30, after 03:15.
    let both = schedule("15,30 2,3 * * *", "Europe/Stockholm");
    assert_eq!(
        moments(&both, "2026-03-29T00:00:00Z", 3),
        [
            "2026-03-29T01:15:00Z",
            "2026-03-29T01:30:00Z",
            "2026-03-30T00:15:00Z"
        ]
    );
}

#[test]
fn the_last_day_of_a_month_and_the_thirty_first() {
    let last = schedule("0 0 31 * *", "UTC");
    assert_eq!(
        moments(&last, "2026-01-31T00:00:00Z", 2),
        ["2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"]
    );
    let leap = schedule("0 0 29 2 *", "UTC");
    assert_eq!(
        moments(&leap, "2026-01-01T00:00:00Z", 2),
        ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]
    );
}

#[test]
fn a_month_ends_where_it_ends_in_the_time_zone() {
    let stockholm = schedule("0 20 1 * *", "Europe/Stockholm");
    let end = |text: &str| {
        let end = stockholm.end_of_last_month(at(text)).unwrap();
        Timestamp::from_millisecond(end).unwrap().to_string()
    };
    assert_eq!(end("2026-11-01T19:00:00Z"), "2026-10-31T23:00:00Z");
    assert_eq!(end("2026-04-01T18:00:00Z"), "2026-03-31T22:00:00Z");
    // Still March in Greenwich, April there.
    assert_eq!(end("2026-03-31T22:30:00Z"), "2026-03-31T22:00:00Z");
    assert_eq!(end("2026-03-31T21:59:59Z"), "2026-02-28T23:00:00Z");
    assert_eq!(end("2027-01-05T00:00:00Z"), "2026-12-31T23:00:00Z");
}

#[test]
fn what_makes_no_sense_is_no_schedule() {
    let read = |text: &str| {
        let fields: Vec<String> = text.split(' ').map(str::to_owned).collect();
        Schedule::new(&fields.try_into().unwrap(), TimeZone::UTC)
    };
    assert_eq!(read("0 0 31 2 *").unwrap_err(), NoSchedule::Never);
    for wrong in [
        "60 0 1 * *",
        "0 24 1 * *",
        "0 0 0 * *",
        "0 0 1 13 *",
        "a 0 1 * *",
    ] {
        assert!(
            matches!(read(wrong), Err(NoSchedule::Unreadable(_))),
            "{wrong}"
        );
    }
}
