//! `pair`: two connected sockets that are both ours. Where the kernel has no call for it, a listener on loopback lives
//! just long enough; its calls are told as those of the first socket, which they serve.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::accept::{is_of_the_connection, is_shortage, longer};
use super::connect::Dial;
use super::cx::Cx;
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::{Address, Transport};
use crate::event::{Actor, Call, ConnId, Errno, Outcome, Role, Syscall, What};
use crate::os::Sock;

/// The kernel may still be at it when `connect` is over at our end.
const ARRIVAL_PAUSE: Duration = Duration::from_millis(1);

/// It doubles, up to this: the last segment of the handshake may be lost, and is sent again by whoever lacks it.
const ARRIVAL_PAUSE_MAX: Duration = Duration::from_millis(200);

/// The listener of a pair, and the socket that shall arrive there.
#[derive(Debug)]
pub(super) struct Arrival {
    listener: Sock,
    other: Box<Socket>,
    /// How long `accept` was left alone last, while it finds no descriptor.
    pause: Option<Duration>,
}

/// What came of waiting for the other end.
pub(super) enum Arrived {
    There,
    /// It is asked for again when the time set is over.
    Later(Arrival),
    Never(Arrival),
}

/// Makes a pair; the sockets stand in `Shared::born` afterwards.
pub(super) fn make(
    by: Actor,
    transport: Transport,
    manual: bool,
    names: Option<(String, String)>,
    cx: &mut Cx,
) {
    let (id, other) = (cx.shared.conn(), cx.shared.conn());
    let (name, other_name) = names.unzip();
    let from = cx.turn.events.len();
    let mut first = Socket::new(id, Role::Client, transport, !manual);
    first.open(name, None, by, cx);
    let mut second = Socket::new(other, Role::Accepted, transport, !manual);
    second.open(other_name, Some(id), by, cx);
    (first.twin, second.twin) = (Some(other), Some(id));
    if !transport.is_unix() && transport.listens() {
        first.dial_pair(by, second, cx);
        first.settle(from, cx);
        cx.shared.born.push(first);
        return;
    }
    let made = if transport.is_unix() {
        socketpair(&mut first, &mut second, by, cx)
    } else {
        datagrams(&mut first, &mut second, by, cx)
    };
    for mut socket in [first, second] {
        if made.is_ok() {
            socket.connected = true;
            socket.tell_addresses(None, cx);
            socket.enqueue(cx);
        } else {
            socket.drop_descriptor(by, cx);
            socket.finish(by, "not connected", cx);
        }
        socket.settle(from, cx);
        cx.shared.born.push(socket);
    }
}

fn socketpair(
    first: &mut Socket,
    second: &mut Socket,
    by: Actor,
    cx: &mut Cx,
) -> Result<(), Errno> {
    let transport = first.transport;
    let (got, took) = cx.call(|os| os.socketpair(transport));
    let outcome = got.map_or_else(Outcome::Failed, |_| Outcome::Returned(0));
    cx.log(
        first.id,
        by,
        Call::new(Syscall::Socketpair(transport), outcome, took),
    );
    let (one, two) = got?;
    first.take_descriptor(one, cx);
    second.take_descriptor(two, cx);
    Ok(())
}

fn datagrams(first: &mut Socket, second: &mut Socket, by: Actor, cx: &mut Cx) -> Result<(), Errno> {
    let mut bound = Vec::new();
    for socket in [&mut *first, &mut *second] {
        let sock = socket.make_descriptor(false, by, cx)?;
        let at = loopback();
        cx.plain(socket.id, by, Syscall::Bind(at.clone()), |os| {
            os.bind(sock, &at)
        })?;
        bound.push((socket.id, sock, cx.turn.os.local_address(sock)?));
    }
    for (me, peer) in [(0, 1), (1, 0)] {
        if let (Some((id, sock, _)), Some((_, _, to))) = (bound.get(me), bound.get(peer)) {
            cx.plain(*id, by, Syscall::Connect(to.clone()), |os| {
                os.connect(*sock, to)
            })?;
        }
    }
    Ok(())
}

/// The end of a socket that never had a descriptor.
fn vanish(mut socket: Socket, by: Actor, cx: &mut Cx) {
    socket.finish(by, "the other end did not connect", cx);
    cx.shared.born.push(socket);
}

fn loopback() -> Address {
    Address::Inet((Ipv4Addr::LOCALHOST, 0).into())
}

impl Socket {
    /// Begins the connection to a listener made for it.
    fn dial_pair(&mut self, by: Actor, other: Self, cx: &mut Cx) {
        let other = Box::new(other);
        let listener = self.pair_listener(by, cx).ok();
        let Some((listener, to)) =
            listener.and_then(|(sock, at)| Some((sock, at.endpoint(self.transport)?)))
        else {
            vanish(*other, by, cx);
            return self.finish(by, "not connected", cx);
        };
        let mut dial = Box::new(Dial::new(by, to));
        dial.arrival = Some(Arrival {
            listener,
            other,
            pause: None,
        });
        self.dial(dial, cx);
    }

    fn pair_listener(&mut self, by: Actor, cx: &mut Cx) -> Result<(Sock, Address), Errno> {
        let sock = self.make_descriptor(false, by, cx)?;
        let id = self.id;
        // The other end inherits it.
        self.set_inline(cx);
        let at = loopback();
        let made = cx
            .plain(id, by, Syscall::Bind(at.clone()), |os| os.bind(sock, &at))
            .and_then(|()| {
                cx.plain(id, by, Syscall::Listen { backlog: 1 }, |os| {
                    os.listen(sock, 1)
                })
            })
            .and_then(|()| cx.turn.os.local_address(sock));
        match made {
            Ok(at) => {
                // It is no socket of the session: it is accepted from once, and closed.
                self.lend_descriptor();
                Ok((sock, at))
            }
            Err(errno) => {
                self.drop_descriptor(by, cx);
                Err(errno)
            }
        }
    }

    /// Accepts the other end; gives the arrival back when it is not there yet, or never will be.
    pub(super) fn arrive(&mut self, mut arrival: Arrival, by: Actor, cx: &mut Cx) -> Arrived {
        let ours = self
            .sock
            .and_then(|sock| cx.turn.os.local_address(sock).ok());
        loop {
            let (got, took) = cx.call(|os| os.accept(arrival.listener));
            let (sock, peer) = match got {
                Ok(made) => made,
                Err(errno) => {
                    let call = Call::new(Syscall::Accept, Outcome::Failed(errno), took);
                    cx.log(self.id, by, call);
                    return self.not_arrived(arrival, errno, cx);
                }
            };
            if ours.as_ref().is_some_and(|ours| *ours != peer) {
                // Any program of this machine may connect to a port of loopback.
                cx.turn.os.close(sock);
                cx.note(
                    self.id,
                    by,
                    format!("{peer} connected in between and was turned away"),
                );
                continue;
            }
            let outcome = Outcome::Accepted {
                conn: arrival.other.id,
                peer: peer.clone(),
            };
            cx.log(self.id, by, Call::new(Syscall::Accept, outcome, took));
            self.close_arrival(arrival.listener, by, cx);
            let from = cx.turn.events.len();
            arrival.other.adopt(sock, peer, self.inline, cx);
            arrival.other.settle(from, cx);
            cx.shared.born.push(*arrival.other);
            return Arrived::There;
        }
    }

    /// What an error of `accept` means for the arrival.
    fn not_arrived(&mut self, mut arrival: Arrival, errno: Errno, cx: &mut Cx) -> Arrived {
        let pause = if is_shortage(errno) {
            longer(arrival.pause)
        } else if errno.would_block() || is_of_the_connection(errno) {
            let doubled = |pause: Duration| (pause * 2).min(ARRIVAL_PAUSE_MAX);
            arrival.pause.map_or(ARRIVAL_PAUSE, doubled)
        } else {
            return Arrived::Never(arrival);
        };
        arrival.pause = Some(pause);
        let again = cx.now() + pause;
        cx.shared.timers.set(self.id, Alarm::Retry, again);
        Arrived::Later(arrival)
    }

    /// Nobody will arrive: the other end of the pair is over before it began.
    pub(super) fn no_arrival(&mut self, arrival: Arrival, by: Actor, cx: &mut Cx) {
        self.close_arrival(arrival.listener, by, cx);
        vanish(*arrival.other, by, cx);
    }

    fn close_arrival(&mut self, listener: Sock, by: Actor, cx: &mut Cx) {
        cx.shared.descriptors.remove(&listener);
        cx.shared.open -= 1;
        let (_, took) = cx.call(|os| {
            os.close(listener);
            Ok(())
        });
        cx.log(
            self.id,
            by,
            Call::new(Syscall::Close, Outcome::Returned(0), took),
        );
    }

    /// The socket comes into the session.
    pub(super) fn open(
        &mut self,
        name: Option<String>,
        parent: Option<ConnId>,
        by: Actor,
        cx: &mut Cx,
    ) {
        let what = What::Opened {
            name,
            role: self.role,
            transport: self.transport,
            parent,
        };
        cx.tell(self.id, by, what);
        if !self.incoming.auto || self.keep.is_some() {
            self.tell_reading(by, cx);
        }
    }

    /// Takes a connection that `accept` made.
    pub(super) fn adopt(&mut self, sock: Sock, peer: Address, inline: bool, cx: &mut Cx) {
        self.take_descriptor(sock, cx);
        self.inline = inline;
        self.connected = true;
        self.tell_addresses(Some(peer), cx);
        self.set_inline(cx);
        self.enqueue(cx);
    }
}
