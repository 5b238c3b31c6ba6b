//! `FRAMING then FRAMING`: the first message by one rule, all others by the next. What the first rule had taken behind
//! its message before it knew where that ends is given to the next.

use std::sync::Arc;
use std::time::Duration;

use super::{Cut, Cx, Decoder, Field, Message, Rule, Sight, Unfinished, Value};
use crate::words::{Complaint, Words};

/// The most rules of a chain.
const RULES_MAX: usize = 16;

/// The field of a message that a first rule cut, by which it is known when somebody looks at it.
const RULE: &str = "rule";

/// Reads what may stand behind a rule: `then` and the next, and so on.
pub(super) fn parse(first: Cut, words: &mut Words<'_>) -> Result<Cut, Complaint> {
    let mut cuts = vec![first];
    while let Some(word) = words.peek()
        && words.take("then")
    {
        if cuts.len() == RULES_MAX {
            return Err(word.complain("too many rules", format!("at most {RULES_MAX}")));
        }
        cuts.push(Cut::parse_one(words)?);
    }
    let chained = cuts.into_iter().enumerate().rev();
    let chained = chained.reduce(|(_, next), (depth, first)| {
        let max = next.max;
        let rest = next.rule;
        let rule = Arc::new(Then { first, rest, depth });
        (depth, Cut { rule, max })
    });
    Ok(chained.map_or_else(Cut::raw, |(_, cut)| cut))
}

/// The rule. Its limit is that of the rest.
#[derive(Clone, Debug)]
struct Then {
    first: Cut,
    rest: Arc<dyn Rule>,
    /// How many rules of the chain stand before `first`.
    depth: usize,
}

impl Then {
    /// The message as the first rule left it, if it was that one.
    fn of_first(&self, message: &Message) -> Option<(Field, Message)> {
        let mark = message.fields.first()?;
        let is_ours = matches!(mark.value, Value::Named(depth, _) if depth == self.depth as i128);
        if mark.name != RULE || !is_ours {
            return None;
        }
        let mut message = message.clone();
        Some((message.fields.remove(0), message))
    }

    /// The field that says that the first rule cut a message that begins at `start`.
    fn mark(&self, start: u64) -> Field {
        let value = Value::Named(self.depth as i128, self.first.words().into());
        Field::new(RULE, start..start, value)
    }
}

impl Rule for Then {
    fn words(&self) -> String {
        format!("{} then {}", self.first.words(), self.rest.words())
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Switch {
            rule: Arc::new(self.clone()),
            decoder: self.first.rule.decoder(),
            is_first: true,
            behind: Vec::new(),
        })
    }

    /// As one of all the others: the first is sent once.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        self.rest.encode(payload)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        let Some((mark, first)) = self.of_first(message) else {
            return self.rest.dissect(message, bytes, sight);
        };
        *message = first;
        self.first.rule.dissect(message, bytes, sight);
        message.fields.insert(0, mark);
    }

    fn is_two_sided(&self) -> bool {
        self.first.rule.is_two_sided() || self.rest.is_two_sided()
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        match self.of_first(message) {
            Some((_, first)) => self.first.rule.payload(&first, bytes),
            None => self.rest.payload(message, bytes),
        }
    }
}

/// Cuts by the first rule until it has left a message that counts, then by the next.
#[derive(Debug)]
struct Switch {
    rule: Arc<Then>,
    /// Of the rule in force.
    decoder: Box<dyn Decoder>,
    is_first: bool,
    /// What the first decoder took behind its message, and the next has not seen.
    behind: Vec<u8>,
}

impl Switch {
    /// Leaves what the first rule has left; of the bytes before `at`, the last are `held`.
    fn leave(&mut self, messages: Vec<Message>, held: &[u8], at: u64, cx: &mut Cx<'_>) {
        for mut message in messages {
            let (end, is_counted) = (message.range.end, message.is_counted());
            message
                .fields
                .insert(0, self.rule.mark(message.range.start));
            cx.emit(message);
            if !is_counted {
                continue;
            }
            let missing = usize::try_from(at.saturating_sub(end)).unwrap_or(usize::MAX);
            let known = missing.min(held.len());
            if known < missing {
                let why = "it came before the end of the first message was known";
                cx.emit(Message::skipped(end..at - known as u64, why));
            }
            self.behind = held.get(held.len() - known..).unwrap_or_default().to_vec();
            self.decoder = self.rule.rest.decoder();
            self.is_first = false;
            return;
        }
    }

    /// Lets the next rule's decoder work, whose messages are counted anew.
    fn rest<T>(
        &mut self,
        cx: &mut Cx<'_>,
        work: impl FnOnce(&mut dyn Decoder, &mut Cx<'_>) -> T,
    ) -> T {
        cx.count_anew(|cx| work(self.decoder.as_mut(), cx))
    }
}

impl Decoder for Switch {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.is_first {
            let (at, max) = (cx.at(), self.rule.first.max);
            let decoder = &mut self.decoder;
            let (taken, messages) = cx.within(at, max, |cx| decoder.feed(bytes, cx));
            let held = self.decoder.held().to_vec();
            self.leave(messages, &held, at + taken as u64, cx);
            return taken;
        }
        while !self.behind.is_empty() {
            let behind = std::mem::take(&mut self.behind);
            let (at, max) = (cx.at() - behind.len() as u64, cx.max());
            let feed = |decoder: &mut dyn Decoder, cx: &mut Cx<'_>| decoder.feed(&behind, cx);
            let (taken, messages) = cx.within(at, max, |cx| self.rest(cx, feed));
            self.behind = behind.get(taken..).unwrap_or_default().to_vec();
            if !messages.is_empty() {
                for message in messages {
                    cx.emit(message);
                }
                return 0;
            }
        }
        self.rest(cx, |decoder, cx| decoder.feed(bytes, cx))
    }

    fn feed_all(&mut self, bytes: &[u8], cx: &mut Cx<'_>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if !self.is_first && self.behind.is_empty() {
                return self.rest(cx, |decoder, cx| decoder.feed_all(rest, cx));
            }
            let taken = self.feed(rest, cx);
            cx.advance(taken as u64);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    fn boundary(&mut self, time: Duration, cx: &mut Cx<'_>) {
        if !self.is_first {
            return self.rest(cx, |decoder, cx| decoder.boundary(time, cx));
        }
        let (at, max) = (cx.at(), self.rule.first.max);
        let decoder = &mut self.decoder;
        let ((), messages) = cx.within(at, max, |cx| decoder.boundary(time, cx));
        let held = self.decoder.held().to_vec();
        self.leave(messages, &held, at, cx);
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        if self.is_first {
            let (at, max) = (cx.at(), self.rule.first.max);
            let held = self.decoder.held().to_vec();
            let decoder = &mut self.decoder;
            let ((), messages) = cx.within(at, max, |cx| decoder.end(cx));
            self.leave(messages, &held, at, cx);
        }
        while !self.behind.is_empty() {
            self.feed(&[], cx);
        }
        if !self.is_first {
            self.rest(cx, |decoder, cx| decoder.end(cx));
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        let mut unfinished = self.decoder.unfinished()?;
        if self.is_first {
            unfinished
                .fields
                .insert(0, self.rule.mark(unfinished.start));
        }
        Some(unfinished)
    }

    fn lost(&self) -> Option<u64> {
        self.decoder.lost()
    }

    fn state_bytes(&self) -> usize {
        self.behind.len() + self.decoder.state_bytes()
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(Self {
            rule: Arc::clone(&self.rule),
            decoder: self.decoder.fork(),
            is_first: self.is_first,
            behind: self.behind.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::{Random, check, check_fields, cut, run, run_all_ways};

    #[test]
    fn the_first_by_one_rule_and_all_others_by_the_next() {
        check(
            "fixed 1 then line",
            b"\0ab\ncd\ne",
            &[
                r"0..1 1 byte: \x00",
                "1..4 line: ab",
                "4..7 line: cd",
                "7..8 partial, waiting for the end of the line: e",
            ],
        );
        check(
            "line then len u8 then fixed 2",
            b"a\n\x03abcdefg",
            &[
                "0..2 line: a",
                "2..6 len 3: abc",
                "6..8 2 bytes: de",
                "8..10 2 bytes: fg",
            ],
        );
        check(
            "line then fixed 1",
            b"a",
            &["0..1 partial, waiting for the end of the line: a"],
        );
        check("eof then line", b"a\n", &["0..2 all: a\\n"]);
        check(
            "stx 7e fixed 1 then line",
            b"x~ab\n",
            &[
                r#"0..1 skipped: not the sync bytes "~""#,
                "1..3 1 byte: a",
                "3..5 line: b",
            ],
        );
    }

    #[test]
    fn what_the_first_took_too_much_of_is_given_to_the_next() {
        let words = "delim 0d or 0d0a then fixed 2";
        check(words, b"a\rbc", &["0..2 delim: a", "2..4 2 bytes: bc"]);
        check(words, b"a\r\nbc", &["0..3 delim: a", "3..5 2 bytes: bc"]);
        check(words, b"a\r", &["0..2 delim: a"]);
        let words = r#"delim "a" or "abcd" then fixed 1"#;
        check(
            words,
            b"xabc",
            &["0..2 delim: x", "2..3 1 byte: b", "3..4 1 byte: c"],
        );
        check(words, b"xab", &["0..2 delim: x", "2..3 1 byte: b"]);
        let next = "2..4 partial -1, waiting for 1 more byte (3 bytes): bc";
        check(
            r#"delim "a" or "abcd" then fixed 3"#,
            b"xabc",
            &["0..2 delim: x", next],
        );
        check(
            r#"delim "a" or "abcd" then delim "b" or "bcd" then fixed 1"#,
            b"xabcx",
            &[
                "0..2 delim: x",
                "2..3 delim: ",
                "3..4 1 byte: c",
                "4..5 1 byte: x",
            ],
        );
    }

    #[test]
    fn each_rule_keeps_its_own_limit() {
        let words = "line max 4 then len u8 max 3";
        check(
            words,
            b"abcde\n\x02ab\x03abc",
            &[
                "0..6 bad at 4: longer than the limit of 4 bytes",
                "6..9 len 2: ab",
                "9..13 bad at 9: 3 makes a message of 4 bytes, over the limit of 3",
            ],
        );
        assert_eq!(cut(words).words(), words);
        assert_eq!(cut(words).max, 3);
    }

    #[test]
    fn the_first_names_its_rule_and_its_payload_is_its_own() {
        check_fields(
            "len u8 then fixed 1 then netstring",
            b"\x01ab1:c,",
            &[
                "0..0 rule 0 len u8",
                "0..1 length 1",
                "2..2 rule 1 fixed 1",
                "3..4 length 1",
            ],
        );
        let cut = cut("len u8 then line");
        let stream = b"\x01ab\r\n";
        let messages = run(&cut, stream, &[5]);
        assert_eq!(cut.rule.payload(&messages[0], &stream[..2]), b"a");
        assert_eq!(cut.rule.payload(&messages[1], &stream[2..]), b"b");
        assert_eq!(cut.rule.encode(b"x").unwrap(), b"x\n");
    }

    #[test]
    fn letters_about_the_next_rule_are_not_about_the_first() {
        let mut cx = Cx::new(0, 9, Sight::default());
        cx.post(0, "first");
        cx.count_anew(|cx| cx.post(0, "next"));
        let mut mailbox = crate::framing::Mailbox::default();
        mailbox.put(Duration::ZERO, cx.take_letters());
        let mut cx = Cx::new(0, 9, Sight::default()).hearing(Some(&mailbox), Duration::ZERO);
        assert_eq!(cx.mail(0), Some("first"));
        cx.count_anew(|cx| assert_eq!(cx.mail(0), Some("next")));
    }

    #[test]
    fn garbage_tiles() {
        let mut random = Random(0xf00d);
        for words in [
            "fixed 1 then line",
            r#"delim "a" or "abab" then delim "b" or "ba" then len u8"#,
            "stx 61 fixed 1 crc sum8 then stx 62 line then raw",
            "netstring then eof",
        ] {
            for _ in 0..400 {
                let alphabet = b"ab\n\r\x01:1,";
                let stream: Vec<u8> = (0..random.below(30))
                    .map(|_| alphabet[random.below(alphabet.len())])
                    .collect();
                run_all_ways(&cut(words), &stream, &mut random, Sight::default());
            }
        }
    }
}
