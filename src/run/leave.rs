//! The end of a run whose recording waits for its disk: the loop goes on till then, and whoever asks for the end again
//! leaves without it. Nothing else is waited for, and nothing new begins.

use std::time::Duration;

use super::{Ending, Engine, Face, answer_headless, take, wait};
use crate::session::Reader;

/// When it is said what is waited for. Most disks have answered by then, and who asked twice till then meant it once.
pub(super) const TOLD_AFTER: Duration = Duration::from_millis(500);

/// How long a disk is waited for where nobody is there to ask again, or told how long the run may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The exit status of a run whose terminal is gone.
const HUNG_UP: u8 = 129;

/// How it is waited.
struct Leaving {
    began: Duration,
    /// Somebody sees the run, and steers it.
    is_shown: bool,
    is_bounded: bool,
    is_told: bool,
}

/// Brings what was recorded to the disk, as long as somebody wants that.
pub(super) fn leave(engine: &mut Engine<'_>, face: &mut dyn Face, ending: &Ending, is_timed: bool) {
    if !engine.finish() {
        return;
    }
    engine.rest();
    let mut leaving = Leaving {
        began: engine.now(),
        is_shown: false,
        is_bounded: is_timed,
        is_told: false,
    };
    leaving.show(engine, face, ending);
    let (mut wakes, mut is_asked) = (Vec::new(), false);
    loop {
        leaving.tell(engine);
        engine.settle();
        if leaving.is_shown {
            face.show(engine);
            is_asked |= leaving.hear(engine, face);
        }
        if !engine.app.is_closing() {
            return;
        }
        if leaving.is_over(engine.now(), std::mem::take(&mut is_asked)) {
            break;
        }
        let next = leaving.deadline(engine, face);
        if wait(engine, next, &mut wakes).is_err() {
            break;
        }
        take(engine, &wakes, &mut |wake, engine| {
            if leaving.is_shown {
                face.wake(wake, engine);
            } else {
                is_asked |= answer_headless(wake, engine).is_some();
            }
        });
    }
    engine.app.leave_recordings();
}

impl Leaving {
    /// Lets the run be shown on, if it is; else nothing more is received, for nobody would take note of it.
    fn show(&mut self, engine: &mut Engine<'_>, face: &mut dyn Face, ending: &Ending) {
        self.is_bounded |= ending.code == HUNG_UP;
        self.is_shown = face.wait_for_disks(ending, engine);
        if !self.is_shown {
            engine.app.session.hold_back(Reader::Face, true);
        }
    }

    /// Whether somebody who is shown the run asks for its end.
    fn hear(&mut self, engine: &mut Engine<'_>, face: &mut dyn Face) -> bool {
        let Some(ending) = face.ending(engine) else {
            return false;
        };
        engine.rest();
        if ending.code == HUNG_UP {
            self.show(engine, face, &ending);
        }
        ending.code != HUNG_UP
    }

    /// Says what is waited for, once it is time.
    fn tell(&mut self, engine: &mut Engine<'_>) {
        if self.is_told || engine.now() < self.began + TOLD_AFTER {
            return;
        }
        self.is_told = true;
        engine.app.wait_for_disks();
        if let Some(recorded) = engine.app.recorded().filter(|_| !self.is_shown) {
            let path = crate::escape::clean(&recorded.path);
            let text = engine.app.ui.locale().fill("run.leaving", &[&path]);
            engine.os.write_stderr(&format!("sockeye: {text}"));
        }
    }

    fn is_over(&self, now: Duration, is_asked: bool) -> bool {
        let is_late = self.is_bounded && now >= self.began + PATIENCE;
        is_late || is_asked && self.is_told
    }

    fn deadline(&self, engine: &Engine<'_>, face: &dyn Face) -> Option<Duration> {
        let shown = self.is_shown.then(|| face.deadline(engine)).flatten();
        let told = (!self.is_told).then(|| self.began + TOLD_AFTER);
        let late = self.is_bounded.then(|| self.began + PATIENCE);
        [shown, told, late].into_iter().flatten().min()
    }
}
