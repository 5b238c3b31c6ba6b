//! The script, step by step, and the files that it names.

use super::{CUT_BYTES, Engine};
use crate::event::Actor;
use crate::script::Next;

/// Commands of a script that one turn carries out.
const STEPS_A_TURN: usize = 256;

/// The largest file that an expression may name.
const FILE_MAX_BYTES: u64 = 64 << 20;

impl Engine<'_> {
    /// Lets the script go on; true if it would go on at once.
    pub(super) fn step_script(&mut self) -> bool {
        for _ in 0..STEPS_A_TURN {
            if self.net.probing().is_some() {
                self.script_deadline = None;
                return false;
            }
            // A command that stands for several begins with the first of them.
            self.go_on();
            if self.is_waiting() {
                return false;
            }
            let now = self.now();
            match self.app.step(now) {
                None | Some(Next::Done(_)) => return false,
                Some(Next::Wait(deadline)) => {
                    self.script_deadline = deadline;
                    return false;
                }
                Some(Next::Run(piece)) => {
                    if let Err(complaint) = self.piece(Actor::Script, &piece) {
                        self.app.fail_script(complaint.to_string());
                        return false;
                    }
                    // What the next line expects is looked for in messages that are cut already.
                    if self.app.work(CUT_BYTES, now) {
                        return true;
                    }
                }
            }
        }
        true
    }

    /// Reads a file that an expression names, for later.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, in words.
    pub(super) fn read_file(&mut self, path: &str) -> Result<(), String> {
        match self.os.read_file(path, FILE_MAX_BYTES) {
            Ok(bytes) => {
                self.app.keep_file(path.to_owned(), bytes);
                Ok(())
            }
            Err(errno) => Err(format!(
                "{} could not be read: {} ({})",
                crate::escape::clean(path),
                errno.name(),
                errno.text()
            )),
        }
    }
}
