//! What the workbench remembers from run to run: read when it begins, written soon after a line was carried out and at
//! its end. What stands in it is `ui`'s matter; no failure of the disk is more than a notice.

use std::fmt::Display;
use std::time::Duration;

use super::Engine;
use crate::event::Errno;
use crate::os::{Got, Lock, Os, Place};
use crate::ui;

/// Its name in the state directory, and that of one that could not be read.
const FILE: &str = "memory.toml";
const BROKEN: &str = "memory.toml.broken";

/// The largest that is read: what is written stays below.
const FILE_MAX_BYTES: u64 = 16 << 20;

/// The time between two writes, at the least.
const PERIOD: Duration = Duration::from_secs(1);

/// How often a lock is tried where nobody would try it again later.
pub(super) const PATIENCE: usize = 50;

/// The memory of a run.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Whether it is written: not in a clean run, and not once the disk failed.
    kept: bool,
    /// What the screen remembered when it was last read or written.
    then: ui::Memory,
    /// A line was carried out since.
    touched: bool,
    /// Not written again before.
    next: Duration,
}

impl Memory {
    /// Takes over what earlier runs left.
    pub(super) fn begin(&mut self, engine: &mut Engine<'_>) {
        // Without a directory (no HOME) there is nothing to say either: nobody expects anything to be kept.
        if engine.manner.clean || engine.os.place(Place::State).is_none() {
            return;
        }
        let kept = read(engine).and_then(|kept| kept.map_or_else(|_| mend(engine), Ok));
        match kept {
            Ok(memory) => {
                self.kept = true;
                engine.app.ui.recall(memory);
                self.then = engine.app.ui.memory();
            }
            Err(errno) => {
                let why = in_words(errno);
                notify(engine, "run.memory-unread", &[&why]);
            }
        }
    }

    /// A person had a line carried out.
    pub(super) fn touch(&mut self) {
        self.touched = self.kept;
    }

    /// When it wants to be written, if something may have changed.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.touched.then_some(self.next)
    }

    /// Writes it if that is due; a failure is said once and ends it.
    pub(super) fn advance(&mut self, engine: &mut Engine<'_>) {
        let now = engine.now();
        // A run that ends writes at its end, when there is no screen to say anything on.
        if self.touched && now >= self.next && !engine.is_quitting() {
            self.next = now + PERIOD;
            if let Err(errno) = self.write(engine, 1)
                && errno != Errno::EAGAIN
            {
                let why = in_words(errno);
                notify(engine, "run.memory-unwritten", &[&why]);
            }
        }
    }

    /// Writes it for the last time; the screen is gone, so a failure is told on standard error.
    pub(super) fn end(&mut self, engine: &mut Engine<'_>) {
        // Something may have changed without a line, by the mouse.
        self.touched = self.kept;
        // There is no turn after this one to try it again.
        if let Err(errno) = self.write(engine, PATIENCE) {
            let locale = engine.app.ui.locale();
            let text = locale.fill("run.memory-unwritten", &[&in_words(errno)]);
            engine.os.write_stderr(&format!("sockeye: {text}"));
        }
    }

    fn write(&mut self, engine: &mut Engine<'_>, tries: usize) -> Result<(), Errno> {
        self.touched = false;
        let ours = engine.app.ui.memory();
        if !self.kept || ours == self.then {
            return Ok(());
        }
        let result = self.add(engine, &ours, tries);
        match result {
            Ok(()) => self.then = ours,
            // Another Sockeye writes just now.
            Err(Errno::EAGAIN) => self.touched = true,
            Err(_) => self.kept = false,
        }
        result
    }

    /// Adds what is new here to what another Sockeye may have written since; none writes between.
    fn add(&self, engine: &mut Engine<'_>, ours: &ui::Memory, tries: usize) -> Result<(), Errno> {
        let _lock = lock(engine.os, Place::State, tries)?;
        let other = read(engine)?.map_or_else(|damaged| put_aside(engine, &damaged), Ok)?;
        let text = ours.merged(&self.then, other).text();
        engine.os.write_kept(Place::State, FILE, text.as_bytes())
    }
}

/// Holds a directory of ours against other Sockeyes, which each hold it for a moment.
pub(super) fn lock(os: &mut dyn Os, place: Place, tries: usize) -> Got<Lock> {
    let another = (0..tries).find_map(|_| match os.lock_kept(place) {
        Err(Errno::EAGAIN) => None,
        got => Some(got),
    });
    another.unwrap_or(Err(Errno::EAGAIN))
}

/// What is kept now, or the bytes of it that are damaged.
fn read(engine: &mut Engine<'_>) -> Result<Result<ui::Memory, Vec<u8>>, Errno> {
    let bytes = match engine.os.read_kept(Place::State, FILE, FILE_MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(Errno::ENOENT) => return Ok(Ok(ui::Memory::default())),
        Err(errno) => return Err(errno),
    };
    let text = std::str::from_utf8(&bytes).ok();
    let memory = text.and_then(|text| ui::Memory::parse(text).ok());
    Ok(memory.ok_or(bytes))
}

/// What is kept, which was damaged when it was read; another Sockeye may have seen that first.
fn mend(engine: &mut Engine<'_>) -> Result<ui::Memory, Errno> {
    let _lock = lock(engine.os, Place::State, PATIENCE)?;
    read(engine)?.map_or_else(|damaged| put_aside(engine, &damaged), Ok)
}

/// Puts what is damaged aside, so that nothing of it is lost, and says so.
fn put_aside(engine: &mut Engine<'_>, bytes: &[u8]) -> Result<ui::Memory, Errno> {
    engine.os.write_kept(Place::State, BROKEN, bytes)?;
    let empty = ui::Memory::default();
    engine
        .os
        .write_kept(Place::State, FILE, empty.text().as_bytes())?;
    notify(engine, "run.memory-damaged", &[&BROKEN]);
    Ok(empty)
}

fn in_words(errno: Errno) -> String {
    format!("{} ({})", errno.text(), errno.name())
}

fn notify(engine: &mut Engine<'_>, key: &str, values: &[&dyn Display]) {
    let text = engine.app.ui.locale().fill(key, values);
    let now = engine.now();
    engine.app.ui.notify(&text, now);
}
