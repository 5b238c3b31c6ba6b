//! Files that are read whole, chance, and the limit of descriptors. Nothing here is watched.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Resource, Rlimit};

use super::address::errno_named;
use super::errno;
use crate::event::Errno;
use crate::os::Got;

/// More descriptors than this are not asked for: some systems have no limit at all.
const DESCRIPTORS_MAX: u64 = 1 << 20;

/// The descriptors that are no sockets: terminal, poller, spill file, recording, libraries.
const RESERVED: u64 = 64;

/// The system's own monotonic clock, which all programs share.
pub(in crate::os) fn clock() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let (seconds, nanos) = (time.tv_sec, time.tv_nsec);
    Duration::new(
        u64::try_from(seconds).unwrap_or(0),
        u32::try_from(nanos).unwrap_or(0),
    )
}

/// The bytes of a regular file; with `follow` behind a link, too.
///
/// # Errors
///
/// As open(2) and read(2); `EFBIG` past the limit, `EISDIR`, `ELOOP` for a link that is not followed, and
/// `EINVAL` for what is no file.
pub(super) fn read(path: &Path, limit: u64, follow: bool) -> Got<Vec<u8>> {
    let (file, len) = open(path, follow)?;
    if len > limit {
        return errno_named("EFBIG");
    }
    let mut bytes = Vec::new();
    // It may grow while it is read, and files of proc(5) have no length at all.
    let mut whole = file.take(limit.saturating_add(1));
    whole.read_to_end(&mut bytes).map_err(errno::of_io)?;
    if bytes.len() as u64 > limit {
        return errno_named("EFBIG");
    }
    Ok(bytes)
}

/// A regular file, open to be read, and its length; with `follow` behind a link, too.
///
/// # Errors
///
/// As open(2); `EISDIR`, `ELOOP` for a link that is not followed, and `EINVAL` for what is no file.
pub(super) fn open(path: &Path, follow: bool) -> Got<(File, u64)> {
    let link = if follow { 0 } else { libc::O_NOFOLLOW };
    // Without O_NONBLOCK a named pipe would hold us until somebody writes.
    let mut options = File::options();
    options
        .read(true)
        .custom_flags(libc::O_NOCTTY | libc::O_NONBLOCK | link);
    let file = options.open(path).map_err(errno::of_io)?;
    let about = file.metadata().map_err(errno::of_io)?;
    if about.is_dir() {
        return errno_named("EISDIR");
    }
    if !about.is_file() {
        return Err(Errno::EINVAL);
    }
    Ok((file, about.len()))
}

/// Standard input is this file from now on; a named pipe holds us until somebody writes, as everywhere.
///
/// # Errors
///
/// As open(2) and dup2(2); `EISDIR` for a directory.
pub(super) fn put_in_place_of_stdin(path: &Path) -> Got<()> {
    let mut options = File::options();
    options.read(true).custom_flags(libc::O_NOCTTY);
    let file = options.open(path).map_err(errno::of_io)?;
    if file.metadata().map_err(errno::of_io)?.is_dir() {
        return errno_named("EISDIR");
    }
    rustix::stdio::dup2_stdin(file).map_err(|error| errno::of_io(error.into()))
}

/// The value of an environment variable.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A number that nobody can guess.
pub(super) fn random() -> u64 {
    let mut bytes = [0; 8];
    if fill(&mut bytes).is_err() {
        // A system without chance: seeds then differ by time alone, and nothing else here rests on them.
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed();
        return now.map_or(0, |time| {
            u64::from(time.subsec_nanos()) << 32 | time.as_secs()
        });
    }
    u64::from_ne_bytes(bytes)
}

#[cfg(target_os = "linux")]
fn fill(bytes: &mut [u8; 8]) -> io::Result<()> {
    // Eight bytes come whole once the pool is initialised (getrandom(2)).
    rustix::rand::getrandom(bytes, rustix::rand::GetRandomFlags::empty())?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn fill(bytes: &mut [u8; 8]) -> io::Result<()> {
    File::open("/dev/urandom")?.read_exact(bytes)
}

/// Raises the limit of descriptors to its hard limit; how many sockets that makes.
pub(super) fn raise_socket_limit() -> usize {
    let limits = rustix::process::getrlimit(Resource::Nofile);
    let most = limits.maximum.unwrap_or(u64::MAX).min(DESCRIPTORS_MAX);
    let soft = limits.current.unwrap_or(u64::MAX);
    let raised = Rlimit {
        current: Some(most.max(soft)),
        maximum: limits.maximum,
    };
    let allowed = if soft < most && rustix::process::setrlimit(Resource::Nofile, raised).is_ok() {
        most
    } else {
        soft
    };
    usize::try_from(allowed.saturating_sub(RESERVED)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, limit: u64, expected: Result<usize, &str>) {
        let read = read(Path::new(path), limit, true).map(|bytes| bytes.len());
        assert_eq!(read.map_err(Errno::name), expected, "{path}");
    }

    #[test]
    fn files_are_read_whole_or_not_at_all() {
        let len = std::fs::metadata("Cargo.toml").unwrap().len();
        check("Cargo.toml", len, Ok(usize::try_from(len).unwrap()));
        check("Cargo.toml", len - 1, Err("EFBIG"));
        check("src", 1 << 20, Err("EISDIR"));
        check("/dev/null", 1 << 20, Err("EINVAL"));
        check("no/such/file", 1 << 20, Err("ENOENT"));
        check("a\0b", 1 << 20, Err("EINVAL"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_without_a_length_has_a_limit_too() {
        check("/proc/self/maps", 10, Err("EFBIG"));
    }

    #[test]
    fn the_limit_leaves_room_for_what_is_no_socket() {
        let allowed = raise_socket_limit() as u64 + RESERVED;
        let now = rustix::process::getrlimit(Resource::Nofile);
        assert_eq!(now.current.map(|soft| soft.max(RESERVED)), Some(allowed));
    }
}
