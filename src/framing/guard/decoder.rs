//! Finds the sync bytes, lets the rule cut what follows them, and compares the checksum behind it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use memchr::memmem;

use super::super::{Cx, Decoder, Flaw, Message, Status, Unfinished};
use super::summing::Summing;
use super::{Guarded, differs, waiting};
use crate::expr::Expr;

/// One message after the other.
#[derive(Debug)]
pub(super) struct Guard {
    rule: Arc<Guarded>,
    decoder: Box<dyn Decoder>,
    stage: Stage,
    /// The first byte of the message or of what is skipped.
    start: u64,
    /// Behind the last byte that came.
    at: u64,
    /// What the rule took behind its message before it knew where that ends: it comes next.
    behind: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Looking for the sync bytes, of which so many were the last that came.
    Sync(usize),
    /// Within the rule's message.
    Inside(Option<Summing>),
    /// Behind it: it, its checksum, and the bytes so far that should be that.
    Sum(Message, Option<u32>, Vec<u8>),
}

impl Guard {
    /// At the beginning of a message.
    pub(super) fn new(rule: Arc<Guarded>) -> Self {
        Self {
            decoder: rule.rule.decoder(),
            rule,
            stage: Stage::Sync(0),
            start: 0,
            at: 0,
            behind: Vec::new(),
        }
    }

    /// Takes some of the bytes, or goes on without any to the next stage; true if a message was left.
    fn step(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> (usize, bool) {
        match &mut self.stage {
            Stage::Sync(known) => {
                let known = *known;
                self.sync(known, bytes, cx)
            }
            Stage::Inside(summing) => {
                let max = self.rule.inner_max(cx);
                let decoder = &mut self.decoder;
                let (taken, messages) = cx.within(self.at, max, |cx| decoder.feed(bytes, cx));
                if let Some(summing) = summing {
                    summing.came(bytes.get(..taken).unwrap_or_default());
                }
                self.at += taken as u64;
                let held = self.decoder.held().to_vec();
                let is_left = self.inner(messages, &held, cx);
                if let (false, Stage::Inside(summing)) = (is_left, &mut self.stage) {
                    if let Some(lost) = self.decoder.lost().filter(|_| !self.rule.stx.is_empty()) {
                        return self.resync(lost, taken, cx);
                    }
                    if let Some(summing) = summing {
                        let unfinished = || self.decoder.unfinished();
                        summing.settle(|| unfinished().map_or(self.at, |inner| inner.payload));
                    }
                }
                (taken, is_left)
            }
            Stage::Sum(_, _, found) => {
                let missing = self.rule.width() - found.len();
                let now = bytes.get(..missing).unwrap_or(bytes);
                found.extend_from_slice(now);
                self.at += now.len() as u64;
                let is_whole = found.len() == self.rule.width();
                if is_whole {
                    self.compare(cx);
                }
                (now.len(), is_whole)
            }
        }
    }

    /// Looks for the sync bytes, of which the `known` last bytes may be the first.
    fn sync(&mut self, known: usize, bytes: &[u8], cx: &mut Cx<'_>) -> (usize, bool) {
        let stx = self.rule.stx.as_slice();
        let begin = self.at - known as u64;
        let joint = match stx.get(..known) {
            Some(before) if known > 0 => Cow::Owned([before, bytes].concat()),
            _ => Cow::Borrowed(bytes),
        };
        let found = if joint.starts_with(stx) {
            Some(0)
        } else {
            memmem::find(&joint, stx)
        };
        let Some(found) = found else {
            let known = (1..stx.len()).rev().find(|len| {
                let first = stx.get(..*len).unwrap_or_default();
                joint.ends_with(first)
            });
            self.stage = Stage::Sync(known.unwrap_or(0));
            self.at += bytes.len() as u64;
            return (bytes.len(), false);
        };
        if begin + found as u64 > self.start {
            let taken = found.saturating_sub(known);
            self.at += taken as u64;
            self.stage = Stage::Sync(known.saturating_sub(found));
            self.skip(begin + found as u64, cx);
            return (taken, true);
        }
        let taken = stx.len() - known;
        self.at += taken as u64;
        let summing = |crc| Summing::new(crc, stx, self.at);
        self.stage = Stage::Inside(self.rule.crc.map(summing));
        (taken, false)
    }

    /// All before `end` is no message.
    fn skip(&mut self, end: u64, cx: &mut Cx<'_>) {
        let why = format!("not the sync bytes {}", Expr::from_bytes(&self.rule.stx));
        cx.emit(Message::skipped(self.start..end, why));
        self.start = end;
    }

    /// The rule is broken from `lost` on: the next sync bytes tell where to go on.
    fn resync(&mut self, lost: u64, taken: usize, cx: &mut Cx<'_>) -> (usize, bool) {
        let unfinished = self.decoder.unfinished();
        let flaw = unfinished.and_then(|unfinished| unfinished.flaw);
        let Flaw { why, at } = flaw.unwrap_or_else(|| Flaw {
            why: "the rule is broken".to_owned(),
            at: lost,
        });
        cx.emit(Message::bad(self.start..lost, why, at));
        self.decoder = self.rule.rule.decoder();
        self.stage = Stage::Sync(0);
        self.start = lost;
        let back = self.at.saturating_sub(lost);
        self.at = lost;
        let back = usize::try_from(back).unwrap_or(usize::MAX);
        (taken.saturating_sub(back), true)
    }

    /// The rule has left messages: the first that counts is the one. True if one was left here.
    fn inner(&mut self, messages: Vec<Message>, held: &[u8], cx: &mut Cx<'_>) -> bool {
        for mut message in messages {
            if !message.is_counted() {
                // What the rule skips belongs to what comes behind the sync bytes.
                if self.rule.stx.is_empty() {
                    self.start = message.range.end;
                    cx.emit(message);
                }
                continue;
            }
            let back = usize::try_from(self.at.saturating_sub(message.range.end));
            let back = back.unwrap_or(usize::MAX).min(held.len());
            if back > 0 {
                self.behind = held.get(held.len() - back..).unwrap_or_default().to_vec();
                self.decoder = self.rule.rule.decoder();
            }
            self.at -= back as u64;
            message.range.end = self.at;
            return self.close(message, cx);
        }
        false
    }

    /// The rule's message is whole; the checksum follows, if there is one.
    fn close(&mut self, message: Message, cx: &mut Cx<'_>) -> bool {
        let stage = std::mem::replace(&mut self.stage, Stage::Sync(0));
        if let Stage::Inside(Some(summing)) = stage {
            let first = self.start + self.rule.stx.len() as u64;
            let sum = summing.finish(&(first..message.range.end), &message.payload);
            self.stage = Stage::Sum(message, sum, Vec::new());
            return false;
        }
        self.leave(message, cx);
        true
    }

    /// The checksum is there.
    fn compare(&mut self, cx: &mut Cx<'_>) {
        let stage = std::mem::replace(&mut self.stage, Stage::Sync(0));
        let (Stage::Sum(mut message, computed, found), Some(crc)) = (stage, &self.rule.crc) else {
            return;
        };
        let at = self.at - found.len() as u64;
        let stands = crc.decode(&found);
        let why = match computed {
            Some(computed) if computed == stands => None,
            Some(computed) => Some(differs(crc, computed, stands)),
            None => Some("the payload begins too late for the checksum to be checked".to_owned()),
        };
        if let (Some(why), Status::Ok) = (why, &message.status) {
            message.status = Status::Bad { why, at };
        }
        if message.status != Status::Ok {
            message.fields.push(crc.field(at..self.at, &found));
        }
        self.leave(message, cx);
    }

    fn leave(&mut self, mut message: Message, cx: &mut Cx<'_>) {
        message.range = self.start..self.at;
        self.start = self.at;
        cx.emit(message);
    }
}

impl Decoder for Guard {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.start == self.at && self.behind.is_empty() {
            self.start = cx.at();
            self.at = self.start;
        }
        let mut taken = 0;
        loop {
            let behind = std::mem::take(&mut self.behind);
            let is_left = if behind.is_empty() {
                let rest = bytes.get(taken..).unwrap_or_default();
                if rest.is_empty() {
                    return taken;
                }
                let (now, is_left) = self.step(rest, cx);
                taken += now;
                is_left
            } else {
                let (now, is_left) = self.step(&behind, cx);
                let later = behind.get(now..).unwrap_or_default();
                self.behind.extend_from_slice(later);
                is_left
            };
            if is_left {
                return taken;
            }
        }
    }

    fn boundary(&mut self, time: Duration, cx: &mut Cx<'_>) {
        if !matches!(self.stage, Stage::Inside(_)) {
            return;
        }
        let max = self.rule.inner_max(cx);
        let decoder = &mut self.decoder;
        let ((), messages) = cx.within(self.at, max, |cx| decoder.boundary(time, cx));
        let held = self.decoder.held().to_vec();
        self.inner(messages, &held, cx);
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        loop {
            match self.stage {
                Stage::Sync(known) if self.start < self.at - known as u64 => {
                    self.skip(self.at - known as u64, cx);
                }
                Stage::Inside(_) => {
                    let held = self.decoder.held().to_vec();
                    let max = self.rule.inner_max(cx);
                    let decoder = &mut self.decoder;
                    let ((), messages) = cx.within(self.at, max, |cx| decoder.end(cx));
                    self.inner(messages, &held, cx);
                }
                Stage::Sync(_) | Stage::Sum(..) => {}
            }
            if self.behind.is_empty() {
                return;
            }
            while !self.behind.is_empty() {
                self.feed(&[], cx);
            }
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        if self.start == self.at {
            return None;
        }
        let width = self.rule.width() as u64;
        let unfinished = match &self.stage {
            Stage::Sync(_) => {
                let stx = Expr::from_bytes(&self.rule.stx);
                Unfinished::waiting(
                    self.start,
                    None,
                    format!("waiting for the sync bytes {stx}"),
                )
            }
            Stage::Inside(_) => {
                let inner = self.decoder.unfinished();
                let inner = inner.unwrap_or_else(|| {
                    Unfinished::waiting(self.at, None, "waiting for what follows the sync bytes")
                });
                let need = inner.need.map(|need| need + width);
                let note = need.filter(|_| inner.flaw.is_none()).map(waiting);
                Unfinished {
                    start: self.start,
                    need,
                    note: note.unwrap_or(inner.note),
                    ..inner
                }
            }
            Stage::Sum(message, _, found) => {
                let need = width - found.len() as u64;
                let flaw = match &message.status {
                    Status::Bad { why, at } => Some(Flaw {
                        why: why.clone(),
                        at: *at,
                    }),
                    _ => None,
                };
                let note = if flaw.is_some() {
                    String::new()
                } else {
                    waiting(need)
                };
                Unfinished {
                    payload: message.payload.start,
                    flaw,
                    ..Unfinished::waiting(self.start, Some(need), note)
                }
            }
        };
        Some(unfinished)
    }

    fn held(&self) -> &[u8] {
        &self.behind
    }

    fn state_bytes(&self) -> usize {
        let waiting = match &self.stage {
            Stage::Inside(Some(summing)) => summing.state_bytes(),
            _ => 0,
        };
        waiting + self.behind.len() + self.decoder.state_bytes()
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(Self {
            rule: Arc::clone(&self.rule),
            decoder: self.decoder.fork(),
            stage: self.stage.clone(),
            start: self.start,
            at: self.at,
            behind: self.behind.clone(),
        })
    }
}
