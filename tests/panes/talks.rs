//! A tap and its conversations on the stage, made of events.

use std::net::SocketAddr;

use sockeye::endpoint::{Address, Endpoint, Transport};
use sockeye::event::{ConnId, Outcome, Role, State, Syscall, What};

use super::stage::Stage;

/// The tap.
pub(crate) const TAP: ConnId = ConnId(0);

impl Stage {
    /// A tap in front of port 6379 that cuts Redis messages, and nobody came yet.
    pub(crate) fn tap(&mut self) {
        self.born(TAP, Role::Tap, None, ("127.0.0.1:7379", None));
        let target = Endpoint::parse("127.0.0.1:6379").unwrap();
        self.event(TAP, What::Relays(target));
        self.event(TAP, What::State(State::Listen));
        self.frame(TAP, "resp");
    }

    /// A client comes from that port; its side of the conversation.
    pub(crate) fn comes(&mut self, port: u16) -> ConnId {
        let client = ConnId(u32::try_from(self.session.conns().len()).unwrap());
        let server = ConnId(client.0 + 1);
        let from = format!("127.0.0.1:{port}");
        self.born(
            client,
            Role::Accepted,
            Some(TAP),
            ("127.0.0.1:7379", Some(&from)),
        );
        let own = format!("127.0.0.1:{}", port + 1);
        let to = ("127.0.0.1:6379", Some(own.as_str()));
        self.born(
            server,
            Role::Client,
            Some(client),
            (to.1.unwrap(), Some(to.0)),
        );
        client
    }

    fn born(
        &mut self,
        conn: ConnId,
        role: Role,
        parent: Option<ConnId>,
        (local, peer): (&str, Option<&str>),
    ) {
        let address = |text: &str| Address::Inet(text.parse::<SocketAddr>().unwrap());
        let (name, transport) = (None, Transport::Tcp);
        self.event(
            conn,
            What::Opened {
                name,
                role,
                transport,
                parent,
            },
        );
        let (local, peer) = (Some(address(local)), peer.map(address));
        self.event(conn, What::Addressed { local, peer });
    }

    /// The client of a conversation asks, and what it says is passed on.
    pub(crate) fn asks(&mut self, client: ConnId, bytes: &[u8]) {
        self.receive(client, bytes);
        self.send(ConnId(client.0 + 1), bytes);
    }

    /// The server answers.
    pub(crate) fn answers(&mut self, client: ConnId, bytes: &[u8]) {
        self.receive(ConnId(client.0 + 1), bytes);
        self.send(client, bytes);
    }
}

/// A tap with two conversations: the first is over, in the second a client and Redis talk.
pub(crate) fn tapped(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::new(columns, rows);
    stage.tap();
    let first = stage.comes(51_000);
    stage.asks(first, b"PING\r\n");
    stage.answers(first, b"+PONG\r\n");
    for side in [first, ConnId(first.0 + 1)] {
        stage.call(side, Syscall::Close, Outcome::Returned(0), None);
        stage.event(side, What::Gone);
    }
    let second = stage.comes(51_398);
    stage.asks(second, b"*2\r\n$3\r\nGET\r\n$4\r\nname\r\n");
    stage.answers(second, b"$7\r\nsockeye\r\n");
    // Two at once, answered one by one.
    stage.asks(second, b"INCR hits\r\nLRANGE list 0 -1\r\n");
    stage.answers(second, b":8\r\n");
    stage.answers(second, b"*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    stage.asks(second, b"NOSUCH\r\n");
    stage.answers(second, b"-ERR unknown command 'NOSUCH'\r\n+cut");
    stage
}
