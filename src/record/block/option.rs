//! The options of a block: codes with values, up to the end of options or of the block. What does not fit ends them:
//! the block is still good.

use super::{ENTERPRISE, Order, pad};

/// The last option.
const END: u16 = 0;
/// A comment, in any block.
pub const COMMENT: u16 = 1;
/// In an interface: its name.
pub const NAME: u16 = 2;
/// In an interface: what a tick of its clock is.
pub const RESOLUTION: u16 = 9;
/// In an interface: the second at which its clock stood at 0.
pub const EPOCH: u16 = 14;
/// In a packet: bits about it; the lowest two say whether it came in (1) or went out (2).
pub const FLAGS: u16 = 2;
/// In a section: the program that wrote it.
pub const PROGRAM: u16 = 4;
/// In any block: bytes that a program of an enterprise understands, which may be copied to another file.
pub const CUSTOM_BYTES: u16 = 2989;

/// An option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionField<'b> {
    /// What it is, which depends on the block.
    pub code: u16,
    /// Its value, as long as it says.
    pub value: &'b [u8],
    order: Order,
}

impl<'b> OptionField<'b> {
    /// A value of one byte.
    #[must_use]
    pub fn u8(&self) -> Option<u8> {
        self.value.first().copied()
    }

    /// A value of four bytes.
    #[must_use]
    pub fn u32(&self) -> Option<u32> {
        Some(self.order.u32(*self.value.first_chunk()?))
    }

    /// A value of eight bytes.
    #[must_use]
    pub fn u64(&self) -> Option<u64> {
        Some(self.order.u64(*self.value.first_chunk()?))
    }

    /// The bytes of a custom option of ours.
    #[must_use]
    pub fn ours(&self) -> Option<&'b [u8]> {
        let (enterprise, bytes) = self.value.split_first_chunk::<4>()?;
        let is_ours = self.code == CUSTOM_BYTES && self.order.u32(*enterprise) == ENTERPRISE;
        is_ours.then_some(bytes)
    }
}

/// The options of a block, read one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options<'b> {
    rest: &'b [u8],
    order: Order,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self::new(&[], Order::Little)
    }
}

impl<'b> Options<'b> {
    pub(super) fn new(rest: &'b [u8], order: Order) -> Self {
        Self { rest, order }
    }

    /// Each of them.
    #[must_use]
    pub fn iter(&self) -> Iter<'b> {
        Iter(*self)
    }

    /// The first option of that code.
    #[must_use]
    pub fn find(&self, code: u16) -> Option<OptionField<'b>> {
        self.iter().find(|option| option.code == code)
    }

    /// The bytes of the first custom option of ours.
    #[must_use]
    pub fn ours(&self) -> Option<&'b [u8]> {
        self.iter().find_map(|option| option.ours())
    }

    /// The comments.
    pub fn comments(&self) -> impl Iterator<Item = &'b [u8]> + use<'b> {
        self.iter()
            .filter(|option| option.code == COMMENT)
            .map(|option| option.value)
    }
}

impl<'b> IntoIterator for &Options<'b> {
    type Item = OptionField<'b>;
    type IntoIter = Iter<'b>;

    fn into_iter(self) -> Iter<'b> {
        self.iter()
    }
}

/// Options that are left to read.
#[derive(Clone, Debug)]
pub struct Iter<'b>(Options<'b>);

impl<'b> Iterator for Iter<'b> {
    type Item = OptionField<'b>;

    fn next(&mut self) -> Option<Self::Item> {
        let Options { rest, order } = &mut self.0;
        let (code, left) = rest.split_first_chunk()?;
        let (len, left) = left.split_first_chunk()?;
        let (code, len) = (order.u16(*code), order.u16(*len).into());
        *rest = &[];
        if code == END {
            return None;
        }
        let (value, left) = left.split_at_checked(len)?;
        *rest = left.get(pad(len)..).unwrap_or_default();
        Some(OptionField {
            code,
            value,
            order: *order,
        })
    }
}
