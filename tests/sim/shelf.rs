//! The files that the program makes on the simulated disk: named when they are kept, or from the start; a disk that is
//! full when told.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use sockeye::event::{self, Errno, Sink};
use sockeye::os::{Got, Lock, Place};

use super::Kernel;
use super::mood::{Mood, Moods};
use super::sockets::errno;

/// How long it may be silent.
const SILENT: Duration = Duration::from_secs(30);

/// What the disk holds of the program.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    disk: Rc<RefCell<Disk>>,
    pub(super) moods: Moods,
}

#[derive(Debug, Default)]
struct Disk {
    files: BTreeMap<String, Vec<u8>>,
    /// How many bytes it takes; all of them without.
    room: Option<usize>,
    /// How far files can be read; all of them without.
    readable: Option<usize>,
    /// The directories that the program holds against others.
    locked: BTreeSet<Place>,
    /// It does nothing of what it is given.
    silence: Option<Silence>,
    will_be_silent: Option<Range<Duration>>,
    /// Somebody wants to hear when it does.
    is_asked: bool,
    /// How much of each file was brought to the disk itself.
    synced: BTreeMap<String, usize>,
}

/// A file as a loss of power would find it: what was brought to the disk stands there, of the rest any part may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub bytes: Vec<u8>,
    pub synced: usize,
}

/// How long the disk does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Until it happens to go on.
    Chance,
    /// So long from the next wait on.
    For(Duration),
    /// Until then.
    Until(Duration),
}

/// A directory that is held until this is dropped.
struct Held(Shelf, Place);

impl fmt::Debug for Held {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.1)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.disk.borrow_mut().locked.remove(&self.1);
    }
}

/// A file that is being written.
#[derive(Debug)]
struct Created {
    shelf: Shelf,
    path: String,
    bytes: Vec<u8>,
    /// It has its name from the start.
    is_named: bool,
    is_kept: bool,
}

/// A file that is being read.
#[derive(Debug)]
struct Opened {
    shelf: Shelf,
    bytes: Vec<u8>,
}

impl Shelf {
    pub(super) fn new(moods: Moods) -> Self {
        Self {
            disk: Rc::default(),
            moods,
        }
    }

    /// Refuses to make or open a file, where it is in the mood.
    pub(super) fn refuses(&self) -> Got<()> {
        let errnos = ["EACCES", "EROFS", "ENOSPC", "EMFILE", "ENAMETOOLONG", "EIO"];
        if self.moods.strikes(Mood::NoFile) {
            return Err(errno(errnos[self.moods.index(errnos.len())]));
        }
        Ok(())
    }

    /// What becomes of bytes that are written: how many of them stand in the file, and why not more.
    pub(super) fn tears(&self, len: usize) -> Option<(usize, Errno)> {
        let name = if self.moods.strikes(Mood::DiskFull) {
            "ENOSPC"
        } else if self.moods.strikes(Mood::DiskBroken) {
            "EIO"
        } else {
            return None;
        };
        Some((self.moods.index(len + 1), errno(name)))
    }

    pub(super) fn is_behind(&self) -> bool {
        self.silence().is_some()
    }

    pub(super) fn silence(&self) -> Option<Silence> {
        self.disk.borrow().silence
    }

    /// Falls silent if it is time to.
    pub(super) fn keep_silent(&self, now: Duration) {
        let mut disk = self.disk.borrow_mut();
        if let Some(time) = disk.will_be_silent.take_if(|time| time.start <= now) {
            disk.silence = Some(Silence::Until(time.end));
        }
    }

    pub(super) fn fall_silent(&self, silence: Option<Silence>) {
        self.disk.borrow_mut().silence = silence;
    }

    /// It is slower than it is written to, mostly for a moment.
    pub(super) fn fall_behind(&self) {
        let is_long = self.moods.index(8) == 0;
        let silence = if is_long {
            Silence::For(self.moods.time(SILENT))
        } else {
            Silence::Chance
        };
        self.fall_silent(Some(silence));
    }

    /// Somebody wants to hear when it goes on.
    pub(super) fn ask(&self) {
        self.disk.borrow_mut().is_asked = true;
    }

    pub(super) fn take_asked(&self) -> bool {
        std::mem::take(&mut self.disk.borrow_mut().is_asked)
    }

    pub(super) fn create(&self, path: &str, over: bool) -> Got<Box<dyn Sink>> {
        self.refuses()?;
        let exists = self.disk.borrow().files.contains_key(path);
        if exists && !over {
            return Err(errno("EEXIST"));
        }
        if !exists {
            let mut disk = self.disk.borrow_mut();
            disk.files.insert(path.to_owned(), Vec::new());
        }
        Ok(Box::new(Created {
            shelf: self.clone(),
            path: path.to_owned(),
            bytes: Vec::new(),
            is_named: !exists,
            is_kept: false,
        }))
    }

    /// A file as it is now, to be read where somebody wants.
    pub(super) fn open(&self, bytes: Vec<u8>) -> (Box<dyn event::Shelf>, u64) {
        let len = bytes.len() as u64;
        let opened = Opened {
            shelf: self.clone(),
            bytes,
        };
        (Box::new(opened), len)
    }

    pub(super) fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.disk.borrow().files.get(path).cloned()
    }

    pub(super) fn put(&self, path: &str, bytes: Vec<u8>) {
        let mut disk = self.disk.borrow_mut();
        if bytes.is_empty() {
            disk.synced.remove(path);
        }
        disk.files.insert(path.to_owned(), bytes);
    }

    /// All that a file has is brought to the disk itself.
    pub(super) fn sync(&self, path: &str) {
        let mut disk = self.disk.borrow_mut();
        let len = disk.files.get(path).map_or(0, Vec::len);
        disk.synced.insert(path.to_owned(), len);
    }

    pub(super) fn written(&self, path: &str) -> Option<Written> {
        let bytes = self.read(path)?;
        let synced = self.disk.borrow().synced.get(path).copied().unwrap_or(0);
        Some(Written { bytes, synced })
    }

    /// Holds a directory; that is not done twice.
    pub(super) fn lock(&self, place: Place) -> Got<Lock> {
        if !self.disk.borrow_mut().locked.insert(place) {
            return Err(errno("EAGAIN"));
        }
        Ok(Box::new(Held(self.clone(), place)))
    }

    /// Whether so many bytes fit into a file.
    pub(super) fn takes(&self, bytes: usize) -> Got<()> {
        let room = self.disk.borrow().room;
        if room.is_some_and(|room| bytes > room) {
            return Err(errno("ENOSPC"));
        }
        Ok(())
    }
}

impl event::Shelf for Opened {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let end = at.saturating_add(buf.len());
        if self.shelf.moods.strikes(Mood::NotRead) {
            return false;
        }
        let bytes = self.bytes.get(at..end);
        let bytes = bytes.filter(|_| {
            self.shelf
                .disk
                .borrow()
                .readable
                .is_none_or(|upto| end <= upto)
        });
        bytes.map(|bytes| buf.copy_from_slice(bytes)).is_some()
    }
}

impl Sink for Created {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.shelf.takes(self.bytes.len() + bytes.len())?;
        if let Some((_, errno)) = self.shelf.tears(bytes.len()) {
            return Err(errno);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn keep(mut self: Box<Self>) -> Result<(), Errno> {
        let bytes = std::mem::take(&mut self.bytes);
        let path = self.path.clone();
        self.shelf.disk.borrow_mut().files.insert(path, bytes);
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        if self.is_named && !self.is_kept {
            self.shelf.disk.borrow_mut().files.remove(&self.path);
        }
    }
}

impl Kernel {
    /// What the program made of a file.
    #[must_use]
    pub fn made(&self, path: &str) -> Option<Vec<u8>> {
        self.shelf.read(path)
    }

    /// The disk fails from this byte of each file on.
    pub fn bad_disk(&mut self, from: usize) {
        self.shelf.disk.borrow_mut().readable = Some(from);
    }

    /// The disk does nothing in that time, of which there is one.
    pub fn silent_disk(&mut self, time: Range<Duration>) {
        self.shelf.disk.borrow_mut().will_be_silent = Some(time);
        self.shelf.keep_silent(self.now);
    }

    /// The disk takes only so many bytes in one file.
    pub fn full_disk(&mut self, room: usize) {
        self.shelf.disk.borrow_mut().room = Some(room);
    }
}
