//! One memory for bytes and for what is known of sockets: the more sockets there are, the fewer bytes stay out of the
//! spill file.

use super::Session;

/// What is known of a socket beside its bytes and its calls takes about so much memory, here, in the net and in `ui`,
/// its messages cut.
const SOCKET_BYTES: usize = 8 << 10;

/// Whenever so many came or went the tapes get another budget: less than a piece of a tape.
const STEP: usize = 32;

impl Session {
    /// Has the tapes leave as much of their memory as the sockets take. That bounds both, since sockets are limited.
    pub(super) fn leave_room(&mut self) {
        let count = self.live.conns.len();
        if count.abs_diff(self.roomed) >= STEP {
            self.roomed = count;
            self.store.tapes.leave(count.saturating_mul(SOCKET_BYTES));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Transport;
    use crate::event::{Actor, ConnId, Event, Role, What};

    #[test]
    fn many_sockets_leave_less_room_for_bytes_but_never_none() {
        let whole = 8 << 20;
        let mut session = Session::new(whole, None);
        let mut open = |count: u32| {
            for _ in 0..count {
                session.apply(Event {
                    at: std::time::Duration::ZERO,
                    conn: Some(ConnId(u32::try_from(session.conns().ever()).unwrap())),
                    by: Actor::Loop,
                    what: What::Opened {
                        name: None,
                        role: Role::Client,
                        transport: Transport::Tcp,
                        parent: None,
                    },
                });
            }
            session.store.tapes.budget_bytes()
        };
        assert_eq!(open(20), whole);
        assert_eq!(open(44), whole - 64 * SOCKET_BYTES);
        assert_eq!(open(5000), whole / 5);
    }
}
