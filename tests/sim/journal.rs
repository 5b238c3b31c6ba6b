//! The file that the program records into on the simulated disk. What is handed over is there at once, or when the disk
//! answers again; a full disk takes what fits of a piece and tears the rest off.

use std::cell::RefCell;
use std::collections::VecDeque;

use sockeye::event::{Errno, Journal, Shelf as Reading};
use sockeye::os::Got;

use super::mood::Mood;
use super::shelf::Shelf;
use super::sockets::errno;

/// What is handed over by itself.
const PIECE_BYTES: usize = 4096;

/// The pieces that may wait for a disk that is silent, and how many at the end; and the orders to sync.
const WAITING_MAX: usize = 4;
const LAST_MAX: usize = 1000;
const SYNCS_MAX: usize = 2;

/// A file that is recorded into.
#[derive(Debug)]
pub(super) struct Recorded {
    shelf: Shelf,
    path: String,
    held: Vec<u8>,
    /// Handed over, whatever became of it.
    given: u64,
    waiting_max: usize,
    is_closed: bool,
    /// What the disk does by itself.
    far: RefCell<Far>,
}

#[derive(Debug, Default)]
struct Far {
    orders: VecDeque<Order>,
    written: u64,
    trouble: Option<Errno>,
}

#[derive(Debug, PartialEq, Eq)]
enum Order {
    Write(Vec<u8>),
    Sync,
}

impl Far {
    fn syncs(&self) -> usize {
        let syncs = self.orders.iter().filter(|it| **it == Order::Sync);
        syncs.count()
    }
}

/// The same, read back.
#[derive(Debug)]
struct Back(Shelf, String);

impl Recorded {
    pub(super) fn at(shelf: &Shelf, path: &str, over: bool) -> Got<Box<dyn Journal>> {
        if shelf.read(path).is_some() && !over {
            return Err(errno("EEXIST"));
        }
        shelf.refuses()?;
        shelf.put(path, Vec::new());
        Ok(Box::new(Self {
            shelf: shelf.clone(),
            path: path.to_owned(),
            held: Vec::new(),
            given: 0,
            waiting_max: WAITING_MAX,
            is_closed: false,
            far: RefCell::default(),
        }))
    }

    /// What the disk has done by now.
    fn far(&self) -> std::cell::RefMut<'_, Far> {
        let mut far = self.far.borrow_mut();
        while !self.shelf.is_behind() {
            match far.orders.pop_front() {
                Some(_) if far.trouble.is_some() => {}
                Some(Order::Write(piece)) => self.write(&piece, &mut far),
                Some(Order::Sync) if self.shelf.moods.strikes(Mood::NotSynced) => {
                    far.trouble = Some(errno("EIO"));
                }
                Some(Order::Sync) => self.shelf.sync(&self.path),
                None => break,
            }
        }
        far
    }

    fn write(&self, piece: &[u8], far: &mut Far) {
        let mut file = self.shelf.read(&self.path).unwrap_or_default();
        let fits = (0..=piece.len())
            .rev()
            .find(|len| self.shelf.takes(file.len() + len).is_ok());
        let torn = self.shelf.tears(piece.len());
        let fits = fits
            .unwrap_or(0)
            .min(torn.map_or(usize::MAX, |(fits, _)| fits));
        file.extend_from_slice(&piece[..fits]);
        if fits < piece.len() || torn.is_some() {
            far.trouble = Some(torn.map_or(errno("ENOSPC"), |(_, errno)| errno));
        } else {
            far.written = file.len() as u64;
        }
        self.shelf.put(&self.path, file);
    }

    fn hand_over(&mut self, len: usize) {
        let piece: Vec<u8> = self.held.drain(..len).collect();
        if !piece.is_empty() {
            self.given += len as u64;
            self.order(Order::Write(piece));
            if self.shelf.moods.strikes(Mood::DiskBehind) {
                self.shelf.fall_behind();
            }
        }
    }

    fn order(&self, order: Order) {
        self.far.borrow_mut().orders.push_back(order);
        drop(self.far());
    }
}

impl Journal for Recorded {
    fn room(&mut self) -> Option<&mut Vec<u8>> {
        let far = self.far();
        let is_full = far.orders.len() - far.syncs() >= self.waiting_max;
        if is_full {
            self.shelf.ask();
        }
        let takes = far.trouble.is_none() && !self.is_closed && !is_full;
        drop(far);
        takes.then_some(&mut self.held)
    }

    fn commit(&mut self) {
        while self.held.len() >= PIECE_BYTES {
            self.hand_over(PIECE_BYTES);
        }
    }

    fn flush(&mut self) {
        if self.far().syncs() < SYNCS_MAX {
            self.hand_over(self.held.len());
        }
    }

    fn sync(&mut self) -> bool {
        let is_taken = self.far().syncs() < SYNCS_MAX;
        if is_taken {
            self.order(Order::Sync);
        }
        is_taken
    }

    fn hurry(&mut self) {
        self.waiting_max = LAST_MAX;
    }

    fn len(&self) -> u64 {
        self.given + self.held.len() as u64
    }

    fn written(&self) -> u64 {
        self.far().written
    }

    fn trouble(&self) -> Option<Errno> {
        self.far().trouble
    }

    fn shelf(&self) -> Box<dyn Reading> {
        Box::new(Back(self.shelf.clone(), self.path.clone()))
    }

    fn close(&mut self) -> Option<Result<u64, Errno>> {
        if !std::mem::replace(&mut self.is_closed, true) {
            self.hand_over(self.held.len());
            self.order(Order::Sync);
        }
        let far = self.far();
        match far.trouble {
            Some(errno) => Some(Err(errno)),
            None if far.orders.is_empty() => Some(Ok(far.written)),
            None => {
                self.shelf.ask();
                None
            }
        }
    }
}

impl Reading for Back {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        let Self(shelf, path) = self;
        if shelf.moods.strikes(Mood::NotRead) {
            return false;
        }
        let file = shelf.read(path).unwrap_or_default();
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let there = file.get(at..).and_then(|rest| rest.get(..buf.len()));
        there.is_some_and(|there| {
            buf.copy_from_slice(there);
            true
        })
    }
}
