//! Lab peers: programs to talk to, each a process of its own on this machine. A kind of peer is one file and one row of
//! [`PEERS`]: a small machine that is told what happened to its sockets and wishes what shall be done with them. The
//! same net carries that out in the peer's process, and what it reports comes into our session as the peer's.

mod chargen;
mod daytime;
mod design;
mod discard;
mod dribble;
mod echo;
mod feed;
mod http;
mod naive;
mod silent;
mod slow;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt::Debug;
use std::time::Duration;

pub use feed::{Broken, Feed, Heard, Numbers, lists_of};
pub use wire::{Asked, Told};

use crate::endpoint::nearest;
use crate::event::{ConnId, Design, Flags, How, Want};
use crate::words::{Complaint, Words};

/// Every kind of peer, in the order of the manual.
pub static PEERS: &[&dyn Peer] = &[
    &echo::Echo,
    &discard::Discard,
    &chargen::Chargen,
    &daytime::Daytime,
    &http::HTTP10,
    &http::HTTP11,
    &dribble::Dribble,
    &slow::Slow,
    &silent::Silent,
    &naive::Naive,
    &design::SERIAL,
    &design::THREADS,
    &design::FORK,
    &design::SELECT,
    &design::BLOCKED,
];

/// A row of the table.
pub trait Peer: Sync {
    /// Its first word.
    fn name(&self) -> &'static str;

    /// Its words, as the manual prints them: `dribble N [T]`.
    fn usage(&self) -> &'static str;

    /// What it does, in one line.
    fn help(&self) -> &'static str;

    /// Reads the words behind the first, and makes the machine.
    ///
    /// # Errors
    ///
    /// The word that does not fit.
    fn begin(&self, words: &mut Words<'_>) -> Result<Part, Complaint>;
}

/// What plays the peer.
#[derive(Debug)]
pub enum Part {
    /// A machine, on the net.
    Machine(Box<dyn Machine>),
    /// A program that blocks.
    Program(Design),
}

/// What a peer does: what happened goes in, what it wishes comes out. It reads no clock and makes no call.
pub trait Machine: Debug {
    /// How its listener accepts, and what it accepts is read: by itself, or only when told.
    fn is_manual(&self) -> bool {
        false
    }

    /// It listens; connections come as its listener makes them.
    fn listening(&mut self, _listener: ConnId, _wishes: &mut Wishes) {}

    /// A connection was accepted. `wall` is the time since 1970, UTC.
    fn accepted(&mut self, _conn: ConnId, _wall: Duration, _wishes: &mut Wishes) {}

    /// Bytes came, by one `recv`.
    fn received(&mut self, _conn: ConnId, _bytes: &[u8], _wishes: &mut Wishes) {}

    /// The other end sends no more.
    fn ended(&mut self, conn: ConnId, wishes: &mut Wishes) {
        wishes.want(conn, Want::Close);
    }

    /// The kernel has taken all that was to be sent.
    fn sent(&mut self, _conn: ConnId, _wishes: &mut Wishes) {}

    /// The time that was asked for is over.
    fn due(&mut self, _conn: ConnId, _wishes: &mut Wishes) {}

    /// The socket is no more.
    fn gone(&mut self, _conn: ConnId) {}
}

/// What a machine wishes.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Something of a socket.
    Want(ConnId, Want),
    /// To be told when so much time has passed.
    After(ConnId, Duration),
    /// To tell whoever looks what it believes.
    Note(ConnId, String),
}

/// The wishes of a machine, in order.
#[derive(Debug, Default)]
pub struct Wishes(pub Vec<Order>);

impl Wishes {
    /// Something of a socket.
    pub fn want(&mut self, conn: ConnId, want: Want) {
        self.0.push(Order::Want(conn, want));
    }

    /// Bytes to send.
    pub fn send(&mut self, conn: ConnId, bytes: impl Into<Vec<u8>>) {
        let (bytes, flags, to) = (bytes.into(), Flags::default(), None);
        self.want(conn, Want::Send { bytes, flags, to });
    }

    /// The end of sending.
    pub fn end(&mut self, conn: ConnId) {
        self.want(conn, Want::Shutdown(How::Write));
    }

    /// To set an option.
    pub fn set(&mut self, conn: ConnId, option: &str, value: &str) {
        let (option, value) = (option.to_owned(), value.to_owned());
        self.want(conn, Want::Set { option, value });
    }

    /// To be told later.
    pub fn after(&mut self, conn: ConnId, time: Duration) {
        self.0.push(Order::After(conn, time));
    }

    /// To tell what it believes.
    pub fn note(&mut self, conn: ConnId, text: impl Into<String>) {
        self.0.push(Order::Note(conn, text.into()));
    }
}

/// The part that these words name: a kind of peer, and what it takes.
///
/// # Errors
///
/// The word that does not fit, and what would have.
pub fn parse(words: &mut Words<'_>) -> Result<Part, Complaint> {
    let names = || PEERS.iter().map(|peer| peer.name());
    let word = words.require("a kind of peer")?;
    let Some(peer) = PEERS.iter().find(|peer| peer.name() == word.text) else {
        let fits = nearest(word.text, names()).map_or_else(
            || names().collect::<Vec<_>>().join(" "),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(word.complain("there is no such kind of peer", fits));
    };
    let part = peer.begin(words)?;
    words.finish(peer.usage())?;
    Ok(part)
}
