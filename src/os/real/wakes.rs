//! What a wait of the poller found, as wakes in the order in which they are served. It decides nothing about sockets.

use super::Real;
use super::poller::{SIGNALS, STDIN, STDOUT, TERMINAL};
use crate::os::Wake;

impl Real {
    /// What people do comes first, then sockets in the poller's order, then helpers.
    pub(super) fn collect(&mut self, wakes: &mut Vec<Wake>) {
        let (mut stdio, mut signals) = (self.stdin.is_due() || self.stdout.is_due(), false);
        for event in self.waiting.ready() {
            match event.key {
                TERMINAL => wakes.push(Wake::Terminal),
                SIGNALS => signals = true,
                STDIN => {
                    self.stdin.wake();
                    stdio = true;
                }
                STDOUT => {
                    self.stdout.wake();
                    stdio = true;
                }
                _ => {}
            }
        }
        if let Some(watched) = self.signals.as_mut().filter(|_| signals) {
            let came = watched.source_mut().drain();
            wakes.extend(came.into_iter().map(Wake::Signal));
        }
        if stdio {
            wakes.push(Wake::Stdio);
        }
        for event in self.waiting.ready() {
            if let Some(sock) = self.sockets.of_key(event.key) {
                wakes.push(Wake::Socket {
                    sock,
                    readable: event.readable,
                    writable: event.writable,
                });
            }
        }
        for event in self.waiting.ready() {
            wakes.extend(self.children.of_key(event.key).map(Wake::Child));
        }
        self.children.reap();
        while let Some((ticket, answer)) = self.resolver.answer() {
            wakes.push(Wake::Named { ticket, answer });
        }
        wakes.extend(self.races.result().map(Wake::Raced));
        if self.bell.take() {
            wakes.push(Wake::Disk);
        }
    }
}
