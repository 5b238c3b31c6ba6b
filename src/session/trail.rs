//! The turning points of each socket: the events that may be why a later call failed or a stream ended. They stand
//! apart from the many events that move bytes, so looking back reads a few entries however long the log is. Nothing is
//! explained here: that is `cause`'s matter.

use std::time::Duration;

use super::{Lane, Session};
use crate::event::{Call, ConnId, Dir, Errno, Event, How, Outcome, Syscall, What, option};

/// Turning points kept of a socket.
const POINTS_MAX: usize = 256;

/// The first of them stay when there are more: they tell how it came to be.
const FIRST_KEPT: usize = 16;

/// A trail that is shorter has room for no more than it holds: those of most sockets stay so.
const SHORT: usize = 8;

/// A turning point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The event.
    pub seq: u64,
    /// When it came.
    pub at: Duration,
    /// What turned.
    pub turn: Turn,
    /// How many bytes the other end, where it is ours, had sent by then and this one had not read.
    pub unread: u64,
}

/// What turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// `bind` gave it an address.
    Bound,
    /// `listen` made it a listener.
    Listening,
    /// `connect` was asked for and is not answered yet.
    Asked,
    /// `connect` came out well.
    Connected,
    /// `accept` gave this socket.
    Accepted(ConnId),
    /// An option was set, by its name in commands.
    Set(&'static str),
    /// `shutdown` came out well.
    Shut(How),
    /// `close`: of a descriptor; the socket's own end if [`Turn::Gone`] follows.
    Closed,
    /// The socket is no more.
    Gone,
    /// A call failed for good.
    Failed(Errno),
    /// `recv` returned 0, the end of a stream.
    End,
    /// A direction is over.
    Over(Dir, Option<Errno>),
    /// A datagram was sent, the newest of several in a row.
    Datagram,
    /// `send` took bytes after the other end, which is ours, was closed.
    InVain,
    /// Its cable was pulled.
    Unplugged,
    /// Its cable was plugged in again.
    Plugged,
    /// `dup`: it has one more descriptor.
    Duplicated,
    /// The program has forgotten its descriptors.
    Leaked,
    /// The program that has it was killed.
    Killed,
    /// The program that has it was stopped.
    Stopped,
    /// The program that has it goes on.
    Continued,
    /// The kernel sent again, for the so manieth time in a row.
    Resent(u8),
}

/// The turning points of one socket, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    points: Vec<Point>,
}

impl Trail {
    fn push(&mut self, point: Point) {
        if let Some(last) = self.points.last_mut() {
            match (last.turn, point.turn) {
                // The newest of datagrams in a row says when something was sent last.
                (Turn::Datagram, Turn::Datagram) => {
                    *last = point;
                    return;
                }
                // Of one failure again and again the first counts.
                (before, now) if before == now && is_told_again(now) => return,
                _ => {}
            }
        }
        if self.points.len() >= POINTS_MAX {
            self.points.remove(FIRST_KEPT);
        }
        if self.points.len() < SHORT {
            self.points.reserve_exact(1);
        }
        self.points.push(point);
    }
}

/// Whether the kernel tells it anew at each call.
fn is_told_again(turn: Turn) -> bool {
    matches!(turn, Turn::Failed(_) | Turn::End | Turn::Resent(_))
}

impl Session {
    /// The turning points of a socket before the event `seq`, oldest first.
    #[must_use = "an iterator does nothing by itself"]
    pub fn turns(&self, id: ConnId, seq: u64) -> impl DoubleEndedIterator<Item = &Point> {
        let trail = self.trails.get(id.0 as usize);
        let points = trail.into_iter().flat_map(|trail| &trail.points);
        let seq = seq.min(self.event_count());
        points.filter(move |point| point.seq < seq)
    }

    /// The turning points of a socket behind the event `seq`, oldest first.
    pub fn turns_behind(&self, id: ConnId, seq: u64) -> impl Iterator<Item = &Point> {
        let trail = self.trails.get(id.0 as usize);
        let points = trail.into_iter().flat_map(|trail| &trail.points);
        let count = self.event_count();
        points.filter(move |point| point.seq > seq && point.seq < count)
    }

    /// Notes an event that the session has just taken as number `seq`, if something turned by it.
    pub(super) fn trace(&mut self, event: &Event, seq: u64) {
        let Some(id) = event.conn else { return };
        let Some(turn) = self.turn(id, &event.what) else {
            return;
        };
        let point = Point {
            seq,
            at: event.at,
            turn,
            unread: self.unread(id),
        };
        let trail = self.trails.make(id.0 as usize, Trail::default);
        trail.push(point);
    }

    /// What the other end, where it is ours, has sent and this one has not read.
    fn unread(&self, id: ConnId) -> u64 {
        let len = |id: ConnId, dir: Dir| self.lane(id, dir).map_or(0, Lane::len);
        let sent = self.twin(id).map_or(0, |twin| len(twin, Dir::Out));
        sent.saturating_sub(len(id, Dir::In))
    }

    fn turn(&self, id: ConnId, what: &What) -> Option<Turn> {
        match what {
            What::Call(call) => self.turn_of_call(id, call),
            What::Ended { dir, cause } => Some(Turn::Over(*dir, *cause)),
            What::Gone => Some(Turn::Gone),
            What::Cable(Some(_)) => Some(Turn::Unplugged),
            What::Cable(None) => Some(Turn::Plugged),
            What::Refs { leaked: true, .. } => Some(Turn::Leaked),
            What::Fact(fact) => fact
                .retransmits
                .filter(|again| *again > 0)
                .map(Turn::Resent),
            _ => None,
        }
    }

    fn turn_of_call(&self, id: ConnId, call: &Call) -> Option<Turn> {
        let conn = self.conn(id)?;
        match (&call.call, &call.outcome) {
            (Syscall::Connect(_), Outcome::Blocked | Outcome::Failed(Errno::EINPROGRESS)) => {
                Some(Turn::Asked)
            }
            (_, Outcome::Failed(errno)) if !errno.would_block() => Some(Turn::Failed(*errno)),
            (Syscall::Bind(_), Outcome::Returned(_)) => Some(Turn::Bound),
            (Syscall::Listen { .. }, Outcome::Returned(_)) => Some(Turn::Listening),
            (Syscall::Connect(_), Outcome::Returned(_)) => Some(Turn::Connected),
            (Syscall::Accept, Outcome::Accepted { conn, .. }) => Some(Turn::Accepted(*conn)),
            (Syscall::Shutdown(how), Outcome::Returned(_)) => Some(Turn::Shut(*how)),
            (Syscall::Close, Outcome::Returned(_)) => Some(Turn::Closed),
            (Syscall::Dup, Outcome::Returned(_)) => Some(Turn::Duplicated),
            (Syscall::Kill(signal), Outcome::Returned(_)) => turn_of_signal(signal),
            (Syscall::SetOption { name, .. }, Outcome::Returned(_) | Outcome::Value(_)) => {
                option(name).map(|option| Turn::Set(option.name))
            }
            (Syscall::Send { .. }, Outcome::Returned(_)) if conn.transport.is_connectionless() => {
                Some(Turn::Datagram)
            }
            (Syscall::Send { .. }, Outcome::Returned(taken)) if *taken > 0 => {
                let twin = conn.twin.and_then(|twin| self.conn(twin))?;
                (!twin.is_open()).then_some(Turn::InVain)
            }
            (Syscall::Recv { max, .. }, Outcome::Received { len: 0, .. }) => {
                (*max > 0 && !conn.transport.is_connectionless()).then_some(Turn::End)
            }
            _ => None,
        }
    }
}

/// What a signal to a program does to its sockets.
fn turn_of_signal(signal: &str) -> Option<Turn> {
    match signal {
        "SIGKILL" => Some(Turn::Killed),
        "SIGSTOP" => Some(Turn::Stopped),
        "SIGCONT" => Some(Turn::Continued),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(seq: u64, turn: Turn) -> Point {
        let (at, unread) = (Duration::ZERO, 0);
        Point {
            seq,
            at,
            turn,
            unread,
        }
    }

    fn kept(turns: impl IntoIterator<Item = Turn>) -> Vec<(u64, Turn)> {
        let mut trail = Trail::default();
        for (seq, turn) in turns.into_iter().enumerate() {
            trail.push(point(seq as u64, turn));
        }
        trail.points.iter().map(|it| (it.seq, it.turn)).collect()
    }

    #[test]
    fn of_the_same_again_one_is_kept() {
        let refused = Turn::Failed(Errno::ECONNREFUSED);
        let sent = Turn::Datagram;
        assert_eq!(
            kept([Turn::Bound, sent, sent, refused, refused, sent, refused]),
            [
                (0, Turn::Bound),
                (2, sent),
                (3, refused),
                (5, sent),
                (6, refused)
            ]
        );
    }

    #[test]
    fn a_long_trail_keeps_its_beginning_and_its_newest() {
        let turns = [Turn::Datagram, Turn::Failed(Errno::ECONNREFUSED)];
        let many = turns.into_iter().cycle().take(10_000);
        let kept = kept(std::iter::once(Turn::Bound).chain(many));
        assert_eq!(kept.len(), POINTS_MAX);
        assert_eq!(kept.first(), Some(&(0, Turn::Bound)));
        assert_eq!(kept.last().map(|it| it.0), Some(10_000));
        assert!(kept.is_sorted_by_key(|it| it.0));
    }
}
