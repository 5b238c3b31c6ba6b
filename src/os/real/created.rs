//! Files that are made: private, never through a link, whole or not at all. One that shall replace another is written
//! beside it and takes its place at the end.

use std::fs::{File, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::process::Resource;

use super::{errno, files};
use crate::event::{Errno, Sink};

/// A file on its way to be kept.
#[derive(Debug)]
pub(super) struct Created {
    file: File,
    /// Where it is while it is written.
    path: PathBuf,
    /// What it is called in the end, if that is something else.
    name: Option<PathBuf>,
    /// The most bytes that this process may write into a file, and how many it has.
    room: Option<u64>,
    written: u64,
    is_kept: bool,
}

impl Created {
    /// A new file at `path`; one that exists is replaced in the end if it may be, and only if it is a plain file.
    ///
    /// # Errors
    ///
    /// As open(2): `EEXIST`; `ELOOP` for a link and `EINVAL` for what is no plain file.
    pub(super) fn at(path: &Path, over: bool) -> io::Result<Self> {
        let there = match path.symlink_metadata() {
            Ok(about) => Some(about),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let (at, name) = match there.filter(|_| over) {
            None => (path.to_owned(), None),
            Some(about) => {
                may_go(&about)?;
                (beside(path), Some(path.to_owned()))
            }
        };
        // Exclusive: nothing is followed and nothing is emptied (open(2)).
        let file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
            .open(&at)?;
        Ok(Self {
            file,
            path: at,
            name,
            room: rustix::process::getrlimit(Resource::Fsize).current,
            written: 0,
            is_kept: false,
        })
    }

    /// Writes all of it. What would pass the limit of this process is refused before: it would raise SIGXFSZ
    /// (getrlimit(2)).
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.written.saturating_add(bytes.len() as u64);
        if self.room.is_some_and(|room| end > room) {
            return Err(io::Error::from_raw_os_error(libc::EFBIG));
        }
        self.file.write_all(bytes)?;
        self.written = end;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(name) = &self.name {
            std::fs::rename(&self.path, name)?;
        }
        self.is_kept = true;
        Ok(())
    }
}

impl Sink for Created {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.put(bytes).map_err(errno::of_io)
    }

    fn keep(mut self: Box<Self>) -> Result<(), Errno> {
        self.finish().map_err(errno::of_io)
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        // Only the file itself: somebody may have put another one in its place.
        let ours = self.file.metadata();
        let there = self.path.symlink_metadata();
        if let (Ok(ours), Ok(there)) = (ours, there)
            && (ours.dev(), ours.ino()) == (there.dev(), there.ino())
        {
            // Nothing could be told to anybody any more.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether a file may be replaced by another.
pub(super) fn may_go(about: &Metadata) -> io::Result<()> {
    let raw = if about.is_symlink() {
        libc::ELOOP
    } else if about.is_dir() {
        libc::EISDIR
    } else if about.is_file() {
        return Ok(());
    } else {
        libc::EINVAL
    };
    Err(io::Error::from_raw_os_error(raw))
}

/// A name beside a file that nobody else has.
pub(super) fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{:016x}~", files::random()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty directory of this test's own.
    fn directory(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("sockeye-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        path
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn create(path: &Path, over: bool) -> Result<Box<Created>, &'static str> {
        let made = Created::at(path, over).map(Box::new);
        made.map_err(|error| errno::of_io(error).name())
    }

    #[test]
    fn a_file_is_private_and_whole_or_not_there() {
        let directory = directory("created");
        let path = directory.join("a.bin");
        let mut file = create(&path, false).unwrap();
        file.write(b"one ").unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        drop(file);
        assert!(names(&directory).is_empty());

        let mut file = create(&path, false).unwrap();
        file.write(b"one ").unwrap();
        file.write(b"two").unwrap();
        file.keep().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one two");
        assert_eq!(create(&path, false).err(), Some("EEXIST"));

        let mut file = create(&path, true).unwrap();
        file.write(b"three").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one two", "not before");
        drop(file);
        assert_eq!(names(&directory), ["a.bin"]);
        let mut file = create(&path, true).unwrap();
        file.write(b"three").unwrap();
        file.keep().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"three");
        assert_eq!(names(&directory), ["a.bin"]);
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_file_that_took_its_place_stays() {
        let directory = directory("taken");
        let path = directory.join("a.bin");
        let file = create(&path, false).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "another").unwrap();
        drop(file);
        assert_eq!(names(&directory), ["a.bin"]);
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn links_and_what_is_no_file_are_left_alone() {
        let directory = directory("links");
        std::fs::write(directory.join("target"), "target").unwrap();
        let link = directory.join("link");
        std::os::unix::fs::symlink("target", &link).unwrap();
        let dangling = directory.join("dangling");
        std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
        for (path, over, refused) in [
            (&link, false, "EEXIST"),
            (&link, true, "ELOOP"),
            (&dangling, false, "EEXIST"),
            (&dangling, true, "ELOOP"),
            (&directory, true, "EISDIR"),
            (&PathBuf::from("/dev/null"), true, "EINVAL"),
            (&directory.join("no/such"), true, "ENOENT"),
            (&directory.join("a\0b"), false, "EINVAL"),
        ] {
            assert_eq!(create(path, over).err(), Some(refused), "{path:?} {over}");
        }
        assert_eq!(std::fs::read(directory.join("target")).unwrap(), b"target");
        assert_eq!(names(&directory), ["dangling", "link", "target"]);
        std::fs::remove_dir_all(directory).unwrap();
    }
}
