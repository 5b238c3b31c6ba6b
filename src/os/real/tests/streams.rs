//! Connections: echo, ends, resets, refusals, Unix streams.

use super::*;

#[test]
fn bytes_go_round_in_parts() {
    for at in [any_port(false), any_port(true), abstract_name("echo")] {
        let mut os = real();
        let transport = match at {
            Address::Inet(_) => Transport::Tcp,
            _ => Transport::UnixStream,
        };
        let (client, accepted) = connected(&mut os, transport, &at);
        assert_eq!(os.send(client, b"hello", NONE, None), Ok(5));
        let mut buf = Vec::with_capacity(100);
        buf.push(b'>');
        for end in [2, 4, 5] {
            wait_for(&mut os, accepted, READ);
            os.recv(accepted, &mut buf, 2, NONE).unwrap();
            assert_eq!(buf.len(), end + 1, "at most as many as were asked for");
        }
        assert_eq!(buf, b">hello");
        assert_eq!(os.recv(accepted, &mut buf, 2, NONE), Err(Errno::EAGAIN));
        assert_eq!(os.send(accepted, &buf, NONE, None), Ok(6));
        assert_eq!(recv_bytes(&mut os, client, 100), b">hello");
    }
}

#[test]
fn peeking_leaves_the_bytes_and_urgent_ones_come_apart() {
    let mut os = real();
    let (client, accepted) = tcp(&mut os);
    let oob = Flags { oob: true, ..NONE };
    let peek = Flags { peek: true, ..NONE };
    os.send(client, b"ab", NONE, None).unwrap();
    wait_for(&mut os, accepted, READ);
    let mut buf = Vec::with_capacity(10);
    os.recv(accepted, &mut buf, 10, peek).unwrap();
    assert_eq!(buf, b"ab");
    assert_eq!(recv_bytes(&mut os, accepted, 10), b"ab");
    os.send(client, b"!", oob, None).unwrap();
    wait_for(&mut os, accepted, READ);
    buf.clear();
    assert_eq!(os.recv(accepted, &mut buf, 1, oob).unwrap().len, 1);
    assert_eq!(buf, b"!");
}

#[test]
fn f04_an_end_is_zero_bytes_and_the_other_way_lives() {
    let mut os = real();
    let (client, accepted) = tcp(&mut os);
    os.send(client, b"last", NONE, None).unwrap();
    os.shutdown(client, How::Write).unwrap();
    assert_eq!(recv_bytes(&mut os, accepted, 100), b"last");
    assert_eq!(recv_bytes(&mut os, accepted, 100), b"");
    assert_eq!(os.send(client, b"x", NONE, None), Err(Errno::EPIPE));
    assert_eq!(os.send(accepted, b"reply", NONE, None), Ok(5));
    assert_eq!(recv_bytes(&mut os, client, 100), b"reply");
}

#[test]
fn f01_bytes_before_a_reset_are_read_and_then_it_shows() {
    let mut os = real();
    let (client, accepted) = tcp(&mut os);
    os.send(accepted, b"last", NONE, None).unwrap();
    assert_eq!(os.set_option(accepted, "linger", "0"), Ok(()));
    os.close(accepted);
    assert_eq!(recv_bytes(&mut os, client, 100), b"last");
    let (_, reset) = recv(&mut os, client, 100);
    assert_eq!(reset, Err(Errno::ECONNRESET));
}

#[test]
fn f13_a_refusal_is_told_once() {
    let mut os = real();
    // Bound and not listening: the port stays ours, and nobody answers there.
    let silent = os.socket(Transport::Tcp, false).unwrap();
    os.bind(silent, &any_port(false)).unwrap();
    let at = os.local_address(silent).unwrap();
    let client = os.socket(Transport::Tcp, false).unwrap();
    assert_eq!(os.connect(client, &at), Err(Errno::EINPROGRESS));
    wait_for(&mut os, client, WRITE);
    assert_eq!(os.take_error(client), Ok(Some(Errno::ECONNREFUSED)));
    assert_eq!(os.take_error(client), Ok(None));
}

#[test]
fn f21_a_client_that_resets_before_the_accept_keeps_its_address() {
    let mut os = real();
    let (listener, at) = listener(&mut os, Transport::Tcp, &any_port(false));
    let client = os.socket(Transport::Tcp, false).unwrap();
    assert_eq!(os.connect(client, &at), Err(Errno::EINPROGRESS));
    wait_for(&mut os, client, WRITE);
    let from = os.local_address(client).unwrap();
    os.set_option(client, "linger", "0").unwrap();
    os.close(client);
    wait_for(&mut os, listener, READ);
    let (accepted, told) = os.accept(listener).unwrap();
    assert_eq!(told, from);
    assert_eq!(os.peer_address(accepted), Err(Errno::ENOTCONN));
    assert_eq!(os.take_error(accepted), Ok(Some(Errno::ECONNRESET)));
    assert_eq!(os.accept(listener).unwrap_err(), Errno::EAGAIN);
}

#[test]
fn f23_an_address_that_is_taken_is_refused() {
    let mut os = real();
    let (_, at) = listener(&mut os, Transport::Tcp, &any_port(false));
    let second = os.socket(Transport::Tcp, false).unwrap();
    assert_eq!(os.bind(second, &at), Err(Errno::EADDRINUSE));
    let elsewhere = Address::Inet("192.0.2.1:0".parse().unwrap());
    assert_eq!(os.bind(second, &elsewhere), Err(Errno::EADDRNOTAVAIL));
}

#[test]
fn f32_unix_paths_fail_as_the_manual_says() {
    let mut os = real();
    let path = format!(
        "{}/sockeye-{}.sock",
        std::env::temp_dir().display(),
        std::process::id()
    );
    let at = Address::Path(path.clone().into());
    let client = os.socket(Transport::UnixStream, false).unwrap();
    assert_eq!(os.connect(client, &at), Err(Errno::ENOENT));
    let (listener, bound) = listener(&mut os, Transport::UnixStream, &at);
    assert_eq!(bound, at);
    let second = os.socket(Transport::UnixStream, false).unwrap();
    assert_eq!(os.bind(second, &at), Err(Errno::EADDRINUSE));
    assert_eq!(os.connect(client, &at), Ok(()));
    assert_eq!(os.peer_address(client), Ok(at.clone()));
    let (_, from) = os.accept(listener).unwrap();
    assert_eq!(from, Address::Unnamed);
    os.close(listener);
    assert_eq!(os.connect(second, &at), Err(Errno::ECONNREFUSED));
    std::fs::remove_file(path).unwrap();
    let long = Address::Path(vec![b'x'; 108]);
    assert_eq!(os.bind(second, &long), Err(errno("ENAMETOOLONG")));
    let cut = Address::Path(b"a\0b".to_vec());
    assert_eq!(os.bind(second, &cut), Err(Errno::EINVAL));
}

#[test]
fn a_pair_is_connected_where_the_system_has_pairs() {
    let mut os = real();
    let unix = [
        Transport::UnixStream,
        Transport::UnixDgram,
        Transport::UnixSeqpacket,
    ];
    for transport in unix {
        let (one, other) = os.socketpair(transport).unwrap();
        assert_eq!(os.send(one, b"hi", NONE, None), Ok(2));
        assert_eq!(recv_bytes(&mut os, other, 10), b"hi");
    }
    assert_eq!(os.socketpair(Transport::Tcp), Err(Errno::EOPNOTSUPP));
}
