//! A conversation as a script that `sockeye run` plays against the real other side, as its client or its server: what
//! that side sent is sent, what it received is expected, byte by byte and message by message.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;

use super::conversation::{Collecting, Done, Turn, chosen, side_of};
use super::document::{Choice, Document, Summary, Writing};
use crate::escape::clean;
use crate::event::{ConnId, Dir, Side};
use crate::expr::Expr;
use crate::session::{Conn, Entry, Lane, Session};

/// Events that one piece looks at.
const EVENTS_A_PIECE: u64 = 20_000;

/// Turns that one piece writes.
const TURNS_A_PIECE: usize = 256;

/// Messages that are looked up at once.
const ENTRIES_AT_ONCE: usize = 64;

/// The most bytes that a script spells; they take up to four times as much as text, and scripts of 16 MiB are read.
const SPELLED_MAX_BYTES: u64 = 2 << 20;

/// Bytes that a line spells of a stream; a datagram stays whole.
const LINE_BYTES: usize = 4 << 10;

/// Columns of what is said about a message.
const NOTE_COLUMNS: usize = 96;

/// A pause from which on the time to wait is told, and how long a script waits unless told (LANGUAGE.md, Scripts).
const PAUSE: Duration = Duration::from_secs(2);

/// What a script says about itself.
const WORDS: &str = "\
# sockeye run this: it ends with 0 if the other side says the same again, else with 1 and the first difference.
# What differs from run to run, dates and ids above all, is loosened by hand: `expect message /re/`, `wait EXPR`.
";

pub(super) struct Script;

impl Document for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn help(&self) -> &'static str {
        "a conversation as a script that plays one side of it"
    }

    fn unit(&self) -> &'static str {
        "messages as a script"
    }

    fn sentence(&self) -> &'static str {
        "select.exported-script"
    }

    fn begin(&self, choice: Choice, session: &Session) -> Result<Box<dyn Writing>, String> {
        if choice.dir.is_some() {
            return Err("a script has both directions: one is sent, the other expected".to_owned());
        }
        let side = choice.side.unwrap_or(Side::Client);
        let id = chosen(choice.conn, side, session)?;
        let conn = session.conn(id).ok_or("there is no such socket")?;
        if side == Side::Server && conn.transport.is_connectionless() {
            let why = "a server without connections answers whom it hears: on message … send …";
            return Err(why.to_owned());
        }
        let own = side_of(conn) == side;
        let sends = if own { Dir::Out } else { Dir::In };
        Ok(Box::new(Playing {
            id,
            side,
            sends,
            is_whole: conn.transport.keeps_boundaries(),
            stage: Stage::Collecting(Collecting::new(id, session)),
            lanes: Default::default(),
            at: Duration::ZERO,
            done: 0,
            spelled: 0,
            count: 0,
            limit: None,
        }))
    }
}

/// A script that is being written.
#[derive(Debug)]
struct Playing {
    id: ConnId,
    side: Side,
    /// The direction of the log that is sent; the other is expected.
    sends: Dir,
    /// A send is a message of its own, and so is what is received.
    is_whole: bool,
    stage: Stage,
    lanes: [Ahead; 2],
    /// When the turn before was over.
    at: Duration,
    done: usize,
    spelled: u64,
    count: u64,
    limit: Option<String>,
}

#[derive(Debug)]
enum Stage {
    Collecting(Collecting),
    Turns(Vec<Turn>),
    Done,
}

/// The messages of a direction that are not written yet.
#[derive(Debug, Default)]
struct Ahead {
    next: u64,
    found: VecDeque<Entry>,
}

impl Writing for Playing {
    fn next(&mut self, session: &Session, out: &mut Vec<u8>) -> Result<bool, String> {
        if session.is_uncut() {
            return Ok(true);
        }
        let mut text = String::new();
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Collecting(mut collecting) => {
                if collecting.go_on(session, EVENTS_A_PIECE) {
                    Stage::Collecting(collecting)
                } else {
                    if collecting.is_full {
                        self.limit = Some("it ends where the turns are too many".to_owned());
                    }
                    self.opening(session, &mut text)?;
                    self.at = collecting
                        .turns
                        .first()
                        .map_or(Duration::ZERO, |turn| turn.at);
                    Stage::Turns(collecting.turns)
                }
            }
            Stage::Turns(turns) => {
                let stop = turns.len().min(self.done + TURNS_A_PIECE);
                for turn in turns.get(self.done..stop).unwrap_or_default() {
                    self.turn(session, turn, &mut text)?;
                }
                self.done = stop;
                if stop < turns.len() && self.limit.is_none() {
                    Stage::Turns(turns)
                } else {
                    self.closing(&mut text);
                    Stage::Done
                }
            }
            Stage::Done => return Ok(false),
        };
        out.extend_from_slice(text.as_bytes());
        Ok(true)
    }

    fn percent(&self) -> u64 {
        match &self.stage {
            Stage::Collecting(collecting) => collecting.next * 50 / collecting.end.max(1),
            Stage::Turns(turns) => 50 + (self.done * 50 / turns.len().max(1)) as u64,
            Stage::Done => 100,
        }
    }

    fn summary(&self) -> Summary {
        Summary {
            count: self.count,
            limit: self.limit.clone(),
        }
    }
}

impl Playing {
    /// The words about it, the socket and its framings.
    fn opening(&self, session: &Session, text: &mut String) -> Result<(), String> {
        let conn = session.conn(self.id).ok_or("the socket is gone")?;
        let (name, side) = (&conn.name, self.side.word());
        let beyond = session
            .far_side(self.id)
            .filter(|_| self.side == Side::Client);
        let at = server(beyond.unwrap_or(conn))
            .ok_or_else(|| format!("{name} has no address of its server"))?;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# The conversation of {name}, played as its {side}.");
        text.push_str(WORDS);
        let listener = match self.side {
            Side::Client => {
                let _ = writeln!(text, "connect {at} as A");
                "A"
            }
            Side::Server => {
                let _ = writeln!(text, "listen {at} as L");
                "L"
            }
        };
        self.framings(session, listener, text);
        if self.side == Side::Server {
            let _ = writeln!(text, "@L wait accepted within 60s");
        }
        Ok(())
    }

    /// How each direction is cut, seen from the side that is played.
    fn framings(&self, session: &Session, name: &str, text: &mut String) {
        let of = |dir| -> Vec<(u64, String)> {
            let lane = session.lane(self.id, dir).into_iter();
            let framings = lane.flat_map(Lane::framings);
            framings
                .filter(|(from, rule)| *from > 0 || rule != "raw")
                .collect()
        };
        let (expected, sent) = (of(self.sends.other()), of(self.sends));
        let both = [("in ", expected), ("out ", sent)];
        let [(_, expected), (_, sent)] = &both;
        let is_one = expected == sent;
        for (word, framings) in both.iter().take(if is_one { 1 } else { 2 }) {
            for (from, rule) in framings {
                let from = if *from == 0 {
                    String::new()
                } else {
                    format!(" from {from}")
                };
                let word = if is_one { "" } else { word };
                let _ = writeln!(text, "@{name} frame {word}{rule}{from}");
            }
        }
    }

    fn turn(&mut self, session: &Session, turn: &Turn, text: &mut String) -> Result<(), String> {
        if self.limit.is_some() {
            return Ok(());
        }
        let pause = turn.at.saturating_sub(self.at);
        self.at = turn.at;
        match &turn.what {
            Done::Moved(dir, range) => self.messages(session, (*dir, pause), range, text)?,
            Done::Ended(dir, None) if *dir == self.sends => text.push_str("@A shutdown write\n"),
            Done::Ended(_, None) => {
                let _ = writeln!(text, "@A expect eof{}", within(pause, false));
            }
            Done::Ended(dir, Some(_)) if *dir == self.sends => {
                text.push_str("# here its own sending broke\n");
            }
            Done::Ended(_, Some(_)) => {
                let _ = writeln!(text, "@A wait reset{}", within(pause, false));
            }
        }
        Ok(())
    }

    fn closing(&self, text: &mut String) {
        if let Some(limit) = &self.limit {
            let _ = writeln!(text, "# {limit}");
        }
        text.push_str("@A close\n");
    }

    /// Writes what moved in a turn, message by message; one that goes on in a later turn goes on there, since what
    /// comes between may be why.
    fn messages(
        &mut self,
        session: &Session,
        (dir, pause): (Dir, Duration),
        range: &Range<u64>,
        text: &mut String,
    ) -> Result<(), String> {
        let mut at = range.start;
        while self.limit.is_none() && (at < range.end || range.is_empty()) {
            let ahead = &mut self.lanes[dir.index()];
            if ahead.found.is_empty() {
                let found = session.notes(self.id, dir, ahead.next, ENTRIES_AT_ONCE);
                ahead.next = found.last().map_or(ahead.next, |last| last.index + 1);
                ahead.found = found.into();
            }
            let Some(entry) = ahead.found.pop_front() else {
                break;
            };
            let (start, end) = (entry.message.range.start, entry.message.range.end);
            if end < at || (end == at && !range.is_empty() && start < end) {
                continue;
            }
            let part = start.max(at)..end.min(range.end);
            at = part.end;
            if end > range.end {
                ahead.found.push_front(entry.clone());
            }
            self.message(session, (dir, pause), &entry, part, text)?;
            if range.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// A part of a message, with what is known of it above.
    fn message(
        &mut self,
        session: &Session,
        (dir, pause): (Dir, Duration),
        entry: &Entry,
        range: Range<u64>,
        text: &mut String,
    ) -> Result<(), String> {
        self.spelled += range.end - range.start;
        if self.spelled > SPELLED_MAX_BYTES {
            let words = format!("it ends here: {SPELLED_MAX_BYTES} bytes are the most of a script");
            self.limit = Some(words);
            return Ok(());
        }
        let (bytes, is_all) = session.bytes(self.id, dir, range.clone());
        if !is_all {
            let (name, from) = (session.name(self.id), range.start);
            let dir = dir.word();
            return Err(format!(
                "bytes from {from} on of {name} {dir} are missing, let go or lost"
            ));
        }
        let goes_on = range.start > entry.message.range.start;
        self.count += u64::from(entry.number.is_some() && !goes_on);
        let is_sent = dir == self.sends;
        let speaker = if is_sent == (self.side == Side::Client) {
            "client"
        } else {
            "server"
        };
        let number = entry.number.map_or(String::new(), |n| format!(" {n}"));
        let told = entry.message.told();
        let note: String = clean(&told).chars().take(NOTE_COLUMNS).collect();
        let goes_on = if goes_on { ", what follows" } else { "" };
        let _ = writeln!(text, "# {speaker}{number}{goes_on}: {note}");
        let within = within(pause, is_sent);
        if self.is_whole {
            let (verb, bytes) = if is_sent {
                ("send", bytes)
            } else {
                let payload = session.payload(self.id, dir, &entry.message, u64::MAX);
                ("expect message", payload)
            };
            let _ = writeln!(text, "@A {verb} {}{within}", Expr::from_bytes(&bytes));
            return Ok(());
        }
        let verb = if is_sent { "send" } else { "expect" };
        for part in bytes.chunks(LINE_BYTES) {
            let _ = writeln!(text, "@A {verb} {}{within}", Expr::from_bytes(part));
        }
        Ok(())
    }
}

/// How long is waited for what took so long, where that must be told.
fn within(pause: Duration, is_sent: bool) -> String {
    if is_sent || pause < PAUSE {
        return String::new();
    }
    format!(" within {}s", pause.as_secs() * 2 + 5)
}

/// Where the server of a conversation is.
fn server(conn: &Conn) -> Option<String> {
    let address = match side_of(conn) {
        Side::Server => conn.local.as_ref(),
        Side::Client => conn.peer.as_ref(),
    };
    Some(address?.endpoint(conn.transport)?.to_string())
}
