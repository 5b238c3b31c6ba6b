//! Addresses as the kernel has them, to and from `endpoint::Address`. socket2 reads them, since rustix panics on a peer
//! that is bound to a path of 108 bytes, which comes without its NUL (unix(7), BUGS).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use socket2::SockAddr;

use super::errno;
use crate::endpoint::{Address, UNIX_NAME_MAX_BYTES};
use crate::event::Errno;
use crate::os::Got;

/// The address for the kernel; an unnamed one asks it to choose an abstract name (unix(7), autobind).
///
/// # Errors
///
/// `ENAMETOOLONG`; `EINVAL` for a path with a NUL in it, which the kernel would take as its end.
pub(in crate::os) fn to_kernel(address: &Address) -> Got<SockAddr> {
    let name = match address {
        Address::Inet(addr) => return Ok((*addr).into()),
        Address::Path(path) if path.contains(&0) => return Err(Errno::EINVAL),
        Address::Path(path) => path.clone(),
        Address::Abstract(name) => [&[0], name.as_slice()].concat(),
        Address::Unnamed => Vec::new(),
    };
    if name.len() > UNIX_NAME_MAX_BYTES + usize::from(name.first() == Some(&0)) {
        return errno_named("ENAMETOOLONG");
    }
    SockAddr::unix(Path::new(OsStr::from_bytes(&name))).map_err(errno::of_io)
}

/// The address that the kernel told; `None` where it told none.
pub(in crate::os) fn of(addr: &SockAddr) -> Option<Address> {
    if let Some(inet) = addr.as_socket() {
        return Some(Address::Inet(inet));
    }
    if !addr.is_unix() {
        return None;
    }
    if addr.is_unnamed() {
        return Some(Address::Unnamed);
    }
    if let Some(path) = addr.as_pathname() {
        return Some(Address::Path(path.as_os_str().as_bytes().to_vec()));
    }
    addr.as_abstract_namespace()
        .map(|name| Address::Abstract(name.to_vec()))
}

/// An error that the kernel would give, by name.
pub(super) fn errno_named<T>(name: &str) -> Got<T> {
    Err(Errno::named(name).unwrap_or(Errno::EINVAL))
}
