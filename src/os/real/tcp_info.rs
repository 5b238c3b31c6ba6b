//! `TCP_INFO` as bytes (linux `include/uapi/linux/tcp.h`): which number stands where. Numbers behind the length that
//! this kernel told are none, whatever headers the program was built with.

use crate::event::{Fact, State};

/// What a kernel told: the bytes of `struct tcp_info` up to the length that it named.
#[derive(Clone, Copy, Debug)]
pub(super) struct TcpInfo<'a>(pub(super) &'a [u8]);

impl TcpInfo<'_> {
    /// `tcpi_state`.
    pub(super) fn state(self) -> Option<State> {
        state(self.byte(0)?)
    }

    /// `tcpi_retransmits`.
    pub(super) fn retransmits(self) -> Option<u8> {
        self.byte(2)
    }

    /// The seats of a listener: how many are taken (`tcpi_unacked`), and how many may wait (`tcpi_sacked`).
    pub(super) fn seats(self) -> (Option<u32>, Option<u32>) {
        (self.word(24), self.word(28))
    }

    /// `tcpi_notsent_bytes`.
    pub(super) fn unsent(self) -> Option<u32> {
        self.word(144)
    }

    /// The numbers of a connection, whose state is told already.
    pub(super) fn fill(self, fact: &mut Fact) {
        // Zero is no time: nothing was measured yet.
        let time = |at| self.word(at).filter(|us| *us > 0);
        fact.retransmits = self.retransmits();
        fact.probes = self.byte(3);
        fact.backoff = self.byte(4);
        fact.rto_us = time(8);
        // Before the peer has answered, these are the kernel's guesses and no word of the peer's.
        let is_answered = fact.state != Some(State::SynSent);
        fact.mss = self.word(16).filter(|_| is_answered);
        fact.peer_mss = self.word(20).filter(|_| is_answered);
        fact.lost = self.word(32);
        fact.sent_ago_ms = self.word(44);
        fact.received_ago_ms = self.word(52);
        fact.rtt_us = time(68);
        fact.rttvar_us = time(72).filter(|_| fact.rtt_us.is_some());
        fact.cwnd = self.word(80);
        fact.resent = self.word(100);
        // What ends are among the bytes of a connection that is over, nothing tells.
        if fact.state != Some(State::Closed) {
            let end = u64::from(has_peers_end(fact.state));
            fact.acked = self.long(120);
            fact.received = self.long(128).map(|bytes| bytes.saturating_sub(end));
        }
        fact.segments_out = self.word(136);
        fact.segments_in = self.word(140);
        fact.window = self.word(228).filter(|_| is_answered);
        fact.own_window = self.word(232);
    }

    fn byte(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn word(self, at: usize) -> Option<u32> {
        word(self.0, at)
    }

    fn long(self, at: usize) -> Option<u64> {
        let bytes = self.0.get(at..at.checked_add(8)?)?;
        Some(u64::from_ne_bytes(bytes.try_into().ok()?))
    }
}

/// The numbers of `SO_MEMINFO` and `INET_DIAG_SKMEMINFO` (linux `include/uapi/linux/sock_diag.h`): buffers, and what
/// was thrown away.
pub(super) fn fill_memory(told: &[u8], fact: &mut Fact) {
    fact.rcvbuf = word(told, 4);
    fact.sndbuf = word(told, 12);
    fact.drops = word(told, 32);
}

/// Four bytes at an offset, in this host's order.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

/// The kernel's numbers of TCP's states (linux `net/tcp_states.h`).
pub(super) fn state(number: u8) -> Option<State> {
    Some(match number {
        1 => State::Established,
        2 => State::SynSent,
        3 | 12 => State::SynReceived,
        4 => State::FinWait1,
        5 => State::FinWait2,
        6 => State::TimeWait,
        7 => State::Closed,
        8 => State::CloseWait,
        9 => State::LastAck,
        10 => State::Listen,
        11 => State::Closing,
        _ => return None,
    })
}

/// Whether the peer's end came: in the kernel's numbers it counts as a byte.
pub(super) fn has_peers_end(state: Option<State>) -> bool {
    matches!(
        state,
        Some(State::CloseWait | State::LastAck | State::Closing | State::TimeWait)
    )
}

/// The bytes that wait to be sent and those in flight, of what the kernel counts: an end that nobody acknowledged yet
/// is the last of them, and no byte of anybody's.
pub(super) fn queues(state: Option<State>, unsent: u32, out: u32) -> (u32, u32) {
    let in_flight = out.saturating_sub(unsent);
    let has_end = matches!(
        state,
        Some(State::FinWait1 | State::Closing | State::LastAck)
    );
    match (has_end, unsent) {
        (true, 0) => (0, in_flight.saturating_sub(1)),
        (true, unsent) => (unsent - 1, in_flight),
        (false, unsent) => (unsent, in_flight),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_the_told_length_is_none() {
        let told: Vec<u8> = (0..=255).collect();
        let of = |len: usize| {
            let mut fact = Fact::default();
            TcpInfo(told.get(..len).unwrap()).fill(&mut fact);
            fact
        };
        let (old, new) = (of(104), of(240));
        assert_eq!((old.resent.is_some(), new.resent), (true, old.resent));
        assert_eq!((old.acked, old.segments_in, old.window), (None, None, None));
        assert!(new.acked.is_some() && new.window.is_some() && new.own_window.is_some());
        assert_eq!(of(231).window, None, "half a number is none");
        assert_eq!(of(0), Fact::default());
    }

    #[test]
    fn what_a_peer_has_not_said_yet_is_none() {
        let told = [1; 240];
        let of = |state| {
            let mut fact = Fact {
                state: Some(state),
                ..Fact::default()
            };
            TcpInfo(&told).fill(&mut fact);
            fact
        };
        let (asked, answered) = (of(State::SynSent), of(State::Established));
        assert_eq!(
            (asked.mss, asked.peer_mss, asked.window),
            (None, None, None)
        );
        assert!(answered.mss.is_some() && answered.peer_mss.is_some() && answered.window.is_some());
    }

    #[test]
    fn an_end_is_no_byte() {
        let check = |state, queued, expected| {
            let (unsent, out) = queued;
            assert_eq!(queues(Some(state), unsent, out), expected, "{state:?}");
        };
        check(State::Established, (0, 5), (0, 5));
        check(State::FinWait1, (0, 6), (0, 5));
        check(State::FinWait1, (3, 8), (2, 5));
        check(State::LastAck, (1, 1), (0, 0));
        check(State::FinWait2, (0, 0), (0, 0));
    }
}
