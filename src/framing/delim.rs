//! `delim`: messages that end with a byte sequence. Of several the one that begins first ends the message, and of those
//! that begin there the longest. Bytes that may belong to a delimiter are held back, at most one delimiter's worth.

use std::sync::Arc;

use memchr::memmem::Finder;

use super::{Cx, Decoder, Field, Flaw, Framing, Message, Rule, Sight, Status, Unfinished, Value};
use crate::expr::{Expr, parse_prefix};
use crate::words::{Complaint, Words};

/// The most bytes of a delimiter: what is held back, and what one byte may cost.
const DELIMITER_MAX_BYTES: usize = 256;

/// What complaints call it.
const DELIMITER: &str = "the delimiter";

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
        let mut ends = vec![parse_bytes(words, DELIMITER, STOP)?];
        while let Some(word) = words.peek()
            && words.take("or")
        {
            if ends.len() == DELIMITERS_MAX {
                return Err(
                    word.complain("too many delimiters", format!("at most {DELIMITERS_MAX}"))
                );
            }
            ends.push(parse_bytes(words, DELIMITER, STOP)?);
        }
        Ok(Box::new(Delimited {
            ends,
            keep: words.take("keep"),
        }))
    }
}

/// Reads one expression, whose bytes are known now and for ever; words of `stop` end it.
pub(super) fn parse_bytes(
    words: &mut Words<'_>,
    of: &str,
    stop: &[&str],
) -> Result<Vec<u8>, Complaint> {
    let column = words.column();
    let rest = words.rest();
    let (expr, chars) = parse_prefix(rest, 0, stop).map_err(|error| {
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
            format!("{of}: nothing is there"),
            "1 byte or more",
        )),
        1..=DELIMITER_MAX_BYTES => {
            words.advance(rest.chars().take(chars).map(char::len_utf8).sum());
            Ok(bytes)
        }
        many => Err(complain(format!("{of}: {many} bytes"), "256 bytes at most")),
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
        Box::new(Scanner {
            delims: Arc::new(Delims::new(self.ends.clone(), self.keep)),
            start: 0,
            at: 0,
            held: Vec::new(),
            max: u64::MAX,
        })
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        delimiter(message, bytes, "delim", self.ends.iter().map(Vec::as_slice));
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

/// Names the delimiter that a message ends with: the longest, for it begins first.
pub(super) fn delimiter<'e>(
    message: &mut Message,
    bytes: &[u8],
    note: &'static str,
    ends: impl IntoIterator<Item = &'e [u8]>,
) {
    message.fields.clear();
    if matches!(message.status, Status::Partial { .. }) {
        return;
    }
    message.note = note.into();
    let is_end = |end: &&[u8]| bytes.ends_with(end);
    if bytes.len() as u64 == message.bytes()
        && let Some(end) = ends.into_iter().filter(is_end).max_by_key(|end| end.len())
    {
        let range = message.range.end - end.len() as u64..message.range.end;
        let value = Value::Text(Expr::from_bytes(end).to_string());
        message.fields.push(Field::new("delimiter", range, value));
    }
}

/// What a [`Scanner`] looks for.
#[derive(Debug)]
struct Delims {
    /// The longest first.
    ends: Vec<Vec<u8>>,
    keep: bool,
    skip: Skip,
}

/// How the next place is found where a delimiter may begin.
#[derive(Debug)]
enum Skip {
    /// The only delimiter there is.
    Whole(Box<Finder<'static>>),
    /// One of these first bytes.
    Two(u8, u8),
    Three(u8, u8, u8),
    Any(Box<[bool; 256]>),
}

/// What stands at a place.
enum Found {
    /// A delimiter of so many bytes.
    End(usize),
    /// The beginning of one; more bytes will tell.
    Perhaps,
    Nothing,
}

impl Delims {
    /// Delimiters, none of them empty.
    fn new(mut ends: Vec<Vec<u8>>, keep: bool) -> Self {
        ends.sort_by_key(|end| std::cmp::Reverse(end.len()));
        let mut begins: Vec<u8> = ends.iter().filter_map(|end| end.first().copied()).collect();
        begins.sort_unstable();
        begins.dedup();
        let skip = match (ends.as_slice(), begins.as_slice()) {
            ([end], _) => Skip::Whole(Box::new(Finder::new(end).into_owned())),
            (_, &[a]) => Skip::Two(a, a),
            (_, &[a, b]) => Skip::Two(a, b),
            (_, &[a, b, c]) => Skip::Three(a, b, c),
            _ => {
                let mut table = [false; 256];
                for byte in begins {
                    table[usize::from(byte)] = true;
                }
                Skip::Any(Box::new(table))
            }
        };
        Self { ends, keep, skip }
    }

    /// The first place where a delimiter may begin, as far as that can be told fast.
    fn skip(&self, bytes: &[u8]) -> Option<usize> {
        match &self.skip {
            Skip::Whole(finder) => finder.find(bytes).or_else(|| {
                // What stands at the end may become one.
                let short = finder.needle().len() - 1;
                let begin = bytes.len().saturating_sub(short);
                (begin < bytes.len()).then_some(begin)
            }),
            Skip::Two(a, b) => memchr::memchr2(*a, *b, bytes),
            Skip::Three(a, b, c) => memchr::memchr3(*a, *b, *c, bytes),
            Skip::Any(table) => bytes.iter().position(|byte| table[usize::from(*byte)]),
        }
    }

    /// What `bytes` begin with; nothing comes behind them if they are the `last`.
    fn find(&self, bytes: &[u8], last: bool) -> Found {
        for end in &self.ends {
            if bytes.starts_with(end) {
                return Found::End(end.len());
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
struct Scanner {
    delims: Arc<Delims>,
    start: u64,
    at: u64,
    /// The last bytes before `at`, where they may begin a delimiter; shorter than the longest.
    held: Vec<u8>,
    max: u64,
}

impl Scanner {
    /// Scans bytes, the first of which stands at `begin`, for the next delimiter; holds the rest that may begin one.
    /// Returns how many it is done with.
    fn scan(&mut self, bytes: &[u8], begin: u64, last: bool, cx: &mut Cx<'_>) -> usize {
        let delims = Arc::clone(&self.delims);
        let mut from = 0;
        while let Some(rest) = bytes.get(from..)
            && let Some(skip) = delims.skip(rest)
            && let Some(rest) = rest.get(skip..)
        {
            from += skip;
            match delims.find(rest, last) {
                Found::End(len) => {
                    self.emit(begin + from as u64, len, cx);
                    return from + len;
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

    /// Leaves the message whose delimiter of `len` bytes begins at `end`.
    fn emit(&mut self, end: u64, len: usize, cx: &mut Cx<'_>) {
        let behind = end + len as u64;
        let payload = self.start..if self.delims.keep { behind } else { end };
        let message = Message::new(self.start..behind, payload, "");
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

    fn held(&self) -> &[u8] {
        &self.held
    }

    fn unfinished(&self) -> Option<Unfinished> {
        (self.start < self.at).then(|| Unfinished {
            flaw: self.flaw(self.at),
            ..Unfinished::waiting(self.start, None, "waiting for the delimiter")
        })
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
