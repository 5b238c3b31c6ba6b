//! Two directions whose framings listen to each other: however reads and turns were sliced and whenever the framing was
//! chosen, the same messages, and each of them found again as it was cut first.

mod talks;

use super::*;
use crate::framing::Cut;
use crate::words::Words;
use talks::{http, mqtt, mysql, postgres, smtp};

/// What one side says, in the order of their times; some at one time.
type Talk = Vec<(Dir, Vec<u8>)>;

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// A client's socket, whose bytes are told as they come.
struct Ear {
    session: Session,
    /// What was cut first, as far as it is whole.
    first: [Vec<Entry>; 2],
}

impl Ear {
    fn new() -> Self {
        let mut bench = Bench::new();
        let opened = What::Opened {
            name: None,
            role: Role::Client,
            transport: Transport::Tcp,
            parent: None,
        };
        bench.tell(A, opened);
        Self {
            session: bench.session,
            first: Default::default(),
        }
    }

    fn frame(&mut self, dir: Dir, rule: &str, from: u64) {
        let at = self.session.now();
        let rule = Cut::parse(&mut Words::new(rule, 0)).unwrap().words();
        self.tell(at, What::Framed { dir, rule, from });
        self.first[dir.index()].clear();
    }

    fn frame_each(&mut self, rules: [&str; 2]) {
        for dir in Dir::BOTH {
            self.frame(dir, rules[dir.index()], 0);
        }
    }

    fn notes(&self, dir: Dir) -> Vec<String> {
        let entries = self.session.entries(A, dir, 0, usize::MAX);
        let notes = entries.into_iter().map(|entry| entry.message.note.into());
        notes.collect()
    }

    fn tell(&mut self, at: Duration, what: What) {
        let (conn, by) = (Some(A), Actor::User);
        self.session.apply(Event { at, conn, by, what });
    }

    fn moved(&mut self, dir: Dir, bytes: &[u8], at: Duration) {
        let range = if dir == Dir::In {
            self.session.room(A, bytes.len()).extend_from_slice(bytes);
            self.session.commit(A, bytes.len(), at)
        } else {
            self.session.sent(A, bytes, at)
        };
        let (max, len, flags) = (4096, bytes.len() as u64, Flags::default());
        let call = if dir == Dir::In {
            Syscall::Recv { max, flags }
        } else {
            let to = None;
            Syscall::Send { len, flags, to }
        };
        let call = Call {
            moved: Some(Moved { dir, range }),
            ..Call::new(call, Outcome::Returned(0), Duration::ZERO)
        };
        self.tell(at, What::Call(call));
    }

    /// Cuts all, and remembers what came.
    fn cut(&mut self, budget_bytes: usize) {
        let mut is_more = true;
        while is_more {
            is_more = self.session.cut(budget_bytes);
            for dir in Dir::BOTH {
                let seen = self.first[dir.index()].len() as u64;
                let tail = self.session.lane(A, dir).unwrap().tail().is_some();
                let whole = self.session.lane(A, dir).unwrap().entry_count() - u64::from(tail);
                let count = usize::try_from(whole.saturating_sub(seen)).unwrap();
                let new = self.session.entries(A, dir, seen, count);
                self.first[dir.index()].extend(new);
            }
        }
    }

    fn end(&mut self) {
        let at = self.session.now();
        for dir in Dir::BOTH {
            self.tell(at, What::Ended { dir, cause: None });
        }
        self.cut(1 << 20);
    }

    /// A whole talk, each piece in reads of at most so many bytes and as many pieces a turn as chance has it.
    fn hear(&mut self, talk: &Talk, most: usize, random: &mut Random) {
        for (k, (dir, bytes)) in talk.iter().enumerate() {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let (now, later) = rest.split_at((random.below(most) + 1).min(rest.len()));
                self.moved(*dir, now, time(k));
                rest = later;
                if random.below(3) == 0 && (later.is_empty() || most > 1) && !is_tied(k) {
                    self.cut(1 + random.below(200_000));
                }
            }
        }
        self.end();
    }

    fn all(&self) -> [Vec<Entry>; 2] {
        Dir::BOTH.map(|dir| self.session.entries(A, dir, 0, usize::MAX))
    }

    /// Each message alone, and each part, as it was cut first.
    fn check_again(&self, words: &str, random: &mut Random) {
        let all = self.all();
        for dir in Dir::BOTH {
            let (all, first) = (&all[dir.index()], &self.first[dir.index()]);
            for (entry, first) in all.iter().zip(first) {
                assert_eq!(entry, first, "{words}, {dir:?}");
            }
            for _ in 0..20 {
                let k = random.below(all.len());
                let entry = &all[k];
                let one = self.session.entries(A, dir, k as u64, 1);
                assert_eq!(one, std::slice::from_ref(entry), "{words}, {dir:?}");
                let range = entry.message.range.clone();
                let part = self.session.entries_in(A, dir, &range, 1);
                let cut = |it: &Entry| (it.index, it.number, it.message.range.clone());
                let part = part.first().map(cut);
                assert_eq!(part, Some(cut(entry)), "{words}, {dir:?}");
                let at = self.session.entry_at(A, dir, range.start);
                assert_eq!(at, Some(entry.index), "{words}, {dir:?}");
            }
        }
    }
}

/// When the piece at that position moves: every fourth with the one before.
fn time(k: usize) -> Duration {
    let k = k as u64;
    Duration::from_millis(10 + k - u64::from(k % 4 == 3))
}

/// Whether the next piece moves at the same time.
fn is_tied(k: usize) -> bool {
    time(k) == time(k + 1)
}

/// One framing a direction, `in` first.
fn check(rules: [&str; 2], talk: fn(&mut Random) -> Talk) {
    let mut random = Random(11);
    let talk = talk(&mut random);
    let words = rules.join(", ");
    let mut after = Ear::new();
    after.hear(&talk, 1 << 16, &mut random);
    after.frame_each(rules);
    after.cut(1 << 20);
    let expected = after.all();
    after.check_again(&words, &mut random);
    for most in [1 << 16, 40] {
        let mut before = Ear::new();
        before.frame_each(rules);
        before.hear(&talk, most, &mut random);
        let all = before.all();
        for dir in Dir::BOTH {
            let (all, expected) = (&all[dir.index()], &expected[dir.index()]);
            for (one, other) in all.iter().zip(expected) {
                assert_eq!(one, other, "{words}, {dir:?}, by {most}");
            }
            assert_eq!(all.len(), expected.len(), "{words}, {dir:?}, by {most}");
        }
        before.check_again(&words, &mut random);
    }
}

#[test]
fn http_is_the_same_however_it_came() {
    check(["http1"; 2], http);
    check(["line", "http1"], http);
}

#[test]
fn what_follows_http_is_the_same_however_it_came() {
    check(["http1 then websocket"; 2], http);
}

#[test]
fn mail_is_the_same_however_it_came() {
    check(["smtp"; 2], smtp);
    check(["smtp", "line"], smtp);
}

#[test]
fn mqtt_is_the_same_however_it_came() {
    check(["mqtt"; 2], mqtt);
}

#[test]
fn postgres_is_the_same_however_it_came() {
    check(["postgres"; 2], postgres);
}

#[test]
fn mysql_is_the_same_however_it_came() {
    check(["mysql"; 2], mysql);
}

/// A request for each response, of which every second is one to HEAD, with a length and no body.
fn heads(count: usize) -> Talk {
    let each = |nth: usize| {
        let method = ["GET", "HEAD"][nth % 2];
        let body = ["body", ""][nth % 2];
        let ask = format!("{method} /{nth} HTTP/1.1\r\n\r\n");
        let told = format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{body}");
        [(Dir::Out, ask.into_bytes()), (Dir::In, told.into_bytes())]
    };
    (0..count).flat_map(each).collect()
}

/// What is told of the responses.
fn told(count: usize) -> Vec<String> {
    let each = |nth: usize| ["200 OK, 4 bytes", "200 OK"][nth % 2].to_owned();
    (0..count).map(each).collect()
}

#[test]
fn what_stands_before_a_rule_in_a_chain_does_not_deafen_the_other_direction() {
    let mut ear = Ear::new();
    let mut talk = heads(6);
    talk.insert(
        0,
        (Dir::Out, b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n".to_vec()),
    );
    ear.frame_each(["http1", "proxy then http1"]);
    ear.hear(&talk, 99, &mut Random(1));
    assert_eq!(ear.notes(Dir::In), told(6));
}

#[test]
fn a_framing_of_one_direction_cuts_what_listens_in_the_other_anew() {
    let mut ear = Ear::new();
    ear.hear(&heads(4), 99, &mut Random(1));
    ear.frame(Dir::In, "http1", 0);
    ear.cut(1 << 20);
    assert_ne!(ear.notes(Dir::In), told(4), "nobody told of HEAD");
    ear.frame(Dir::Out, "http1", 0);
    ear.cut(1 << 20);
    assert_eq!(ear.notes(Dir::In), told(4));
    // What was cut by it before another one came is cut anew as well.
    ear.frame(Dir::In, "line", 122);
    ear.cut(1 << 20);
    assert!(ear.notes(Dir::In).starts_with(&told(3)));
    ear.frame(Dir::Out, "line", 0);
    ear.cut(1 << 20);
    assert!(!ear.notes(Dir::In).starts_with(&told(3)));
}

#[test]
fn where_bytes_were_let_go_nobody_is_heard_any_more() {
    let mut ear = Ear::new();
    let mut talk = heads(40);
    // So that what is kept begins with a whole message, and any pairing by position would be wrong.
    talk.push((Dir::Out, b"GET /x HTTP/1.1\r\n\r\n".to_vec()));
    ear.hear(&talk, 99, &mut Random(1));
    for (dir, keep) in [(Dir::In, 160), (Dir::Out, 81)] {
        ear.session.keep(A, dir, keep);
    }
    ear.frame_each(["http1"; 2]);
    ear.cut(1 << 20);
    let assumed = "200 OK, 4 bytes, no request seen: assumed GET";
    assert_eq!(ear.notes(Dir::In), ["", assumed, assumed, "/1.1 200"]);
}
