//! The checksums that protocols put behind their messages. Nothing here resists an attacker.

use super::ByteOrder;

/// One kind of checksum.
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct Checksum {
    /// Its name in expressions and framings.
    pub name: &'static str,
    /// Bytes that it takes: 1, 2 or 4.
    pub width: u8,
    /// The order of its bytes unless told; of no meaning for one byte.
    pub order: ByteOrder,
    /// The checksum of the ASCII digits `123456789`, by which catalogues tell the kinds apart.
    pub check: u32,
    rule: Rule,
}

#[derive(PartialEq, Eq, Hash, Debug)]
enum Rule {
    Sum,
    Xor,
    Adler,
    Crc {
        table: &'static [u32; 256],
        reflected: bool,
        init: u32,
        flip: u32,
    },
}

/// The parameters and check values are those of the catalogue of parametrised CRC algorithms
/// (<https://reveng.sourceforge.io/crc-catalogue/>), by these names: crc8 CRC-8/SMBUS, crc16-arc CRC-16/ARC,
/// crc16-modbus CRC-16/MODBUS, crc16-ccitt CRC-16/KERMIT (the one whose alias is CRC-16/CCITT; what others call
/// CCITT-FALSE is CRC-16/IBM-3740), crc16-xmodem CRC-16/XMODEM, crc32 CRC-32/ISO-HDLC, crc32c CRC-32/ISCSI. adler32
/// is that of RFC 1950, section 8.2; sum8 and xor8 add and combine the bytes.
static KINDS: [Checksum; 10] = [
    kind("sum8", 1, 0xdd, Rule::Sum),
    kind("xor8", 1, 0x31, Rule::Xor),
    kind(
        "crc8",
        1,
        0xf4,
        Rule::Crc {
            table: &CRC8,
            reflected: false,
            init: 0,
            flip: 0,
        },
    ),
    kind(
        "crc16-arc",
        2,
        0xbb3d,
        Rule::Crc {
            table: &CRC16_8005,
            reflected: true,
            init: 0,
            flip: 0,
        },
    ),
    Checksum {
        order: ByteOrder::Little,
        ..kind(
            "crc16-modbus",
            2,
            0x4b37,
            Rule::Crc {
                table: &CRC16_8005,
                reflected: true,
                init: 0xffff,
                flip: 0,
            },
        )
    },
    kind(
        "crc16-ccitt",
        2,
        0x2189,
        Rule::Crc {
            table: &CRC16_1021_REFLECTED,
            reflected: true,
            init: 0,
            flip: 0,
        },
    ),
    kind(
        "crc16-xmodem",
        2,
        0x31c3,
        Rule::Crc {
            table: &CRC16_1021,
            reflected: false,
            init: 0,
            flip: 0,
        },
    ),
    kind(
        "crc32",
        4,
        0xcbf4_3926,
        Rule::Crc {
            table: &CRC32,
            reflected: true,
            init: u32::MAX,
            flip: u32::MAX,
        },
    ),
    kind(
        "crc32c",
        4,
        0xe306_9283,
        Rule::Crc {
            table: &CRC32C,
            reflected: true,
            init: u32::MAX,
            flip: u32::MAX,
        },
    ),
    kind("adler32", 4, 0x091e_01de, Rule::Adler),
];

const fn kind(name: &'static str, width: u8, check: u32, rule: Rule) -> Checksum {
    Checksum {
        name,
        width,
        order: ByteOrder::Big,
        check,
        rule,
    }
}

static CRC8: [u32; 256] = table(8, 0x07);
static CRC16_1021: [u32; 256] = table(16, 0x1021);
static CRC16_8005: [u32; 256] = reflected_table(0xa001);
static CRC16_1021_REFLECTED: [u32; 256] = reflected_table(0x8408);
static CRC32: [u32; 256] = reflected_table(0xedb8_8320);
static CRC32C: [u32; 256] = reflected_table(0x82f6_3b78);

/// Every kind, in the order in which menus show them.
#[must_use]
pub fn kinds() -> &'static [Checksum] {
    &KINDS
}

impl Checksum {
    /// The kind of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The checksum as a number.
    #[must_use]
    pub fn over(&self, bytes: &[u8]) -> u32 {
        let mut sum = self.begin();
        sum.add(bytes);
        sum.value()
    }

    /// The checksum of nothing yet.
    #[must_use]
    pub fn begin(&self) -> Sum<'_> {
        let state = match self.rule {
            Rule::Sum | Rule::Xor => 0,
            Rule::Adler => 1,
            Rule::Crc {
                reflected: true,
                init,
                ..
            } => init,
            Rule::Crc { init, .. } => init << (32 - self.bits()),
        };
        Sum { kind: self, state }
    }

    fn bits(&self) -> u32 {
        u32::from(self.width) * 8
    }

    /// The checksum as the bytes that stand behind a message.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8], order: ByteOrder) -> Vec<u8> {
        let mut sum: Vec<u8> = self
            .over(bytes)
            .to_le_bytes()
            .into_iter()
            .take(usize::from(self.width))
            .collect();
        if order == ByteOrder::Big {
            sum.reverse();
        }
        sum
    }
}

/// A checksum under way: bytes are added as they come.
#[derive(Clone, Copy, Debug)]
pub struct Sum<'k> {
    kind: &'k Checksum,
    state: u32,
}

impl Sum<'_> {
    /// Goes on over these bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.state = match self.kind.rule {
            Rule::Sum => bytes
                .iter()
                .fold(self.state, |sum, byte| (sum + u32::from(*byte)) & 0xff),
            Rule::Xor => bytes
                .iter()
                .fold(self.state, |sum, byte| sum ^ u32::from(*byte)),
            Rule::Adler => adler(self.state, bytes),
            Rule::Crc {
                table,
                reflected: true,
                ..
            } => bytes.iter().fold(self.state, |crc, byte| {
                let [low, ..] = crc.to_le_bytes();
                crc >> 8 ^ table[usize::from(low ^ byte)]
            }),
            Rule::Crc { table, .. } => bytes.iter().fold(self.state, |crc, byte| {
                let [high, ..] = crc.to_be_bytes();
                crc << 8 ^ table[usize::from(high ^ byte)]
            }),
        };
    }

    /// The checksum of all that was added.
    #[must_use]
    pub fn value(&self) -> u32 {
        match self.kind.rule {
            Rule::Sum | Rule::Xor | Rule::Adler => self.state,
            Rule::Crc {
                reflected: true,
                flip,
                ..
            } => self.state ^ flip,
            Rule::Crc { flip, .. } => self.state >> (32 - self.kind.bits()) ^ flip,
        }
    }
}

/// The table of a CRC that shifts left, with the polynomial at the top of the 32 bits.
const fn table(bits: u32, polynomial: u32) -> [u32; 256] {
    let polynomial = polynomial << (32 - bits);
    let mut table = [0; 256];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut crc = byte << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 << 31 == 0 {
                crc << 1
            } else {
                crc << 1 ^ polynomial
            };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
}

/// The table of a CRC that shifts right; the polynomial is written with its bits reversed.
const fn reflected_table(polynomial: u32) -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut crc = byte;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 0 {
                crc >> 1
            } else {
                crc >> 1 ^ polynomial
            };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
}

fn adler(state: u32, bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    let begin = (state & 0xffff, state >> 16);
    let (low, high) = bytes.iter().fold(begin, |(low, high), byte| {
        let low = (low + u32::from(*byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::{Checksum, kinds};
    use crate::expr::ByteOrder;

    #[test]
    fn every_kind_gives_the_check_value_of_its_catalogue() {
        for kind in kinds() {
            assert_eq!(kind.over(b"123456789"), kind.check, "{}", kind.name);
            let mut sum = kind.begin();
            b"123456789".iter().for_each(|byte| sum.add(&[*byte]));
            assert_eq!(sum.value(), kind.check, "{} byte by byte", kind.name);
            assert_eq!(Checksum::named(kind.name), Some(kind));
        }
        assert_eq!(Checksum::named("crc64"), None);
    }

    #[test]
    fn the_bytes_follow_the_order() {
        let check = |name, order, expected: &[u8]| {
            assert_eq!(
                Checksum::named(name).unwrap().bytes(b"123456789", order),
                expected,
                "{name}"
            );
        };
        check("sum8", ByteOrder::Big, b"\xdd");
        check("sum8", ByteOrder::Little, b"\xdd");
        check("crc16-modbus", ByteOrder::Little, b"\x37\x4b");
        check("crc32", ByteOrder::Big, b"\xcb\xf4\x39\x26");
        check("crc32", ByteOrder::Little, b"\x26\x39\xf4\xcb");
    }

    #[test]
    fn nothing_has_a_checksum_too() {
        let sums: Vec<u32> = kinds().iter().map(|kind| kind.over(b"")).collect();
        assert_eq!(sums, [0, 0, 0, 0, 0xffff, 0, 0, 0, 0, 1]);
    }
}
