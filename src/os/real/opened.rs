//! A file that somebody else wrote, open to be read anywhere in it: a capture, a recording. It is never written.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

use super::files;
use crate::event::Shelf;
use crate::os::Got;

/// The file.
#[derive(Debug)]
pub(super) struct Opened(File);

impl Opened {
    /// A regular file, behind a link, too; and how long it is now.
    ///
    /// # Errors
    ///
    /// As open(2); `EISDIR`, and `EINVAL` for what is no file.
    pub(super) fn at(path: &Path) -> Got<(Self, u64)> {
        let (file, len) = files::open(path, true)?;
        Ok((Self(file), len))
    }
}

impl Shelf for Opened {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        read_all(&self.0, buf, at)
    }
}

/// pread(2) until `buf` is full; false at the file's end and where the disk fails.
pub(super) fn read_all(file: impl AsFd, buf: &mut [u8], offset: u64) -> bool {
    let (mut rest, mut at) = (buf, offset);
    while !rest.is_empty() {
        match rustix::io::retry_on_intr(|| rustix::io::pread(&file, &mut *rest, at)) {
            Ok(0) | Err(_) => return false,
            Ok(len) => {
                rest = rest.get_mut(len..).unwrap_or_default();
                at += len as u64;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Errno;

    #[test]
    fn a_file_is_read_anywhere_and_nothing_behind_its_end() {
        let path = Path::new("Cargo.toml");
        let whole = std::fs::read(path).unwrap();
        let (opened, len) = Opened::at(path).unwrap();
        assert_eq!(len, whole.len() as u64);
        let mut buf = [0; 16];
        assert!(opened.read(100, &mut buf));
        assert_eq!(buf, whole[100..116]);
        assert!(!opened.read(len - 15, &mut buf));
        assert!(!opened.read(u64::MAX, &mut buf));
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let refused = |path: &str| {
            Opened::at(Path::new(path))
                .map(|it| it.1)
                .map_err(Errno::name)
        };
        assert_eq!(refused("src"), Err("EISDIR"));
        assert_eq!(refused("/dev/null"), Err("EINVAL"));
        assert_eq!(refused("no/such"), Err("ENOENT"));
    }
}
