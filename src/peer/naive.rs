//! `naive`: a reader as beginners write it. It takes what one `recv` gives for one message, and says what it believes;
//! where bytes came in other pieces than they were sent, it is wrong.

use std::time::Duration;

use super::{Machine, Part, Peer, Wishes};
use crate::escape::escape;
use crate::event::{ConnId, Flags, Want};
use crate::words::{Complaint, Words};

/// What it asks of each `recv`.
const RECV_BYTES: u64 = 4096;

/// What it shows of a message.
const SHOWN_BYTES: usize = 40;

pub(super) struct Naive;

impl Peer for Naive {
    fn name(&self) -> &'static str {
        "naive"
    }

    fn usage(&self) -> &'static str {
        "naive [line|len dec5|len u16be]"
    }

    fn help(&self) -> &'static str {
        "takes one recv for one message, as beginners do, and says what it believes"
    }

    fn begin(&self, words: &mut Words<'_>) -> Result<Part, Complaint> {
        let fits = "line, len dec5 or len u16be";
        let belief = match words.next_word() {
            None => Belief::Line,
            Some(word) => match word.text {
                "line" => Belief::Line,
                "len" => {
                    let kind = words.require("dec5 or u16be")?;
                    match kind.text {
                        "dec5" => Belief::Decimal,
                        "u16be" => Belief::Binary,
                        _ => return Err(kind.complain("it knows no such length", "dec5 or u16be")),
                    }
                }
                _ => return Err(word.complain("it knows no such messages", fits)),
            },
        };
        Ok(Part::Machine(Box::new(Believing { belief })))
    }
}

/// What it takes the bytes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belief {
    /// A line with its end.
    Line,
    /// Five digits that say how many bytes follow.
    Decimal,
    /// Two bytes that do, the higher first.
    Binary,
}

impl Belief {
    /// What it makes of the bytes of one `recv`.
    fn of(self, bytes: &[u8]) -> String {
        let shown = |bytes: &[u8]| {
            let part = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
            let more = if part.len() < bytes.len() { "…" } else { "" };
            format!("\"{}\"{more}", escape(part))
        };
        let (head, body) = match self {
            Self::Line => {
                let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                return format!("a line: {}", shown(line));
            }
            Self::Decimal => bytes.split_at(bytes.len().min(5)),
            Self::Binary => bytes.split_at(bytes.len().min(2)),
        };
        let len = match self {
            // As atoi(3) reads: digits as far as there are some, and 0 without any.
            Self::Decimal => head
                .iter()
                .map_while(|digit| char::from(*digit).to_digit(10))
                .fold(0, |len, digit| len * 10 + digit),
            _ => head.iter().fold(0, |len, byte| len << 8 | u32::from(*byte)),
        };
        let body = shown(body);
        format!("a message of {len} bytes: {body}")
    }
}

#[derive(Debug)]
struct Believing {
    belief: Belief,
}

impl Machine for Believing {
    fn is_manual(&self) -> bool {
        true
    }

    fn listening(&mut self, listener: ConnId, wishes: &mut Wishes) {
        wishes.want(listener, Want::Accept);
    }

    fn accepted(&mut self, conn: ConnId, _wall: Duration, wishes: &mut Wishes) {
        wishes.want(ConnId(0), Want::Accept);
        wishes.want(conn, recv());
    }

    fn received(&mut self, conn: ConnId, bytes: &[u8], wishes: &mut Wishes) {
        let belief = self.belief.of(bytes);
        wishes.note(conn, format!("it believes that it got {belief}"));
        wishes.want(conn, recv());
    }
}

fn recv() -> Want {
    let (max, flags) = (RECV_BYTES, Flags::default());
    Want::Recv { max, flags }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_believes_what_one_recv_gives() {
        for (belief, bytes, expected) in [
            (Belief::Line, &b"hello\r\n"[..], "a line: \"hello\""),
            (Belief::Line, b"hel", "a line: \"hel\""),
            (Belief::Line, b"a\nb\n", "a line: \"a\\nb\""),
            (
                Belief::Decimal,
                b"00005hello",
                "a message of 5 bytes: \"hello\"",
            ),
            (Belief::Decimal, b"00", "a message of 0 bytes: \"\""),
            (Belief::Decimal, b"005he", "a message of 5 bytes: \"\""),
            (Belief::Decimal, b"llo00", "a message of 0 bytes: \"\""),
            (
                Belief::Binary,
                b"\x00\x05hello",
                "a message of 5 bytes: \"hello\"",
            ),
            (Belief::Binary, b"\x01", "a message of 1 bytes: \"\""),
        ] {
            assert_eq!(belief.of(bytes), expected, "{belief:?} {bytes:?}");
        }
    }
}
