//! What others noted at the packets of a recording: comments that are none of ours.

use std::time::Duration;

use super::Restorer;
use crate::event::ConnId;
use crate::record::block::Packet;
use crate::record::entry;

/// What others noted at a packet of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'b> {
    /// Whose bytes the packet has.
    pub conn: Option<ConnId>,
    /// Its number in the file, counted from 1.
    pub packet: u64,
    /// When it was written, since the start of the session.
    pub at: Duration,
    /// What was noted.
    pub text: &'b [u8],
}

impl Restorer {
    /// What others have noted at a packet that was taken last.
    pub fn comments<'b>(&self, packet: &Packet<'b>) -> impl Iterator<Item = Comment<'b>> {
        let foreign = packet.options.comments();
        let foreign = foreign.filter(|text| !self.ours.contains(&entry::mark(text)));
        foreign.map(move |text| Comment {
            conn: self.newest,
            packet: self.packets,
            at: packet.at.unwrap_or_default().saturating_sub(self.wall),
            text,
        })
    }
}
