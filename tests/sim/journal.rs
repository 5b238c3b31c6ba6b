//! The file that the program records into on the simulated disk. What is handed over is there at once; a full disk
//! takes what fits of a piece and tears the rest off.

use sockeye::event::{Errno, Journal, Shelf as Reading};
use sockeye::os::Got;

use super::mood::Mood;
use super::shelf::Shelf;
use super::sockets::errno;

/// What is handed over by itself.
const PIECE_BYTES: usize = 4096;

/// A file that is recorded into.
#[derive(Debug)]
pub(super) struct Recorded {
    shelf: Shelf,
    path: String,
    held: Vec<u8>,
    /// Handed over, whatever became of it.
    given: u64,
    written: u64,
    trouble: Option<Errno>,
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
            written: 0,
            trouble: None,
        }))
    }

    fn write(&mut self, len: usize) {
        let piece: Vec<u8> = self.held.drain(..len).collect();
        self.given += len as u64;
        if self.trouble.is_some() {
            return;
        }
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
            self.trouble = Some(torn.map_or(errno("ENOSPC"), |(_, errno)| errno));
        } else {
            self.written = file.len() as u64;
        }
        self.shelf.put(&self.path, file);
    }
}

impl Journal for Recorded {
    fn room(&mut self) -> Option<&mut Vec<u8>> {
        let takes = self.trouble.is_none() && !self.shelf.is_behind();
        takes.then_some(&mut self.held)
    }

    fn commit(&mut self) {
        while self.held.len() >= PIECE_BYTES {
            self.write(PIECE_BYTES);
            if self.shelf.moods.strikes(Mood::DiskBehind) {
                self.shelf.fall_behind(true);
            }
        }
    }

    fn flush(&mut self) {
        self.write(self.held.len());
    }

    fn sync(&mut self) -> bool {
        if self.trouble.is_none() && self.shelf.moods.strikes(Mood::NotSynced) {
            self.trouble = Some(errno("EIO"));
        }
        if self.trouble.is_none() {
            self.shelf.sync(&self.path);
        }
        true
    }

    fn wait(&mut self) {
        self.shelf.fall_behind(false);
    }

    fn len(&self) -> u64 {
        self.given + self.held.len() as u64
    }

    fn written(&self) -> u64 {
        self.written
    }

    fn trouble(&self) -> Option<Errno> {
        self.trouble
    }

    fn shelf(&self) -> Box<dyn Reading> {
        Box::new(Back(self.shelf.clone(), self.path.clone()))
    }

    fn close(&mut self) -> Result<u64, Errno> {
        self.flush();
        self.shelf.fall_behind(false);
        self.sync();
        self.trouble.map_or(Ok(self.written), Err)
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
