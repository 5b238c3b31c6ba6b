//! Where the spill file lies: the state directory, else `/var/tmp`, and never in a file system that is memory itself,
//! unless told. The file has no name from the start, or loses it at once.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::process::Resource;

use crate::os::real::kept;

/// The most bytes of a spill file.
const FILE_MAX_BYTES: u64 = 8 << 30;

/// Where a spill file goes if the state directory cannot take it: a directory that outlives a reboot is none in memory.
const FALLBACK: &str = "/var/tmp";

/// The environment variable that names a directory to spill to, memory or not.
const TOLD: &str = "SOCKEYE_SPILL_DIR";

/// A file to spill to.
#[derive(Debug)]
pub(in crate::os::real) struct Place {
    /// Without a name, open for reading and writing, mode 0600.
    pub(in crate::os::real) file: OwnedFd,
    /// 8 GiB, half of the free space, or the limit of this process, whichever is least.
    pub(in crate::os::real) limit: u64,
}

impl Place {
    /// A new file; `environment` knows `SOCKEYE_SPILL_DIR`, `XDG_STATE_HOME` and `HOME`.
    ///
    /// # Errors
    ///
    /// Why there is none in any of the directories, in words.
    pub(in crate::os::real) fn find(
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        if let Some(told) = environment(TOLD) {
            return Self::within(Path::new(&told), true);
        }
        let mut reasons = Vec::new();
        for directory in directories(environment) {
            match Self::within(&directory, false) {
                Ok(place) => return Ok(place),
                Err(why) => reasons.push(why),
            }
        }
        Err(format!(
            "{}; {TOLD} may name another directory",
            reasons.join("; ")
        ))
    }

    fn within(directory: &Path, may_be_memory: bool) -> Result<Self, String> {
        let in_words = |error: io::Error| format!("{}: {error}", directory.display());
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(in_words)?;
        let file = unnamed(directory).map_err(in_words)?;
        if !may_be_memory && is_memory(&file) {
            return Err(format!("{}: is in memory (tmpfs)", directory.display()));
        }
        let space = rustix::fs::fstatvfs(&file).map_err(|error| in_words(error.into()))?;
        let half = space.f_bavail.saturating_mul(space.f_frsize) / 2;
        // A write past this one would raise SIGXFSZ (getrlimit(2)).
        let allowed = rustix::process::getrlimit(Resource::Fsize).current;
        let limit = half.min(FILE_MAX_BYTES).min(allowed.unwrap_or(u64::MAX));
        Ok(Self { file, limit })
    }
}

/// The directories that are tried, unless one is told.
fn directories(environment: &dyn Fn(&str) -> Option<String>) -> impl Iterator<Item = PathBuf> {
    let state = kept::directory(crate::os::Place::State, environment);
    state.into_iter().chain([PathBuf::from(FALLBACK)])
}

/// Where a spill file would lie, as far as that can be told without making a directory: in the one that is told, or the
/// first of those tried that is not in memory.
pub(in crate::os::real) fn preferred(
    environment: &dyn Fn(&str) -> Option<String>,
) -> Option<PathBuf> {
    let told = environment(TOLD).map(PathBuf::from);
    let is_disk = |directory: &PathBuf| {
        // What is not there yet will be where the nearest directory above it is.
        let there = directory.ancestors().find(|above| above.is_dir());
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = there.map(|above| rustix::fs::open(above, flags, Mode::empty()));
        !opened.is_some_and(|opened| opened.is_ok_and(is_memory))
    };
    told.or_else(|| directories(environment).find(is_disk))
}

fn unnamed(directory: &Path) -> io::Result<OwnedFd> {
    let mode = Mode::RUSR | Mode::WUSR;
    #[cfg(target_os = "linux")]
    {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        // Not every file system can (overlayfs, NFS): open(2).
        if let Ok(file) = rustix::fs::open(directory, flags, mode) {
            return Ok(file);
        }
    }
    let unique = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let name = format!(
        ".spill-{}-{}",
        std::process::id(),
        unique.map_or(0, |time| time.as_nanos())
    );
    let path = directory.join(name);
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::RDWR | OFlags::CLOEXEC;
    let file = rustix::fs::open(&path, flags, mode)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Whether what is written there takes memory away instead of giving it back.
#[cfg(target_os = "linux")]
fn is_memory(file: impl AsFd) -> bool {
    // Of linux/magic.h; the type of the field differs between architectures.
    const IN_MEMORY: [u32; 2] = [0x0102_1994, 0x8584_58f6];
    rustix::fs::fstatfs(file).is_ok_and(|found| {
        IN_MEMORY
            .iter()
            .any(|magic| u32::try_from(found.f_type) == Ok(*magic))
    })
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_: impl AsFd) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_cannot_be_used_is_named() {
        let told = |name: &str| (name == TOLD).then(|| "/proc/nowhere".to_owned());
        assert!(
            Place::find(&told)
                .unwrap_err()
                .starts_with("/proc/nowhere: ")
        );
    }

    #[test]
    fn the_preferred_directory_is_named_without_being_made() {
        let told = |name: &str| (name == TOLD).then(|| "/no/such".to_owned());
        assert_eq!(preferred(&told), Some(PathBuf::from("/no/such")));
        let state = |name: &str| (name == "XDG_STATE_HOME").then(|| "/usr/no/such".to_owned());
        let expected = Path::new("/usr/no/such/sockeye");
        assert_eq!(preferred(&state).as_deref(), Some(expected));
        assert!(!expected.exists());
        assert_eq!(preferred(&|_| None), Some(PathBuf::from(FALLBACK)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_no_place_unless_told() {
        let memory = Path::new("/dev/shm");
        if unnamed(memory).is_ok_and(|file| is_memory(&file)) {
            let refused = Place::within(memory, false).unwrap_err();
            assert_eq!(refused, "/dev/shm: is in memory (tmpfs)");
            assert!(Place::within(memory, true).is_ok());
            let state = |name: &str| (name == "XDG_STATE_HOME").then(|| "/dev/shm/x".to_owned());
            assert_eq!(preferred(&state), Some(PathBuf::from(FALLBACK)));
        }
    }
}
