//! What the judge is told of what a person asks for: it may explain what would be wrong else.

use sockeye::event::ConnId;

use super::Judge;

impl Judge {
    /// A person asks for something: what was tried before may be tried again.
    pub(crate) fn forgive(&self) {
        self.book.forgive();
    }

    /// A person does something to that socket, or to all; with it to what it made, and to the other side of a tap.
    pub(crate) fn touch(&mut self, conn: Option<ConnId>) {
        let mut also = Vec::new();
        for (at, seen) in self.seen.iter_mut().enumerate() {
            let id = ConnId(u32::try_from(at).unwrap_or(u32::MAX));
            if conn.is_none_or(|conn| id == conn || seen.parent == Some(conn)) {
                seen.is_touched = true;
                also.extend(seen.across);
            }
        }
        for across in also {
            self.seen(across).is_touched = true;
        }
    }

    /// A loop burns on purpose from now on, or does not any more.
    pub(crate) fn spins(&mut self, is_spinning: bool) {
        self.book.spins(is_spinning);
    }

    /// A person asks for something so often.
    pub(crate) fn repeats(&mut self, times: u32) {
        self.book.repeats(times);
    }

    /// These bytes were asked to be sent, or more than is known.
    pub(crate) fn composed(&mut self, conn: ConnId, bytes: Option<Vec<u8>>) {
        if let Some(seen) = self.seen.get_mut(conn.0 as usize) {
            match bytes {
                Some(bytes) if !bytes.is_empty() => {
                    seen.has_parcels = true;
                    seen.parcels.push_back(bytes);
                }
                _ => seen.is_wild = true,
            }
        }
    }
}
