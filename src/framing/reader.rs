//! The decoder of every rule that has a [`Grammar`]: it asks that message by message and part by part, holds what is
//! wanted until it is whole, skips what nobody need see, and keeps the limit. How the bytes arrive is its affair alone.

use std::borrow::Cow;
use std::fmt::Debug;

use memchr::memmem;

use super::grammar::{Grammar, PART_END_BYTES, PART_MAX_BYTES, Part, Want};
use super::{Cx, Decoder, Flaw, Message, Rule, Sight, Status, Unfinished};

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
    /// What has come of the part, as far as it is shown.
    held: Vec<u8>,
    /// The last bytes of a part that is longer than what is held; they may begin its mark.
    tail: Vec<u8>,
    max: u64,
    /// The message is longer than it may be.
    is_long: bool,
}

#[derive(Clone, Debug)]
enum State {
    Between,
    Part(Want),
    Body(Message),
    Broken(Flaw),
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
            held: Vec::new(),
            tail: Vec::new(),
            max: u64::MAX,
            is_long: false,
        }
    }

    /// Goes on with what the grammar wants now, up to where bytes are needed; true if a message was left.
    fn want(&mut self, mut want: Want, cx: &mut Cx<'_>) -> bool {
        loop {
            self.part = self.at;
            self.held.clear();
            self.tail.clear();
            match want {
                Want::Bytes(0) | Want::Pass(0) => want = self.ask(&[], &[], 0, cx),
                Want::Message(message) => return self.body(message, cx),
                Want::Broken(flaw) => {
                    self.state = State::Broken(flaw);
                    return false;
                }
                want => {
                    self.state = match self.too_long() {
                        Some(message) => State::Body(message),
                        None => State::Part(want),
                    };
                    return false;
                }
            }
        }
    }

    /// Shows the part, which ends at `at`, to the grammar.
    fn ask(&mut self, bytes: &[u8], last: &[u8], len: u64, cx: &mut Cx<'_>) -> Want {
        let part = Part {
            bytes,
            last: last_of(last),
            range: self.at - len..self.at,
            start: self.start,
        };
        self.is_long |= self.at - self.start > self.max;
        self.grammar.take(&part, cx)
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

    /// The grammar told the message. True if it is whole already.
    fn body(&mut self, message: Message, cx: &mut Cx<'_>) -> bool {
        let is_long = message.status == Status::Ok && message.bytes() > self.max;
        let message = if is_long && self.is_long {
            let flaw = self.long();
            message.spoiled(flaw)
        } else if is_long {
            let flaw = self.grammar.too_long(&message, self.max);
            message.spoiled(flaw)
        } else {
            message
        };
        if message.range.end > self.at {
            self.state = State::Body(message);
            return false;
        }
        self.leave(message, cx);
        true
    }

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
    fn step(&mut self, bytes: &mut &[u8], cx: &mut Cx<'_>) -> bool {
        match &self.state {
            State::Between => {
                self.start = self.at;
                let want = self.grammar.begin(self.start, cx);
                self.want(want, cx)
            }
            State::Broken(_) | State::Part(Want::Rest | Want::Foreign(_)) => {
                let all = bytes.len();
                self.pass(bytes, all);
                false
            }
            State::Body(message) => {
                let missing = message.range.end - self.at;
                let len = usize::try_from(missing)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                self.pass(bytes, len);
                if len as u64 == missing
                    && let State::Body(message) = std::mem::replace(&mut self.state, State::Between)
                {
                    self.leave(message, cx);
                    return true;
                }
                false
            }
            State::Part(Want::Pass(count)) => {
                let missing = *count - (self.at - self.part);
                let len = usize::try_from(missing)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                self.pass(bytes, len);
                if len as u64 == missing {
                    let want = self.ask(&[], &[], missing, cx);
                    return self.want(want, cx);
                }
                false
            }
            State::Part(Want::Bytes(count)) => {
                let missing = count - self.held.len();
                let is_whole = missing <= bytes.len();
                self.hold(bytes, missing.min(bytes.len()), is_whole, cx)
            }
            State::Part(Want::While(is_one, most)) => {
                let missing = (*most).min(PART_MAX_BYTES) - self.held.len();
                let some = bytes.get(..missing).unwrap_or(bytes);
                match some.iter().position(|byte| !is_one(*byte)) {
                    Some(len) => self.hold(bytes, len, true, cx),
                    None => self.hold(bytes, some.len(), some.len() == missing, cx),
                }
            }
            State::Part(Want::Through(mark)) => match self.find(mark, bytes) {
                Some(len) => self.hold(bytes, len, true, cx),
                None => self.hold(bytes, bytes.len(), false, cx),
            },
            State::Part(Want::Until(mark)) => match memchr::memchr(*mark, bytes) {
                Some(len) => self.hold(bytes, len, true, cx),
                None => self.hold(bytes, bytes.len(), false, cx),
            },
            State::Part(Want::Message(_) | Want::Broken(_)) => false,
        }
    }

    /// How many of the bytes end the first mark of the part.
    fn find(&self, mark: &[u8], bytes: &[u8]) -> Option<usize> {
        if let [byte] = mark {
            return memchr::memchr(*byte, bytes).map(|at| at + 1);
        }
        let before = if self.tail.is_empty() {
            &self.held
        } else {
            &self.tail
        };
        let before = before
            .get(before.len().saturating_sub(mark.len() - 1)..)
            .unwrap_or_default();
        if !before.is_empty() {
            let behind = bytes
                .get(..bytes.len().min(mark.len() - 1))
                .unwrap_or_default();
            let seam = [before, behind].concat();
            if let Some(at) = memmem::find(&seam, mark) {
                return Some(at + mark.len() - before.len());
            }
        }
        memmem::find(bytes, mark).map(|at| at + mark.len())
    }

    /// Takes `len` bytes of the part, which is whole by them or not.
    fn hold(&mut self, bytes: &mut &[u8], len: usize, is_whole: bool, cx: &mut Cx<'_>) -> bool {
        let (now, later) = bytes.split_at(len);
        *bytes = later;
        self.at += len as u64;
        let shown = PART_MAX_BYTES - self.held.len().min(PART_MAX_BYTES);
        if is_whole && self.held.is_empty() {
            let want = self.ask(now.get(..shown).unwrap_or(now), now, len as u64, cx);
            return self.want(want, cx);
        }
        self.held.extend_from_slice(now.get(..shown).unwrap_or(now));
        if self.at - self.part > PART_MAX_BYTES as u64 {
            self.keep_last(now.get(shown..).unwrap_or_default());
        }
        if is_whole {
            let held = std::mem::take(&mut self.held);
            let tail = std::mem::take(&mut self.tail);
            let last = if tail.is_empty() { &held } else { &tail };
            let want = self.ask(&held, last, self.at - self.part, cx);
            self.held = held;
            return self.want(want, cx);
        }
        false
    }

    /// Of a part that is not held any more, keeps enough of the end to see a mark that is cut in two.
    fn keep_last(&mut self, bytes: &[u8]) {
        if self.tail.is_empty() {
            self.tail.extend_from_slice(last_of(&self.held));
        }
        self.tail.extend_from_slice(last_of(bytes));
        let old = self.tail.len().saturating_sub(PART_END_BYTES);
        self.tail.drain(..old);
    }

    fn pass(&mut self, bytes: &mut &[u8], len: usize) {
        *bytes = bytes.get(len..).unwrap_or_default();
        self.at += len as u64;
    }

    /// What breaks the message that has begun, if that is known.
    fn flaw(&self) -> Option<Flaw> {
        match &self.state {
            State::Broken(flaw) => Some(flaw.clone()),
            State::Body(Message {
                status: Status::Bad { why, at },
                ..
            }) => Some(Flaw {
                why: why.clone(),
                at: *at,
            }),
            State::Part(Want::Foreign(_)) => None,
            State::Part(_) => {
                let is_long = self.at - self.start > self.max;
                let flaw = self.grammar.flaw();
                flaw.or_else(|| is_long.then(|| self.long()))
            }
            _ => None,
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

    fn end(&mut self, cx: &mut Cx<'_>) {
        if let State::Part(Want::Foreign(why)) = self.state {
            self.leave(Message::skipped(self.start..self.at, why), cx);
            return;
        }
        if !matches!(self.state, State::Part(_)) {
            return;
        }
        let held = std::mem::take(&mut self.held);
        let last = if self.tail.is_empty() {
            &held
        } else {
            &self.tail
        };
        let part = Part {
            bytes: &held,
            last: last_of(last),
            range: self.part..self.at,
            start: self.start,
        };
        if let Some(message) = self.grammar.end(&part) {
            self.body(message, cx);
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
            State::Between | State::Broken(_) => None,
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
                State::Part(Want::Foreign(why)) => why.into(),
                _ => self.grammar.waits(self.at - self.part),
            },
        };
        // What the grammar left in a message that is on its way, its dissection needs.
        let fields = match &self.state {
            State::Body(message) => message.fields.clone(),
            State::Part(_) => self.grammar.marks(self.start),
            State::Between | State::Broken(_) => Vec::new(),
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

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// The message that all of these bytes are by a rule, if they are one that is whole and good.
pub(super) fn only_message(rule: &dyn Rule, bytes: &[u8]) -> Option<Message> {
    let mut cx = Cx::new(0, u64::MAX, Sight::default());
    let taken = rule.decoder().feed(bytes, &mut cx);
    let mut messages = cx.take();
    let message = messages.pop()?;
    (taken == bytes.len() && messages.is_empty() && message.status == Status::Ok).then_some(message)
}

fn last_of(bytes: &[u8]) -> &[u8] {
    let from = bytes.len().saturating_sub(PART_END_BYTES);
    bytes.get(from..).unwrap_or_default()
}

fn bytes_word(count: u64) -> &'static str {
    if count == 1 { "byte" } else { "bytes" }
}
