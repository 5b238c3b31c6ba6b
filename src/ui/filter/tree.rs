//! A filter as a tree, and whether a socket fits it. It reads no text: `parse` makes it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use memchr::memmem::Finder;
use regex::bytes::Regex;

use crate::endpoint::Address;
use crate::event::{Dir, Owner, Role, State};
use crate::session::{Conn, Session};

/// Which sockets are meant.
#[derive(Clone, Debug)]
pub(in crate::ui) enum Tree {
    /// Those that fit all of these; without any every socket.
    Every(Vec<Self>),
    /// Those that fit one of these.
    Any(Vec<Self>),
    /// Those that do not fit.
    Not(Box<Self>),
    /// Those of this name, whatever its case.
    Name(String),
    /// Those with one of these roles.
    Role(Vec<Role>),
    /// Those in one of these states.
    State(Vec<State>),
    /// Those with this port at one of their ends.
    Port(u16),
    /// Those with this text, in small letters, in one of their addresses.
    Address(String),
    /// Those whose framing has this text in its words.
    Frame(String),
    /// Those of this program; none where it is nobody's whom we see.
    Owner(Option<Owner>),
    /// Those through which more or fewer bytes than this moved.
    Moved(Dir, Bound, u64),
    /// Those that are older or younger.
    Age(Bound, Duration),
    /// Those with this text, in small letters, in name, role, state or addresses.
    Text(Box<Finder<'static>>),
    /// Those with a match of this expression there.
    Match(Regex),
}

/// On which side of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Bound {
    /// Above it.
    Over,
    /// Below it.
    Under,
}

impl Default for Tree {
    /// Every socket.
    fn default() -> Self {
        Self::Every(Vec::new())
    }
}

/// A socket that is looked at; its text is made once, when the first word asks for it.
#[derive(Debug)]
pub(in crate::ui) struct Subject<'a> {
    session: &'a Session,
    now: Duration,
    text: String,
    is_written: bool,
}

impl<'a> Subject<'a> {
    /// Of sockets of a session, as of `now`.
    pub(in crate::ui) fn new(session: &'a Session, now: Duration) -> Self {
        Self {
            session,
            now,
            text: String::new(),
            is_written: false,
        }
    }

    /// Whether a socket fits a filter.
    pub(in crate::ui) fn fits(&mut self, tree: &Tree, conn: &Conn) -> bool {
        self.is_written = false;
        self.has(tree, conn)
    }

    fn has(&mut self, tree: &Tree, conn: &Conn) -> bool {
        match tree {
            Tree::Every(trees) => trees.iter().all(|tree| self.has(tree, conn)),
            Tree::Any(trees) => trees.iter().any(|tree| self.has(tree, conn)),
            Tree::Not(tree) => !self.has(tree, conn),
            Tree::Name(name) => conn.name.eq_ignore_ascii_case(name),
            Tree::Role(roles) => roles.contains(&conn.role),
            Tree::State(states) => states.contains(&conn.state),
            Tree::Port(port) => ends(conn).any(|end| port_of(end) == Some(*port)),
            Tree::Address(text) => ends(conn).any(|end| {
                self.text.clear();
                write_end(&mut self.text, end);
                self.is_written = false;
                self.text.make_ascii_lowercase();
                self.text.contains(text)
            }),
            Tree::Frame(words) => Dir::BOTH.iter().any(|dir| {
                let lane = self.session.lane(conn.id, *dir);
                lane.is_some_and(|lane| lane.rule().words().contains(words))
            }),
            Tree::Owner(owner) => *owner == Some(conn.owner),
            Tree::Moved(dir, bound, bytes) => bound.holds(&conn.moved(*dir), bytes),
            Tree::Age(bound, time) => bound.holds(&conn.age(self.now), time),
            Tree::Text(text) => text.find(self.text(conn).as_bytes()).is_some(),
            Tree::Match(regex) => regex.is_match(self.text(conn).as_bytes()),
        }
    }

    /// Name, role, state and addresses in small letters.
    fn text(&mut self, conn: &Conn) -> &str {
        if !self.is_written {
            self.text.clear();
            for word in [&conn.name, " ", conn.role.word(), " ", conn.state.name()] {
                self.text.push_str(word);
            }
            for end in ends(conn) {
                self.text.push(' ');
                write_end(&mut self.text, end);
            }
            self.text.make_ascii_lowercase();
            self.is_written = true;
        }
        &self.text
    }
}

impl Tree {
    /// Those with this text in name, role, state or addresses; case does not count.
    pub(in crate::ui) fn text(text: &str) -> Self {
        Self::Text(Box::new(
            Finder::new(&text.to_ascii_lowercase()).into_owned(),
        ))
    }

    /// Whether every socket fits.
    pub(in crate::ui) fn is_all(&self) -> bool {
        matches!(self, Self::Every(trees) if trees.is_empty())
    }

    /// Whether a socket may come to fit, or fit no more, by time alone.
    pub(in crate::ui) fn is_timed(&self) -> bool {
        match self {
            Self::Every(trees) | Self::Any(trees) => trees.iter().any(Self::is_timed),
            Self::Not(tree) => tree.is_timed(),
            Self::Age(..) => true,
            _ => false,
        }
    }
}

impl Bound {
    fn holds<T: Ord>(self, have: &T, bound: &T) -> bool {
        match self {
            Self::Over => have > bound,
            Self::Under => have < bound,
        }
    }
}

fn ends(conn: &Conn) -> impl Iterator<Item = &Address> {
    [conn.local.as_ref(), conn.peer.as_ref()]
        .into_iter()
        .flatten()
}

/// Writes an address as people see it. Those of IPv4 are written by hand: a filter looks at a hundred thousand of them
/// within a frame, and formatting takes five times as long.
fn write_end(text: &mut String, end: &Address) {
    if let Address::Inet(SocketAddr::V4(end)) = end {
        for (number, mark) in end.ip().octets().into_iter().zip("...:".chars()) {
            write_number(text, number.into());
            text.push(mark);
        }
        write_number(text, end.port());
    } else {
        // A string takes all that is written.
        let _ = write!(text, "{end}");
    }
}

fn write_number(text: &mut String, number: u16) {
    let mut unit = 10_000;
    while unit > 1 && number < unit {
        unit /= 10;
    }
    while unit > 0 {
        text.push(char::from(b'0' + (number / unit % 10) as u8));
        unit /= 10;
    }
}

fn port_of(end: &Address) -> Option<u16> {
    match end {
        Address::Inet(end) => Some(end.port()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_they_are_shown() {
        for end in [
            "0.0.0.0:0",
            "127.0.0.1:7000",
            "255.10.99.100:65535",
            "[::1]:80",
            "10.200.3.40:10",
        ] {
            let end = Address::Inet(end.parse().unwrap());
            let mut text = String::new();
            write_end(&mut text, &end);
            assert_eq!(text, end.to_string());
        }
    }
}
