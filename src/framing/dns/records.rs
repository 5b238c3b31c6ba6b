//! Records of a DNS message (RFC 1035, 3.2 and 4.1), their data, and names with their pointers (4.1.4).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::Value;
use super::super::dissect::{Dissect, Names, text_of, words_of};
use super::names::{CLASSES, OPTIONS, TYPES};

/// The most bytes of a name as it stands in a message; pointers can make it longer only by a loop.
const NAME_MAX_BYTES: usize = 255;

/// The most pointers of a name; each leads backward, so that more are only made to cost time.
const JUMPS_MAX: u32 = 127;

const OPT: u64 = 41;

/// A message without the length before it: where pointers lead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole<'a> {
    pub(super) bytes: &'a [u8],
    /// The offset of its first byte in the stream.
    pub(super) base: u64,
}

/// Owner, type, class, time to live, data; what the record says in one line.
pub(super) fn record(dissect: &mut Dissect<'_>, message: &Whole<'_>) -> Option<Value> {
    let owner = name(dissect, message, "name")?;
    let kind = dissect.named("type", 2, TYPES)?;
    if kind == OPT {
        dissect.number("payload size", 2)?;
        dissect.number("extended rcode", 1)?;
        dissect.number("version", 1)?;
        dissect.flags("flags", 2, &[(0x8000, "dnssec-ok")])?;
    } else {
        dissect.named("class", 2, CLASSES)?;
        dissect.number("ttl", 4)?;
    }
    let length = usize::try_from(dissect.number("data length", 2)?).ok()?;
    if dissect.rest().len() < length {
        return None;
    }
    let said = dissect.within(length, |dissect| {
        let said = data(dissect, message, kind);
        let rest = dissect.rest().len();
        if said.is_none() && rest > 0 {
            dissect.bytes("data", rest)?;
        }
        Some(said)
    })?;
    let said = said.filter(|said| !said.is_empty());
    let said = said.map(|said| format!(" {said}")).unwrap_or_default();
    Some(Value::Text(format!(
        "{owner} {}{said}",
        words_of(TYPES, kind)
    )))
}

/// The data of the types that are in daily use.
fn data(dissect: &mut Dissect<'_>, message: &Whole<'_>, kind: u64) -> Option<String> {
    match kind {
        1 => {
            let bytes: [u8; 4] = dissect.skip(4)?.try_into().ok()?;
            let text = Ipv4Addr::from(bytes).to_string();
            dissect.name("address", 4, Value::Text(text.clone()))?;
            Some(text)
        }
        28 => {
            let bytes: [u8; 16] = dissect.skip(16)?.try_into().ok()?;
            let text = Ipv6Addr::from(bytes).to_string();
            dissect.name("address", 16, Value::Text(text.clone()))?;
            Some(text)
        }
        2 | 5 | 12 | 39 => name(dissect, message, "target"),
        6 => {
            let server = name(dissect, message, "primary server")?;
            name(dissect, message, "mailbox")?;
            let serial = dissect.number("serial", 4)?;
            for part in ["refresh", "retry", "expire", "minimum"] {
                dissect.number(part, 4)?;
            }
            Some(format!("{server} {serial}"))
        }
        15 => {
            let preference = dissect.number("preference", 2)?;
            let exchange = name(dissect, message, "exchange")?;
            Some(format!("{preference} {exchange}"))
        }
        16 => {
            let mut said = Vec::new();
            while !dissect.is_done() {
                let len = usize::try_from(dissect.unsigned(1)?).ok()?;
                said.push(text_of(dissect.text("text", len)?));
            }
            Some(said.join(" "))
        }
        33 => {
            let priority = dissect.number("priority", 2)?;
            let weight = dissect.number("weight", 2)?;
            let port = dissect.number("port", 2)?;
            let target = name(dissect, message, "target")?;
            Some(format!("{priority} {weight} {port} {target}"))
        }
        OPT => options(dissect),
        _ => None,
    }
}

fn options(dissect: &mut Dissect<'_>) -> Option<String> {
    let mut said = Vec::new();
    while !dissect.is_done() {
        dissect.group("option", |dissect| {
            let code = dissect.named("code", 2, OPTIONS as &Names)?;
            let len = usize::try_from(dissect.number("length", 2)?).ok()?;
            dissect.bytes("data", len)?;
            said.push(words_of(OPTIONS, code));
            Some(())
        })?;
    }
    Some(said.join(", "))
}

/// A name, whose pointers lead back into the message: only ever backward, so that no loop can be.
pub(super) fn name(
    dissect: &mut Dissect<'_>,
    message: &Whole<'_>,
    label: &'static str,
) -> Option<String> {
    let mut rest = dissect.rest();
    let mut from = usize::try_from(dissect.at().checked_sub(message.base)?).ok()?;
    let (mut said, mut len, mut read, mut jumps) = (String::new(), 0, 0, 0);
    loop {
        let (&first, behind) = rest.split_first()?;
        let size = match first {
            0..=63 => usize::from(first) + 1,
            64..=191 => return None,
            192.. => 2,
        };
        if jumps == 0 {
            read += size;
        }
        if first == 0 {
            break;
        }
        if size > behind.len() + 1 {
            return None;
        }
        if first >= 192 {
            let to = usize::from(u16::from_be_bytes([first & 63, *behind.first()?]));
            jumps += 1;
            if to >= from || jumps > JUMPS_MAX {
                return None;
            }
            from = to;
            rest = message.bytes.get(to..)?;
            continue;
        }
        len += size;
        if len > NAME_MAX_BYTES {
            return None;
        }
        if !said.is_empty() {
            said.push('.');
        }
        said.push_str(&text_of(behind.get(..size - 1)?));
        rest = behind.get(size - 1..)?;
    }
    if said.is_empty() {
        said.push('.');
    }
    dissect.skip(read)?;
    dissect.name(label, read, Value::Text(said.clone()))?;
    Some(said)
}
