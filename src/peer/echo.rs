//! `echo`: sends back what it gets (RFC 862), and closes when the other end does.

use super::{Machine, Part, Peer, Wishes};
use crate::event::ConnId;
use crate::words::{Complaint, Words};

pub(super) struct Echo;

impl Peer for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn usage(&self) -> &'static str {
        "echo"
    }

    fn help(&self) -> &'static str {
        "sends back what it gets, and closes when you do"
    }

    fn begin(&self, _words: &mut Words<'_>) -> Result<Part, Complaint> {
        Ok(Part::Machine(Box::new(Echoing)))
    }
}

#[derive(Debug)]
struct Echoing;

impl Machine for Echoing {
    fn received(&mut self, conn: ConnId, bytes: &[u8], wishes: &mut Wishes) {
        wishes.send(conn, bytes);
    }
}
