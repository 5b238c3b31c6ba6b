//! `silent`: accepts, and neither reads nor speaks nor closes.

use std::time::Duration;

use super::{Machine, Part, Peer, Wishes};
use crate::event::{ConnId, Want};
use crate::words::{Complaint, Words};

pub(super) struct Silent;

impl Peer for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    fn usage(&self) -> &'static str {
        "silent"
    }

    fn help(&self) -> &'static str {
        "accepts, and never reads nor speaks"
    }

    fn begin(&self, _words: &mut Words<'_>) -> Result<Part, Complaint> {
        Ok(Part::Machine(Box::new(Keeping)))
    }
}

#[derive(Debug)]
struct Keeping;

impl Machine for Keeping {
    fn is_manual(&self) -> bool {
        true
    }

    fn listening(&mut self, listener: ConnId, wishes: &mut Wishes) {
        wishes.want(listener, Want::Accept);
    }

    fn accepted(&mut self, _conn: ConnId, _wall: Duration, wishes: &mut Wishes) {
        wishes.want(ConnId(0), Want::Accept);
    }
}
