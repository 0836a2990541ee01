//! What processes used: CPU time in nanoseconds, memory in bytes, as Linux counts them.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Whose time counts.
#[derive(Clone, Copy)]
pub enum Processes {
    /// One process with all its threads.
    One(u32),
    /// A process and all that it started.
    Family(u32),
    /// Three nodes.
    Several([u32; 3]),
}

/// CPU time by thread, user and system together.
pub struct Used(HashMap<String, Duration>);

impl Used {
    /// Reads the clocks of every thread now.
    pub fn read(processes: Processes) -> Result<Self> {
        let mut threads = HashMap::new();
        for process in members(processes)? {
            // A thread, or a whole child, may end between the listing and the reading.
            let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
                continue;
            };
            for task in tasks.flatten() {
                let path = task.path().to_string_lossy().into_owned();
                if let Some(used) = of_thread(&path) {
                    threads.insert(path, used);
                }
            }
        }
        Ok(Self(threads))
    }

    /// What was used since an earlier reading. A thread that ended in between is lost; the busy ones live as long as the server.
    pub fn since(&self, before: &Self) -> Duration {
        let grown = |(thread, used): (&String, &Duration)| {
            used.saturating_sub(before.0.get(thread).copied().unwrap_or_default())
        };
        self.0.iter().map(grown).sum()
    }
}

/// Waits until what the requests left behind is done too: log lines, commits. Answers the last reading.
pub fn settled(processes: Processes) -> Result<Used> {
    const QUIET: Duration = Duration::from_micros(300);
    let mut last = Used::read(processes)?;
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(10));
        let now = Used::read(processes)?;
        if now.since(&last) < QUIET {
            return Ok(now);
        }
        last = now;
    }
    Ok(last)
}

/// Resident memory in bytes.
pub fn resident(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("the process has no memory; it has ended")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

fn members(processes: Processes) -> Result<Vec<u32>> {
    let first = match processes {
        Processes::One(process) => return Ok(vec![process]),
        Processes::Several(several) => return Ok(several.to_vec()),
        Processes::Family(first) => first,
    };
    let all = fs::read_dir("/proc")?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(all
        .filter(|&process| process == first || parent(process) == Some(first))
        .collect())
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold blanks and parentheses itself.
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

/// `schedstat` counts nanoseconds; where the kernel has none, `stat` counts hundredths of a second.
fn of_thread(path: &str) -> Option<Duration> {
    if let Ok(text) = fs::read_to_string(format!("{path}/schedstat")) {
        return Some(Duration::from_nanos(
            text.split_whitespace().next()?.parse().ok()?,
        ));
    }
    let stat = fs::read_to_string(format!("{path}/stat")).ok()?;
    let mut times = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 10))
}
