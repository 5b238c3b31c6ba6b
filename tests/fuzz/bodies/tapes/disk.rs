//! A spill file and a file that is there anyway, in memory: the one may be behind and lose what it has.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sockeye::event::{Shelf, Spill};

/// The spill file.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    bytes: Rc<RefCell<Vec<u8>>>,
    busy: Rc<Cell<bool>>,
    lost: Rc<Cell<bool>>,
}

impl Disk {
    pub fn be_busy(&self, busy: bool) {
        self.busy.set(busy);
    }

    pub fn is_busy(&self) -> bool {
        self.busy.get()
    }

    /// Nothing can be read back from now on.
    pub fn lose(&self) {
        self.lost.set(true);
    }

    pub fn has_lost(&self) -> bool {
        self.lost.get()
    }
}

impl Spill for Disk {
    fn write(&mut self, offset: u64, piece: Vec<u8>) -> Result<(), Vec<u8>> {
        if self.busy.get() {
            return Err(piece);
        }
        let from = usize::try_from(offset).expect("the file is small");
        let mut bytes = self.bytes.borrow_mut();
        let end = from + piece.len();
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[from..end].copy_from_slice(&piece);
        Ok(())
    }

    fn read(&self, offset: u64, buf: &mut [u8]) -> bool {
        !self.lost.get() && read(&self.bytes.borrow(), offset, buf)
    }

    fn room(&self) -> u64 {
        u64::MAX
    }

    fn trouble(&self) -> Option<String> {
        None
    }
}

/// A recording or capture.
#[derive(Clone, Debug, Default)]
pub struct File(Rc<RefCell<Vec<u8>>>);

impl File {
    /// Appends bytes, behind as many that mean nothing; tells where they are.
    pub fn push(&self, gap: usize, bytes: &[u8]) -> u64 {
        let mut file = self.0.borrow_mut();
        let at = file.len() + gap;
        file.resize(at, 0xee);
        file.extend_from_slice(bytes);
        at as u64
    }
}

impl Shelf for File {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        read(&self.0.borrow(), at, buf)
    }
}

fn read(bytes: &[u8], at: u64, buf: &mut [u8]) -> bool {
    let from = usize::try_from(at).unwrap_or(usize::MAX);
    let there = bytes.get(from..).and_then(|rest| rest.get(..buf.len()));
    there.is_some_and(|there| {
        buf.copy_from_slice(there);
        true
    })
}
