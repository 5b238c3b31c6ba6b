//! The system's error numbers as the portable ones of the log. It names nothing: `event::Errno` has the words.

use std::io;

use crate::event::Errno;

/// This system's number of each error that has a name in the log; on Linux they are the same.
const NUMBERS: &[(i32, &str)] = &[
    (libc::EPERM, "EPERM"),
    (libc::ENOENT, "ENOENT"),
    (libc::EINTR, "EINTR"),
    (libc::EIO, "EIO"),
    (libc::ENXIO, "ENXIO"),
    (libc::EBADF, "EBADF"),
    (libc::EAGAIN, "EAGAIN"),
    (libc::ENOMEM, "ENOMEM"),
    (libc::EACCES, "EACCES"),
    (libc::EFAULT, "EFAULT"),
    (libc::EBUSY, "EBUSY"),
    (libc::EEXIST, "EEXIST"),
    (libc::ENODEV, "ENODEV"),
    (libc::ENOTDIR, "ENOTDIR"),
    (libc::EISDIR, "EISDIR"),
    (libc::EINVAL, "EINVAL"),
    (libc::ENFILE, "ENFILE"),
    (libc::EMFILE, "EMFILE"),
    (libc::ENOTTY, "ENOTTY"),
    (libc::EFBIG, "EFBIG"),
    (libc::ENOSPC, "ENOSPC"),
    (libc::EROFS, "EROFS"),
    (libc::EPIPE, "EPIPE"),
    (libc::ERANGE, "ERANGE"),
    (libc::ENAMETOOLONG, "ENAMETOOLONG"),
    (libc::ENOSYS, "ENOSYS"),
    (libc::ELOOP, "ELOOP"),
    (libc::EPROTO, "EPROTO"),
    (libc::EOVERFLOW, "EOVERFLOW"),
    (libc::ENOTSOCK, "ENOTSOCK"),
    (libc::EDESTADDRREQ, "EDESTADDRREQ"),
    (libc::EMSGSIZE, "EMSGSIZE"),
    (libc::EPROTOTYPE, "EPROTOTYPE"),
    (libc::ENOPROTOOPT, "ENOPROTOOPT"),
    (libc::EPROTONOSUPPORT, "EPROTONOSUPPORT"),
    (libc::ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"),
    (libc::EOPNOTSUPP, "EOPNOTSUPP"),
    (libc::EAFNOSUPPORT, "EAFNOSUPPORT"),
    (libc::EADDRINUSE, "EADDRINUSE"),
    (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL"),
    (libc::ENETDOWN, "ENETDOWN"),
    (libc::ENETUNREACH, "ENETUNREACH"),
    (libc::ENETRESET, "ENETRESET"),
    #[cfg(target_os = "linux")]
    (libc::ENONET, "ENONET"),
    // Others have no such error: no number of theirs stands for it.
    #[cfg(not(target_os = "linux"))]
    (i32::MIN, "ENONET"),
    (libc::ECONNABORTED, "ECONNABORTED"),
    (libc::ECONNRESET, "ECONNRESET"),
    (libc::ENOBUFS, "ENOBUFS"),
    (libc::EISCONN, "EISCONN"),
    (libc::ENOTCONN, "ENOTCONN"),
    (libc::ESHUTDOWN, "ESHUTDOWN"),
    (libc::ETIMEDOUT, "ETIMEDOUT"),
    (libc::ECONNREFUSED, "ECONNREFUSED"),
    (libc::EHOSTDOWN, "EHOSTDOWN"),
    (libc::EHOSTUNREACH, "EHOSTUNREACH"),
    (libc::EALREADY, "EALREADY"),
    (libc::EINPROGRESS, "EINPROGRESS"),
    (libc::EDQUOT, "EDQUOT"),
    (libc::ECANCELED, "ECANCELED"),
];

/// The portable number of an error. One that has none keeps its own on Linux, and is negative elsewhere, so that it
/// cannot be taken for another.
pub(super) fn of(number: i32) -> Errno {
    let named = NUMBERS
        .iter()
        .find(|(raw, _)| *raw == number)
        .and_then(|(_, name)| Errno::named(name));
    let unnamed = if cfg!(target_os = "linux") {
        number
    } else {
        -number
    };
    named.unwrap_or(Errno(unnamed))
}

/// The errno of a library's error. The standard library checks some arguments before the kernel could.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the argument of map_err, everywhere"
)]
pub(in crate::os) fn of_io(error: io::Error) -> Errno {
    match (error.raw_os_error(), error.kind()) {
        (Some(number), _) => of(number),
        (None, io::ErrorKind::InvalidInput) => Errno::EINVAL,
        (None, _) => Errno::EIO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_error_is_translated() {
        for name in Errno::names() {
            let (raw, _) = NUMBERS.iter().find(|(_, known)| *known == name).unwrap();
            assert_eq!(of(*raw).name(), name);
        }
        assert_eq!(NUMBERS.len(), Errno::names().count());
    }

    #[test]
    fn errors_without_a_number_have_one_nevertheless() {
        assert_eq!(of_io(io::ErrorKind::InvalidInput.into()), Errno::EINVAL);
        assert_eq!(of_io(io::ErrorKind::UnexpectedEof.into()), Errno::EIO);
        assert_eq!(of_io(io::Error::from_raw_os_error(4242)).name(), "E?");
    }
}
