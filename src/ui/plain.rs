//! Events and messages as sentences, for those who listen to a screen or read it line by line. One event is one
//! sentence or none; bytes stand in quotes, escaped, and are cut where they are long. It draws nothing.

mod address;

use std::fmt::Display;

use super::{Ui, cards, meaning, theme};
use crate::endpoint::Address;
use crate::escape;
use crate::event::{
    Actor, Cable, Call, ConnId, Dir, Errno, Event, How, Lists, Moved, Outcome, Role, Syscall, What,
};
use crate::framing::{Entry, Status};
use crate::locale::Locale;
use crate::session::Session;

/// Columns of quoted bytes in a sentence.
const BYTES_COLUMNS: usize = 240;

/// Bytes that are looked at for them: a column shows one byte at the least, but for what takes none.
const BYTES_MAX: u64 = 1024;

/// A sentence, and whether it is said when little is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// One line, that may go to a terminal as it is.
    pub text: String,
    /// It tells of received bytes, of an error, or of a limit.
    pub is_needed: bool,
}

/// How sentences are worded.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    /// The language.
    pub locale: &'a Locale,
    /// In ASCII alone.
    pub ascii: bool,
}

impl Voice<'_> {
    /// Any text as one line that may go to a terminal as it is.
    #[must_use]
    pub fn spell(self, text: &str) -> String {
        let text = escape::clean(text);
        if !self.ascii {
            return text.into_owned();
        }
        text.chars().map(without_accent).collect()
    }

    fn sentence(self, text: &str, is_needed: bool) -> Sentence {
        let text = self.spell(text);
        Sentence { text, is_needed }
    }

    /// `: "hello\r\n"`, and how many bytes more there are.
    fn quoted(self, bytes: &[u8], len: u64) -> String {
        let (_, consumed) = escape::escape_prefix(bytes, BYTES_COLUMNS);
        let shown = bytes.get(..consumed).unwrap_or(bytes);
        let mut quote = escape::quote(shown);
        if self.ascii {
            // Unlike an accent of ours, one of a peer's is not lost.
            let number = |c: char| c.escape_unicode().to_string();
            quote = quote
                .chars()
                .map(|c| {
                    if c.is_ascii() {
                        c.to_string()
                    } else {
                        number(c)
                    }
                })
                .collect();
        }
        let text = self.locale.fill("plain.are", &[&quote]);
        match len.saturating_sub(shown.len() as u64) {
            0 => text,
            more => text + &self.locale.fill("plain.more", &[&more]),
        }
    }
}

/// A character of ours where only ASCII may be.
fn without_accent(c: char) -> char {
    match c {
        'à' | 'â' => 'a',
        'À' => 'A',
        'ç' => 'c',
        'é' | 'è' | 'ê' => 'e',
        'É' => 'E',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'ù' | 'û' => 'u',
        other => theme::ascii(other),
    }
}

/// What is told of an event that the session has taken as number `seq`; `None` where nothing is.
#[must_use]
pub fn sentence(seq: u64, event: &Event, session: &Session, voice: Voice<'_>) -> Option<Sentence> {
    let name = event.conn.map_or("", |id| session.name(id));
    let cx = Cx {
        seq,
        event,
        session,
        voice,
        name,
    };
    let (text, is_needed) = match &event.what {
        What::Call(call) => return cx.call(call),
        What::Addressed { local, peer: None } => (cx.addressed(local.as_ref())?, false),
        What::Ended { dir, cause } => (cx.ended(*dir, *cause), cause.is_some()),
        What::Gone => (cx.fill("plain.closed", &[&name]), false),
        What::Framed { dir, rule, from } => {
            let key = match dir {
                Dir::In => "plain.framed-in",
                Dir::Out => "plain.framed-out",
            };
            (cx.fill(key, &[&name, rule, from]), false)
        }
        What::Reading { auto: true, .. } if event.by != Actor::Loop => {
            (cx.fill("plain.reading-auto", &[&name]), false)
        }
        What::Reading { auto: false, .. } => (cx.fill("plain.reading-manual", &[&name]), false),
        What::Cable(cable) => {
            let key = match cable {
                Some(Cable::Simulated) => "plain.unplugged-simulated",
                Some(_) => "plain.unplugged",
                None => "plain.plugged",
            };
            (cx.fill(key, &[&name]), true)
        }
        What::Refs { leaked: true, .. } => (cx.fill("plain.leaked", &[&name]), false),
        What::Refs { count, .. } => (cx.fill("plain.refs", &[&name, count]), false),
        What::Answers { number, rule } => match rule {
            Some(rule) => (cx.fill("plain.answers", &[&name, rule, number]), false),
            None => (cx.fill("plain.answers-over", &[&name, number]), false),
        },
        What::Holding(on) => {
            let key = if *on { "plain.hold" } else { "plain.hold-over" };
            (cx.fill(key, &[]), false)
        }
        What::Marked(mark) => (cx.fill("plain.marked", &[mark]), false),
        What::Note(text) | What::Say(text) => (text.clone(), false),
        What::Measured(measure) => (meaning::of_measure(measure, voice.locale), true),
        What::Fault(_) => (meaning::spoken_fault(event, session, voice.locale), true),
        What::Limit { text, .. } => (cx.fill("plain.limit", &[text.as_ref()?]), true),
        // What a person asked for and was refused is said at once, as all that is said to people.
        What::Refused(why) if event.by != Actor::User => (why.clone(), true),
        _ => return None,
    };
    Some(voice.sentence(&text, is_needed))
}

/// What is told of a message that a framing cut; nothing of one that is not whole yet, or that means nothing.
#[must_use]
pub fn message(
    session: &Session,
    (id, dir): (ConnId, Dir),
    entry: &Entry,
    voice: Voice<'_>,
) -> Option<Sentence> {
    let message = &entry.message;
    let name = session.name(id);
    let text = match (&message.status, entry.number) {
        (Status::Ok, Some(number)) => {
            let payload = session.payload(id, dir, message, BYTES_MAX);
            let len = message.payload.end - message.payload.start;
            let shown = voice.quoted(&payload, len.max(payload.len() as u64));
            let key = match dir {
                Dir::In => "plain.message-in",
                Dir::Out => "plain.message-out",
            };
            voice
                .locale
                .fill(key, &[&name, &number, &message.told(), &shown])
        }
        (Status::Bad { why, at }, _) => voice.locale.fill("plain.message-bad", &[&name, at, why]),
        _ => return None,
    };
    Some(voice.sentence(&text, dir == Dir::In))
}

/// Whether a direction is cut by a rule that somebody chose: then its messages are told, and its bytes only counted.
#[must_use]
pub fn is_framed(session: &Session, id: ConnId, dir: Dir) -> bool {
    let lane = session.lane(id, dir);
    lane.is_some_and(|lane| !lane.rule().is_raw())
}

impl Ui {
    /// What was said in one line since this was asked last: where there is no screen, it is said as a sentence.
    pub fn heard(&mut self) -> Option<String> {
        self.notice.take()?.sentence()
    }
}

/// What a sentence is made from.
struct Cx<'a> {
    seq: u64,
    event: &'a Event,
    session: &'a Session,
    voice: Voice<'a>,
    name: &'a str,
}

impl Cx<'_> {
    fn fill(&self, key: &str, values: &[&dyn Display]) -> String {
        self.voice.locale.fill(key, values)
    }

    fn call(&self, call: &Call) -> Option<Sentence> {
        let (name, asked) = (
            &self.name,
            matches!(self.event.by, Actor::User | Actor::Script),
        );
        let (text, is_needed) = match (&call.call, &call.outcome) {
            (_, Outcome::Failed(errno)) if !cards::is_due(self.event, call, *errno) => return None,
            (_, Outcome::Failed(errno)) => {
                let (locale, session) = (self.voice.locale, self.session);
                let card = cards::card(locale, session, self.seq, self.event, call, *errno);
                (joined(&card), true)
            }
            (_, Outcome::Unresolved(why)) => {
                let card = cards::unresolved(self.voice.locale, name, call, why);
                (joined(&card), true)
            }
            (call, Outcome::Cancelled(_)) => {
                (self.fill("plain.cancelled", &[name, &call.name()]), true)
            }
            (call, Outcome::Blocked) if asked => (
                self.fill("plain.waits", &[name, &cards::short(call)]),
                false,
            ),
            (Syscall::Recv { flags, .. }, Outcome::Received { from, cut_from, .. }) => {
                let text = self.received(call, flags.peek, from.as_ref())?;
                (text + &self.cut(*cut_from), !self.is_framed(Dir::In))
            }
            (Syscall::Send { len, to, .. }, Outcome::Returned(_)) => {
                (self.sent(call, *len, to.as_ref()), false)
            }
            (_, Outcome::Accepted { conn, peer }) => {
                let accepted = self.session.name(*conn);
                (self.fill("plain.accepted", &[name, &accepted, peer]), false)
            }
            (Syscall::Connect(to), Outcome::Returned(_)) => {
                (self.fill("plain.connected", &[name, to]), false)
            }
            (Syscall::Socketpair(_), Outcome::Returned(_)) => {
                let other = self.event.conn.and_then(|id| self.session.twin(id));
                let other = other.map_or("?", |id| self.session.name(id));
                (self.fill("plain.paired", &[name, &other]), false)
            }
            (Syscall::Listen { .. }, Outcome::Returned(_)) => match self.role() {
                Some(Role::Listener) => (self.at("plain.listens"), false),
                Some(Role::Tap) => (self.taps(), false),
                _ => return None,
            },
            (Syscall::Shutdown(How::Read | How::Both), Outcome::Returned(_)) => {
                (self.fill("plain.no-read", &[name]), false)
            }
            (Syscall::Select { .. }, Outcome::Selected(lists)) => (self.selected(lists), true),
            (Syscall::GetOption { name: option }, Outcome::Value(value)) => {
                (self.fill("plain.option", &[name, option, value]), true)
            }
            (
                Syscall::SetOption {
                    name: option,
                    value,
                },
                _,
            ) if asked && !self.is_made(option) => {
                (self.fill("plain.option-set", &[name, option, value]), false)
            }
            _ => return None,
        };
        Some(self.voice.sentence(&text, is_needed))
    }

    fn selected(&self, lists: &Lists) -> String {
        match lists.count() {
            0 => self.fill("plain.select-none", &[]),
            _ => self.fill("plain.select", &[lists]),
        }
    }

    fn role(&self) -> Option<Role> {
        self.event
            .conn
            .and_then(|id| self.session.conn(id))
            .map(|conn| conn.role)
    }

    /// Listeners set it by themselves on the way to their address.
    fn is_made(&self, option: &str) -> bool {
        option == "reuseaddr" && self.role().is_some_and(Role::is_maker)
    }

    fn received(&self, call: &Call, peek: bool, from: Option<&Address>) -> Option<String> {
        let len = u64::try_from(call.outcome.returned()?).ok()?;
        let conn = self.session.conn(self.event.conn?)?;
        let moved = match (&call.moved, len) {
            // The end of a stream is told as such.
            (_, 0) if conn.transport.is_stream() => return None,
            (_, 0) => return Some(self.fill("plain.empty", &[&self.name])),
            (Some(moved), _) if !peek => moved,
            _ => return Some(self.fill("plain.looked", &[&self.name, &self.count(len)])),
        };
        let count = self.count(len);
        let bytes = self.bytes(moved);
        Some(match from {
            None => self.fill("plain.received", &[&self.name, &count, &bytes]),
            Some(from) => {
                let from = self.typed(from);
                self.fill("plain.received-from", &[&self.name, &count, &from, &bytes])
            }
        })
    }

    fn cut(&self, whole: Option<u64>) -> String {
        whole.map_or_else(String::new, |whole| {
            format!(" {}", self.fill("plain.datagram-cut", &[&whole]))
        })
    }

    fn sent(&self, call: &Call, len: u64, to: Option<&Address>) -> String {
        let taken = call
            .moved
            .as_ref()
            .map_or(0, |moved| moved.range.end - moved.range.start);
        let bytes = call
            .moved
            .as_ref()
            .map_or_else(String::new, |moved| self.bytes(moved));
        let count = self.count(taken);
        match to {
            Some(to) => self.fill(
                "plain.sent-to",
                &[&self.name, &count, &self.typed(to), &bytes],
            ),
            None if taken < len => {
                self.fill("plain.sent-some", &[&self.name, &taken, &len, &bytes])
            }
            None => self.fill("plain.sent", &[&self.name, &count, &bytes]),
        }
    }

    fn ended(&self, dir: Dir, cause: Option<Errno>) -> String {
        match (dir, cause) {
            (Dir::In, None) => self.fill("plain.peer-ended", &[&self.name]),
            (Dir::Out, None) => self.fill("plain.ended", &[&self.name]),
            (dir, Some(errno)) => {
                let key = match dir {
                    Dir::In => "plain.broken-in",
                    Dir::Out => "plain.broken-out",
                };
                self.fill(key, &[&self.name, &errno.name()])
            }
        }
    }

    fn count(&self, bytes: u64) -> String {
        match bytes {
            1 => self.voice.locale.say("plain.byte").to_owned(),
            bytes => self.fill("plain.bytes", &[&bytes]),
        }
    }

    fn is_framed(&self, dir: Dir) -> bool {
        let conn = self.event.conn;
        conn.is_some_and(|id| is_framed(self.session, id, dir))
    }

    /// The bytes that a call moved, quoted; nothing where their messages are told.
    fn bytes(&self, moved: &Moved) -> String {
        let Some(id) = self.event.conn.filter(|_| !self.is_framed(moved.dir)) else {
            return String::new();
        };
        let len = moved.range.end - moved.range.start;
        let first = moved.range.start..moved.range.end.min(moved.range.start + BYTES_MAX);
        let (bytes, _) = self.session.bytes(id, moved.dir, first);
        self.voice.quoted(&bytes, len)
    }
}

/// The lines of a card as one sentence.
fn joined(lines: &[String; 3]) -> String {
    lines.join(". ") + "."
}
