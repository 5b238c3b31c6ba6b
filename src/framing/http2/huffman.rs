//! The Huffman code of RFC 7541, Appendix B. It is canonical: the lengths of the codes tell the codes.

/// How many bits the code of each byte has, and at the end that of the end of the string.
#[rustfmt::skip]
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];

/// The longest code.
const LENGTH_MAX: usize = 30;

/// How many codes have each length.
const COUNTS: [u32; LENGTH_MAX + 1] = counts();

/// All bytes in the order of their codes. That of the end of the string would be the last.
const ORDER: [u8; 256] = order();

const fn counts() -> [u32; LENGTH_MAX + 1] {
    let mut counts = [0; LENGTH_MAX + 1];
    let mut symbol = 0;
    while symbol < LENGTHS.len() {
        counts[LENGTHS[symbol] as usize] += 1;
        symbol += 1;
    }
    counts
}

const fn order() -> [u8; 256] {
    let mut order = [0; 256];
    let (mut length, mut at) = (1, 0);
    while length <= LENGTH_MAX {
        let mut byte: u8 = 0;
        loop {
            if LENGTHS[byte as usize] as usize == length {
                order[at] = byte;
                at += 1;
            }
            if byte == u8::MAX {
                break;
            }
            byte += 1;
        }
        length += 1;
    }
    order
}

/// The bytes that a string stands for.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut decoded = Vec::with_capacity(bytes.len() * 8 / 5);
    // Of the code that is being read: its bits, its length, the first code of that length and its place in the order.
    let (mut code, mut length, mut first, mut place) = (0_u32, 0_usize, 0_u32, 0_u32);
    let mut is_ones = true;
    for byte in bytes {
        for shift in (0..8).rev() {
            let bit = u32::from(byte >> shift & 1);
            code = code << 1 | bit;
            first <<= 1;
            length += 1;
            is_ones &= bit == 1;
            let count = COUNTS.get(length).copied().unwrap_or_default();
            if code - first < count {
                let nth = usize::try_from(place + code - first).unwrap_or(usize::MAX);
                let symbol = ORDER.get(nth).copied();
                decoded.push(symbol.ok_or("a Huffman code for the end within the string")?);
                (code, length, first, place) = (0, 0, 0, 0);
                is_ones = true;
            } else {
                place += count;
                first += count;
            }
        }
    }
    if length > 7 || !is_ones {
        return Err("a Huffman code that is cut off".to_owned());
    }
    Ok(decoded)
}
