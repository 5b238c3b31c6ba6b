//! Paths of Unix sockets: `bind` makes them and nobody removes them (unix(7)). Here they are removed, but only where
//! they are proven to be ours: a socket that this process bound, or one of this user's that no program has any more.
//! Links are never followed.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::net::{AddressFamily, SocketType};
use socket2::SockAddr;

use super::sockets::create;

/// A path that a socket of ours was bound to, and which file that was.
#[derive(Debug)]
pub(super) struct Bound {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Bound {
    /// What `bind` just made of `path`; none if it is there no more.
    pub(super) fn at(path: &[u8]) -> Option<Self> {
        let path = PathBuf::from(OsStr::from_bytes(path));
        let about = socket_at(&path).ok().flatten()?;
        Some(Self {
            path,
            device: about.dev(),
            inode: about.ino(),
        })
    }

    /// Removes it if it is still that file; false if something else stands there, or nothing. Its socket must still be
    /// open: as long as it is, no other file has the inode's number.
    ///
    /// # Errors
    ///
    /// As lstat(2) and unlink(2).
    pub(super) fn remove(&self) -> io::Result<bool> {
        let same = |about: Metadata| about.dev() == self.device && about.ino() == self.inode;
        if !socket_at(&self.path)?.is_some_and(same) {
            return Ok(false);
        }
        std::fs::remove_file(&self.path).map(|()| true)
    }
}

/// Removes a socket of this user's that no program has open; false for everything else.
///
/// # Errors
///
/// As lstat(2), socket(2) and unlink(2).
pub(super) fn remove_stale(path: &[u8]) -> io::Result<bool> {
    let path = Path::new(OsStr::from_bytes(path));
    let ours = rustix::process::geteuid().as_raw();
    let Some(before) = socket_at(path)?.filter(|about| about.uid() == ours) else {
        return Ok(false);
    };
    if !is_abandoned(path)? {
        return Ok(false);
    }
    // Somebody may have bound it anew in the meantime.
    let same = |about: Metadata| about.dev() == before.dev() && about.ino() == before.ino();
    if !socket_at(path)?.is_some_and(same) {
        return Ok(false);
    }
    std::fs::remove_file(path).map(|()| true)
}

/// Whether no socket stands behind the path. It is a datagram socket that asks: a stream would be refused by one that
/// is bound and does not listen yet, and would wait in the queue of one that does; a datagram socket gets `EPROTOTYPE`
/// from both (connect(2)), and is refused only where there is nobody.
fn is_abandoned(path: &Path) -> io::Result<bool> {
    let probe = create(AddressFamily::UNIX, SocketType::DGRAM)?;
    let refused = probe.connect(&SockAddr::unix(path)?);
    Ok(refused.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused))
}

/// What is known of the socket at a path, if there is one, itself and not behind a link.
fn socket_at(path: &Path) -> io::Result<Option<Metadata>> {
    match std::fs::symlink_metadata(path) {
        Ok(about) => Ok(Some(about).filter(|about| about.file_type().is_socket())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
