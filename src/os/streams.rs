//! Standard input, output and error, as the modes without a screen use them. Interruptions do not pass here.

use super::Got;

/// The three streams that every program has.
pub trait Streams {
    /// Puts this file in the place of standard input, before anything was read.
    ///
    /// # Errors
    ///
    /// As open(2) and dup2(2); `EISDIR` for a directory.
    fn open_stdin(&mut self, path: &str) -> Got<()>;

    /// Watches standard input for bytes; a regular file is always ready.
    fn watch_stdin(&mut self, read: bool);

    /// Appends what standard input has; 0 is its end.
    ///
    /// # Errors
    ///
    /// As read(2).
    fn read_stdin(&mut self, buf: &mut Vec<u8>) -> Got<usize>;

    /// Whether the poller shall tell when standard output has room.
    fn watch_stdout(&mut self, write: bool);

    /// Whether standard output is a terminal, to which no byte of a peer may go as it is.
    fn stdout_is_terminal(&self) -> bool;

    /// Writes to standard output without waiting.
    ///
    /// # Errors
    ///
    /// As write(2).
    fn write_stdout(&mut self, bytes: &[u8]) -> Got<usize>;

    /// Writes a line to standard error, where whoever started us looks; if nobody does, it is lost.
    fn write_stderr(&mut self, line: &str);

    /// Puts a line in the place of the one that this put there last, on standard error; an empty one takes it away. It
    /// does nothing where standard error is no terminal.
    fn show_progress(&mut self, line: &str);
}
