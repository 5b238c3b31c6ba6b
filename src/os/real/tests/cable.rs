//! A pulled cable, and a second descriptor.

use std::io::Write as _;
use std::net::SocketAddr;

use super::*;

/// The address of the other end.
fn peer(os: &mut Real, sock: Sock) -> SocketAddr {
    match os.peer_address(sock).unwrap() {
        Address::Inet(peer) => peer,
        other => panic!("{other}"),
    }
}

/// Whether the kernel signs segments; if not, that is said aloud.
fn signs(got: Got<()>) -> bool {
    match got {
        Ok(()) => true,
        Err(errno) => {
            let _ = writeln!(std::io::stderr(), "SKIPPED: TCP_MD5SIG: {}", errno.name());
            false
        }
    }
}

#[test]
fn a_key_that_nobody_else_has_stops_a_connection_until_it_is_taken_away() {
    for v6 in [false, true] {
        let mut os = real();
        let (client, accepted) = connected(&mut os, Transport::Tcp, &any_port(v6));
        let to = peer(&mut os, client);
        let signed = os.sign(client, to, b"a key");
        if !signs(signed) {
            return;
        }
        os.send(client, b"hello", NONE, None).unwrap();
        let mut buf = Vec::with_capacity(10);
        assert_eq!(
            os.recv(accepted, &mut buf, 10, NONE).err(),
            Some(Errno::EAGAIN)
        );
        assert_eq!(os.facts(client).in_flight, Some(5));
        assert_eq!(os.sign(client, to, b""), Ok(()));
        assert_eq!(recv_bytes(&mut os, accepted, 10), b"hello");
        assert_eq!(os.sign(client, to, b"").err(), Errno::named("ENOENT"));
    }
}

#[test]
fn a_key_for_everybody_makes_a_listener_silent() {
    let mut os = real();
    let listener = os.socket(Transport::Tcp, false).unwrap();
    os.bind(listener, &any_port(false)).unwrap();
    os.listen(listener, 1).unwrap();
    let at = os.local_address(listener).unwrap();
    let signed = os.sign(listener, "0.0.0.0:0".parse().unwrap(), b"a key");
    if !signs(signed) {
        return;
    }
    let client = os.socket(Transport::Tcp, false).unwrap();
    assert_eq!(os.connect(client, &at), Err(Errno::EINPROGRESS));
    assert_eq!(os.facts(client).state, Some(crate::event::State::SynSent));
}

#[test]
fn a_filter_drops_datagrams_until_it_is_taken_away() {
    let mut os = real();
    let (one, two) = os.socketpair(Transport::UnixDgram).unwrap();
    assert_eq!(os.deafen(two, true), Ok(()));
    assert_eq!(os.send(one, b"lost", NONE, None), Ok(4));
    assert_eq!(os.deafen(two, false), Ok(()));
    assert_eq!(os.send(one, b"there", NONE, None), Ok(5));
    assert_eq!(recv_bytes(&mut os, two, 10), b"there");
    assert_eq!(os.deafen(two, false).err(), Errno::named("ENOENT"));
}

#[test]
fn a_connection_lives_as_long_as_its_last_descriptor() {
    let mut os = real();
    let (client, accepted) = tcp(&mut os);
    let other = os.dup(client).unwrap();
    os.watch(client, READ).unwrap();
    os.close(client);
    os.send(accepted, b"hello", NONE, None).unwrap();
    assert_eq!(recv_bytes(&mut os, other, 10), b"hello");
    os.close(other);
    assert_eq!(recv_bytes(&mut os, accepted, 10), b"");
}
