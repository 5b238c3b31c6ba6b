//! The states of sockets, as the kernel names them.

use serde::{Deserialize, Serialize};

/// A state of a TCP connection (RFC 9293, section 3.3.2), or of another socket in the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are RFC 9293's")]
pub enum State {
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Closed,
    CloseWait,
    LastAck,
    Listen,
    Closing,
    /// Neither bound nor connected: no kernel name.
    Fresh,
    /// Bound, not listening and not connected: no kernel name.
    Bound,
    /// A socket that is no TCP socket, with a fixed peer.
    Connected,
}

/// Names as `ss(8)` and the journey print them, and as `expect state` takes them.
const NAMES: &[(State, &str)] = &[
    (State::Established, "ESTAB"),
    (State::SynSent, "SYN_SENT"),
    (State::SynReceived, "SYN_RECV"),
    (State::FinWait1, "FIN_WAIT1"),
    (State::FinWait2, "FIN_WAIT2"),
    (State::TimeWait, "TIME_WAIT"),
    (State::Closed, "CLOSED"),
    (State::CloseWait, "CLOSE_WAIT"),
    (State::LastAck, "LAST_ACK"),
    (State::Listen, "LISTEN"),
    (State::Closing, "CLOSING"),
    (State::Fresh, "fresh"),
    (State::Bound, "bound"),
    (State::Connected, "connected"),
];

impl State {
    /// Its name on the screen and in scripts.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("?", |(_, name)| name)
    }

    /// The state of that name; case does not count, and `ESTABLISHED` is known too.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("ESTABLISHED") {
            return Some(Self::Established);
        }
        NAMES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(state, _)| *state)
    }

    /// Every name, for completion.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name)| *name)
    }
}
