//! The end of a recording: what happened till then is handed over, the file closed once the disk has taken it, and then
//! it is said. The loop goes on meanwhile, and another recording may begin.

use std::time::Duration;

use super::{Recording, Recordings};
use crate::app::App;
use crate::event::{Actor, Errno};
use crate::locale::Locale;
use crate::session::{Reader, Session};

/// The recordings that may wait for their disks at once.
const ENDED_MAX: usize = 4;

/// How far a recording goes that has ended.
#[derive(Debug)]
pub(super) struct End {
    by: Actor,
    /// The first event that is not in it.
    pub(super) at: u64,
    /// All of it is handed over.
    pub(super) is_written: bool,
}

impl App {
    /// Why no other recording may begin.
    ///
    /// # Errors
    ///
    /// That, in words, with what may be done.
    pub fn may_record(&self, path: &str) -> Result<(), String> {
        let Recordings { running, ended, .. } = &self.recording;
        if let Some(recording) = running {
            let path = &recording.path;
            return Err(format!(
                "{path} is recorded into already: `record off` ends that"
            ));
        }
        if ended.iter().any(|recording| recording.path == path) {
            return Err(format!(
                "{path} still waits for its disk: `record OTHER` records into another file"
            ));
        }
        if ended.len() >= ENDED_MAX {
            return Err(format!(
                "{ENDED_MAX} recordings still wait for their disks: `record FILE` when one is told as recorded"
            ));
        }
        Ok(())
    }

    /// Ends the recording, with all that happened.
    ///
    /// # Errors
    ///
    /// Why there is none to end, in words.
    pub fn end_recording(&mut self, by: Actor, now: Duration) -> Result<(), String> {
        let Recordings { running, ended, .. } = &self.recording;
        let Some(recording) = running else {
            return Err(ended.first().map_or_else(
                || "nothing is recorded".to_owned(),
                |it| format!("{} has ended, and waits for its disk", it.path),
            ));
        };
        let text = format!("the recording into {} ends", recording.path);
        self.told(by, text, now);
        self.close_recording(by, now);
        Ok(())
    }

    /// Ends the recording with what happened so far, and closes the file once the disk has taken it.
    pub fn close_recording(&mut self, by: Actor, now: Duration) {
        let Some(mut recording) = self.recording.running.take() else {
            return;
        };
        self.session.hold_back(Reader::Recording, false);
        recording.end(&self.session, by, now);
        self.recording.ended.push(recording);
        self.close_on(now);
    }

    /// Whether a recording has ended that its disk has not taken.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        !self.recording.ended.is_empty()
    }

    /// The run is over but for these, and says so.
    pub fn wait_for_disks(&mut self) {
        self.recording.is_last = true;
    }

    /// Whether the run is over but for these.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.recording.is_last
    }

    /// Waits no longer for disks that have not answered.
    pub fn leave_recordings(&mut self) {
        for mut recording in std::mem::take(&mut self.recording.ended) {
            // What it holds is handed over, and it waits for nothing when it is dropped.
            let is_whole = matches!(recording.journal.close(), Some(Ok(_)));
            if !is_whole {
                let path = &recording.path;
                self.recording.lost = Some(format!(
                    "the recording into {path} may not be whole: its disk had not answered when the run ended; \
                     what it had taken till then is there"
                ));
            }
        }
    }

    /// What is said while the run waits for nothing else.
    pub(in crate::app) fn leaving_progress(&self, locale: &Locale) -> Option<String> {
        let is_leaving = self.is_leaving() && self.is_closing();
        is_leaving.then(|| locale.say("select.leaving").to_owned())
    }

    /// Whether a line of the script is not done before its recording is.
    pub(in crate::app) fn is_script_closing(&self) -> bool {
        let ends = self.recording.ended.iter().filter_map(|it| it.end.as_ref());
        ends.map(|end| end.by).any(|by| by == Actor::Script)
    }

    /// Goes on with recordings that have ended, as far as their disks have.
    pub(super) fn close_on(&mut self, now: Duration) {
        for mut recording in std::mem::take(&mut self.recording.ended) {
            match recording.close(&self.session, now) {
                None => self.recording.ended.push(recording),
                Some(Ok(bytes)) => {
                    let path = &recording.path;
                    let text = self.ui.locale().fill("select.recorded", &[&bytes, path]);
                    self.say(&text, now);
                }
                Some(Err(errno)) => self.lose_recording(&recording.path, errno, now),
            }
        }
    }
}

impl Recording {
    /// Nothing that happens from now on is in it. What is left is in memory soon, if it was not behind before: what it
    /// says happened is not dropped meanwhile.
    fn end(&mut self, session: &Session, by: Actor, now: Duration) {
        let at = session.event_count();
        let is_written = false;
        self.end = Some(End { by, at, is_written });
        if self.is_live {
            self.journal.hurry();
            self.write(session, now);
            while self.next < at && !self.is_behind {
                self.write(session, now);
            }
        }
    }

    /// Goes on to its end; what came of it, once it is closed.
    fn close(&mut self, session: &Session, now: Duration) -> Option<Result<u64, Errno>> {
        if let Some(errno) = self.journal.trouble() {
            return Some(Err(errno));
        }
        let end = self.end.as_ref()?;
        let (at, mut is_written) = (end.at, end.is_written);
        if self.next < at {
            self.write(session, now);
        }
        if !is_written && self.next >= at {
            is_written = self.write_rest();
            self.end.as_mut()?.is_written = is_written;
        }
        if is_written {
            self.journal.close()
        } else {
            None
        }
    }
}
