//! `chargen`: sends lines of printable characters without end, each begun one further (RFC 864), ten a second or as
//! fast as they are taken. It reads what it gets and throws it away.

use std::collections::HashMap;
use std::time::Duration;

use super::{Machine, Part, Peer, Wishes};
use crate::event::{ConnId, Want};
use crate::words::{Complaint, Words};

/// The characters of a line, and how many characters there are to begin with (RFC 864, "popular pattern").
const LINE: usize = 72;
const CHARACTERS: usize = 95;

/// From one line to the next, where it does not flood.
const PAUSE: Duration = Duration::from_millis(100);

/// Lines that a flood sends with one call.
const FLOOD_LINES: usize = 220;

pub(super) struct Chargen;

impl Peer for Chargen {
    fn name(&self) -> &'static str {
        "chargen"
    }

    fn usage(&self) -> &'static str {
        "chargen [flood]"
    }

    fn help(&self) -> &'static str {
        "speaks without end: ten lines a second; flood: as fast as you take them"
    }

    fn begin(&self, words: &mut Words<'_>) -> Result<Part, Complaint> {
        Ok(Part::Machine(Box::new(Generating {
            is_flood: words.take("flood"),
            lines: HashMap::new(),
        })))
    }
}

#[derive(Debug)]
struct Generating {
    is_flood: bool,
    /// How many lines each connection was sent.
    lines: HashMap<ConnId, usize>,
}

impl Generating {
    fn speak(&mut self, conn: ConnId, wishes: &mut Wishes) {
        let Some(line) = self.lines.get_mut(&conn) else {
            return;
        };
        let count = if self.is_flood { FLOOD_LINES } else { 1 };
        let bytes: Vec<u8> = (*line..*line + count).flat_map(pattern).collect();
        *line = (*line + count) % CHARACTERS;
        wishes.send(conn, bytes);
    }
}

impl Machine for Generating {
    fn accepted(&mut self, conn: ConnId, _wall: Duration, wishes: &mut Wishes) {
        self.lines.insert(conn, 0);
        self.speak(conn, wishes);
        wishes.after(conn, PAUSE);
    }

    fn sent(&mut self, conn: ConnId, wishes: &mut Wishes) {
        if self.is_flood {
            self.speak(conn, wishes);
        }
    }

    fn due(&mut self, conn: ConnId, wishes: &mut Wishes) {
        if !self.is_flood && self.lines.contains_key(&conn) {
            self.speak(conn, wishes);
            wishes.after(conn, PAUSE);
        }
    }

    /// Nobody is left to speak to: what waits to be sent would wait for ever.
    fn ended(&mut self, conn: ConnId, wishes: &mut Wishes) {
        self.lines.remove(&conn);
        wishes.want(conn, Want::Cancel);
        wishes.want(conn, Want::Close);
    }

    fn gone(&mut self, conn: ConnId) {
        self.lines.remove(&conn);
    }
}

/// A line of the pattern, by its number.
fn pattern(line: usize) -> impl Iterator<Item = u8> {
    let nth = move |at: usize| b' ' + u8::try_from((line + at) % CHARACTERS).unwrap_or(0);
    (0..LINE).map(nth).chain(*b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_those_of_the_rfc() {
        let line = |number| String::from_utf8(pattern(number).collect()).unwrap();
        let first =
            " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n";
        assert_eq!(line(0), first);
        assert!(line(94).starts_with("~ !\"#"));
        assert_eq!(line(95), first);
    }
}
