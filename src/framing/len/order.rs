//! The detective of the wrong byte order: a length that cannot be, or that waits for long, and that would fit the other
//! way round.

use super::Length;
use crate::expr::Step;

/// What is said of a number that is another one the other way round; `e` turns it on the screen.
pub(super) fn hint(value: i128, other: i128, rule: &Length) -> String {
    let words = crate::framing::Rule::words(rule);
    format!("{value} is {other} the other way round: `e`, `{words}`")
}

/// The rule with the other byte order, and what its first number is, where what has come of a message that is not
/// whole is nothing but whole messages by it.
pub(super) fn fitting(rule: &Length, value: i128, bytes: &[u8]) -> Option<(Length, i128)> {
    let (turned, other) = rule.swapped(value)?;
    let mut rest = bytes;
    while !rest.is_empty() {
        let number = rest.get(usize::from(turned.at)..)?;
        let Step::Value(value, width) = turned.kind.decode(number) else {
            return None;
        };
        let head = u64::from(turned.at) + width as u64;
        let total = usize::try_from(turned.total(value, head)).ok()?;
        if total < usize::from(turned.at) + width {
            return None;
        }
        rest = rest.get(total..)?;
    }
    Some((turned, other))
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::check;

    #[test]
    fn a_length_that_waits_for_long_and_fits_the_other_way_round_says_so() {
        check(
            "len u16le",
            b"\0\x05hello\0\x02ab",
            &[concat!(
                "0..11 partial -1271, waiting for 1271 more bytes ",
                "(len 1280 is 5 the other way round: `e`, `len u16be`): hello\\x00\\x02ab"
            )],
        );
        // The next message has not come whole either: nothing is sure yet.
        check(
            "len u16le",
            b"\0\x05hello\0\x02a",
            &["0..10 partial -1272, waiting for 1272 more bytes (len 1280): hello\\x00\\x02a"],
        );
    }
}
