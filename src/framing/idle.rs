//! `idle T`: a pause of T ends a message. A protocol that marks nothing can be cut so (Modbus on a serial line). Like
//! `raw` it cuts by the recorded reads: by their times, so that a replay cuts alike.

use std::time::Duration;

use super::message::byte_count;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Unfinished};
use crate::words::{Complaint, Words};

/// The row.
#[derive(Debug)]
pub(super) struct Idle;

impl Framing for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }

    fn usage(&self) -> &'static str {
        "idle T"
    }

    fn help(&self) -> &'static str {
        "a pause of T ends a message: 20ms, 1.5s"
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        if before.is_empty() { None } else { Some(&[]) }
    }

    fn examples(&self) -> &'static [&'static str] {
        &["idle 20ms", "idle 1.5s", "idle 0.05ms"]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let word = words.peek();
        let pause = words.time("a pause")?;
        match word {
            Some(word) if pause.is_zero() => {
                Err(word.complain("a pause of 0 ends every read: that is `raw`", "1ms or more"))
            }
            _ => Ok(Box::new(Pauses { pause })),
        }
    }
}

#[derive(Clone, Debug)]
struct Pauses {
    pause: Duration,
}

impl Rule for Pauses {
    fn words(&self) -> String {
        // Decimals of whole nanoseconds, which no arithmetic rounds.
        let (seconds, nanos) = (self.pause.as_secs(), self.pause.subsec_nanos());
        let (text, unit) = match seconds {
            0 => (
                format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000),
                "ms",
            ),
            _ => (format!("{seconds}.{nanos:09}"), "s"),
        };
        let text = text.trim_end_matches('0').trim_end_matches('.');
        format!("idle {text}{unit}")
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reads {
            pause: self.pause,
            start: 0,
            read: 0,
            at: 0,
            last: Duration::ZERO,
            max: u64::MAX,
        })
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        Ok(payload.to_vec())
    }
}

/// Reads that belong together.
#[derive(Clone, Debug)]
struct Reads {
    pause: Duration,
    start: u64,
    /// Behind the last read whose end was told.
    read: u64,
    at: u64,
    /// When that read was.
    last: Duration,
    max: u64,
}

impl Reads {
    /// Leaves what came up to `end`, if anything.
    fn close(&mut self, end: u64, cx: &mut Cx<'_>) {
        if self.start >= end {
            return;
        }
        let range = self.start..end;
        let message = Message::new(range.clone(), range, byte_count(end - self.start));
        cx.emit(match self.flaw(end) {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        });
        self.start = end;
    }

    fn flaw(&self, end: u64) -> Option<Flaw> {
        (end - self.start > self.max).then(|| Flaw {
            why: format!("longer than the limit of {} bytes", self.max),
            at: self.start + self.max,
        })
    }
}

impl Decoder for Reads {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.start == self.at {
            self.start = cx.at();
            self.read = cx.at();
        }
        self.max = cx.max();
        self.at = cx.at() + bytes.len() as u64;
        bytes.len()
    }

    /// Only now is it known when the bytes since the last read came.
    fn boundary(&mut self, time: Duration, cx: &mut Cx<'_>) {
        if time.saturating_sub(self.last) >= self.pause {
            self.close(self.read, cx);
        }
        self.read = self.at;
        self.last = time;
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        self.close(self.at, cx);
    }

    fn unfinished(&self) -> Option<Unfinished> {
        (self.start < self.at).then(|| Unfinished {
            flaw: self.flaw(self.at),
            ..Unfinished::waiting(self.start, None, "waiting for a pause")
        })
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::Sight;
    use crate::framing::tests::{cut, picture};

    /// Reads with their times in milliseconds.
    fn check(words: &str, reads: &[(&[u8], u64)], ended: bool, expected: &[&str]) {
        let cut = cut(words);
        let mut decoder = cut.rule.decoder();
        let mut cx = Cx::new(0, cut.max, Sight::default());
        let mut stream = Vec::new();
        for (bytes, time) in reads {
            // Where a read is cut changes nothing.
            for byte in *bytes {
                assert_eq!(decoder.feed(&[*byte], &mut cx), 1);
                cx.advance(1);
                decoder = decoder.fork();
            }
            decoder.boundary(Duration::from_millis(*time), &mut cx);
            stream.extend_from_slice(bytes);
        }
        if ended {
            decoder.end(&mut cx);
        }
        let mut messages = cx.take();
        messages.extend(decoder.unfinished().map(|it| it.message(cx.at())));
        let expected: String = expected.iter().flat_map(|line| [line, "\n"]).collect();
        assert_eq!(picture(&stream, &messages), expected, "{words}");
    }

    #[test]
    fn pauses_end_messages() {
        let reads: &[(&[u8], u64)] = &[(b"ab", 5000), (b"c", 5019), (b"d", 5039), (b"ef", 9000)];
        check(
            "idle 20ms",
            reads,
            false,
            &[
                "0..3 3 bytes: abc",
                "3..4 1 byte: d",
                "4..6 partial, waiting for a pause: ef",
            ],
        );
        check(
            "idle 20ms",
            reads,
            true,
            &["0..3 3 bytes: abc", "3..4 1 byte: d", "4..6 2 bytes: ef"],
        );
        check("idle 20ms", &[], true, &[]);
        check(
            "idle 20ms max 2",
            reads,
            true,
            &[
                "0..3 bad at 2: longer than the limit of 2 bytes",
                "3..4 1 byte: d",
                "4..6 2 bytes: ef",
            ],
        );
        check(
            "idle 20ms max 1",
            &[(b"ab", 0)],
            false,
            &["0..2 bad at 1: longer than the limit of 1 bytes"],
        );
    }

    #[test]
    fn words() {
        for words in [
            "idle 20ms",
            "idle 1.5s",
            "idle 0.000001ms",
            "idle 90s",
            "idle 999.999999ms",
            "idle 4586291000000000067.000000001s",
        ] {
            assert_eq!(cut(words).words(), words);
        }
        assert_eq!(cut("idle 2m").words(), "idle 120s");
        assert_eq!(cut("idle 1000ms").words(), "idle 1s");
        let refused = |words| {
            Idle.parse(&mut Words::new(words, 0))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refused("0s"),
            "column 1: a pause of 0 ends every read: that is `raw` (1ms or more)"
        );
        assert_eq!(
            refused(""),
            "column 1: a pause is missing (200ms, 3s or 2m)"
        );
        assert_eq!(
            refused("5"),
            "column 1: `5` is not a pause (200ms, 3s or 2m)"
        );
    }
}
