//! The records of a pcap file (draft-ietf-opsawg-pcap), read where they lie in a window of the file. A length is
//! checked before it is believed, and what cannot be so is an error with its offset.

use std::time::Duration;

/// The header of a file.
const HEAD_BYTES: usize = 24;

/// The header of a record.
const RECORD_BYTES: usize = 16;

/// The most bytes of a packet that are believed, whatever the header says (libpcap's own limit for odd devices).
const PACKET_MAX_BYTES: u32 = 16 << 20;

/// What is written in the first four bytes: the unit of the fraction of a second, in nanoseconds.
const MAGICS: &[(u32, u32)] = &[(0xa1b2_c3d4, 1000), (0xa1b2_3c4d, 1)];

/// Whether a file that begins so is a pcap file.
#[must_use]
pub(super) fn is_pcap(head: &[u8]) -> bool {
    Head::read(head).is_some()
}

/// What the header of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    is_big: bool,
    /// Nanoseconds that the fraction of a time counts.
    unit: u32,
    link: u16,
}

impl Head {
    fn read(head: &[u8]) -> Option<Self> {
        let magic: [u8; 4] = *head.first_chunk()?;
        let found = |number: u32| MAGICS.iter().find(|(known, _)| *known == number);
        let little = found(u32::from_le_bytes(magic)).map(|(_, unit)| (false, *unit));
        let big = || found(u32::from_be_bytes(magic)).map(|(_, unit)| (true, *unit));
        let (is_big, unit) = little.or_else(big)?;
        // The upper half of the word says how long a checksum behind each frame is.
        let link = word(head, 20, is_big)? & 0xffff;
        Some(Self {
            is_big,
            unit,
            link: u16::try_from(link).ok()?,
        })
    }
}

/// A record, its bytes still in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'w> {
    /// What its bytes begin with: a number of the LINKTYPE registry.
    pub(super) link: u16,
    /// When, since 1970.
    pub(super) at: Duration,
    /// How long it was on the wire.
    pub(super) original: u32,
    /// As much of it as was kept.
    pub(super) data: &'w [u8],
    /// Where that begins in the file.
    pub(super) data_at: u64,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next<'w> {
    /// So many bytes must be in the window; fewer are not there.
    Want(usize),
    /// The file's header was read.
    Head,
    /// A packet.
    Record(Record<'w>),
    /// A length that cannot be: nothing behind it can be found.
    Long {
        /// Where it stands.
        at: u64,
        /// What it says.
        len: u32,
    },
}

/// Reads the records of a file in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Reader {
    at: u64,
    head: Option<Head>,
}

impl Reader {
    /// Where the next record begins in the file, which is where the window has to begin.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next record of a window.
    pub(super) fn next<'w>(&mut self, window: &'w [u8]) -> Next<'w> {
        let Some(head) = self.head else {
            return match window.get(..HEAD_BYTES).and_then(Head::read) {
                Some(head) => {
                    self.head = Some(head);
                    self.at += HEAD_BYTES as u64;
                    Next::Head
                }
                None => Next::Want(HEAD_BYTES),
            };
        };
        let field = |at| word(window, at, head.is_big);
        let (Some(seconds), Some(fraction), Some(len), Some(original)) =
            (field(0), field(4), field(8), field(12))
        else {
            return Next::Want(RECORD_BYTES);
        };
        if len > PACKET_MAX_BYTES {
            let at = self.at + 8;
            return Next::Long { at, len };
        }
        let whole = RECORD_BYTES + len as usize;
        let Some(data) = window.get(RECORD_BYTES..whole) else {
            return Next::Want(whole);
        };
        let fraction = Duration::from_nanos(u64::from(fraction) * u64::from(head.unit));
        let data_at = self.at + RECORD_BYTES as u64;
        self.at += whole as u64;
        Next::Record(Record {
            link: head.link,
            at: Duration::from_secs(seconds.into()) + fraction,
            original,
            data,
            data_at,
        })
    }
}

fn word(bytes: &[u8], at: usize, is_big: bool) -> Option<u32> {
    let word = *bytes.get(at..)?.first_chunk()?;
    Some(if is_big {
        u32::from_be_bytes(word)
    } else {
        u32::from_le_bytes(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(magic: u32, is_big: bool, len: u32) -> Vec<u8> {
        let put = |word: u32| {
            if is_big {
                word.to_be_bytes()
            } else {
                word.to_le_bytes()
            }
        };
        let words = [magic, 0x0004_0002, 0, 0, 65_535, 0x1000_0071];
        let record = [10, 250_000, len, 1500];
        let mut bytes: Vec<u8> = words.into_iter().chain(record).flat_map(put).collect();
        bytes.extend(b"abc");
        bytes
    }

    #[test]
    fn each_magic_is_read() {
        for (magic, nanos) in [(0xa1b2_c3d4, 250_000_000), (0xa1b2_3c4d, 250_000)] {
            for is_big in [false, true] {
                let bytes = file(magic, is_big, 3);
                assert!(is_pcap(&bytes));
                let mut reader = Reader::default();
                assert_eq!(reader.next(&bytes), Next::Head);
                let expected = Record {
                    link: 0x71,
                    at: Duration::new(10, nanos),
                    original: 1500,
                    data: b"abc",
                    data_at: 40,
                };
                assert_eq!(reader.next(&bytes[24..]), Next::Record(expected));
                assert_eq!(reader.at(), 43);
                assert_eq!(reader.next(&[]), Next::Want(16));
            }
        }
    }

    #[test]
    fn a_length_is_not_believed_before_its_bytes_are_there() {
        let bytes = file(0xa1b2_c3d4, false, 4);
        let mut reader = Reader::default();
        assert_eq!(reader.next(&bytes[..20]), Next::Want(24));
        assert_eq!(reader.next(&bytes), Next::Head);
        assert_eq!(reader.next(&bytes[24..]), Next::Want(20));
        let bytes = file(0xa1b2_c3d4, true, u32::MAX);
        let mut reader = Reader::default();
        assert_eq!(reader.next(&bytes), Next::Head);
        let wrong = Next::Long {
            at: 32,
            len: u32::MAX,
        };
        assert_eq!(reader.next(&bytes[24..]), wrong);
    }
}
