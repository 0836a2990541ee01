//! The machine: what it must have, what it is, whether it is quiet enough.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// Where the server (and its database) runs.
pub const SERVER_CORE: &str = "0";
/// Where the load comes from.
pub const LOAD_CORE: &str = "1";

/// Moves this program, and so everything it starts without saying otherwise, to the core of the load.
pub fn prepare() -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "the measurements read /proc and pin processes to cores, which needs Linux"
    );
    let moved = Command::new("taskset")
        .args(["-cp", LOAD_CORE, &std::process::id().to_string()])
        .output();
    let moved = moved.context("taskset is not installed (Debian's package util-linux)")?;
    ensure!(
        moved.status.success(),
        "two cores are needed, 0 for the server and 1 for the load"
    );
    Ok(())
}

/// A paragraph about the machine, as it stands over the table.
pub fn describe(folder: &Path) -> Result<String> {
    let processor =
        value("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unnamed processor".to_owned());
    let cores = fs::read_to_string("/proc/cpuinfo")?
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let memory: u64 = value("/proc/meminfo", "MemTotal")
        .and_then(|total| total.split(' ').next()?.parse().ok())
        .unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load: f64 = fs::read_to_string("/proc/loadavg")?
        .split(' ')
        .next()
        .and_then(|load| load.parse().ok())
        .unwrap_or(0.0);
    let mut text = format!(
        "{processor}, {cores} cores, {} GB, Linux {}, {}; {}; a commit of 4 KiB on {} takes {:.2} ms (median).",
        memory.div_ceil(1024 * 1024),
        kernel.trim(),
        output("rustc", &["--version"]),
        output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
        file_system(folder),
        commit_time(folder)?.as_secs_f64() * 1e3,
    );
    if load > 0.7 {
        text.push_str(&format!(" Other programs were busy (load {load:.1}): the figures are worse than on a quiet machine, and less certain."));
    }
    Ok(text)
}

/// What the disk takes to make 4 KiB at a file's end durable, as a database's commit does: the median of two hundred.
pub fn commit_time(folder: &Path) -> Result<Duration> {
    let path = folder.join("commit-probe");
    let mut file = fs::File::create(&path)?;
    let mut times = Vec::with_capacity(200);
    for _ in 0..200 {
        let begun = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    times.sort();
    Ok(times[times.len() / 2])
}

fn value(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn file_system(folder: &Path) -> String {
    let said = output("df", &["--output=fstype", &folder.to_string_lossy()]);
    said.lines()
        .last()
        .unwrap_or("an unknown file system")
        .to_owned()
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success());
    output.map_or_else(
        || format!("{program} unknown"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
