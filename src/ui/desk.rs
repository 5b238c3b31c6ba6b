//! What lies at hand beside the one selection: what a script just said, the line being dragged, the choice of the
//! first screen, the spoken language of the program that calls make. It draws nothing.

use std::ops::Range;
use std::time::Duration;

use super::ink::wrap;
use super::layout::Axis;
use crate::escape;
use crate::event::{Actor, ConnId, Event, What};

/// Sentences that follow each other this fast are read as one.
const BREATH: Duration = Duration::from_millis(200);

/// The most lines of what is said.
const NARRATION_ROWS_MAX: usize = 3;

/// The most parts that are folded or unfolded by hand.
const TURNED_MAX: usize = 256;

/// The things at hand.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// The language that calls are spelled in, by its word in `set speak`; empty: the first.
    pub(super) speak: String,
    /// The line of the first screen under the cursor.
    pub(super) choice: usize,
    /// The socket that is looked at once it has come to be, at the moment that is looked at.
    pub(super) away: Option<ConnId>,
    /// The event whose cause is explained.
    pub(super) cause: Option<u64>,
    /// The events from which that was reached, the first of them first.
    pub(super) came_from: Vec<u64>,
    /// What the pressed button of the mouse holds.
    pub(super) drag: Option<Drag>,
    /// Parts of messages that are folded or unfolded against the rule, by their bytes; the newest last.
    turned: Vec<Range<u64>>,
    said: Vec<(Duration, String)>,
}

/// What a pressed button of the mouse drags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drag {
    /// The line of a split.
    Border {
        /// Which.
        number: u8,
        /// How its parts stand.
        axis: Axis,
        /// Where it would stand by itself.
        origin: u16,
    },
    /// A stretch of bytes, from the one under the cursor.
    Bytes,
}

impl Desk {
    /// Folds a part of a message, or unfolds it.
    pub(super) fn turn_fold(&mut self, range: Range<u64>) {
        let before = self.turned.len();
        self.turned.retain(|turned| *turned != range);
        if self.turned.len() == before {
            self.turned.push(range);
            let old = self.turned.len().saturating_sub(TURNED_MAX);
            self.turned.drain(..old);
        }
    }

    /// Whether a part is folded or unfolded against the rule.
    pub(super) fn is_turned(&self, range: &Range<u64>) -> bool {
        self.turned.contains(range)
    }

    /// Keeps what a script says, until a person does something.
    pub(super) fn hear(&mut self, event: &Event) {
        match &event.what {
            What::Say(text) => {
                self.said
                    .retain(|(at, _)| event.at.saturating_sub(*at) <= BREATH);
                self.said.push((event.at, escape::clean(text).into_owned()));
            }
            What::Call(_) if event.by == Actor::User => self.said.clear(),
            _ => {}
        }
    }

    /// What was said, in lines of a screen of so many columns.
    pub(super) fn narration(&self, columns: u16) -> Vec<String> {
        let all: Vec<&str> = self.said.iter().map(|(_, text)| text.as_str()).collect();
        let room = usize::from(columns).saturating_sub(4);
        wrap(&all.join(" "), room, NARRATION_ROWS_MAX)
    }

    /// How many lines those are.
    pub(super) fn narration_rows(&self, columns: u16) -> u16 {
        u16::try_from(self.narration(columns).len()).unwrap_or(0)
    }
}
