//! Hold mode: calls are armed instead of made, and made one by one.

use super::Net;
use super::cx::{Cx, Turn};
use crate::event::{Actor, Hold, What};

impl Net {
    /// Changes what becomes of calls that would be made.
    pub fn hold(&mut self, by: Actor, hold: Hold, turn: &mut Turn) {
        let shared = &mut self.shared;
        let is_on = matches!(hold, Hold::On);
        match hold {
            Hold::On | Hold::Off if shared.holding != is_on => {
                shared.holding = is_on;
                Cx { shared, turn }.tell_all(by, What::Holding(is_on));
            }
            Hold::On | Hold::Off => {}
            Hold::Do(_) | Hold::Disarm(_) => {
                let text = "no call is armed".to_owned();
                Cx { shared, turn }.tell_all(by, What::Refused(text));
            }
        }
    }
}
