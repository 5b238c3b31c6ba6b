//! What cannot be so in a file of blocks, and where.

use std::fmt;

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

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSection => out.write_str("the file does not begin with a section's header"),
            Self::Order => out.write_str("the mark of the byte order is none"),
            Self::Version(major, minor) => write!(out, "nobody knows version {major}.{minor}"),
            Self::Length(len) => write!(out, "a block cannot be {len} bytes long"),
            Self::Long(len) => write!(
                out,
                "a block of {len} bytes is longer than any that is read"
            ),
            Self::Unequal(before, behind) => {
                write!(
                    out,
                    "a block is {before} bytes long by its head and {behind} by its tail"
                )
            }
            Self::Short => out.write_str("a block ends before its fields do"),
            Self::Captured(len) => write!(out, "a packet of {len} bytes does not fit in its block"),
            Self::Interface(number) => write!(out, "nothing described interface {number}"),
            Self::Interfaces => out.write_str("there are more interfaces than anybody has"),
        }
    }
}
