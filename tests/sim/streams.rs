//! The standard streams of the simulated kernel: what is read is put there by the test, what is written stays.

use sockeye::os::{Got, Streams};

use super::Kernel;

impl Streams for Kernel {
    fn open_stdin(&mut self, path: &str) -> Got<()> {
        let bytes = super::Os::read_file(self, path, u64::MAX)?;
        self.console.open_stdin(bytes);
        Ok(())
    }

    fn watch_stdin(&mut self, read: bool) {
        self.console.watches_stdin = read;
    }

    fn read_stdin(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        self.console.read_stdin(buf)
    }

    fn watch_stdout(&mut self, write: bool) {
        self.console.watches_stdout = write;
    }

    fn stdout_is_terminal(&self) -> bool {
        false
    }

    fn write_stdout(&mut self, bytes: &[u8]) -> Got<usize> {
        self.console.stdout.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn write_stderr(&mut self, line: &str) {
        self.console.write_stderr(line);
    }

    fn show_progress(&mut self, _line: &str) {
        // Standard error is no terminal here.
    }
}
