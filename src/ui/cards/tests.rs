//! Every errno that a call of ours may bring has a card in every language.

use super::*;

/// The errors that Linux documents for each call, by the ERRORS sections of the manual: of the call itself (section
/// 2), and of socket(7), ip(7), ipv6(7), tcp(7), udp(7), unix(7). Those of arriving ICMP messages follow icmp(7). Left
/// out is what no call of ours can bring: ENOSR and ENOPKG (streams), ESRCH and ETOOMANYREFS (passed credentials and
/// files), ERESTARTSYS (never leaves the kernel).
const CALLS: &[(&str, &str)] = &[
    (
        "socket",
        "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT ESOCKTNOSUPPORT EPERM EPROTOTYPE",
    ),
    (
        "socketpair",
        "EAFNOSUPPORT EFAULT EMFILE ENFILE EOPNOTSUPP EPROTONOSUPPORT ESOCKTNOSUPPORT ENOMEM",
    ),
    (
        "bind",
        "EACCES EADDRINUSE EADDRNOTAVAIL EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR ENOTSOCK EROFS \
         ENODEV EPERM EAFNOSUPPORT ENOSPC EDQUOT EIO ENOBUFS",
    ),
    (
        "listen",
        "EADDRINUSE EBADF ENOTSOCK EOPNOTSUPP EINVAL EDESTADDRREQ",
    ),
    (
        "accept",
        "EAGAIN EBADF ECONNABORTED EFAULT EINTR EINVAL EMFILE ENFILE ENOBUFS ENOMEM ENOTSOCK EOPNOTSUPP EPERM EPROTO \
         EPROTONOSUPPORT ESOCKTNOSUPPORT ETIMEDOUT ENETDOWN ENOPROTOOPT EHOSTDOWN EHOSTUNREACH ENETUNREACH",
    ),
    (
        "connect",
        "EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNREFUSED EFAULT EINPROGRESS EINTR \
         EISCONN ENETUNREACH ENOTSOCK EPERM EPROTOTYPE ETIMEDOUT ECONNABORTED ECONNRESET EHOSTUNREACH EHOSTDOWN EINVAL \
         ENOENT ENOTDIR ELOOP ENAMETOOLONG ENETDOWN ENODEV ENOBUFS ENOMEM ENOPROTOOPT EMSGSIZE EOPNOTSUPP",
    ),
    (
        "send",
        "EACCES EAGAIN EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EINTR EINVAL EISCONN EMSGSIZE ENOBUFS ENOMEM \
         ENOTCONN ENOTSOCK EOPNOTSUPP EPIPE ECONNREFUSED EPERM ETIMEDOUT EHOSTUNREACH ENETUNREACH ENETDOWN EHOSTDOWN \
         EADDRNOTAVAIL EAFNOSUPPORT ENOENT EPROTOTYPE EPROTO ENOPROTOOPT ENODEV ENETRESET",
    ),
    (
        "recv",
        "EAGAIN EBADF ECONNREFUSED EFAULT EINTR EINVAL ENOMEM ENOTCONN ENOTSOCK ECONNRESET ETIMEDOUT EHOSTUNREACH \
         ENETUNREACH ENETDOWN EHOSTDOWN EOPNOTSUPP ENOBUFS EPROTO ENOPROTOOPT EMSGSIZE EACCES EPIPE",
    ),
    ("shutdown", "EBADF EINVAL ENOTCONN ENOTSOCK"),
    ("close", "EBADF EINTR EIO ENOSPC EDQUOT"),
    (
        "setsockopt",
        "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK EPERM EACCES ENODEV EADDRINUSE EADDRNOTAVAIL ENOMEM ENOBUFS ENOENT \
         EOPNOTSUPP EISCONN ENOTCONN EBUSY",
    ),
    (
        "getsockopt",
        "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK EOPNOTSUPP ENOTCONN",
    ),
    ("select", "EBADF EINVAL ENOMEM ENOENT EACCES"),
];

#[test]
fn every_error_of_every_call_has_a_card_in_every_language() {
    for name in Locale::names() {
        let locale = Locale::named(name).unwrap();
        let has = |errno: &str, part: &str| locale.has(&format!("cards.{errno}.{part}"));
        for (call, errnos) in CALLS {
            for errno in errnos.split_whitespace() {
                assert!(Errno::named(errno).is_some(), "{call}: no errno {errno}");
                assert!(
                    has(errno, "what"),
                    "{name}: {call} fails with {errno}: no card"
                );
                assert!(
                    has(errno, "try"),
                    "{name}: {call} fails with {errno}: no hint"
                );
            }
        }
        for errno in Errno::names() {
            assert!(has(errno, "what") && has(errno, "try"), "{name}: {errno}");
        }
    }
}

#[test]
fn every_card_is_about_an_errno_that_exists() {
    let locale = Locale::default();
    for (key, text) in locale.sentences() {
        let card = key
            .strip_prefix("cards.")
            .and_then(|rest| rest.split_once('.'));
        if let Some((errno, part)) = card {
            assert!(Errno::named(errno).is_some(), "{key}");
            assert!(matches!(part, "what" | "try"), "{key}");
            assert!(!text.ends_with('.'), "{key}: a clause, no sentence");
        }
    }
}

#[test]
fn a_card_leaves_the_line_of_the_cursor_alone() {
    let area = Rect::new(0, 2, 10, 8);
    let check = |cursor: &[u16], y: u16| {
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 12));
        for row in cursor {
            buf[(4, *row)].modifier = Modifier::REVERSED;
        }
        let place = place(&buf, area, 3);
        assert_eq!((place.y, place.height), (y, 3), "{cursor:?}");
    };
    check(&[], 7);
    check(&[6], 7);
    check(&[7], 4);
    check(&[9], 6);
    check(&[11], 7);
    // A row of two lines, the first of which stands above the card.
    check(&[6, 7], 3);
}
