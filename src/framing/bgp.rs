//! `bgp`: BGP-4 (RFC 4271, 4), with capabilities (RFC 5492), multiprotocol routes (RFC 4760), four-byte AS numbers (RFC
//! 6793) and route refresh (RFC 2918). Extended messages (RFC 8654) are not taken: 4096 bytes are the most.

mod names;
mod update;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::{Range, RangeInclusive};

use super::dissect::{Dissect, name_of, text_of, words_of};
use super::head::{Head, flaw};
use super::note::Note;
use super::reader::Reader;
use super::{Decoder, Flaw, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};
use names::{
    AFIS, CAPABILITIES, ERRORS, KEEPALIVE, NOTIFICATION, OPEN, ROUTE_REFRESH, SAFIS, TYPES, UPDATE,
};

/// What every message begins with.
const MARKER: [u8; 16] = [0xff; 16];

/// Marker, length and type.
const HEAD_BYTES: u16 = 19;

const LENGTHS: RangeInclusive<u16> = HEAD_BYTES..=4096;

/// What stands in the two bytes of an OPEN for an AS number of four.
const AS_TRANS: u64 = 23456;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bgp;

impl Framing for Bgp {
    fn name(&self) -> &'static str {
        "bgp"
    }

    fn usage(&self) -> &'static str {
        "bgp"
    }

    fn help(&self) -> &'static str {
        "BGP-4: OPEN, UPDATE with its prefixes, NOTIFICATION, KEEPALIVE"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Bgp {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Head::new(HEAD_BYTES.into(), extent)))
    }

    /// The payload is what stands behind the type, and its shape tells the type.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u16::try_from(payload.len()).ok();
        let length = length.and_then(|length| length.checked_add(HEAD_BYTES));
        let length = length.filter(|length| LENGTHS.contains(length));
        let length = length.ok_or("a message has at most 4096 bytes, 19 of them its header")?;
        let kind = shape(payload).ok_or("neither an OPEN, an UPDATE nor a NOTIFICATION")?;
        Ok([&MARKER, &length.to_be_bytes()[..], &[kind], payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        whole(&mut dissect, &mut note);
        message.fields = dissect.finish();
        message.note = note.into();
    }
}

fn extent(head: &[u8]) -> Result<Range<u64>, Flaw> {
    let &[ref marker @ .., a, b, _] = head else {
        return flaw("no header", 0);
    };
    if let Some(at) = marker.iter().position(|byte| *byte != 0xff) {
        let why = format!("byte {at} of the marker is not ff");
        return flaw(why, at as u64);
    }
    let length = u16::from_be_bytes([a, b]);
    if !LENGTHS.contains(&length) {
        let why = format!("length {length}, and 19 to 4096 can be");
        return flaw(why, MARKER.len() as u64);
    }
    Ok(HEAD_BYTES.into()..length.into())
}

/// The type that a message of this body can have.
fn shape(payload: &[u8]) -> Option<u8> {
    match *payload {
        [] => Some(KEEPALIVE),
        [4, _, _, _, _, _, _, _, _, options, ..] if payload.len() == 10 + usize::from(options) => {
            Some(OPEN)
        }
        [a, b, ..] if update::is_one(payload, u16::from_be_bytes([a, b])) => Some(UPDATE),
        [_, _, ..] => Some(NOTIFICATION),
        [_] => None,
    }
}

fn whole(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.bytes("marker", MARKER.len())?;
    dissect.number("length", 2)?;
    let kind = dissect.named("type", 1, TYPES)?;
    match name_of(TYPES, kind) {
        Some(name) => note.add(name),
        None => write!(note, "type {kind}"),
    }
    match u8::try_from(kind) {
        Ok(OPEN) => open(dissect, note),
        Ok(UPDATE) => update::update(dissect, note),
        Ok(NOTIFICATION) => notification(dissect, note),
        Ok(ROUTE_REFRESH) => {
            let family = family(dissect)?;
            write!(note, " {family}");
            Some(())
        }
        _ => rest(dissect, "rest"),
    }
}

/// What is left, if anything is.
fn rest(dissect: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    match dissect.rest().len() {
        0 => Some(()),
        len => dissect.bytes(name, len).map(|_| ()),
    }
}

fn open(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("version", 1)?;
    let short = dissect.number("AS", 2)?;
    let hold = dissect.number("hold time", 2)?;
    let id = ipv4(dissect.skip(4)?);
    dissect.name("identifier", 4, Value::Text(id.clone()))?;
    let options = usize::try_from(dissect.number("options length", 1)?).ok()?;
    let mut long = None;
    let told = dissect.within(options, |dissect| {
        while !dissect.is_done() {
            option(dissect, &mut long)?;
        }
        Some(())
    });
    let number = long.filter(|_| short == AS_TRANS).unwrap_or(short);
    write!(note, " AS {number}, hold {hold}, id {id}");
    told
}

/// A parameter of an OPEN; `long` becomes the AS number of four bytes.
fn option(dissect: &mut Dissect<'_>, long: &mut Option<u64>) -> Option<()> {
    let kind = dissect.unsigned(1)?;
    let length = usize::try_from(dissect.unsigned(1)?).ok()?;
    if kind != 2 {
        return dissect.bytes(format!("option {kind}"), length).map(|_| ());
    }
    dissect.within(length, |dissect| {
        while !dissect.is_done() {
            dissect.group_of("capability", |dissect| {
                let code = dissect.named("code", 1, CAPABILITIES)?;
                let length = usize::try_from(dissect.number("length", 1)?).ok()?;
                dissect.within(length, |dissect| capability(dissect, code, long));
                let name = words_of(CAPABILITIES, code);
                Some(Value::Named(code.into(), name.into()))
            })?;
        }
        Some(())
    })
}

fn capability(dissect: &mut Dissect<'_>, code: u64, long: &mut Option<u64>) -> Option<()> {
    match code {
        1 => family(dissect).map(|_| ()),
        64 => {
            dissect.number("flags and restart time", 2)?;
            while !dissect.is_done() {
                family(dissect)?;
            }
            Some(())
        }
        65 => {
            *long = Some(dissect.number("AS", 4)?);
            Some(())
        }
        69 => {
            while !dissect.is_done() {
                family(dissect)?;
            }
            Some(())
        }
        73 => {
            let length = usize::try_from(dissect.unsigned(1)?).ok()?;
            dissect.text("host name", length).map(|_| ())
        }
        _ => rest(dissect, "value"),
    }
}

/// Four bytes of address family, something, and the family below it, as words.
fn family(dissect: &mut Dissect<'_>) -> Option<String> {
    let afi = dissect.named("AFI", 2, AFIS)?;
    dissect.skip(1)?;
    let safi = dissect.named("SAFI", 1, SAFIS)?;
    let (afi, safi) = (words_of(AFIS, afi), words_of(SAFIS, safi));
    Some(format!("{afi} {safi}"))
}

fn notification(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let code = dissect.unsigned(1)?;
    let error = ERRORS.iter().find(|error| error.code == code);
    let name = error.map_or_else(|| code.to_string(), |error| error.name.to_owned());
    dissect.name("error", 1, Value::Named(code.into(), name.clone().into()))?;
    write!(note, " {name}");
    let names = error.map_or(&[][..], |error| error.subcodes);
    let subcode = dissect.named("suberror", 1, names)?;
    if subcode != 0 || name_of(names, 0).is_some() {
        write!(note, ": {}", words_of(names, subcode));
    }
    if let (6, 2 | 4, Some((&length, text))) = (code, subcode, dissect.rest().split_first())
        && text.len() == usize::from(length)
    {
        // An administrator's words (RFC 9003).
        dissect.skip(1)?;
        dissect.text("reason", length.into())?;
        write!(note, " ({})", text_of(text));
    }
    rest(dissect, "data")
}

/// The four bytes of an address as text.
fn ipv4(bytes: &[u8]) -> String {
    let four = <[u8; 4]>::try_from(bytes);
    four.map_or_else(|_| text_of(bytes), |four| Ipv4Addr::from(four).to_string())
}

/// The sixteen bytes of an address as text.
fn ipv6(bytes: &[u8]) -> String {
    let all = <[u8; 16]>::try_from(bytes);
    all.map_or_else(|_| text_of(bytes), |all| Ipv6Addr::from(all).to_string())
}

#[cfg(test)]
mod tests;
