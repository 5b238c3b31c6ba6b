//! What of a `len` rule can be turned: the width of the number and its byte order, where it stands, what is added to
//! it, what it counts, and where the payload begins.

use super::super::Knob;
use super::Length;
use crate::expr::{ByteOrder, DEC_MAX_DIGITS, HEX_MAX_DIGITS, IntType};
use crate::framing::Rule;

/// Widths of a number of bytes.
const WIDTH_MAX_BYTES: u8 = 8;

/// All of them, in the order of their words.
pub(super) fn knobs(rule: &Length) -> Vec<Knob> {
    let knob = |name, value: String, less: Option<Length>, more: Option<Length>| Knob {
        name,
        value,
        less: less.map(|rule| rule.words()),
        more: more.map(|rule| rule.words()),
    };
    let with = |kind| Length { kind, ..*rule };
    let (mut knobs, kind) = (Vec::new(), rule.kind);
    if let Some((value, less, more)) = widths(kind) {
        knobs.push(knob("width", value, less.map(with), more.map(with)));
    }
    if let IntType::Fixed {
        width: 2.., order, ..
    } = kind
    {
        let other = Some(with(swapped(kind)));
        let value = match order {
            ByteOrder::Big => "big",
            ByteOrder::Little => "little",
        };
        // There are but two: either way leads to the other.
        knobs.push(knob("order", value.to_owned(), other, other));
    }
    let at = |at: Option<u16>| at.map(|at| Length { at, ..*rule });
    let (less, more) = (at(rule.at.checked_sub(1)), at(rule.at.checked_add(1)));
    knobs.push(knob("at", rule.at.to_string(), less, more));
    let adjust = |adjust: Option<i32>| adjust.map(|adjust| Length { adjust, ..*rule });
    let less = adjust(rule.adjust.checked_sub(1));
    let more = adjust(rule.adjust.checked_add(1));
    knobs.push(knob("adjust", format!("{:+}", rule.adjust), less, more));
    let incl = |incl| (rule.incl != incl).then_some(Length { incl, ..*rule });
    let value = if rule.incl { "yes" } else { "no" };
    knobs.push(knob("incl", value.to_owned(), incl(false), incl(true)));
    let strip = |strip| Some(Length { strip, ..*rule });
    let (value, less, more) = match rule.strip {
        None => ("the head".to_owned(), None, strip(Some(0))),
        Some(0) => ("0".to_owned(), strip(None), strip(Some(1))),
        Some(n) => (
            n.to_string(),
            strip(Some(n - 1)),
            n.checked_add(1).and_then(|n| strip(Some(n))),
        ),
    };
    knobs.push(knob("strip", value, less, more));
    knobs
}

/// The width, and the types with one step less and more of it.
fn widths(kind: IntType) -> Option<(String, Option<IntType>, Option<IntType>)> {
    let digits = |n: u8, max: u8, kind: fn(u8) -> IntType| {
        let less = n.checked_sub(1).filter(|n| *n > 0).map(kind);
        let more = (n < max).then(|| kind(n + 1));
        (format!("{n} digits"), less, more)
    };
    Some(match kind {
        IntType::Fixed {
            width,
            order,
            signed,
        } => {
            let fixed = |width| IntType::Fixed {
                width,
                order,
                signed,
            };
            let less = (width > 1).then(|| fixed(width - 1));
            let more = (width < WIDTH_MAX_BYTES).then(|| fixed(width + 1));
            let unit = if width == 1 { "byte" } else { "bytes" };
            (format!("{width} {unit}"), less, more)
        }
        IntType::Dec(n) => digits(n, DEC_MAX_DIGITS, IntType::Dec),
        IntType::Hex(n) => digits(n, HEX_MAX_DIGITS, IntType::Hex),
        IntType::Varint => return None,
    })
}

/// The same type in the other byte order.
pub(super) fn swapped(kind: IntType) -> IntType {
    match kind {
        IntType::Fixed {
            width,
            order,
            signed,
        } => IntType::Fixed {
            width,
            order: match order {
                ByteOrder::Big => ByteOrder::Little,
                ByteOrder::Little => ByteOrder::Big,
            },
            signed,
        },
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::cut;

    #[test]
    fn every_turn_is_a_rule_and_can_be_turned_back() {
        for words in [
            "len u16be",
            "len u8 at 3 incl",
            "len dec5 strip 0",
            "len varint",
        ] {
            for knob in cut(words).knobs() {
                for (there, back) in [(true, false), (false, true)] {
                    let Some(turned) = knob.turned(there) else {
                        continue;
                    };
                    let knobs = cut(turned).knobs();
                    let again = knobs.iter().find(|other| other.name == knob.name);
                    let again = again.and_then(|knob| knob.turned(back));
                    assert_eq!(
                        again.map(|words| cut(words).words()),
                        Some(cut(words).words())
                    );
                }
            }
        }
    }

    #[test]
    fn the_limit_stays() {
        let knobs = cut("len u16be max 100").knobs();
        let at = knobs.iter().find(|knob| knob.name == "at").unwrap();
        assert_eq!(at.turned(true), Some("len u16be at 1 max 100"));
        assert_eq!(at.turned(false), None);
    }
}
