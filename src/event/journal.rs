//! The file that a session is recorded in. It is named by who made it; here only its bytes pass.

use super::{Errno, Shelf};

/// A file that grows while the session goes on, written by a thread of its own. What it was given in order is written
/// in order. Dropped while it is open, it waits for that, but not for ever; once it is closed it waits for nothing.
pub trait Journal: std::fmt::Debug {
    /// The buffer to append to, behind what it holds already; [`Journal::commit`] must be called behind each thing that
    /// is appended whole. None while the disk is behind, and for good after a failure.
    fn room(&mut self) -> Option<&mut Vec<u8>>;

    /// Takes what was appended; hands over what the disk takes at once.
    fn commit(&mut self);

    /// Hands over all that is held back, unless [`Journal::sync`] is behind.
    fn flush(&mut self);

    /// Has all that was handed over brought to the disk itself, without waiting: from then on a loss of power loses
    /// none of it. A failure is a trouble as any other. False if that is behind; it shall be asked again later.
    fn sync(&mut self) -> bool;

    /// Only a little is left to append: from now on there is room for that though the disk is behind.
    fn hurry(&mut self);

    /// How long the file will be once all that was appended is written.
    fn len(&self) -> u64;

    /// Whether nothing was appended yet.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much of it write(2) has taken: no end of this program can lose that.
    fn written(&self) -> u64;

    /// Why nothing more is written, once that is so.
    fn trouble(&self) -> Option<Errno>;

    /// The file, to be read back as far as it is written.
    fn shelf(&self) -> Box<dyn Shelf>;

    /// Hands over what is left, to be brought to the disk itself; nothing comes behind it. None while that goes on: it
    /// shall be asked again when the disk tells. Then how long the file is, or why it is not whole, as write(2) and
    /// fdatasync(2). After a failure of the latter nobody knows what is on the disk.
    fn close(&mut self) -> Option<Result<u64, Errno>>;
}
