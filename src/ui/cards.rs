//! Errors in plain words: what happened and what to try, one row an errno. The name and number stand beside it,
//! so that the words can be looked up.

use crate::escape;
use crate::event::{Call, Errno, Syscall};

/// What happened and what to try.
const CARDS: &[(&str, &str, &str)] = &[
    (
        "ECONNREFUSED",
        "the machine answered: nobody listens there",
        "b listens there; or check the port",
    ),
    (
        "ETIMEDOUT",
        "nobody answered at all, or no longer",
        "is it switched on, is the address right, is the waiting room full?",
    ),
    (
        "EHOSTUNREACH",
        "there is no way there from here",
        "check the address; `ip route` in a shell shows where this machine can go",
    ),
    (
        "ENETUNREACH",
        "there is no way there from here",
        "check the address; `ip route` in a shell shows where this machine can go",
    ),
    (
        "EADDRINUSE",
        "the port is held by another socket, or by a connection closed a moment ago",
        "another port; port 0 lets the kernel choose",
    ),
    (
        "EADDRNOTAVAIL",
        "that address is not on this machine",
        "127.0.0.1, or * for every address",
    ),
    (
        "EACCES",
        "this user may not do that: ports below 1024 belong to root",
        "a port with four digits",
    ),
    (
        "EPERM",
        "this user may not do that",
        "another option, or root",
    ),
    (
        "EAGAIN",
        "not an error: the call would have had to wait",
        "r again later; or set nonblock off, then it waits",
    ),
    (
        "EINPROGRESS",
        "not an error: the connection is under way",
        "wait until it is writable",
    ),
    (
        "ECONNRESET",
        "the peer threw the connection away",
        "what it had not read is lost; c connects again",
    ),
    (
        "ECONNABORTED",
        "the connection went away before it was accepted",
        "a accepts the next one",
    ),
    (
        "EPIPE",
        "this end has said that it sends no more, or the peer is gone",
        "r reads what is left; c connects again",
    ),
    (
        "ENOTCONN",
        "the socket is not connected",
        "c connects; a listener makes connected sockets with a",
    ),
    (
        "EISCONN",
        "the socket is connected already",
        "c makes another one",
    ),
    (
        "EINVAL",
        "the right call on the wrong kind of socket, or a wrong value",
        "accept is for listeners; recv and send for connections",
    ),
    (
        "EOPNOTSUPP",
        "this kind of socket cannot do that",
        "datagram sockets need no accept",
    ),
    (
        "EMSGSIZE",
        "too large for one datagram",
        "send less at a time",
    ),
    (
        "EDESTADDRREQ",
        "datagram to whom? the socket has no peer",
        "sendto names one",
    ),
    (
        "ENOENT",
        "there is no such name in the file system",
        "check the path; b listens there",
    ),
    (
        "EALREADY",
        "not an error: an earlier connect is still under way",
        "wait until it is connected or refused",
    ),
    (
        "EINTR",
        "a signal came while the call waited, nothing was done",
        "the same call again",
    ),
    (
        "EBADF",
        "the descriptor is closed: there is no socket behind it",
        "c or b makes a new one",
    ),
    (
        "ENOTSOCK",
        "that descriptor is a file or a pipe, no socket",
        "c or b makes a socket",
    ),
    (
        "ESHUTDOWN",
        "this end has said that it sends no more",
        "r still reads; c connects again",
    ),
    (
        "EHOSTDOWN",
        "the machine does not answer on its own network",
        "is it switched on, is the cable in?",
    ),
    (
        "ENETDOWN",
        "the network interface is switched off",
        "127.0.0.1 works without one",
    ),
    (
        "ENETRESET",
        "the connection was given up: the peer stopped answering",
        "c connects again",
    ),
    (
        "EPROTO",
        "the other side broke the rules of the protocol",
        "c connects again",
    ),
    (
        "ENOPROTOOPT",
        "this kind of socket has no such option",
        "Tab behind `set` lists the options; tcp, udp and unix differ",
    ),
    (
        "EAFNOSUPPORT",
        "this kind of address does not fit the socket, or is switched off here",
        "an IPv4 address for an IPv4 socket, an IPv6 one for IPv6",
    ),
    (
        "EPROTONOSUPPORT",
        "this machine does not speak that protocol",
        "tcp, udp or unix",
    ),
    (
        "ESOCKTNOSUPPORT",
        "this machine has no such kind of socket",
        "tcp, udp or unix",
    ),
    (
        "EPROTOTYPE",
        "the path belongs to a socket of another kind",
        "unix:, unix-dgram: or unix-seqpacket: in front of the path",
    ),
    (
        "EEXIST",
        "a file of that name is there already",
        "another name",
    ),
    (
        "ENOTDIR",
        "a part of the path is a file, no directory",
        "check the path",
    ),
    (
        "ENAMETOOLONG",
        "the path is too long: a unix socket’s has 107 bytes at most",
        "a shorter path",
    ),
    (
        "ELOOP",
        "the path leads round in circles by its links",
        "check the path",
    ),
    (
        "EROFS",
        "nothing can be written there: the disk is read-only",
        "a path in /tmp",
    ),
    (
        "ENODEV",
        "there is no network interface of that name or number",
        "`ip link` in a shell lists them",
    ),
    (
        "ENOBUFS",
        "the kernel has no memory for this right now",
        "send less at a time, or close some sockets",
    ),
    (
        "ENOMEM",
        "the kernel has no memory for this right now",
        "close some sockets or other programs",
    ),
    (
        "EMFILE",
        "this program has as many files open as it may",
        "close some sockets",
    ),
    (
        "ENFILE",
        "the whole machine has as many files open as it may",
        "close something",
    ),
];

/// The three lines of an error card.
pub(super) fn card(name: &str, call: &Call, errno: Errno) -> [String; 3] {
    let (what, hint) = explain(errno);
    let text = errno.text();
    [
        format!("{} ({}) {text}", errno.name(), errno.0),
        format!("{name} called {}: {what}", short(&call.call)),
        format!("try: {hint}"),
    ]
}

/// The call, with a short address.
pub(super) fn short(call: &Syscall) -> String {
    match call {
        Syscall::Connect(address) | Syscall::Bind(address) => {
            format!("{}({})", call.name(), escape::clean(&address.short()))
        }
        _ => escape::clean(&call.to_string()).into_owned(),
    }
}

/// The three lines of a name that was not found.
pub(super) fn unresolved(name: &str, call: &Call, why: &str) -> [String; 3] {
    let asked = match &call.call {
        Syscall::Getaddrinfo(asked) => asked.as_str(),
        _ => "the name",
    };
    [
        format!("no address for {asked}"),
        format!("{name} asked the resolver, which says: {why}"),
        "try: check the spelling; a number needs no resolver".to_owned(),
    ]
}

/// What an errno means, in a few words.
pub(super) fn explain(errno: Errno) -> (&'static str, &'static str) {
    let card = CARDS.iter().find(|(name, _, _)| *name == errno.name());
    card.map_or(
        (errno.text(), "man 3 errno lists it; ? shows the keys"),
        |(_, what, hint)| (what, hint),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_is_about_an_errno_that_exists() {
        for (name, _, _) in CARDS {
            assert!(Errno::named(name).is_some(), "{name}");
            let same = CARDS.iter().filter(|(other, _, _)| other == name);
            assert_eq!(same.count(), 1, "{name}");
        }
    }
}
