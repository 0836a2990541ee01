//! What the operating system says of a running server.

use super::server::Server;

impl Server {
    /// Bytes of memory it has in use.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process_id()));
        let status = status.unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
        kilobytes.parse::<u64>().unwrap() * 1024
    }

    /// Seconds of processor time it has used, to a hundredth.
    pub fn processor_time(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process_id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ticks: u64 = [11, 12]
            .iter()
            .map(|field| fields[*field].parse::<u64>().unwrap())
            .sum();
        ticks as f64 / 100.0
    }

    /// How many files it may open.
    pub fn most_files(&self) -> u64 {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", self.process_id()));
        let limits = limits.unwrap();
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        line.unwrap()
            .split_whitespace()
            .nth(3)
            .unwrap()
            .parse()
            .unwrap()
    }

    /// How many files it has open.
    pub fn open_files(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.process_id());
        std::fs::read_dir(folder).unwrap().count()
    }
}
