//! The same stream through the cutter, on a tape: all at once, and little by little as it comes.

use sockeye::framing::{Cutter, Mailbox, Message, Source};
use sockeye::tape::{Boundaries, Tapes};

use super::case::Case;
use super::run::time_of;

/// What the tapes keep; a case is far less.
const BUDGET_BYTES: usize = 4 << 20;

/// What the cutter is given to do at a time while the bytes come.
const SLICE_BYTES: usize = 100;

/// The cutter leaves the messages that the decoder leaves, and finds each again.
pub fn check(case: &Case, whole: &[Message], theirs: Option<&Mailbox>) {
    let mut tapes = Tapes::new(BUDGET_BYTES, None);
    let tape = tapes.create();
    let mut ends = Boundaries::default();
    let mut slow = Cutter::new(case.cut.clone(), 0, case.sight);
    for (k, read) in case.stream.chunks(case.read_bytes).enumerate() {
        tapes.append(tape, read);
        ends.push(&mut tapes, read.len() as u64, time_of(case, k));
        let source = Source {
            theirs,
            ..Source::new(&tapes, tape, &ends)
        };
        while slow.advance(&source, SLICE_BYTES) {}
        if k % 8 == 0 {
            let tail = slow.tail();
            assert_eq!(tail.map_or(slow.fed(), |tail| tail.range.end), slow.fed());
        }
    }
    let source = Source {
        theirs,
        ended: true,
        ..Source::new(&tapes, tape, &ends)
    };
    let mut fast = Cutter::new(case.cut.clone(), 0, case.sight);
    for cutter in [&mut slow, &mut fast] {
        while cutter.advance(&source, usize::MAX) {}
        compare(case, cutter, &source, whole);
    }
    let middle = case.stream.len() as u64 / 2;
    slow.rewind(middle);
    while slow.advance(&source, SLICE_BYTES) {}
    compare(case, &slow, &source, whole);
}

fn compare(case: &Case, cutter: &Cutter, source: &Source<'_>, whole: &[Message]) {
    let entries = cutter.messages(source, 0, usize::MAX);
    let cut = entries
        .into_iter()
        .map(|entry| entry.message)
        .chain(cutter.tail());
    let cut: Vec<Message> = cut.collect();
    assert!(
        cut == whole,
        "{}: the cutter left {cut:#?} of {whole:#?}",
        case.words
    );
    for (index, message) in whole.iter().enumerate().take(3) {
        if let Some(found) = cutter.find(source, message.range.start)
            && message.bytes() > 0
        {
            assert_eq!(found, index as u64, "{}: {message:?}", case.words);
        }
    }
}
