//! The file of a recording: private, locked, its own name from the start, written by a thread of its own in aligned
//! pieces past the page cache where the file system allows that (open(2), `O_DIRECT`), else as any file. The same
//! thread brings it to the disk itself: whenever it is asked to, and behind so many bytes.

mod place;
mod shared;
#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use self::shared::{PIECE_BYTES, Piece, Shared};
use super::disk::Jobs;
use super::opened::read_all;
use super::poller::Bell;
use crate::event::{Errno, Journal, Shelf};

/// The orders to sync that may wait: one that runs, and one for what came since.
const SYNCS_MAX: usize = 2;

/// The pieces that may wait for the disk, and how many of those at the end, when nothing comes behind them.
const WAITING_MAX: usize = 8;
const LAST_MAX: usize = 64;

/// How long the end of a program waits that cannot say what it waits for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A file on its way, and what was not handed over yet.
#[derive(Debug)]
pub(super) struct Recorded {
    shared: Arc<Shared>,
    jobs: Jobs,
    buf: Vec<u8>,
    /// Where in `buf` the bytes begin, so that memory is aligned.
    front: usize,
    /// Where in the file they begin.
    at: u64,
    /// The pieces that may wait now.
    waiting_max: usize,
    is_closed: bool,
}

impl Recorded {
    /// A new file at `path`, locked; one that is there is replaced if it may be, and only if it is a plain file that
    /// nobody records into.
    ///
    /// # Errors
    ///
    /// As open(2) and rename(2): `EEXIST`; `ELOOP` for a link, `EINVAL` for what is no plain file, `EWOULDBLOCK` for a
    /// file that is recorded into.
    pub(super) fn at(path: &Path, over: bool, bell: &Arc<Bell>) -> io::Result<Self> {
        let jobs = Jobs::begin("recording")?;
        let files = place::create(path, over)?;
        let shared = Shared::new(files, place::directory(path), bell);
        let (buf, front) = shared.buffer();
        Ok(Self {
            shared: Arc::new(shared),
            jobs,
            buf,
            front,
            at: 0,
            waiting_max: WAITING_MAX,
            is_closed: false,
        })
    }

    /// How many bytes wait here.
    fn held(&self) -> usize {
        self.buf.len() - self.front
    }

    /// Hands over the first `len` bytes that wait here; what is behind them stays.
    fn hand_over(&mut self, len: usize) {
        if len == 0 {
            return;
        }
        let (mut next, front) = self.shared.buffer();
        let behind = self.front + len;
        next.extend_from_slice(self.buf.get(behind..).unwrap_or_default());
        let piece = Piece {
            buf: std::mem::replace(&mut self.buf, next),
            from: std::mem::replace(&mut self.front, front),
            len,
            at: self.at,
        };
        self.at += len as u64;
        self.shared.state().waiting += 1;
        let shared = Arc::clone(&self.shared);
        if !self.jobs.give(Box::new(move || shared.put(piece))) {
            let mut state = self.shared.state();
            state.waiting -= 1;
            state.trouble.get_or_insert(Errno::EIO);
        }
    }

    /// Has what is left written and brought to the disk, once.
    fn finish(&mut self) {
        if !std::mem::replace(&mut self.is_closed, true) {
            self.hand_over(self.held());
            self.order_sync();
        }
    }

    fn order_sync(&mut self) {
        self.shared.state().syncs += 1;
        let shared = Arc::clone(&self.shared);
        if !self.jobs.give(Box::new(move || shared.sync_as_ordered())) {
            let mut state = self.shared.state();
            state.syncs -= 1;
            state.trouble.get_or_insert(Errno::EIO);
        }
    }
}

impl Journal for Recorded {
    fn room(&mut self) -> Option<&mut Vec<u8>> {
        let mut state = self.shared.state();
        if state.trouble.is_some() || self.is_closed {
            return None;
        }
        if state.waiting >= self.waiting_max {
            state.refused = true;
            return None;
        }
        drop(state);
        Some(&mut self.buf)
    }

    fn commit(&mut self) {
        loop {
            // The first piece behind one that was flushed early ends where the next is aligned again.
            let inside = usize::try_from(self.at % PIECE_BYTES as u64).unwrap_or(0);
            let whole = PIECE_BYTES - inside;
            if self.held() < whole {
                return;
            }
            self.hand_over(whole);
        }
    }

    fn flush(&mut self) {
        // A disk that is far behind has enough to do: what is small goes with what comes.
        if self.shared.state().syncs < SYNCS_MAX {
            self.hand_over(self.held());
        }
    }

    fn sync(&mut self) -> bool {
        let is_taken = self.shared.state().syncs < SYNCS_MAX;
        if is_taken {
            self.order_sync();
        }
        is_taken
    }

    fn hurry(&mut self) {
        self.waiting_max = LAST_MAX;
    }

    fn len(&self) -> u64 {
        self.at + self.held() as u64
    }

    fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Acquire)
    }

    fn trouble(&self) -> Option<Errno> {
        self.shared.state().trouble
    }

    fn shelf(&self) -> Box<dyn Shelf> {
        Box::new(Back(Arc::clone(&self.shared)))
    }

    fn close(&mut self) -> Option<Result<u64, Errno>> {
        self.finish();
        let mut state = self.shared.state();
        let is_left = state.waiting + state.syncs > 0;
        match state.trouble {
            Some(errno) => Some(Err(errno)),
            None if is_left => {
                state.refused = true;
                None
            }
            None => Some(Ok(self.len())),
        }
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        if !self.is_closed {
            // A panic comes by here; there is nobody to tell.
            self.finish();
            self.shared.until_idle(PATIENCE);
        }
    }
}

/// The file as bytes of tapes are read back from it.
#[derive(Debug)]
struct Back(Arc<Shared>);

impl Shelf for Back {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        read_all(&self.0.back, buf, at)
    }
}
