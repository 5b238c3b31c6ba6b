//! Numbers from bytes and numbers as text. Bytes come most significant first; who wants the other order turns them
//! round.

/// An unsigned number of at most eight bytes, digits in threes.
pub(super) fn unsigned(bytes: &[u8]) -> String {
    grouped(value(bytes))
}

/// A number of at most eight bytes in two's complement.
pub(super) fn signed(bytes: &[u8]) -> String {
    let raw = value(bytes);
    let bits = 8 * bytes.len();
    let is_negative = bytes.first().is_some_and(|&first| first >= 0x80);
    if is_negative {
        // 2^bits - raw, in a width where 2^64 fits.
        let magnitude = (1_u128 << bits) - u128::from(raw);
        format!("-{}", grouped(u64::try_from(magnitude).unwrap_or(u64::MAX)))
    } else {
        grouped(raw)
    }
}

/// IEEE 754 binary32.
pub(super) fn binary32(bytes: &[u8]) -> String {
    let Ok(array) = <[u8; 4]>::try_from(bytes) else {
        return String::new();
    };
    let number = f32::from_be_bytes(array);
    in_words(f64::from(number), &number.to_string())
}

/// IEEE 754 binary64.
pub(super) fn binary64(bytes: &[u8]) -> String {
    <[u8; 8]>::try_from(bytes)
        .map_or_else(|_| String::new(), |array| float(f64::from_be_bytes(array)))
}

/// The first eight bytes as one number, most significant first.
pub(super) fn value(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// A number with its digits in threes, a blank between: `1 870 072 832`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A floating point number: the shortest digits that mean it from 0.0001 to below 10^7, else four digits and an
/// exponent
/// as C's `%.3e` prints them, `1.145e-39`.
#[must_use]
pub fn float(number: f64) -> String {
    in_words(number, &number.to_string())
}

fn in_words(number: f64, shortest: &str) -> String {
    let size = number.abs();
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if size == 0.0 || size.is_infinite() || (1e-4..1e7).contains(&size) {
        return shortest.to_owned();
    }
    let text = format!("{number:.3e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, exponent) = exponent
        .strip_prefix('-')
        .map_or(('+', exponent), |positive| ('-', positive));
    format!("{digits}e{sign}{exponent:0>2}")
}
