//! The deadlines of the net: one of each kind a socket, the earliest first. It reads no clock.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use super::cx::Cx;
use super::socket::Socket;
use crate::event::ConnId;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// All attempts to connect took too long.
    Connect,
    /// Time for the next round of attempts, or for the same attempt where the kernel had no room.
    Retry,
    /// The resolver does not answer.
    Lookup,
    /// The kernel may have buffers again.
    Backoff,
    /// A closing socket was read for long enough.
    Drain,
    /// The read valve lets bytes through again.
    Valve,
    /// There may be descriptors to accept with again.
    Accept,
    /// The cable is plugged in again.
    Plug,
    /// A socket that woke us for nothing may wake us again.
    Rest,
    /// Time to look at the kernel's numbers.
    Sample,
    /// A slow client says its next byte.
    Speak,
}

impl Alarm {
    const ALL: [Self; 11] = [
        Self::Connect,
        Self::Retry,
        Self::Lookup,
        Self::Backoff,
        Self::Drain,
        Self::Valve,
        Self::Accept,
        Self::Plug,
        Self::Rest,
        Self::Sample,
        Self::Speak,
    ];

    /// Does what is due.
    pub(super) fn ring(self, socket: &mut Socket, cx: &mut Cx) {
        match self {
            Self::Connect => socket.dial_expired(cx),
            Self::Retry => socket.dial_again(cx),
            Self::Lookup => socket.lookup_expired(cx),
            Self::Drain => socket.drain_expired(cx),
            Self::Sample => socket.sample(cx),
            Self::Speak => socket.speak_on(cx),
            Self::Backoff => {
                socket.outgoing.resume();
                socket.enqueue(cx);
            }
            Self::Rest => {
                socket.resting = false;
                socket.enqueue(cx);
            }
            // The poller tells what there is, now that it is asked again.
            Self::Valve | Self::Accept => socket.incoming.paused = false,
            // It concerns both ends, and was done before.
            Self::Plug => {}
        }
    }
}

/// All deadlines. The top of the heap is always one that still holds, so that nothing wakes for the past.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Duration, u64, ConnId, Alarm)>>,
    /// The entry that holds for each; others in the heap are of the past.
    live: HashMap<(ConnId, Alarm), u64>,
    next: u64,
}

impl Timers {
    /// Sets a deadline in place of the one that there was.
    pub(super) fn set(&mut self, conn: ConnId, alarm: Alarm, at: Duration) {
        self.next += 1;
        self.live.insert((conn, alarm), self.next);
        self.heap.push(Reverse((at, self.next, conn, alarm)));
        self.tidy();
    }

    /// Takes a deadline back.
    pub(super) fn cancel(&mut self, conn: ConnId, alarm: Alarm) {
        if self.live.remove(&(conn, alarm)).is_some() {
            self.tidy();
        }
    }

    /// Takes all deadlines of a socket back.
    pub(super) fn cancel_all(&mut self, conn: ConnId) {
        for alarm in Alarm::ALL {
            self.live.remove(&(conn, alarm));
        }
        self.tidy();
    }

    /// The earliest deadline.
    pub(super) fn next(&self) -> Option<Duration> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    /// Takes out one deadline that is over.
    pub(super) fn pop(&mut self, now: Duration) -> Option<(ConnId, Alarm)> {
        if self.next()? > now {
            return None;
        }
        let Reverse((_, _, conn, alarm)) = self.heap.pop()?;
        self.live.remove(&(conn, alarm));
        self.tidy();
        Some((conn, alarm))
    }

    fn tidy(&mut self) {
        let Self { heap, live, .. } = self;
        let holds = |number: u64, conn: ConnId, alarm: Alarm| {
            live.get(&(conn, alarm)).is_some_and(|live| *live == number)
        };
        if heap.len() > 2 * live.len() + 64 {
            heap.retain(|Reverse((_, number, conn, alarm))| holds(*number, *conn, *alarm));
        }
        while let Some(Reverse((_, number, conn, alarm))) = heap.peek() {
            if holds(*number, *conn, *alarm) {
                break;
            }
            heap.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_holds_is_told() {
        let at = Duration::from_secs;
        let mut timers = Timers::default();
        timers.set(ConnId(0), Alarm::Drain, at(1));
        timers.set(ConnId(0), Alarm::Drain, at(5));
        timers.set(ConnId(1), Alarm::Retry, at(2));
        timers.set(ConnId(1), Alarm::Valve, at(3));
        timers.cancel(ConnId(1), Alarm::Retry);
        assert_eq!(timers.next(), Some(at(3)));
        assert_eq!(timers.pop(at(2)), None);
        assert_eq!(timers.pop(at(9)), Some((ConnId(1), Alarm::Valve)));
        assert_eq!(timers.pop(at(9)), Some((ConnId(0), Alarm::Drain)));
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_deadline_set_a_million_times_is_one() {
        let mut timers = Timers::default();
        for n in (0..100_000).rev() {
            timers.set(ConnId(0), Alarm::Sample, Duration::from_millis(n));
        }
        assert!(timers.heap.len() < 200, "{}", timers.heap.len());
    }
}
