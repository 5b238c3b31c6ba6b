//! What the kernel tells of a socket, beside the results of calls. What a system does not tell is `None`; nothing is
//! invented.

use serde::{Deserialize, Serialize};

use super::state::State;

/// The kernel's numbers of one socket at one moment, as `TCP_INFO` (tcp(7)), `SIOCINQ`, `SIOCOUTQ` and `sock_diag(7)`
/// tell them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The kernel's state.
    pub state: Option<State>,
    /// Bytes received and not read yet (`SIOCINQ`); on a listener, connections that wait for `accept`.
    pub waiting: Option<u32>,
    /// Bytes sent by the program and not by the kernel yet (`SIOCOUTQNSD`). An end that waits behind them is no byte.
    pub unsent: Option<u32>,
    /// Bytes on their way: sent by the kernel, not acknowledged. An end among them is no byte.
    pub in_flight: Option<u32>,
    /// Retransmissions in a row that nobody acknowledged.
    pub retransmits: Option<u8>,
    /// How many there are at most before the kernel gives the connection up, told while there are some.
    pub retries_max: Option<u8>,
    /// On a listener: how many may wait (the backlog in force).
    pub backlog: Option<u32>,
    /// On a listener that is full or was: sockets of this host that knock at it and have no answer.
    pub outside: Option<u32>,
    /// Segments that the kernel threw away: on a listener those of whom it had no seat for, else those that were none
    /// of this connection's (`SO_MEMINFO`).
    pub drops: Option<u32>,
    /// Segments that were sent again, ever.
    pub resent: Option<u32>,
    /// How often the timeout for an acknowledgement was doubled since the last one.
    pub backoff: Option<u8>,
    /// Probes in a row that nobody answered: of keepalive, or of a closed window.
    pub probes: Option<u8>,
    /// Segments that the kernel holds for lost.
    pub lost: Option<u32>,
    /// The smoothed round-trip time, in microseconds.
    pub rtt_us: Option<u32>,
    /// How much it varies, in microseconds.
    pub rttvar_us: Option<u32>,
    /// How long an acknowledgement may take before segments are sent again, in microseconds.
    pub rto_us: Option<u32>,
    /// How many segments may be on their way (the congestion window).
    pub cwnd: Option<u32>,
    /// The most bytes that it puts into a segment.
    pub mss: Option<u32>,
    /// The most bytes that it expects in a segment of its peer's.
    pub peer_mss: Option<u32>,
    /// The bytes that the peer has room for.
    pub window: Option<u32>,
    /// The bytes that it told its peer it has room for.
    pub own_window: Option<u32>,
    /// Segments sent.
    pub segments_out: Option<u32>,
    /// Segments received.
    pub segments_in: Option<u32>,
    /// Bytes that the peer acknowledged; the SYN of who connected and a FIN count as one each.
    pub acked: Option<u64>,
    /// Bytes that came, in order.
    pub received: Option<u64>,
    /// How long ago it last sent data, in milliseconds.
    pub sent_ago_ms: Option<u32>,
    /// How long ago it last received data, in milliseconds.
    pub received_ago_ms: Option<u32>,
    /// Room for bytes to send, as in force (`SO_SNDBUF`).
    pub sndbuf: Option<u32>,
    /// Room for received bytes, as in force (`SO_RCVBUF`).
    pub rcvbuf: Option<u32>,
    /// What the kernel's timer of this socket waits for.
    pub timer: Option<Timer>,
    /// How long until that timer rings, in milliseconds.
    pub timer_ms: Option<u32>,
}

/// What a timer of the kernel's is for (`idiag_timer` of `sock_diag(7)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// None runs.
    Off,
    /// To send again what nobody acknowledged.
    Retransmit,
    /// To probe a silent peer.
    Keepalive,
    /// To forget the connection: the end of `TIME_WAIT`, or of waiting for a peer's FIN after `close`.
    Wait,
    /// To ask whether the peer has room again.
    Window,
}

impl Timer {
    /// Its name, as `ss -o` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Retransmit => "on",
            Self::Keepalive => "keepalive",
            Self::Wait => "timewait",
            Self::Window => "persist",
        }
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Whatever its name says.
    Count,
    /// Microseconds.
    Time,
}

/// A number of a [`Fact`] by its name.
#[derive(Debug)]
pub struct Number {
    /// Its name on the screen and in scripts; in JSON with `_` for `-`.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// The number, where the kernel tells it.
    pub of: fn(&Fact) -> Option<u64>,
}

const fn row(name: &'static str, unit: Unit, of: fn(&Fact) -> Option<u64>) -> Number {
    Number { name, unit, of }
}

fn micros(ms: Option<u32>) -> Option<u64> {
    ms.map(|ms| u64::from(ms) * 1000)
}

/// Every number, in the order in which people ask.
pub static NUMBERS: &[Number] = &[
    row("waiting", Unit::Count, |it| it.waiting.map(u64::from)),
    row("unsent", Unit::Bytes, |it| it.unsent.map(u64::from)),
    row("in-flight", Unit::Bytes, |it| it.in_flight.map(u64::from)),
    row("retransmits", Unit::Count, |it| {
        it.retransmits.map(u64::from)
    }),
    row("seats", Unit::Count, |it| {
        it.backlog.and(it.waiting).map(u64::from)
    }),
    row("backlog", Unit::Count, |it| it.backlog.map(u64::from)),
    row("outside", Unit::Count, |it| it.outside.map(u64::from)),
    row("drops", Unit::Count, |it| it.drops.map(u64::from)),
    row("resent", Unit::Count, |it| it.resent.map(u64::from)),
    row("backoff", Unit::Count, |it| it.backoff.map(u64::from)),
    row("probes", Unit::Count, |it| it.probes.map(u64::from)),
    row("lost", Unit::Count, |it| it.lost.map(u64::from)),
    row("rtt", Unit::Time, |it| it.rtt_us.map(u64::from)),
    row("rttvar", Unit::Time, |it| it.rttvar_us.map(u64::from)),
    row("rto", Unit::Time, |it| it.rto_us.map(u64::from)),
    row("cwnd", Unit::Count, |it| it.cwnd.map(u64::from)),
    row("mss", Unit::Bytes, |it| it.mss.map(u64::from)),
    row("peer-mss", Unit::Bytes, |it| it.peer_mss.map(u64::from)),
    row("window", Unit::Bytes, |it| it.window.map(u64::from)),
    row("own-window", Unit::Bytes, |it| it.own_window.map(u64::from)),
    row("segments-out", Unit::Count, |it| {
        it.segments_out.map(u64::from)
    }),
    row("segments-in", Unit::Count, |it| {
        it.segments_in.map(u64::from)
    }),
    row("acked", Unit::Bytes, |it| it.acked),
    row("received", Unit::Bytes, |it| it.received),
    row("sent-ago", Unit::Time, |it| micros(it.sent_ago_ms)),
    row("received-ago", Unit::Time, |it| micros(it.received_ago_ms)),
    row("sndbuf", Unit::Bytes, |it| it.sndbuf.map(u64::from)),
    row("rcvbuf", Unit::Bytes, |it| it.rcvbuf.map(u64::from)),
    row("timer", Unit::Time, |it| micros(it.timer_ms)),
];

impl Number {
    /// The number of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        NUMBERS.iter().find(|number| number.name == name)
    }
}

impl Fact {
    /// The number of that name, where the kernel tells it; times in microseconds.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        Number::named(name).and_then(|number| (number.of)(self))
    }

    /// Its numbers that are worth an event when they change. The others follow from traffic or from the passing of
    /// time, and are told with these.
    #[must_use]
    pub fn telling(&self) -> Self {
        Self {
            state: None,
            rtt_us: None,
            rttvar_us: None,
            rto_us: None,
            cwnd: None,
            mss: None,
            peer_mss: None,
            window: self.window.map(|bytes| u32::from(bytes > 0)),
            own_window: self.own_window.map(|bytes| u32::from(bytes > 0)),
            segments_out: None,
            segments_in: None,
            acked: None,
            received: None,
            sent_ago_ms: None,
            received_ago_ms: None,
            timer_ms: None,
            ..*self
        }
    }

    /// The bytes that its program has read: what came, less what waits.
    #[must_use]
    pub fn taken(&self) -> Option<u64> {
        self.received?.checked_sub(self.waiting?.into())
    }

    /// Without what only says how much time went by.
    #[must_use]
    pub fn timeless(&self) -> Self {
        Self {
            state: None,
            sent_ago_ms: None,
            received_ago_ms: None,
            timer_ms: None,
            ..*self
        }
    }
}

/// Who has a socket of this host, as `sock_diag(7)` and `/proc` tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Whose: the other end of the connection, or the address that a call was refused.
    pub of: Held,
    /// Its state.
    pub state: State,
    /// The process, where `/proc` may be read.
    pub pid: Option<u32>,
    /// Its program's name.
    pub program: Option<String>,
    /// The user's number; none where no program has the socket any more.
    pub uid: Option<u32>,
    /// How long the kernel keeps it yet, in milliseconds.
    pub left_ms: Option<u32>,
}

/// What a [`Holder`] has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    /// The other end of this connection.
    Peer,
    /// The address that was refused with `EADDRINUSE`.
    Address,
}

/// How a number is held against another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// All, those of two characters first.
    pub const ALL: [Self; 6] = [
        Self::AtLeast,
        Self::AtMost,
        Self::Unequal,
        Self::Equal,
        Self::Less,
        Self::More,
    ];

    /// Its sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(self, one: u64, other: u64) -> bool {
        match self {
            Self::Equal => one == other,
            Self::Unequal => one != other,
            Self::Less => one < other,
            Self::AtMost => one <= other,
            Self::More => one > other,
            Self::AtLeast => one >= other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_own_name() {
        for (at, number) in NUMBERS.iter().enumerate() {
            let first = NUMBERS.iter().position(|other| other.name == number.name);
            assert_eq!(first, Some(at), "{}", number.name);
        }
    }

    #[test]
    fn what_traffic_and_time_change_alone_is_no_news() {
        let one = Fact {
            rtt_us: Some(31),
            cwnd: Some(10),
            window: Some(65_536),
            timer_ms: Some(200),
            ..Fact::default()
        };
        let other = Fact {
            rtt_us: Some(44),
            cwnd: Some(11),
            window: Some(65_000),
            timer_ms: Some(100),
            ..one
        };
        assert_eq!(one.telling(), other.telling());
        let closed = Fact {
            window: Some(0),
            ..one
        };
        assert_ne!(one.telling(), closed.telling(), "a closed window is news");
        assert_ne!(one.timeless(), other.timeless());
    }

    #[test]
    fn seats_are_a_listeners() {
        let listener = Fact {
            waiting: Some(6),
            backlog: Some(5),
            ..Fact::default()
        };
        assert_eq!(listener.number("seats"), Some(6));
        let stream = Fact {
            backlog: None,
            ..listener
        };
        assert_eq!(stream.number("seats"), None);
    }
}
