//! The split storm: the same bytes through a rule however a network may cut them, and through a naive reader, which
//! takes each read for whole messages. It shows which cuts change what is read, works in slices and sends nothing.

mod plan;

use std::ops::Range;
use std::time::Duration;

use crate::framing::{Cut, Cx, Decoder, Message, Sight};
use plan::{Plan, Work};

/// The most bytes that go through the storm; those behind are left out.
pub const STORM_MAX_BYTES: usize = 8 << 10;

/// The most cases beyond the single cuts whose cuts are remembered as examples, for each reader.
const EXAMPLES_MAX: usize = 16;

/// What a case did to what is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// It was not tried yet.
    #[default]
    Unknown,
    /// The messages are those of the whole.
    Same,
    /// They are others.
    Changed,
}

/// What one cut, all others left out, does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// To the rule.
    pub rule: Effect,
    /// To the naive reader.
    pub naive: Effect,
}

/// How the bytes are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In two.
    Single,
    /// In three.
    Pair,
    /// Everywhere.
    Bytes,
    /// At random, in many pieces.
    Random,
}

impl Kind {
    /// All, in the order in which they are tried.
    pub const ALL: [Self; 4] = [Self::Single, Self::Bytes, Self::Pair, Self::Random];

    /// What it is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Single => "one cut",
            Self::Pair => "two cuts",
            Self::Bytes => "byte by byte",
            Self::Random => "random cuts",
        }
    }
}

/// How many cases of a kind there were, and which reader got other messages in how many of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Cases to try in all.
    pub planned: u64,
    /// Cases that were tried.
    pub tried: u64,
    /// Those in which the rule read other messages.
    pub rule_changed: u64,
    /// Those in which the naive reader did.
    pub naive_changed: u64,
}

/// A case in which a reader got other messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// How the bytes were cut.
    pub kind: Kind,
    /// The offsets of the cuts, ascending.
    pub cuts: Vec<usize>,
}

/// A storm under way. The same bytes, rule and seed give the same result, whatever the slices.
#[derive(Debug)]
pub struct Storm {
    cut: Cut,
    sight: Sight,
    bytes: Vec<u8>,
    plan: Plan,
    /// What the rule reads when all comes at once.
    whole: Vec<Message>,
    /// For each offset but the first: what a cut before that byte does.
    grid: Vec<Cell>,
    scores: [Score; Kind::ALL.len()],
    rule_examples: Vec<Example>,
    naive_examples: Vec<Example>,
}

impl Storm {
    /// Over received bytes, by the rule in force; `seed` chooses the random cuts.
    #[must_use]
    pub fn new(cut: Cut, bytes: &[u8], sight: Sight, seed: u64) -> Self {
        let bytes = bytes.get(..STORM_MAX_BYTES).unwrap_or(bytes).to_vec();
        let whole = read(&cut, sight, &bytes, &[]);
        let plan = Plan::new(bytes.len(), seed);
        let mut scores = [Score::default(); Kind::ALL.len()];
        for (score, kind) in scores.iter_mut().zip(Kind::ALL) {
            score.planned = plan.count(kind);
        }
        Self {
            grid: vec![Cell::default(); bytes.len().saturating_sub(1)],
            cut,
            sight,
            bytes,
            plan,
            whole,
            scores,
            rule_examples: Vec::new(),
            naive_examples: Vec::new(),
        }
    }

    /// Goes on for about so many bytes of work. Returns whether there is more to do.
    pub fn step(&mut self, budget_bytes: usize) -> bool {
        let mut left = budget_bytes;
        while left > 0 {
            let Some(work) = self.plan.next() else {
                return false;
            };
            self.carry_out(&work);
            // Both readers read all, and each piece costs something.
            let cost = (self.bytes.len() + work.cuts.len() * 16) * 2;
            left = left.saturating_sub(cost.max(1));
        }
        true
    }

    /// The bytes that go through it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The messages that the rule reads when all comes at once, an unfinished one last.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.whole
    }

    /// A cell for each place between two bytes: the first is that of a cut behind the first byte.
    #[must_use]
    pub fn grid(&self) -> &[Cell] {
        &self.grid
    }

    /// What became of the cases of a kind.
    #[must_use]
    pub fn score(&self, kind: Kind) -> Score {
        let scores = Kind::ALL.iter().zip(&self.scores);
        let mut of_kind = scores.filter(|(each, _)| **each == kind);
        of_kind.next().map(|(_, score)| *score).unwrap_or_default()
    }

    /// How much is done, from 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        let sum = |of: fn(&Score) -> u64| {
            let sum: u64 = self.scores.iter().map(of).sum();
            f64::from(u32::try_from(sum).unwrap_or(u32::MAX))
        };
        match sum(|score| score.planned) {
            0.0 => 1.0,
            planned => sum(|score| score.tried) / planned,
        }
    }

    /// Cases in which the rule read other messages, the first of them. Only a rule that cuts by reads has any.
    #[must_use]
    pub fn rule_examples(&self) -> &[Example] {
        &self.rule_examples
    }

    /// Cases in which the naive reader did, the first of them.
    #[must_use]
    pub fn naive_examples(&self) -> &[Example] {
        &self.naive_examples
    }

    /// What the naive reader makes of the bytes cut there, for a picture of what goes wrong.
    #[must_use]
    pub fn naive_messages(&self, cuts: &[usize]) -> Vec<Message> {
        read_naively(&self.cut, self.sight, &self.bytes, cuts)
    }

    fn carry_out(&mut self, work: &Work) {
        let Work { kind, cuts } = work;
        let is_same = read(&self.cut, self.sight, &self.bytes, cuts) == self.whole;
        let is_same_naively = self.naive_messages(cuts) == self.whole;
        let scores = Kind::ALL.iter().zip(&mut self.scores);
        for (_, score) in scores.filter(|(each, _)| *each == kind) {
            score.tried += 1;
            score.rule_changed += u64::from(!is_same);
            score.naive_changed += u64::from(!is_same_naively);
        }
        if let (Kind::Single, [cut]) = (kind, cuts.as_slice())
            && let Some(cell) = cut.checked_sub(1).and_then(|at| self.grid.get_mut(at))
        {
            cell.rule = effect(is_same);
            cell.naive = effect(is_same_naively);
        }
        let example = || Example {
            kind: *kind,
            cuts: cuts.clone(),
        };
        if !is_same && self.rule_examples.len() < EXAMPLES_MAX {
            self.rule_examples.push(example());
        }
        if !is_same_naively && self.naive_examples.len() < EXAMPLES_MAX {
            self.naive_examples.push(example());
        }
    }
}

fn effect(is_same: bool) -> Effect {
    if is_same {
        Effect::Same
    } else {
        Effect::Changed
    }
}

/// The pieces between the cuts, which ascend.
fn pieces(len: usize, cuts: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let ends = cuts.iter().copied().chain([len]);
    let mut start = 0;
    ends.map(move |end| {
        let piece = start..end;
        start = end;
        piece
    })
}

/// Reads as a framing does: one decoder, piece after piece.
fn read(cut: &Cut, sight: Sight, bytes: &[u8], cuts: &[usize]) -> Vec<Message> {
    let mut decoder = cut.rule.decoder();
    let mut cx = Cx::new(0, cut.max, sight);
    for piece in pieces(bytes.len(), cuts) {
        let piece = bytes.get(piece).unwrap_or_default();
        feed(decoder.as_mut(), &mut cx, piece);
    }
    finish(decoder.as_mut(), &mut cx)
}

/// Reads as a program does that takes each read for whole messages: what is left of one is forgotten.
fn read_naively(cut: &Cut, sight: Sight, bytes: &[u8], cuts: &[usize]) -> Vec<Message> {
    let mut messages = Vec::new();
    for piece in pieces(bytes.len(), cuts) {
        let mut decoder = cut.rule.decoder();
        let mut cx = Cx::new(piece.start as u64, cut.max, sight);
        feed(
            decoder.as_mut(),
            &mut cx,
            bytes.get(piece).unwrap_or_default(),
        );
        messages.extend(finish(decoder.as_mut(), &mut cx));
    }
    messages
}

fn feed(decoder: &mut dyn Decoder, cx: &mut Cx<'_>, piece: &[u8]) {
    let mut rest = piece;
    while !rest.is_empty() {
        let taken = decoder.feed(rest, cx);
        rest = rest.get(taken..).unwrap_or_default();
        cx.advance(taken as u64);
    }
    // There are no pauses in this storm.
    decoder.boundary(Duration::ZERO, cx);
}

fn finish(decoder: &mut dyn Decoder, cx: &mut Cx<'_>) -> Vec<Message> {
    decoder.end(cx);
    let mut messages = cx.take();
    messages.extend(decoder.unfinished().map(|tail| tail.message(cx.at())));
    messages
}

#[cfg(test)]
mod tests;
