//! Blocks as they are written: little-endian, behind what a buffer holds already.

use std::net::IpAddr;
use std::time::Duration;

use super::option::{CUSTOM_BYTES, EPOCH, FLAGS, PROGRAM, RESOLUTION};
use super::{
    CUSTOM, ENHANCED_PACKET, ENTERPRISE, INTERFACE, NAMES, ORDER_MAGIC, SECTION, option, pad,
};

/// What a tick of an interface's clock is, as `if_tsresol` tells it: a power of ten, or of two with the highest bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution(pub u8);

impl Resolution {
    /// What holds where a file does not tell.
    pub const MICROSECONDS: Self = Self(6);
    /// What we write.
    pub const NANOSECONDS: Self = Self(9);

    /// So many ticks as time; what no time can hold is the longest.
    #[must_use]
    pub fn duration(self, ticks: u64) -> Duration {
        let power = u32::from(self.0 & 0x7f);
        let nanos = u128::from(ticks) * 1_000_000_000;
        let nanos = if self.0 & 0x80 != 0 {
            nanos.checked_shr(power).unwrap_or(0)
        } else {
            let one = 10_u128.checked_pow(power);
            one.map_or(0, |one| nanos / one)
        };
        let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
        let below = u32::try_from(nanos % 1_000_000_000).unwrap_or(0);
        Duration::new(seconds, below)
    }
}

/// A block that is being written. [`Writing::end`] closes it.
#[derive(Debug)]
#[must_use = "a block that is not ended has no length"]
pub struct Writing<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    has_options: bool,
}

impl<'o> Writing<'o> {
    /// The header of a section of unknown length, written by `program`.
    pub fn section(out: &'o mut Vec<u8>, program: &str) -> Self {
        let mut block = Self::begin(out, SECTION);
        block.u32(ORDER_MAGIC);
        block.u16(1);
        block.u16(0);
        block.out.extend_from_slice(&u64::MAX.to_le_bytes());
        block.option(PROGRAM, program.as_bytes());
        block
    }

    /// An interface whose packets begin as `link` says, with times in nanoseconds since `epoch`, a second after 1970.
    pub fn interface(out: &'o mut Vec<u8>, link: u16, epoch: i64) -> Self {
        let mut block = Self::begin(out, INTERFACE);
        block.u16(link);
        block.u16(0);
        block.u32(0);
        block.option(RESOLUTION, &[Resolution::NANOSECONDS.0]);
        if epoch != 0 {
            block.option(EPOCH, &epoch.to_le_bytes());
        }
        block
    }

    /// A packet of `len` bytes at a time since the interface's epoch; [`Writing::data`] brings its bytes.
    pub fn packet(out: &'o mut Vec<u8>, interface: u32, at: Duration, len: u32) -> Self {
        let mut block = Self::begin(out, ENHANCED_PACKET);
        let nanos = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
        block.u32(interface);
        block.u32((nanos >> 32) as u32);
        block.u32((nanos & 0xffff_ffff) as u32);
        block.u32(len);
        block.u32(len);
        block
    }

    /// Names of addresses.
    pub fn names<'n>(out: &'o mut Vec<u8>, names: impl Iterator<Item = (IpAddr, &'n str)>) -> Self {
        let mut block = Self::begin(out, NAMES);
        for (address, name) in names {
            let (code, address) = match address {
                IpAddr::V4(address) => (1, address.octets().to_vec()),
                IpAddr::V6(address) => (2, address.octets().to_vec()),
            };
            block.field(code, &[&address, name.as_bytes(), &[0]]);
        }
        block.u32(0);
        block
    }

    /// A block of ours, which other programs may copy; [`Writing::data`] brings its bytes.
    pub fn ours(out: &'o mut Vec<u8>) -> Self {
        let mut block = Self::begin(out, CUSTOM);
        block.u32(ENTERPRISE);
        block
    }

    /// Any block, without its body.
    pub fn begin(out: &'o mut Vec<u8>, kind: u32) -> Self {
        let start = out.len();
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        Self {
            out,
            start,
            has_options: false,
        }
    }

    /// What the block is about: `write` appends it. It is padded behind.
    pub fn data(mut self, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let before = self.out.len();
        write(self.out);
        self.pad(self.out.len() - before);
        self
    }

    /// A comment for people, at most as long as an option can be.
    pub fn comment(mut self, text: &str) -> Self {
        self.option(option::COMMENT, noted(text).as_bytes());
        self
    }

    /// The name of an interface.
    pub fn named(mut self, name: &str) -> Self {
        self.option(option::NAME, name.as_bytes());
        self
    }

    /// Whether a packet came in or went out.
    pub fn flags(mut self, came_in: bool) -> Self {
        let flags: u32 = if came_in { 1 } else { 2 };
        self.option(FLAGS, &flags.to_le_bytes());
        self
    }

    /// Bytes of ours about a packet.
    pub fn told(mut self, bytes: &[u8]) -> Self {
        self.has_options = true;
        self.field(CUSTOM_BYTES, &[&ENTERPRISE.to_le_bytes(), bytes]);
        self
    }

    /// Closes the block: ends its options and writes its length at both ends.
    pub fn end(self) {
        if self.has_options {
            self.out.extend_from_slice(&[0; 4]);
        }
        let len = u32::try_from(self.out.len() - self.start + 4).unwrap_or(u32::MAX);
        if let Some(place) = self.out.get_mut(self.start + 4..self.start + 8) {
            place.copy_from_slice(&len.to_le_bytes());
        }
        self.out.extend_from_slice(&len.to_le_bytes());
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        self.has_options = true;
        self.field(code, &[value]);
    }

    /// An option, or a record of names, its value in parts. What is longer than either can be is left out.
    fn field(&mut self, code: u16, parts: &[&[u8]]) {
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        let Ok(told) = u16::try_from(len) else {
            return;
        };
        self.u16(code);
        self.u16(told);
        for part in parts {
            self.out.extend_from_slice(part);
        }
        self.pad(len);
    }

    fn pad(&mut self, len: usize) {
        self.out.extend_from_slice(&[0; 3][..pad(len)]);
    }

    fn u16(&mut self, value: u16) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }
}

/// As much of a comment as is written: an option has no more room.
#[must_use]
pub fn noted(text: &str) -> &str {
    let mut end = text.len().min(u16::MAX.into());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
