//! What an event changes of one socket.

use std::rc::Rc;
use std::time::Duration;

use crate::event::{Call, Outcome, Role, State, Syscall, What};
use crate::session::conn::{Conn, Pending, Trouble};

impl Conn {
    /// Takes what is no call.
    pub(super) fn take(&mut self, what: &What, at: Duration, seq: u64) {
        match what {
            What::Fact(fact) => {
                (self.fact, self.fact_at) = ((*fact).into(), at);
                if let Some(state) = fact.state {
                    self.enter(state, seq);
                }
            }
            What::Peer(fact) => self.other = Some(Rc::new(*fact)),
            What::Holder(holder) => self.holder = Some(Rc::new(holder.clone())),
            What::State(state) => self.enter(*state, seq),
            What::Relays(target) => self.target = Some(Box::new(target.clone())),
            What::Held { queued, staged } => (self.queued, self.staged) = (*queued, *staged),
            What::Cable(cable) => self.cable = *cable,
            What::Answers { number, rule } => {
                self.answers.retain(|(known, _)| known != number);
                self.answers
                    .extend(rule.iter().map(|rule| (*number, rule.clone())));
            }
            What::Refs { count, leaked } => (self.refs, self.leaked) = (*count, *leaked),
            What::Reading { auto, rate, keep } => {
                (self.auto, self.rate, self.keep) = (*auto, *rate, *keep);
            }
            _ => {}
        }
    }

    /// Keeps the list of calls that wait.
    pub(super) fn wait(&mut self, call: &Call, seq: u64, at: Duration) {
        let Some(number) = call.pending else { return };
        match call.outcome {
            Outcome::Blocked => self.pending.push(Pending {
                number,
                seq,
                since: at,
            }),
            _ if call.blocked.is_some() => self.pending.retain(|pending| pending.number != number),
            _ => {}
        }
    }

    /// Follows the state from what a call gave.
    pub(super) fn advance(&mut self, call: &Call, seq: u64) {
        match (&call.call, &call.outcome) {
            // A pair's first end makes a listener, too, and throws it away.
            (Syscall::Listen { .. }, Outcome::Returned(_)) if self.role != Role::Client => {
                self.enter(State::Listen, seq);
            }
            (Syscall::Connect(_), Outcome::Returned(_)) => {
                // getpeername may fail already: a reset can come between the two calls.
                self.connected = true;
                self.joined = Some(seq);
                self.enter(self.connected_state(), seq);
            }
            (Syscall::Connect(_), Outcome::Blocked) => self.enter(State::SynSent, seq),
            (Syscall::Connect(_), Outcome::Failed(errno)) if !errno.would_block() => {
                self.trouble = Some(Trouble { errno: *errno, seq });
            }
            (Syscall::Accept, Outcome::Accepted { .. }) => self.accepted += 1,
            (
                Syscall::Recv { .. },
                Outcome::Received {
                    from: Some(from), ..
                },
            ) if self.sender.as_deref() != Some(from) => {
                self.sender = Some(Box::new(from.clone()));
            }
            _ => {}
        }
    }
}
