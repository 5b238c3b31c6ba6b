//! `len`: a number tells how long the message is, as in Netty's `LengthFieldBasedFrameDecoder`: it may stand behind
//! other bytes, count from elsewhere, and count the head too.

mod knobs;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want, over};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Flaw, Framing, Knob, Message, Rule, Sight, Value};
use crate::expr::{ByteOrder, IntType, Step};
use crate::words::{Complaint, Words};

/// The most bytes of a number: `dec20`.
const FIELD_MAX_BYTES: usize = 20;

/// Types of a length to choose from; other widths fit, too.
pub(super) const TYPES: &[&str] = &[
    "u8", "u16be", "u32be", "u64be", "u16le", "u32le", "u64le", "dec4", "hex4", "varint",
];

/// Every type of a length, in few words.
const TYPES_FIT: &str = "u8 u16be u24be u32be u64be, or le, decN, hexN, varint";

/// The row.
#[derive(Debug)]
pub(super) struct Len;

impl Framing for Len {
    fn name(&self) -> &'static str {
        "len"
    }

    fn usage(&self) -> &'static str {
        "len TYPE [at N] [adjust ±N] [incl] [strip N]"
    }

    fn help(&self) -> &'static str {
        "a number tells the length of what follows it: u8 u16be u24le u32be u64le decN hexN varint"
    }

    fn examples(&self) -> &'static [&'static str] {
        &[
            "len u8",
            "len u8 incl",
            "len u16le at 3",
            "len u24be adjust -2",
            "len u32be at 2 adjust +4 incl",
            "len u64le strip 12",
            "len dec5",
            "len hex3 at 1",
            "len varint",
            "len varint incl",
            "len varint at 2",
        ]
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        match before {
            [] => Some(TYPES),
            [.., "at" | "adjust" | "strip"] => None,
            _ => Some(&["at", "adjust", "incl", "strip"]),
        }
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let mut rule = Length {
            kind: unsigned(words, "a type")?,
            at: 0,
            adjust: 0,
            incl: false,
            strip: None,
        };
        loop {
            if words.take("at") {
                rule.at = words.number("the offset of the length")?;
            } else if words.take("adjust") {
                rule.adjust = words.number("the adjustment")?;
            } else if words.take("incl") {
                rule.incl = true;
            } else if words.take("strip") {
                rule.strip = Some(words.number("the bytes to strip")?);
            } else {
                return Ok(Box::new(rule));
            }
        }
    }
}

/// The type of a number without a sign.
///
/// # Errors
///
/// Which word does not fit, and what would have.
pub(super) fn unsigned(words: &mut Words<'_>, what: &str) -> Result<IntType, Complaint> {
    let fits = || TYPES_FIT.to_owned();
    let word = words.require(what).map_err(|complaint| Complaint {
        fits: fits(),
        ..complaint
    })?;
    match IntType::parse(word.text) {
        Some(IntType::Fixed { signed: true, .. }) => {
            Err(word.complain("a length has no sign", fits()))
        }
        Some(kind) => Ok(kind),
        None => {
            let near = IntType::near(word.text).filter(|_| !word.text.starts_with('i'));
            Err(word.complain(
                format!("`{}` is no type of a length", word.text),
                near.unwrap_or_else(fits),
            ))
        }
    }
}

/// The rule.
#[derive(Clone, Copy, Debug)]
struct Length {
    kind: IntType,
    /// Offset of the number in the message.
    at: u16,
    /// Added to the number.
    adjust: i32,
    /// The number counts the head too: all up to its own end.
    incl: bool,
    /// How many first bytes the payload leaves out; the head unless told.
    strip: Option<u16>,
}

impl Length {
    /// How long a message is whose head has `head` bytes and says `value`.
    fn total(&self, value: i128, head: u64) -> i128 {
        value + i128::from(self.adjust) + if self.incl { 0 } else { i128::from(head) }
    }

    /// The number, for a message of `total` bytes whose head has `head`.
    fn value(&self, total: u64, head: u64) -> i128 {
        i128::from(total) - i128::from(self.adjust) - if self.incl { 0 } else { i128::from(head) }
    }

    /// The same rule with the other byte order, and what `value` would be then.
    fn swapped(&self, value: i128) -> Option<(Self, i128)> {
        let kind = knobs::swapped(self.kind);
        let Step::Value(other, _) = kind.decode(&self.kind.encode(value).ok()?) else {
            return None;
        };
        Some((Self { kind, ..*self }, other)).filter(|_| other != value)
    }
}

impl Rule for Length {
    fn words(&self) -> String {
        let at = (self.at > 0).then(|| format!("at {}", self.at));
        let adjust = (self.adjust != 0).then(|| format!("adjust {:+}", self.adjust));
        let incl = self.incl.then(|| "incl".to_owned());
        let strip = self.strip.map(|strip| format!("strip {strip}"));
        let words = [Some(format!("len {}", self.kind)), at, adjust, incl, strip];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Number {
            rule: *self,
            field: [0; FIELD_MAX_BYTES],
            filled: 0,
            value: 0,
            place: Place::Before,
        }))
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        if dissect.skip(usize::from(self.at)).is_some()
            && let Step::Value(value, width) = self.kind.decode(dissect.rest())
        {
            dissect.skip(width);
            dissect.name("length", width, Value::Number(value));
            message.note = format!("len {value}").into();
        }
        message.fields = dissect.finish();
    }

    fn knobs(&self) -> Vec<Knob> {
        knobs::knobs(self)
    }

    /// What `strip` leaves out is written as zeros, but for the number; a payload that takes in the number has its
    /// place there overwritten.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let before = usize::from(self.at);
        let widths = match self.kind {
            IntType::Fixed { width, .. } => usize::from(width)..=usize::from(width),
            IntType::Dec(digits) | IntType::Hex(digits) => {
                usize::from(digits)..=usize::from(digits)
            }
            IntType::Varint => 1..=10,
        };
        let mut why = "no length fits".to_owned();
        for width in widths {
            let head = before + width;
            let stripped = self.strip.map_or(head, usize::from);
            let Some(total) = stripped
                .checked_add(payload.len())
                .filter(|total| *total >= head)
            else {
                return Err(format!(
                    "the payload has {} and must hold the length",
                    byte_count(payload.len() as u64)
                ));
            };
            match self.kind.encode(self.value(total as u64, head as u64)) {
                Ok(field) if field.len() == width => {
                    let mut bytes = vec![0; stripped];
                    bytes.extend_from_slice(payload);
                    bytes.splice(before..head, field);
                    return Ok(bytes);
                }
                Ok(_) => {}
                Err(misfit) => why = misfit.to_string(),
            }
        }
        Err(why)
    }
}

/// The head: what stands before the number, and the number.
#[derive(Clone, Debug)]
struct Number {
    rule: Length,
    field: [u8; FIELD_MAX_BYTES],
    filled: usize,
    value: i128,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Before,
    Number,
}

impl Number {
    /// How many bytes of the number are wanted at once.
    fn width(&self) -> usize {
        match self.rule.kind {
            IntType::Fixed { width, .. } => usize::from(width),
            IntType::Dec(_) | IntType::Hex(_) | IntType::Varint => 1,
        }
    }

    fn told(&mut self, value: i128, part: &Part<'_>) -> Want {
        self.value = value;
        let start = part.start;
        let number = start + u64::from(self.rule.at);
        let head = part.range.end - start;
        let total = self.rule.total(value, head);
        if total < i128::from(head) {
            let why = format!(
                "length {value} makes a message of {}, less than its head of {head}",
                byte_count(total)
            );
            return Want::broken(why, part.range.end - 1);
        }
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        let end = start.saturating_add(total);
        let strip = self.rule.strip.map_or(head, u64::from);
        let payload = start.saturating_add(strip).min(end)..end;
        let message = Message::new(start..end, payload, "");
        Want::Message(if strip > total {
            let why = format!(
                "the message has {}, fewer than the {strip} to strip",
                byte_count(total)
            );
            message.spoiled(Flaw { why, at: number })
        } else {
            message
        })
    }
}

impl Grammar for Number {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.filled = 0;
        self.place = Place::Before;
        Want::Pass(self.rule.at.into())
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        self.place = Place::Number;
        let filled = self.filled + part.bytes.len();
        let Some(place) = self.field.get_mut(self.filled..filled) else {
            return Want::broken("the length has no end", part.range.start);
        };
        place.copy_from_slice(part.bytes);
        self.filled = filled;
        let field = self.field.get(..filled).unwrap_or_default();
        match self.rule.kind.decode(field) {
            Step::Need(_) => Want::Bytes(self.width()),
            Step::Bad(why) => Want::broken(why, part.range.start),
            Step::Value(value, _) => self.told(value, part),
        }
    }

    #[inline]
    fn glance(&self, bytes: &[u8]) -> Option<(u64, Range<u64>)> {
        let IntType::Fixed { width, order, .. } = self.rule.kind else {
            return None;
        };
        let at = usize::from(self.rule.at);
        let field = bytes.get(at..)?.first_chunk()?;
        let other_bits = 64 - 8 * u32::from(width);
        let value = match order {
            ByteOrder::Big => u64::from_be_bytes(*field) >> other_bits,
            ByteOrder::Little => u64::from_le_bytes(*field) << other_bits >> other_bits,
        };
        let head = u64::from(self.rule.at) + u64::from(width);
        let counted = if self.rule.incl { 0 } else { head };
        let total = value
            .checked_add(counted)?
            .checked_add_signed(self.rule.adjust.into())?;
        let strip = self.rule.strip.map_or(head, u64::from);
        (head.max(strip) <= total).then_some((total, strip..total))
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        let filled = match self.place {
            Place::Before => 0,
            Place::Number => self.filled as u64 + came,
        };
        let (width, unit) = match self.rule.kind {
            _ if filled == 0 => {
                return format!("waiting for the length at byte {}", self.rule.at).into();
            }
            IntType::Fixed { width, .. } => (width, "bytes"),
            IntType::Dec(digits) | IntType::Hex(digits) => (digits, "digits"),
            IntType::Varint => return "waiting for the end of the varint".into(),
        };
        format!("{filled} of {width} {unit} of the length").into()
    }

    fn too_long(&self, message: &Message, max: u64) -> Flaw {
        let Length { at, .. } = self.rule;
        let value = self.value;
        let head = u64::from(at) + self.filled as u64;
        let mut why = if value > i128::from(max) {
            format!("{value} is over the limit of {max}")
        } else {
            format!("{value} makes {}", over(message.bytes(), max))
        };
        if let Some((rule, other)) = self.rule.swapped(value)
            && (i128::from(head)..=i128::from(max)).contains(&rule.total(other, head))
        {
            let hint = format!("; the other way round it is {other}: `{}`", rule.words());
            why.push_str(&hint);
        }
        let at = message.range.start + u64::from(at);
        Flaw { why, at }
    }
}
