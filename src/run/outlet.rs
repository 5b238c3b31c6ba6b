//! Standard output without waiting: bytes queue here until it takes them.

use super::Ending;
use crate::event::Errno;
use crate::os::Os;

/// Bytes that may wait before their source is asked for no more.
pub(super) const OUTLET_MAX_BYTES: usize = 1 << 20;

/// What waits for standard output.
#[derive(Debug, Default)]
pub(super) struct Outlet {
    waiting: Vec<u8>,
    written: usize,
    /// Why nothing more is taken.
    trouble: Option<Errno>,
}

impl Outlet {
    /// Appends bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// Where bytes are appended.
    pub(super) fn buf(&mut self) -> &mut Vec<u8> {
        &mut self.waiting
    }

    /// Whether it has room for more of what can wait.
    pub(super) fn has_room(&self) -> bool {
        self.waiting() < OUTLET_MAX_BYTES
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len() - self.written
    }

    /// Whether everything was taken.
    pub(super) fn is_empty(&self) -> bool {
        self.written == self.waiting.len()
    }

    /// Why it takes nothing more, once that is so.
    pub(super) fn trouble(&self) -> Option<Errno> {
        self.trouble
    }

    /// How the run ends, once nothing more is taken: quietly where nobody reads any more.
    pub(super) fn ending(&self) -> Option<Ending> {
        self.trouble.map(|errno| match errno {
            Errno::EPIPE => Ending::code(141),
            errno => Ending::failure(74, format!("standard output: {}", errno.text())),
        })
    }

    /// Writes as much as is taken now, and asks to be told when there is room for the rest.
    pub(super) fn drain(&mut self, os: &mut dyn Os) {
        while self.trouble.is_none() && !self.is_empty() {
            match os.write_stdout(self.waiting.get(self.written..).unwrap_or_default()) {
                Ok(taken) => self.written += taken,
                Err(errno) if errno.would_block() => break,
                Err(errno) => self.trouble = Some(errno),
            }
        }
        if self.is_empty() || self.trouble.is_some() {
            self.waiting.clear();
            self.written = 0;
        } else if self.written > OUTLET_MAX_BYTES {
            self.waiting.drain(..self.written);
            self.written = 0;
        }
        os.watch_stdout(!self.is_empty());
    }
}
