//! What the thread that records and the thread that writes share: the file, what waits for it, and how it is written.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::process::Resource;

use crate::event::Errno;
use crate::os::real::disk::write_all;
use crate::os::real::errno;
use crate::os::real::poller::Bell;

/// What one write takes past the page cache.
pub(super) const PIECE_BYTES: usize = 1 << 20;

/// The buffers that are kept to be used again.
const FREE_MAX: usize = 8;

/// What memory and file offsets are aligned to: the largest block of common disks.
const ALIGNED_BYTES: usize = 4096;

/// Room behind a piece for what is appended whole.
const BEHIND_BYTES: usize = 512 << 10;

/// What a loss of power may take of a recording that grows fast; one that grows slowly is synced by its writer's clock.
const SYNC_BYTES: u64 = 128 << 20;

#[derive(Debug)]
pub(super) struct Shared {
    /// To write; the lock goes with it.
    pub(super) file: File,
    /// To read: what holds for one descriptor of a file would hold for its duplicates.
    pub(super) back: File,
    /// The most bytes that this process may write into a file.
    pub(super) limit: Option<u64>,
    pub(super) written: AtomicU64,
    /// How much of it a loss of power cannot take.
    pub(super) synced: AtomicU64,
    /// How much may be written without being synced.
    pub(super) sync_bytes: u64,
    pub(super) state: Mutex<State>,
    pub(super) done: Condvar,
    pub(super) bell: Arc<Bell>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// How many pieces wait.
    pub(super) waiting: usize,
    /// How many orders to sync wait.
    pub(super) syncs: usize,
    /// Where the file is, until its name is on the disk, too.
    pub(super) directory: Option<File>,
    /// Buffers to be used again.
    pub(super) free: Vec<Vec<u8>>,
    /// Somebody wants to hear when there is room, or all is done.
    pub(super) refused: bool,
    pub(super) trouble: Option<Errno>,
    /// How the file is written now.
    pub(super) is_direct: bool,
    /// The file system takes no writes past the page cache.
    pub(super) is_never_direct: bool,
}

/// Bytes to write.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) buf: Vec<u8>,
    pub(super) from: usize,
    pub(super) len: usize,
    pub(super) at: u64,
}

impl Shared {
    /// A new file, written by one thread and read by another.
    pub(super) fn new(
        (file, back): (File, File),
        directory: Option<File>,
        bell: &Arc<Bell>,
    ) -> Self {
        let state = State {
            directory,
            ..State::default()
        };
        Self {
            file,
            back,
            limit: rustix::process::getrlimit(Resource::Fsize).current,
            written: AtomicU64::new(0),
            synced: AtomicU64::new(0),
            sync_bytes: SYNC_BYTES,
            state: Mutex::new(state),
            done: Condvar::new(),
            bell: Arc::clone(bell),
        }
    }

    /// An empty buffer, with bytes at its front so that what is appended is aligned.
    pub(super) fn buffer(&self) -> (Vec<u8>, usize) {
        let used = self.state().free.pop();
        let mut buf =
            used.unwrap_or_else(|| Vec::with_capacity(ALIGNED_BYTES + PIECE_BYTES + BEHIND_BYTES));
        buf.clear();
        let front = buf.as_ptr().align_offset(ALIGNED_BYTES) % ALIGNED_BYTES;
        buf.resize(front, 0);
        (buf, front)
    }

    /// On the disk thread: writes a piece, unless one before it failed.
    pub(super) fn put(&self, piece: Piece) {
        let is_lost = self.state().trouble.is_some();
        let written = if is_lost { Ok(()) } else { self.write(&piece) };
        let end = piece.at + piece.len as u64;
        let is_new = !is_lost && written.is_ok();
        if is_new {
            self.written.store(end, Ordering::Release);
        }
        if is_new && end - self.synced.load(Ordering::Acquire) >= self.sync_bytes {
            self.sync();
        }
        let mut state = self.state();
        state.waiting -= 1;
        match written {
            Ok(()) if is_lost => {}
            Ok(()) => {
                // One that has grown for something large is let go of.
                let is_usual = piece.buf.capacity() <= ALIGNED_BYTES + PIECE_BYTES + BEHIND_BYTES;
                if is_usual && state.free.len() < FREE_MAX {
                    state.free.push(piece.buf);
                }
            }
            Err(error) => state.trouble = Some(errno::of_io(error)),
        }
        self.tell(state);
    }

    /// On the disk thread: the same as it was ordered, whether there is anything to bring there or not.
    pub(super) fn sync_as_ordered(&self) {
        self.sync();
        let mut state = self.state();
        state.syncs -= 1;
        self.tell(state);
    }

    /// Tells whoever waits that something is done.
    fn tell(&self, mut state: MutexGuard<'_, State>) {
        if state.trouble.is_some() || std::mem::take(&mut state.refused) {
            self.bell.ring();
        }
        drop(state);
        self.done.notify_all();
    }

    /// On the disk thread: brings what is written to the disk, and the name of the file with it. After a failure nobody
    /// knows what of it is there, and asking again would be answered with success (fsync(2)).
    pub(super) fn sync(&self) {
        let end = self.written.load(Ordering::Acquire);
        let mut state = self.state();
        if state.trouble.is_some() || end == self.synced.load(Ordering::Acquire) {
            return;
        }
        let directory = state.directory.take();
        drop(state);
        let mut synced = rustix::io::retry_on_intr(|| rustix::fs::fdatasync(&self.file));
        if let Some(directory) = directory.filter(|_| synced.is_ok()) {
            synced = match rustix::fs::fsync(directory) {
                // What file systems say that have no such order.
                Err(rustix::io::Errno::INVAL) => Ok(()),
                named => named,
            };
        }
        match synced {
            Ok(()) => self.synced.store(end, Ordering::Release),
            Err(error) => {
                self.state().trouble = Some(errno::of_io(error.into()));
                self.bell.ring();
            }
        }
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

    /// Waits until nothing waits for the disk, so long at the most; whether that is so.
    pub(super) fn until_idle(&self, at_most: Duration) -> bool {
        let is_left = |state: &mut State| state.waiting + state.syncs > 0;
        let waited = self.done.wait_timeout_while(self.state(), at_most, is_left);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(state);
        !timeout.timed_out()
    }

    /// The state, whatever happened to a thread that held it: each change of it is whole.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
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
