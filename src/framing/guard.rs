//! `stx EXPR RULE crc KIND`: sync bytes before the messages of any rule, by which they are found again, and a checksum
//! behind them. The checksum over the payload is over its bytes as they stand on the wire.

mod decoder;
mod summing;

use std::sync::Arc;

use super::delim::parse_bytes;
use super::message::byte_count;
use super::{Cx, Decoder, Exchange, FRAMINGS, Field, Message, Rule, Sight, Status, Value};
use crate::expr::{ByteOrder, Checksum, Expr, kinds};
use crate::words::{Complaint, Words};
use decoder::Guard;

/// The field of the sync bytes.
const STX: &str = "stx";

/// The field of the checksum.
const CRC: &str = "crc";

/// Reads `stx EXPR` if it stands there; no bytes otherwise.
pub(super) fn parse_sync(words: &mut Words<'_>) -> Result<Vec<u8>, Complaint> {
    if !words.take(STX) {
        return Ok(Vec::new());
    }
    let names: Vec<_> = FRAMINGS.iter().map(|framing| framing.name()).collect();
    parse_bytes(words, "the sync bytes", &names)
}

/// Reads `crc KIND [be|le] [over all|payload]` if it stands there.
pub(super) fn parse_sum(words: &mut Words<'_>) -> Result<Option<Crc>, Complaint> {
    if !words.take(CRC) {
        return Ok(None);
    }
    let word = words.require("a kind of checksum")?;
    let kind = Checksum::named(word.text).ok_or_else(|| {
        let names: Vec<_> = kinds().iter().map(|kind| kind.name).collect();
        word.complain(
            format!("there is no checksum `{}`", word.text),
            names.join(" "),
        )
    })?;
    let order = match () {
        () if words.take("be") => ByteOrder::Big,
        () if words.take("le") => ByteOrder::Little,
        () => kind.order,
    };
    let order = if kind.width == 1 { kind.order } else { order };
    let mut over_payload = false;
    if words.take("over") {
        over_payload = words.take("payload");
        if !over_payload && !words.take("all") {
            let fits = "all, payload";
            let word = words.require("what the checksum is over")?;
            return Err(word.complain(format!("a checksum is not over `{}`", word.text), fits));
        }
    }
    Ok(Some(Crc {
        kind,
        order,
        over_payload,
    }))
}

/// A rule with what stands around its messages, if anything does.
pub(super) fn guarded(stx: Vec<u8>, rule: Arc<dyn Rule>, crc: Option<Crc>) -> Arc<dyn Rule> {
    if stx.is_empty() && crc.is_none() {
        return rule;
    }
    Arc::new(Guarded { stx, rule, crc })
}

/// The checksum behind a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crc {
    kind: &'static Checksum,
    /// Of its bytes.
    order: ByteOrder,
    /// Over the payload alone, and not over all before it.
    over_payload: bool,
}

impl Crc {
    fn width(&self) -> usize {
        usize::from(self.kind.width)
    }

    fn decode(&self, bytes: &[u8]) -> u32 {
        let add = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
        match self.order {
            ByteOrder::Big => bytes.iter().fold(0, add),
            ByteOrder::Little => bytes.iter().rev().fold(0, add),
        }
    }

    fn field(&self, range: std::ops::Range<u64>, bytes: &[u8]) -> Field {
        let value = self.decode(bytes);
        Field::new(
            CRC,
            range,
            Value::Named(value.into(), self.kind.name.into()),
        )
    }
}

/// The rule.
#[derive(Clone, Debug)]
struct Guarded {
    /// Perhaps none.
    stx: Vec<u8>,
    rule: Arc<dyn Rule>,
    crc: Option<Crc>,
}

impl Guarded {
    fn width(&self) -> usize {
        self.crc.map_or(0, |crc| crc.width())
    }

    /// The most bytes of the rule's message, so that the whole keeps the limit.
    fn inner_max(&self, cx: &Cx<'_>) -> u64 {
        cx.max()
            .saturating_sub((self.stx.len() + self.width()) as u64)
    }

    /// What stands within: the message as the rule left it, its bytes, and those of the checksum if it is there.
    fn within<'b>(&self, message: &Message, bytes: &'b [u8]) -> (Message, &'b [u8], &'b [u8]) {
        let is_summed = match message.status {
            Status::Ok => true,
            // The decoder says so where it is not plain.
            Status::Bad { .. } => message.fields.last().is_some_and(|field| field.name == CRC),
            Status::Partial { .. } | Status::Skipped { .. } => false,
        };
        let behind = if is_summed { self.width() as u64 } else { 0 };
        let range = message.range.start + self.stx.len() as u64..message.range.end - behind;
        let range = range.start..range.end.max(range.start);
        let clamp = |at: u64| at.clamp(range.start, range.end);
        let mut fields = message.fields.clone();
        fields.retain(|field| field.name != CRC);
        let inner = Message {
            payload: clamp(message.payload.start)..clamp(message.payload.end),
            range,
            fields,
            ..message.clone()
        };
        let bytes = bytes.get(self.stx.len()..).unwrap_or_default();
        let end = usize::try_from(inner.bytes()).unwrap_or(usize::MAX);
        match bytes.split_at_checked(end) {
            Some((bytes, sum)) => (inner, bytes, sum),
            None => (inner, bytes, &[]),
        }
    }

    /// Where the payload stands in what the rule makes of it.
    fn payload_of(&self, bytes: &[u8]) -> Option<std::ops::Range<usize>> {
        let mut cx = Cx::new(0, u64::MAX, Sight::default());
        let mut decoder = self.rule.decoder();
        decoder.feed_all(bytes, &mut cx);
        decoder.boundary(std::time::Duration::ZERO, &mut cx);
        decoder.end(&mut cx);
        let messages = cx.take();
        let [message] = messages.as_slice() else {
            return None;
        };
        let offset = |at: u64| usize::try_from(at).ok();
        Some(offset(message.payload.start)?..offset(message.payload.end)?)
    }
}

impl Rule for Guarded {
    fn words(&self) -> String {
        let mut words = vec![self.rule.words()];
        if !self.stx.is_empty() {
            words.insert(0, format!("{STX} {}", Expr::from_bytes(&self.stx)));
        }
        if let Some(crc) = self.crc {
            words.push(format!("{CRC} {}", crc.kind.name));
            match crc.order {
                order if order == crc.kind.order => {}
                ByteOrder::Big => words.push("be".to_owned()),
                ByteOrder::Little => words.push("le".to_owned()),
            }
            if crc.over_payload {
                words.push("over payload".to_owned());
            }
        }
        words.join(" ")
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Guard::new(Arc::new(self.clone())))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let inner = self.rule.encode(payload)?;
        let mut bytes = [self.stx.as_slice(), &inner].concat();
        if let Some(crc) = self.crc {
            let sum = if crc.over_payload {
                let payload = self
                    .payload_of(&inner)
                    .and_then(|payload| inner.get(payload));
                let payload = payload.ok_or("the rule makes no message of this payload")?;
                crc.kind.bytes(payload, crc.order)
            } else {
                crc.kind.bytes(&bytes, crc.order)
            };
            bytes.extend(sum);
        }
        Ok(bytes)
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        self.rule.exchange(message, sight)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        if matches!(message.status, Status::Skipped { .. }) {
            return;
        }
        let (mut inner, within, sum) = self.within(message, bytes);
        self.rule.dissect(&mut inner, within, sight);
        let start = message.range.start;
        message.note = inner.note;
        message.fields.clear();
        if !self.stx.is_empty() && bytes.starts_with(&self.stx) {
            let range = start..start + self.stx.len() as u64;
            message.fields.push(Field::new(STX, range, Value::Bytes));
        }
        message.fields.append(&mut inner.fields);
        if let Some(crc) = self.crc
            && sum.len() == crc.width()
        {
            let range = inner.range.end..inner.range.end + sum.len() as u64;
            message.fields.push(crc.field(range, sum));
        }
    }

    fn is_two_sided(&self) -> bool {
        self.rule.is_two_sided()
    }

    fn subjects(&self) -> Vec<u64> {
        self.rule.subjects()
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        let (inner, within, _) = self.within(message, bytes);
        self.rule.payload(&inner, within)
    }
}

/// Why a checksum is wrong.
fn differs(crc: &Crc, computed: u32, found: u32) -> String {
    let digits = crc.width() * 2;
    let name = crc.kind.name;
    format!("{name} is {computed:0digits$x}, and {found:0digits$x} stands there")
}

/// What is waited for when it is known how many bytes that are.
fn waiting(need: u64) -> String {
    format!(
        "waiting for {}",
        byte_count(need).replacen(' ', " more ", 1)
    )
}

#[cfg(test)]
mod tests;
