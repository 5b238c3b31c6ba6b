//! What cannot be so in a file of blocks, and where.

/// The first thing in a file that cannot be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The offset in the file.
    pub at: u64,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The file does not begin with a section's header.
    NoSection,
    /// The mark of the byte order is none.
    Order,
    /// A version that nobody knows: major, minor.
    Version(u16, u16),
    /// A block cannot have that length.
    Length(u32),
    /// A block of that length is longer than any that is read.
    Long(u32),
    /// The length before a block and the one behind it differ.
    Unequal(u32, u32),
    /// A block ends before its fields do.
    Short,
    /// A packet has more bytes than its block.
    Captured(u32),
    /// A packet of an interface that was not described.
    Interface(u32),
    /// More interfaces than anybody has.
    Interfaces,
}

impl Wrong {
    pub(super) fn new(at: u64, why: Why) -> Self {
        Self { at, why }
    }
}
