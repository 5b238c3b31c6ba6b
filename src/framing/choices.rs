//! Which words may come next in a rule that is being typed: names of framings, their own words, and those that join
//! rules together.

use super::FRAMINGS;
use crate::expr::kinds;

/// What stands around any rule, and what it does: for the manual.
pub const JOINS: &[(&str, &str)] = &[
    (
        "RULE max N",
        "a message of more bytes, counted whole, is bad",
    ),
    (
        "stx EXPR RULE",
        "these bytes stand before each message, and it is found again by them",
    ),
    (
        "RULE crc KIND [be|le] [over all|payload]",
        "a checksum stands behind each message",
    ),
    (
        "FRAMING then FRAMING",
        "the first message by one rule, all others by the next",
    ),
];

/// What may stand behind the words so far.
#[derive(Debug, PartialEq, Eq)]
pub enum Choices {
    /// A framing's name, perhaps behind `stx EXPR`.
    Framing {
        /// Sync bytes may stand before it.
        stx: bool,
    },
    /// One of these words.
    Words {
        /// Of the rule itself, first.
        words: Vec<&'static str>,
        /// The rule may end here.
        is_whole: bool,
    },
    /// Something that only a person knows.
    Unknown,
}

/// What may stand behind these words of a rule.
#[must_use]
pub fn choices(before: &[&str]) -> Choices {
    let from = before.iter().rposition(|word| *word == "then");
    let part = before
        .get(from.map_or(0, |at| at + 1)..)
        .unwrap_or_default();
    let name = |word: &&str| FRAMINGS.iter().find(|framing| framing.name() == *word);
    let first = if part.first() == Some(&"stx") { 2 } else { 0 };
    if part.len() < first {
        return Choices::Unknown;
    }
    let Some(at) = part
        .iter()
        .skip(first)
        .position(|word| name(word).is_some())
    else {
        return match part {
            [] => Choices::Framing { stx: true },
            ["stx", ..] => Choices::Framing { stx: false },
            _ => whole(Vec::new(), &["max", "crc", "then"]),
        };
    };
    let parameters = part.get(first + at + 1..).unwrap_or_default();
    let around = parameters
        .iter()
        .position(|word| matches!(*word, "max" | "crc"));
    let Some((own, around)) = parameters.split_at_checked(around.unwrap_or(parameters.len()))
    else {
        return Choices::Unknown;
    };
    if around.is_empty() {
        let framing = part.get(first + at).and_then(name);
        let Some(words) = framing.map_or(Some(&[][..]), |framing| framing.choices(own)) else {
            return Choices::Unknown;
        };
        if own.is_empty() && !words.is_empty() {
            let words = words.to_vec();
            return Choices::Words {
                words,
                is_whole: false,
            };
        }
        return whole(words.to_vec(), &["max", "crc", "then"]);
    }
    behind(around)
}

/// What may stand behind `max` or `crc` and what followed.
fn behind(around: &[&str]) -> Choices {
    let must = |words: Vec<&'static str>| Choices::Words {
        words,
        is_whole: false,
    };
    let open: Vec<_> = ["max", "crc"]
        .into_iter()
        .filter(|word| !around.contains(word))
        .chain(["then"])
        .collect();
    match around {
        [.., "max"] => Choices::Unknown,
        [.., "crc"] => must(kinds().iter().map(|kind| kind.name).collect()),
        [.., "over"] => must(vec!["all", "payload"]),
        [.., "crc", _] => whole(vec!["be", "le", "over"], &open),
        [.., "be" | "le"] => whole(vec!["over"], &open),
        _ => whole(Vec::new(), &open),
    }
}

fn whole(mut words: Vec<&'static str>, open: &[&'static str]) -> Choices {
    words.extend(open);
    Choices::Words {
        words,
        is_whole: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next() {
        let check = |words: &str, expected: Choices| {
            let before: Vec<_> = words.split(' ').filter(|word| !word.is_empty()).collect();
            assert_eq!(choices(&before), expected, "{words}");
        };
        let words = |words: &[&'static str], is_whole| Choices::Words {
            words: words.to_vec(),
            is_whole,
        };
        check("", Choices::Framing { stx: true });
        check("line then", Choices::Framing { stx: true });
        check("stx", Choices::Unknown);
        check("stx aa", Choices::Framing { stx: false });
        check("stx aa 55", Choices::Framing { stx: false });
        check("line", words(&["max", "crc", "then"], true));
        check("stx aa line", words(&["max", "crc", "then"], true));
        check("fixed", Choices::Unknown);
        check("fixed 4", words(&["max", "crc", "then"], true));
        check("line max", Choices::Unknown);
        check("line max 4", words(&["crc", "then"], true));
        check(
            "line crc sum8",
            words(&["be", "le", "over", "max", "then"], true),
        );
        check("line crc sum8 over", words(&["all", "payload"], false));
        check("line crc sum8 le", words(&["over", "max", "then"], true));
        check("line max 4 crc sum8 over all", words(&["then"], true));
        assert!(
            matches!(choices(&["line", "crc"]), Choices::Words { words, .. } if words.contains(&"crc32"))
        );
        assert!(
            matches!(choices(&["len"]), Choices::Words { words, is_whole: false } if words.contains(&"u16be"))
        );
        assert!(
            matches!(choices(&["len", "u8"]), Choices::Words { words, .. } if words.contains(&"strip"))
        );
        check("len u8 at", Choices::Unknown);
    }
}
