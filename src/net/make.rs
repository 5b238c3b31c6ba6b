//! How a socket comes into the session: its number and its [`What::Opened`] at once, all else as the kernel lets it.

use super::connect::Dial;
use super::cx::{Cx, Turn};
use super::listen::{BACKLOG, Purpose};
use super::socket::Socket;
use super::{Net, pair};
use crate::endpoint::{Endpoint, Transport};
use crate::event::{Actor, Make, Role, What};

impl Net {
    /// Makes a socket. It has its number, and [`What::Opened`] is told, before this returns; all else may come later.
    pub fn make(&mut self, by: Actor, make: Make, turn: &mut Turn) {
        let mut cx = Cx {
            shared: &mut self.shared,
            turn,
        };
        if cx.shared.open >= cx.shared.limit {
            let text = format!("{} sockets are open, the most that may be", cx.shared.open);
            cx.tell_all(by, What::Refused(text));
            return;
        }
        match make {
            Make::Connect {
                to,
                from,
                timeout,
                retry,
                manual,
                name,
            } => {
                let mut dial = Box::new(Dial::new(by, to));
                dial.from = from;
                dial.timeout = timeout;
                dial.retry = retry;
                let transport = dial.to.transport;
                Self::open(
                    Role::Client,
                    transport,
                    name,
                    !manual,
                    by,
                    &mut cx,
                    |socket, cx| {
                        socket.dial(dial, cx);
                    },
                );
            }
            Make::Listen {
                at,
                backlog,
                reuseport,
                keep: _,
                manual,
                name,
            } => {
                let backlog = backlog.unwrap_or(BACKLOG);
                let purpose = Purpose::Serve { backlog, reuseport };
                Self::open_bound(at, name, !manual, purpose, by, &mut cx);
            }
            Make::Bind { at, name } => {
                Self::open_bound(at, name, true, Purpose::Bind, by, &mut cx);
            }
            Make::Pair {
                transport,
                manual,
                names,
            } => pair::make(by, transport, manual, names, &mut cx),
        }
        self.absorb();
    }

    fn open(
        role: Role,
        transport: Transport,
        name: Option<String>,
        auto: bool,
        by: Actor,
        cx: &mut Cx,
        begin: impl FnOnce(&mut Socket, &mut Cx),
    ) {
        let from = cx.turn.events.len();
        let mut socket = Socket::new(cx.shared.conn(), role, transport, auto);
        socket.open(name, None, by, cx);
        begin(&mut socket, cx);
        socket.settle(from, cx);
        cx.shared.born.push(socket);
    }

    fn open_bound(
        at: Endpoint,
        name: Option<String>,
        auto: bool,
        purpose: Purpose,
        by: Actor,
        cx: &mut Cx,
    ) {
        let transport = at.transport;
        let role = if transport.listens() {
            Role::Listener
        } else {
            Role::Datagram
        };
        Self::open(role, transport, name, auto, by, cx, |socket, cx| {
            socket.begin_bind(by, at, purpose, cx);
        });
    }
}
