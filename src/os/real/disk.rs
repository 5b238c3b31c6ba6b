//! The spill file: unnamed, bounded, written by a thread. A piece that is on its way is read from memory. A file that
//! fails is not tried again, and the pieces that it did not take stay where they are. What nobody reads any more is
//! given back to the disk, where the file system can (`fallocate(2)`).

mod holes;
mod place;
mod worker;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::opened::read_all;
use super::poller::Bell;
use crate::event::Spill;
use holes::Holes;

pub(super) use place::{Place, preferred};
pub(super) use worker::Jobs;

/// The pieces that may wait for the disk.
const WAITING_MAX: usize = 64;

/// The buffers of written pieces that wait to be used again, and how large one is that is worth it.
const WRITTEN_MAX: usize = 16;
const LARGE_BYTES: usize = 128 << 10;

/// An unnamed file and the way to the thread that writes it.
#[derive(Debug)]
pub(super) struct Disk {
    shared: Arc<Shared>,
    jobs: Jobs,
    /// The most bytes it may hold.
    limit: u64,
    /// The end of what it was given.
    end: u64,
    /// It did not take a piece because it holds all that it may; until something is given back.
    full: bool,
}

#[derive(Debug)]
struct Shared {
    file: OwnedFd,
    state: Mutex<State>,
    bell: Arc<Bell>,
}

#[derive(Debug, Default)]
struct State {
    /// Pieces that are not written yet, by their offset.
    waiting: BTreeMap<u64, Arc<Vec<u8>>>,
    /// How many the thread has still to write, those that nobody reads any more as well.
    queued: usize,
    /// A piece was refused, and its owner wants to hear when there is room.
    refused: bool,
    holes: Holes,
    trouble: Option<String>,
    /// Buffers of pieces that are written.
    written: Vec<Vec<u8>>,
}

/// The spill file, in the place that the environment names, written by a thread of its own.
///
/// # Errors
///
/// Why there is none, in words.
pub(super) fn spill(
    bell: &Arc<Bell>,
    told: &dyn Fn(&str) -> Option<String>,
) -> Result<Disk, String> {
    let place = Place::find(told)?;
    let jobs = Jobs::begin("spill");
    let jobs = jobs.map_err(|error| format!("no thread to write the spill file: {error}"))?;
    Ok(Disk::new(place.file, place.limit, bell, jobs))
}

impl Disk {
    /// Spills to `file`, which shall hold `limit` bytes at most; the bell rings when there is room again.
    pub(super) fn new(file: OwnedFd, limit: u64, bell: &Arc<Bell>, jobs: Jobs) -> Self {
        let shared = Arc::new(Shared {
            file,
            state: Mutex::default(),
            bell: Arc::clone(bell),
        });
        Self {
            shared,
            jobs,
            limit,
            end: 0,
            full: false,
        }
    }
}

impl Spill for Disk {
    fn write(&mut self, offset: u64, piece: Vec<u8>) -> Result<(), Vec<u8>> {
        let mut state = self.shared.state();
        if state.trouble.is_some() {
            return Err(piece);
        }
        let end = offset.saturating_add(piece.len() as u64);
        if end > self.limit {
            self.full = true;
            return Err(piece);
        }
        if state.queued >= WAITING_MAX {
            state.refused = true;
            return Err(piece);
        }
        let piece = Arc::new(piece);
        state.queued += 1;
        state.waiting.insert(offset, Arc::clone(&piece));
        self.end = self.end.max(end);
        let shared = Arc::clone(&self.shared);
        // The thread lives as long as anybody can hand something over.
        self.jobs.give(Box::new(move || shared.put(offset, piece)));
        Ok(())
    }

    fn back(&mut self) -> Option<Vec<u8>> {
        self.shared.state().written.pop()
    }

    fn read(&self, offset: u64, buf: &mut [u8]) -> bool {
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let (taken, next) = self.shared.take_waiting(at, rest);
            if taken == 0 {
                let until = usize::try_from(next.saturating_sub(at)).unwrap_or(usize::MAX);
                let (now, later) = rest.split_at_mut(until.min(rest.len()));
                if !read_all(&self.shared.file, now, at) {
                    return false;
                }
                at += now.len() as u64;
                rest = later;
            } else {
                at += taken as u64;
                rest = rest.get_mut(taken..).unwrap_or_default();
            }
        }
        true
    }

    fn release(&mut self, bytes: Range<u64>, free: Option<Range<u64>>) {
        self.full = false;
        let mut state = self.shared.state();
        // What is written over them is read, and not what was on its way there.
        while let Some(start) = state.first_waiting(&bytes) {
            state.waiting.remove(&start);
        }
        if free.is_some_and(|free| state.holes.add(&bytes, free)) {
            let shared = Arc::clone(&self.shared);
            // In the order of the jobs: what is written there later is written behind it.
            self.jobs.give(Box::new(move || shared.punch()));
        }
    }

    fn room(&self) -> u64 {
        if self.trouble().is_some() {
            return 0;
        }
        self.limit.saturating_sub(self.end)
    }

    fn trouble(&self) -> Option<String> {
        let full = || format!("it holds all that it may: {} MiB", self.limit >> 20);
        let trouble = self.shared.state().trouble.clone();
        trouble.or_else(|| self.full.then(full))
    }
}

impl Shared {
    /// On the disk thread: writes a piece, unless one before it failed.
    fn put(&self, offset: u64, piece: Arc<Vec<u8>>) {
        if self.state().trouble.is_some() {
            return;
        }
        let written = write_all(&self.file, &piece, offset);
        let mut state = self.state();
        state.queued -= 1;
        if let Err(error) = written {
            state.trouble = Some(error.to_string());
            self.bell.ring();
            return;
        }
        // Another one may be on its way to the same place.
        let is_it = |waiting: &Arc<Vec<u8>>| Arc::ptr_eq(waiting, &piece);
        if state.waiting.get(&offset).is_some_and(is_it) {
            state.waiting.remove(&offset);
        }
        if state.written.len() < WRITTEN_MAX
            && piece.capacity() >= LARGE_BYTES
            && let Ok(piece) = Arc::try_unwrap(piece)
        {
            state.written.push(piece);
        }
        if std::mem::take(&mut state.refused) {
            self.bell.ring();
        }
    }

    /// On the disk thread: gives back what nobody reads.
    fn punch(&self) {
        // Taken one by one: what is noted meanwhile is done at once, too.
        loop {
            let hole = self.state().holes.next();
            let Some(hole) = hole else { return };
            if !holes::punch(&self.file, &hole) {
                self.state().holes.give_up();
            }
        }
    }

    /// Copies what waits at `at`; how many bytes, and where the next piece begins that waits.
    fn take_waiting(&self, at: u64, buf: &mut [u8]) -> (usize, u64) {
        let state = self.state();
        if let Some((start, piece)) = state.waiting.range(..=at).next_back() {
            let inside = usize::try_from(at - start).unwrap_or(usize::MAX);
            let bytes = piece.get(inside..).unwrap_or_default();
            let len = bytes.len().min(buf.len());
            if let (Some(to), Some(from)) = (buf.get_mut(..len), bytes.get(..len)) {
                to.copy_from_slice(from);
            }
            if len > 0 {
                return (len, 0);
            }
        }
        let next = state.waiting.range(at..).map(|(start, _)| *start).next();
        (0, next.unwrap_or(u64::MAX))
    }

    /// The state, whatever happened to a thread that held it: each change of it is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The first piece on its way that begins in a stretch.
    fn first_waiting(&self, stretch: &Range<u64>) -> Option<u64> {
        let mut waiting = self.waiting.range(stretch.clone());
        waiting.next().map(|(start, _)| *start)
    }
}

/// pwrite(2) until all is written; a disk that takes nothing and gives no error is full.
pub(super) fn write_all(file: impl AsFd, bytes: &[u8], offset: u64) -> io::Result<()> {
    let (mut rest, mut at) = (bytes, offset);
    while !rest.is_empty() {
        match rustix::io::retry_on_intr(|| rustix::io::pwrite(&file, rest, at))? {
            0 => return Err(io::ErrorKind::StorageFull.into()),
            taken => {
                rest = rest.get(taken..).unwrap_or_default();
                at += taken as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
