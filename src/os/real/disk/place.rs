//! Where the spill file lies: the state directory, else `/var/tmp`, and never in a file system that is memory itself,
//! unless told. The file has no name from the start, or loses it at once.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::process::Resource;

/// The most bytes of a spill file.
const FILE_MAX_BYTES: u64 = 8 << 30;

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
        let places = [state_directory(environment), Some("/var/tmp".into())];
        for directory in places.into_iter().flatten() {
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

/// `$XDG_STATE_HOME/sockeye`, else `~/.local/state/sockeye`. A relative path is ignored, as the XDG Base Directory
/// Specification wants it.
fn state_directory(environment: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let absolute = |name| {
        environment(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    Some(state?.join("sockeye"))
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

    fn state(variables: &[(&str, &str)]) -> Option<PathBuf> {
        state_directory(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_state_directory_follows_xdg() {
        let home = ("HOME", "/home/ada");
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(state(&[home]), path("/home/ada/.local/state/sockeye"));
        assert_eq!(state(&[home, ("XDG_STATE_HOME", "/s")]), path("/s/sockeye"));
        let relative = state(&[home, ("XDG_STATE_HOME", "s")]);
        assert_eq!(relative, path("/home/ada/.local/state/sockeye"));
        assert_eq!(state(&[]), None);
    }

    #[test]
    fn a_directory_that_cannot_be_used_is_named() {
        let told = |name: &str| (name == TOLD).then(|| "/proc/nowhere".to_owned());
        assert!(
            Place::find(&told)
                .unwrap_err()
                .starts_with("/proc/nowhere: ")
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_no_place_unless_told() {
        let memory = Path::new("/dev/shm");
        if unnamed(memory).is_ok_and(|file| is_memory(&file)) {
            let refused = Place::within(memory, false).unwrap_err();
            assert_eq!(refused, "/dev/shm: is in memory (tmpfs)");
            assert!(Place::within(memory, true).is_ok());
        }
    }
}
