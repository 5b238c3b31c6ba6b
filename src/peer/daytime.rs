//! `daytime`: speaks first, says what time it is (RFC 867), and closes.

use std::time::Duration;

use super::{Machine, Part, Peer, Wishes};
use crate::event::{ConnId, Want};
use crate::words::{Complaint, Words};

pub(super) struct Daytime;

impl Peer for Daytime {
    fn name(&self) -> &'static str {
        "daytime"
    }

    fn usage(&self) -> &'static str {
        "daytime"
    }

    fn help(&self) -> &'static str {
        "speaks first: tells the time, and closes"
    }

    fn begin(&self, _words: &mut Words<'_>) -> Result<Part, Complaint> {
        Ok(Part::Machine(Box::new(Telling)))
    }
}

#[derive(Debug)]
struct Telling;

impl Machine for Telling {
    fn accepted(&mut self, conn: ConnId, wall: Duration, wishes: &mut Wishes) {
        wishes.send(conn, said(wall.as_secs()));
        wishes.want(conn, Want::Close);
    }
}

const DAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The time in the words of RFC 867's first example.
fn said(seconds: u64) -> String {
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let weekday = DAYS
        .get(usize::try_from(days % 7).unwrap_or(0))
        .unwrap_or(&"");
    let month = MONTHS.get(month).unwrap_or(&"");
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{weekday}, {month} {day}, {year} {hour:02}:{minute:02}:{second:02}-UTC\r\n")
}

/// Year, month from 0, and day of a day since 1 January 1970, in the Gregorian calendar, which repeats itself every
/// 400 years of 146 097 days.
fn date(days: u64) -> (u64, usize, u64) {
    let (mut year, mut left) = (1970 + 400 * (days / 146_097), days % 146_097);
    loop {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let of_year = if is_leap { 366 } else { 365 };
        if left < of_year {
            let lengths = [
                31,
                if is_leap { 29 } else { 28 },
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ];
            let mut month = 0;
            for length in lengths {
                if left < length {
                    break;
                }
                left -= length;
                month += 1;
            }
            return (year, month, left + 1);
        }
        left -= of_year;
        year += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_told_as_the_calendar_has_it() {
        for (seconds, expected) in [
            (0, "Thursday, January 1, 1970 00:00:00-UTC\r\n"),
            (951_782_399, "Monday, February 28, 2000 23:59:59-UTC\r\n"),
            (951_782_400, "Tuesday, February 29, 2000 00:00:00-UTC\r\n"),
            (1_709_251_200, "Friday, March 1, 2024 00:00:00-UTC\r\n"),
            (4_107_542_399, "Sunday, February 28, 2100 23:59:59-UTC\r\n"),
            (4_107_542_400, "Monday, March 1, 2100 00:00:00-UTC\r\n"),
            (
                1_798_761_599,
                "Thursday, December 31, 2026 23:59:59-UTC\r\n",
            ),
        ] {
            assert_eq!(said(seconds), expected);
        }
    }
}
