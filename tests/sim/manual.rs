//! The errors that the manual pages of Linux list for each call at the seam, those of socket(7), tcp(7), udp(7) and
//! unix(7) included. Calls that stand for several have the errors of all of them.

use sockeye::event::Errno;

const FILE: &[&str] = &[
    "EACCES",
    "EDQUOT",
    "EEXIST",
    "EINVAL",
    "EIO",
    "EISDIR",
    "ELOOP",
    "EMFILE",
    "ENAMETOOLONG",
    "ENFILE",
    "ENODEV",
    "ENOENT",
    "ENOMEM",
    "ENOSPC",
    "ENOTDIR",
    "ENXIO",
    "EOVERFLOW",
    "EPERM",
    "EROFS",
];
const UNLINK: &[&str] = &[
    "EACCES",
    "EBUSY",
    "EIO",
    "EISDIR",
    "ELOOP",
    "ENAMETOOLONG",
    "ENOENT",
    "ENOMEM",
    "ENOTDIR",
    "EPERM",
    "EROFS",
];
const SETSOCKOPT: &[&str] = &[
    "EBADF",
    "EINVAL",
    "EISCONN",
    "ENOPROTOOPT",
    "ENOTSOCK",
    "ENOMEM",
    "EPERM",
];

/// By the names that the seam gives its calls.
const MANUAL: &[(&str, &[&str])] = &[
    (
        "socket",
        &[
            "EACCES",
            "EAFNOSUPPORT",
            "EINVAL",
            "EMFILE",
            "ENFILE",
            "ENOBUFS",
            "ENOMEM",
            "EPROTONOSUPPORT",
        ],
    ),
    (
        "socketpair",
        &[
            "EAFNOSUPPORT",
            "EMFILE",
            "ENFILE",
            "EOPNOTSUPP",
            "EPROTONOSUPPORT",
            "ENOMEM",
        ],
    ),
    (
        "bind",
        &[
            "EACCES",
            "EADDRINUSE",
            "EBADF",
            "EINVAL",
            "ENOTSOCK",
            "EADDRNOTAVAIL",
            "ELOOP",
            "ENAMETOOLONG",
            "ENOENT",
            "ENOMEM",
            "ENOTDIR",
            "EROFS",
        ],
    ),
    ("listen", &["EADDRINUSE", "EBADF", "ENOTSOCK", "EOPNOTSUPP"]),
    (
        "accept",
        &[
            "EAGAIN",
            "EBADF",
            "ECONNABORTED",
            "EINTR",
            "EINVAL",
            "EMFILE",
            "ENFILE",
            "ENOBUFS",
            "ENOMEM",
            "ENOTSOCK",
            "EOPNOTSUPP",
            "EPERM",
            "EPROTO",
            "ENETDOWN",
            "ENOPROTOOPT",
            "EHOSTDOWN",
            "ENONET",
            "EHOSTUNREACH",
            "ENETUNREACH",
            "ETIMEDOUT",
        ],
    ),
    (
        "connect",
        &[
            "EACCES",
            "EPERM",
            "EADDRINUSE",
            "EADDRNOTAVAIL",
            "EAFNOSUPPORT",
            "EAGAIN",
            "EALREADY",
            "EBADF",
            "ECONNREFUSED",
            "EINPROGRESS",
            "EINTR",
            "EISCONN",
            "ENETUNREACH",
            "ENOTSOCK",
            "EPROTOTYPE",
            "ETIMEDOUT",
            "EHOSTUNREACH",
            "ENOENT",
        ],
    ),
    (
        "send",
        &[
            "EACCES",
            "EAGAIN",
            "EALREADY",
            "EBADF",
            "ECONNRESET",
            "EDESTADDRREQ",
            "EINTR",
            "EINVAL",
            "EISCONN",
            "EMSGSIZE",
            "ENOBUFS",
            "ENOMEM",
            "ENOTCONN",
            "ENOTSOCK",
            "EOPNOTSUPP",
            "EPIPE",
            "ECONNREFUSED",
            "EHOSTUNREACH",
            "ENETUNREACH",
            "ENETDOWN",
            "ETIMEDOUT",
            "ECONNABORTED",
        ],
    ),
    (
        "recv",
        &[
            "EAGAIN",
            "EBADF",
            "ECONNREFUSED",
            "EINTR",
            "EINVAL",
            "ENOMEM",
            "ENOTCONN",
            "ENOTSOCK",
            "ECONNRESET",
            "ETIMEDOUT",
            "EHOSTUNREACH",
            "ECONNABORTED",
        ],
    ),
    ("shutdown", &["EBADF", "EINVAL", "ENOTCONN", "ENOTSOCK"]),
    ("dup", &["EBADF", "EMFILE"]),
    ("sign", SETSOCKOPT),
    ("deafen", SETSOCKOPT),
    ("setsockopt", SETSOCKOPT),
    (
        "getsockopt",
        &["EBADF", "EINVAL", "ENOPROTOOPT", "ENOTSOCK"],
    ),
    (
        "take_error",
        &["EBADF", "EINVAL", "ENOPROTOOPT", "ENOTSOCK"],
    ),
    ("getsockname", &["EBADF", "EINVAL", "ENOBUFS", "ENOTSOCK"]),
    (
        "getpeername",
        &["EBADF", "EINVAL", "ENOBUFS", "ENOTCONN", "ENOTSOCK"],
    ),
    ("select", &["EBADF", "EINTR", "EINVAL", "ENOMEM"]),
    (
        "diag",
        &["EACCES", "ENOBUFS", "ENOMEM", "EPERM", "EPROTONOSUPPORT"],
    ),
    // Interruptions are waited through beneath the seam.
    ("wait", &["EBADF", "EINVAL"]),
    (
        "open_terminal",
        &["EACCES", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENXIO"],
    ),
    (
        "read_terminal",
        &["EAGAIN", "EBADF", "EINVAL", "EIO", "EISDIR"],
    ),
    (
        "write_terminal",
        &["EAGAIN", "EBADF", "EIO", "ENOSPC", "EPERM", "EPIPE"],
    ),
    ("open_stdin", FILE),
    (
        "read_stdin",
        &["EAGAIN", "EBADF", "EINVAL", "EIO", "EISDIR"],
    ),
    (
        "write_stdout",
        &[
            "EAGAIN", "EBADF", "EDQUOT", "EFBIG", "EIO", "ENOSPC", "EPERM", "EPIPE",
        ],
    ),
    ("remove_stale_unix", UNLINK),
    ("remove_bound_unix", UNLINK),
    ("read_file", FILE),
    ("open", FILE),
    ("create", FILE),
    ("record", FILE),
    ("spill", FILE),
    ("read_kept", FILE),
    ("write_kept", FILE),
    ("append_kept", FILE),
    ("open_signals", &["EINVAL"]),
];

/// Everything that a call may fail with; nothing for a call that is not known.
pub fn errors(call: &str) -> Vec<Errno> {
    let found = MANUAL.iter().find(|(name, _)| *name == call);
    let names = found.map_or(&[][..], |(_, names)| names);
    names.iter().filter_map(|name| Errno::named(name)).collect()
}

/// One of them by its place, counted around.
pub(crate) fn error(call: &str, at: usize) -> Option<Errno> {
    let (_, names) = MANUAL.iter().find(|(name, _)| *name == call)?;
    names
        .get(at % names.len())
        .and_then(|name| Errno::named(name))
}

/// Calls whose failure ends a run, or that are made before it begins.
pub(crate) fn ends_the_run(call: &str) -> bool {
    let fatal = [
        "wait",
        "open_terminal",
        "read_terminal",
        "write_terminal",
        "write_stdout",
        "open_signals",
    ];
    fatal.contains(&call)
}
