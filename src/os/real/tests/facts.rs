//! What the kernel tells of sockets, ours and others', in every state.

use super::*;
use crate::event::{State, Timer};
use crate::os::{Diag, End, Host, Sought};

fn inet(address: Address) -> SocketAddr {
    match address {
        Address::Inet(at) => at,
        other => panic!("{other:?} has no port"),
    }
}

/// What `sock_diag(7)` tells of the connection of a socket.
fn diag(os: &mut Real, sock: Sock) -> Option<Diag> {
    let local = inet(os.local_address(sock).unwrap());
    let peer = inet(os.peer_address(sock).unwrap());
    os.diag(local, peer).unwrap()
}

/// A listener, a client, and what was accepted of it.
fn served(os: &mut Real, v6: bool) -> (Sock, Sock, Sock) {
    let (listener, at) = listener(os, Transport::Tcp, &any_port(v6));
    let client = os.socket(Transport::Tcp, v6).unwrap();
    assert_eq!(os.connect(client, &at), Err(Errno::EINPROGRESS));
    wait_for(os, listener, READ);
    let (accepted, _) = os.accept(listener).unwrap();
    (listener, client, accepted)
}

/// Waits until something is so that the poller does not tell.
fn until(os: &mut Real, mut holds: impl FnMut(&mut Real) -> bool) {
    let deadline = os.now() + Duration::from_secs(20);
    while !holds(os) {
        assert!(os.now() < deadline, "it never came to be so");
        os.wait(Some(Duration::from_millis(1)), &mut Vec::new())
            .unwrap();
    }
}

/// The places of the journey.
fn places(fact: Fact) -> [Option<u32>; 3] {
    [fact.waiting, fact.unsent, fact.in_flight]
}

#[cfg(target_os = "linux")]
#[test]
fn facts_follow_a_connection() {
    let mut os = real();
    let fresh = os.socket(Transport::Tcp, false).unwrap();
    assert_eq!(os.facts(fresh).state, Some(State::Fresh));
    os.bind(fresh, &any_port(false)).unwrap();
    assert_eq!(os.facts(fresh).state, Some(State::Bound));

    let (client, accepted) = tcp(&mut os);
    let idle = os.facts(client);
    assert_eq!(idle.state, Some(State::Established));
    assert_eq!(places(idle), [Some(0); 3]);
    assert_eq!((idle.retransmits, idle.backlog), (Some(0), None));
    os.send(client, b"hello", NONE, None).unwrap();
    wait_for(&mut os, accepted, READ);
    assert_eq!(os.facts(accepted).waiting, Some(5));

    // Nobody reads: what does not fit waits in the kernel.
    while os.send(client, &vec![7; 65_536], NONE, None).is_ok() {}
    let full = os.facts(client);
    assert!(full.unsent.unwrap() > 0, "{full:?}");

    os.shutdown(accepted, How::Write).unwrap();
    wait_for(&mut os, client, READ);
    assert_eq!(os.facts(client).state, Some(State::CloseWait));
    os.close(accepted);
    wait_for(&mut os, client, WRITE);
    assert_eq!(os.facts(client).state, Some(State::Closed));
    assert_eq!(os.facts(accepted), Fact::default(), "it is closed");
}

#[cfg(target_os = "linux")]
#[test]
fn facts_of_a_listener_are_its_queue() {
    let mut os = real();
    let (listener, at) = listener(&mut os, Transport::Tcp, &any_port(false));
    let empty = os.facts(listener);
    assert_eq!(empty.state, Some(State::Listen));
    assert_eq!((empty.waiting, empty.backlog), (Some(0), Some(8)));
    assert_eq!(
        (empty.unsent, empty.rtt_us, empty.drops),
        (None, None, Some(0))
    );
    let client = os.socket(Transport::Tcp, false).unwrap();
    assert_eq!(os.connect(client, &at), Err(Errno::EINPROGRESS));
    wait_for(&mut os, listener, READ);
    assert_eq!(os.facts(listener).waiting, Some(1));
}

#[test]
fn facts_of_other_sockets_are_fewer() {
    let mut os = real();
    let udp = os.socket(Transport::Udp, false).unwrap();
    assert_eq!(os.facts(udp).state, Some(State::Fresh));
    os.bind(udp, &any_port(false)).unwrap();
    assert_eq!(os.facts(udp).state, Some(State::Bound));
    let (listener, _) = listener(&mut os, Transport::UnixStream, &abstract_name("facts"));
    assert_eq!(os.facts(listener).state, Some(State::Listen));
    let (one, other) = os.socketpair(Transport::UnixStream).unwrap();
    os.send(one, b"hello", NONE, None).unwrap();
    wait_for(&mut os, other, READ);
    let facts = os.facts(other);
    assert_eq!(facts.state, Some(State::Connected));
    assert_eq!(
        (facts.waiting, facts.unsent, facts.in_flight),
        (Some(5), None, None)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_connection_has_numbers_of_its_own() {
    for v6 in [false, true] {
        let mut os = real();
        let (_, client, accepted) = served(&mut os, v6);
        os.send(client, &[7; 1000], NONE, None).unwrap();
        wait_for(&mut os, accepted, READ);
        let fact = os.facts(client);
        let told = [
            "rtt",
            "rttvar",
            "rto",
            "cwnd",
            "mss",
            "peer-mss",
            "window",
            "own-window",
            "sndbuf",
            "rcvbuf",
            "segments-out",
            "segments-in",
        ];
        for name in told {
            assert!(fact.number(name).is_some_and(|n| n > 0), "{name}: {fact:?}");
        }
        // The SYN counts.
        assert_eq!(fact.acked, Some(1001));
        assert_eq!(os.facts(accepted).received, Some(1000));
        let none = [
            "resent",
            "backoff",
            "probes",
            "lost",
            "retransmits",
            "drops",
        ];
        for name in none {
            assert_eq!(fact.number(name), Some(0), "{name}: {fact:?}");
        }
        os.set_option(client, "sndbuf", "8192").unwrap();
        assert_eq!(os.facts(client).sndbuf, Some(16_384));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_end_on_its_way_is_no_byte() {
    let mut os = real();
    let (_, client, accepted) = served(&mut os, false);
    let mut sent = 0;
    while let Ok(len) = os.send(client, &vec![7; 65_536], NONE, None) {
        sent += len;
    }
    os.shutdown(client, How::Write).unwrap();
    // What is on its way arrives without a call of ours; the sum is the same at every moment.
    let sum = |os: &mut Real| {
        let (here, there) = (os.facts(client), os.facts(accepted));
        let parts = [here.unsent, here.in_flight, there.waiting];
        (here.state, parts.map(Option::unwrap).iter().sum::<u32>())
    };
    let whole = u32::try_from(sent).unwrap();
    until(&mut os, |os| sum(os) == (Some(State::FinWait1), whole));
    let told = diag(&mut os, client).unwrap().fact;
    assert_eq!(told.state, Some(State::FinWait1));
    assert_eq!(places(told), places(os.facts(client)));
    let there = diag(&mut os, accepted).unwrap().fact;
    assert_eq!(there.waiting, os.facts(accepted).waiting);
}

#[cfg(target_os = "linux")]
#[test]
fn an_end_that_came_is_no_byte() {
    let mut os = real();
    let (_, client, accepted) = served(&mut os, false);
    os.send(client, b"hello", NONE, None).unwrap();
    os.shutdown(client, How::Write).unwrap();
    until(&mut os, |os| {
        os.facts(accepted).state == Some(State::CloseWait)
    });
    for told in [os.facts(accepted), diag(&mut os, accepted).unwrap().fact] {
        assert_eq!((told.waiting, told.received), (Some(5), Some(5)));
        assert_eq!(told.taken(), Some(0));
    }
    recv_bytes(&mut os, accepted, 16);
    assert_eq!(recv_bytes(&mut os, accepted, 16), b"");
    for told in [os.facts(accepted), diag(&mut os, accepted).unwrap().fact] {
        assert_eq!((told.waiting, told.taken()), (Some(0), Some(5)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn any_socket_of_this_host_is_told_by_its_addresses() {
    for v6 in [false, true] {
        let mut os = real();
        let (listener, client, accepted) = served(&mut os, v6);
        os.send(client, b"hello", NONE, None).unwrap();
        wait_for(&mut os, accepted, READ);
        let timeless = |fact: Fact| Fact {
            timer: None,
            ..fact.timeless()
        };
        for sock in [client, accepted] {
            let told = diag(&mut os, sock).expect("it is open");
            let fact = os.facts(sock);
            assert_eq!(told.fact.state, fact.state);
            assert_eq!(timeless(told.fact), timeless(fact));
            let owner = loop {
                match os.owner(told.inode) {
                    Sought::Found(owner) => break owner,
                    Sought::Partly => {}
                    Sought::Nobody => panic!("it is ours"),
                }
            };
            assert_eq!(owner.pid, std::process::id());
            assert!(!owner.program.is_empty());
        }
        let local = inet(os.local_address(accepted).unwrap());
        let nobody = SocketAddr::new(local.ip(), 1);
        assert_eq!(os.diag(local, nobody), Ok(None), "not the listener instead");

        let found = os.diags(End::Local, local.port(), None).unwrap();
        let states: Vec<_> = found.iter().map(|it| it.fact.state).collect();
        assert!(
            states.contains(&Some(State::Listen)) && states.contains(&Some(State::Established))
        );
        let seats = found
            .iter()
            .find(|it| it.fact.state == Some(State::Listen))
            .map(|it| (it.fact.waiting, it.fact.backlog));
        assert_eq!(seats, Some((Some(0), Some(8))), "{listener:?}");
        let peers = os.diags(End::Peer, local.port(), None).unwrap();
        assert_eq!(peers.len(), 1);
        assert_eq!(peers[0].peer, local);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_left_of_a_connection_counts_down() {
    let mut os = real();
    let (_, client, accepted) = served(&mut os, false);
    let ends = [client, accepted].map(|sock| {
        (
            inet(os.local_address(sock).unwrap()),
            inet(os.peer_address(sock).unwrap()),
        )
    });
    os.close(client);
    let (local, peer) = ends[0];
    let left = |os: &mut Real| os.diag(local, peer).unwrap().expect("the kernel keeps it");
    until(&mut os, |os| left(os).fact.state == Some(State::FinWait2));
    assert_eq!(left(&mut os).inode, 0, "no program has it");
    os.close(accepted);
    until(&mut os, |os| left(os).fact.state == Some(State::TimeWait));
    let told = left(&mut os).fact;
    assert_eq!(told.timer, Some(Timer::Wait));
    assert!(
        told.timer_ms.is_some_and(|ms| (1..=60_000).contains(&ms)),
        "{told:?}"
    );
    assert_eq!(os.diag(ends[1].0, ends[1].1), Ok(None), "it ended last");
}

#[cfg(target_os = "linux")]
#[test]
fn who_finds_no_seat_is_counted() {
    let mut os = real();
    let (listener, at) = listener(&mut os, Transport::Tcp, &any_port(false));
    os.listen(listener, 1).unwrap();
    let crowd: Vec<_> = (0..4)
        .map(|_| {
            let sock = os.socket(Transport::Tcp, false).unwrap();
            assert_eq!(os.connect(sock, &at), Err(Errno::EINPROGRESS));
            sock
        })
        .collect();
    until(&mut os, |os| os.facts(listener).waiting == Some(2));
    until(&mut os, |os| {
        os.facts(listener).drops.is_some_and(|drops| drops >= 2)
    });
    let port = inet(at).port();
    let outside = os.diags(End::Peer, port, None).unwrap();
    let knocking = outside
        .iter()
        .filter(|it| it.fact.state == Some(State::SynSent));
    assert_eq!(knocking.clone().count(), 2, "{crowd:?}");
    let alone = os.diags(End::Peer, port, Some(State::SynSent)).unwrap();
    assert!(alone.len() == 2 && outside.len() > 2, "{alone:?}");
    for it in knocking {
        assert_eq!(it.fact.timer, Some(Timer::Retransmit));
        assert!(it.fact.timer_ms.is_some());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_kernel_tells_what_it_is_set_to() {
    let mut os = real();
    assert!(
        os.setting("net/core/somaxconn")
            .is_some_and(|most| most > 0)
    );
    assert!(os.setting("net/ipv4/ip_unprivileged_port_start").is_some());
    assert_eq!(os.setting("net/ipv4/no_such"), None);
}
