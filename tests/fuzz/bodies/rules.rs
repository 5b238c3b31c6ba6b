//! Any text as a framing. What parses is told in words that parse to the same, and so is each turn of its knobs.

use sockeye::framing::{Cut, FRAMINGS};
use sockeye::words::Words;

use super::{Target, texts};

pub const TARGET: Target = Target {
    name: "rules",
    check,
    seeds,
};

fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Some(cut) = parsed(text) {
        let words = cut.words();
        let again = parsed(&words).unwrap_or_else(|| panic!("{text:?} is told as {words:?}"));
        assert_eq!(again.words(), words);
        assert_eq!(again.max, cut.max);
        assert_eq!(format!("{:?}", again.rule), format!("{:?}", cut.rule));
        for knob in cut.knobs() {
            for turned in [knob.less, knob.more].into_iter().flatten() {
                let rule =
                    parsed(&turned).unwrap_or_else(|| panic!("{words:?} turns to {turned:?}"));
                assert_eq!(rule.words(), turned);
                assert_eq!(rule.max, cut.max);
            }
        }
    }
    let before: Vec<&str> = text.split(' ').skip(1).collect();
    for framing in FRAMINGS {
        framing.choices(&before);
    }
}

/// The rule that a text is, if it is one and nothing else.
fn parsed(text: &str) -> Option<Cut> {
    let mut words = Words::new(text, 0);
    let end = text.chars().count() + 1;
    let read = Cut::parse(&mut words).and_then(|cut| words.finish("").map(|()| cut));
    if let Err(complaint) = &read {
        let column = complaint.column;
        assert!(
            column <= end && column <= complaint.end,
            "{complaint:?} in {text:?}"
        );
    }
    read.ok()
}

fn seeds() -> Vec<Vec<u8>> {
    let rules = super::decoders::rules().iter();
    let rules = rules.map(|(_, words)| words.as_bytes().to_vec());
    rules.chain(texts::examples("framings.txt")).collect()
}
