//! Where the bytes of a session go, and where they come back from: traits of those who keep them. Nothing is kept here.

use std::ops::Range;
use std::time::Duration;

use super::ConnId;

/// Where the bytes of a session go, each stored once. Implemented by the session's tapes.
pub trait Capture {
    /// Whether nothing more may be received: memory and spill file are full.
    fn is_full(&self) -> bool;

    /// Whether nothing more should be received for now: somebody who keeps what comes is behind.
    fn is_behind(&self) -> bool {
        false
    }

    /// A buffer whose spare capacity takes at least `want` bytes to be received by `conn`; after appending to it,
    /// [`Capture::commit`] must be called before anything else.
    fn room(&mut self, conn: ConnId, want: usize) -> &mut Vec<u8>;

    /// Takes what was appended to the buffer of [`Capture::room`] as `len` bytes received at `at`, one read; returns
    /// their range in that direction. `len` may be 0: an empty datagram.
    fn commit(&mut self, conn: ConnId, len: usize, at: Duration) -> Range<u64>;

    /// Stores bytes that one `send` took.
    fn sent(&mut self, conn: ConnId, bytes: &[u8], at: Duration) -> Range<u64>;

    /// Bytes that `conn` received and that are to be passed on: of this range as many from its start as lie together,
    /// or all of them where they are one datagram. None where they cannot be read back: what keeps nothing has none.
    fn to_pass(&mut self, _conn: ConnId, _range: Range<u64>, _whole: bool) -> &[u8] {
        &[]
    }

    /// What `from` received of this range, one `send` of `to` took, unchanged; returns its range there.
    fn passed(&mut self, from: ConnId, range: Range<u64>, to: ConnId, at: Duration) -> Range<u64> {
        let bytes = self.to_pass(from, range, true).to_vec();
        self.sent(to, &bytes, at)
    }

    /// What `conn` receives from here on is to be passed on yet, and must be kept for that; without an offset nothing
    /// is.
    fn owe(&mut self, _conn: ConnId, _from: Option<u64>) {}
}

/// The pieces of tapes that no longer fit into memory. Reading cannot fail: what cannot be read back is missing.
pub trait Spill: std::fmt::Debug {
    /// Takes a piece to be written at `offset` of the spill file; gives it back while the disk is behind, is full or
    /// fails.
    ///
    /// # Errors
    ///
    /// The piece itself, not written.
    fn write(&mut self, offset: u64, piece: Vec<u8>) -> Result<(), Vec<u8>>;

    /// The buffer of a piece that was written, to be filled again.
    fn back(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// Fills `buf` from `offset`; false where that cannot be read back.
    fn read(&self, offset: u64, buf: &mut [u8]) -> bool;

    /// Nobody will read these bytes again, and others may be written over them. With a `free` stretch around them, of
    /// which nobody reads any, the disk shall have them back where it can.
    fn release(&mut self, _bytes: Range<u64>, _free: Option<Range<u64>>) {}

    /// How many more bytes it takes; 0 once it failed.
    fn room(&self) -> u64;

    /// Why it takes nothing any more, once that is so.
    fn trouble(&self) -> Option<String>;
}

/// A file in which bytes of tapes lie that were not written there for the tapes' sake: a recording, a capture. Reading
/// cannot fail: what cannot be read is missing.
pub trait Shelf: std::fmt::Debug {
    /// Fills `buf` from the byte `at` of the file on; false where that cannot be read.
    fn read(&self, at: u64, buf: &mut [u8]) -> bool;
}
