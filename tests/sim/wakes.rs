//! What ends a wait in the simulated kernel: what happened outside, answers, and what the sockets are ready for.

use std::time::Duration;

use sockeye::os::{Got, Sock, Wake};

use super::Kernel;
use super::mood::Mood;

/// More waits than any honest run needs.
const WAITS_MAX: u64 = 100_000_000;

/// How late the poller may tell.
const LATE: Duration = Duration::from_millis(1);

impl Kernel {
    /// Waits until something is there, or the time is over, on the virtual clock.
    pub(super) fn wait_for(&mut self, timeout: Option<Duration>, wakes: &mut Vec<Wake>) -> Got<()> {
        self.waits += 1;
        assert!(self.waits < WAITS_MAX, "it waits for ever: {self:#?}");
        let until = timeout.map(|timeout| self.now + timeout);
        loop {
            let before = wakes.len();
            self.blow();
            let is_late = self.take_wakes(wakes);
            if wakes.len() > before || until.is_some_and(|until| self.now >= until) {
                return Ok(());
            }
            let next = [
                until,
                self.console.next(),
                self.answers.iter().map(|(at, ..)| *at).min(),
                self.race.as_ref().map(|(at, _)| *at),
                self.sockets.next_death(),
                self.sockets.next_answer(),
                self.disk_answers(),
                is_late.then(|| self.now + LATE),
            ];
            let Some(next) = next.into_iter().flatten().min() else {
                panic!("nothing will ever happen: {self:#?}");
            };
            self.now = self.now.max(next);
        }
    }

    /// What ends a wait now; true if something is told a little later.
    fn take_wakes(&mut self, wakes: &mut Vec<Wake>) -> bool {
        self.sockets.progress();
        self.sockets.die(self.now);
        self.console.progress(self.now);
        self.console.wakes(wakes);
        let now = self.now;
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.answers)
            .into_iter()
            .partition(|(at, ..)| *at <= now);
        self.answers = later;
        wakes.extend(
            due.into_iter()
                .map(|(_, ticket, answer)| Wake::Named { ticket, answer }),
        );
        if let Some((_, laps)) = self.race.take_if(|(at, _)| *at <= now) {
            wakes.push(Wake::Raced(laps));
        }
        let stale = self.sockets.some_descriptor();
        wakes.extend(stale.map(|id| Wake::Socket {
            sock: Sock(id),
            readable: true,
            writable: true,
        }));
        let mut is_late = self.disk_wakes(wakes);
        let false_wake = self.false_wake();
        for (id, interest) in &self.interests {
            let (readable, writable) = self.sockets.readiness(*id);
            let urgent = interest.urgent && self.sockets.is_urgent(*id);
            let failed = self
                .sockets
                .all
                .get(&self.sockets.root(*id))
                .is_some_and(|socket| socket.error.is_some());
            let (readable, writable) = (
                urgent || readable && (interest.read || failed),
                writable && (interest.write || failed),
            );
            let pretended = false_wake.filter(|(false_id, ..)| false_id == id);
            let (readable, writable) = match pretended {
                Some((_, is_hung_up)) => (
                    readable || is_hung_up || interest.read,
                    writable || is_hung_up || interest.write,
                ),
                None => (readable, writable),
            };
            if readable || writable {
                if self.moods.strikes(Mood::LateWake) {
                    is_late = true;
                    continue;
                }
                let sock = Sock(*id);
                wakes.push(Wake::Socket {
                    sock,
                    readable,
                    writable,
                });
            }
        }
        is_late
    }
}
