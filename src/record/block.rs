//! The blocks of a pcapng file (draft-ietf-opsawg-pcapng), read where they lie in a window of the file. Reading is
//! total and holds nothing but the interfaces of a section: a length is checked before it is believed, and what cannot
//! be so is an error with its offset.

pub mod option;
mod reader;
mod search;
mod writing;
mod wrong;

use std::net::IpAddr;
use std::time::Duration;

pub use option::{Iter, OptionField, Options};
pub use reader::{Next, Reader};
pub use search::Search;
pub use writing::{Resolution, Writing, noted};
pub use wrong::{Why, Wrong};

/// Section Header Block; it reads the same in both byte orders.
pub const SECTION: u32 = 0x0A0D_0D0A;
/// Interface Description Block.
pub const INTERFACE: u32 = 1;
/// The Packet Block of early files.
pub const PACKET: u32 = 2;
/// Simple Packet Block.
pub const SIMPLE_PACKET: u32 = 3;
/// Name Resolution Block.
pub const NAMES: u32 = 4;
/// Interface Statistics Block.
pub const STATISTICS: u32 = 5;
/// Enhanced Packet Block.
pub const ENHANCED_PACKET: u32 = 6;
/// Custom Block that a program may copy to another file without knowing it.
pub const CUSTOM: u32 = 0x0BAD;
/// Custom Block that no other file shall have.
pub const CUSTOM_NOT_COPIED: u32 = 0x4000_0BAD;

/// The enterprise number in our custom blocks and options: the one for documentation (RFC 5612).
pub const ENTERPRISE: u32 = 32_473;

/// The link layer of packets that begin with an IP header (`LINKTYPE_RAW`).
pub const LINK_RAW: u16 = 101;

/// The link layer of an interface whose description cannot be read: the last of the numbers that anybody may use as he
/// likes (`LINKTYPE_USER15`) is none that is read here.
pub const LINK_UNKNOWN: u16 = 162;

/// Tells the byte order of a section.
pub const ORDER_MAGIC: u32 = 0x1A2B_3C4D;

/// The longest block that is read; what is longer and of no use is skipped, what is longer and of use is an error.
pub const BLOCK_MAX_BYTES: u32 = 16 << 20;

/// The most interfaces of a section.
pub const INTERFACES_MAX: usize = 1 << 16;

/// Whether a file that begins so is a pcapng file: the type of a section's header and the mark of its byte order.
#[must_use]
pub fn is_pcapng(head: &[u8]) -> bool {
    let word = |at: usize| Some(u32::from_le_bytes(*head.get(at..)?.first_chunk()?));
    let is_mark = |mark: u32| mark == ORDER_MAGIC || mark.swap_bytes() == ORDER_MAGIC;
    word(0) == Some(SECTION) && word(8).is_some_and(is_mark)
}

/// The byte order of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Order {
    fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    fn u64(self, bytes: [u8; 8]) -> u64 {
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        }
    }
}

/// Where packets were captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface {
    /// What their bytes begin with: a number of the LINKTYPE registry.
    pub link: u16,
    /// The most bytes of a packet that were kept; 0: all.
    pub snap: u32,
    /// What a tick of its clock is.
    pub resolution: Resolution,
    /// The second at which its clock stood at 0, counted from 1970.
    pub epoch: i64,
}

impl Interface {
    /// The time of a packet since 1970; what lies before is 1970.
    #[must_use]
    pub fn time(&self, ticks: u64) -> Duration {
        let time = self.resolution.duration(ticks);
        let epoch = Duration::from_secs(self.epoch.unsigned_abs());
        if self.epoch < 0 {
            time.saturating_sub(epoch)
        } else {
            time.saturating_add(epoch)
        }
    }
}

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'b> {
    /// Which interface of its section, counted from 0.
    pub interface: u32,
    /// What that interface is.
    pub of: Interface,
    /// When, since 1970; a simple packet does not say.
    pub at: Option<Duration>,
    /// How long it was on the wire.
    pub original: u32,
    /// As much of it as was kept.
    pub data: &'b [u8],
    /// Where that begins in the file.
    pub data_at: u64,
    /// Comments, and what else is told of it.
    pub options: Options<'b>,
}

/// A block, its parts still in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block<'b> {
    /// A section begins; interfaces are counted from 0 again.
    Section(Options<'b>),
    /// An interface of the section.
    Interface(Interface, Options<'b>),
    /// A packet, of whichever block.
    Packet(Packet<'b>),
    /// Names of addresses.
    Names(Names<'b>),
    /// Numbers about an interface.
    Statistics {
        /// Which.
        interface: u32,
        /// The numbers.
        options: Options<'b>,
    },
    /// What a program of that enterprise alone understands.
    Custom {
        /// The enterprise.
        enterprise: u32,
        /// Its data, padding included: it has to say its length itself.
        data: &'b [u8],
        /// Where that begins in the file.
        data_at: u64,
    },
    /// A block of another type, whole and of no use here.
    Other(u32),
}

/// The records of a Name Resolution Block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names<'b>(Options<'b>);

impl<'b> Names<'b> {
    /// Each address with its first name.
    pub fn iter(&self) -> impl Iterator<Item = (IpAddr, &'b [u8])> + use<'b> {
        self.0.iter().filter_map(|record| {
            let (address, names) = match record.code {
                1 => parted::<4>(record.value)?,
                2 => parted::<16>(record.value)?,
                _ => return None,
            };
            Some((address, names.split(|byte| *byte == 0).next()?))
        })
    }
}

/// The address that a record of names begins with, and the names.
fn parted<const N: usize>(record: &[u8]) -> Option<(IpAddr, &[u8])>
where
    IpAddr: From<[u8; N]>,
{
    let (address, names) = record.split_first_chunk::<N>()?;
    Some((IpAddr::from(*address), names))
}

/// How many bytes bring a length to a multiple of four.
fn pad(len: usize) -> usize {
    len.wrapping_neg() % 4
}

#[cfg(test)]
mod tests;
