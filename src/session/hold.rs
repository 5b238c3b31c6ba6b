//! Calls that are armed and not made yet, as the log tells them.

use std::collections::BTreeMap;

use super::Session;
use crate::event::{Event, What};

/// Whether calls are held, and those that are.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    is_on: bool,
    /// The events that armed them, by their numbers.
    armed: BTreeMap<u32, u64>,
}

impl Held {
    /// Takes an event of that number.
    pub(super) fn take(&mut self, seq: u64, event: &Event) {
        match &event.what {
            What::Holding(on) => self.is_on = *on,
            What::Armed { number, .. } => {
                self.armed.insert(*number, seq);
            }
            What::Disarmed { number, .. } => {
                self.armed.remove(number);
            }
            _ => {}
        }
    }
}

impl Session {
    /// Whether calls are armed instead of made.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        self.moment().held.is_on
    }

    /// The events that armed the calls which are not made yet, in the order in which `do` makes them.
    pub fn armed(&self) -> impl Iterator<Item = u64> {
        self.moment().held.armed.values().copied()
    }
}
