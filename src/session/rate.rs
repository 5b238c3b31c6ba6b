//! How many bytes moved in each of the last seconds: a ring of a few buckets that costs the same whatever moves. It
//! keeps no history, and knows no clock but the times that it is given.

use std::time::Duration;

/// How many seconds are kept, the one that runs among them.
pub const RATE_SECONDS: usize = SECONDS as usize;

const SECONDS: u32 = 8;

/// Bytes by second of the session's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// The second of the newest bucket.
    newest: u32,
    /// Bytes of a second, at that second's remainder by [`RATE_SECONDS`].
    buckets: [u32; RATE_SECONDS],
}

impl Rate {
    /// Nothing moved.
    pub(super) const STILL: Self = Self {
        newest: 0,
        buckets: [0; RATE_SECONDS],
    };

    /// `bytes` moved at `at`; what is older than the ring is counted nowhere.
    pub(super) fn add(&mut self, at: Duration, bytes: u64) {
        let second = second_of(at);
        // Of the seconds in which nothing moved, the buckets still hold what moved a ring before.
        let passed = second.saturating_sub(self.newest) as usize;
        for later in 1..=passed.min(RATE_SECONDS) {
            if let Some(bucket) = self
                .buckets
                .get_mut((self.newest as usize + later) % RATE_SECONDS)
            {
                *bucket = 0;
            }
        }
        self.newest = self.newest.max(second);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        if (self.newest - second) < SECONDS
            && let Some(bucket) = self.buckets.get_mut(second as usize % RATE_SECONDS)
        {
            *bucket = bucket.saturating_add(bytes);
        }
    }

    /// The bytes of each of the last seconds as of `now`, the oldest first; the last is the second that runs.
    #[must_use]
    pub fn seconds(&self, now: Duration) -> [u32; RATE_SECONDS] {
        let first = i64::from(second_of(now)) + 1 - i64::from(SECONDS);
        let oldest = i64::from(self.newest) + 1 - i64::from(SECONDS);
        let mut seconds = [0; RATE_SECONDS];
        for (second, bytes) in (first..).zip(&mut seconds) {
            if second >= oldest.max(0) && second <= i64::from(self.newest) {
                let place = usize::try_from(second).unwrap_or(0) % RATE_SECONDS;
                *bytes = self.buckets.get(place).copied().unwrap_or(0);
            }
        }
        seconds
    }

    /// All bytes of the last seconds as of `now`.
    #[must_use]
    pub fn sum(&self, now: Duration) -> u64 {
        self.seconds(now)
            .iter()
            .map(|bytes| u64::from(*bytes))
            .sum()
    }

    /// When all that moved will be older than the ring; zero where nothing ever moved.
    #[must_use]
    pub fn still_from(&self) -> Duration {
        if self.buckets == [0; RATE_SECONDS] {
            return Duration::ZERO;
        }
        Duration::from_secs(u64::from(self.newest) + u64::from(SECONDS))
    }
}

/// The second that holds a time; a session of more than a century stands still.
fn second_of(at: Duration) -> u32 {
    u32::try_from(at.as_secs()).unwrap_or(u32::MAX - SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_holds_the_last_seconds_and_forgets_the_others() {
        let check = |moved: &[(u64, u64)], now, expected: [u32; RATE_SECONDS]| {
            let mut rate = Rate::default();
            for (second, bytes) in moved {
                rate.add(Duration::from_secs(*second), *bytes);
            }
            assert_eq!(
                rate.seconds(Duration::from_secs(now)),
                expected,
                "{moved:?} at {now}"
            );
            assert_eq!(
                rate.sum(Duration::from_secs(now)),
                expected.iter().map(|it| u64::from(*it)).sum::<u64>()
            );
        };
        check(&[], 3, [0; 8]);
        check(&[(0, 5)], 0, [0, 0, 0, 0, 0, 0, 0, 5]);
        check(&[(0, 5), (0, 2), (3, 1)], 3, [0, 0, 0, 0, 7, 0, 0, 1]);
        check(&[(0, 5), (3, 1)], 8, [0, 0, 1, 0, 0, 0, 0, 0]);
        check(&[(0, 5), (8, 1)], 8, [0, 0, 0, 0, 0, 0, 0, 1]);
        check(&[(1, 5), (100, 1)], 101, [0, 0, 0, 0, 0, 0, 1, 0]);
        check(&[(100, 5)], 108, [0; 8]);
        // Late by a little, and by more than the ring; and more than a bucket takes.
        check(&[(10, 1), (8, 2), (1, 9)], 10, [0, 0, 0, 0, 0, 2, 0, 1]);
        check(&[(1, u64::MAX), (1, 1)], 1, [0, 0, 0, 0, 0, 0, 0, u32::MAX]);
    }

    #[test]
    fn it_is_still_once_all_is_older_than_the_ring() {
        let mut rate = Rate::default();
        assert_eq!(rate.still_from(), Duration::ZERO);
        rate.add(Duration::from_millis(2500), 1);
        assert_eq!(rate.still_from(), Duration::from_secs(10));
        assert_eq!(rate.sum(Duration::from_millis(9999)), 1);
        assert_eq!(rate.sum(rate.still_from()), 0);
    }
}
