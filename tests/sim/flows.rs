//! The standard streams of a [`Program`] on the simulated kernel: calls may fail, and take or give a part.

use sockeye::event::Errno;
use sockeye::os::{Got, Os as _, Streams};

use super::super::kernel::mood::Mood;
use super::Program;

impl Streams for Program {
    fn open_stdin(&mut self, path: &str) -> Got<()> {
        self.call("open_stdin", |kernel| kernel.open_stdin(path))
    }

    fn watch_stdin(&mut self, read: bool) {
        self.watches_stdin = read;
        self.kernel.watch_stdin(read);
    }

    fn read_stdin(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        self.begin("read_stdin")?;
        let kernel = &mut self.kernel;
        let more = |bytes: &mut Vec<u8>| kernel.read_stdin(bytes);
        let got = self.stdin.read(&self.moods, buf, more);
        self.note("read_stdin", &got);
        got
    }

    fn watch_stdout(&mut self, write: bool) {
        self.watches_stdout = write;
    }

    fn stdout_is_terminal(&self) -> bool {
        self.kernel.stdout_is_terminal()
    }

    fn write_stdout(&mut self, bytes: &[u8]) -> Got<usize> {
        self.begin("write_stdout")?;
        if self.kernel.now() < self.stdout_opens {
            return Err(Errno::EAGAIN);
        }
        let share = self.share([Mood::OutputFull, Mood::PartOutput], bytes.len())?;
        let got = self.kernel.write_stdout(&bytes[..share]);
        self.hash(&bytes[..share]);
        self.note("write_stdout", &got);
        got
    }

    fn write_stderr(&mut self, line: &str) {
        self.kernel.write_stderr(line);
    }

    fn show_progress(&mut self, line: &str) {
        self.kernel.show_progress(line);
    }
}
