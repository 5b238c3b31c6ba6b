//! A frame of RFC 6455, 5.2: its head, its mask, and the frames that stand one behind the other in a message.

use crate::framing::dissect::Names;

/// The first two bytes, which tell how long the head is.
pub(super) const HEAD_BYTES: usize = 2;

/// The most bytes of a control frame's data, and the most that the second byte counts itself.
pub(super) const SHORT_MAX: u8 = 125;

const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;

/// In the first byte: no fragment follows. In the second: the data is masked.
pub(super) const FINAL: u8 = 0x80;
pub(super) const MASK: u8 = 0x80;

/// The rest of the second byte.
const LENGTH: u8 = 0x7f;

pub(super) const OPCODES: &Names = &[
    (CONTINUATION as u64, "continuation"),
    (TEXT as u64, "text"),
    (BINARY as u64, "binary"),
    (CLOSE as u64, "close"),
    (9, "ping"),
    (10, "pong"),
];

/// All of a frame but its data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) first: u8,
    pub(super) second: u8,
    /// How many bytes the data has.
    pub(super) length: u64,
    pub(super) key: Option<[u8; 4]>,
    /// How many bytes the head has.
    pub(super) bytes: usize,
}

impl Head {
    /// How many bytes of the head follow the first two.
    pub(super) fn more(second: u8) -> usize {
        let mask = if is_masked(second) { 4 } else { 0 };
        extended(second) + mask
    }

    /// The head at the beginning of these bytes, if it is whole.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_at_checked(extended(second))?;
        let length = match length {
            [] => u64::from(second & LENGTH),
            length => length
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        };
        let key = if is_masked(second) {
            Some(*rest.first_chunk()?)
        } else {
            None
        };
        let bytes = HEAD_BYTES + Self::more(second);
        Some(Self {
            first,
            second,
            length,
            key,
            bytes,
        })
    }

    pub(super) fn is_final(&self) -> bool {
        self.first & FINAL != 0
    }

    pub(super) fn reserved(&self) -> u8 {
        self.first >> 4 & 7
    }

    pub(super) fn opcode(&self) -> u8 {
        self.first & 0xf
    }

    pub(super) fn is_control(&self) -> bool {
        self.opcode() >= CLOSE
    }

    pub(super) fn is_continuation(&self) -> bool {
        self.opcode() == CONTINUATION
    }

    /// Whether it belongs to a message that may have several: not control, and not reserved.
    pub(super) fn is_data(&self) -> bool {
        self.opcode() <= BINARY
    }

    /// Whether a shorter form would have held the length.
    pub(super) fn is_wasteful(&self) -> bool {
        match extended(self.second) {
            0 => false,
            2 => self.length <= SHORT_MAX.into(),
            _ => self.length <= u16::MAX.into(),
        }
    }
}

/// What the second byte says of a length in the next 2 bytes, and in the next 8.
pub(super) const IN_2: u8 = 0x7e;
pub(super) const IN_8: u8 = 0x7f;

/// How many bytes of the length follow the first two.
pub(super) fn extended(second: u8) -> usize {
    match second & LENGTH {
        IN_2 => 2,
        IN_8 => 8,
        _ => 0,
    }
}

pub(super) fn is_masked(second: u8) -> bool {
    second & MASK != 0
}

/// A frame within the bytes of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    /// Its first byte.
    pub(super) at: usize,
    pub(super) head: Head,
    /// As many of its bytes as are at hand, still masked.
    masked: &'a [u8],
}

impl Frame<'_> {
    /// The data as it is meant.
    pub(super) fn data(&self) -> Vec<u8> {
        masked(self.masked, self.head.key)
    }

    /// Whether all of its data is at hand.
    pub(super) fn is_whole(&self) -> bool {
        self.masked.len() as u64 == self.head.length
    }

    /// Behind its last byte that is at hand.
    pub(super) fn end(&self) -> usize {
        self.at + self.head.bytes + self.masked.len()
    }
}

/// The frames of a message; the last one may be cut within its data.
pub(super) fn frames(bytes: &[u8]) -> impl Iterator<Item = Frame<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let head = Head::read(rest)?;
        let data = rest.get(head.bytes..)?;
        let length = usize::try_from(head.length).unwrap_or(usize::MAX);
        let frame = Frame {
            at,
            head,
            masked: data.get(..length).unwrap_or(data),
        };
        at = frame.end();
        Some(frame)
    })
}

/// Data with the mask put on or taken off, which is the same.
pub(super) fn masked(data: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let key = key.unwrap_or_default();
    let pairs = data.iter().zip(key.iter().cycle());
    pairs.map(|(byte, key)| byte ^ key).collect()
}
