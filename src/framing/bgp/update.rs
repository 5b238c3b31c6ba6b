//! The body of an UPDATE (RFC 4271, 4.3): withdrawn routes, path attributes, and the routes that they are of.

use super::names::{AFIS, ATTRIBUTES, ORIGINS, SAFIS};
use super::{ipv4, ipv6, rest};
use crate::framing::Value;
use crate::framing::dissect::{Dissect, Names, words_of};
use crate::framing::note::Note;

/// The flag of an attribute whose length has two bytes.
const EXTENDED: u64 = 0x10;

/// Communities with a meaning for all (RFC 1997, 7999, 8326).
const COMMUNITIES: &Names = &[
    (0xffff_0000, "graceful shutdown"),
    (0xffff_029a, "blackhole"),
    (0xffff_ff01, "no export"),
    (0xffff_ff02, "no advertise"),
    (0xffff_ff03, "no export to a sub-confederation"),
];

/// The prefixes of a list.
#[derive(Debug, Default)]
struct Routes {
    count: usize,
    first: String,
}

impl Routes {
    fn add(&mut self, prefix: String) {
        self.count += 1;
        if self.count == 1 {
            self.first = prefix;
        }
    }

    /// What happens to them: `announces 10.0.0.0/8`, `withdraws 3 routes`.
    fn told(&self, verb: &str) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("{verb} {}", self.first)),
            count => Some(format!("{verb} {count} routes, {} first", self.first)),
        }
    }
}

/// Whether a body whose first two bytes say `withdrawn` has the form of an UPDATE.
pub(super) fn is_one(body: &[u8], withdrawn: u16) -> bool {
    let at = 2 + usize::from(withdrawn);
    let length = body.get(at..at + 2).and_then(|two| two.try_into().ok());
    let attributes = length.map(u16::from_be_bytes);
    attributes.is_some_and(|attributes| at + 2 + usize::from(attributes) <= body.len())
}

pub(super) fn update(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let (mut gone, mut come) = (Routes::default(), Routes::default());
    let told = lists(dissect, &mut gone, &mut come);
    let words = [come.told("announces"), gone.told("withdraws")];
    let words: Vec<_> = words.into_iter().flatten().collect();
    if !words.is_empty() {
        write!(note, " {}", words.join(", "));
    } else if told.is_some() {
        note.add(" end of routes");
    }
    told
}

fn lists(dissect: &mut Dissect<'_>, gone: &mut Routes, come: &mut Routes) -> Option<()> {
    let length = usize::try_from(dissect.number("withdrawn length", 2)?).ok()?;
    if length > 0 {
        dissect.group("withdrawn", |dissect| {
            dissect.within(length, |dissect| prefixes(dissect, 4, gone))
        })?;
    }
    let length = usize::try_from(dissect.number("attributes length", 2)?).ok()?;
    dissect.within(length, |dissect| {
        while !dissect.is_done() {
            attribute(dissect, gone, come)?;
        }
        Some(())
    })?;
    if !dissect.is_done() {
        dissect.group("announced", |dissect| prefixes(dissect, 4, come))?;
    }
    Some(())
}

/// Prefixes up to the end, of addresses of so many bytes.
fn prefixes(dissect: &mut Dissect<'_>, width: usize, routes: &mut Routes) -> Option<()> {
    while !dissect.is_done() {
        let bits = usize::try_from(dissect.unsigned(1)?).ok()?;
        let len = bits.div_ceil(8);
        if len > width {
            return None;
        }
        let mut address = dissect.skip(len)?.to_vec();
        address.resize(width, 0);
        let address = if width == 4 {
            ipv4(&address)
        } else {
            ipv6(&address)
        };
        let prefix = format!("{address}/{bits}");
        dissect.name("prefix", len + 1, Value::Text(prefix.clone()))?;
        routes.add(prefix);
    }
    Some(())
}

fn attribute(dissect: &mut Dissect<'_>, gone: &mut Routes, come: &mut Routes) -> Option<()> {
    let &[_, kind, ..] = dissect.rest() else {
        return None;
    };
    dissect.group(words_of(ATTRIBUTES, kind.into()), |dissect| {
        let flags = dissect.number("flags", 1)?;
        dissect.named("type", 1, ATTRIBUTES)?;
        let width = if flags & EXTENDED == 0 { 1 } else { 2 };
        let length = usize::try_from(dissect.number("length", width)?).ok()?;
        if dissect.rest().len() < length {
            return None;
        }
        dissect.within(length, |dissect| value(dissect, kind, gone, come));
        Some(())
    })
}

fn value(dissect: &mut Dissect<'_>, kind: u8, gone: &mut Routes, come: &mut Routes) -> Option<()> {
    match kind {
        1 => dissect.named("origin", 1, ORIGINS).map(|_| ()),
        2 | 17 => path(dissect),
        3 => address(dissect, "next hop", 4),
        4 | 5 | 35 => dissect.number("value", 4).map(|_| ()),
        7 | 18 => {
            let width = dissect.rest().len().checked_sub(4)?.min(4);
            dissect.number("AS", width)?;
            address(dissect, "address", 4)
        }
        8 => {
            while !dissect.is_done() {
                let number = dissect.unsigned(4)?;
                let pair = format!("{}:{}", number >> 16, number & 0xffff);
                let known = COMMUNITIES.iter().find(|(of, _)| *of == number);
                let text = known.map_or(pair, |(_, name)| (*name).to_owned());
                dissect.name("community", 4, Value::Named(number.into(), text.into()))?;
            }
            Some(())
        }
        9 => address(dissect, "originator", 4),
        10 => {
            while !dissect.is_done() {
                address(dissect, "cluster", 4)?;
            }
            Some(())
        }
        14 => {
            let (width, safi) = family(dissect)?;
            let hop = usize::try_from(dissect.number("next hop length", 1)?).ok()?;
            if hop == 4 || hop == 16 {
                address(dissect, "next hop", hop)?;
            } else {
                dissect.bytes("next hop", hop)?;
            }
            dissect.skip(1)?;
            routes(dissect, width, safi, come)
        }
        15 => {
            let (width, safi) = family(dissect)?;
            routes(dissect, width, safi, gone)
        }
        32 => {
            while !dissect.is_done() {
                let parts = [
                    dissect.unsigned(4)?,
                    dissect.unsigned(4)?,
                    dissect.unsigned(4)?,
                ];
                let [of, one, two] = parts;
                let text = Value::Text(format!("{of}:{one}:{two}"));
                dissect.name("community", 12, text)?;
            }
            Some(())
        }
        _ => rest(dissect, "value"),
    }
}

/// The width of the addresses, where they are known ones, and the family below theirs.
fn family(dissect: &mut Dissect<'_>) -> Option<(Option<usize>, u64)> {
    let afi = dissect.named("AFI", 2, AFIS)?;
    let safi = dissect.named("SAFI", 1, SAFIS)?;
    let width = match afi {
        1 => Some(4),
        2 => Some(16),
        _ => None,
    };
    Some((width, safi))
}

fn routes(
    dissect: &mut Dissect<'_>,
    width: Option<usize>,
    safi: u64,
    routes: &mut Routes,
) -> Option<()> {
    match width.filter(|_| safi == 1 || safi == 2) {
        Some(width) => prefixes(dissect, width, routes),
        None => {
            if !dissect.is_done() {
                routes.add(format!("{} routes", words_of(SAFIS, safi)));
            }
            rest(dissect, "routes")
        }
    }
}

fn address(dissect: &mut Dissect<'_>, name: &'static str, width: usize) -> Option<()> {
    let bytes = dissect.skip(width)?;
    let text = if width == 4 { ipv4(bytes) } else { ipv6(bytes) };
    dissect.name(name, width, Value::Text(text))
}

/// The segments of a path. How wide its numbers are was agreed in the OPENs; which of both fits tells.
fn path(dissect: &mut Dissect<'_>) -> Option<()> {
    let width = if fits(dissect.rest(), 4) { 4 } else { 2 };
    while !dissect.is_done() {
        let &[kind, count, ..] = dissect.rest() else {
            return None;
        };
        let name = match kind {
            1 => "set",
            2 => "sequence",
            3 => "confederation sequence",
            4 => "confederation set",
            _ => "segment",
        };
        dissect.group(name, |dissect| {
            dissect.skip(2)?;
            for _ in 0..count {
                dissect.number("AS", width)?;
            }
            Some(())
        })?;
    }
    Some(())
}

/// Whether the segments end where the path ends.
fn fits(path: &[u8], width: usize) -> bool {
    let mut rest = path;
    while let &[_, count, ref behind @ ..] = rest {
        let Some(next) = behind.get(usize::from(count) * width..) else {
            return false;
        };
        rest = next;
    }
    rest.is_empty()
}
