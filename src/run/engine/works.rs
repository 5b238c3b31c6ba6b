//! Long work that needs the system: files to save to, the stored messages, commands that are repeated. What is written
//! and how far it is, the app knows.

use super::Engine;
use crate::app::App;
use crate::command::Piece;
use crate::event::{Actor, ConnId, Errno, Event, Export, Record, Save, Sink, Want, What, Wish};
use crate::net::Net;
use crate::os::Place;
use crate::run::memory;

/// Repeated commands that one turn carries out.
const REPEATS_A_TURN: usize = 64;

/// Messages that rules look at in one turn.
const MESSAGES_A_TURN: usize = 512;

/// The stored messages, in [`Place::Data`], and how long they may be.
const LIBRARY: &str = "saved.txt";
const LIBRARY_MAX_BYTES: u64 = 1 << 20;

/// What is told of a library with many lines that do not fit.
const MISFITS_MAX: usize = 3;

impl Engine<'_> {
    /// Whether a wish is for sockets of this program while a file is open, whose sockets have the numbers.
    pub(super) fn is_beyond(&self, wish: &Wish) -> bool {
        let reaches = matches!(
            wish,
            Wish::Make(_) | Wish::Socket(..) | Wish::Hold(_) | Wish::Probe(_) | Wish::Lab(_)
        );
        reaches && self.app.is_opened()
    }

    /// Refuses such a wish.
    pub(super) fn refuse_beyond(&mut self, by: Actor) {
        let why = "a file is open: no command reaches a socket";
        self.tell(by, None, What::Refused(why.to_owned()));
    }

    /// Opens the file, and lets the app read it.
    ///
    /// # Errors
    ///
    /// Why it is not opened, in words.
    pub fn open(&mut self, by: Actor, path: &str) -> Result<(), String> {
        self.app.may_open()?;
        let shown = crate::escape::clean(path).into_owned();
        let opened = self.os.open(path);
        let opened = opened.map_err(|errno| in_words(&shown, errno))?;
        let now = self.now();
        self.app
            .begin_open(by, shown.clone(), opened, now)
            .map_err(|why| format!("{shown} was not opened: {why}"))
    }

    /// Makes the file, and lets the app fill it.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub(super) fn save(&mut self, by: Actor, save: Save) -> Result<(), String> {
        let source = self.app.source(&save)?;
        let path = save.path;
        let sink = self.create(&path, save.over)?;
        self.app.begin_save(by, source, path, sink);
        Ok(())
    }

    /// Makes the file, and lets the app write the document into it.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub(super) fn export(&mut self, by: Actor, export: Export) -> Result<(), String> {
        let draft = self.app.draft(&export)?;
        let path = export.path;
        let sink = self.create(&path, export.over)?;
        self.app.begin_export(by, draft, path, sink);
        Ok(())
    }

    /// Makes the file and lets the app record into it, or ends the recording.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub(super) fn record(&mut self, by: Actor, record: Record) -> Result<(), String> {
        let now = self.now();
        let Record::Into {
            path,
            from_start,
            over,
        } = record
        else {
            return self.app.end_recording(by, now);
        };
        self.app.may_record(&path)?;
        let journal = self.os.record(&path, over);
        let journal = journal.map_err(|errno| in_words(&path, errno))?;
        self.take_events();
        self.app
            .begin_recording(by, (path, from_start), journal, now);
        Ok(())
    }

    /// Records all that happens from the start, into a new file.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub fn record_into(&mut self, path: String) -> Result<(), String> {
        let journal = self.os.record(&path, false);
        let journal = journal.map_err(|errno| match errno.name() {
            // There is no word behind the option that would replace it.
            "EEXIST" => format!("{path} exists: another name, or -c 'record {path} over'"),
            _ => in_words(&path, errno),
        })?;
        let now = self.now();
        self.take_events();
        let what = (path, true);
        self.app.begin_recording(Actor::User, what, journal, now);
        Ok(())
    }

    /// The disk has written: what waited for that goes on.
    pub(super) fn disk_wrote(&mut self) {
        // The log is in the order of its times: what other wakes led to comes before what is told here.
        self.take_events();
        let now = self.now();
        self.app.record_on(now);
        self.app.session.relieve();
    }

    fn create(&mut self, path: &str, over: bool) -> Result<Box<dyn Sink>, String> {
        let created = self.os.create(path, over);
        created.map_err(|errno| in_words(path, errno))
    }

    /// Ends what the program is at; else, or beside it, what waits on the socket.
    pub(super) fn cancel(&mut self, by: Actor, conn: Option<ConnId>) {
        if self.app.is_leaving() {
            self.quit = true;
            return;
        }
        let now = self.now();
        let ended = self.app.end_works(now) | self.end_probes();
        let waits = |conn: &ConnId| {
            let conn = self.app.session.conn(*conn);
            conn.is_some_and(|conn| !conn.pending.is_empty())
        };
        match conn.filter(|conn| !ended || waits(conn)) {
            Some(conn) => self.carry_out(by, Wish::Socket(conn, Want::Cancel)),
            None if ended => {}
            None => self.tell(
                by,
                None,
                What::Refused("nothing runs and nothing waits".into()),
            ),
        }
    }

    /// Keeps so many bytes of a socket, and of what is open of what it made.
    pub(super) fn keep(&mut self, by: Actor, conn: ConnId, keep: Option<u64>) {
        let session = &self.app.session;
        let mut whole = vec![conn];
        let made = session
            .conns()
            .from(conn.0 as usize)
            .filter(|it| it.is_open());
        for it in made.filter(|it| it.id != conn) {
            let makers = [it.parent, it.across];
            if makers.iter().flatten().any(|maker| whole.contains(maker)) {
                whole.push(it.id);
            }
        }
        for conn in whole {
            self.step_net(|net, turn| net.want(by, conn, Want::Keep(keep), turn));
        }
    }

    /// Ends the experiments that somebody waits for; whether there were some.
    fn end_probes(&mut self) -> bool {
        self.step_net(Net::end_probes)
    }

    /// Says why the spill file takes nothing any more, for as long as that is so.
    pub(super) fn tell_spill_trouble(&mut self) {
        let why = self.app.session.spill_trouble();
        if self.spill_told == why.is_some() {
            return;
        }
        self.spill_told = why.is_some();
        let text = why.map(|why| {
            format!(
                "the spill file takes no more: {why}; sockets are read until memory is full. \
                 `keep SIZE` drops the oldest, `record FILE` keeps all elsewhere, `close` ends one"
            )
        });
        let key = "spill".to_owned();
        self.tell(Actor::Loop, None, What::Limit { text, key });
        self.take_events();
    }

    /// Takes over what is stored, and tells of lines that do not fit. A library that is not there is empty.
    pub(super) fn read_library(&mut self) {
        match self.os.read_kept(Place::Data, LIBRARY, LIBRARY_MAX_BYTES) {
            Ok(text) => {
                let misfits = self.app.learn(&text);
                let more = misfits.len().saturating_sub(MISFITS_MAX);
                for misfit in misfits.iter().take(MISFITS_MAX) {
                    self.tell(
                        Actor::Loop,
                        None,
                        What::Note(format!("saved.txt, {misfit}")),
                    );
                }
                if more > 0 {
                    let text = format!("saved.txt: {more} more lines do not fit");
                    self.tell(Actor::Loop, None, What::Note(text));
                }
            }
            Err(Errno::ENOENT) => {}
            Err(errno) => {
                let text = format!("saved.txt: {} ({})", errno.name(), errno.text());
                self.tell(Actor::Loop, None, What::Note(text));
            }
        }
    }

    /// Stores or forgets an expression. The text is read again before: another run may have changed it. A clean run
    /// has a text of its own, which ends with it.
    ///
    /// # Errors
    ///
    /// Why nothing was changed, in words.
    pub(super) fn rewrite_library(&mut self, wish: &Wish) -> Result<(), String> {
        let text = if self.manner.clean {
            self.stored = App::rewritten(&self.stored, wish)?;
            self.stored.clone()
        } else {
            self.rewrite_kept_library(wish)?
        };
        // What does not fit was told when it was read first.
        self.app.learn(&text);
        if let Wish::Store { name, .. } = wish {
            let now = self.os.now();
            let text = self.app.ui.locale().fill("select.stored", &[name]);
            self.app.ui.notify(&text, now);
        }
        Ok(())
    }

    fn rewrite_kept_library(&mut self, wish: &Wish) -> Result<Vec<u8>, String> {
        if self.os.place(Place::Data).is_none() {
            return Err(
                "saved.txt has no directory: neither XDG_DATA_HOME nor HOME is a path".into(),
            );
        }
        let in_words = |errno: Errno| format!("saved.txt: {} ({})", errno.name(), errno.text());
        // What another Sockeye stores just now is not lost by this.
        let lock = memory::lock(self.os, Place::Data, memory::PATIENCE);
        let _lock = lock.map_err(|errno| match errno {
            Errno::EAGAIN => "saved.txt: another Sockeye writes it; try again".to_owned(),
            errno => in_words(errno),
        })?;
        let text = match self.os.read_kept(Place::Data, LIBRARY, LIBRARY_MAX_BYTES) {
            Err(Errno::ENOENT) => Vec::new(),
            text => text.map_err(in_words)?,
        };
        let text = App::rewritten(&text, wish)?;
        let result = self.os.write_kept(Place::Data, LIBRARY, &text);
        result.map_err(in_words)?;
        Ok(text)
    }

    /// Sends what rules answer by themselves; true if there may be more at once.
    pub(super) fn answer(&mut self) -> bool {
        let mut left = MESSAGES_A_TURN;
        while let Some((wish, events)) = self.app.next_answer(&mut left, self.os.now()) {
            self.carry_out(Actor::Rule, wish);
            // The log is in the order of its times.
            let at = self.os.now();
            self.events
                .extend(events.into_iter().map(|event| Event { at, ..event }));
            self.take_events();
        }
        left == 0 && self.app.is_answering()
    }

    /// Carries out repeated commands that are due; true if more are due at once. One that is refused is not repeated.
    pub(super) fn repeat(&mut self) -> bool {
        for turn in 0..REPEATS_A_TURN {
            let now = self.now();
            let Some(due) = self.app.due(now) else {
                // A script goes on behind the last one.
                return turn > 0 && self.app.is_scripted();
            };
            if due.by == Actor::Script {
                self.app.spend(1, 0);
            }
            let before = self.app.refusals();
            let (text, column) = (due.line, 0);
            if let Err(complaint) = self.piece(due.by, &Piece { text, column }) {
                self.tell(due.by, None, What::Refused(complaint.to_string()));
                self.take_events();
            }
            if self.app.refusals() != before {
                self.app.end_repeat(due.number);
            }
        }
        true
    }
}

/// Why a file is not there to be written or read.
fn in_words(path: &str, errno: Errno) -> String {
    match errno.name() {
        "EEXIST" => format!("{path} exists: `over` behind it replaces it"),
        "EAGAIN" | "EWOULDBLOCK" => format!("another program records into {path}"),
        "EINVAL" => format!("{path} is no plain file (EINVAL)"),
        "ELOOP" => format!("{path} is a link, and none is followed (ELOOP)"),
        name => format!("{name} ({}): {path}", errno.text()),
    }
}
