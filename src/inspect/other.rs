//! What a few bytes may be besides a number: bits, a date, an address, a port, a varint, digits, text. Readers with an
//! order take exactly their bytes, most significant first; the others take what there is.

use super::{Plain, missing, number};
use crate::escape;
use crate::locale::Locale;

/// Seconds since 1970 in 32 unsigned bits, as a date in UTC; it lasts until 2106.
pub(super) fn unix_time(bytes: &[u8]) -> String {
    let seconds = number::value(bytes);
    let (year, month, day) = civil_from_days(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a day counted from 1970-01-01: Howard Hinnant's `civil_from_days`
/// (<https://howardhinnant.github.io/date_algorithms.html>), for days after the epoch. A year begins in March
/// there, so that the
/// leap day is its last.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

/// Four numbers with dots.
pub(super) fn ipv4(bytes: &[u8]) -> String {
    let parts: Vec<String> = bytes.iter().map(ToString::to_string).collect();
    parts.join(".")
}

/// A port; ports are written without groups.
pub(super) fn port(bytes: &[u8]) -> String {
    number::value(bytes).to_string()
}

/// The bits of the first byte, in two halves.
pub(super) fn binary(bytes: &[u8], locale: &Locale) -> Plain {
    match bytes.first() {
        Some(byte) => Plain {
            width: 1,
            missing: 0,
            text: format!("{:04b} {:04b}", byte >> 4, byte & 15),
        },
        None => missing(1, 1, locale),
    }
}

/// Seven bits a byte, least significant first, until a byte below 80 (LEB128; protobuf's base 128 varint). It need not
/// be minimal; past 64 bits it is none.
pub(super) fn varint(bytes: &[u8], locale: &Locale) -> Plain {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().enumerate() {
        let bits = u64::from(byte & 0x7f);
        let shift = 7 * at;
        if shift > 63 || (shift == 63 && byte > 1) {
            return Plain {
                width: at + 1,
                missing: 0,
                text: locale.say("inspector.no-varint").to_owned(),
            };
        }
        value |= bits << shift;
        if byte < 0x80 {
            return Plain {
                width: at + 1,
                missing: 0,
                text: number::grouped(value),
            };
        }
    }
    Plain {
        width: bytes.len() + 1,
        missing: 1,
        text: locale.say("inspector.more-missing").to_owned(),
    }
}

/// A length as text, as the socket HOWTO suggests it: five ASCII digits.
pub(super) fn five_digits(bytes: &[u8], locale: &Locale) -> Plain {
    const COUNT: usize = 5;
    let present = bytes.get(..COUNT).unwrap_or(bytes);
    if !present.iter().all(u8::is_ascii_digit) {
        return Plain {
            width: present.len(),
            missing: 0,
            text: locale.say("inspector.not-digits").to_owned(),
        };
    }
    if present.len() < COUNT {
        return missing(COUNT, COUNT - present.len(), locale);
    }
    let value = present
        .iter()
        .fold(0, |number, &digit| number * 10 + u64::from(digit - b'0'));
    Plain {
        width: COUNT,
        missing: 0,
        text: number::grouped(value),
    }
}

/// How long C's `strlen` thinks it is: what stands before the first 00.
pub(super) fn strlen(bytes: &[u8], locale: &Locale) -> Plain {
    match bytes.iter().position(|&byte| byte == 0) {
        Some(len) => Plain {
            width: len + 1,
            missing: 0,
            text: len.to_string(),
        },
        None => Plain {
            width: bytes.len(),
            missing: 0,
            text: locale.fill("inspector.no-null", &[&bytes.len()]),
        },
    }
}

/// All bytes, one column each.
pub(super) fn text(bytes: &[u8], _locale: &Locale) -> Plain {
    let shown = bytes.iter().map(|&byte| escape::cell(byte));
    Plain {
        width: bytes.len(),
        missing: 0,
        text: std::iter::once('"').chain(shown).chain(['"']).collect(),
    }
}
