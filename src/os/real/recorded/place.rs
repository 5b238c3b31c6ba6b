//! How the file of a recording comes to be: new, private, locked, under its own name at once.

use std::fs::File;
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::FlockOperation;

use crate::os::real::created::{beside, may_go};

/// A new, locked file under that name, to write and to read.
pub(super) fn create(path: &Path, over: bool) -> io::Result<(File, File)> {
    let there = match path.symlink_metadata() {
        Ok(about) => Some(about),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let Some(about) = there.filter(|_| over) else {
        return open(path);
    };
    may_go(&about)?;
    // Who records into the old file holds its lock; it is not taken from them.
    let mut options = File::options();
    let options = options.read(true);
    let old = options
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)?;
    lock(&old)?;
    let new = beside(path);
    let files = open(&new)?;
    if let Err(error) = std::fs::rename(&new, path) {
        let _ = std::fs::remove_file(&new);
        return Err(error);
    }
    Ok(files)
}

/// The directory of a file, to bring its name to the disk; a name that cannot be brought there is no reason to refuse.
pub(super) fn directory(path: &Path) -> Option<File> {
    let above = path.parent()?;
    let above = if above.as_os_str().is_empty() {
        Path::new(".")
    } else {
        above
    };
    let mut options = File::options();
    let flags = libc::O_DIRECTORY | libc::O_CLOEXEC;
    options.read(true).custom_flags(flags).open(above).ok()
}

fn open(path: &Path) -> io::Result<(File, File)> {
    let flags = libc::O_NOFOLLOW | libc::O_CLOEXEC;
    // Exclusive: nothing is followed and nothing is emptied (open(2)).
    let file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)?;
    lock(&file)?;
    let back = File::options().read(true).custom_flags(flags).open(path)?;
    let (one, other) = (file.metadata()?, back.metadata()?);
    if (one.dev(), one.ino()) != (other.dev(), other.ino()) {
        // Somebody put another file in its place within this moment.
        return Err(io::Error::from_raw_os_error(libc::ESTALE));
    }
    Ok((file, back))
}

/// Nobody else records into it (flock(2)).
fn lock(file: &File) -> io::Result<()> {
    Ok(rustix::fs::flock(
        file,
        FlockOperation::NonBlockingLockExclusive,
    )?)
}
