//! What the workbench remembers from run to run: read when it begins, written soon after a line was carried out and at
//! its end. What stands in it is `ui`'s matter; no failure of the disk is more than a notice.

use std::fmt::Display;
use std::time::Duration;

use super::Engine;
use crate::event::Errno;
use crate::os::Place;
use crate::ui;

/// Its name in the state directory, and that of one that could not be read.
const FILE: &str = "memory.toml";
const BROKEN: &str = "memory.toml.broken";

/// The largest that is read: what is written stays below.
const FILE_MAX_BYTES: u64 = 16 << 20;

/// The time between two writes, at the least.
const PERIOD: Duration = Duration::from_secs(1);

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
        match read(engine) {
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
            if let Err(errno) = self.write(engine) {
                let why = in_words(errno);
                notify(engine, "run.memory-unwritten", &[&why]);
            }
        }
    }

    /// Writes it for the last time; the screen is gone, so a failure is told on standard error.
    pub(super) fn end(&mut self, engine: &mut Engine<'_>) {
        // Something may have changed without a line, by the mouse.
        self.touched = self.kept;
        if self.touched
            && let Err(errno) = self.write(engine)
        {
            let locale = engine.app.ui.locale();
            let text = locale.fill("run.memory-unwritten", &[&in_words(errno)]);
            engine.os.write_stderr(&format!("sockeye: {text}"));
        }
    }

    fn write(&mut self, engine: &mut Engine<'_>) -> Result<(), Errno> {
        self.touched = false;
        let ours = engine.app.ui.memory();
        if ours == self.then {
            return Ok(());
        }
        // Another Sockeye may have written since; what it left stays.
        let result = read(engine).and_then(|other| {
            let merged = ours.merged(&self.then, other);
            let text = merged.text();
            engine.os.write_kept(Place::State, FILE, text.as_bytes())
        });
        match result {
            Ok(()) => self.then = ours,
            Err(_) => self.kept = false,
        }
        result
    }
}

/// What is kept now; one that is damaged is put aside, so that nothing of it is lost, and said.
fn read(engine: &mut Engine<'_>) -> Result<ui::Memory, Errno> {
    let bytes = match engine.os.read_kept(Place::State, FILE, FILE_MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(Errno::ENOENT) => return Ok(ui::Memory::default()),
        Err(errno) => return Err(errno),
    };
    let text = std::str::from_utf8(&bytes).ok();
    if let Some(memory) = text.and_then(|text| ui::Memory::parse(text).ok()) {
        return Ok(memory);
    }
    engine.os.write_kept(Place::State, BROKEN, &bytes)?;
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
