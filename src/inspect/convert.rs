//! What htons, htonl, ntohs and ntohl do on a host of either order, and what a number costs on the wire as text and as
//! binary. For the lessons about byte order; no bytes of a connection are read here.

use super::ByteOrder;

/// One of the four functions applied to a value on one host (`byteorder(3)`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// `htons`, `htonl`, `ntohs` or `ntohl`.
    pub name: &'static str,
    /// The order of the host that calls it.
    pub host: ByteOrder,
    /// What it is given: for the short ones only the lower 16 bits of the value, as in C.
    pub argument: u32,
    /// Whether the short ones lost upper bits.
    pub truncated: bool,
    /// The argument's bytes in that host's memory: for `ntoh…` they are those off the wire.
    pub before: Vec<u8>,
    /// What it returns.
    pub result: u32,
    /// The result's bytes in that host's memory: for `hton…` they are those that go on the wire.
    pub after: Vec<u8>,
    /// Whether the bytes change places: the arrows cross. On a big-endian host they never do.
    pub crossed: bool,
}

impl Conversion {
    /// The bytes on the wire: what a `hton…` makes, what a `ntoh…` is given.
    #[must_use]
    pub fn wire(&self) -> &[u8] {
        if self.name.starts_with('h') {
            &self.after
        } else {
            &self.before
        }
    }
}

/// The four functions given `value` on a host of order `host`.
#[must_use]
pub fn functions(value: u32, host: ByteOrder) -> [Conversion; 4] {
    [("htons", 2), ("htonl", 4), ("ntohs", 2), ("ntohl", 4)]
        .map(|(name, width)| convert(name, width, value, host))
}

fn convert(name: &'static str, width: usize, value: u32, host: ByteOrder) -> Conversion {
    let argument = if width == 2 { value & 0xffff } else { value };
    let big: Vec<u8> = argument.to_be_bytes().into_iter().skip(4 - width).collect();
    let reversed: Vec<u8> = big.iter().rev().copied().collect();
    let crossed = host == ByteOrder::Little;
    let swapped = reversed
        .iter()
        .fold(0, |number, &byte| number << 8 | u32::from(byte));
    let (before, after) = if crossed {
        (reversed, big)
    } else {
        (big.clone(), big)
    };
    Conversion {
        name,
        host,
        argument,
        truncated: argument != value,
        before,
        result: if crossed { swapped } else { argument },
        after,
        crossed,
    }
}

/// What a number takes on the wire in one encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// `digits + newline`, `u16`, `u32`, `u64`.
    pub name: &'static str,
    /// How many bytes; none if the number does not fit.
    pub bytes: Option<usize>,
}

/// What `value` takes on the wire as decimal text with a newline and as binary of each width.
#[must_use]
pub fn sizes(value: u64) -> [Size; 4] {
    let fits = |name, width: usize| Size {
        name,
        bytes: (value
            .checked_shr(8 * u32::try_from(width).unwrap_or(8))
            .unwrap_or(0)
            == 0)
            .then_some(width),
    };
    let digits = value.checked_ilog10().unwrap_or(0) as usize + 1;
    [
        Size {
            name: "digits + newline",
            bytes: Some(digits + 1),
        },
        fits("u16", 2),
        fits("u32", 4),
        fits("u64", 8),
    ]
}
