//! `diameter`: the base protocol (RFC 6733, 3 and 4), its AVPs as a tree, with the commands and result codes of the
//! applications most met (RFC 4004, 4006, 7155; 3GPP TS 29.212, 29.272, 29.329).

mod names;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::dissect::{Dissect, name_of, text_of};
use super::head::{Head, flaw};
use super::note::Note;
use super::reader::Reader;
use super::{Decoder, Exchange, Flaw, Framing, Message, Rule, Sight, Value, exchange};
use crate::words::{Complaint, Words};
use names::{APPLICATIONS, AVPS, Avp, COMMANDS, Kind, RESULTS, VENDORS};

const VERSION: u8 = 1;

/// Version, length, flags, command, application, and the two identifiers.
const HEAD_BYTES: u32 = 20;

/// What a length of 24 bits holds.
const LENGTH_MAX: u32 = (1 << 24) - 1;

/// The command that encode writes: Device-Watchdog.
const WATCHDOG: [u8; 3] = [0, 1, 24];

const REQUEST: u64 = 0x80;
const ERROR: u64 = 0x20;
const AGAIN: u64 = 0x10;

/// The flag of an AVP that a vendor defined.
const VENDOR: u64 = 0x80;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Diameter;

impl Framing for Diameter {
    fn name(&self) -> &'static str {
        "diameter"
    }

    fn usage(&self) -> &'static str {
        "diameter"
    }

    fn help(&self) -> &'static str {
        "Diameter: commands and their AVPs"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Diameter {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Head::new(HEAD_BYTES as usize, extent)))
    }

    /// The payload are the AVPs; the message is a Device-Watchdog request whose identifiers are 0.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if !payload.len().is_multiple_of(4) {
            return Err("AVPs are padded to 4 bytes".to_owned());
        }
        let length = u32::try_from(payload.len()).ok();
        let length = length.and_then(|length| length.checked_add(HEAD_BYTES));
        let length = length.filter(|length| *length <= LENGTH_MAX);
        let [_, length @ ..] = length.ok_or("the length has 24 bits")?.to_be_bytes();
        Ok([
            &[VERSION],
            &length[..],
            &[0x80],
            &WATCHDOG,
            &[0; 12],
            payload,
        ]
        .concat())
    }

    fn exchange(&self, message: &Message, _sight: Sight) -> Option<Exchange> {
        let flags = exchange::number(message, "flags")?;
        Exchange::by(flags & i128::from(REQUEST) != 0, message, "hop-by-hop")
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
    let &[version, a, b, c, ..] = head else {
        return flaw("no header", 0);
    };
    let length = u32::from_be_bytes([0, a, b, c]);
    if version != VERSION {
        return flaw(format!("version {version}, and {VERSION} must be"), 0);
    }
    if length < HEAD_BYTES {
        let why = format!("length {length}, less than the header of {HEAD_BYTES}");
        return flaw(why, 1);
    }
    if !length.is_multiple_of(4) {
        return flaw(format!("length {length} is no multiple of 4"), 1);
    }
    Ok(HEAD_BYTES.into()..length.into())
}

fn whole(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("version", 1)?;
    dissect.number("length", 3)?;
    let flags = dissect.unsigned(1)?;
    let letters = [(REQUEST, "R"), (0x40, "P"), (ERROR, "E"), (AGAIN, "T")];
    let letters = letters.iter().filter(|(bit, _)| flags & bit != 0);
    let letters: String = letters.map(|(_, letter)| *letter).collect();
    dissect.name("flags", 1, Value::Named(flags.into(), letters.into()))?;
    let command = dissect.named("command", 3, COMMANDS)?;
    dissect.named("application", 4, APPLICATIONS)?;
    let hop = dissect.number("hop-by-hop", 4)?;
    dissect.number("end-to-end", 4)?;
    match name_of(COMMANDS, command) {
        Some(name) => note.add(name),
        None => write!(note, "command {command}"),
    }
    let kind = if flags & REQUEST != 0 {
        "request"
    } else {
        "answer"
    };
    let error = if flags & ERROR != 0 { ", error" } else { "" };
    let again = if flags & AGAIN != 0 {
        ", sent again"
    } else {
        ""
    };
    write!(note, " {kind}{error}{again}");
    let mut result = None;
    let told = avps(dissect, &mut result);
    if let Some(result) = result {
        write!(note, ", {result}");
    }
    write!(note, ", hop {hop}");
    told
}

/// All AVPs up to the end; `result` becomes the first result in words.
fn avps(dissect: &mut Dissect<'_>, result: &mut Option<String>) -> Option<()> {
    while !dissect.is_done() {
        let &[a, b, c, d, flags, ..] = dissect.rest() else {
            return None;
        };
        let code = u32::from_be_bytes([a, b, c, d]);
        let is_base = u64::from(flags) & VENDOR == 0;
        let known = AVPS.iter().find(|avp| avp.code == code && is_base);
        let name = known.map_or_else(|| format!("AVP {code}"), |avp| avp.name.to_owned());
        dissect.group(name, |dissect| avp(dissect, known, result))?;
    }
    Some(())
}

fn avp(dissect: &mut Dissect<'_>, known: Option<&Avp>, result: &mut Option<String>) -> Option<()> {
    dissect.number("code", 4)?;
    let flags = dissect.number("flags", 1)?;
    let length = dissect.number("length", 3)?;
    let mut head = 8;
    if flags & VENDOR != 0 {
        dissect.named("vendor", 4, VENDORS)?;
        head += 4;
    }
    let length = usize::try_from(length.checked_sub(head)?).ok()?;
    let is_whole = dissect.rest().len() >= length;
    dissect.within(length, |dissect| {
        let kind = known.map_or(Kind::Bytes, |avp| avp.kind);
        value(dissect, kind, length, result)
    });
    let padding = length.next_multiple_of(4) - length;
    if is_whole {
        dissect.skip(padding.min(dissect.rest().len()))?;
    }
    is_whole.then_some(())
}

fn value(
    dissect: &mut Dissect<'_>,
    kind: Kind,
    length: usize,
    result: &mut Option<String>,
) -> Option<()> {
    match kind {
        Kind::Text => dissect.text("value", length).map(|_| ()),
        Kind::Number if (1..=8).contains(&length) => dissect.number("value", length).map(|_| ()),
        Kind::Named(names) => dissect.named("value", 4, names).map(|_| ()),
        Kind::Result => {
            let code = dissect.named("value", 4, RESULTS)?;
            result.get_or_insert_with(|| match name_of(RESULTS, code) {
                Some(name) => format!("{code} {name}"),
                None => format!("result {code}"),
            });
            Some(())
        }
        Kind::Experimental => {
            let code = dissect.number("value", 4)?;
            result.get_or_insert_with(|| format!("experimental {code}"));
            Some(())
        }
        Kind::Address => {
            dissect.number("family", 2)?;
            let bytes = dissect.rest();
            let text = match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes)) {
                (Ok(four), _) => Ipv4Addr::from(four).to_string(),
                (_, Ok(sixteen)) => Ipv6Addr::from(sixteen).to_string(),
                _ => text_of(bytes),
            };
            dissect.skip(bytes.len())?;
            dissect.name("address", bytes.len(), Value::Text(text))
        }
        Kind::Group => avps(dissect, result),
        Kind::Bytes | Kind::Number if length > 0 => dissect.bytes("value", length).map(|_| ()),
        Kind::Bytes | Kind::Number => Some(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields, cut};

    fn message(flags: u8, command: u8, avps: &[u8]) -> Vec<u8> {
        let length = u8::try_from(20 + avps.len()).unwrap();
        let head = [
            1, 0, 0, length, flags, 0, 1, command, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9,
        ];
        [&head, avps].concat()
    }

    fn check_note(message: &[u8], note: &str) {
        let payload = message[20..].escape_ascii();
        let line = format!("0..{} {note}: {payload}", message.len());
        check("diameter", message, &[&line]);
    }

    const HOST: &[u8] = b"\0\0\x01\x08\x40\0\0\x0bsrv\0";
    const RESULT: &[u8] = b"\0\0\x01\x0c\x40\0\0\x0c\0\0\x07\xd1";

    #[test]
    fn requests_and_answers() {
        check_note(&message(0x80, 24, HOST), "Device-Watchdog request, hop 7");
        check_note(
            &message(0, 24, &[RESULT, HOST].concat()),
            "Device-Watchdog answer, 2001 DIAMETER_SUCCESS, hop 7",
        );
        let error = b"\0\0\x01\x0c\x40\0\0\x0c\0\0\x0b\xb9";
        check_note(
            &message(0x20, 99, error),
            "command 355 answer, error, 3001 DIAMETER_COMMAND_UNSUPPORTED, hop 7",
        );
        check_note(
            &message(0xd0, 1, b""),
            "Capabilities-Exchange request, sent again, hop 7",
        );
        let experimental = b"\0\0\x01\x29\x40\0\0\x14\0\0\x01\x2a\x40\0\0\x0c\0\0\x13\x89";
        check_note(
            &message(0x40, 60, experimental),
            "Update-Location answer, experimental 5001, hop 7",
        );
    }

    #[test]
    fn what_breaks_the_rule() {
        let broken = |from: usize, bytes: &[u8], line: &str| {
            let mut stream = message(0x80, 24, HOST);
            stream[from..from + bytes.len()].copy_from_slice(bytes);
            check("diameter", &stream, &[line]);
        };
        broken(0, b"\x02", "0..32 bad at 0: version 2, and 1 must be");
        broken(
            3,
            b"\x10",
            "0..32 bad at 1: length 16, less than the header of 20",
        );
        broken(3, b"\x1e", "0..32 bad at 1: length 30 is no multiple of 4");
        check(
            "diameter",
            b"\x01\0",
            &[r"0..2 partial, waiting for the header of 20 bytes: \x01\x00"],
        );
        check(
            "diameter",
            &message(0x80, 24, HOST)[..22],
            &[
                r"0..22 partial -10, waiting for 10 more bytes (Device-Watchdog request, hop 7): \x00\x00",
            ],
        );
    }

    #[test]
    fn avps_are_a_tree() {
        let vendor =
            b"\0\0\x01\x04\x40\0\0\x20\0\0\x01\x0a\x40\0\0\x0c\0\0\x28\xaf\0\0\x01\x02\x40\0\0\x0c\
        \x01\0\0\x23";
        let address = b"\0\0\x01\x01\x40\0\0\x0e\0\x01\x7f\0\0\x01\0\0";
        let own = b"\0\0\0\x01\x80\0\0\x0d\0\0\x28\xafx\0\0\0";
        check_fields(
            "diameter",
            &message(0x80, 1, &[&vendor[..], address, own].concat()),
            &[
                "0..1 version 1",
                "1..4 length 84",
                "4..5 flags 128 R",
                "5..8 command 257 Capabilities-Exchange",
                "8..12 application 0 base",
                "12..16 hop-by-hop 7",
                "16..20 end-to-end 9",
                "20..52 Vendor-Specific-Application-Id",
                "  20..24 code 260",
                "  24..25 flags 64",
                "  25..28 length 32",
                "  28..40 Vendor-Id",
                "    28..32 code 266",
                "    32..33 flags 64",
                "    33..36 length 12",
                "    36..40 value 10415 3GPP",
                "  40..52 Auth-Application-Id",
                "    40..44 code 258",
                "    44..45 flags 64",
                "    45..48 length 12",
                "    48..52 value 16777251 3GPP S6a",
                "52..68 Host-IP-Address",
                "  52..56 code 257",
                "  56..57 flags 64",
                "  57..60 length 14",
                "  60..62 family 1",
                "  62..66 address \"127.0.0.1\"",
                "68..84 AVP 1",
                "  68..72 code 1",
                "  72..73 flags 128",
                "  73..76 length 13",
                "  76..80 vendor 10415 3GPP",
                "  80..81 value",
            ],
        );
    }

    #[test]
    fn an_avp_that_lies_about_its_length_ends_the_list() {
        for length in [0_u8, 7, 200] {
            let mut avp = HOST.to_vec();
            avp[7] = length;
            check_note(&message(0x80, 24, &avp), "Device-Watchdog request, hop 7");
        }
    }

    #[test]
    fn payloads_are_whole_words() {
        let refused = cut("diameter").rule.encode(b"a").unwrap_err();
        assert_eq!(refused, "AVPs are padded to 4 bytes");
    }
}
