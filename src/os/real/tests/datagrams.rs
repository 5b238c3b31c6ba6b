//! Sockets that keep boundaries: senders, truncation, empty datagrams.

use std::os::unix::ffi::OsStrExt as _;

use super::*;

fn bound(os: &mut Real, transport: Transport, at: &Address) -> (Sock, Address) {
    let sock = os.socket(transport, false).unwrap();
    os.bind(sock, at).unwrap();
    let at = os.local_address(sock).unwrap();
    (sock, at)
}

/// Sends datagrams between two sockets that are bound there.
fn check_datagrams(transport: Transport, here: &Address, there: &Address) {
    let mut os = real();
    let (inbox, to) = bound(&mut os, transport, here);
    let (sender, from) = bound(&mut os, transport, there);
    for datagram in [b"0123456789".as_slice(), b"", b"abc"] {
        assert_eq!(
            os.send(sender, datagram, NONE, Some(&to)),
            Ok(datagram.len())
        );
    }
    let (bytes, received) = recv(&mut os, inbox, 4);
    assert_eq!(bytes, b"0123");
    let cut = Received {
        len: 4,
        from: Some(from.clone()),
        cut_from: Some(10),
    };
    assert_eq!(received, Ok(cut));
    for whole in [b"".as_slice(), b"abc"] {
        let (bytes, received) = recv(&mut os, inbox, 4);
        assert_eq!(bytes, whole);
        let received = received.unwrap();
        assert_eq!(received.from.as_ref(), Some(&from));
        assert_eq!(received.cut_from, None);
    }
}

#[test]
fn f28_f29_datagrams_are_cut_and_empty_ones_come() {
    check_datagrams(Transport::Udp, &any_port(false), &any_port(false));
    let (here, there) = (abstract_name("here"), abstract_name("there"));
    check_datagrams(Transport::UnixDgram, &here, &there);
}

#[test]
fn f30_a_refused_datagram_is_told_once() {
    let mut os = real();
    // Connected to itself, it takes nothing from others, and the port stays ours.
    let (other, at) = bound(&mut os, Transport::Udp, &any_port(false));
    os.connect(other, &at).unwrap();
    let sock = os.socket(Transport::Udp, false).unwrap();
    os.connect(sock, &at).unwrap();
    assert_eq!(os.send(sock, b"x", NONE, None), Ok(1));
    let (_, refused) = recv(&mut os, sock, 10);
    assert_eq!(refused, Err(Errno::ECONNREFUSED));
    assert_eq!(os.take_error(sock), Ok(None));
    let huge = vec![0; 65_508];
    assert_eq!(os.send(sock, &huge, NONE, None), Err(errno("EMSGSIZE")));
}

#[test]
fn a_sender_without_a_name_has_none() {
    let mut os = real();
    let (inbox, to) = bound(&mut os, Transport::UnixDgram, &abstract_name("nameless"));
    let sender = os.socket(Transport::UnixDgram, false).unwrap();
    os.send(sender, b"x", NONE, Some(&to)).unwrap();
    let (_, received) = recv(&mut os, inbox, 10);
    assert_eq!(received.unwrap().from, None);
}

#[test]
fn sequenced_packets_keep_their_boundaries() {
    let mut os = real();
    let at = abstract_name("seqpacket");
    let (client, accepted) = connected(&mut os, Transport::UnixSeqpacket, &at);
    os.send(client, b"0123456789", NONE, None).unwrap();
    os.send(client, b"abc", NONE, None).unwrap();
    let (bytes, received) = recv(&mut os, accepted, 4);
    assert_eq!(bytes, b"0123");
    assert_eq!(received.unwrap().cut_from, Some(10));
    assert_eq!(recv_bytes(&mut os, accepted, 4), b"abc");
    os.shutdown(client, How::Write).unwrap();
    assert_eq!(recv_bytes(&mut os, accepted, 4), b"");
}

/// A path of 108 bytes comes without its NUL (unix(7), BUGS), which makes rustix panic. A peer may be bound to one.
#[test]
fn a_sender_whose_name_fills_the_address_is_no_harm() {
    let mut os = real();
    let (inbox, to) = bound(&mut os, Transport::UnixDgram, &abstract_name("long"));
    let mut path = std::env::temp_dir().join(format!("sockeye-{}-", std::process::id()));
    let missing = 108 - path.as_os_str().len();
    path.as_mut_os_string().push("x".repeat(missing));
    let sender = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::DGRAM, None).unwrap();
    raw::bind_unterminated(&sender, path.as_os_str().as_bytes()).unwrap();
    sender
        .send_to(b"x", &address::to_kernel(&to).unwrap())
        .unwrap();
    let (_, received) = recv(&mut os, inbox, 10);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        received.unwrap().from,
        Some(Address::Path(path.as_os_str().as_bytes().to_vec()))
    );
}
