//! Each fault on a clock of the test's own: what goes on follows from what came, however it was cut; the order stays;
//! the same seed does the same; what leaves tiles what came.

mod messages;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use super::piece::{Item, Over, Piece, Whole};
use super::stack::{Left, Now, Stack};
use super::{KINDS, Rule, Sight};
use crate::event::{Deed, Fault, Freed};
use crate::framing::{Cut, Message};
use crate::words::Words;

/// The received bytes.
#[derive(Default)]
struct Tape(RefCell<Vec<u8>>);

impl Sight for Tape {
    fn bytes(&self, range: Range<u64>) -> Vec<u8> {
        let at = |offset: u64| usize::try_from(offset).unwrap();
        self.0.borrow()[at(range.start)..at(range.end)].to_vec()
    }
}

/// What goes through the faults of a direction, and what came of it.
struct Run {
    stack: Stack,
    tape: Tape,
    now: Duration,
    /// What was sent, each by a call of its own, and when.
    sent: Vec<(Duration, Vec<u8>)>,
    over: Vec<(Duration, Over)>,
    answers: Vec<Vec<u8>>,
    told: Vec<Fault>,
    /// How far what left tiles what came.
    passed: u64,
    messages: u64,
}

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

fn rule(words: &str) -> Rule {
    let mut read = Words::new(words, 0);
    let rule = Rule::parse(&mut read).unwrap();
    assert_eq!(read.rest(), "", "{words}");
    rule
}

impl Run {
    fn new(rules: &[&str], datagrams: bool) -> Self {
        let mut stack = Stack::new(datagrams, 1);
        for (number, words) in (1..).zip(rules) {
            stack.add(number, rule(words));
        }
        Self {
            stack,
            tape: Tape::default(),
            now: Duration::ZERO,
            sent: Vec::new(),
            over: Vec::new(),
            answers: Vec::new(),
            told: Vec::new(),
            passed: 0,
            messages: 0,
        }
    }

    /// Bytes came: a whole message, or only some bytes.
    fn came(&mut self, bytes: &[u8], is_message: bool) -> &mut Self {
        let start = self.tape.0.borrow().len() as u64;
        self.tape.0.borrow_mut().extend_from_slice(bytes);
        let range = start..start + bytes.len() as u64;
        let whole = is_message.then(|| {
            self.messages += 1;
            Rc::new(Whole {
                number: self.messages,
                message: Message::new(range.clone(), range.clone(), ""),
                cut: Cut::raw(),
            })
        });
        let piece = Piece {
            whole,
            ..Piece::new(range)
        };
        self.give(Item::Piece(piece))
    }

    fn give(&mut self, item: Item) -> &mut Self {
        let left = self.stack.take(
            item,
            Now {
                at: self.now,
                sight: &self.tape,
            },
        );
        self.left(left);
        self
    }

    fn left(&mut self, left: Left) {
        self.told.extend(left.told);
        for item in left.items {
            match item {
                Item::Over(over) => self.over.push((self.now, over)),
                Item::Answer(bytes) => self.answers.push(bytes),
                Item::Piece(piece) => {
                    assert_eq!(piece.range.start, self.passed, "{piece:?}");
                    self.passed = piece.range.end;
                    let came = || self.tape.bytes(piece.range.clone());
                    let bytes = piece.bytes.clone().unwrap_or_else(came);
                    if !bytes.is_empty() {
                        self.sent.push((self.now, bytes));
                    }
                }
            }
        }
    }

    /// Lets time go by, deadline by deadline.
    fn until(&mut self, end: Duration) -> &mut Self {
        for _ in 0..1_000_000 {
            let Some(next) = self.stack.deadline().filter(|next| *next <= end) else {
                self.now = end;
                return self;
            };
            self.now = self.now.max(next);
            let now = Now {
                at: self.now,
                sight: &self.tape,
            };
            let left = self.stack.due(now);
            self.left(left);
        }
        panic!("a fault asks again and again at {:?}", self.now);
    }

    fn free(&mut self, freed: &Freed) -> bool {
        let now = Now {
            at: self.now,
            sight: &self.tape,
        };
        let left = self.stack.free(freed, now);
        left.map(|left| self.left(left)).is_some()
    }

    fn text(&self) -> String {
        let sent: Vec<u8> = self.sent.iter().flat_map(|it| it.1.clone()).collect();
        String::from_utf8_lossy(&sent).into_owned()
    }

    fn times(&self) -> Vec<(u128, String)> {
        let sent = self.sent.iter();
        sent.map(|(at, bytes)| (at.as_millis(), String::from_utf8_lossy(bytes).into_owned()))
            .collect()
    }

    fn deeds(&self) -> Vec<Deed> {
        let deed = |fault: &Fault| match fault {
            Fault::Hit(hit) => Some(hit.deed),
            Fault::Freed { deed, .. } => Some(*deed),
            _ => None,
        };
        self.told.iter().filter_map(deed).collect()
    }
}

fn at(time: u128, text: &str) -> (u128, String) {
    (time, text.to_owned())
}

#[test]
fn every_fault_reads_its_own_words_back() {
    for words in [
        "latency 200ms",
        "latency 2s jitter 50ms chance 25% seed 7",
        "rate 64k/s",
        "slice 16 gap 5ms on message 3",
        "limit 4k",
        "stall on type \"GET\"",
        "close",
        "reset after 100",
        "corrupt 0.1% seed 3",
        "drop 10% seed 4",
        "dup 100% on every 3",
        "reorder 50%",
        "replace \"a\" with \"b\" framed",
        r"replace /a\/b/ with 00 ff on message 2",
        "intercept",
        "intercept message \"login\"",
    ] {
        assert_eq!(rule(words).words(), words);
    }
    assert_eq!(
        rule("drop on message every 2").words(),
        "drop 100% on every 2"
    );
    assert_eq!(rule("corrupt 0.001").words(), "corrupt 0.1%");
    for kind in KINDS {
        assert!(kind.usage().starts_with(kind.name()), "{}", kind.usage());
    }
}

#[test]
fn words_that_do_not_fit_are_named() {
    for (words, what) in [
        ("lag 3s", "there is no fault `lag`"),
        ("rate 0/s", "`0/s` is not bytes a second"),
        ("drop 200%", "`200%` is not a probability"),
        ("slice 0", "a piece has a byte at the least"),
        ("drop on message 0", "messages are counted from 1"),
        ("replace \"\" with \"x\"", "there is nothing to look for"),
        (
            "replace \"a\"",
            "`with` is missing (replace EXPR|/re/ with EXPR [framed])",
        ),
        (
            "replace /(/ with \"b\"",
            "column 10: unclosed group (a regular expression",
        ),
        (
            "replace \"a\" with \"b\" framd",
            "`framd` is no byte expression (did you mean `framed`?)",
        ),
        ("latency", "a time is missing (200ms, 3s or 2m)"),
        ("drop 10% chance", "a probability is missing (0.25 or 25%)"),
    ] {
        let error = Rule::parse(&mut Words::new(words, 0)).map(|_| ());
        let error = error.map_or_else(|error| error.to_string(), |()| "nothing".to_owned());
        assert!(error.contains(what), "{words}: {error}");
        assert_ne!(error, "nothing", "{words}");
    }
}

#[test]
fn latency_moves_everything_and_the_end_by_as_much() {
    let mut run = Run::new(&["latency 100ms"], false);
    run.came(b"a", false).until(ms(30)).came(b"b", false);
    run.give(Item::Over(Over::End)).until(ms(1000));
    assert_eq!(run.times(), [at(100, "a"), at(130, "b")]);
    assert_eq!(run.over, [(ms(130), Over::End)]);
    assert_eq!(run.deeds(), [Deed::Delayed(ms(100)); 2]);
}

#[test]
fn jitter_keeps_the_order_and_is_the_same_again() {
    let run = |seed: u64| {
        let words = format!("latency 100ms jitter 90ms seed {seed}");
        let mut run = Run::new(&[&words], false);
        for k in 0..50_u8 {
            run.came(&[k], false);
            let next = run.now + ms(5);
            run.until(next);
        }
        run.until(ms(2000));
        let bytes: Vec<u8> = run.sent.iter().flat_map(|it| it.1.clone()).collect();
        assert_eq!(bytes, (0..50).collect::<Vec<u8>>());
        for (k, (at, _)) in run.sent.iter().enumerate() {
            let came = ms(5 * k as u64);
            assert!(*at >= came + ms(10) && *at <= came + ms(191), "{k}: {at:?}");
        }
        run.sent
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn a_slow_line_takes_its_time_for_each_byte() {
    let mut run = Run::new(&["rate 1000/s"], false);
    run.came(&[b'x'; 500], false).until(ms(250));
    assert_eq!(run.text().len(), 240, "a share is 20 bytes");
    run.until(ms(500));
    assert_eq!(run.text().len(), 500);
    // It was idle meanwhile: nothing is saved up.
    run.until(ms(5000))
        .came(&[b'y'; 100], false)
        .until(ms(5050));
    assert_eq!(run.text().len(), 540);
    run.give(Item::Over(Over::End)).until(ms(9000));
    assert_eq!(run.over, [(ms(5100), Over::End)]);
    let mut run = Run::new(&["rate 1000/s"], true);
    run.came(&[b'x'; 500], true).until(ms(499));
    assert!(run.sent.is_empty(), "a datagram stays whole");
    run.until(ms(500));
    assert_eq!(run.sent.len(), 1);
}

#[test]
fn slices_are_sent_apart() {
    let mut run = Run::new(&["slice 3 gap 10ms"], false);
    run.came(b"abcdefgh", false).until(ms(100));
    assert_eq!(run.times(), [at(0, "abc"), at(10, "def"), at(20, "gh")]);
    assert_eq!(run.deeds(), [Deed::Sliced(3)]);
}

#[test]
fn a_limit_throws_away_and_the_end_goes_on() {
    let mut run = Run::new(&["limit 5"], false);
    run.came(b"abc", false)
        .came(b"defg", false)
        .came(b"h", false);
    run.give(Item::Over(Over::End));
    assert_eq!(run.text(), "abcde");
    assert_eq!(run.over, [(ms(0), Over::End)]);
    assert_eq!((run.passed, run.deeds().len()), (8, 2));
}

#[test]
fn a_stall_holds_until_it_is_over() {
    let mut run = Run::new(&["stall on message 2"], false);
    for text in ["a", "b", "c"] {
        run.came(text.as_bytes(), true);
    }
    run.give(Item::Over(Over::End)).until(ms(60_000));
    assert_eq!((run.text().as_str(), run.over.len()), ("a", 0));
    let now = Now {
        at: run.now,
        sight: &run.tape,
    };
    let left = run.stack.remove(1, now);
    run.left(left);
    assert_eq!((run.text().as_str(), run.over.len()), ("abc", 1));
    assert_eq!(run.deeds(), [Deed::Stalled]);
}

#[test]
fn a_connection_ends_behind_so_many_bytes() {
    for (words, over, deed) in [
        ("reset after 5", Over::Reset, Deed::Reset),
        ("close after 5", Over::Close, Deed::Closed),
    ] {
        let mut run = Run::new(&[words], false);
        run.came(b"abc", false)
            .came(b"defg", false)
            .came(b"h", false);
        assert_eq!(run.text(), "abcde");
        assert_eq!(run.over, [(ms(0), over)]);
        assert_eq!(run.deeds(), [deed]);
    }
    let mut run = Run::new(&["close on message 2"], false);
    run.came(b"one", true).came(b"two", true);
    assert_eq!((run.text().as_str(), run.over.len()), ("one", 1));
}

#[test]
fn corruption_is_the_same_however_the_bytes_come() {
    let run = |size: usize| {
        let mut run = Run::new(&["corrupt 1% seed 11"], false);
        for part in vec![0_u8; 100_000].chunks(size) {
            run.came(part, false);
        }
        run.sent
            .iter()
            .flat_map(|it| it.1.clone())
            .collect::<Vec<u8>>()
    };
    let bytes = run(100_000);
    assert_eq!(bytes, run(1));
    assert_eq!(bytes, run(777));
    let changed: Vec<u8> = bytes.into_iter().filter(|byte| *byte != 0).collect();
    assert!((900..1100).contains(&changed.len()), "{}", changed.len());
    assert!(changed.iter().all(|byte| byte.is_power_of_two()));
    let mut all = Run::new(&["corrupt 100%"], false);
    all.came(&[0; 64], false);
    assert!(all.sent[0].1.iter().all(|byte| *byte != 0));
}
