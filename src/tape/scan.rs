//! A tape shown for searching: pieces as they lie in memory, without a copy, and spilled ones by reads into a buffer
//! that the caller keeps. It searches nothing itself.

use std::ops::Range;

use super::shelves::Run;
use super::{Place, Scan, ShelfId, TapeId, Tapes, index};

impl Tapes {
    /// Shows a range in order, each part as long as its piece, or of `read_bytes` where it must be read back into
    /// `buf`; `None` for a part that is missing. `show` says whether it wants more.
    pub fn scan(
        &self,
        tape: TapeId,
        range: Range<u64>,
        (buf, read_bytes): (&mut Vec<u8>, usize),
        show: &mut Scan<'_>,
    ) {
        let id = tape;
        let Some(tape) = self.tapes.get(id.0) else {
            return;
        };
        let mut range = range;
        if let Some((of, upto)) = tape.alias
            && range.start < upto
        {
            let mut goes_on = true;
            let theirs = range.start..range.end.min(upto);
            self.scan(of, theirs, (&mut *buf, read_bytes), &mut |part, bytes| {
                goes_on = show(part, bytes);
                goes_on
            });
            if !goes_on {
                return;
            }
            range.start = upto;
        }
        let mut show =
            |part: Range<u64>, bytes: Option<&[u8]>| part.is_empty() || show(part, bytes);
        let end = range.end.min(tape.len);
        // The pieces that were dropped may be gone altogether.
        let kept = tape.pieces.first().map_or(end, |first| first.start);
        let lost = range.start..kept.min(end).max(range.start);
        range.start = lost.end;
        if !show(lost, None) {
            return;
        }
        let first = tape
            .pieces
            .partition_point(|piece| piece.start + piece.len <= range.start);
        for piece in tape.pieces.get(first..).unwrap_or_default() {
            let from = range.start.max(piece.start);
            let to = end.min(piece.start + piece.len);
            if from >= to {
                return;
            }
            let kept = from.max(tape.start.min(to));
            let inside = index(kept - piece.start)..index(to - piece.start);
            let goes_on = show(from..kept, None)
                && match &piece.place {
                    Place::Memory(bytes) => show(kept..to, bytes.get(inside)),
                    Place::Missing => show(kept..to, None),
                    Place::Disk(at) => {
                        // Filled once: what is read next only writes over it.
                        buf.resize(read_bytes.max(1), 0);
                        self.scan_disk(at + (kept - piece.start), kept..to, buf, &mut show)
                    }
                    Place::Shelf => {
                        buf.resize(read_bytes.max(1), 0);
                        self.scan_shelves(id, kept..to, buf, &mut show)
                    }
                };
            if !goes_on {
                return;
            }
        }
    }

    /// Shows a part that stands at `at` in the spill file, a buffer at a time; whether more is wanted.
    fn scan_disk(&self, at: u64, part: Range<u64>, buf: &mut [u8], show: &mut Scan<'_>) -> bool {
        let mut from = part.start;
        while from < part.end {
            let len = index(part.end - from).min(buf.len());
            let Some(read) = buf.get_mut(..len).filter(|buf| !buf.is_empty()) else {
                return show(from..part.end, None);
            };
            let spill = self.spill.as_ref();
            let is_read = spill.is_some_and(|spill| spill.read(at + (from - part.start), read));
            let to = from + len as u64;
            if !show(from..to, is_read.then_some(read)) {
                return false;
            }
            from = to;
        }
        true
    }

    /// Shows a part that lies in files, a buffer at a time; whether more is wanted. Runs that lie near each other are
    /// read at once, with what stands between them.
    fn scan_shelves(
        &self,
        tape: TapeId,
        part: Range<u64>,
        buf: &mut [u8],
        show: &mut Scan<'_>,
    ) -> bool {
        let mut near = Near::default();
        let mut goes_on = true;
        self.runs(tape, part, &mut |run| {
            let mut run = run;
            while goes_on && run.len > 0 {
                let taken = near.take(&run, buf.len() as u64);
                if taken == 0 {
                    goes_on = self.show_near(&mut near, buf, show);
                    continue;
                }
                run.start += taken;
                run.len -= taken;
                run.place = run.place.map(|(shelf, at)| (shelf, at + taken));
            }
            goes_on
        });
        goes_on && self.show_near(&mut near, buf, show)
    }

    /// Reads what was gathered, moves it together and shows it.
    fn show_near(&self, near: &mut Near, buf: &mut [u8], show: &mut Scan<'_>) -> bool {
        let Near { runs, len } = std::mem::take(near);
        let Some(first) = runs.first() else {
            return true;
        };
        let part = first.start..first.start + len;
        let Some((_, at)) = first.place else {
            return show(part, None);
        };
        let Some(read) = self.read_to(buf, first.place, near_span(&runs, at)) else {
            return self.show_each(&runs, buf, show);
        };
        let mut to = 0;
        for run in &runs {
            let from = run.place.map_or(0, |(_, lies)| index(lies - at));
            read.copy_within(from..from + index(run.len), to);
            to += index(run.len);
        }
        show(part, read.get(..to))
    }

    /// The front of the buffer with `len` bytes of a file, unless they cannot be read.
    fn read_to<'b>(
        &self,
        buf: &'b mut [u8],
        place: Option<(ShelfId, u64)>,
        len: u64,
    ) -> Option<&'b mut [u8]> {
        let read = buf.get_mut(..index(len))?;
        let (shelf, at) = place?;
        self.read_shelf(shelf, at, read).then_some(read)
    }

    /// What could not be read together is read run by run, so that only what is lost is missing.
    fn show_each(&self, runs: &[Run], buf: &mut [u8], show: &mut Scan<'_>) -> bool {
        runs.iter().all(|run| {
            let read = self.read_to(buf, run.place, run.len);
            show(run.start..run.start + run.len, read.as_deref())
        })
    }
}

/// Runs that are read at once: they follow each other on the tape, and nearly so in one file.
#[derive(Debug, Default)]
struct Near {
    runs: Vec<Run>,
    len: u64,
}

/// The most that is read between two runs to read them together: the headers of a packet, and more than that.
const GAP_MAX_BYTES: u64 = 1024;

impl Near {
    /// How many bytes of a run can be read together with the runs so far, in a buffer of `room` bytes; it has them now.
    fn take(&mut self, run: &Run, room: u64) -> u64 {
        let first = self.runs.first().map(|first| first.place);
        let len = match (first, run.place) {
            (None, None) => run.len,
            (None, Some(_)) => run.len.min(room),
            (Some(Some((shelf, first))), Some((known, at))) if shelf == known => {
                let end = self.runs.last().and_then(Run::end).unwrap_or(u64::MAX);
                if at < end || at - end > GAP_MAX_BYTES {
                    return 0;
                }
                run.len.min((first + room).saturating_sub(at))
            }
            _ => 0,
        };
        if len > 0 {
            self.runs.push(Run { len, ..*run });
            self.len += len;
        }
        len
    }
}

/// How many bytes of the file from `at` on hold the runs.
fn near_span(runs: &[Run], at: u64) -> u64 {
    runs.last().and_then(Run::end).map_or(0, |end| end - at)
}
