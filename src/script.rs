//! A script: lines of the command language and expectations, stepped by events. It reads the session and says what to
//! do next; it makes no call itself and knows no clock but the time that it is given.

mod awaited;
mod difference;
mod outcome;
mod told;

use std::collections::HashMap;
use std::time::Duration;

use crate::command::{self, Piece};
use crate::escape;
use crate::event::{ConnId, Step};
use crate::locale::Locale;
use crate::session::{Conn, Session};
use crate::words::Complaint;

use awaited::{Awaited, Verdict};

/// The most commands that a script may run, repeated ones counted each time, and the most bytes that it may ask to be
/// sent: limits against one that never ends.
const STEPS_MAX: u64 = 1_000_000;
const SENT_MAX_BYTES: u64 = 64 << 30;

/// Where a script stands.
#[derive(Debug)]
pub struct Script {
    pieces: Vec<Line>,
    files: Vec<String>,
    next: usize,
    waiting: Option<Waiting>,
    cursors: HashMap<ConnId, Cursor>,
    /// A socket whose numbers it began to wait for.
    asks: Option<ConnId>,
    /// Commands that it ran, and bytes that it asked to be sent.
    steps: u64,
    sent: u64,
}

/// One command of a script, and the number of its line, from 1.
#[derive(Clone, Debug)]
struct Line {
    number: usize,
    piece: Piece,
}

/// What a script has taken of one socket's bytes and events.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    /// Offset of the next received byte.
    pub(crate) byte: u64,
    /// How many empty messages that stand at that byte were taken.
    pub(crate) empty: u64,
    /// Number of the next event.
    pub(crate) event: u64,
}

impl Cursor {
    /// Moves over received bytes.
    fn move_to(&mut self, byte: u64) {
        if byte != self.byte {
            (self.byte, self.empty) = (byte, 0);
        }
    }
}

#[derive(Debug)]
enum Waiting {
    /// Until a time.
    Sleep(Duration),
    /// Until the sockets from this number on are connected or failed.
    Made(usize),
    /// For something of a socket.
    For {
        conn: ConnId,
        awaited: Box<Awaited>,
        until: Duration,
        within: Duration,
    },
}

/// What to do next.
#[derive(Debug)]
pub enum Next {
    /// Carry this command out; then ask again.
    Run(Piece),
    /// Ask again after the next event, or at that time.
    Wait(Option<Duration>),
    /// It is over.
    Done(Result<(), Failure>),
}

/// Why a script failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line, from 1.
    pub line: usize,
    /// What was expected, and what came.
    pub why: String,
    /// It did more than a script may.
    pub is_limit: bool,
}

impl Script {
    /// The demonstration: two ends of a conversation on this machine, which speaks that language.
    ///
    /// # Errors
    ///
    /// As of [`Script::parse`]; a test plays it.
    pub fn demo(locale: &Locale) -> Result<Self, (usize, Complaint)> {
        let mut said = 0;
        let lines = include_str!("../assets/demo.sockeye").lines().map(|line| {
            if !line.starts_with("say ") {
                return format!("{line}\n");
            }
            said += 1;
            format!("say \"{}\"\n", locale.say(&format!("demo.say-{said}")))
        });
        Self::parse(&lines.collect::<String>())
    }

    /// A script from its text, each line found well-formed; names of sockets are looked at when their turn comes.
    ///
    /// # Errors
    ///
    /// The line, from 1, and what does not fit in it.
    pub fn parse(text: &str) -> Result<Self, (usize, Complaint)> {
        let (mut pieces, mut files) = (Vec::new(), Vec::new());
        for (number, line) in (1..).zip(text.lines()) {
            let line = if number == 1 && line.starts_with("#!") {
                ""
            } else {
                line
            };
            let found = command::check(line, None).map_err(|complaint| (number, complaint))?;
            pieces.extend(found.pieces.into_iter().map(|piece| Line { number, piece }));
            files.extend(found.files);
        }
        Ok(Self {
            pieces,
            files,
            next: 0,
            waiting: None,
            cursors: HashMap::new(),
            asks: None,
            steps: 0,
            sent: 0,
        })
    }

    /// The files that its expressions name, to be read before it begins.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The line that is being carried out or was last, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.next
            .checked_sub(1)
            .and_then(|at| self.pieces.get(at))
            .map_or(1, |line| line.number)
    }

    /// The socket whose state or number it waits for: the kernel tells them only when asked.
    #[must_use]
    pub fn looked_at(&self) -> Option<ConnId> {
        match &self.waiting {
            Some(Waiting::For { conn, awaited, .. }) => awaited.is_asked_for().then_some(*conn),
            _ => None,
        }
    }

    /// The socket whose numbers must be told now, changed or not: a wait for one began. Told once.
    pub fn asked(&mut self) -> Option<ConnId> {
        self.asks.take()
    }

    /// Says what to do next.
    pub fn step(&mut self, session: &Session, now: Duration) -> Next {
        match self.waiting.take() {
            Some(Waiting::Sleep(until)) if now < until => {
                self.waiting = Some(Waiting::Sleep(until));
                return Next::Wait(Some(until));
            }
            Some(Waiting::Made(first)) if connecting(session, first) => {
                self.waiting = Some(Waiting::Made(first));
                return Next::Wait(None);
            }
            Some(Waiting::For {
                conn,
                mut awaited,
                until,
                within,
            }) => {
                let cursor = self.cursors.entry(conn).or_insert_with(|| Cursor {
                    event: session.conn(conn).map_or(0, |conn| conn.seq),
                    ..Cursor::default()
                });
                match awaited.look(session, conn, cursor) {
                    Verdict::Met => {}
                    Verdict::Failed(came) => return self.fail(session, conn, &awaited, &came),
                    Verdict::NotYet(came) if now >= until => {
                        let came = format!("{came} within {}", seconds(within));
                        return self.fail(session, conn, &awaited, &came);
                    }
                    verdict => {
                        self.waiting = Some(Waiting::For {
                            conn,
                            awaited,
                            until,
                            within,
                        });
                        let at_once = verdict == Verdict::Behind;
                        return Next::Wait(Some(if at_once { now } else { until }));
                    }
                }
            }
            _ => {}
        }
        if let Err(failure) = self.spend(1, 0) {
            return Next::Done(Err(failure));
        }
        let Some(line) = self.pieces.get(self.next) else {
            return Next::Done(Ok(()));
        };
        self.next += 1;
        Next::Run(line.piece.clone())
    }

    /// A command made sockets, the first of them with this number: the script goes on when each is connected or failed.
    pub fn made(&mut self, first: usize) {
        self.waiting = Some(Waiting::Made(first));
    }

    /// A command was one of the script's own.
    pub fn take(&mut self, step: Step, now: Duration) {
        match step {
            Step::Sleep(time) => self.waiting = Some(Waiting::Sleep(now + time)),
            Step::Await {
                conn,
                what,
                within,
                strict,
            } => {
                let awaited = Box::new(Awaited::new(what, strict));
                self.asks = awaited.is_asked_for().then_some(conn);
                self.waiting = Some(Waiting::For {
                    conn,
                    awaited,
                    until: now + within,
                    within,
                });
            }
            Step::Say(_) => {}
        }
    }

    /// Counts commands, and bytes that are to be sent.
    ///
    /// # Errors
    ///
    /// That they are more than a script may have.
    pub fn spend(&mut self, steps: u64, bytes: u64) -> Result<(), Failure> {
        self.steps += steps;
        self.sent = self.sent.saturating_add(bytes);
        let why = if self.steps > STEPS_MAX {
            format!("a script may run {STEPS_MAX} commands, those of `repeat` among them")
        } else if self.sent > SENT_MAX_BYTES {
            format!("a script may send {} GiB", SENT_MAX_BYTES >> 30)
        } else {
            return Ok(());
        };
        Err(Failure {
            line: self.line(),
            why,
            is_limit: true,
        })
    }

    fn fail(&self, session: &Session, conn: ConnId, awaited: &Awaited, came: &str) -> Next {
        let name = session.name(conn);
        let mut why = format!("@{name}: expected {}; {came}", told::words(&awaited.what));
        let line = self.next.checked_sub(1).and_then(|at| self.pieces.get(at));
        if let Some(line) = line {
            why.push_str("\n  the line: ");
            why.push_str(&escape::clean(&line.piece.text));
        }
        let last = told::last_events(session, conn);
        if !last.is_empty() {
            why.push_str("\n  last events of ");
            why.push_str(name);
            why.push_str(":\n");
            why.push_str(&last);
        }
        Next::Done(Err(Failure {
            line: self.line(),
            why,
            is_limit: false,
        }))
    }
}

impl Script {
    /// The sockets that it waits for.
    pub(crate) fn wanted(&self) -> Option<ConnId> {
        match &self.waiting {
            Some(Waiting::For { conn, .. }) => Some(*conn),
            _ => None,
        }
    }

    /// Sockets are forgotten.
    pub(crate) fn forget(&mut self, gone: &[ConnId]) {
        for conn in gone {
            self.cursors.remove(conn);
        }
    }
}

/// Whether one of the sockets from `first` on is still on its way.
fn connecting(session: &Session, first: usize) -> bool {
    session.conns().from(first).any(Conn::is_under_way)
}

/// A time as people write it.
fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{} ms", time.as_millis())
    }
}
