//! Which message of a list answers which, where their framing knows. Nothing is kept of it: it is found for the rows
//! that somebody looks at.

use std::time::Duration;

use super::{Split, Spoken, Talk};
use crate::event::Dir;
use crate::framing::{Exchange, Status, Tie};

/// So many messages before the list are looked through for a request by its identifier.
const BEFORE: u64 = 128;

/// The request of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its direction.
    pub dir: Dir,
    /// Its position in that.
    pub index: u64,
    /// Its number in that.
    pub number: u64,
    /// From its last byte to the last one of the answer.
    pub took: Duration,
}

/// A message and its part in an exchange.
struct Part<'s> {
    spoken: &'s Spoken,
    exchange: Option<Exchange>,
}

/// A message that asks, and when it was whole.
struct Request {
    dir: Dir,
    index: u64,
    number: u64,
    at: Duration,
}

impl Talk<'_> {
    /// Of each message of a list that begins in a row: which request it answers. Where more answers came than requests,
    /// or something that is neither, order tells nothing, and nothing is said.
    #[must_use]
    pub fn asked(&self, row: u64, listed: &[Spoken], near: Split) -> Vec<Option<Asked>> {
        let parts: Vec<Part<'_>> = listed.iter().map(|spoken| self.part(spoken)).collect();
        let turns = self.in_turn(&parts);
        let from = row.saturating_sub(BEFORE);
        let earlier = if parts.iter().any(Part::answers_by_id) {
            self.from(from, usize::try_from(row - from).unwrap_or(0), near)
        } else {
            Vec::new()
        };
        let earlier: Vec<Part<'_>> = earlier.iter().map(|spoken| self.part(spoken)).collect();
        let by_id = |at: usize, answer: &Part<'_>| {
            let before = parts.get(..at).unwrap_or_default();
            let mut before = before.iter().rev().chain(earlier.iter().rev());
            before.find(|part| part.asks_for(answer))?.request()
        };
        let rows = parts.iter().enumerate();
        rows.map(|(at, answer)| {
            let exchange = answer.exchange.as_ref().filter(|part| !part.asks)?;
            match exchange.tie {
                Tie::Id(_) => answer.told(&by_id(at, answer)?),
                Tie::Turn => {
                    let number = answer.spoken.entry.number;
                    let request = turns.iter().find(|it| Some(it.number) == number)?;
                    answer.told(request)
                }
            }
        })
        .collect()
    }

    fn part<'s>(&self, spoken: &'s Spoken) -> Part<'s> {
        let (lane, message) = (self.lane(spoken.dir), &spoken.entry.message);
        let cut = lane.rule_at(message.range.start);
        Part {
            spoken,
            exchange: cut.exchange(message, lane.sight()),
        }
    }

    /// The requests of those answers that find theirs by their order: the first answer is that of the first request.
    fn in_turn(&self, parts: &[Part<'_>]) -> Vec<Request> {
        let answers = || parts.iter().filter(|part| part.answers_in_turn());
        let Some(dir) = answers().next().map(|part| part.spoken.dir.other()) else {
            return Vec::new();
        };
        let is_unasked = self.lane(dir.other()).messages() > self.lane(dir).messages();
        if is_unasked || parts.iter().any(Part::is_aside) {
            return Vec::new();
        }
        let numbers = || answers().filter_map(|part| part.spoken.entry.number);
        let (Some(first), Some(last)) = (numbers().min(), numbers().max()) else {
            return Vec::new();
        };
        let count = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let beside = self.session.beside(self.conn, dir);
        // Numbers begin with 1, positions with 0; what was skipped before makes them differ, and then nobody is found.
        let entries = self
            .lane(dir)
            .entries(beside, first.saturating_sub(1), count);
        let request = |entry: crate::framing::Entry| {
            let number = entry.number.filter(|number| *number == entry.index + 1)?;
            Some(Request {
                dir,
                index: entry.index,
                number,
                at: self.moved_at(dir, entry.message.range.end),
            })
        };
        entries.into_iter().filter_map(request).collect()
    }
}

impl Part<'_> {
    fn answers_by_id(&self) -> bool {
        matches!(
            self.exchange,
            Some(Exchange {
                asks: false,
                tie: Tie::Id(_)
            })
        )
    }

    fn answers_in_turn(&self) -> bool {
        matches!(
            self.exchange,
            Some(Exchange {
                asks: false,
                tie: Tie::Turn
            })
        )
    }

    /// A whole message that neither asks nor answers: it shifts the order of all that follow.
    fn is_aside(&self) -> bool {
        self.exchange.is_none() && self.spoken.entry.message.status == Status::Ok
    }

    /// Whether it is a request with the identifier of that answer.
    fn asks_for(&self, answer: &Self) -> bool {
        let (Some(own), Some(other)) = (&self.exchange, &answer.exchange) else {
            return false;
        };
        own.asks && own.tie == other.tie && self.spoken.dir != answer.spoken.dir
    }

    fn request(&self) -> Option<Request> {
        let Spoken { dir, at, entry } = self.spoken;
        Some(Request {
            dir: *dir,
            index: entry.index,
            number: entry.number?,
            at: *at,
        })
    }

    /// The request of this answer: nothing is answered before it was asked.
    fn told(&self, request: &Request) -> Option<Asked> {
        Some(Asked {
            dir: request.dir,
            index: request.index,
            number: request.number,
            took: self.spoken.at.checked_sub(request.at)?,
        })
    }
}
