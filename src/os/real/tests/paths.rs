//! Paths of Unix sockets in a directory of the test's own.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// A directory that is removed with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sockeye-{}-{test}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn bytes(path: &Path) -> &[u8] {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str())
}

fn bind(os: &mut Real, transport: Transport, path: &Path) -> Sock {
    let sock = os.socket(transport, false).unwrap();
    os.bind(sock, &Address::Path(bytes(path).to_vec())).unwrap();
    sock
}

/// A path that a program left behind.
fn leave(path: &Path) {
    drop(std::os::unix::net::UnixListener::bind(path).unwrap());
    assert!(path.exists());
}

#[test]
fn f32_only_a_socket_that_nobody_has_is_stale() {
    let folder = Folder::new("stale");
    let (left, link, file) = (
        folder.path("left"),
        folder.path("link"),
        folder.path("file"),
    );
    leave(&left);
    std::os::unix::fs::symlink(&left, &link).unwrap();
    fs::write(&file, "").unwrap();
    let mut os = real();
    for path in [&link, &file, &folder.0, &folder.path("nothing")] {
        assert_eq!(os.remove_stale_unix(bytes(path)), Ok(false), "{path:?}");
    }
    let unix = [
        Transport::UnixStream,
        Transport::UnixSeqpacket,
        Transport::UnixDgram,
    ];
    for transport in unix {
        let path = folder.path(transport.scheme());
        let sock = bind(&mut os, transport, &path);
        // Bound and not listening: a stream would be refused here.
        assert_eq!(os.remove_stale_unix(bytes(&path)), Ok(false));
        if transport.listens() {
            os.listen(sock, 0).unwrap();
            assert_eq!(os.remove_stale_unix(bytes(&path)), Ok(false));
            assert_eq!(os.accept(sock), Err(Errno::EAGAIN), "nobody was disturbed");
        }
        assert!(path.exists());
    }
    assert_eq!(os.remove_stale_unix(bytes(&left)), Ok(true));
    assert!(!left.exists() && file.exists() && link.is_symlink());
}

#[test]
fn f32_a_path_is_removed_with_its_socket_unless_it_is_another_file_by_then() {
    let folder = Folder::new("bound");
    let path = folder.path("s");
    let mut os = real();
    let sock = bind(&mut os, Transport::UnixStream, &path);
    assert_eq!(os.remove_bound_unix(sock), Ok(true));
    assert!(!path.exists());
    assert_eq!(os.remove_bound_unix(sock), Ok(false));
    os.close(sock);

    let sock = bind(&mut os, Transport::UnixStream, &path);
    fs::remove_file(&path).unwrap();
    leave(&path);
    assert_eq!(os.remove_bound_unix(sock), Ok(false));
    assert!(path.exists());
    fs::remove_file(&path).unwrap();

    let unnamed = os.socket(Transport::UnixStream, false).unwrap();
    assert_eq!(os.remove_bound_unix(unnamed), Ok(false));
    bind(&mut os, Transport::UnixDgram, &path);
    drop(os);
    assert!(
        !path.exists(),
        "the end of the program removes what is left"
    );
}
