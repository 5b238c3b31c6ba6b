//! Files of Sockeye's own: where the XDG Base Directory Specification puts them, and how they are read and replaced so
//! that neither a crash nor another Sockeye leaves half of one. What stands in them is their owners' matter.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::FlockOperation;

use super::address::errno_named;
use super::{disk, errno, files};
use crate::os::{Got, Lock, Place};

/// The directory of a place, in words.
pub(super) fn place(place: Place, environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let directory = match place {
        Place::Spill => disk::preferred(environment),
        place => directory(place, environment),
    };
    Some(directory?.to_string_lossy().into_owned())
}

/// The directory of a place. A relative path is ignored, as the specification wants it.
pub(super) fn directory(
    place: Place,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Option<PathBuf> {
    let (variable, below_home) = match place {
        Place::Config => ("XDG_CONFIG_HOME", ".config"),
        Place::State | Place::Spill => ("XDG_STATE_HOME", ".local/state"),
        Place::Data => ("XDG_DATA_HOME", ".local/share"),
    };
    let absolute = |name| {
        let path = environment(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let base = absolute(variable).or_else(|| Some(absolute("HOME")?.join(below_home)));
    Some(base?.join("sockeye"))
}

/// The bytes of a file in a directory. What people write may be a link, as those do who keep such files together
/// elsewhere; what we write is none.
///
/// # Errors
///
/// As [`files::read`]; `ENOENT` where there is no directory.
pub(super) fn read(
    directory: Option<String>,
    place: Place,
    name: &str,
    limit: u64,
) -> Got<Vec<u8>> {
    let Some(directory) = directory else {
        return errno_named("ENOENT");
    };
    let follow = place == Place::Config;
    files::read(&Path::new(&directory).join(name), limit, follow)
}

/// How long is waited for another Sockeye, which writes a small file meanwhile; keys wait as long.
const LOCKED_MAX: Duration = Duration::from_millis(20);

/// How often the lock is tried.
const LOCK_PERIOD: Duration = Duration::from_millis(1);

/// The directory, locked against other Sockeyes; it has no file for that, so none is left over.
///
/// # Errors
///
/// As mkdir(2), open(2) and flock(2); `EAGAIN` where another one stands still with the lock, `ENOENT` where there
/// is no directory.
pub(super) fn lock(directory: Option<String>) -> Got<Lock> {
    let directory = File::open(made(directory)?).map_err(errno::of_io)?;
    let until = Instant::now() + LOCKED_MAX;
    loop {
        match rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Box::new(directory)),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < until => {
                std::thread::park_timeout(LOCK_PERIOD);
            }
            // Told by file systems of other machines, which lock what is open for writing, or nothing.
            Err(
                rustix::io::Errno::BADF
                | rustix::io::Errno::NOLCK
                | rustix::io::Errno::NOSYS
                | rustix::io::Errno::OPNOTSUPP,
            ) => return Ok(Box::new(())),
            Err(error) => return Err(errno::of_io(error.into())),
        }
    }
}

/// Replaces a file by another one that is written whole beside it. It is not forced to the disk, for that may take
/// seconds and the loop would stand still: after a power failure the older file may be there, or a damaged one, which
/// its readers expect.
///
/// # Errors
///
/// As mkdir(2), open(2), write(2) and rename(2); `ENOENT` where there is no directory.
pub(super) fn write(directory: Option<String>, name: &str, bytes: &[u8]) -> Got<()> {
    // Two threads of one process (in tests) and two processes take different names.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let directory = made(directory)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let beside = directory.join(format!(".{name}.{}.{count}", std::process::id()));
    // Left over by a process of that number that was killed: nobody else writes it.
    let _ = std::fs::remove_file(&beside);
    let mut options = ours();
    options.write(true).create_new(true);
    let replace = || -> io::Result<()> {
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        std::fs::rename(&beside, directory.join(name))
    };
    replace().map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        errno::of_io(error)
    })
}

/// Adds bytes to a file, which begins anew with them if told.
///
/// # Errors
///
/// As mkdir(2), open(2) and write(2); `ENOENT` where there is no directory.
pub(super) fn append(directory: Option<String>, name: &str, bytes: &[u8], anew: bool) -> Got<()> {
    let path = made(directory)?.join(name);
    if anew {
        // A file of its own, that a link or another owner of the old one does not see.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(errno::of_io(error));
            }
            _ => {}
        }
    }
    let mut options = ours();
    options.append(true).create(true);
    let result = options
        .open(&path)
        .and_then(|mut file| file.write_all(bytes));
    result.map_err(errno::of_io)
}

/// A line on standard error.
pub(super) fn say(line: &str) {
    // There is nobody to tell that standard error is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Of this user alone, and never behind a link.
fn ours() -> OpenOptions {
    let mut options = File::options();
    options
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NOCTTY | libc::O_NONBLOCK);
    options
}

/// The directory, which is there from now on.
fn made(directory: Option<String>) -> Got<PathBuf> {
    let Some(directory) = directory.map(PathBuf::from) else {
        return errno_named("ENOENT");
    };
    let mut builder = DirBuilder::new();
    let result = builder.recursive(true).mode(0o700).create(&directory);
    result.map_err(errno::of_io)?;
    Ok(directory)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;
    use crate::event::Errno;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("sockeye-kept-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        folder
    }

    #[test]
    fn directories_follow_xdg() {
        let home = ("HOME", "/home/ada");
        let check = |place, variables: &[(&str, &str)], expected: Option<&str>| {
            let found = directory(place, &|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found, expected.map(PathBuf::from), "{place:?}");
        };
        check(
            Place::State,
            &[home],
            Some("/home/ada/.local/state/sockeye"),
        );
        check(Place::Config, &[home], Some("/home/ada/.config/sockeye"));
        check(Place::Data, &[home], Some("/home/ada/.local/share/sockeye"));
        check(
            Place::State,
            &[home, ("XDG_STATE_HOME", "/s")],
            Some("/s/sockeye"),
        );
        check(
            Place::Config,
            &[("XDG_CONFIG_HOME", "/c")],
            Some("/c/sockeye"),
        );
        let relative = [home, ("XDG_STATE_HOME", "s")];
        check(
            Place::State,
            &relative,
            Some("/home/ada/.local/state/sockeye"),
        );
        check(Place::State, &[], None);
    }

    #[test]
    fn a_file_is_replaced_whole_and_is_this_users_alone() {
        let folder = folder("whole");
        let place = || Some(folder.join("a/b").to_string_lossy().into_owned());
        assert_eq!(read(place(), Place::State, "f", 9), errno_named("ENOENT"));
        write(place(), "f", b"one").unwrap();
        write(place(), "f", b"second").unwrap();
        assert_eq!(read(place(), Place::State, "f", 9), Ok(b"second".to_vec()));
        assert_eq!(read(place(), Place::State, "f", 5), errno_named("EFBIG"));
        let file = folder.join("a/b/f");
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        let beside = std::fs::read_dir(folder.join("a/b")).unwrap().count();
        assert_eq!(beside, 1, "nothing is left beside it");
        append(place(), "log", b"a", true).unwrap();
        append(place(), "log", b"b", false).unwrap();
        assert_eq!(read(place(), Place::State, "log", 9), Ok(b"ab".to_vec()));
        append(place(), "log", b"c", true).unwrap();
        assert_eq!(read(place(), Place::State, "log", 9), Ok(b"c".to_vec()));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_lock_is_held_until_it_is_dropped_and_leaves_no_file() {
        let folder = folder("lock");
        let place = || Some(folder.join("a").to_string_lossy().into_owned());
        let held = lock(place()).unwrap();
        assert_eq!(lock(place()).err(), Some(Errno::EAGAIN));
        drop(held);
        drop(lock(place()).unwrap());
        let left = std::fs::read_dir(folder.join("a")).unwrap().count();
        assert_eq!(left, 0);
        assert_eq!(lock(None).err().map(Errno::name), Some("ENOENT"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn links_are_not_followed_where_we_write() {
        let folder = folder("links");
        let place = || Some(folder.to_string_lossy().into_owned());
        std::fs::write(folder.join("theirs"), "theirs").unwrap();
        symlink(folder.join("theirs"), folder.join("f")).unwrap();
        assert_eq!(read(place(), Place::State, "f", 9), errno_named("ELOOP"));
        assert_eq!(read(place(), Place::Config, "f", 9), Ok(b"theirs".to_vec()));
        assert_eq!(append(place(), "f", b"x", false), errno_named("ELOOP"));
        append(place(), "f", b"x", true).unwrap();
        symlink(folder.join("theirs"), folder.join("g")).unwrap();
        write(place(), "g", b"ours").unwrap();
        assert_eq!(std::fs::read(folder.join("theirs")).unwrap(), b"theirs");
        assert_eq!(read(place(), Place::State, "g", 9), Ok(b"ours".to_vec()));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        assert_eq!(write(None, "f", b""), errno_named("ENOENT"));
        let below_a_file = Some("/dev/null/x".to_owned());
        assert_eq!(
            write(below_a_file, "f", b"").map_err(Errno::name),
            Err("ENOTDIR")
        );
    }
}
