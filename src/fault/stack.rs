//! The faults of one direction of a conversation, one behind the other: what leaves one goes into the next. Those that
//! hold messages come first and those that cut pieces last; the others stand in the order of their naming.

use std::time::Duration;

use super::cx::{Chance, Cx, Sight};
use super::piece::{Item, Piece};
use super::when::When;
use super::{Course, Rule};
use crate::event::{Fault, Freed};

/// What left the last fault, and what is told of it.
#[derive(Debug, Default)]
pub struct Left {
    /// In order.
    pub items: Vec<Item>,
    /// In order.
    pub told: Vec<Fault>,
}

/// The faults of a direction.
#[derive(Debug)]
pub struct Stack {
    stages: Vec<Stage>,
    datagrams: bool,
    /// What makes its chances others than those of another direction with the same seed.
    salt: u64,
}

#[derive(Debug)]
struct Stage {
    number: u32,
    when: When,
    chance: Chance,
    course: Box<dyn Course>,
}

/// What is true beside the pieces.
#[derive(Clone, Copy)]
pub struct Now<'a> {
    /// The time.
    pub at: Duration,
    /// The received bytes.
    pub sight: &'a dyn Sight,
}

impl Stack {
    /// No fault yet, for streams or datagrams.
    #[must_use]
    pub fn new(datagrams: bool, salt: u64) -> Self {
        Self {
            stages: Vec::new(),
            datagrams,
            salt,
        }
    }

    /// Adds a fault. What waits in others stays there.
    pub fn add(&mut self, number: u32, rule: Rule) {
        let mut mixed = Chance::new(rule.seed ^ self.salt);
        let chance = Chance::new(mixed.bits());
        let rank = |course: &dyn Course| {
            let nature = course.nature();
            (!nature.holds, nature.cuts)
        };
        let new = rank(&*rule.course);
        let at = self
            .stages
            .partition_point(|stage| rank(&*stage.course) <= new);
        let stage = Stage {
            number,
            when: rule.when,
            chance,
            course: rule.course,
        };
        self.stages.insert(at, stage);
    }

    /// Takes a fault away; what it held goes on.
    pub fn remove(&mut self, number: u32, now: Now<'_>) -> Left {
        let mut left = Left::default();
        let at = self.stages.iter().position(|stage| stage.number == number);
        if let Some(at) = at {
            let items = self.step(at, now, &mut left, |course, cx| course.drain(cx));
            self.stages.remove(at);
            self.run(at, items, now, &mut left);
        }
        left
    }

    /// Whether there is no fault.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// Whether one of them looks at whole messages.
    #[must_use]
    pub fn is_of_messages(&self) -> bool {
        self.stages.iter().any(Stage::is_of_messages)
    }

    /// How many pieces wait in them.
    #[must_use]
    pub fn waits(&self) -> usize {
        self.stages.iter().map(|stage| stage.course.waits()).sum()
    }

    /// Whether one of them holds what came until the message behind it is there, too.
    #[must_use]
    pub fn wants_another(&self) -> bool {
        self.stages.iter().any(|stage| stage.course.wants_another())
    }

    /// Whether what waits in one of them waits for a person's word, and not for time to pass.
    #[must_use]
    pub fn waits_for_somebody(&self) -> bool {
        let natures = self.stages.iter().map(|stage| stage.course.nature());
        natures
            .into_iter()
            .any(|nature| nature.holds || nature.stands)
    }

    /// Takes what came.
    pub fn take(&mut self, item: Item, now: Now<'_>) -> Left {
        let mut left = Left::default();
        self.run(0, vec![item], now, &mut left);
        left
    }

    /// Lets go on what has waited long enough.
    pub fn due(&mut self, now: Now<'_>) -> Left {
        let mut left = Left::default();
        for at in 0..self.stages.len() {
            let deadline = self
                .stages
                .get(at)
                .and_then(|stage| stage.course.deadline());
            if deadline.is_some_and(|deadline| deadline <= now.at) {
                let items = self.step(at, now, &mut left, |course, cx| course.due(cx));
                self.run(at + 1, items, now, &mut left);
            }
        }
        left
    }

    /// Lets the oldest message go that is held, or all; `None` if none is.
    pub fn free(&mut self, freed: &Freed, now: Now<'_>) -> Option<Left> {
        let mut left = Left::default();
        for at in 0..self.stages.len() {
            let mut is_freed = false;
            let items = self.step(at, now, &mut left, |course, cx| {
                is_freed = course.free(freed, cx);
            });
            if is_freed {
                self.run(at + 1, items, now, &mut left);
                return Some(left);
            }
        }
        None
    }

    /// When something has waited long enough.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let deadlines = self.stages.iter().map(|stage| stage.course.deadline());
        deadlines.flatten().min()
    }

    /// Sends items through the faults from `first` on.
    fn run(&mut self, first: usize, mut items: Vec<Item>, now: Now<'_>, left: &mut Left) {
        for at in first..self.stages.len() {
            let came = std::mem::take(&mut items);
            for item in came {
                items.extend(self.pass(at, item, now, left));
            }
        }
        left.items.append(&mut items);
    }

    /// Sends one item through one fault.
    fn pass(&mut self, at: usize, item: Item, now: Now<'_>, left: &mut Left) -> Vec<Item> {
        match item {
            // What a sender is told stands beside what it sends.
            Item::Answer(bytes) => vec![Item::Answer(bytes)],
            Item::Over(over) => self.step(at, now, left, |course, cx| course.over(over, cx)),
            Item::Piece(piece) => {
                let is_hit = self.is_hit(at, &piece, now, left);
                self.step(at, now, left, |course, cx| {
                    course.take(piece, is_hit, cx);
                    course.due(cx);
                })
            }
        }
    }

    /// Whether a fault hits a piece: never one of which nothing goes on.
    fn is_hit(&mut self, at: usize, piece: &Piece, now: Now<'_>, left: &mut Left) -> bool {
        let Some(stage) = self.stages.get(at) else {
            return false;
        };
        if piece.is_empty() {
            return false;
        }
        let when = stage.when.clone();
        let mut is_hit = false;
        self.step(at, now, left, |_, cx| is_hit = when.hits(piece, cx));
        is_hit
    }

    /// Has one fault do something; returns what leaves it.
    fn step(
        &mut self,
        at: usize,
        now: Now<'_>,
        left: &mut Left,
        work: impl FnOnce(&mut dyn Course, &mut Cx<'_>),
    ) -> Vec<Item> {
        let mut out = Vec::new();
        if let Some(stage) = self.stages.get_mut(at) {
            let mut cx = Cx {
                now: now.at,
                number: stage.number,
                sight: now.sight,
                datagrams: self.datagrams,
                is_always: matches!(stage.when, When::Always),
                chance: &mut stage.chance,
                out: &mut out,
                told: &mut left.told,
            };
            work(&mut *stage.course, &mut cx);
        }
        out
    }
}

impl Stage {
    fn is_of_messages(&self) -> bool {
        self.when.is_of_messages() || self.course.nature().messages
    }
}
