//! What `/proc` tells of processes and of the kernel's settings (proc(5)). What may not be read is not told.

use std::fs;
use std::path::Path;

use crate::os::Process;

/// The process that has the socket of that inode, the first in the order of their numbers: a socket may have many.
pub(super) fn owner(inode: u32) -> Option<Process> {
    let wanted = format!("socket:[{inode}]");
    let mut pids: Vec<u32> = fs::read_dir("/proc")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    pids.sort_unstable();
    let pid = pids.into_iter().find(|pid| has(*pid, &wanted))?;
    let comm = fs::read(format!("/proc/{pid}/comm")).ok()?;
    let program = String::from_utf8_lossy(&comm).trim_end().to_owned();
    Some(Process { pid, program })
}

/// Whether a descriptor of the process leads there.
fn has(pid: u32, wanted: &str) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    descriptors
        .flatten()
        .any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to == Path::new(wanted)))
}

/// The first number of a setting.
pub(super) fn setting(path: &str) -> Option<u64> {
    let text = fs::read_to_string(Path::new("/proc/sys").join(path)).ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// How many bytes of address space this process has (`VmSize`).
pub(super) fn taken() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or(0) << 10
}
