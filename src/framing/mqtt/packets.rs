//! The fields of each MQTT packet, in the order in which they stand (MQTT 3.1.1 and 5, chapter 3).

use super::super::Value;
use super::super::dissect::{Dissect, brief_of, name_of, set_of, text_of, words_of};
use super::super::note::Note;
use super::names::{self, GRANTS, Kind, LEVELS, PROPERTIES, REASONS, RETURN_CODES, TYPES};

/// Names all fields; what the packet is, as far as it can be read.
pub(super) fn told(dissect: &mut Dissect<'_>, is_5: bool) -> Note {
    let mut note = Note::default();
    read(dissect, is_5, &mut note);
    note
}

fn read(dissect: &mut Dissect<'_>, is_5: bool, note: &mut Note) -> Option<()> {
    let first = dissect.unsigned(1)?;
    let (kind, flags) = (first >> 4, first & 15);
    let word = name_of(TYPES, kind)?;
    note.add(word);
    dissect.name("type", 1, Value::Named(kind.into(), word.into()))?;
    if u64::from(names::PUBLISH) == kind {
        dissect.name("QoS", 1, Value::Number((flags >> 1 & 3).into()))?;
    }
    if flags != 0 {
        let masks = if u64::from(names::PUBLISH) == kind {
            &[(8, "DUP"), (1, "RETAIN")][..]
        } else {
            &[]
        };
        dissect.name("flags", 1, set_of(masks, flags))?;
    }
    let length = varint(dissect, "length")?;
    dissect.within(usize::try_from(length).ok()?, |dissect| match kind {
        1 => connect(dissect, note),
        2 => connack(dissect, is_5, note),
        3 => publish(dissect, flags, is_5, note),
        4..=7 => acknowledge(dissect, is_5, note),
        8 | 10 => subscribe(dissect, kind == 8, is_5, note),
        9 => granted(dissect, "granted QoS 0", is_5, note),
        11 => granted(dissect, "success", is_5, note),
        14 if !dissect.is_done() => reason(dissect, "normal", note),
        15 if !dissect.is_done() => reason(dissect, "success", note),
        _ => Some(()),
    })
}

fn connect(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    string(dissect, "protocol")?;
    let level = dissect.named("version", 1, LEVELS)?;
    let flags = dissect.unsigned(1)?;
    let masks = &[
        (0x80, "user-name"),
        (0x40, "password"),
        (0x20, "will-retain"),
        (0x04, "will"),
        (0x02, "clean"),
    ];
    dissect.name("flags", 1, set_of(masks, flags))?;
    let keep_alive = dissect.number("keep alive", 2)?;
    if level == 5 {
        properties(dissect)?;
    }
    let client = string(dissect, "client id")?;
    let version = words_of(LEVELS, level);
    write!(
        note,
        " {}, version {version}, keep alive {keep_alive} s",
        quoted(client)
    );
    if flags & 4 != 0 {
        dissect.group("will", |dissect| {
            let qos = (flags >> 3 & 3).into();
            dissect.name("QoS", 0, Value::Number(qos))?;
            if level == 5 {
                properties(dissect)?;
            }
            let topic = string(dissect, "topic")?;
            write!(note, ", will {}", brief_of(topic));
            blob(dissect, "payload")
        })?;
    }
    if flags & 0x80 != 0 {
        let user = string(dissect, "user name")?;
        write!(note, ", user {}", brief_of(user));
    }
    if flags & 0x40 != 0 {
        blob(dissect, "password")?;
    }
    Some(())
}

fn connack(dissect: &mut Dissect<'_>, is_5: bool, note: &mut Note) -> Option<()> {
    let flags = dissect.flags("flags", 1, &[(1, "session-present")])?;
    let codes = if is_5 { REASONS } else { RETURN_CODES };
    let code = dissect.named("code", 1, codes)?;
    write!(note, " {}", words_of(codes, code));
    if flags & 1 != 0 {
        note.add(", session present");
    }
    if is_5 { properties(dissect) } else { Some(()) }
}

fn publish(dissect: &mut Dissect<'_>, flags: u64, is_5: bool, note: &mut Note) -> Option<()> {
    let qos = flags >> 1 & 3;
    let topic = string(dissect, "topic")?;
    write!(note, " {}", quoted(topic));
    if flags & 1 != 0 {
        note.add(", retained");
    }
    if flags & 8 != 0 {
        note.add(", again");
    }
    if qos > 0 {
        let id = dissect.number("packet id", 2)?;
        write!(note, ", QoS {qos}, #{id}");
    }
    if is_5 {
        properties(dissect)?;
    }
    let rest = dissect.rest();
    dissect.text("payload", rest.len())?;
    Some(())
}

/// PUBACK, PUBREC, PUBREL, PUBCOMP: in version 5 the code may be left out where it is success.
fn acknowledge(dissect: &mut Dissect<'_>, is_5: bool, note: &mut Note) -> Option<()> {
    let id = dissect.number("packet id", 2)?;
    write!(note, " #{id}");
    if !is_5 || dissect.is_done() {
        return Some(());
    }
    note.add(":");
    reason(dissect, "success", note)
}

/// A code, whose 0 says this, and properties, which may be left out.
fn reason(dissect: &mut Dissect<'_>, zero: &'static str, note: &mut Note) -> Option<()> {
    let codes = [&[(0, zero)], REASONS].concat();
    let code = dissect.named("code", 1, &codes)?;
    write!(note, " {}", words_of(&codes, code));
    if dissect.is_done() {
        return Some(());
    }
    properties(dissect)
}

/// SUBSCRIBE, and UNSUBSCRIBE, whose topics have no options.
fn subscribe(
    dissect: &mut Dissect<'_>,
    has_options: bool,
    is_5: bool,
    note: &mut Note,
) -> Option<()> {
    let id = dissect.number("packet id", 2)?;
    if is_5 {
        properties(dissect)?;
    }
    let mut first = "";
    while !dissect.is_done() {
        let topic = string(dissect, "topic")?;
        if note.len() < 100 {
            write!(note, "{first} {}", quoted(topic));
        }
        first = ",";
        if has_options {
            let options = dissect.unsigned(1)?;
            dissect.name("QoS", 1, Value::Number((options & 3).into()))?;
            if options > 3 {
                let masks = &[(4, "no-local"), (8, "retain-as-published")];
                dissect.name("options", 1, set_of(masks, options))?;
            }
        }
    }
    write!(note, ", #{id}");
    Some(())
}

/// SUBACK and UNSUBACK: a code for each topic; in version 3 the latter has none.
fn granted(
    dissect: &mut Dissect<'_>,
    zero: &'static str,
    is_5: bool,
    note: &mut Note,
) -> Option<()> {
    let id = dissect.number("packet id", 2)?;
    write!(note, " #{id}");
    let others = if is_5 { REASONS } else { GRANTS };
    let codes = [&[(0, zero)], others].concat();
    if is_5 {
        properties(dissect)?;
    }
    let mut mark = ':';
    while !dissect.is_done() {
        let code = dissect.named("code", 1, &codes)?;
        if note.len() < 100 {
            write!(note, "{mark} {}", words_of(&codes, code));
        }
        mark = ',';
    }
    Some(())
}

/// The properties of version 5; behind one that is not known, the rest is passed over.
fn properties(dissect: &mut Dissect<'_>) -> Option<()> {
    let length = varint(dissect, "properties length")?;
    let length = usize::try_from(length).ok()?;
    if length == 0 {
        return Some(());
    }
    if dissect.rest().len() < length {
        return None;
    }
    dissect.within(length, |dissect| {
        while !dissect.is_done() {
            if property(dissect).is_none() {
                let rest = dissect.rest().len();
                dissect.bytes("property", rest)?;
            }
        }
        Some(())
    })
}

fn property(dissect: &mut Dissect<'_>) -> Option<()> {
    let id = dissect.rest().first()?;
    let found = PROPERTIES.iter().find(|(of, ..)| of == id);
    let (_, name, kind) = *found?;
    dissect.skip(1)?;
    match kind {
        Kind::Number(width) => dissect.number(name, width).map(|_| ()),
        Kind::Varint => varint(dissect, name).map(|_| ()),
        Kind::Text => string(dissect, name).map(|_| ()),
        Kind::Bytes => blob(dissect, name),
        Kind::Pair => dissect.group_of(name, |dissect| {
            let key = string(dissect, "name")?;
            let value = string(dissect, "value")?;
            Some(Value::Text(format!("{}: {}", text_of(key), text_of(value))))
        }),
    }
}

/// Text behind its length of two bytes.
fn string<'a>(dissect: &mut Dissect<'a>, name: &'static str) -> Option<&'a [u8]> {
    let len = usize::try_from(dissect.unsigned(2)?).ok()?;
    dissect.text(name, len)
}

/// The same of bytes that need be no text.
fn blob(dissect: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    let len = usize::try_from(dissect.unsigned(2)?).ok()?;
    dissect.bytes(name, len).map(|_| ())
}

/// Seven bits a byte, the lowest first, four bytes at most.
fn varint(dissect: &mut Dissect<'_>, name: &'static str) -> Option<u64> {
    let mut number = 0;
    for nth in 0..4_u32 {
        let digit = dissect.unsigned(1)?;
        number |= (digit & 127) << (7 * nth);
        if digit & 128 == 0 {
            let len = usize::try_from(nth + 1).ok()?;
            dissect.name(name, len, Value::Number(number.into()))?;
            return Some(number);
        }
    }
    None
}

/// Text that may be empty.
fn quoted(text: &[u8]) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    brief_of(text)
}
