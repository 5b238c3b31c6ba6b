//! What ends a wait in the simulated kernel: what happened outside, answers, and what the sockets are ready for.

use sockeye::os::{Sock, Wake};

use super::Kernel;

impl Kernel {
    pub(super) fn take_wakes(&mut self, wakes: &mut Vec<Wake>) {
        self.sockets.progress();
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
        for (id, interest) in &self.interests {
            let (readable, writable) = self.sockets.readiness(*id);
            let urgent = interest.urgent && self.sockets.is_urgent(*id);
            let failed = self
                .sockets
                .all
                .get(id)
                .is_some_and(|socket| socket.error.is_some());
            let (readable, writable) = (
                urgent || readable && (interest.read || failed),
                writable && (interest.write || failed),
            );
            if readable || writable {
                let sock = Sock(*id);
                wakes.push(Wake::Socket {
                    sock,
                    readable,
                    writable,
                });
            }
        }
    }
}
