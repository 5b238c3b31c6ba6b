//! Standard input, output and error of this process.

use std::io::{self, Write as _};
use std::path::Path;

use super::{Real, errno, files, kept};
use crate::os::{Got, Streams};

impl Streams for Real {
    fn open_stdin(&mut self, path: &str) -> Got<()> {
        files::put_in_place_of_stdin(Path::new(path))
    }

    fn watch_stdin(&mut self, read: bool) {
        self.stdin.watch(read);
    }

    fn read_stdin(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        self.stdin.read(buf).map_err(errno::of_io)
    }

    fn watch_stdout(&mut self, write: bool) {
        self.stdout.watch(write);
    }

    fn stdout_is_terminal(&self) -> bool {
        rustix::termios::isatty(rustix::stdio::stdout())
    }

    fn write_stdout(&mut self, bytes: &[u8]) -> Got<usize> {
        self.stdout.write(bytes).map_err(errno::of_io)
    }

    fn write_stderr(&mut self, line: &str) {
        kept::say(line);
    }

    fn show_progress(&mut self, line: &str) {
        if rustix::termios::isatty(rustix::stdio::stderr()) {
            // Back to the first column, and all that stands there is gone (ECMA-48, EL).
            let _ = write!(io::stderr(), "\r\x1b[K{line}");
        }
    }
}
