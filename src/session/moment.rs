//! A session as it was after so many events: all that follows from them but the messages, which follow from this and
//! the bytes. A copy costs little, and what did not change since is shared.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::hold::Held;
use super::lane::Track;
use super::shared::Shared;
use super::tamper::Tampered;
use super::{Conn, ConnId, Dir};

/// The facts of a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Moment {
    /// How many events there were.
    pub(super) count: u64,
    /// The time of the newest of them.
    pub(super) now: Duration,
    pub(super) conns: Shared<Conn>,
    /// The directions of each socket.
    pub(super) tracks: Shared<[Track; 2]>,
    pub(super) marks: Rc<BTreeMap<String, u64>>,
    pub(super) banners: Rc<Vec<(String, String)>>,
    pub(super) held: Rc<Held>,
    pub(super) tampered: Rc<Tampered>,
}

/// What an event means for the messages of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Something is to be cut.
    Told(ConnId, Dir),
    /// Another framing was chosen.
    Reframed(ConnId, Dir),
    /// What listens to the other direction is cut anew.
    Anew(ConnId),
}

impl Moment {
    pub(super) fn conn(&self, id: ConnId) -> Option<&Conn> {
        self.conns.get(id.0 as usize)
    }

    pub(super) fn conn_mut(&mut self, id: ConnId) -> Option<&mut Conn> {
        self.conns.get_mut(id.0 as usize)
    }

    /// The directions of a socket.
    pub(super) fn tracks(&self, id: ConnId) -> Option<&[Track; 2]> {
        self.tracks.get(id.0 as usize)
    }

    /// The directions of a socket, made now if nothing was told of it yet.
    pub(super) fn tracks_mut(&mut self, id: ConnId) -> Option<&mut [Track; 2]> {
        if self.tracks.ever() <= id.0 as usize {
            self.tracks.skip(id.0 as usize);
            self.tracks.push([Track::default(), Track::default()]);
        }
        self.tracks.get_mut(id.0 as usize)
    }

    /// Gives back a little of what this moment alone holds, which nobody asks any more; false once that is done.
    pub(super) fn fade(&mut self) -> bool {
        self.conns.fade() | self.tracks.fade()
    }

    /// About how many bytes this moment alone holds, beside those that a later one holds too.
    pub(super) fn bytes_beside(&self, later: &Self) -> usize {
        let conns = self.conns.apart_from(&later.conns) * (size_of::<Conn>() + NAME_BYTES);
        let tracks = self.tracks.apart_from(&later.tracks) * size_of::<[Track; 2]>();
        let branches = self.conns.copy_bytes() + self.tracks.copy_bytes();
        let marks = if Rc::ptr_eq(&self.marks, &later.marks) {
            0
        } else {
            self.marks.len() * MARK_BYTES
        };
        size_of::<Self>() + conns + tracks + branches + marks
    }
}

/// What a socket holds beside itself: its name above all.
const NAME_BYTES: usize = 64;

/// What a mark takes.
const MARK_BYTES: usize = 64;
