//! The kernel's numbers of the sockets that somebody looks at: sampled after each event and while they change or a
//! timer of the kernel runs, logged when they differ. Where nobody looks nothing is asked.

use std::time::Duration;

use super::cx::Cx;
use super::socket::Socket;
use super::timer::Alarm;
use crate::event::{Actor, Fact, State, What};

/// Between two samples while something changes.
const OFTEN: Duration = Duration::from_millis(100);

/// Between two samples of a socket whose reading is paused: nothing else tells that its peer has gone.
const SELDOM: Duration = Duration::from_secs(1);

/// After this long without a change sampling stops.
const QUIET: Duration = Duration::from_secs(1);

/// Events that come closer than this share a sample.
const CLOSEST: Duration = Duration::from_millis(20);

/// What was sampled last.
#[derive(Debug, Default)]
pub(super) struct Sampled {
    fact: Fact,
    /// When it was sampled.
    at: Option<Duration>,
    /// When it, or the log of the socket, changed last.
    changed: Duration,
}

impl Socket {
    /// Something happened to the socket.
    pub(super) fn sample_after_event(&mut self, cx: &mut Cx) {
        if self.sock.is_none() || !cx.shared.viewed.contains(&self.id) {
            return;
        }
        let now = cx.now();
        self.sampled.changed = now;
        match self.sampled.at {
            Some(at) if now < at + CLOSEST => self.sample_at(at + CLOSEST, cx),
            _ => self.sample(cx),
        }
    }

    /// Asks for the numbers, tells what changed, and sets the time of the next sample.
    pub(super) fn sample(&mut self, cx: &mut Cx) {
        let Some(sock) = self.sock else {
            return;
        };
        if !cx.shared.viewed.contains(&self.id) {
            return;
        }
        let now = cx.now();
        let fact = cx.turn.os.facts(sock);
        let before = std::mem::replace(&mut self.sampled.fact, fact);
        self.sampled.at = Some(now);
        if fact != before {
            self.sampled.changed = now;
        }
        if let Some(state) = fact.state.filter(|state| before.state != Some(*state)) {
            cx.tell(self.id, Actor::Loop, What::State(state));
        }
        let numbers = |fact: Fact| Fact {
            state: None,
            ..fact
        };
        if numbers(fact) != numbers(before) {
            cx.tell(self.id, Actor::Loop, What::Fact(fact));
        }
        if runs_a_timer(&fact) || now < self.sampled.changed + QUIET {
            self.sample_at(now + OFTEN, cx);
        } else if self.is_deaf() {
            self.sample_at(now + SELDOM, cx);
        }
    }

    fn sample_at(&self, at: Duration, cx: &mut Cx) {
        cx.shared.timers.set(self.id, Alarm::Sample, at);
    }

    /// A connection whose end the poller would not tell.
    fn is_deaf(&self) -> bool {
        self.connected && !self.incoming.over && !self.wants_read()
    }
}

/// The kernel itself will change the numbers: something is on its way, or an answer is due.
fn runs_a_timer(fact: &Fact) -> bool {
    let busy = |count: Option<u32>| count.unwrap_or(0) > 0;
    let waits = matches!(
        fact.state,
        Some(
            State::SynSent
                | State::SynReceived
                | State::FinWait1
                | State::Closing
                | State::LastAck
                | State::TimeWait
        )
    );
    waits || busy(fact.unsent) || busy(fact.in_flight)
}
