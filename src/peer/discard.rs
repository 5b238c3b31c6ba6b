//! `discard`: reads all and says nothing (RFC 863), and closes when the other end does.

use super::{Machine, Part, Peer};
use crate::words::{Complaint, Words};

pub(super) struct Discard;

impl Peer for Discard {
    fn name(&self) -> &'static str {
        "discard"
    }

    fn usage(&self) -> &'static str {
        "discard"
    }

    fn help(&self) -> &'static str {
        "reads all and says nothing"
    }

    fn begin(&self, _words: &mut Words<'_>) -> Result<Part, Complaint> {
        Ok(Part::Machine(Box::new(Discarding)))
    }
}

#[derive(Debug)]
struct Discarding;

impl Machine for Discarding {}
