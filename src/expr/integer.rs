//! How a number is written in bytes: fixed widths, padded decimal and hex digits, varints. One number at a time; no
//! framing rule lives here.

#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter};

/// Which byte of a number comes first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ByteOrder {
    /// The most significant byte first: network order.
    Big,
    /// The least significant byte first.
    Little,
}

impl ByteOrder {
    /// The order of the machine that this program was built for.
    pub const HOST: Self = if cfg!(target_endian = "big") {
        Self::Big
    } else {
        Self::Little
    };

    /// The other order.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Self::Big => Self::Little,
            Self::Little => Self::Big,
        }
    }

    /// `be` or `le`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Big => "be",
            Self::Little => "le",
        }
    }

    /// The order of a name, exactly as `name` spells it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Big, Self::Little]
            .into_iter()
            .find(|order| order.name() == name)
    }
}

/// The most digits of `decN`: no 64-bit number has more.
pub const DEC_MAX_DIGITS: u8 = 20;
/// The most digits of `hexN`: no 64-bit number has more.
pub const HEX_MAX_DIGITS: u8 = 16;
/// A varint of 64 bits has at most ten bytes, the last of them 0 or 1 (Protocol Buffers, "Encoding").
const VARINT_MAX_BYTES: usize = 10;

/// A type of number in bytes. `Display` prints what `parse` reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IntType {
    /// `u8`, `u16be`, `i24le` … `u64be`.
    Fixed {
        /// 1 to 8 bytes.
        width: u8,
        /// The order of the bytes; `Big` where there is only one.
        order: ByteOrder,
        /// Two's complement.
        signed: bool,
    },
    /// `decN`: exactly N decimal ASCII digits, 1 to 20.
    Dec(u8),
    /// `hexN`: exactly N hexadecimal ASCII digits, 1 to 16; written in lower case, read in either.
    Hex(u8),
    /// Seven bits a byte, the lowest first, the top bit set on all but the last (LEB128, as in Protocol Buffers).
    Varint,
}

/// What the first bytes of a buffer mean as a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// At least that many more bytes are needed.
    Need(usize),
    /// The number, and how many bytes it took.
    Value(i128, usize),
    /// No continuation can make this a number, and why.
    Bad(String),
}

/// A number that its type cannot hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit {
    /// Which number and type.
    pub what: String,
    /// The numbers that fit.
    pub fits: String,
}

impl Display for Misfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.fits)
    }
}

impl IntType {
    /// The type of a name such as `u16be`, `dec5` or `varint`. Widths are whole bytes up to 64 bits; only one byte
    /// has no order.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name == "varint" {
            return Some(Self::Varint);
        }
        if let Some(digits) = name.strip_prefix("dec") {
            return count(digits)
                .filter(|n| (1..=DEC_MAX_DIGITS).contains(n))
                .map(Self::Dec);
        }
        if let Some(digits) = name.strip_prefix("hex") {
            return count(digits)
                .filter(|n| (1..=HEX_MAX_DIGITS).contains(n))
                .map(Self::Hex);
        }
        let (signed, rest) = split_sign(name)?;
        if rest == "8" {
            return Some(Self::Fixed {
                width: 1,
                order: ByteOrder::Big,
                signed,
            });
        }
        let order = [ByteOrder::Big, ByteOrder::Little]
            .into_iter()
            .find(|order| rest.ends_with(order.name()))?;
        let bits = count(rest.strip_suffix(order.name())?)?;
        let whole = bits % 8 == 0 && (16..=64).contains(&bits);
        whole.then_some(Self::Fixed {
            width: bits / 8,
            order,
            signed,
        })
    }

    /// What would have fitted in place of a name that is nearly a type: `u16` lacks its order, `dec99` has too many
    /// digits.
    #[must_use]
    pub fn near(name: &str) -> Option<String> {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if name
            .strip_prefix("dec")
            .is_some_and(|rest| rest.is_empty() || digits(rest))
        {
            return Some(format!("dec1 to dec{DEC_MAX_DIGITS}"));
        }
        if name
            .strip_prefix("hex")
            .is_some_and(|rest| rest.is_empty() || digits(rest))
        {
            return Some(format!("hex1 to hex{HEX_MAX_DIGITS}"));
        }
        let (_, rest) = split_sign(name)?;
        let bits = rest
            .strip_suffix("be")
            .or_else(|| rest.strip_suffix("le"))
            .unwrap_or(rest);
        let sign = name.chars().next()?;
        match bits {
            "8" => Some(format!("{sign}8, which has no byte order")),
            "16" | "24" | "32" | "40" | "48" | "56" | "64" => {
                Some(format!("{sign}{bits}be or {sign}{bits}le"))
            }
            _ if digits(bits) => Some(format!(
                "{sign}8, {sign}16be, {sign}24be, {sign}32be or {sign}64be, or le"
            )),
            _ => None,
        }
    }

    /// The smallest and the largest number that fit.
    #[must_use]
    pub fn range(self) -> (i128, i128) {
        match self {
            Self::Fixed {
                width,
                signed: false,
                ..
            } => (0, (1 << (u32::from(width) * 8)) - 1),
            Self::Fixed {
                width,
                signed: true,
                ..
            } => {
                let half = 1 << (u32::from(width) * 8 - 1);
                (-half, half - 1)
            }
            Self::Dec(digits) => (0, 10_i128.pow(u32::from(digits)) - 1),
            Self::Hex(digits) => (0, (1 << (u32::from(digits) * 4)) - 1),
            Self::Varint => (0, i128::from(u64::MAX)),
        }
    }

    /// Whether the number fits.
    ///
    /// # Errors
    /// Which numbers would.
    pub fn check(self, value: i128) -> Result<(), Misfit> {
        let (least, most) = self.range();
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(Misfit {
            what: format!("{value} does not fit in {self}"),
            fits: format!("{least} to {most}"),
        })
    }

    /// The bytes of a number.
    ///
    /// # Errors
    /// Where the number does not fit.
    pub fn encode(self, value: i128) -> Result<Vec<u8>, Misfit> {
        self.check(value)?;
        Ok(match self {
            Self::Fixed { width, order, .. } => {
                let mut bytes: Vec<u8> = value
                    .to_le_bytes()
                    .into_iter()
                    .take(usize::from(width))
                    .collect();
                if order == ByteOrder::Big {
                    bytes.reverse();
                }
                bytes
            }
            Self::Dec(digits) => {
                format!("{value:0width$}", width = usize::from(digits)).into_bytes()
            }
            Self::Hex(digits) => {
                format!("{value:0width$x}", width = usize::from(digits)).into_bytes()
            }
            Self::Varint => varint(value),
        })
    }

    /// Reads a number from the first bytes; what follows it is not looked at.
    #[must_use]
    #[inline]
    pub fn decode(self, bytes: &[u8]) -> Step {
        match self {
            Self::Fixed {
                width,
                order,
                signed,
            } => decode_fixed(bytes, usize::from(width), order, signed),
            Self::Dec(digits) => decode_digits(bytes, usize::from(digits), 10, self),
            Self::Hex(digits) => decode_digits(bytes, usize::from(digits), 16, self),
            Self::Varint => decode_varint(bytes),
        }
    }
}

impl Display for IntType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed {
                width,
                order,
                signed,
            } => {
                let sign = if *signed { 'i' } else { 'u' };
                let order = if *width == 1 { "" } else { order.name() };
                write!(f, "{sign}{}{order}", u32::from(*width) * 8)
            }
            Self::Dec(digits) => write!(f, "dec{digits}"),
            Self::Hex(digits) => write!(f, "hex{digits}"),
            Self::Varint => f.write_str("varint"),
        }
    }
}

fn split_sign(name: &str) -> Option<(bool, &str)> {
    match name.strip_prefix('u') {
        Some(rest) => Some((false, rest)),
        None => name.strip_prefix('i').map(|rest| (true, rest)),
    }
}

/// A count without sign or leading zero, so that a type has one name.
fn count(digits: &str) -> Option<u8> {
    digits
        .starts_with(|first: char| ('1'..='9').contains(&first))
        .then(|| digits.parse().ok())
        .flatten()
}

fn varint(value: i128) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = value;
    loop {
        let low = rest.to_le_bytes()[0] & 0x7f;
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn decode_fixed(bytes: &[u8], width: usize, order: ByteOrder, signed: bool) -> Step {
    let Some(field) = bytes.get(..width) else {
        return Step::Need(width - bytes.len());
    };
    let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    let value = i128::from(match order {
        ByteOrder::Big => field.iter().fold(0, add),
        ByteOrder::Little => field.iter().rev().fold(0, add),
    });
    let bits = width * 8;
    let negative = signed && value >> (bits - 1) == 1;
    Step::Value(if negative { value - (1 << bits) } else { value }, width)
}

fn decode_digits(bytes: &[u8], digits: usize, radix: u32, kind: IntType) -> Step {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(digits).enumerate() {
        let Some(digit) = char::from(*byte).to_digit(radix) else {
            return Step::Bad(format!("byte {at} of {kind} is {byte:02x}, not a digit"));
        };
        value = value * i128::from(radix) + i128::from(digit);
    }
    match digits.checked_sub(bytes.len()) {
        None | Some(0) => Step::Value(value, digits),
        Some(missing) => Step::Need(missing),
    }
}

fn decode_varint(bytes: &[u8]) -> Step {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(VARINT_MAX_BYTES).enumerate() {
        value |= i128::from(byte & 0x7f) << (7 * at);
        if value > i128::from(u64::MAX) {
            return Step::Bad("the varint has more than 64 bits".to_owned());
        }
        if byte & 0x80 == 0 {
            return Step::Value(value, at + 1);
        }
    }
    if bytes.len() < VARINT_MAX_BYTES {
        return Step::Need(1);
    }
    Step::Bad(format!("the varint goes on after {VARINT_MAX_BYTES} bytes"))
}
