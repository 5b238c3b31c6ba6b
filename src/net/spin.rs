//! Asking all the time against waiting: `recv` without waiting, again and again, a slice of each turn; then one
//! select(2) for as long. What is told is one event with the counts.

use std::time::Duration;

use super::Net;
use super::cx::{Cx, Turn};
use crate::event::{Actor, Asked, ConnId, Errno, Flags, Lists, Measure, Spin, What};

/// Calls between two looks at the clock.
const CALLS: u64 = 64;

/// A spin, in its first half or its second.
#[derive(Clone, Debug)]
pub(super) struct Spinning {
    by: Actor,
    asked: Asked,
    conn: ConnId,
    /// How long each half takes.
    time: Duration,
    began: Duration,
    /// The processor time when this half began.
    cpu: Duration,
    calls: u64,
    would_block: u64,
    /// What the first half gave.
    first: Option<(Duration, Duration)>,
}

impl Net {
    pub(super) fn begin_spin(&mut self, by: Actor, asked: Asked, time: Duration, turn: &mut Turn) {
        let Some(conn) = asked.conn() else {
            return;
        };
        if self.socket(conn).is_none_or(|socket| socket.sock.is_none()) {
            let shared = &mut self.shared;
            return Cx { shared, turn }.refuse(conn, by, "there is no socket to ask yet");
        }
        if self.probing() == Some("spin") {
            return self.refuse(by, "something spins already", turn);
        }
        self.probes.spin = Some(Spinning {
            by,
            asked,
            conn,
            time,
            began: turn.os.now(),
            cpu: turn.os.cpu(),
            calls: 0,
            would_block: 0,
            first: None,
        });
    }

    /// Whether the first half goes on: it is never done before its time.
    pub(super) fn is_spinning(&self) -> bool {
        let spin = self.probes.spin.as_ref();
        spin.is_some_and(|spin| spin.first.is_none())
    }

    /// Tells what came of it, as far as it came.
    pub(super) fn tell_spin(&mut self, turn: &mut Turn) {
        let Some(spun) = self.probes.spin.take() else {
            return;
        };
        let (passed, cpu) = spun.passed(turn);
        let (first, second) = match spun.first {
            Some(first) => (first, (passed, cpu)),
            None => ((passed, cpu), (Duration::ZERO, Duration::ZERO)),
        };
        let spin = Spin {
            time: first.0,
            calls: spun.calls,
            would_block: spun.would_block,
            cpu: first.1,
            waited: second.0,
            waited_cpu: second.1,
        };
        let shared = &mut self.shared;
        let what = What::Measured(Measure::Spin(spin));
        Cx { shared, turn }.tell(spun.conn, spun.by, what);
    }
}

impl Spinning {
    /// The time and the processor time since this half began.
    fn passed(&self, turn: &Turn) -> (Duration, Duration) {
        let time = turn.os.now().saturating_sub(self.began);
        (time, turn.os.cpu().saturating_sub(self.cpu))
    }
}

/// Asks until the slice, or the first half, is over.
pub(super) fn go_on(net: &mut Net, until: Duration, turn: &mut Turn) {
    let Some(mut spin) = net.probes.spin.take() else {
        return;
    };
    let Some(sock) = net.socket(spin.conn).and_then(|socket| socket.sock) else {
        // It was closed meanwhile: no call reaches the kernel any more, so that there is nothing to count.
        net.probes.spin = Some(spin);
        return net.tell_spin(turn);
    };
    let end = spin.began + spin.time;
    // The bytes stay for whoever reads them: what is looked for is how often there are none.
    let flags = Flags {
        peek: true,
        ..Flags::default()
    };
    let mut now = turn.os.now();
    while now < until.min(end) {
        for _ in 0..CALLS {
            let scratch = &mut net.shared.scratch;
            scratch.clear();
            scratch.reserve(1);
            let got = turn.os.recv(sock, scratch, 1, flags);
            spin.calls += 1;
            spin.would_block += u64::from(got.is_err_and(Errno::would_block));
        }
        now = turn.os.now();
    }
    if now < end {
        net.probes.spin = Some(spin);
        return;
    }
    spin.first = Some(spin.passed(turn));
    (spin.began, spin.cpu) = (turn.os.now(), turn.os.cpu());
    let lists = Lists {
        read: vec![spin.asked.clone()],
        ..Lists::default()
    };
    let (asks, time) = ((spin.by, Some(spin.conn)), spin.time);
    net.probes.spin = Some(spin);
    net.begin_select(asks, lists, Some(time), true, turn);
}
