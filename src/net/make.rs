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
        if let Make::Crowd { to, names, slow } = make {
            return self.crowd(by, &to, (names, slow), turn);
        }
        let mut cx = Cx {
            shared: &mut self.shared,
            turn,
        };
        if !Self::has_room(by, &mut cx) {
            return;
        }
        if cx.shared.holding && matches!(make, Make::Pair { .. }) {
            let text =
                "a pair is made at once, by many calls: `hold off` first, or connect to a listener";
            return cx.tell_all(by, What::Refused(text.to_owned()));
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
                let (role, transport) = (Role::Client, dial.to.transport);
                let socket = Socket::new(cx.shared.conn(), role, transport, !manual);
                Self::open(socket, name, by, &mut cx, |socket, cx| {
                    socket.dial(dial, cx);
                });
            }
            Make::Listen {
                at,
                backlog,
                reuseport,
                keep,
                manual,
                name,
            } => {
                let backlog = backlog.unwrap_or(BACKLOG);
                let purpose = Purpose::Serve { backlog, reuseport };
                let mut socket = bound_socket(at.transport, !manual, &mut cx);
                socket.keep = keep;
                Self::open(socket, name, by, &mut cx, |socket, cx| {
                    socket.begin_bind(by, at, purpose, cx);
                });
            }
            Make::Tap { at, to, keep, name } => {
                Self::open_tap((name, keep), by, (at, to), &mut cx);
            }
            Make::Bind { at, name } => {
                let socket = bound_socket(at.transport, true, &mut cx);
                Self::open(socket, name, by, &mut cx, |socket, cx| {
                    socket.begin_bind(by, at, Purpose::Bind, cx);
                });
            }
            Make::Pair {
                transport,
                manual,
                names,
            } => pair::make(by, transport, manual, names, &mut cx),
            Make::Crowd { .. } => {}
        }
        self.absorb();
    }

    /// Whether there may be one more socket; says so if not.
    pub(super) fn has_room(by: Actor, cx: &mut Cx) -> bool {
        let has_room = cx.shared.open < cx.shared.limit;
        if !has_room {
            let text = format!("{} sockets are open, the most that may be", cx.shared.open);
            cx.tell_all(by, What::Refused(text));
        }
        has_room
    }

    /// A listener that says where it passes on what comes to it.
    fn open_tap(
        (name, keep): (Option<String>, Option<u64>),
        by: Actor,
        (at, to): (Endpoint, Endpoint),
        cx: &mut Cx,
    ) {
        let mut socket = bound_socket(at.transport, true, cx);
        (socket.role, socket.keep) = (Role::Tap, keep);
        Self::open(socket, name, by, cx, |socket, cx| {
            cx.tell(socket.id, by, What::Relays(to));
            let (backlog, reuseport) = (BACKLOG, false);
            let purpose = Purpose::Serve { backlog, reuseport };
            socket.begin_bind(by, at, purpose, cx);
        });
    }

    pub(super) fn open(
        mut socket: Socket,
        name: Option<String>,
        by: Actor,
        cx: &mut Cx,
        begin: impl FnOnce(&mut Socket, &mut Cx),
    ) {
        let from = cx.turn.events.len();
        socket.open(name, None, by, cx);
        begin(&mut socket, cx);
        socket.settle(from, cx);
        cx.shared.born.push(socket);
    }
}

/// A socket for an address of its own.
fn bound_socket(transport: Transport, auto: bool, cx: &mut Cx) -> Socket {
    let role = if transport.listens() {
        Role::Listener
    } else {
        Role::Datagram
    };
    Socket::new(cx.shared.conn(), role, transport, auto)
}
