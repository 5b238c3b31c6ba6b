//! The hellos (RFC 8446, 4.1 and 4.2): versions, random, session, cipher suites and extensions.

use super::names::{
    CLIENT_HELLO, EXTENSIONS, GROUPS, KEY_SHARE, PROTOCOLS, SERVER_HELLO, SERVER_NAME,
    SIGNATURE_ALGORITHMS, SIGNATURES, SUITES, SUPPORTED_GROUPS, SUPPORTED_VERSIONS, VERSIONS,
};
use crate::framing::Value;
use crate::framing::dissect::{Dissect, Names, name_of, text_of, words_of};

/// The random of a server hello that asks for another client hello (RFC 8446, 4.1.3): its first bytes.
const RETRY: &[u8] = b"\xcf\x21\xad\x74\xe5\x9a\x61\x11";

/// The bytes of a random.
const RANDOM_BYTES: usize = 32;

/// What of a hello stands in the note.
#[derive(Debug, Default)]
struct Told {
    server_name: Option<String>,
    /// The newest version that is offered, or that is chosen.
    version: u64,
    protocols: Vec<String>,
}

/// Reads a hello and says what it is about.
pub(super) fn hello(dissect: &mut Dissect<'_>, kind: u64, words: &mut Vec<String>) -> Option<()> {
    let mut told = Told::default();
    let mut suite = None;
    let read = parts(dissect, kind, &mut told, &mut suite, words);
    words.extend(told.server_name);
    if told.version > 0 {
        words.push(words_of(VERSIONS, told.version));
    }
    words.extend(suite);
    if !told.protocols.is_empty() {
        words.push(told.protocols.join(" "));
    }
    read
}

fn parts(
    dissect: &mut Dissect<'_>,
    kind: u64,
    told: &mut Told,
    suite: &mut Option<String>,
    words: &mut Vec<String>,
) -> Option<()> {
    told.version = dissect.named("version", 2, VERSIONS)?;
    let random = dissect.bytes("random", RANDOM_BYTES)?;
    if kind == SERVER_HELLO && random.starts_with(RETRY) {
        words.push("retry".to_owned());
    }
    let length = dissect.unsigned(1)?;
    dissect.name("session id length", 1, Value::Number(length.into()))?;
    if length > 0 {
        dissect.bytes("session id", usize::try_from(length).ok()?)?;
    }
    if kind == CLIENT_HELLO {
        let length = dissect.number("cipher suites length", 2)?;
        list(dissect, "cipher suites", length, |dissect| {
            registered(dissect, "cipher suite", SUITES).map(|_| ())
        })?;
        let length = dissect.number("compression methods length", 1)?;
        dissect.bytes("compression methods", usize::try_from(length).ok()?)?;
    } else {
        let number = registered(dissect, "cipher suite", SUITES)?;
        *suite =
            Some(name_of(SUITES, number).map_or(format!("suite {number:#06x}"), str::to_owned));
        dissect.number("compression method", 1)?;
    }
    if dissect.is_done() {
        // Before TLS 1.3 a hello need not have extensions.
        return Some(());
    }
    let length = dissect.number("extensions length", 2)?;
    list(dissect, "extensions", length, |dissect| {
        let number = registered_at(dissect)?;
        let name = match name_of(EXTENSIONS, number) {
            Some(name) => name.to_owned(),
            None if is_grease(number) => "GREASE".to_owned(),
            None => format!("extension {number}"),
        };
        dissect.group(name, |dissect| extension(dissect, kind, told))
    })
}

/// The type of the extension that follows, which stays unread.
fn registered_at(dissect: &Dissect<'_>) -> Option<u64> {
    let (&[a, b], _) = dissect.rest().split_first_chunk()?;
    Some(u16::from_be_bytes([a, b]).into())
}

fn extension(dissect: &mut Dissect<'_>, kind: u64, told: &mut Told) -> Option<()> {
    let number = registered(dissect, "type", EXTENSIONS)?;
    let length = dissect.number("length", 2)?;
    let length = usize::try_from(length).ok()?;
    let is_whole = dissect.rest().len() >= length;
    dissect.within(length, |dissect| {
        let is_client = kind == CLIENT_HELLO;
        // What is not as it should be is left as bytes below.
        let _ = match number {
            SERVER_NAME if is_client => server_name(dissect, told),
            PROTOCOLS => protocols(dissect, told),
            SUPPORTED_VERSIONS => versions(dissect, is_client, told),
            SUPPORTED_GROUPS => numbers(dissect, "group", GROUPS),
            SIGNATURE_ALGORITHMS => numbers(dissect, "signature algorithm", SIGNATURES),
            KEY_SHARE => key_shares(dissect, is_client),
            _ => Some(()),
        };
        let rest = dissect.rest().len();
        if rest > 0 {
            dissect.bytes("data", rest)?;
        }
        Some(())
    })?;
    is_whole.then_some(())
}

/// RFC 6066, 3.
fn server_name(dissect: &mut Dissect<'_>, told: &mut Told) -> Option<()> {
    dissect.number("names length", 2)?;
    while !dissect.is_done() {
        dissect.named("name type", 1, &[(0, "host name")])?;
        let length = dissect.number("name length", 2)?;
        let name = dissect.text("server name", usize::try_from(length).ok()?)?;
        told.server_name.get_or_insert_with(|| text_of(name));
    }
    Some(())
}

/// RFC 7301, 3.1.
fn protocols(dissect: &mut Dissect<'_>, told: &mut Told) -> Option<()> {
    dissect.number("protocols length", 2)?;
    while !dissect.is_done() {
        let length = dissect.unsigned(1)?;
        let name = dissect.text("protocol", usize::try_from(length).ok()?)?;
        told.protocols.push(text_of(name));
    }
    Some(())
}

/// RFC 8446, 4.2.1: all that a client offers, the one that a server takes.
fn versions(dissect: &mut Dissect<'_>, is_client: bool, told: &mut Told) -> Option<()> {
    if is_client {
        dissect.number("versions length", 1)?;
    }
    while !dissect.is_done() {
        let version = registered(dissect, "version", VERSIONS)?;
        if name_of(VERSIONS, version).is_some() {
            told.version = told.version.max(version);
        }
    }
    Some(())
}

fn numbers(dissect: &mut Dissect<'_>, name: &'static str, names: &'static Names) -> Option<()> {
    dissect.number("list length", 2)?;
    while !dissect.is_done() {
        registered(dissect, name, names)?;
    }
    Some(())
}

/// RFC 8446, 4.2.8: a client's list, a server's one, or the group alone that a retry asks for.
fn key_shares(dissect: &mut Dissect<'_>, is_client: bool) -> Option<()> {
    if is_client {
        dissect.number("key shares length", 2)?;
    }
    while !dissect.is_done() {
        registered(dissect, "group", GROUPS)?;
        if !is_client && dissect.is_done() {
            break;
        }
        let length = dissect.unsigned(2)?;
        dissect.bytes("key", usize::try_from(length).ok()?)?;
    }
    Some(())
}

/// A group of so many bytes, read item by item.
fn list(
    dissect: &mut Dissect<'_>,
    name: &'static str,
    length: u64,
    mut item: impl FnMut(&mut Dissect<'_>) -> Option<()>,
) -> Option<()> {
    let length = usize::try_from(length).ok()?;
    let is_whole = dissect.rest().len() >= length;
    dissect.group(name, |dissect| {
        dissect.within(length, |dissect| {
            while !dissect.is_done() {
                item(dissect)?;
            }
            Some(())
        })
    })?;
    is_whole.then_some(())
}

/// A number of 2 bytes of a registry, or one that stands for nothing and is there to be passed over (RFC 8701).
fn registered(dissect: &mut Dissect<'_>, name: &'static str, names: &Names) -> Option<u64> {
    let number = dissect.unsigned(2)?;
    let value = match name_of(names, number) {
        Some(word) => Value::Named(number.into(), word.into()),
        None if is_grease(number) => Value::Named(number.into(), "GREASE".into()),
        None => Value::Number(number.into()),
    };
    dissect.name(name, 2, value)?;
    Some(number)
}

fn is_grease(number: u64) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}
