//! The loop looked at from inside: what woke it, what each turn moved and how long it took. Nothing of it is recorded
//! while nobody looks.

use std::time::Duration;

use super::Engine;
use crate::event::{ConnId, Event, Outcome, Syscall, What};
use crate::os::{Signal, Wake};
use crate::ui::{Moved, Turn, Woke};

/// The turn that is recorded.
#[derive(Debug, Default)]
pub(super) struct Xray {
    turns: u64,
    waits: Option<Duration>,
    woke_at: Option<Duration>,
    turn: Turn,
}

impl Xray {
    /// Events came of the turn.
    pub(super) fn take(&mut self, events: &[Event]) {
        for event in events {
            if let (Some(conn), What::Call(call)) = (event.conn, &event.what) {
                take(&mut self.turn, conn, &call.call, &call.outcome);
            }
        }
    }
}

impl Engine<'_> {
    /// The loop begins to wait.
    pub(super) fn xray_waits(&mut self) {
        if self.app.ui.wants_turns() {
            self.xray.waits = Some(self.os.now());
        } else if self.xray.turns > 0 {
            self.xray = Xray::default();
        }
    }

    /// The wait is over.
    pub(super) fn xray_woken(&mut self, wakes: &[Wake]) {
        let Some(began) = self.xray.waits.take() else {
            return;
        };
        let now = self.os.now();
        let woke = wakes.iter().map(|wake| match wake {
            Wake::Socket {
                sock,
                readable,
                writable,
            } => match (self.net.conn_of(*sock), readable, writable) {
                (Some(conn), true, true) => Woke::Socket(conn, "rw"),
                (Some(conn), true, false) => Woke::Socket(conn, "r"),
                (Some(conn), false, _) => Woke::Socket(conn, "w"),
                (None, ..) => Woke::Other("?"),
            },
            Wake::Terminal => Woke::Other("terminal"),
            Wake::Stdio => Woke::Other("stdio"),
            Wake::Signal(Signal::Resize) => Woke::Other("SIGWINCH"),
            Wake::Signal(_) => Woke::Other("signal"),
            Wake::Named { .. } => Woke::Other("resolver"),
            Wake::Raced(_) => Woke::Other("race"),
            Wake::Child(_) => Woke::Other("lab peer"),
            Wake::Disk => Woke::Other("disk"),
        });
        let woke = woke.collect();
        self.xray.turns += 1;
        self.xray.woke_at = Some(now);
        self.xray.turn = Turn {
            number: self.xray.turns,
            waited: now.saturating_sub(began),
            woke,
            ..Turn::default()
        };
    }

    /// The turn is over but for the drawing of it.
    pub(super) fn xray_settled(&mut self) {
        let Some(woke_at) = self.xray.woke_at.take() else {
            return;
        };
        let mut turn = std::mem::take(&mut self.xray.turn);
        turn.took = self.os.now().saturating_sub(woke_at);
        self.app.ui.record_turn(turn, self.net.armed());
    }
}

/// Counts a call that moved bytes, or would have.
fn take(turn: &mut Turn, conn: ConnId, call: &Syscall, outcome: &Outcome) {
    let (bytes, is_dry) = match (call, outcome) {
        (Syscall::Recv { max, .. }, Outcome::Received { len, .. }) => (*len, len < max),
        (Syscall::Send { .. }, Outcome::Returned(sent)) => {
            (u64::try_from(*sent).unwrap_or(0), false)
        }
        (Syscall::Recv { .. } | Syscall::Accept, Outcome::Failed(errno)) => {
            (0, errno.would_block())
        }
        (Syscall::Accept, Outcome::Accepted { .. }) => (0, false),
        _ => return,
    };
    let at = turn.moved.iter().position(|moved| moved.conn == conn);
    let at = at.unwrap_or_else(|| {
        turn.moved.push(Moved {
            conn,
            calls: 0,
            bytes: 0,
            is_dry: false,
        });
        turn.moved.len() - 1
    });
    if let Some(moved) = turn.moved.get_mut(at) {
        moved.calls += 1;
        moved.bytes += bytes;
        moved.is_dry = is_dry;
    }
}
