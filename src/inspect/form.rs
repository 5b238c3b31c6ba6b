//! Bytes as somebody reads them on purpose, by words: a number of one width and order, what `ntohs` makes of it, the
//! members of a C struct with the padding between them, or text.

#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::ops::Range;

use super::{ByteOrder, KINDS, Kind, Read, missing, number};
use crate::escape;
use crate::locale::Locale;
use crate::words::{Complaint, Word, Words};

/// The most members of a struct.
const MEMBERS_MAX: usize = 32;

/// The most bytes that are read as text.
const TEXT_MAX_BYTES: usize = 256;

/// Functions that turn a number of the wire into one of this host, and how many bytes they take (byteorder(3)).
static CONVERSIONS: &[(&str, usize)] = &[("ntohs", 2), ("ntohl", 4)];

/// What comes first in the words of a struct.
const STRUCT: &str = "struct";

/// What reads everything as text.
const TEXT: &str = "text";

/// A way to read bytes. Its words parse back to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    words: String,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    One(Member),
    Converted {
        function: &'static str,
        width: usize,
    },
    Struct(Vec<Member>),
    Text,
}

/// A number of a certain order; without one, as this host has it in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    kind: usize,
    order: Option<ByteOrder>,
}

/// A line of what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is: a type, or a step on the way.
    pub name: String,
    /// Where it stands, from the first byte that was read; empty where it has no bytes of its own.
    pub at: Range<usize>,
    /// The bytes that are there of it.
    pub bytes: Vec<u8>,
    /// What it reads as.
    pub value: String,
    /// These bytes mean nothing: a compiler left them out, so that the next member is aligned.
    pub is_padding: bool,
}

impl Form {
    /// Reads the words of a form: `u16be`, `ntohs`, `struct u8,u32`, `text`.
    ///
    /// # Errors
    ///
    /// The word that names no type, and what would have fitted.
    pub fn parse(words: &mut Words<'_>) -> Result<Self, Complaint> {
        let word = words.require("a type")?;
        let conversion = CONVERSIONS.iter().find(|(name, _)| *name == word.text);
        let shape = match (word.text, conversion) {
            (_, Some(&(function, width))) => Shape::Converted { function, width },
            (TEXT, _) => Shape::Text,
            (STRUCT, _) => {
                let list = words.require("the types of its members")?;
                let form = members(list)?;
                return Ok(Self {
                    words: format!("{STRUCT} {}", list.text),
                    shape: Shape::Struct(form),
                });
            }
            _ => Shape::One(member(word, word.text, word.column)?),
        };
        Ok(Self {
            words: word.text.to_owned(),
            shape,
        })
    }

    /// The words that name it.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// All words that may begin one, for the menu.
    pub fn beginnings() -> impl Iterator<Item = String> {
        let numbers = KINDS.iter().filter(|kind| is_number(kind)).flat_map(orders);
        let others = CONVERSIONS.iter().map(|(name, _)| *name);
        numbers.chain(others.chain([STRUCT, TEXT]).map(str::to_owned))
    }

    /// Whether it reads whatever is there as text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.shape == Shape::Text
    }

    /// How many bytes it looks at.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.shape {
            Shape::One(member) => member.width(),
            Shape::Converted { width, .. } => *width,
            Shape::Struct(members) => laid_out(members).1,
            Shape::Text => TEXT_MAX_BYTES,
        }
    }

    /// Whether it takes no byte, which no form does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What these bytes are by it, line by line.
    #[must_use]
    pub fn read(&self, bytes: &[u8], host: ByteOrder, locale: &Locale) -> Vec<Part> {
        let bytes = bytes.get(..self.len()).unwrap_or(bytes);
        match &self.shape {
            Shape::One(member) => vec![member.read(0, bytes, host, locale)],
            Shape::Converted { function, width } => {
                converted(function, *width, bytes, host, locale)
            }
            Shape::Struct(members) => structure(members, bytes, host, locale),
            Shape::Text => vec![text(bytes)],
        }
    }
}

impl Member {
    fn kind(self) -> Option<&'static Kind> {
        KINDS.get(self.kind)
    }

    fn width(self) -> usize {
        match self.kind().map(|kind| &kind.read) {
            Some(Read::Ordered(width, ..)) => *width,
            _ => 1,
        }
    }

    fn name(self) -> String {
        let name = self.kind().map_or("", |kind| kind.name);
        let order = match self.order {
            Some(ByteOrder::Big) => "be",
            Some(ByteOrder::Little) => "le",
            None => "",
        };
        format!("{name}{order}")
    }

    /// It stands at that offset of `bytes`.
    fn read(self, at: usize, bytes: &[u8], host: ByteOrder, locale: &Locale) -> Part {
        let end = at + self.width();
        let there = bytes.get(at..end.min(bytes.len())).unwrap_or_default();
        let mut ordered = there.to_vec();
        if self.order.unwrap_or(host) == ByteOrder::Little {
            ordered.reverse();
        }
        let value = match self.kind().map(|kind| &kind.read) {
            Some(Read::Ordered(width, _, read)) if there.len() == *width => read(&ordered),
            _ => missing(self.width(), self.width() - there.len(), locale).text,
        };
        Part {
            name: self.name(),
            at: at..end,
            bytes: there.to_vec(),
            value,
            is_padding: false,
        }
    }
}

fn is_number(kind: &Kind) -> bool {
    let mut chars = kind.name.chars();
    let is_type = chars.next().is_some_and(|first| "uif".contains(first));
    is_type && chars.all(|c| c.is_ascii_digit()) && matches!(kind.read, Read::Ordered(..))
}

/// The words of a kind: of more than one byte in each order.
fn orders(kind: &Kind) -> Vec<String> {
    match kind.read {
        Read::Ordered(1, ..) => vec![kind.name.to_owned()],
        _ => ["", "be", "le"]
            .map(|order| format!("{}{order}", kind.name))
            .into(),
    }
}

/// The number of that name, which stands at a column of a line.
fn member(word: Word<'_>, name: &str, column: usize) -> Result<Member, Complaint> {
    let orders = [("be", ByteOrder::Big), ("le", ByteOrder::Little)];
    let ordered = orders
        .iter()
        .find_map(|(end, order)| Some((name.strip_suffix(end)?, *order)));
    let (base, order) = match ordered {
        Some((base, order)) => (base, Some(order)),
        None => (name, None),
    };
    let kind = KINDS
        .iter()
        .position(|kind| is_number(kind) && kind.name == base);
    let found = kind.map(|kind| Member { kind, order });
    found
        .filter(|member| order.is_none() || member.width() > 1)
        .ok_or_else(|| Complaint {
            column,
            end: column + name.chars().count().max(1),
            ..word.complain(
                format!("`{name}` is no type"),
                "u8, u16be, i32le, f64, ntohs, ntohl, struct u8,u32 or text",
            )
        })
}

fn members(list: Word<'_>) -> Result<Vec<Member>, Complaint> {
    let mut members = Vec::new();
    let mut column = list.column;
    for name in list.text.split(',') {
        let found = member(list, name, column)?;
        if found.width() == 3 {
            return Err(list.complain("C has no type of three bytes", "u8, u16, u32 or u64"));
        }
        members.push(found);
        column += name.chars().count() + 1;
    }
    if members.len() > MEMBERS_MAX {
        let what = format!("{} members are too many", members.len());
        return Err(list.complain(what, format!("at most {MEMBERS_MAX}")));
    }
    Ok(members)
}

/// Where each member stands, and how long the whole is: each is aligned on its own width, the end on the widest, as
/// the ABIs of 64-bit systems have it.
fn laid_out(members: &[Member]) -> (Vec<usize>, usize) {
    let mut at = 0_usize;
    let mut offsets = Vec::with_capacity(members.len());
    for member in members {
        at = at.next_multiple_of(member.width());
        offsets.push(at);
        at += member.width();
    }
    let widest = members.iter().map(|member| member.width()).max();
    (offsets, at.next_multiple_of(widest.unwrap_or(1)))
}

fn structure(members: &[Member], bytes: &[u8], host: ByteOrder, locale: &Locale) -> Vec<Part> {
    let (offsets, len) = laid_out(members);
    let mut parts = Vec::new();
    let mut at = 0;
    for (member, offset) in members.iter().zip(offsets) {
        parts.extend(padding(at..offset, bytes, locale));
        parts.push(member.read(offset, bytes, host, locale));
        at = offset + member.width();
    }
    parts.extend(padding(at..len, bytes, locale));
    parts
}

fn padding(at: Range<usize>, bytes: &[u8], locale: &Locale) -> Option<Part> {
    let there = bytes.get(at.start.min(bytes.len())..at.end.min(bytes.len()));
    (!at.is_empty()).then(|| Part {
        name: locale.say("inspector.padding").to_owned(),
        bytes: there.unwrap_or_default().to_vec(),
        value: locale.say("inspector.padding-why").to_owned(),
        is_padding: true,
        at,
    })
}

/// What the wire says, what each kind of host takes it for, and what the function makes of that.
fn converted(
    function: &str,
    width: usize,
    bytes: &[u8],
    host: ByteOrder,
    locale: &Locale,
) -> Vec<Part> {
    let Some(there) = bytes.get(..width) else {
        let short = missing(width, width - bytes.len(), locale);
        return vec![step(function.to_owned(), bytes.to_vec(), short.text)];
    };
    let reversed: Vec<u8> = there.iter().rev().copied().collect();
    let sent = number::unsigned(there);
    let mut parts = vec![step(
        locale.say("inspector.on-wire").to_owned(),
        there.to_vec(),
        sent.clone(),
    )];
    let hosts = [
        (ByteOrder::Little, "LE", &reversed[..]),
        (ByteOrder::Big, "BE", there),
    ];
    for (order, short, memory) in hosts {
        let key = if order == host {
            "inspector.taken-here"
        } else {
            "inspector.taken-there"
        };
        let taken = number::unsigned(memory);
        let call = format!("{function}({taken})");
        let is_same = taken == sent;
        parts.push(step(locale.fill(key, &[&short]), Vec::new(), taken));
        let value = if is_same {
            locale.fill("inspector.no-op", &[&sent])
        } else {
            sent.clone()
        };
        parts.push(step(call, Vec::new(), value));
    }
    parts
}

fn step(name: String, bytes: Vec<u8>, value: String) -> Part {
    Part {
        name,
        at: 0..bytes.len(),
        bytes,
        value,
        is_padding: false,
    }
}

fn text(bytes: &[u8]) -> Part {
    let mut value = String::with_capacity(bytes.len() + 2);
    let (escaped, _) = escape::escape_prefix(bytes, usize::MAX);
    // Writing to a String cannot fail.
    let _ = write!(value, "\"{escaped}\"");
    Part {
        name: TEXT.to_owned(),
        at: 0..bytes.len(),
        bytes: bytes.to_vec(),
        value,
        is_padding: false,
    }
}
