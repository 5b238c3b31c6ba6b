//! Decisions that an input makes, from its front: numbers, choices, pieces of bytes. Where it is used up every decision
//! is the first one, so that an input that is cut is a simpler one.

/// An input that is being used up.
#[derive(Clone, Debug)]
pub struct Dice<'d>(&'d [u8]);

impl<'d> Dice<'d> {
    pub fn new(data: &'d [u8]) -> Self {
        Self(data)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `limit`, which is not 0; small limits cost one byte, others two.
    pub fn below(&mut self, limit: usize) -> usize {
        let number = match limit {
            ..=256 => usize::from(self.byte()),
            _ => usize::from(self.byte()) << 8 | usize::from(self.byte()),
        };
        number % limit
    }

    /// A length up to `2^bits`, short ones as often as long ones.
    pub fn len(&mut self, bits: u32) -> usize {
        let byte = usize::from(self.byte());
        let (bits, mantissa) = (byte % (bits as usize + 1), byte >> 4);
        (1 << bits) - 1 + (mantissa << bits) / 16
    }

    pub fn is(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// The next bytes, so many or as many as there are.
    pub fn take(&mut self, len: usize) -> &'d [u8] {
        let (now, later) = self.0.split_at(len.min(self.0.len()));
        self.0 = later;
        now
    }

    /// Bytes up to a line feed, which is taken as well, or all of them.
    pub fn line(&mut self) -> &'d [u8] {
        let end = self.0.iter().position(|byte| *byte == b'\n');
        let line = self.take(end.unwrap_or(self.0.len()));
        self.take(1);
        line
    }

    pub fn rest(&mut self) -> &'d [u8] {
        std::mem::take(&mut self.0)
    }
}
