//! What the simulated kernel decides by chance, from a seed. It is no source of randomness for anybody else.

use sockeye::event::Errno;
use sockeye::os::Got;

/// Chance, by a seed; none with seed 0.
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// The next number (Marsaglia, Xorshift RNGs).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Once in `n` times.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.0 != 0 && self.next().is_multiple_of(n)
    }

    /// An interruption, or no reason at all not to go on (both are allowed at any time).
    pub(crate) fn interrupt(&mut self) -> Got<()> {
        if self.one_in(16) {
            return Err(Errno::EINTR);
        }
        if self.one_in(32) {
            return Err(Errno::EAGAIN);
        }
        Ok(())
    }

    /// Some or all of `len`, at least one.
    pub(crate) fn part(&mut self, len: usize) -> usize {
        if len > 1 && self.one_in(2) {
            1 + usize::try_from(self.next() % len as u64).unwrap_or(0)
        } else {
            len
        }
    }
}
