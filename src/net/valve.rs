//! The read valve: so many bytes a second, as a bucket that fills with time. It reads no clock.

use std::time::Duration;

/// A rate of reading.
#[derive(Debug)]
pub(super) struct Valve {
    /// Bytes a second, at least 1.
    rate: u64,
    /// What may be read, in bytes and billionths: exact for every rate.
    tokens: u128,
    at: Duration,
}

const UNIT: u128 = 1_000_000_000;

impl Valve {
    pub(super) fn new(rate: u64, now: Duration) -> Self {
        Self {
            rate: rate.max(1),
            tokens: 0,
            at: now,
        }
    }

    pub(super) fn rate(&self) -> u64 {
        self.rate
    }

    /// How many bytes may be read now.
    pub(super) fn room(&mut self, now: Duration) -> usize {
        let passed = now.saturating_sub(self.at).as_nanos();
        self.at = now.max(self.at);
        let filled = self
            .tokens
            .saturating_add(passed.saturating_mul(u128::from(self.rate)));
        self.tokens = filled.min(self.step().saturating_mul(UNIT));
        usize::try_from(self.tokens / UNIT).unwrap_or(usize::MAX)
    }

    /// Takes what was read; a datagram that is larger than the room is paid for afterwards.
    pub(super) fn take(&mut self, bytes: usize) {
        let cost = (bytes as u128).saturating_mul(UNIT);
        if let Some(rest) = self.tokens.checked_sub(cost) {
            self.tokens = rest;
        } else {
            let debt = (cost - self.tokens) / u128::from(self.rate);
            self.tokens = 0;
            self.at += Duration::from_nanos(u64::try_from(debt).unwrap_or(u64::MAX));
        }
    }

    /// When a tenth of a second's bytes may be read.
    pub(super) fn opens(&self) -> Duration {
        let missing = self.step().saturating_mul(UNIT).saturating_sub(self.tokens);
        let nanos = missing.div_ceil(u128::from(self.rate));
        self.at + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The most at once: a tenth of a second's bytes.
    fn step(&self) -> u128 {
        u128::from(self.rate / 10).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads whenever the valve opens, `chunk` bytes at most each time; returns what was read in ten seconds.
    fn read_for_ten_seconds(rate: u64, chunk: usize) -> u64 {
        let mut valve = Valve::new(rate, Duration::ZERO);
        let mut total = 0;
        loop {
            let now = valve.opens();
            if now > Duration::from_secs(10) {
                return total;
            }
            let room = valve.room(now);
            assert!(room > 0, "it opened for nothing");
            let bytes = room.min(chunk);
            valve.take(bytes);
            total += bytes as u64;
        }
    }

    #[test]
    fn a_rate_is_kept() {
        for rate in [1, 3, 1000, 1_000_000] {
            let read = read_for_ten_seconds(rate, usize::MAX);
            assert!(
                (rate * 10 - 1..=rate * 10).contains(&read),
                "{rate}: {read}"
            );
        }
    }

    #[test]
    fn a_datagram_is_paid_for_afterwards() {
        let mut valve = Valve::new(100, Duration::ZERO);
        let _ = valve.room(Duration::from_millis(100));
        valve.take(60);
        assert_eq!(valve.opens(), Duration::from_millis(700));
        assert_eq!(valve.room(Duration::from_millis(500)), 0);
    }
}
