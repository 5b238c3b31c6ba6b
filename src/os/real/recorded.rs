//! The file of a recording: private, locked, its own name from the start, written by the disk thread in aligned pieces
//! past the page cache where the file system allows that (open(2), `O_DIRECT`), else as any file.

mod place;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rustix::fs::OFlags;
use rustix::process::Resource;

use super::disk::{Jobs, write_all};
use super::errno;
use super::opened::read_all;
use super::poller::Bell;
use crate::event::{Errno, Journal, Shelf};

/// What one write takes past the page cache.
const PIECE_BYTES: usize = 1 << 20;

/// What memory and file offsets are aligned to: the largest block of common disks.
const ALIGNED_BYTES: usize = 4096;

/// Room behind a piece for what is appended whole.
const BEHIND_BYTES: usize = 512 << 10;

/// The pieces that may wait for the disk.
const WAITING_MAX: usize = 8;

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
    is_closed: bool,
}

#[derive(Debug)]
struct Shared {
    /// To write; the lock goes with it.
    file: File,
    /// To read: what holds for one descriptor of a file would hold for its duplicates.
    back: File,
    /// The most bytes that this process may write into a file.
    limit: Option<u64>,
    written: AtomicU64,
    state: Mutex<State>,
    done: Condvar,
    bell: Arc<Bell>,
}

#[derive(Debug, Default)]
struct State {
    /// How many pieces wait.
    waiting: usize,
    /// Buffers to be used again.
    free: Vec<Vec<u8>>,
    /// Somebody wants to hear when there is room.
    refused: bool,
    trouble: Option<Errno>,
    /// How the file is written now.
    is_direct: bool,
    /// The file system takes no writes past the page cache.
    is_never_direct: bool,
}

/// Bytes to write.
#[derive(Debug)]
struct Piece {
    buf: Vec<u8>,
    from: usize,
    len: usize,
    at: u64,
}

impl Recorded {
    /// A new file at `path`, locked; one that is there is replaced if it may be, and only if it is a plain file that
    /// nobody records into.
    ///
    /// # Errors
    ///
    /// As open(2) and rename(2): `EEXIST`; `ELOOP` for a link, `EINVAL` for what is no plain file, `EWOULDBLOCK` for a
    /// file that is recorded into.
    pub(super) fn at(
        path: &Path,
        over: bool,
        bell: &Arc<Bell>,
        jobs: impl FnOnce() -> io::Result<Jobs>,
    ) -> io::Result<Self> {
        let jobs = jobs()?;
        let (file, back) = place::create(path, over)?;
        let shared = Shared {
            file,
            back,
            limit: rustix::process::getrlimit(Resource::Fsize).current,
            written: AtomicU64::new(0),
            state: Mutex::default(),
            done: Condvar::new(),
            bell: Arc::clone(bell),
        };
        let (buf, front) = shared.buffer();
        Ok(Self {
            shared: Arc::new(shared),
            jobs,
            buf,
            front,
            at: 0,
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

    /// Writes what is left and brings it to the disk.
    fn finish(&mut self) -> Result<u64, Errno> {
        self.is_closed = true;
        self.hand_over(self.held());
        let state = self.shared.until(|state| state.waiting == 0);
        if let Some(errno) = state.trouble {
            return Err(errno);
        }
        drop(state);
        let synced = rustix::io::retry_on_intr(|| rustix::fs::fdatasync(&self.shared.file));
        synced.map_err(|error| errno::of_io(error.into()))?;
        Ok(self.len())
    }
}

impl Journal for Recorded {
    fn room(&mut self) -> Option<&mut Vec<u8>> {
        let mut state = self.shared.state();
        if state.trouble.is_some() {
            return None;
        }
        if state.waiting >= WAITING_MAX {
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
        self.hand_over(self.held());
    }

    fn wait(&mut self) {
        drop(
            self.shared
                .until(|state| state.waiting < WAITING_MAX || state.trouble.is_some()),
        );
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

    fn close(&mut self) -> Result<u64, Errno> {
        self.finish()
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        if !self.is_closed {
            // A panic comes by here, too; there is nobody to tell.
            let _ = self.finish();
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

impl Shared {
    /// An empty buffer, with bytes at its front so that what is appended is aligned.
    fn buffer(&self) -> (Vec<u8>, usize) {
        let used = self.state().free.pop();
        let mut buf =
            used.unwrap_or_else(|| Vec::with_capacity(ALIGNED_BYTES + PIECE_BYTES + BEHIND_BYTES));
        buf.clear();
        let front = buf.as_ptr().align_offset(ALIGNED_BYTES) % ALIGNED_BYTES;
        buf.resize(front, 0);
        (buf, front)
    }

    /// On the disk thread: writes a piece, unless one before it failed.
    fn put(&self, piece: Piece) {
        let is_lost = self.state().trouble.is_some();
        let written = if is_lost { Ok(()) } else { self.write(&piece) };
        let mut state = self.state();
        state.waiting -= 1;
        match written {
            Ok(()) if is_lost => {}
            Ok(()) => {
                let end = piece.at + piece.len as u64;
                self.written.store(end, Ordering::Release);
                // One that has grown for something large is let go of.
                let is_usual = piece.buf.capacity() <= ALIGNED_BYTES + PIECE_BYTES + BEHIND_BYTES;
                if is_usual && state.free.len() < WAITING_MAX {
                    state.free.push(piece.buf);
                }
            }
            Err(error) => state.trouble = Some(errno::of_io(error)),
        }
        if state.trouble.is_some() || std::mem::take(&mut state.refused) {
            self.bell.ring();
        }
        self.done.notify_all();
    }

    fn write(&self, piece: &Piece) -> io::Result<()> {
        let bytes = piece.buf.get(piece.from..piece.from + piece.len);
        let bytes = bytes.unwrap_or_default();
        // What passes the limit of this process would raise SIGXFSZ (getrlimit(2)).
        let end = piece.at + piece.len as u64;
        if self.limit.is_some_and(|limit| end > limit) {
            return Err(io::Error::from_raw_os_error(libc::EFBIG));
        }
        let is_aligned = bytes.len() == PIECE_BYTES
            && bytes.as_ptr().align_offset(ALIGNED_BYTES) == 0
            && piece.at.is_multiple_of(PIECE_BYTES as u64);
        let taken = if is_aligned && self.be_direct(true) {
            match rustix::io::retry_on_intr(|| rustix::io::pwrite(&self.file, bytes, piece.at)) {
                Ok(taken) => taken,
                // Told here by file systems that take the flag and no such write.
                Err(rustix::io::Errno::INVAL) => {
                    self.state().is_never_direct = true;
                    0
                }
                Err(error) => return Err(error.into()),
            }
        } else {
            0
        };
        if taken == bytes.len() {
            return Ok(());
        }
        self.be_direct(false);
        let rest = bytes.get(taken..).unwrap_or_default();
        write_all(&self.file, rest, piece.at + taken as u64)
    }

    /// Lets writes pass the page cache, or not; whether they do now.
    fn be_direct(&self, wanted: bool) -> bool {
        let mut state = self.state();
        if state.is_direct == wanted || wanted && state.is_never_direct {
            return state.is_direct;
        }
        let is_set = set_direct(&self.file, wanted).is_ok();
        state.is_never_direct |= wanted && !is_set;
        state.is_direct = wanted && is_set;
        state.is_direct
    }

    /// The state, once that is so; the thread that writes does all that waits.
    fn until(&self, is_so: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let state = self.state();
        let until = self.done.wait_while(state, |state| !is_so(state));
        until.unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, whatever happened to a thread that held it: each change of it is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(target_os = "linux")]
fn set_direct(file: &File, wanted: bool) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(file)?;
    let flags = if wanted {
        flags | OFlags::DIRECT
    } else {
        flags - OFlags::DIRECT
    };
    Ok(rustix::fs::fcntl_setfl(file, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn set_direct(_file: &File, _wanted: bool) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
