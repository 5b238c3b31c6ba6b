//! Any text as a framing: `cargo +nightly fuzz run --fuzz-dir tests/fuzz -s none rules`. What parses is told in words
//! that parse to the same, and so is each turn of its knobs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye::framing::{Cut, FRAMINGS};
use sockeye::words::Words;

fuzz_target!(|text: &str| {
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
});

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
