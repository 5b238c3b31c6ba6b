//! A file that is being written. It is named by who made it; here only its bytes pass.

use super::Errno;

/// A new file, written piece by piece. Unless [`Sink::keep`] was called and came out well, nothing is left of it.
pub trait Sink: std::fmt::Debug {
    /// Writes all of these bytes behind what was written before.
    ///
    /// # Errors
    ///
    /// As write(2): `ENOSPC` and `EDQUOT` above all.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Errno>;

    /// The file is whole: it gets its name, if it has not had it from the start.
    ///
    /// # Errors
    ///
    /// As rename(2).
    fn keep(self: Box<Self>) -> Result<(), Errno>;
}
