//! `decode`: bytes in, messages out, as lines for people or as JSON. It keeps the bytes of the message that has begun,
//! up to a bound, since what it is called and carries is said once it is whole.

use std::io::Write;
use std::ops::Range;
use std::time::Duration;

use super::{Ending, Filter};
use crate::escape::{clean, escape, escape_prefix, width};
use crate::framing::{Cut, Cx, Decoder, Entry, Message, Sight, Status};
use crate::session::json;

/// The first bytes of a message that are kept; a longer one is shown cut.
const HELD_MAX_BYTES: usize = 16 << 20;

/// The columns of a note and of a payload that a person sees; in a pipe both are whole.
const COLUMNS_MAX: usize = 60;

/// Cuts a stream into messages and prints them.
#[derive(Debug)]
pub struct Decode {
    cut: Cut,
    decoder: Box<dyn Decoder>,
    /// Bytes that are fed at once, where somebody told.
    chunk: Option<usize>,
    /// What is not a whole chunk yet.
    short: Vec<u8>,
    json: bool,
    on_terminal: bool,
    /// Offset of the next byte to be fed.
    at: u64,
    /// Bytes from the first of the message that has begun.
    held: Held,
    index: u64,
    count: u64,
    time: Duration,
    is_bad: bool,
}

impl Decode {
    /// Cuts by `cut`, fed `chunk` bytes at a time or as they come.
    #[must_use]
    pub fn new(cut: Cut, chunk: Option<usize>, json: bool) -> Self {
        Self {
            decoder: cut.rule.decoder(),
            cut,
            chunk,
            short: Vec::new(),
            json,
            on_terminal: false,
            at: 0,
            held: Held::default(),
            index: 0,
            count: 0,
            time: Duration::ZERO,
            is_bad: false,
        }
    }

    fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let mut cx = Cx::new(self.at, self.cut.max, Sight::default());
            let taken = self.decoder.feed(rest, &mut cx);
            let (now, later) = rest.split_at(taken.min(rest.len()));
            self.at += now.len() as u64;
            self.held.push(now, self.at);
            rest = later;
            self.leave_all(&mut cx, out);
        }
    }

    fn feed_chunk(&mut self, out: &mut Vec<u8>) {
        let short = std::mem::take(&mut self.short);
        self.feed(&short, out);
        self.cross(out);
    }

    /// What was fed at once ended.
    fn cross(&mut self, out: &mut Vec<u8>) {
        let mut cx = Cx::new(self.at, self.cut.max, Sight::default());
        self.decoder.boundary(self.time, &mut cx);
        self.leave_all(&mut cx, out);
    }

    fn leave_all(&mut self, cx: &mut Cx<'_>, out: &mut Vec<u8>) {
        for message in cx.take() {
            self.leave(message, out);
        }
    }

    fn leave(&mut self, mut message: Message, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let bytes = held.get(&message.range);
        self.cut.describe(&mut message, bytes, Sight::default());
        let is_counted = message.is_counted();
        self.count += u64::from(is_counted);
        self.is_bad |= matches!(message.status, Status::Bad { .. });
        let entry = Entry {
            index: self.index,
            number: is_counted.then_some(self.count),
            message,
        };
        self.index += 1;
        self.print(&entry, bytes, out);
        self.held = held.from(entry.message.range.end, self.at);
    }

    /// A line for a message, of which these bytes are at hand.
    fn print(&self, entry: &Entry, bytes: &[u8], out: &mut Vec<u8>) {
        let message = &entry.message;
        let payload = self.cut.rule.payload(message, bytes);
        let left_out = message.bytes().saturating_sub(bytes.len() as u64);
        // Writing to a Vec cannot fail.
        if self.json {
            let mut object = json::entry_of(None, entry, &payload);
            if left_out > 0 {
                object.insert("left_out".to_owned(), left_out.into());
            }
            let _ = json::write(&mut *out, &object);
        } else {
            let _ = out.write_all(line(entry, &payload, left_out, self.on_terminal).as_bytes());
        }
        out.push(b'\n');
    }
}

/// Number, range, status, note and payload of a message: columns that grow where they must.
pub(super) fn line(entry: &Entry, payload: &[u8], left_out: u64, on_terminal: bool) -> String {
    let message = &entry.message;
    let number = entry.number.map(|n| n.to_string()).unwrap_or_default();
    let range = format!("{}..{}", message.range.start, message.range.end);
    let note = message.told();
    let note = clean(&note);
    let (status, told) = match &message.status {
        Status::Ok => ("ok", note.into_owned()),
        Status::Partial { .. } => ("partial", note.into_owned()),
        Status::Bad { why, at } => ("bad", format!("at {at}: {}", clean(why))),
        Status::Skipped { why } => ("skipped", clean(why).into_owned()),
    };
    let (told, shown) = if on_terminal {
        let (text, len) = escape_prefix(payload, COLUMNS_MAX);
        let more = if len < payload.len() { "…" } else { "" };
        (shortened(told), text + more)
    } else {
        (told, escape(payload))
    };
    let shown = match left_out {
        0 => shown,
        more => format!("{shown}… and {more} bytes more"),
    };
    let pad = " ".repeat(32_usize.saturating_sub(width(&told)));
    let line = format!("{number:>6}  {range:<16} {status:<7}  {told}{pad}  {shown}");
    line.trim_end().to_owned()
}

/// As much of a text as a person sees of a note.
fn shortened(text: String) -> String {
    if width(&text) <= COLUMNS_MAX {
        return text;
    }
    let mut left = COLUMNS_MAX - 1;
    let fits = |c: &char| {
        let columns = width(c.encode_utf8(&mut [0; 4]));
        let is_room = columns <= left;
        left = left.saturating_sub(columns);
        is_room
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

impl Filter for Decode {
    fn begin(&mut self, on_terminal: bool) {
        self.on_terminal = on_terminal;
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Option<Ending> {
        let Some(chunk) = self.chunk else {
            self.feed(bytes, out);
            return None;
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let missing = chunk.saturating_sub(self.short.len()).max(1);
            let (now, later) = rest.split_at(missing.min(rest.len()));
            self.short.extend_from_slice(now);
            rest = later;
            if self.short.len() >= chunk {
                self.feed_chunk(out);
            }
        }
        None
    }

    fn boundary(&mut self, time: Duration, out: &mut Vec<u8>) {
        self.time = time;
        if self.chunk.is_none() {
            self.cross(out);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Ending {
        if !self.short.is_empty() {
            self.feed_chunk(out);
        }
        let mut cx = Cx::new(self.at, self.cut.max, Sight::default());
        self.decoder.end(&mut cx);
        self.leave_all(&mut cx, out);
        if let Some(unfinished) = self.decoder.unfinished() {
            self.leave(unfinished.message(self.at), out);
        }
        Ending::code(u8::from(self.is_bad))
    }
}

/// The bytes of the message that has begun, as many as are kept.
#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    /// Offset of the first.
    start: u64,
}

impl Held {
    /// Adds what ends at `end`, if there is room.
    fn push(&mut self, bytes: &[u8], end: u64) {
        let is_next = self.start + (self.bytes.len() + bytes.len()) as u64 == end;
        let room = HELD_MAX_BYTES.saturating_sub(self.bytes.len());
        if is_next {
            self.bytes
                .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        }
    }

    /// The bytes of a range, from its first on, as many as there are.
    fn get(&self, range: &Range<u64>) -> &[u8] {
        let offset = |at: u64| usize::try_from(at.checked_sub(self.start)?).ok();
        let from = offset(range.start).unwrap_or(usize::MAX);
        let to = offset(range.end).unwrap_or(0).min(self.bytes.len());
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// What is kept of the bytes from `start` on, up to `at`.
    fn from(mut self, start: u64, at: u64) -> Self {
        let behind = usize::try_from(start.saturating_sub(self.start)).unwrap_or(usize::MAX);
        if behind <= self.bytes.len() {
            self.bytes.drain(..behind);
            self.start = start;
        } else {
            self.bytes.clear();
            self.start = at;
        }
        self
    }
}
