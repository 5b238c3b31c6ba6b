//! The real system on loopback: what the kernel does, seen through the seam. Nothing sleeps; all wait on the poller.

#[cfg(target_os = "linux")]
mod cable;
mod datagrams;
mod facts;
mod paths;
mod queues;
mod streams;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::*;

const NONE: Flags = Flags {
    oob: false,
    more: false,
    peek: false,
    waitall: false,
};

const READ: Interest = Interest {
    read: true,
    write: false,
    urgent: false,
};

const WRITE: Interest = Interest {
    read: false,
    write: true,
    urgent: false,
};

fn real() -> Real {
    Real::new().unwrap()
}

fn errno(name: &str) -> Errno {
    Errno::named(name).unwrap()
}

/// An address of loopback with a port that the kernel chooses.
fn any_port(v6: bool) -> Address {
    if v6 {
        Address::Inet((Ipv6Addr::LOCALHOST, 0).into())
    } else {
        Address::Inet((Ipv4Addr::LOCALHOST, 0).into())
    }
}

/// An abstract name of this test's own.
fn abstract_name(test: &str) -> Address {
    Address::Abstract(format!("sockeye-{}-{test}", std::process::id()).into())
}

/// Waits for one thing of one socket.
fn wait_for(os: &mut Real, sock: Sock, interest: Interest) {
    os.watch(sock, interest).unwrap();
    let mut wakes = Vec::new();
    os.wait(Some(Duration::from_secs(20)), &mut wakes).unwrap();
    let awaited = |wake: &Wake| match wake {
        Wake::Socket {
            sock: woken,
            readable,
            writable,
        } => *woken == sock && (interest.read && *readable || interest.write && *writable),
        _ => false,
    };
    assert!(wakes.iter().any(awaited), "{wakes:?}");
    os.watch(sock, Interest::default()).unwrap();
}

/// Receives once, as soon as that is possible.
fn recv(os: &mut Real, sock: Sock, max: usize) -> (Vec<u8>, Got<Received>) {
    wait_for(os, sock, READ);
    let mut buf = Vec::with_capacity(max);
    let received = os.recv(sock, &mut buf, max, NONE);
    (buf, received)
}

/// The bytes of one receive.
fn recv_bytes(os: &mut Real, sock: Sock, max: usize) -> Vec<u8> {
    let (bytes, received) = recv(os, sock, max);
    assert_eq!(received.unwrap().len, bytes.len());
    bytes
}

fn listener(os: &mut Real, transport: Transport, at: &Address) -> (Sock, Address) {
    let v6 = matches!(at, Address::Inet(SocketAddr::V6(_)));
    let listener = os.socket(transport, v6).unwrap();
    os.bind(listener, at).unwrap();
    os.listen(listener, 8).unwrap();
    let at = os.local_address(listener).unwrap();
    (listener, at)
}

/// A client and what the listener made of it.
fn connected(os: &mut Real, transport: Transport, at: &Address) -> (Sock, Sock) {
    let v6 = matches!(at, Address::Inet(SocketAddr::V6(_)));
    let (listener, at) = listener(os, transport, at);
    let client = os.socket(transport, v6).unwrap();
    match os.connect(client, &at) {
        Ok(()) => {}
        Err(Errno::EINPROGRESS) => wait_for(os, client, WRITE),
        Err(error) => panic!("{}", error.name()),
    }
    assert_eq!(os.take_error(client), Ok(None));
    wait_for(os, listener, READ);
    let (accepted, from) = os.accept(listener).unwrap();
    assert_eq!(os.local_address(client), Ok(from));
    os.close(listener);
    (client, accepted)
}

fn tcp(os: &mut Real) -> (Sock, Sock) {
    connected(os, Transport::Tcp, &any_port(false))
}

#[test]
fn a_wait_without_patience_returns_at_once() {
    let mut os = real();
    let mut wakes = Vec::new();
    os.wait(Some(Duration::ZERO), &mut wakes).unwrap();
    assert_eq!(wakes, []);
}

#[test]
fn a_name_is_looked_up_and_one_that_is_none_is_not() {
    let mut os = real();
    os.resolve(7, "localhost");
    os.resolve(8, "no-such-host.invalid");
    let mut wakes = Vec::new();
    while wakes.len() < 2 {
        os.wait(Some(Duration::from_secs(60)), &mut wakes).unwrap();
    }
    let [
        Wake::Named {
            ticket: 7,
            answer: Ok(addresses),
        },
        Wake::Named {
            ticket: 8,
            answer: Err(why),
        },
    ] = wakes.as_slice()
    else {
        panic!("{wakes:?}");
    };
    assert!(addresses.iter().any(std::net::IpAddr::is_loopback));
    assert!(!why.is_empty() && !why.starts_with("failed to lookup"));
}

#[test]
fn a_descriptor_that_is_closed_tells_nothing_any_more() {
    let mut os = real();
    let (client, accepted) = tcp(&mut os);
    os.watch(client, READ).unwrap();
    os.send(accepted, b"x", NONE, None).unwrap();
    wait_for(&mut os, client, READ);
    os.watch(client, READ).unwrap();
    os.close(client);
    // Its descriptor goes to the next socket, which hears nothing of what was meant for the old one.
    let next = os.socket(Transport::Tcp, false).unwrap();
    assert_ne!(next, client);
    let mut wakes = Vec::new();
    os.wait(Some(Duration::ZERO), &mut wakes).unwrap();
    assert_eq!(wakes, []);
    assert_eq!(os.sockets.of_key(poller::FIRST_SOCKET), None, "a stale key");
    assert_eq!(os.sockets.of_key(poller::STDIN), None);
    assert_eq!(os.take_error(client), Err(Errno::EBADF));
}

#[test]
fn f16_a_dead_socket_without_interest_is_silent() {
    let mut os = real();
    let (client, accepted) = tcp(&mut os);
    os.set_option(accepted, "linger", "0").unwrap();
    os.close(accepted);
    wait_for(&mut os, client, READ);
    let mut wakes = Vec::new();
    os.wait(Some(Duration::ZERO), &mut wakes).unwrap();
    assert_eq!(wakes, []);
}

#[test]
fn time_goes_on_and_seeds_differ() {
    let mut os = real();
    let before = os.now();
    assert!(os.now() >= before);
    assert!(os.wall() > Duration::from_secs(1_700_000_000));
    assert_ne!(os.seed(), os.seed());
    assert_eq!(os.environment("SOCKEYE_NO_SUCH_VARIABLE"), None);
}

#[test]
fn without_a_terminal_nothing_happens() {
    let mut os = real();
    os.watch_terminal(true);
    os.raw_terminal(true);
    assert_eq!(os.read_terminal(&mut Vec::new()), Err(Errno::EBADF));
    assert_eq!(os.write_terminal(b"x"), Err(Errno::EBADF));
    assert_eq!(os.terminal_size(), (0, 0));
}
