//! What a peer's process tells, as events of our session: its numbers of sockets become ours, and what it cannot know
//! is added. It trusts nothing: what does not fit is left out, and a stream that cannot be read ends.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::wire::{Read, read};
use super::{Asked, Told};
use crate::event::{
    Actor, Asked as Asking, Call, ConnId, Dir, Event, Lists, Outcome, Syscall, What,
};

/// The events of one peer, on their way into the session.
#[derive(Debug, Default)]
pub struct Feed {
    came: Vec<u8>,
    /// How many bytes of it were taken.
    taken: usize,
    /// The peer's numbers of its sockets, and ours.
    conns: HashMap<ConnId, ConnId>,
    /// How many bytes of each direction came so far: what a peer tells of them must go on there.
    moved: HashMap<(ConnId, Dir), u64>,
    /// The peer's numbers of calls that wait, and ours.
    pending: HashMap<u32, u32>,
    /// An `accept` whose new socket has no number yet.
    accepted: Option<Event>,
    /// Banners that stand.
    banners: HashSet<String>,
}

/// The peer's process said something that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the peer said something that cannot be understood")
    }
}

/// An event of a peer in our numbers, and the bytes that it moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The event.
    pub event: Event,
    /// The bytes, to be stored before it is told.
    pub bytes: Vec<u8>,
}

/// Who gives numbers out.
pub trait Numbers {
    /// Of a socket.
    fn conn(&mut self) -> ConnId;
    /// Of a call that waits.
    fn pending(&mut self) -> u32;
}

impl Feed {
    /// A feed whose first socket, the listener, is in the session already.
    #[must_use]
    pub fn new(listener: ConnId) -> Self {
        let mut feed = Self::default();
        feed.conns.insert(ConnId(0), listener);
        feed
    }

    /// Where what the process said is appended.
    pub fn buf(&mut self) -> &mut Vec<u8> {
        &mut self.came
    }

    /// The sockets that came from it, in our numbers.
    pub fn conns(&self) -> impl Iterator<Item = ConnId> {
        self.conns.values().copied()
    }

    /// The banners of it that stand, by their keys in our session.
    pub fn banners(&self) -> impl Iterator<Item = &str> {
        self.banners.iter().map(String::as_str)
    }

    /// Asks for the numbers of these of our sockets.
    #[must_use]
    pub fn look(&self, ours: &[ConnId]) -> Asked {
        let theirs = self.conns.iter().filter(|(_, our)| ours.contains(our));
        let mut theirs: Vec<u32> = theirs.map(|(their, _)| their.0).collect();
        theirs.sort_unstable();
        Asked::Look(theirs)
    }

    /// The next events, in order; `None` when no whole one is left.
    ///
    /// # Errors
    ///
    /// When what came is no event.
    pub fn next(&mut self, numbers: &mut dyn Numbers) -> Result<Option<Vec<Heard>>, Broken> {
        let rest = self.came.get(self.taken..).unwrap_or_default();
        match read(rest) {
            Read::Nothing => {
                self.came.drain(..self.taken);
                self.taken = 0;
                Ok(None)
            }
            Read::Garbage => Err(Broken),
            Read::Message(told, used) => {
                self.taken += used;
                self.hear(told, numbers).map(Some).ok_or(Broken)
            }
        }
    }

    /// Whether a message was begun that is not whole.
    #[must_use]
    pub fn is_torn(&self) -> bool {
        self.came.len() > self.taken
    }

    /// An event in our numbers; `None` when it cannot be.
    fn hear(&mut self, told: Told, numbers: &mut dyn Numbers) -> Option<Vec<Heard>> {
        let Told { mut event, bytes } = told;
        event.by = Actor::Lab;
        let mut heard = Vec::new();
        match &mut event.what {
            What::Opened { name, parent, .. } => {
                let their = event.conn?;
                if self.conns.contains_key(&their) {
                    // The listener: it was told when the peer was asked for.
                    return Some(heard).filter(|_| their == ConnId(0));
                }
                *name = None;
                *parent = parent.and_then(|parent| self.conns.get(&parent).copied());
                let our = numbers.conn();
                self.conns.insert(their, our);
                heard.extend(self.accepted.take().and_then(|event| self.rename(event)));
            }
            What::Call(call) => {
                self.number(call, numbers);
                if let Outcome::Accepted { conn, .. } = &call.outcome
                    && !self.conns.contains_key(conn)
                {
                    self.accepted = Some(event);
                    return Some(heard);
                }
            }
            What::Limit { key, text } => {
                let our = self.conns.get(&ConnId(0)).map_or(0, |conn| conn.0);
                *key = format!("lab {our} {key}");
                if text.is_some() {
                    self.banners.insert(key.clone());
                } else {
                    self.banners.remove(key);
                }
            }
            What::Refused(text) => event.what = What::Note(std::mem::take(text)),
            _ => {}
        }
        let is_gone = event.what == What::Gone;
        let their = event.conn;
        // A socket that it had before is of no more interest.
        let Some(mut ours) = self.rename(event) else {
            return Some(heard);
        };
        self.follow(their, &ours.event, &bytes)?;
        ours.bytes = bytes;
        heard.push(ours);
        if let Some(their) = their.filter(|their| is_gone && *their != ConnId(0)) {
            self.forget(their);
        }
        Some(heard)
    }

    /// Our number for a call that waits, and none for what does not wait any more.
    fn number(&mut self, call: &mut Call, numbers: &mut dyn Numbers) {
        let Some(their) = call.pending else {
            return;
        };
        let our = self.pending.entry(their);
        call.pending = Some(*our.or_insert_with(|| numbers.pending()));
        if call.blocked.is_some() {
            self.pending.remove(&their);
        }
    }

    /// The event about our numbers of its sockets.
    fn rename(&self, mut event: Event) -> Option<Heard> {
        let ours = |their: ConnId| self.conns.get(&their).copied();
        if let Some(their) = event.conn {
            event.conn = Some(ours(their)?);
        }
        if let What::Call(call) = &mut event.what {
            if let Outcome::Accepted { conn, .. } = &mut call.outcome {
                *conn = ours(*conn)?;
            }
            for lists in lists_of(call) {
                for letter in ['r', 'w', 'x'] {
                    let list = lists.list_mut(letter);
                    list.retain_mut(|asked| match asked {
                        Asking::Socket(conn, _) => ours(*conn).map(|our| *conn = our).is_some(),
                        Asking::File(_) => true,
                    });
                }
            }
        }
        let bytes = Vec::new();
        Some(Heard { event, bytes })
    }

    /// Whether the bytes of an event are those that it says it moved, and follow those that came before.
    fn follow(&mut self, their: Option<ConnId>, event: &Event, bytes: &[u8]) -> Option<()> {
        let moved = match &event.what {
            What::Call(call) => call.moved.as_ref(),
            _ => None,
        };
        let (Some(moved), Some(their)) = (moved, their) else {
            return bytes.is_empty().then_some(());
        };
        let so_far = self.moved.entry((their, moved.dir)).or_default();
        let len = bytes.len() as u64;
        let fits = moved.range.start == *so_far && moved.range.end == *so_far + len;
        *so_far += len;
        fits.then_some(())
    }

    /// A socket that is no more: its number is not used again.
    fn forget(&mut self, their: ConnId) {
        self.conns.remove(&their);
        for dir in Dir::BOTH {
            self.moved.remove(&(their, dir));
        }
    }
}

/// The lists of a `select`: what was asked, and the answer.
pub fn lists_of(call: &mut Call) -> impl Iterator<Item = &mut Lists> {
    let asked = match &mut call.call {
        Syscall::Select { lists, .. } => Some(lists),
        _ => None,
    };
    let found = match &mut call.outcome {
        Outcome::Selected(lists) => Some(lists),
        _ => None,
    };
    asked.into_iter().chain(found)
}
