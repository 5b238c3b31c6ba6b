//! Standard input, or a file, through something that reads bytes and writes lines, to standard output: no sockets, no
//! screen, any length. Output waits while input comes and is written whenever input pauses.

use std::fmt::Debug;
use std::time::Duration;

use super::Ending;
use super::outlet::Outlet;
use crate::os::Os;

/// Bytes that a filter takes at once: what they become is bounded by it.
const PIECE_BYTES: usize = 8 << 10;

/// What becomes of the bytes.
pub trait Filter: Debug {
    /// Before the first byte; whether a person looks at the output as it comes.
    fn begin(&mut self, on_terminal: bool);

    /// Takes bytes and appends what they become. It may end the run early.
    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Option<Ending>;

    /// A read ended here, at that time.
    fn boundary(&mut self, _time: Duration, _out: &mut Vec<u8>) {}

    /// There is no more.
    fn end(&mut self, out: &mut Vec<u8>) -> Ending;
}

/// Filters a file, or standard input, to its end.
pub fn filter(os: &mut dyn Os, file: Option<&str>, filter: &mut dyn Filter) -> Ending {
    if let Some(path) = file
        && let Err(errno) = os.open_stdin(path)
    {
        return Ending::failure(3, format!("{path}: {} ({})", errno.text(), errno.name()));
    }
    filter.begin(os.stdout_is_terminal());
    let name = file.unwrap_or("standard input");
    let mut flow = Flow::default();
    loop {
        flow.pass(os, filter);
        if flow.outlet.trouble().is_some() || (flow.ending.is_some() && flow.outlet.is_empty()) {
            return flow.outlet.ending().or(flow.ending).unwrap_or_default();
        }
        if !flow.read.is_empty() && flow.outlet.has_room() {
            continue;
        }
        let wants = flow.read.is_empty() && flow.ending.is_none();
        if wants {
            match os.read_stdin(&mut flow.read) {
                Ok(0) => flow.ending = Some(filter.end(flow.outlet.buf())),
                Ok(_) => {}
                Err(errno) if errno.would_block() => flow.wait(os, true),
                Err(errno) => {
                    let why = format!("{name}: {} ({})", errno.text(), errno.name());
                    flow.ending = Some(Ending::failure(3, why));
                }
            }
        } else {
            flow.wait(os, false);
        }
    }
}

/// What was read and not taken, and what waits to be written.
#[derive(Debug, Default)]
struct Flow {
    read: Vec<u8>,
    taken: usize,
    outlet: Outlet,
    ending: Option<Ending>,
}

impl Flow {
    /// Hands on what was read while there is room for what it becomes.
    fn pass(&mut self, os: &mut dyn Os, filter: &mut dyn Filter) {
        while self.ending.is_none() && !self.read.is_empty() && self.outlet.has_room() {
            let end = self.read.len().min(self.taken + PIECE_BYTES);
            let piece = self.read.get(self.taken..end).unwrap_or_default();
            self.ending = filter.take(piece, self.outlet.buf());
            self.taken = end;
            if end == self.read.len() {
                filter.boundary(os.now(), self.outlet.buf());
                self.read.clear();
                self.taken = 0;
            }
        }
        if self.ending.is_some() || !self.outlet.has_room() {
            self.outlet.drain(os);
        }
    }

    /// Writes what there is, and waits for input if it is wanted, and for room.
    fn wait(&mut self, os: &mut dyn Os, wants: bool) {
        self.outlet.drain(os);
        if self.outlet.trouble().is_some() || (!wants && self.outlet.is_empty()) {
            return;
        }
        os.watch_stdin(wants);
        let mut wakes = Vec::new();
        if let Err(errno) = os.wait(None, &mut wakes) {
            let why = format!("waiting for the kernel failed: {}", errno.name());
            self.ending = Some(Ending::failure(3, why));
        }
    }
}
