//! What the kernel counts about a process and its children, and about this machine (`proc(5)`).

use std::fs;

/// Processor time of a process, its threads and its children in seconds. Of those that run it is known to the nanosecond
/// (`/proc/PID/task/TID/schedstat`), of children that were waited for in ticks of 10 ms.
pub(crate) fn processor_seconds(pid: u32) -> f64 {
    let family = family(pid);
    let nanos: u64 = family.iter().map(|pid| running_nanos(*pid)).sum();
    let ticks: u64 = family.iter().map(|pid| waited_ticks(*pid)).sum();
    nanos as f64 / 1e9 + ticks as f64 / 100.0
}

fn running_nanos(pid: u32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let nanos = tasks.filter_map(|task| {
        let stat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<u64>().ok()
    });
    nanos.sum()
}

fn waited_ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    // cutime, cstime.
    let ticks = fields.split_whitespace().skip(13).take(2);
    ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Resident memory of a process and its children in bytes.
pub(crate) fn resident_bytes(pid: u32) -> u64 {
    let kib = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let kib: u64 = family(pid).iter().filter_map(kib).sum();
    kib << 10
}

fn family(pid: u32) -> Vec<u32> {
    let mut family = vec![pid];
    let mut at = 0;
    while let Some(pid) = family.get(at) {
        let path = format!("/proc/{pid}/task/{pid}/children");
        let children = fs::read_to_string(path).unwrap_or_default();
        family.extend(
            children
                .split_whitespace()
                .filter_map(|pid| pid.parse::<u32>().ok()),
        );
        at += 1;
    }
    family
}

/// On what this ran, and what else ran there.
pub(crate) fn machine() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!(
        "Linux {}, {cores} cores, load average {load} before",
        release.trim()
    )
}
