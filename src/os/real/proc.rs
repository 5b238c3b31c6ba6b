//! What `/proc` tells of processes and of the kernel's settings (proc(5)). What may not be read is not told.

use std::collections::VecDeque;
use std::fs::{self, ReadDir};
use std::path::Path;

use crate::os::{Process, Sought};

/// Descriptors and processes that are looked at for one question. All of a busy host take a tenth of a second and more.
const LOOKS: usize = 1000;

/// Searches that are begun and not at their end; the one that was asked for longest ago gives way.
const SEARCHES_MAX: usize = 4;

/// Searches for the processes that have sockets, a part of each at a time.
#[derive(Debug, Default)]
pub(super) struct Searches(VecDeque<Search>);

/// A search.
#[derive(Debug)]
struct Search {
    inode: u32,
    /// Processes that were not looked at, the next one last.
    pids: Vec<u32>,
    /// What is left of the descriptors of one.
    at: Option<(u32, ReadDir)>,
}

impl Searches {
    /// Looks on for the process that has the socket of that inode, the first in the order of their numbers: a socket
    /// may have many.
    pub(super) fn owner(&mut self, inode: u32) -> Sought {
        let begun = self.0.iter().position(|search| search.inode == inode);
        let begun = begun.and_then(|at| self.0.remove(at));
        let mut search = begun.unwrap_or_else(|| Search::new(inode));
        let found = search.go_on();
        if found == Sought::Partly {
            self.0.truncate(SEARCHES_MAX - 1);
            self.0.push_front(search);
        }
        found
    }
}

impl Search {
    fn new(inode: u32) -> Self {
        let entries = fs::read_dir("/proc").into_iter().flatten();
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let mut pids: Vec<u32> = pids.collect();
        pids.sort_unstable_by(|one, other| other.cmp(one));
        let at = None;
        Self { inode, pids, at }
    }

    fn go_on(&mut self) -> Sought {
        let wanted = format!("socket:[{}]", self.inode);
        let leads_there = |entry: &fs::DirEntry| {
            fs::read_link(entry.path()).is_ok_and(|to| to == Path::new(&wanted))
        };
        for _ in 0..LOOKS {
            let Some((pid, descriptors)) = &mut self.at else {
                let Some(pid) = self.pids.pop() else {
                    return Sought::Nobody;
                };
                let descriptors = fs::read_dir(format!("/proc/{pid}/fd"));
                self.at = descriptors.ok().map(|descriptors| (pid, descriptors));
                continue;
            };
            match descriptors.next() {
                Some(Ok(entry)) if leads_there(&entry) => return process(*pid).into(),
                Some(Ok(_)) => {}
                // It is gone, or that was all.
                Some(Err(_)) | None => self.at = None,
            }
        }
        Sought::Partly
    }
}

fn process(pid: u32) -> Option<Process> {
    let comm = fs::read(format!("/proc/{pid}/comm")).ok()?;
    let program = String::from_utf8_lossy(&comm).trim_end().to_owned();
    Some(Process { pid, program })
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

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn a_socket_behind_many_others_is_found_part_by_part() {
        let many: Vec<_> = (0..600).map(|_| UnixStream::pair().unwrap()).collect();
        let (last, _) = many.last().unwrap();
        let link = fs::read_link(format!("/proc/self/fd/{}", last.as_raw_fd())).unwrap();
        let text = link.to_str().unwrap();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let inode: u32 = digits.parse().unwrap();
        let mut searches = Searches::default();
        // Others are looked for meanwhile, more than are remembered, and in vain.
        let mut asked = 0;
        let found = loop {
            let other = searches.owner(u32::MAX - asked);
            assert!(matches!(other, Sought::Partly | Sought::Nobody));
            match searches.owner(inode) {
                Sought::Partly => asked += 1,
                found => break found,
            }
        };
        assert!(asked >= 1, "1200 descriptors are not looked at at once");
        let Sought::Found(process) = found else {
            panic!("{found:?}")
        };
        assert_eq!(process.pid, std::process::id());
        assert!(searches.0.len() <= SEARCHES_MAX);
    }
}
