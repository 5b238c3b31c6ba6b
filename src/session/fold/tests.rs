//! Who belongs together, by addresses.

use std::net::SocketAddr;

use super::*;
use crate::endpoint::Transport;
use crate::event::Actor;
use crate::session::Session;

fn tell(session: &mut Session, conn: u32, what: What) {
    session.apply(Event {
        at: Duration::ZERO,
        conn: Some(ConnId(conn)),
        by: Actor::User,
        what,
    });
}

fn open(session: &mut Session, conn: u32, transport: Transport, ends: [&Address; 2]) {
    let opened = What::Opened {
        name: None,
        role: Role::Client,
        transport,
        parent: None,
    };
    tell(session, conn, opened);
    let [local, peer] = ends.map(|end| Some(end.clone()));
    tell(session, conn, What::Addressed { local, peer });
}

fn twins(session: &Session) -> Vec<Option<u32>> {
    session
        .conns()
        .iter()
        .map(|conn| conn.twin.map(|twin| twin.0))
        .collect()
}

#[test]
fn addresses_that_many_share_make_no_twins() {
    let mut session = Session::new(1 << 20, None);
    let (none, path) = (Address::Unnamed, Address::Path("s".into()));
    for conn in [0, 2] {
        open(&mut session, conn, Transport::UnixStream, [&none, &path]);
        open(
            &mut session,
            conn + 1,
            Transport::UnixStream,
            [&path, &none],
        );
    }
    assert_eq!(twins(&session), [None; 4]);
}

#[test]
fn a_port_used_again_belongs_to_the_new_connection() {
    let mut session = Session::new(1 << 20, None);
    let [a, b] = [5000, 7000].map(|port| Address::Inet(SocketAddr::from(([127, 0, 0, 1], port))));
    open(&mut session, 0, Transport::Tcp, [&a, &b]);
    open(&mut session, 1, Transport::Tcp, [&b, &a]);
    for conn in [0, 1] {
        tell(&mut session, conn, What::Gone);
    }
    open(&mut session, 2, Transport::Tcp, [&a, &b]);
    assert_eq!(twins(&session), [Some(1), Some(0), None]);
    open(&mut session, 3, Transport::Tcp, [&b, &a]);
    assert_eq!(twins(&session), [Some(1), Some(0), Some(3), Some(2)]);
}
