//! `delim`: messages that end with a byte sequence. Of several the one that begins first ends the message, and of those
//! that begin there the longest. Bytes that may belong to a delimiter are held back, at most one delimiter's worth.

use std::sync::Arc;

use super::{Cx, Decoder, Field, Flaw, Framing, Message, Rule, Sight, Unfinished, Value};
use crate::expr::{Expr, parse_prefix};
use crate::words::{Complaint, Words};

/// The most bytes of a delimiter: what is held back, and what one byte may cost.
const DELIMITER_MAX_BYTES: usize = 256;

/// The most delimiters of a rule.
const DELIMITERS_MAX: usize = 16;

/// Words that end the expression of a delimiter.
const STOP: &[&str] = &["or", "keep", "max", "then", "crc", "from", "as"];

/// The row.
#[derive(Debug)]
pub(super) struct Delim;

impl Framing for Delim {
    fn name(&self) -> &'static str {
        "delim"
    }

    fn usage(&self) -> &'static str {
        "delim EXPR [or EXPR]… [keep]"
    }

    fn help(&self) -> &'static str {
        "a message ends with these bytes; keep leaves them in the payload"
    }

    fn examples(&self) -> &'static [&'static str] {
        &["delim 00", r#"delim "ab" or "abc""#, "delim 0d or 0d0a"]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let mut ends = vec![delimiter(words)?];
        while let Some(word) = words.peek()
            && words.take("or")
        {
            if ends.len() == DELIMITERS_MAX {
                return Err(
                    word.complain("too many delimiters", format!("at most {DELIMITERS_MAX}"))
                );
            }
            ends.push(delimiter(words)?);
        }
        Ok(Box::new(Delimited {
            ends,
            keep: words.take("keep"),
        }))
    }
}

/// Reads one expression, whose bytes are known now and for ever.
fn delimiter(words: &mut Words<'_>) -> Result<Vec<u8>, Complaint> {
    let column = words.column();
    let rest = words.rest();
    let (expr, chars) = parse_prefix(rest, 0, STOP).map_err(|error| {
        let complaint = Complaint {
            column: error.column,
            end: error.end,
            what: error.what,
            fits: error.fits,
        };
        complaint.shifted(column)
    })?;
    let complain = |what: String, fits: &str| Complaint {
        column,
        end: column + chars.max(1),
        what,
        fits: fits.to_owned(),
    };
    let bytes = expr
        .constant()
        .map_err(|error| complain(error.to_string(), "bytes that never change"))?;
    match bytes.len() {
        0 => Err(complain(
            "the delimiter is empty".to_owned(),
            "1 byte or more",
        )),
        1..=DELIMITER_MAX_BYTES => {
            words.advance(rest.chars().take(chars).map(char::len_utf8).sum());
            Ok(bytes)
        }
        many => Err(complain(
            format!("the delimiter has {many} bytes"),
            "256 bytes at most",
        )),
    }
}

#[derive(Clone, Debug)]
struct Delimited {
    /// As written; none is empty.
    ends: Vec<Vec<u8>>,
    keep: bool,
}

impl Rule for Delimited {
    fn words(&self) -> String {
        let ends: Vec<_> = self
            .ends
            .iter()
            .map(|end| Expr::from_bytes(end).to_string())
            .collect();
        format!(
            "delim {}{}",
            ends.join(" or "),
            if self.keep { " keep" } else { "" }
        )
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        let waits = "waiting for the delimiter";
        Box::new(Scanner::new(Delims::new(
            self.ends.iter().cloned(),
            self.keep,
            "delim",
            waits,
        )))
    }

    /// Ends with the first delimiter that is not the beginning of another, which the next message could complete.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let ended = self.keep && self.ends.iter().any(|end| payload.ends_with(end));
        let clear = |end: &&Vec<u8>| {
            !self
                .ends
                .iter()
                .any(|other| other != *end && other.starts_with(end))
        };
        let end = self
            .ends
            .iter()
            .find(clear)
            .filter(|_| !ended)
            .map_or(&[][..], Vec::as_slice);
        let bytes = [payload, end].concat();
        let mut cx = Cx::new(0, u64::MAX, Sight::default());
        let mut decoder = self.decoder();
        decoder.feed(&bytes, &mut cx);
        cx.advance(bytes.len() as u64);
        decoder.end(&mut cx);
        match cx.take().as_slice() {
            [message]
                if message.bytes() == bytes.len() as u64
                    && (self.keep || message.payload_in(&bytes) == payload) =>
            {
                Ok(bytes)
            }
            _ => Err("the payload holds a delimiter".to_owned()),
        }
    }
}

/// What a [`Scanner`] looks for.
#[derive(Debug)]
pub(super) struct Delims {
    /// The longest first, with their text for the screen.
    ends: Vec<(Vec<u8>, String)>,
    /// Whether some delimiter begins with the byte.
    begins: [bool; 256],
    keep: bool,
    note: &'static str,
    waits: &'static str,
}

/// What stands at a place.
enum Found {
    /// The delimiter at that position of [`Delims::ends`].
    End(usize),
    /// The beginning of one; more bytes will tell.
    Perhaps,
    Nothing,
}

impl Delims {
    /// Delimiters, none of them empty; `waits` says what an unfinished message waits for.
    pub(super) fn new(
        ends: impl IntoIterator<Item = Vec<u8>>,
        keep: bool,
        note: &'static str,
        waits: &'static str,
    ) -> Arc<Self> {
        let mut ends: Vec<_> = ends
            .into_iter()
            .map(|end| (Expr::from_bytes(&end).to_string(), end))
            .collect();
        ends.sort_by_key(|(_, end)| std::cmp::Reverse(end.len()));
        let mut begins = [false; 256];
        for first in ends.iter().filter_map(|(_, end)| end.first()) {
            begins[usize::from(*first)] = true;
        }
        Arc::new(Self {
            ends: ends.into_iter().map(|(text, end)| (end, text)).collect(),
            begins,
            keep,
            note,
            waits,
        })
    }

    /// What `bytes` begin with; nothing comes behind them if they are the `last`.
    fn find(&self, bytes: &[u8], last: bool) -> Found {
        for (k, (end, _)) in self.ends.iter().enumerate() {
            if bytes.starts_with(end) {
                return Found::End(k);
            }
            if !last && end.starts_with(bytes) {
                return Found::Perhaps;
            }
        }
        Found::Nothing
    }
}

/// Cuts behind delimiters.
#[derive(Clone, Debug)]
pub(super) struct Scanner {
    delims: Arc<Delims>,
    start: u64,
    at: u64,
    /// The last bytes before `at`, where they may begin a delimiter; shorter than the longest.
    held: Vec<u8>,
    max: u64,
}

impl Scanner {
    /// At the beginning of a message.
    pub(super) fn new(delims: Arc<Delims>) -> Self {
        Self {
            delims,
            start: 0,
            at: 0,
            held: Vec::new(),
            max: u64::MAX,
        }
    }

    /// Scans bytes, the first of which stands at `begin`, for the next delimiter; holds the rest that may begin one.
    /// Returns how many it is done with.
    fn scan(&mut self, bytes: &[u8], begin: u64, last: bool, cx: &mut Cx<'_>) -> usize {
        let delims = Arc::clone(&self.delims);
        let mut from = 0;
        while let Some(rest) = bytes.get(from..)
            && let Some(skip) = rest
                .iter()
                .position(|byte| delims.begins[usize::from(*byte)])
            && let Some(rest) = rest.get(skip..)
        {
            from += skip;
            match delims.find(rest, last) {
                Found::End(k) => {
                    let Some((end, text)) = delims.ends.get(k) else {
                        return bytes.len();
                    };
                    self.emit(begin + from as u64, end.len(), text, cx);
                    return from + end.len();
                }
                Found::Perhaps => {
                    self.held = rest.to_vec();
                    return bytes.len();
                }
                Found::Nothing => from += 1,
            }
        }
        bytes.len()
    }

    /// Leaves the message whose delimiter begins at `end`.
    fn emit(&mut self, end: u64, len: usize, text: &str, cx: &mut Cx<'_>) {
        let behind = end + len as u64;
        let payload = self.start..if self.delims.keep { behind } else { end };
        let mut message = Message::new(self.start..behind, payload, self.delims.note);
        let value = Value::Text(text.to_owned());
        message
            .fields
            .push(Field::new("delimiter", end..behind, value));
        cx.emit(match self.flaw(behind) {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        });
        self.start = behind;
    }

    fn flaw(&self, end: u64) -> Option<Flaw> {
        (end - self.start > self.max).then(|| Flaw {
            why: format!("longer than the limit of {} bytes", self.max),
            at: self.start + self.max,
        })
    }
}

impl Decoder for Scanner {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.start == self.at {
            self.start = cx.at();
        }
        self.max = cx.max();
        let mut joint = std::mem::take(&mut self.held);
        let before = joint.len();
        let begin = cx.at() - before as u64;
        let done = if joint.is_empty() {
            self.scan(bytes, begin, false, cx)
        } else {
            joint.extend_from_slice(bytes);
            self.scan(&joint, begin, false, cx)
        };
        // Of what was held, something may be left behind the message.
        let taken = done.saturating_sub(before);
        if done < before {
            self.held = joint.get(done..before).unwrap_or_default().to_vec();
        }
        self.at = cx.at() + taken as u64;
        taken
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        while !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            let done = self.scan(&held, self.at - held.len() as u64, true, cx);
            self.held = held.get(done..).unwrap_or_default().to_vec();
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        (self.start < self.at).then(|| Unfinished {
            flaw: self.flaw(self.at),
            ..Unfinished::waiting(self.start, None, self.delims.waits)
        })
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
