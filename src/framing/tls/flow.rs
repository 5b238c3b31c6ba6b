//! The handshake messages of one direction, which stand several in a record or reach over several (RFC 8446, 5.1): how
//! much of a record belongs to one that began earlier.

use super::names::{CLIENT_HELLO, HANDSHAKES, SERVER_HELLO};
use crate::framing::dissect::name_of;

/// Type and length of a handshake message.
pub(super) const HEAD_BYTES: usize = 4;

/// More than any certificates have: what claims more is encrypted.
const LENGTH_MAX: usize = 1 << 17;

/// The handshake messages so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    /// The type of the last one, and how many of its bytes are to come.
    kind: u8,
    left: usize,
    /// The beginning of its type and length, as long as they are not whole.
    head: Vec<u8>,
    /// The cipher was changed.
    is_encrypted: bool,
}

/// What a handshake record begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    /// Nothing that can be read.
    Encrypted,
    /// A message.
    Message,
    /// So many bytes of one that began earlier, of this type.
    Continued { kind: u8, bytes: usize },
}

impl Flow {
    /// What follows is encrypted.
    pub(super) fn encrypt(&mut self) {
        self.is_encrypted = true;
    }

    /// Goes through a record.
    pub(super) fn take(&mut self, record: &[u8]) -> Begins {
        let is_new = self.left == 0 && self.head.is_empty();
        if self.is_encrypted && !is_hello(record) || is_new && !is_plain(record) {
            return Begins::Encrypted;
        }
        let mut rest = record;
        if self.left > 0 {
            self.pass(&mut rest);
        } else if !self.head.is_empty() {
            self.message(&mut rest);
        }
        let bytes = record.len() - rest.len();
        let kind = self.head.first().copied().unwrap_or(self.kind);
        while !rest.is_empty() {
            self.message(&mut rest);
        }
        if is_new {
            Begins::Message
        } else {
            Begins::Continued { kind, bytes }
        }
    }

    /// Type, length and body of a message, as much as there is.
    fn message(&mut self, rest: &mut &[u8]) {
        let missing = HEAD_BYTES - self.head.len();
        let (head, behind) = rest.split_at(missing.min(rest.len()));
        self.head.extend_from_slice(head);
        *rest = behind;
        if let &[kind, a, b, c] = self.head.as_slice() {
            self.head.clear();
            self.kind = kind;
            self.left = length(a, b, c);
            self.pass(rest);
        }
    }

    fn pass(&mut self, rest: &mut &[u8]) {
        let here = self.left.min(rest.len());
        *rest = rest.get(here..).unwrap_or_default();
        self.left -= here;
    }
}

/// Whether a record that begins a message is one that can be read.
pub(super) fn is_plain(record: &[u8]) -> bool {
    let is_known = |kind: u8| name_of(HANDSHAKES, kind.into()).is_some();
    match record {
        [kind, a, b, c, ..] => is_known(*kind) && length(*a, *b, *c) <= LENGTH_MAX,
        [kind, ..] => is_known(*kind),
        [] => true,
    }
}

/// Whether it is nothing but a hello: a second one follows a change of the cipher in TLS 1.3 (RFC 8446, D.4).
fn is_hello(record: &[u8]) -> bool {
    let &[kind, a, b, c, 3, ..] = record else {
        return false;
    };
    let is_one = [CLIENT_HELLO, SERVER_HELLO].contains(&kind.into());
    is_one && length(a, b, c) + HEAD_BYTES == record.len()
}

fn length(a: u8, b: u8, c: u8) -> usize {
    usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)
}
