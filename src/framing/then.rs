//! `FRAMING then FRAMING`: the first message by one rule, all others by the next. What the first rule had taken behind
//! its message before it knew where that ends is given to the next.

use std::sync::Arc;
use std::time::Duration;

use super::{Cut, Cx, Decoder, Exchange, Field, Message, Rule, Sight, Unfinished, Value};
use crate::words::{Complaint, Words};

/// The most rules of a chain.
const RULES_MAX: usize = 16;

/// More kinds of framings than there are.
const KINDS_MAX: u64 = 1 << 10;

/// The field of a message that a first rule cut, by which it is known when somebody looks at it.
const RULE: &str = "rule";

/// Reads what may stand behind a rule: `then` and the next, and so on.
pub(super) fn parse(first: Cut, words: &mut Words<'_>) -> Result<Cut, Complaint> {
    let mut cuts = vec![first];
    while let Some(word) = words.peek()
        && words.take("then")
    {
        if cuts.len() == RULES_MAX {
            return Err(word.complain("too many rules", format!("at most {RULES_MAX}")));
        }
        cuts.push(Cut::parse_one(words)?);
    }
    let subjects = subjects(&cuts);
    let chained = cuts.into_iter().enumerate().rev();
    let chained = chained.reduce(|(_, next), (depth, first)| {
        let max = next.max;
        let rule = Arc::new(Then {
            first,
            rest: next.rule,
            depth,
            subjects: subjects.get(depth..).unwrap_or_default().to_vec(),
        });
        (depth, Cut { rule, max })
    });
    Ok(chained.map_or_else(Cut::raw, |(_, cut)| cut))
}

/// What each rule of a chain tells the other direction about, 0 for nothing: a kind that comes again, about more.
fn subjects(cuts: &[Cut]) -> Vec<u64> {
    let kinds = cuts.iter().map(|cut| cut.rule.subjects().first().copied());
    let kinds: Vec<_> = kinds.map(Option::unwrap_or_default).collect();
    let told = kinds.iter().enumerate().map(|(depth, kind)| {
        let before = kinds.iter().take(depth).filter(|before| *before == kind);
        kind + u64::from(*kind > 0) * KINDS_MAX * before.count() as u64
    });
    told.collect()
}

/// The rule. Its limit is that of the rest.
#[derive(Clone, Debug)]
struct Then {
    first: Cut,
    rest: Arc<dyn Rule>,
    /// How many rules of the chain stand before `first`.
    depth: usize,
    /// What each rule from `first` on tells the other direction about.
    subjects: Vec<u64>,
}

impl Then {
    /// The message as the first rule left it, if it was that one.
    fn of_first(&self, message: &Message) -> Option<(Field, Message)> {
        let mark = message.fields.first()?;
        let is_ours = matches!(mark.value, Value::Named(depth, _) if depth == self.depth as i128);
        if mark.name != RULE || !is_ours {
            return None;
        }
        let mut message = message.clone();
        Some((message.fields.remove(0), message))
    }

    /// The field that says that the first rule cut a message that begins at `start`.
    fn mark(&self, start: u64) -> Field {
        let value = Value::Named(self.depth as i128, self.first.words().into());
        Field::new(RULE, start..start, value)
    }
}

impl Rule for Then {
    fn words(&self) -> String {
        format!("{} then {}", self.first.words(), self.rest.words())
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Switch {
            rule: Arc::new(self.clone()),
            decoder: self.first.rule.decoder(),
            is_first: true,
            behind: Vec::new(),
        })
    }

    /// As one of all the others: the first is sent once.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        self.rest.encode(payload)
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        match self.of_first(message) {
            Some((_, first)) => self.first.rule.exchange(&first, sight),
            None => self.rest.exchange(message, sight),
        }
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        let Some((mark, first)) = self.of_first(message) else {
            return self.rest.dissect(message, bytes, sight);
        };
        *message = first;
        self.first.rule.dissect(message, bytes, sight);
        message.fields.insert(0, mark);
    }

    fn is_two_sided(&self) -> bool {
        self.first.rule.is_two_sided() || self.rest.is_two_sided()
    }

    fn subjects(&self) -> Vec<u64> {
        let subjects = self.subjects.iter().copied();
        subjects.filter(|subject| *subject > 0).collect()
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        match self.of_first(message) {
            Some((_, first)) => self.first.rule.payload(&first, bytes),
            None => self.rest.payload(message, bytes),
        }
    }
}

/// Cuts by the first rule until it has left a message that counts, then by the next.
#[derive(Debug)]
struct Switch {
    rule: Arc<Then>,
    /// Of the rule in force.
    decoder: Box<dyn Decoder>,
    is_first: bool,
    /// What the first decoder took behind its message, and the next has not seen.
    behind: Vec<u8>,
}

impl Switch {
    /// Leaves what the first rule has left; of the bytes before `at`, the last are `held`.
    fn leave(&mut self, messages: Vec<Message>, held: &[u8], at: u64, cx: &mut Cx<'_>) {
        for mut message in messages {
            let (end, is_counted) = (message.range.end, message.is_counted());
            message
                .fields
                .insert(0, self.rule.mark(message.range.start));
            cx.emit(message);
            if !is_counted {
                continue;
            }
            let missing = usize::try_from(at.saturating_sub(end)).unwrap_or(usize::MAX);
            let known = missing.min(held.len());
            if known < missing {
                let why = "it came before the end of the first message was known";
                cx.emit(Message::skipped(end..at - known as u64, why));
            }
            self.behind = held.get(held.len() - known..).unwrap_or_default().to_vec();
            self.decoder = self.rule.rest.decoder();
            self.is_first = false;
            return;
        }
    }

    /// Lets the first rule's decoder work within its own limit; what it leaves is returned.
    fn first<T>(
        &mut self,
        cx: &mut Cx<'_>,
        work: impl FnOnce(&mut dyn Decoder, &mut Cx<'_>) -> T,
    ) -> (T, Vec<Message>) {
        let (at, max, subject) = (cx.at(), self.rule.first.max, self.subject(0));
        let decoder = self.decoder.as_mut();
        cx.within(at, max, |cx| cx.about(subject, |cx| work(decoder, cx)))
    }

    /// Lets the next rule's decoder work.
    fn rest<T>(
        &mut self,
        cx: &mut Cx<'_>,
        work: impl FnOnce(&mut dyn Decoder, &mut Cx<'_>) -> T,
    ) -> T {
        let subject = self.subject(1);
        cx.about(subject, |cx| work(self.decoder.as_mut(), cx))
    }

    /// What the rule at that position tells the other direction about.
    fn subject(&self, at: usize) -> u64 {
        self.rule.subjects.get(at).copied().unwrap_or_default()
    }
}

impl Decoder for Switch {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.is_first {
            let (taken, messages) = self.first(cx, |decoder, cx| decoder.feed(bytes, cx));
            let held = self.decoder.held().to_vec();
            self.leave(messages, &held, cx.at() + taken as u64, cx);
            return taken;
        }
        while !self.behind.is_empty() {
            let behind = std::mem::take(&mut self.behind);
            let (at, max) = (cx.at() - behind.len() as u64, cx.max());
            let feed = |decoder: &mut dyn Decoder, cx: &mut Cx<'_>| decoder.feed(&behind, cx);
            let (taken, messages) = cx.within(at, max, |cx| self.rest(cx, feed));
            self.behind = behind.get(taken..).unwrap_or_default().to_vec();
            if !messages.is_empty() {
                for message in messages {
                    cx.emit(message);
                }
                return 0;
            }
        }
        self.rest(cx, |decoder, cx| decoder.feed(bytes, cx))
    }

    fn feed_all(&mut self, bytes: &[u8], cx: &mut Cx<'_>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if !self.is_first && self.behind.is_empty() {
                return self.rest(cx, |decoder, cx| decoder.feed_all(rest, cx));
            }
            let taken = self.feed(rest, cx);
            cx.advance(taken as u64);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    fn boundary(&mut self, time: Duration, cx: &mut Cx<'_>) {
        if !self.is_first {
            return self.rest(cx, |decoder, cx| decoder.boundary(time, cx));
        }
        let ((), messages) = self.first(cx, |decoder, cx| decoder.boundary(time, cx));
        let held = self.decoder.held().to_vec();
        self.leave(messages, &held, cx.at(), cx);
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        if self.is_first {
            let held = self.decoder.held().to_vec();
            let ((), messages) = self.first(cx, |decoder, cx| decoder.end(cx));
            self.leave(messages, &held, cx.at(), cx);
        }
        while !self.behind.is_empty() {
            self.feed(&[], cx);
        }
        if !self.is_first {
            self.rest(cx, |decoder, cx| decoder.end(cx));
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        let mut unfinished = self.decoder.unfinished()?;
        if self.is_first {
            unfinished
                .fields
                .insert(0, self.rule.mark(unfinished.start));
        }
        Some(unfinished)
    }

    fn lost(&self) -> Option<u64> {
        self.decoder.lost()
    }

    fn state_bytes(&self) -> usize {
        self.behind.len() + self.decoder.state_bytes()
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(Self {
            rule: Arc::clone(&self.rule),
            decoder: self.decoder.fork(),
            is_first: self.is_first,
            behind: self.behind.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
