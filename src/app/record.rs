//! The recording: a reader of the log that writes what it reads to a file, from the first event or from now on. What is
//! written how is the room `record`'s matter, the file the system's, handed in as a [`Journal`]. Nothing waits for the
//! disk: a recording that has ended is told when all of it is there.

mod end;

use std::time::Duration;

use super::App;
use super::save::in_words;
use crate::event::{Actor, ConnId, Errno, Event, Journal, What};
use crate::record::{Page, Writer};
use crate::session::{Reader, Session};
use crate::tape::ShelfId;
use end::End;

/// The most bytes that a turn writes of what was there before: keys are answered meanwhile.
const SLICE_BYTES: u64 = 8 << 20;

/// How long bytes may wait for the disk, and a loss of power take them.
const FLUSH_AFTER: Duration = Duration::from_secs(1);

/// The key of the banner about a recording that stopped.
const STOPPED: &str = "record";

/// What is recorded, and what became of the last recording.
#[derive(Debug, Default)]
pub(super) struct Recordings {
    running: Option<Recording>,
    /// Those that have ended, and of which the disk has not taken all.
    ended: Vec<Recording>,
    /// Why the last one is not whole.
    lost: Option<String>,
    /// The run is over but for these.
    is_last: bool,
}

/// A recording under way.
#[derive(Debug)]
pub(super) struct Recording {
    path: String,
    writer: Writer,
    journal: Box<dyn Journal>,
    shelf: ShelfId,
    /// The event that is written next.
    next: u64,
    /// It has come to the newest event once: from then on it is not left behind.
    is_live: bool,
    /// The disk takes no more now, and tells when it does again.
    is_behind: bool,
    /// When what was appended is handed to the disk and brought there, however little it is.
    flush_at: Option<Duration>,
    /// Once it has ended.
    end: Option<End>,
}

/// What is said of a recording on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The file, as it was typed.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// It has ended, and its disk has not taken all.
    pub is_over: bool,
}

impl App {
    /// Begins to record into the file that was made for it.
    pub fn begin_recording(
        &mut self,
        by: Actor,
        (path, from_start): (String, bool),
        mut journal: Box<dyn Journal>,
        now: Duration,
    ) {
        let wall = self.wall();
        let shelf = self.session.shelve(journal.shelf());
        let base = journal.len();
        let Some(out) = journal.room() else {
            return;
        };
        let base = base.wrapping_sub(out.len() as u64);
        let mut page = Page { out, base };
        let mut writer = Writer::new(wall, &mut page);
        let mut next = 0;
        let is_gone = from_start && self.session.first_event() > 0;
        let from_start = from_start && !is_gone;
        if !from_start && self.session.event_count() > 0 {
            writer.prelude(&self.session, now, &mut page);
            next = self.session.event_count();
        }
        journal.commit();
        self.recording.running = Some(Recording {
            path: path.clone(),
            writer,
            journal,
            shelf,
            next,
            is_live: false,
            is_behind: false,
            flush_at: Some(now),
            end: None,
        });
        self.recording.lost = None;
        self.stopped(None, now);
        self.told(by, format!("recording into {path}"), now);
        let forgotten = self.session.forgotten();
        if is_gone {
            let text = "the oldest of the log is forgotten: it is recorded from now on";
            self.told(by, text.to_owned(), now);
        } else if from_start && forgotten > 0 {
            let text = format!(
                "the calls of {forgotten} forgotten sockets are in it, their bytes are not"
            );
            self.told(by, text, now);
        }
    }

    /// Whether the session is recorded.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.recording.running.is_some()
    }

    /// What is said of the recording, or of those that wait for their disks.
    #[must_use]
    pub fn recorded(&self) -> Option<Recorded> {
        let all = &self.recording;
        let recording = all.running.as_ref().or_else(|| all.ended.first())?;
        Some(Recorded {
            path: recording.path.clone(),
            bytes: recording.journal.len(),
            is_over: recording.end.is_some(),
        })
    }

    /// Why the last recording is not whole, once that is so, unless another one began since.
    #[must_use]
    pub fn lost_recording(&self) -> Option<&str> {
        self.recording.lost.as_deref()
    }

    /// When bytes that wait are handed to the disk.
    #[must_use]
    pub fn flush_due(&self) -> Option<Duration> {
        self.recording.running.as_ref()?.flush_at
    }

    /// Whether something happened that could be written at once. What is told after the work of a turn is, too.
    #[must_use]
    pub fn is_unrecorded(&self) -> bool {
        let end = self.session.event_count();
        self.recording
            .all()
            .any(|it| !it.is_behind && it.next < it.end.as_ref().map_or(end, |end| end.at))
    }

    /// Writes what happened since, as much as a turn may.
    pub fn record_on(&mut self, now: Duration) {
        self.close_on(now);
        let Some(recording) = &mut self.recording.running else {
            return;
        };
        if let Some(errno) = recording.journal.trouble() {
            return self.fail_recording(errno, now);
        }
        recording.write(&self.session, now);
        recording.let_go(&mut self.session);
        let is_left = recording.next < self.session.event_count();
        // What happens now is not left behind; what was there before may take its time.
        self.session
            .hold_back(Reader::Recording, recording.is_behind && recording.is_live);
        recording.is_live |= !is_left;
    }

    /// The disk takes no more: said loudly, and the connections go on.
    fn fail_recording(&mut self, errno: Errno, now: Duration) {
        self.session.hold_back(Reader::Recording, false);
        if let Some(recording) = self.recording.running.take() {
            self.lose_recording(&recording.path, errno, now);
        }
    }

    /// Nobody's line did this, be it `record off`: no script ends by it, and the exit status tells.
    fn lose_recording(&mut self, path: &str, errno: Errno, now: Duration) {
        let why = in_words(errno);
        let text = format!(
            "the recording into {path} stopped: {why}; what it had till then is there; \
             `record FILE from start` records all into another"
        );
        self.recording.lost = Some(text.clone());
        self.stopped(Some(text.clone()), now);
        self.refused(Actor::Loop, text, now);
    }

    /// Begins the banner about a recording that stopped, or ends it.
    fn stopped(&mut self, text: Option<String>, now: Duration) {
        if text.is_none() && !self.session.is_limited(STOPPED) {
            return;
        }
        let key = STOPPED.to_owned();
        let what = What::Limit { text, key };
        let (at, conn, by) = (now, None, Actor::Loop);
        self.apply([Event { at, conn, by, what }]);
    }
}

impl Recordings {
    fn all(&self) -> impl Iterator<Item = &Recording> {
        self.running.iter().chain(&self.ended)
    }

    /// The event that is written next, where something is recorded.
    pub(super) fn next(&self) -> u64 {
        let is_written = |it: &Recording| it.end.as_ref().is_some_and(|end| end.is_written);
        let needy = self.all().filter(|it| !is_written(it));
        needy.map(|it| it.next).min().unwrap_or(u64::MAX)
    }

    /// Sockets are forgotten, of which all is written.
    pub(super) fn forget(&mut self, gone: &[ConnId]) {
        for recording in self.running.iter_mut().chain(&mut self.ended) {
            recording.writer.forget(gone);
        }
    }
}

impl Recording {
    /// Writes events as far as the disk takes them, a slice at the most.
    fn write(&mut self, session: &Session, now: Duration) {
        let (journal, writer, next) = (&mut self.journal, &mut self.writer, &mut self.next);
        let (before, first) = (journal.len(), *next);
        let end = self.end.as_ref().map_or(u64::MAX, |end| end.at);
        let mut is_behind = false;
        session.events_from(first, &mut |seq, event| {
            if seq >= end {
                return false;
            }
            let len = journal.len();
            let Some(out) = journal.room() else {
                is_behind = true;
                return false;
            };
            let base = len.wrapping_sub(out.len() as u64);
            writer.take(session, event, &mut Page { out, base });
            journal.commit();
            *next = seq + 1;
            journal.len() - before < SLICE_BYTES
        });
        if *next > first {
            self.flush_at.get_or_insert(now + FLUSH_AFTER);
        }
        if self.flush_at.is_some_and(|at| at <= now) {
            self.write_rest();
            self.journal.flush();
            // Behind the last of them nothing is left to do, and nobody wakes for it.
            let is_synced = self.journal.sync();
            self.flush_at = (!is_synced).then(|| now + FLUSH_AFTER);
        }
        self.is_behind = is_behind;
    }

    /// Writes what the writer holds back to stand in one block with what follows; false if the disk is behind.
    fn write_rest(&mut self) -> bool {
        let len = self.journal.len();
        let Some(out) = self.journal.room() else {
            return false;
        };
        let base = len.wrapping_sub(out.len() as u64);
        self.writer.rest(&mut Page { out, base });
        self.journal.commit();
        true
    }

    /// Tells the tapes what they need not keep: what the file has.
    fn let_go(&mut self, session: &mut Session) {
        for placed in self.writer.placed_before(self.journal.written()) {
            let place = (self.shelf, placed.at);
            session.placed(placed.conn, placed.dir, placed.range, place);
        }
    }
}

impl Drop for Recording {
    /// However the program ends: the journal writes what it has when it is dropped itself.
    fn drop(&mut self) {
        self.write_rest();
    }
}
