//! The buffers of large pieces that were let go of, for the next ones: memory that is given back to the system is
//! cleared page by page when it is asked for again, which costs as much as copying the bytes.

use super::PIECE_MAX_BYTES;

/// The most buffers kept: a few of them go around while much passes.
const FREE_MAX: usize = 16;

/// Buffers of the largest size, all empty.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    free: Vec<Vec<u8>>,
}

impl Buffers {
    /// Takes back the buffer of a piece that is no more.
    pub(super) fn put(&mut self, mut buf: Vec<u8>) {
        if buf.capacity() == PIECE_MAX_BYTES && self.free.len() < FREE_MAX {
            buf.clear();
            self.free.push(buf);
        }
    }

    /// A buffer of that capacity.
    pub(super) fn take(
        &mut self,
        capacity: usize,
        back: impl FnOnce() -> Option<Vec<u8>>,
    ) -> Vec<u8> {
        if capacity == PIECE_MAX_BYTES {
            if self.free.is_empty()
                && let Some(buf) = back()
            {
                self.put(buf);
            }
            if let Some(buf) = self.free.pop() {
                return buf;
            }
        }
        Vec::with_capacity(capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_buffer_goes_around_and_a_few_are_kept() {
        let mut buffers = Buffers::default();
        let mut large = Vec::with_capacity(PIECE_MAX_BYTES);
        large.push(7);
        let place = large.as_ptr();
        buffers.put(large);
        buffers.put(Vec::with_capacity(64));
        let again = buffers.take(PIECE_MAX_BYTES, || None);
        assert_eq!((again.as_ptr(), again.len()), (place, 0));
        assert_eq!(buffers.take(64, || Some(again)).capacity(), 64);

        let written = || Some(Vec::with_capacity(PIECE_MAX_BYTES));
        assert_eq!(
            buffers.take(PIECE_MAX_BYTES, written).capacity(),
            PIECE_MAX_BYTES
        );
        for _ in 0..2 * FREE_MAX {
            buffers.put(Vec::with_capacity(PIECE_MAX_BYTES));
        }
        assert_eq!(buffers.free.len(), FREE_MAX);
    }
}
