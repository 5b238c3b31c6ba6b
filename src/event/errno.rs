//! Error numbers by name, portable between systems: a recording of one reads alike on another.

use serde::{Deserialize, Serialize};

/// An error of a system call, numbered as Linux numbers it (errno(3)); `os` translates other systems' numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Errno(pub i32);

/// Number, name, and the usual words, of every error that a socket call, a file or a poller is documented to give.
const NAMES: &[(i32, &str, &str)] = &[
    (1, "EPERM", "operation not permitted"),
    (2, "ENOENT", "no such file or directory"),
    (4, "EINTR", "interrupted system call"),
    (5, "EIO", "input/output error"),
    (6, "ENXIO", "no such device or address"),
    (9, "EBADF", "bad file descriptor"),
    (11, "EAGAIN", "resource temporarily unavailable"),
    (12, "ENOMEM", "cannot allocate memory"),
    (13, "EACCES", "permission denied"),
    (14, "EFAULT", "bad address"),
    (16, "EBUSY", "device or resource busy"),
    (17, "EEXIST", "file exists"),
    (19, "ENODEV", "no such device"),
    (20, "ENOTDIR", "not a directory"),
    (21, "EISDIR", "is a directory"),
    (22, "EINVAL", "invalid argument"),
    (23, "ENFILE", "too many open files in system"),
    (24, "EMFILE", "too many open files"),
    (25, "ENOTTY", "inappropriate ioctl for device"),
    (27, "EFBIG", "file too large"),
    (28, "ENOSPC", "no space left on device"),
    (30, "EROFS", "read-only file system"),
    (32, "EPIPE", "broken pipe"),
    (34, "ERANGE", "numerical result out of range"),
    (36, "ENAMETOOLONG", "file name too long"),
    (38, "ENOSYS", "function not implemented"),
    (40, "ELOOP", "too many levels of symbolic links"),
    (64, "ENONET", "machine is not on the network"),
    (71, "EPROTO", "protocol error"),
    (75, "EOVERFLOW", "value too large for defined data type"),
    (88, "ENOTSOCK", "socket operation on non-socket"),
    (89, "EDESTADDRREQ", "destination address required"),
    (90, "EMSGSIZE", "message too long"),
    (91, "EPROTOTYPE", "protocol wrong type for socket"),
    (92, "ENOPROTOOPT", "protocol not available"),
    (93, "EPROTONOSUPPORT", "protocol not supported"),
    (94, "ESOCKTNOSUPPORT", "socket type not supported"),
    (95, "EOPNOTSUPP", "operation not supported"),
    (
        97,
        "EAFNOSUPPORT",
        "address family not supported by protocol",
    ),
    (98, "EADDRINUSE", "address already in use"),
    (99, "EADDRNOTAVAIL", "cannot assign requested address"),
    (100, "ENETDOWN", "network is down"),
    (101, "ENETUNREACH", "network is unreachable"),
    (102, "ENETRESET", "network dropped connection on reset"),
    (103, "ECONNABORTED", "software caused connection abort"),
    (104, "ECONNRESET", "connection reset by peer"),
    (105, "ENOBUFS", "no buffer space available"),
    (106, "EISCONN", "transport endpoint is already connected"),
    (107, "ENOTCONN", "transport endpoint is not connected"),
    (
        108,
        "ESHUTDOWN",
        "cannot send after transport endpoint shutdown",
    ),
    (110, "ETIMEDOUT", "connection timed out"),
    (111, "ECONNREFUSED", "connection refused"),
    (112, "EHOSTDOWN", "host is down"),
    (113, "EHOSTUNREACH", "no route to host"),
    (114, "EALREADY", "operation already in progress"),
    (115, "EINPROGRESS", "operation now in progress"),
    (122, "EDQUOT", "disk quota exceeded"),
    (125, "ECANCELED", "operation canceled"),
];

impl Errno {
    /// Not now.
    pub const EAGAIN: Self = Self(11);
    /// No such file.
    pub const ENOENT: Self = Self(2);
    /// Interrupted.
    pub const EINTR: Self = Self(4);
    /// Input/output error.
    pub const EIO: Self = Self(5);
    /// No such descriptor.
    pub const EBADF: Self = Self(9);
    /// Not allowed.
    pub const EACCES: Self = Self(13);
    /// The other side said something that makes no sense.
    pub const EPROTO: Self = Self(71);
    /// Wrong argument, or wrong kind of socket.
    pub const EINVAL: Self = Self(22);
    /// The system's table of open files is full.
    pub const ENFILE: Self = Self(23);
    /// The process's table of open files is full.
    pub const EMFILE: Self = Self(24);
    /// Nobody reads any more.
    pub const EPIPE: Self = Self(32);
    /// The system lacks that option.
    pub const ENOPROTOOPT: Self = Self(92);
    /// This system has no such call.
    pub const ENOSYS: Self = Self(38);
    /// Not on this kind of socket.
    pub const EOPNOTSUPP: Self = Self(95);
    /// Somebody has the address.
    pub const EADDRINUSE: Self = Self(98);
    /// Not an address of this machine.
    pub const EADDRNOTAVAIL: Self = Self(99);
    /// A connection went away before it was accepted.
    pub const ECONNABORTED: Self = Self(103);
    /// The peer threw the connection away.
    pub const ECONNRESET: Self = Self(104);
    /// No room in the kernel.
    pub const ENOBUFS: Self = Self(105);
    /// Not connected.
    pub const ENOTCONN: Self = Self(107);
    /// Nobody answered.
    pub const ETIMEDOUT: Self = Self(110);
    /// Nobody listens there.
    pub const ECONNREFUSED: Self = Self(111);
    /// The connection is under way.
    pub const EINPROGRESS: Self = Self(115);

    /// The errno of that name, as errno(3) spells it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(_, known, _)| *known == name)
            .map(|(number, _, _)| Self(*number))
    }

    /// Every name, for completion and for naming what would have fitted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name, _)| *name)
    }

    /// Its name; `E?` for one that no socket call is documented to give.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(number, _, _)| *number == self.0)
            .map_or("E?", |(_, name, _)| name)
    }

    /// The usual words for it.
    #[must_use]
    pub fn text(self) -> &'static str {
        NAMES
            .iter()
            .find(|(number, _, _)| *number == self.0)
            .map_or("an error without a name here", |(_, _, t)| t)
    }

    /// Whether the call is merely not possible yet.
    #[must_use]
    pub fn would_block(self) -> bool {
        matches!(self, Self::EAGAIN | Self::EINPROGRESS)
    }
}
