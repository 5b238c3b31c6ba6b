//! The decoder of every rule that has a [`Grammar`]: it asks that message by message and part by part, holds what is
//! wanted until it is whole, skips what nobody need see, and keeps the limit. How the bytes arrive is its affair alone.

mod glide;
mod held;

use std::borrow::Cow;
use std::fmt::Debug;

use held::Held;

use super::grammar::{Grammar, PART_MAX_BYTES, Part, Want};
use super::{Cx, Decoder, Flaw, Message, Status, Unfinished};

/// Reads by a grammar.
#[derive(Clone, Debug)]
pub(super) struct Reader<G> {
    grammar: G,
    /// The first byte of the message, once there is one.
    start: u64,
    /// The first byte of the part.
    part: u64,
    /// Behind the last byte that came.
    at: u64,
    state: State,
    held: Held,
    max: u64,
    /// The message is longer than it may be.
    is_long: bool,
}

#[derive(Clone, Debug)]
enum State {
    Between,
    Part(Sought),
    Body(Message),
    /// From that offset on.
    Broken(Flaw, u64),
}

/// What ends a part.
#[derive(Clone, Copy, Debug)]
enum Sought {
    Bytes(usize),
    Through(&'static [u8]),
    Until(u8),
    Line(usize),
    While(fn(u8) -> bool, usize),
    Pass(u64),
    Rest,
    Foreign(&'static str),
}

impl<G: Grammar> Reader<G> {
    /// At the beginning of a message.
    pub(super) fn new(grammar: G) -> Self {
        Self {
            grammar,
            start: 0,
            part: 0,
            at: 0,
            state: State::Between,
            held: Held::default(),
            max: u64::MAX,
            is_long: false,
        }
    }

    /// The message that has begun, where its end is known and too far.
    fn too_long(&self) -> Option<Message> {
        let payload = self.grammar.outlook()?;
        let message = Message::new(self.start..payload.end, payload, "");
        (message.bytes() > self.max).then(|| {
            let flaw = self.grammar.too_long(&message, self.max);
            message.spoiled(flaw)
        })
    }

    /// The grammar told the message. True if it is whole already, or by these bytes.
    #[inline]
    fn body(&mut self, mut message: Message, bytes: &mut &[u8], cx: &mut Cx<'_>) -> bool {
        if message.bytes() > self.max && message.status == Status::Ok {
            let flaw = if self.is_long {
                self.long()
            } else {
                self.grammar.too_long(&message, self.max)
            };
            message = message.spoiled(flaw);
        }
        let missing = message.range.end.saturating_sub(self.at);
        if missing > bytes.len() as u64 {
            self.state = State::Body(message);
            return false;
        }
        self.pass(bytes, missing);
        self.leave(message, cx);
        true
    }

    #[inline]
    fn leave(&mut self, mut message: Message, cx: &mut Cx<'_>) {
        message.range = self.start..self.at;
        self.start = self.at;
        self.is_long = false;
        self.state = State::Between;
        cx.emit(message);
    }

    /// What comes without a known end went over the limit.
    fn long(&self) -> Flaw {
        Flaw {
            why: format!("longer than the limit of {} bytes", self.max),
            at: self.start.saturating_add(self.max),
        }
    }

    /// Takes some of the bytes, one or more; true if a message was left.
    #[inline]
    fn step(&mut self, bytes: &mut &[u8], cx: &mut Cx<'_>) -> bool {
        match &self.state {
            State::Between => {
                self.start = self.at;
                self.read(None, bytes, cx)
            }
            State::Part(sought) => self.read(Some(*sought), bytes, cx),
            State::Broken(..) => {
                self.pass(bytes, u64::MAX);
                false
            }
            State::Body(message) => {
                let missing = message.range.end - self.at;
                let is_whole = missing <= bytes.len() as u64;
                self.pass(bytes, missing);
                if is_whole
                    && let State::Body(message) = std::mem::replace(&mut self.state, State::Between)
                {
                    self.leave(message, cx);
                }
                is_whole
            }
        }
    }

    /// Reads part by part, as far as the bytes reach, the first part being on its way or none; true if a message was
    /// left. What lies whole within the bytes is not kept in the state, and what the grammar wants is not moved, for it
    /// is as large as a message: that is what makes small parts fast.
    fn read(&mut self, part: Option<Sought>, bytes: &mut &[u8], cx: &mut Cx<'_>) -> bool {
        let mut part = part;
        // A copy: what was just written to the state in two pieces is slow to read as one.
        let mut from = self.part;
        loop {
            let want = match part {
                None => self.grammar.begin(self.start, cx),
                Some(sought) => {
                    let Some(now) = self.seek(sought, bytes) else {
                        self.state = State::Part(sought);
                        return false;
                    };
                    self.ask(now, from, cx)
                }
            };
            from = self.at;
            self.part = from;
            self.held.clear();
            part = Some(match want {
                Want::Bytes(count) => Sought::Bytes(count),
                Want::Pass(count) => Sought::Pass(count),
                Want::Through(mark) => Sought::Through(mark),
                Want::Until(mark) => Sought::Until(mark),
                Want::Line(most) => Sought::Line(most.min(PART_MAX_BYTES)),
                Want::While(is_one, most) => Sought::While(is_one, most.min(PART_MAX_BYTES)),
                Want::Rest => Sought::Rest,
                Want::Foreign(why) => Sought::Foreign(why),
                Want::Message(message) => return self.body(message, bytes, cx),
                Want::Broken(flaw) => {
                    self.state = State::Broken(flaw, self.at);
                    return false;
                }
            });
            if let Some(message) = self.too_long() {
                return self.body(message, bytes, cx);
            }
        }
    }

    /// Takes bytes of the part up to its end: those that are shown, if it is whole by them.
    #[inline]
    fn seek<'b>(&mut self, sought: Sought, bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
        let len = match sought {
            Sought::Bytes(count) => {
                let missing = count - self.held.shown().len();
                (missing <= bytes.len()).then_some(missing)
            }
            Sought::Through(mark) => self.held.find(mark, bytes),
            Sought::Until(mark) => memchr::memchr(mark, bytes),
            Sought::Pass(count) => {
                let missing = count - (self.at - self.part);
                let is_whole = missing <= bytes.len() as u64;
                self.pass(bytes, missing);
                return is_whole.then_some(&[]);
            }
            Sought::Line(most) | Sought::While(_, most) => {
                let missing = most - self.held.shown().len();
                let some = bytes.get(..missing).unwrap_or(bytes);
                let end = match sought {
                    Sought::While(is_one, _) => some.iter().position(|byte| !is_one(*byte)),
                    _ => memchr::memchr2(b'\r', b'\n', some),
                };
                end.or_else(|| (some.len() == missing).then_some(missing))
            }
            Sought::Rest | Sought::Foreign(_) => {
                self.pass(bytes, u64::MAX);
                return None;
            }
        };
        match len.and_then(|len| bytes.split_at_checked(len)) {
            Some((now, later)) => {
                *bytes = later;
                self.at += now.len() as u64;
                Some(now)
            }
            None => {
                let now = std::mem::take(bytes);
                self.at += now.len() as u64;
                self.held.hold(now);
                None
            }
        }
    }

    /// Shows the part, which begins at `from` and is whole by these bytes, to the grammar.
    #[inline]
    fn ask(&mut self, now: &[u8], from: u64, cx: &mut Cx<'_>) -> Want {
        if !self.held.shown().is_empty() {
            self.held.hold(now);
        }
        let (bytes, last) = if self.held.shown().is_empty() {
            (now.get(..PART_MAX_BYTES).unwrap_or(now), now)
        } else {
            (self.held.shown(), self.held.last())
        };
        let part = Part {
            bytes,
            last: held::last_of(last),
            range: from..self.at,
            start: self.start,
        };
        self.is_long |= self.at - self.start > self.max;
        self.grammar.take(&part, cx)
    }

    /// Takes so many of the bytes, or all.
    #[inline]
    fn pass(&mut self, bytes: &mut &[u8], count: u64) {
        let len = usize::try_from(count)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        *bytes = bytes.get(len..).unwrap_or_default();
        self.at += len as u64;
    }

    /// What breaks the message that has begun, if that is known.
    fn flaw(&self) -> Option<Flaw> {
        match &self.state {
            State::Broken(flaw, _) => Some(flaw.clone()),
            State::Body(Message {
                status: Status::Bad { why, at },
                ..
            }) => Some(Flaw {
                why: why.clone(),
                at: *at,
            }),
            State::Part(Sought::Foreign(_)) | State::Body(_) | State::Between => None,
            State::Part(_) => {
                let is_long = self.at - self.start > self.max;
                let flaw = self.grammar.flaw();
                flaw.or_else(|| is_long.then(|| self.long()))
            }
        }
    }
}

impl<G: Grammar> Decoder for Reader<G> {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if matches!(self.state, State::Between) {
            self.start = cx.at();
        }
        self.at = cx.at();
        self.max = cx.max();
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.step(&mut rest, cx) {
                break;
            }
        }
        bytes.len() - rest.len()
    }

    fn feed_all(&mut self, bytes: &[u8], cx: &mut Cx<'_>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let mut taken = 0;
            if let State::Between = self.state {
                taken = self.glide(rest, cx);
            }
            if taken == 0 {
                taken = self.feed(rest, cx);
            }
            cx.advance(taken as u64);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        if let State::Part(Sought::Foreign(why)) = self.state {
            self.leave(Message::skipped(self.start..self.at, why), cx);
            return;
        }
        if !matches!(self.state, State::Part(_)) {
            return;
        }
        let held = std::mem::take(&mut self.held);
        let part = Part {
            bytes: held.shown(),
            last: held::last_of(held.last()),
            range: self.part..self.at,
            start: self.start,
        };
        if let Some(message) = self.grammar.end(&part) {
            self.body(message, &mut &[][..], cx);
        }
        self.held = held;
    }

    fn unfinished(&self) -> Option<Unfinished> {
        if self.start == self.at {
            return None;
        }
        let flaw = self.flaw();
        let outlook = match &self.state {
            State::Body(message) => Some(message.payload.start..message.range.end),
            State::Part(_) => self.grammar.outlook(),
            State::Between | State::Broken(..) => None,
        };
        let need = outlook
            .as_ref()
            .map(|outlook| outlook.end.saturating_sub(self.at));
        let payload = match &self.state {
            State::Part(_) => self.grammar.payload(),
            _ => outlook.map(|outlook| outlook.start),
        };
        let note = match (need, &flaw) {
            (_, Some(_)) => Cow::Borrowed(""),
            (Some(need), None) => format!("waiting for {need} more {}", bytes_word(need)).into(),
            (None, None) => match self.state {
                State::Part(Sought::Foreign(why)) => why.into(),
                _ => self.grammar.waits(self.at - self.part),
            },
        };
        // What the grammar left in a message that is on its way, its dissection needs.
        let fields = match &self.state {
            State::Body(message) => message.fields.clone(),
            State::Part(_) => self.grammar.marks(self.start),
            State::Between | State::Broken(..) => Vec::new(),
        };
        Some(Unfinished {
            start: self.start,
            payload: payload.unwrap_or(self.start),
            need,
            note: note.into_owned(),
            fields,
            flaw,
            skips: false,
        })
    }

    fn lost(&self) -> Option<u64> {
        match self.state {
            State::Broken(_, from) => Some(from),
            _ => None,
        }
    }

    fn state_bytes(&self) -> usize {
        self.held.shown().len()
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

fn bytes_word(count: u64) -> &'static str {
    if count == 1 { "byte" } else { "bytes" }
}
