//! From bins to columns and lines: integers in a picture of 600 by 100.

use super::{per_second, short, time_of_day};
use crate::pages::{Bar, Bars, Lines};
use crate::pulse::{Bin, Picture};

/// Width of a column with the gap to the next.
const STEP: usize = 10;
/// The picture's height.
const HEIGHT: u64 = 100;

/// Classes of status as they are drawn, from below: what went well, what was refused, what failed.
const CLASSES: [(&str, [usize; 3]); 3] = [
    ("well", [0, 1, 2]),
    ("refused", [3, 3, 3]),
    ("failed", [4, 4, 4]),
];

/// Tokens per second.
pub fn tokens(picture: &Picture) -> Bars {
    bars(picture, |bin| vec![("well", bin.tokens)])
}

/// Requests per second, by class of status.
pub fn requests(picture: &Picture) -> Bars {
    bars(picture, |bin| {
        CLASSES
            .into_iter()
            .map(|(class, mut of)| {
                let distinct = if of[0] == of[1] {
                    &mut of[..1]
                } else {
                    &mut of[..]
                };
                let counts = distinct.iter().filter_map(|one| bin.answers.get(*one));
                (class, counts.sum())
            })
            .collect()
    })
}

/// What is to be drawn is told in thousandths a second.
fn bars(picture: &Picture, parts: impl Fn(&Bin) -> Vec<(&'static str, u64)>) -> Bars {
    let rate = |count: u64, bin: &Bin| match u64::try_from(bin.known) {
        Ok(known) if known > 0 => count * 1_000_000 / known,
        _ => 0,
    };
    let total = |bin: &Bin| parts(bin).iter().map(|(_, count)| count).sum::<u64>();
    let rates = picture.bins.iter().map(|bin| rate(total(bin), bin));
    let top = nice(rates.max().unwrap_or_default().max(1_000));
    let bar = |(number, bin): (usize, &Bin)| {
        let mut below = 0;
        let mut drawn = Vec::new();
        for (class, count) in parts(bin) {
            let height = (rate(count, bin) * HEIGHT).div_ceil(top);
            if height > 0 {
                below += height;
                drawn.push((class, HEIGHT.saturating_sub(below), height));
            }
        }
        Bar {
            x: number * STEP,
            parts: drawn,
            at: time_of_day(bin.from),
            says: match bin.known {
                0 => "–".to_owned(),
                known => format!("{}/s", per_second(total(bin), known)),
            },
        }
    };
    Bars {
        bars: picture.bins.iter().enumerate().map(bar).collect(),
        top: format!("{}/s", top / 1_000),
        whole: per_second(total(&picture.whole), picture.whole.known),
    }
}

/// The three percentiles; the top is what the slowest of a hundred took.
pub fn latency(picture: &Picture) -> Lines {
    let slowest = picture.bins.iter().filter_map(|bin| bin.latency);
    let most = slowest.map(|[.., p99]| p99).max().unwrap_or_default();
    let top = nice(most.max(1_000));
    let mut lines = Vec::new();
    for (which, class) in ["p50", "p95", "p99"].into_iter().enumerate() {
        let mut points: Vec<(usize, u64)> = Vec::new();
        let end = |points: &mut Vec<(usize, u64)>, lines: &mut Vec<(&str, String)>| {
            // A single moment is a short line.
            if let [(x, y)] = points.as_slice() {
                points.push((*x + STEP / 2, *y));
            }
            let text: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
            if !text.is_empty() {
                lines.push((class, text.join(" ")));
            }
            points.clear();
        };
        for (number, bin) in picture.bins.iter().enumerate() {
            match bin.latency.and_then(|latency| latency.get(which).copied()) {
                Some(micros) => {
                    let height = micros * HEIGHT / top;
                    points.push((number * STEP + STEP / 2, HEIGHT.saturating_sub(height)));
                }
                None => end(&mut points, &mut lines),
            }
        }
        end(&mut points, &mut lines);
    }
    let says = |latency: Option<[u64; 3]>| match latency {
        Some(latency) => {
            let [p50, p95, p99] = latency.map(short);
            format!("p50 {p50}, p95 {p95}, p99 {p99}")
        }
        None => "–".to_owned(),
    };
    let bar = |(number, bin): (usize, &Bin)| Bar {
        x: number * STEP,
        parts: Vec::new(),
        at: time_of_day(bin.from),
        says: says(bin.latency),
    };
    Lines {
        lines,
        bars: picture.bins.iter().enumerate().map(bar).collect(),
        top: short(top),
        whole: says(picture.whole.latency),
    }
}

/// The next number that begins with 1, 2 or 5 and goes on with noughts.
fn nice(number: u64) -> u64 {
    let mut unit = 1;
    loop {
        for first in [1, 2, 5] {
            if first * unit >= number {
                return first * unit;
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_reach_up_to_what_the_top_stands_for_and_are_told() {
        let bin = |known, well, refused| Bin {
            known,
            tokens: well,
            answers: [0, well, 0, refused, 0],
            latency: (well > 0).then_some([800, 2_000, 41_000]),
            ..Bin::default()
        };
        let picture = Picture {
            bins: vec![bin(10_000, 400, 100), bin(0, 0, 0), bin(5_000, 200, 0)],
            whole: bin(15_000, 600, 100),
            ..Picture::default()
        };
        let drawn = requests(&picture);
        assert_eq!(drawn.top, "50/s");
        assert_eq!(drawn.bars[0].parts, [("well", 20, 80), ("refused", 0, 20)]);
        assert_eq!(drawn.bars[1].says, "–");
        assert_eq!((drawn.bars[2].says.as_str(), drawn.bars[2].x), ("40/s", 20));
        let lines = latency(&picture);
        assert_eq!(lines.top, "50 ms");
        assert_eq!(lines.lines.len(), 6, "each is interrupted once");
        assert!(lines.whole.contains("p99 41 ms"));
        assert_eq!(nice(1_000), 1_000);
        assert_eq!(nice(1_001), 2_000);
    }
}
