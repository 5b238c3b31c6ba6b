//! A call that is to be explained, with what a rule may ask about it: its two ends and their turning points before it.
//! Nothing that came later is seen, but for
//! what the kernel was asked because of the call.

use std::fmt::Display;
use std::time::Duration;

use super::{Cause, Surety, Value, breaks};
use crate::endpoint::Address;
use crate::event::{Call, ConnId, Dir, Errno, Event, Syscall, What};
use crate::session::{Conn, Point, Session, Turn};

/// Sockets, the newest, among which the other end of one is looked for by its addresses.
const SOCKETS_BACK: usize = 4096;

/// Events behind a call among which the answer to a question stands that was asked because of it.
const ASKED_BEHIND: u32 = 8;

/// The call in question.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) session: &'a Session,
    pub(super) seq: u64,
    pub(super) at: Duration,
    pub(super) own: &'a Conn,
    /// The other end, if it is ours.
    pub(super) other: Option<&'a Conn>,
    pub(super) call: &'a Call,
}

/// What a rule found.
#[derive(Debug)]
pub(super) struct Found {
    event: Option<u64>,
    surety: Surety,
    wire: Option<&'static str>,
    values: Vec<Value>,
}

impl Found {
    /// It follows from the log.
    pub(super) fn certain() -> Self {
        Self {
            event: None,
            surety: Surety::Certain,
            wire: None,
            values: Vec::new(),
        }
    }

    /// It is the usual reason.
    pub(super) fn likely() -> Self {
        Self {
            surety: Surety::Likely,
            ..Self::certain()
        }
    }

    /// The event is this turning point.
    pub(super) fn at(self, point: Point) -> Self {
        self.event(point.seq)
    }

    /// The event has this number.
    pub(super) fn event(mut self, seq: u64) -> Self {
        self.event = Some(seq);
        self
    }

    /// That must have gone over the wire in between.
    pub(super) fn over(mut self, wire: &'static str) -> Self {
        self.wire = Some(wire);
        self
    }

    /// The next value of the sentence is a text.
    pub(super) fn text(mut self, text: &(impl Display + ?Sized)) -> Self {
        self.values.push(Value::Text(text.to_string()));
        self
    }

    /// The next value of the sentence is a count of bytes.
    pub(super) fn bytes(mut self, bytes: u64) -> Self {
        self.values.push(Value::Bytes(bytes));
        self
    }

    /// The next value of the sentence is a time.
    pub(super) fn time(mut self, time: Duration) -> Self {
        self.values.push(Value::Time(time));
        self
    }

    pub(super) fn by(self, slug: &'static str) -> Cause {
        let Self {
            event,
            surety,
            wire,
            values,
        } = self;
        Cause {
            slug,
            event,
            surety,
            wire,
            values,
        }
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(
        session: &'a Session,
        seq: u64,
        event: &Event,
        call: &'a Call,
    ) -> Option<Self> {
        let own = session.conn(event.conn?)?;
        Some(Self {
            session,
            seq,
            at: event.at,
            own,
            other: other_end(session, own),
            call,
        })
    }

    /// The name of the socket that called.
    pub(super) fn name(&self) -> &str {
        &self.own.name
    }

    /// The newest turning point of a socket before the call that fits.
    pub(super) fn newest(&self, id: ConnId, fits: impl Fn(Turn) -> bool) -> Option<Point> {
        let mut back = self.session.turns(id, self.seq).rev();
        back.find(|point| fits(point.turn)).copied()
    }

    /// The oldest.
    pub(super) fn oldest(&self, id: ConnId, fits: impl Fn(Turn) -> bool) -> Option<Point> {
        let mut points = self.session.turns(id, self.seq);
        points.find(|point| fits(point.turn)).copied()
    }

    /// The newest turning point of the calling socket itself.
    pub(super) fn own(&self, fits: impl Fn(Turn) -> bool) -> Option<Point> {
        self.newest(self.own.id, fits)
    }

    /// The `close` that ended a socket before the call: a descriptor may be closed and the socket live on.
    pub(super) fn closed(&self, id: ConnId) -> Option<Point> {
        let gone = self.newest(id, |turn| turn == Turn::Gone)?;
        let mut back = self.session.turns(id, gone.seq).rev();
        back.find(|point| point.turn == Turn::Closed).copied()
    }

    /// The newest turning point of the program that has a socket: told of the socket, or of the listener that made it.
    pub(super) fn program(&self, conn: &Conn, fits: impl Fn(Turn) -> bool) -> Option<Point> {
        let of = |id| self.newest(id, &fits);
        of(conn.id).or_else(|| of(conn.parent?))
    }

    /// When the program that had a socket was killed, which closed it.
    pub(super) fn killed(&self, conn: &Conn) -> Option<Point> {
        self.program(conn, |turn| turn == Turn::Killed)
    }

    /// The error that broke the connection of the calling socket before this call met it again.
    pub(super) fn broke(&self) -> Option<(Point, Errno)> {
        if self.own.transport.is_connectionless() {
            return None;
        }
        let broken = |turn| matches!(turn, Turn::Failed(errno) if breaks(errno));
        let point = self.own(broken)?;
        match point.turn {
            // What failed before it was connected is an attempt of the past.
            Turn::Failed(errno) if !self.connected_behind(point) => Some((point, errno)),
            _ => None,
        }
    }

    fn connected_behind(&self, point: Point) -> bool {
        self.own(|turn| turn == Turn::Connected)
            .is_some_and(|connected| connected.seq > point.seq)
    }

    /// Whether a socket was set to reset its connection when it is closed, and was not set otherwise since.
    pub(super) fn resets(&self, id: ConnId) -> bool {
        let linger = self.newest(id, |turn| turn == Turn::Set("linger"));
        linger.is_some_and(|point| self.value(point.seq).as_deref() == Some("0"))
    }

    /// The value that an event set an option to.
    pub(super) fn value(&self, seq: u64) -> Option<String> {
        match self.session.event(seq)?.what {
            What::Call(Call {
                call: Syscall::SetOption { value, .. },
                ..
            }) => Some(value),
            _ => None,
        }
    }

    /// Whether a direction of the calling socket was over before the call.
    pub(super) fn over(&self, dir: Dir) -> Option<Point> {
        self.own(|turn| matches!(turn, Turn::Over(over, _) if over == dir))
    }

    /// How long the call was under way.
    pub(super) fn waited(&self) -> Option<Duration> {
        let asked = || self.own(|turn| turn == Turn::Asked);
        let since = || Some(self.at.saturating_sub(asked()?.at));
        self.call.blocked.or_else(since)
    }

    /// How often the kernel sent again since a time, where it was looked at.
    pub(super) fn resent(&self, since: Duration) -> Option<u8> {
        let points = self.session.turns(self.own.id, self.seq);
        points
            .filter(|point| point.at >= since)
            .filter_map(|point| match point.turn {
                Turn::Resent(again) => Some(again),
                _ => None,
            })
            .max()
    }

    /// The newest socket of the same transport, but for the one that called, that has or had an address and fits;
    /// listeners before those that they made.
    pub(super) fn holder(&self, at: &Address, fits: impl Fn(&Conn) -> bool) -> Option<&'a Conn> {
        let conns = self.session.conns().iter().rev().take(SOCKETS_BACK);
        let mut holders = conns.filter(|conn| {
            let local = conn.local.as_ref();
            conn.id != self.own.id
                && conn.transport == self.own.transport
                && conn.opened <= self.at
                && local.is_some_and(|local| collide(local, at))
                && fits(conn)
        });
        let first = holders.next()?;
        let mut all = std::iter::once(first).chain(holders);
        all.find(|conn| self.listens(conn.id)).or(Some(first))
    }

    /// Whether a socket was open when the call was made.
    pub(super) fn is_open(&self, conn: &Conn) -> bool {
        conn.closed.is_none_or(|closed| closed > self.at)
            && self.newest(conn.id, |turn| turn == Turn::Gone).is_none()
    }

    /// Whether `listen` was called on a socket.
    pub(super) fn listens(&self, id: ConnId) -> bool {
        self.newest(id, |turn| turn == Turn::Listening).is_some()
    }

    /// What the kernel was asked because of this very call, told right behind it.
    pub(super) fn asked<T>(&self, mut read: impl FnMut(&What) -> Option<T>) -> Option<(u64, T)> {
        let (mut left, mut found) = (ASKED_BEHIND, None);
        self.session.events_from(self.seq + 1, &mut |seq, event| {
            if event.conn == Some(self.own.id) {
                found = read(&event.what).map(|it| (seq, it));
            }
            left -= 1;
            left > 0 && found.is_none()
        });
        found
    }

    /// The address that the call names.
    pub(super) fn address(&self) -> Option<&Address> {
        match &self.call.call {
            Syscall::Bind(at) | Syscall::Connect(at) | Syscall::Send { to: Some(at), .. } => {
                Some(at)
            }
            _ => None,
        }
    }
}

/// The other end of a connection: that of the session, or one that was closed before this one was accepted.
fn other_end<'a>(session: &'a Session, own: &Conn) -> Option<&'a Conn> {
    if let Some(twin) = own.twin {
        return session.conn(twin);
    }
    let (local, peer) = (own.local.as_ref()?, own.peer.as_ref()?);
    if [local, peer].contains(&&Address::Unnamed) {
        return None;
    }
    let mut back = session.conns().iter().rev().take(SOCKETS_BACK);
    back.find(|conn| {
        conn.id != own.id
            && conn.transport == own.transport
            && conn.local.as_ref() == Some(peer)
            && conn.peer.as_ref() == Some(local)
    })
}

/// Whether one address is in the way of the other: the same, or the same port with one of them everywhere.
pub(super) fn collide(a: &Address, b: &Address) -> bool {
    match (a, b) {
        (Address::Inet(a), Address::Inet(b)) => {
            let is_any = a.ip().is_unspecified() || b.ip().is_unspecified();
            a.port() == b.port() && a.port() != 0 && (is_any || a.ip() == b.ip())
        }
        (Address::Unnamed, _) => false,
        (a, b) => a == b,
    }
}
