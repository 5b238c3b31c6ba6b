//! The chunked coding (RFC 9112, 7.1): chunks of told size, one of size 0, trailers. Blanks behind a size are taken, as
//! most recipients do; so is bare LF behind it, but not behind the data.

use std::ops::Range;

use super::super::Flaw;
use super::super::dissect::Dissect;
use super::super::grammar::{Part, Want};
use super::super::headers::headers;
use super::super::lines::{Line, Lines, has_bare_end, lines_of};
use super::super::message::byte_count;
use super::super::{Field, Value};
use super::head::field_name;

/// The most digits of a size.
const DIGITS_MAX: usize = 16;

/// Reads one body.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Chunks {
    lines: Lines,
    expects: Expects,
    /// Of the chunk.
    size: u64,
    /// The trailer's line is the empty one.
    is_last: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Expects {
    #[default]
    Size,
    Data,
    End,
    Trailer,
}

/// How far a body is.
#[derive(Debug)]
pub(in super::super) enum Progress {
    Wants(Want),
    Whole,
    Broken(Flaw),
}

impl Chunks {
    /// What is wanted first.
    pub(in super::super) fn want() -> Want {
        Lines::want()
    }

    /// What was wanted has come.
    pub(in super::super) fn take(&mut self, part: &Part<'_>) -> Progress {
        match self.expects {
            Expects::Size => self.size(part),
            Expects::Data => {
                self.expects = Expects::End;
                Progress::Wants(Want::Bytes(2))
            }
            Expects::End => {
                self.expects = Expects::Size;
                if part.bytes == b"\r\n" {
                    return Progress::Wants(Lines::want());
                }
                let at = part.range.start + u64::from(part.bytes.first() == Some(&b'\r'));
                broken("no CRLF behind the data of a chunk", at)
            }
            Expects::Trailer => self.trailer(part),
        }
    }

    fn size(&mut self, part: &Part<'_>) -> Progress {
        match self.lines.take(part) {
            Line::Text(line, want) => match size_of(line) {
                Ok(size) => {
                    self.size = size;
                    Progress::Wants(want)
                }
                Err((why, at)) => broken(why, part.range.start + at as u64),
            },
            Line::Over if self.size == 0 => {
                self.expects = Expects::Trailer;
                Progress::Wants(Lines::want())
            }
            Line::Over if part.range.end.checked_add(self.size).is_none() => {
                broken("a chunk longer than a stream can be", part.range.start)
            }
            Line::Over => {
                self.expects = Expects::Data;
                Progress::Wants(Want::Pass(self.size))
            }
            Line::Goes(want) => Progress::Wants(want),
            Line::Broken(flaw) => Progress::Broken(flaw),
        }
    }

    fn trailer(&mut self, part: &Part<'_>) -> Progress {
        match self.lines.take(part) {
            Line::Text(line, want) => {
                self.is_last = line.is_empty();
                match field_name(line) {
                    Err((why, at)) if !self.is_last => broken(why, part.range.start + at as u64),
                    _ => Progress::Wants(want),
                }
            }
            Line::Over if self.is_last => Progress::Whole,
            Line::Over => Progress::Wants(Lines::want()),
            Line::Goes(want) => Progress::Wants(want),
            Line::Broken(flaw) => Progress::Broken(flaw),
        }
    }

    /// What is missing.
    pub(in super::super) fn waits(&self, came: u64) -> String {
        match self.expects {
            Expects::Size => "waiting for the size of a chunk".to_owned(),
            Expects::Data => {
                let missing = byte_count(self.size - came.min(self.size));
                format!("waiting for {missing} of a chunk")
            }
            Expects::End => "waiting for the end of a chunk".to_owned(),
            Expects::Trailer => "waiting for the end of the trailers".to_owned(),
        }
    }
}

fn broken(why: impl Into<String>, at: u64) -> Progress {
    let why = why.into();
    Progress::Broken(Flaw { why, at })
}

/// The size that a line tells; extensions behind it must close their quotes.
fn size_of(line: &[u8]) -> Result<u64, (String, usize)> {
    let digits = digits_of(line);
    let told = std::str::from_utf8(line.get(..digits).unwrap_or_default()).unwrap_or_default();
    if digits == 0 {
        return Err(("no size of a chunk, in hexadecimal".to_owned(), 0));
    }
    let size = u64::from_str_radix(told, 16)
        .ok()
        .filter(|_| digits <= DIGITS_MAX);
    let size = size.ok_or_else(|| {
        let why = format!("a size of more than {DIGITS_MAX} digits");
        (why, DIGITS_MAX)
    })?;
    let behind = line.get(digits..).unwrap_or_default();
    let blanks = behind.len() - behind.trim_ascii_start().len();
    let extension = behind.get(blanks..).unwrap_or_default();
    if let Some(zero) = memchr::memchr(0, behind) {
        return Err(("a zero byte behind the size".to_owned(), digits + zero));
    }
    match extension.first() {
        Some(b';') if has_open_quote(extension) => {
            let why = "a chunk's extension whose quote does not end";
            Err((why.to_owned(), line.len()))
        }
        None | Some(b';') => Ok(size),
        Some(byte) => {
            let why = format!("the size of a chunk holds {byte:02x}");
            Err((why, digits + blanks))
        }
    }
}

fn digits_of(line: &[u8]) -> usize {
    line.iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count()
}

fn has_open_quote(extension: &[u8]) -> bool {
    let mut is_open = false;
    let mut bytes = extension.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_open = !is_open,
            b'\\' if is_open => {
                bytes.next();
            }
            _ => {}
        }
    }
    is_open
}

/// A chunk of a body that is at hand: its line and as much of its data as there is.
#[derive(Clone, Debug)]
struct Chunk {
    line: Range<usize>,
    size: u64,
    data: Range<usize>,
}

/// The chunks of a body, up to and with the last, and as far as they are good.
fn walk(bytes: &[u8]) -> impl Iterator<Item = Chunk> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let at = next.take()?;
        let rest = bytes.get(at..)?;
        let (range, line) = lines_of(rest).next()?;
        let size = size_of(line).ok()?;
        let start = at + range.end + memchr::memchr(b'\n', rest.get(range.end..)?)? + 1;
        let end = usize::try_from(size)
            .ok()
            .and_then(|size| start.checked_add(size));
        let end = end.unwrap_or(usize::MAX);
        if size > 0 {
            next = end.checked_add(2);
        }
        Some(Chunk {
            line: at..at + range.end,
            size,
            data: start..end.min(bytes.len()),
        })
    })
}

/// The data of all chunks, joined.
pub(in super::super) fn join(bytes: &[u8]) -> Vec<u8> {
    let data = walk(bytes).filter_map(|chunk| bytes.get(chunk.data));
    data.flatten().copied().collect()
}

/// Names chunks and trailers, of which the next byte is the first; what the body is, in words, and whether a line of it
/// ends in bare LF.
pub(in super::super) fn name(dissect: &mut Dissect<'_>) -> (String, bool) {
    let bytes = dissect.rest();
    let (mut count, mut total) = (0_u64, 0_u64);
    let mut behind = None;
    let (mut has_blanks, mut has_bare) = (false, false);
    let mut has_room = Some(());
    for chunk in walk(bytes) {
        count += u64::from(chunk.size > 0);
        total = total.saturating_add(chunk.size);
        let line = bytes.get(chunk.line.clone()).unwrap_or_default();
        has_blanks |= line.ends_with(b" ") || line.ends_with(b"\t");
        has_bare |= chunk.data.start - chunk.line.end == 1;
        has_room = has_room.and_then(|()| name_one(dissect, &chunk));
        behind = bytes.get(chunk.data.end..).filter(|_| chunk.size == 0);
    }
    if let Some(trailers) = behind {
        has_bare |= has_bare_end(trailers);
        let has_some = lines_of(trailers).any(|(_, line)| !line.is_empty());
        has_room
            .filter(|()| has_some)
            .and_then(|()| dissect.group("trailers", |dissect| headers(dissect).map(|_| ())));
    }
    let chunks = if count == 1 { "chunk" } else { "chunks" };
    let more = if behind.is_some() { "" } else { " so far" };
    let blanks = if has_blanks {
        ", blanks behind a size"
    } else {
        ""
    };
    let words = format!("{count} {chunks}, {}{more}{blanks}", byte_count(total));
    (words, has_bare)
}

/// Names a chunk with its size, extension and data, of which the line is the next to be read.
fn name_one(dissect: &mut Dissect<'_>, chunk: &Chunk) -> Option<()> {
    dissect.group("chunk", |dissect| {
        let line = dissect.rest().get(..chunk.line.len())?;
        let digits = digits_of(line);
        dissect.skip(digits)?;
        dissect.name("size", digits, Value::Number(chunk.size.into()))?;
        let behind = line.get(digits..)?;
        let blanks = behind.len() - behind.trim_ascii_start().len();
        dissect.skip(blanks)?;
        let extension = behind.len() - blanks;
        if extension > 0 {
            dissect.text("extension", extension)?;
        }
        dissect.skip(chunk.data.start - chunk.line.end)?;
        dissect.skip(chunk.data.len())?;
        let start = dissect.at() - chunk.data.len() as u64;
        if chunk.size > 0 {
            dissect.push(Field::new("data", start..dissect.at(), Value::Bytes))?;
            dissect.skip(dissect.rest().len().min(2))?;
        }
        Some(())
    })
}
